"""The words of the pages in other languages: compiled, whole, and true to their placeholders."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).parents[2] / "backend" / "translations"
LANGUAGES = sorted(path.name for path in TRANSLATIONS.iterdir() if path.is_dir())
COMPLETE = ("nl", "ro")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{[^{}]*\}|<[^<>]+>")


def catalogue(language: str) -> Catalog:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def compiled(language: str) -> Catalog:
    raw = (TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo").read_bytes()
    return read_mo(io.BytesIO(raw))


def forms(words: str | tuple[str, ...] | list[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def marks(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def key(message: Message) -> tuple[str | None, str]:
    return message.context, forms(message.id)[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_words_are_those_of_the_source(language: str) -> None:
    written = {key(m): forms(m.string) for m in messages(language) if all(forms(m.string))}
    # What is still empty is left out, or packed as English when it has plural forms.
    packed = {key(m): forms(m.string) for m in compiled(language) if m.id and key(m) in written}
    assert packed == written, "run: pybabel compile -d backend/translations"


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_every_placeholder(language: str) -> None:
    wrong = [
        form
        for message in messages(language)
        for form in forms(message.string)
        if form and marks(form) not in [marks(source) for source in forms(message.id)]
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_forms_of_their_language(language: str) -> None:
    words = catalogue(language)
    wrong = [
        message.id
        for message in messages(language)
        if not isinstance(message.id, str)
        and any(forms(message.string))
        and len([form for form in forms(message.string) if form]) != words.num_plurals
    ]
    assert wrong == []


@pytest.mark.parametrize("language", COMPLETE)
def test_a_complete_language_leaves_no_message_in_english(language: str) -> None:
    empty = [
        message.id
        for message in messages(language)
        if message.fuzzy or not all(forms(message.string))
    ]
    assert empty == []
