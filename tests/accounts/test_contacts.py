"""Addresses and numbers: one form each, and nothing hostile among them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.accounts.contacts import normal_email, normal_phone
from backend.core.problems import Invalid


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        (" Ana.Popescu+city@Example.ORG ", "ana.popescu+city@example.org"),
        ("ana@münchen.example", "ana@xn--mnchen-3ya.example"),
        ("o'hara@sub.example.co", "o'hara@sub.example.co"),
        ("demo@localhost", "demo@localhost"),
    ],
)
def test_two_spellings_are_one_address(app, written, normal) -> None:
    with app.test_request_context():
        assert normal_email(written) == normal
        assert normal_email(normal) == normal


@pytest.mark.parametrize(
    "written",
    [
        "",
        "@",
        "a@b",
        "a\x00b@example.org",
        "a\nb@example.org",
        "a@example.org\n.x",
        "<a@b.example>",
        "a,b@example.org",
        '"a b"@example.org',
        "ană@example.org",
        "a@ex ample.org",
        "a@-",
        "a@b@c.d",
        "x" * 65 + "@example.org",
        "a@" + "b" * 64 + ".example",
        "a@example.org;b@example.org",
    ],
)
def test_what_is_no_address_is_named_so(app, written) -> None:
    with app.test_request_context(), pytest.raises(Invalid) as refused:
        normal_email(written)
    assert "email" in refused.value.errors


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_refused(app, text) -> None:
    with app.test_request_context():
        try:
            found = normal_email(text + "@example.org")
        except Invalid:
            return
        assert found.isascii()
        assert found.isprintable()
        assert found.count("@") == 1
        with contextlib.suppress(Invalid):
            assert normal_phone(text).startswith("+")


def test_a_number_has_its_international_form(app) -> None:
    with app.test_request_context():
        assert normal_phone("+40 21 305 55 00") == "+40213055500"
        assert normal_phone("020 123 4567", "NL") == "+31201234567"
