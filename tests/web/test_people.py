"""Signing in, one's own account, and the files that machines ask for."""

from __future__ import annotations

import re

import pyotp
import pytest
from flask import Flask
from sqlalchemy import text

from backend.core.db import db
from tests.web.conftest import code_for, letters
from tests.web.visitor import Visitor

TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_a_code_signs_in_and_leads_back(visitor: Visitor, sign_in) -> None:
    assert visitor.get("/account").address.startswith("/sign-in?next=%2Faccount")
    page = sign_in(visitor, next_="/account")
    assert page.address == "/account"
    assert "ana@example.org" in page.words
    assert page.headers["Cache-Control"] == "no-store"


def test_a_wrong_code_is_named_and_counted(visitor: Visitor, city: Flask) -> None:
    page = visitor.get("/sign-in").send("/sign-in", email="ana@example.org")
    wrong = page.send("/sign-in/code", code="000000")
    assert wrong.status == 422
    assert 'href="#code"' in wrong.html
    with city.app_context():
        assert db.session.execute(text("select max(attempts) from account_sign_in_code")).scalar()


def test_a_link_signs_in_only_by_its_button_and_in_its_browser(
    visitor: Visitor, city: Flask
) -> None:
    visitor.get("/sign-in").send("/sign-in", email="ana@example.org")
    found = re.search(r"/sign-in/link\?token=\w+", str(letters(city)[-1].get_content()))
    assert found
    link = found.group()
    other = Visitor(city).get(link)
    assert "only in the browser in which you asked" in other.words
    page = visitor.get(link)
    assert visitor.get("/account").address.startswith("/sign-in")
    assert page.send("/sign-in/link").address == "/mine"


@pytest.mark.parametrize(
    "wish", ["https://evil.example", "//evil.example", "/\\evil", "javascript:"]
)
def test_nobody_is_led_elsewhere(visitor: Visitor, sign_in, wish: str) -> None:
    assert sign_in(visitor, next_=wish).address == "/mine"


def test_a_password_signs_in(visitor: Visitor, account) -> None:
    account("bo@example.org", password="seven blue herons wait")
    page = visitor.get("/sign-in/password")
    wrong = page.send("/sign-in/password", email="bo@example.org", password="not this one here")
    assert "Address or password is not right." in wrong.words
    done = page.send("/sign-in/password", email="bo@example.org", password="seven blue herons wait")
    assert done.address == "/mine"


def test_staff_need_the_second_step(visitor: Visitor, account, sign_in) -> None:
    account("daan@example.org", roles=["triage"], totp_secret=TOTP)
    page = sign_in(visitor, "daan@example.org", "/account")
    assert page.address.startswith("/sign-in/second-step")
    assert visitor.get("/account").address.startswith("/sign-in")
    refused = page.send("/sign-in/second-step", totp="123")
    assert refused.status == 422
    done = page.send("/sign-in/second-step", totp=pyotp.TOTP(TOTP).now())
    assert done.address == "/account"


def test_new_staff_set_the_second_step_up(visitor: Visitor, account, sign_in) -> None:
    account("lotte@example.org", roles=["organiser"])
    page = sign_in(visitor, "lotte@example.org")
    assert page.address.startswith("/account/second-step")
    begun = page.send("/second-step")
    assert "<svg" in begun.html
    secret = begun.form("/confirm").values["secret"]
    wrong = begun.send("/confirm", totp="000000")
    assert wrong.status == 422
    assert wrong.form("/confirm").values["secret"] == secret
    done = wrong.send("/confirm", totp=pyotp.TOTP(secret).now())
    assert "Keep these recovery codes" in done.words
    assert len(re.findall(r"<li>[\w-]{20,}</li>", done.html)) == 10


def test_signing_out_asks_first(visitor: Visitor, sign_in) -> None:
    sign_in(visitor)
    assert "Sign out?" in visitor.get("/sign-out").words
    assert visitor.get("/mine").address == "/mine"
    assert "You are signed out" in visitor.get("/sign-out").send("/sign-out").words
    assert visitor.get("/mine").address.startswith("/sign-in")


def test_the_profile_is_changed(visitor: Visitor, sign_in) -> None:
    sign_in(visitor)
    page = visitor.get("/account/profile")
    wrong = page.send("/profile", name="Ana", phone="12")
    assert wrong.status == 422
    assert wrong.form("/profile").values["name"] == "Ana"
    done = page.send("/profile", name="Ana Pop", phone="+31 20 123 4567", language="nl")
    assert "Ana Pop" in done.words
    assert '<html lang="nl"' in done.html


def test_a_new_address_is_proven(visitor: Visitor, city: Flask, sign_in) -> None:
    sign_in(visitor)
    page = visitor.get("/account/email").send("/email", email="new@example.org")
    done = page.send("/code", code=code_for(city, "new@example.org"))
    assert "new@example.org" in done.words


def test_messages_are_chosen(visitor: Visitor, sign_in) -> None:
    sign_in(visitor)
    page = visitor.get("/account/notifications")
    done = page.send(
        "/notifications", _drop=("letters",), digest="weekly", quiet="1",
        quiet_from="21:30", quiet_until="08:00",
    )  # fmt: skip
    assert "No letters" in done.words
    again = visitor.get("/account/notifications").form("/notifications").values
    assert again["digest"] == "weekly"
    assert again["quiet_from"] == "21:30"
    wrong = page.send("/notifications", quiet="1", quiet_from="25:00")
    assert wrong.status == 422


def test_statistics_need_consent_and_can_be_taken_back(visitor: Visitor, sign_in) -> None:
    sign_in(visitor)
    page = visitor.get("/account/statistics")
    assert page.send("/statistics", sex="female").status == 422
    kept = page.send("/statistics", sex="female", agree="1")
    assert kept.form("/statistics").values["sex"] == "female"
    gone = kept.send("/statistics", do="delete")
    assert gone.form("/statistics").values["sex"] == ""


def test_a_password_is_set_and_sessions_are_ended(visitor: Visitor, city: Flask, sign_in) -> None:
    other = Visitor(city)
    sign_in(visitor), sign_in(other)
    page = visitor.get("/account/security")
    assert "easy to guess" in page.send("/password", password="password1234").words
    done = page.send("/password", password="seven blue herons wait")
    assert "Your password is set." in done.words
    assert other.get("/mine").address.startswith("/sign-in")
    assert visitor.get("/mine").address == "/mine"
    sign_in(other)
    visitor.get("/account/security").send("/sessions/end")
    assert other.get("/mine").address.startswith("/sign-in")


def test_a_sensitive_change_asks_for_a_new_proof(visitor: Visitor, city: Flask, sign_in) -> None:
    sign_in(visitor)
    with city.app_context():
        db.session.execute(text("update account_session set proven_at = '2020-01-01 00:00:00'"))
        db.session.commit()
    page = visitor.get("/account/data").send("/data")
    assert page.address.startswith("/account/prove")
    sent = page.send("/prove", do="send")
    done = sent.send("/prove", code=code_for(city, "ana@example.org"))
    assert done.address == "/account/data"
    assert "We are making the copy" in done.send("/data").words


def test_a_copy_of_ones_data_is_fetched(visitor: Visitor, city: Flask, sign_in) -> None:
    sign_in(visitor)
    visitor.get("/account/data").send("/data")
    letters(city)
    [link] = visitor.get("/account/data").links(r"/account/data/\w+")
    copy = visitor.client.get(link)
    assert copy.status_code == 200
    assert b"ana@example.org" in copy.data
    assert Visitor(city).get(link).address.startswith("/sign-in")


def test_an_account_is_erased(visitor: Visitor, city: Flask, sign_in) -> None:
    sign_in(visitor)
    page = visitor.get("/account/data")
    assert "Tick the box" in page.send("/erase").words
    assert "being erased" in page.send("/erase", sure="1").words
    letters(city)
    assert visitor.get("/mine").address.startswith("/sign-in")


def test_a_report_is_claimed_by_its_link(visitor: Visitor, reported, sign_in, city: Flask) -> None:
    done = reported("The lamp at the gate is out")
    sign_in(visitor)
    page = visitor.get("/mine")
    wrong = page.send("/claim", link="http://localhost/r/nonsense")
    assert "This is not a private link of ours." in wrong.words
    claimed = page.send("/claim", link=f"http://localhost/r/{done.return_secret}")
    assert "This report is now among yours." in claimed.words
    assert "The lamp at the gate" in visitor.get("/mine").words
    other = Visitor(city)
    sign_in(other, "bo@example.org")
    again = other.get("/mine").send("/claim", link=done.return_secret)
    assert "belongs to another account" in again.words


def test_messages_are_read(visitor: Visitor, sign_in) -> None:
    sign_in(visitor)
    assert "No messages yet" in visitor.get("/news").words


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/.well-known/security.txt", "text/plain; charset=utf-8"),
        ("/city.css", "text/css; charset=utf-8"),
        ("/map/base.json", "application/geo+json"),
        ("/map/districts.json", "application/geo+json"),
    ],
)
def test_files_for_machines(visitor: Visitor, address: str, kind: str) -> None:
    answer = visitor.client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    again = visitor.client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_notices_are_filled_from_the_city(visitor: Visitor) -> None:
    assert "privacy@vliermonde.example" in visitor.get("/privacy").words
    assert "toegankelijk@vliermonde.example" in visitor.get("/accessibility").words
    assert "Grote Markt 1" in visitor.get("/contact").words
    assert "CC-BY-4.0" in visitor.get("/licence").words


def test_a_foreign_stop_link_is_not_found(visitor: Visitor) -> None:
    assert visitor.get("/unsubscribe/" + "0" * 26).status == 404
