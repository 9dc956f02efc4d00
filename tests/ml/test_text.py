"""Repairing, masking and telling languages apart."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.text import detect_language, for_training, mask, normalise


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_repairing_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(normalise(once)) == normalise(once)
    assert "\x00" not in once


def test_cedillas_double_encoding_and_entities_are_repaired() -> None:
    assert normalise("Ştefan cel Mare şi ţara") == "Ștefan cel Mare și țara"
    assert normalise("StraÃŸe mit MÃ¼ll") == "Straße mit Müll"
    assert normalise("A &amp; B\u200b") == "A & B"


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("Bel mij op 06-12345678", "12345678"),
        ("Sunați la +40 722 123 456 vă rog", "722 123"),
        ("my number is (401) 555-0123", "555"),
        ("CNP 1850101123456", "1850101123456"),
        ("NL91 ABNA 0417 1643 00 is my account", "ABNA"),
        ("RO49AAAA1B31007593840000", "1B31007593840000"),
        ("write to jan.de-vries@example.co.uk please", "vries"),
        ("car B 123 ABC is parked here", "123 ABC"),
        ("auto 12-ABC-3 staat fout", "ABC"),
        ("ich heiße Anna Schmidt", "Schmidt"),
        ("mijn naam is Piet Jansen", "Jansen"),
        ("Numele meu este Ion Popescu", "Popescu"),
        ("Mrs. Ellen Brown next door", "Brown"),
        ("I live at 12 Mill Lane", "12 Mill"),
        ("bij Kerkstraat 14b ligt het", "14b"),
        ("pe str. Florilor nr. 7", "7"),
        ("vor der Hauptstraße 5", "5"),
        ("see https://example.org/me?id=7", "example.org"),
    ],
)
def test_personal_data_is_masked(text: str, private: str) -> None:
    masked = mask(text)
    assert private not in masked.text
    assert masked.found
    assert private not in for_training(text)


@pytest.mark.parametrize(
    "text", ["since 12-03-2024 nothing happened", "2024-03-12", "bus 21 at 7.30", "3 lamps out"]
)
def test_dates_and_small_numbers_stay(text: str) -> None:
    assert mask(text).text == text


@pytest.mark.parametrize("unit", ["a", "1", "1 ", "a@", "A1 ", "Mr ", "str. A", "ăâ", "(1", "ABC-"])
def test_no_text_makes_the_patterns_slow(unit: str) -> None:
    def seconds(n: int) -> float:
        text = (unit * n)[:n]
        start = time.process_time()
        mask(text)
        return time.process_time() - start

    seconds(1000)
    assert seconds(40_000) < 2.0


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Deep pothole in front of the bakery, please repair", "en"),
        ("Lantaarnpaal doet het al weken niet meer", "nl"),
        ("Groapa din fata blocului nu a fost reparata", "ro"),
        ("Die Straßenlaterne ist seit Wochen kaputt", "de"),
    ],
)
def test_languages_are_told_apart(text: str, lang: str) -> None:
    assert detect_language(text) == lang
