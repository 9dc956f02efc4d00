"""Written without a network: kept on the phone, sent in order, each once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.core.pages import assets
from tests.web.test_reporting import jpeg

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not assets.MANIFEST.exists(), reason="the browser's part is not built"),
]
WORDS = ("The lamp at the pond is dark", "Glass on the cycle path", "A bench without a seat")


@pytest.fixture
def database_url(sqlite_database: Any) -> Iterator[str]:
    """One engine is enough for what happens in the browser."""
    yield sqlite_database.url
    sqlite_database.clean()


@pytest.fixture
def phone(city: Flask, live_server: str) -> Iterator[Any]:
    """A phone on which the house was visited once, so that its pages are kept."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine:
        chromium = engine.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        context = chromium.new_context(
            viewport={"width": 390, "height": 844}, base_url=live_server, locale="en-GB"
        )
        page = context.new_page()
        page.goto("/")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        yield page
        chromium.close()


@pytest.fixture
def stored(session: Session) -> Callable[[], list[Any]]:
    """The reports that have arrived, in their order."""

    def rows() -> list[Any]:
        found = list(session.execute(text("select text, photos, channel from report order by id")))
        session.rollback()
        return found

    return rows


def write(page: Any, words: str) -> None:
    """Write one report on the page for the way."""
    page.get_by_label("What is it?").fill(words)
    page.locator("#photos").set_input_files(
        [{"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}]
    )
    page.locator(".previews img").wait_for()
    page.get_by_role("button", name="Keep it and send it").click()
    page.wait_for_url("**/outbox")


def test_what_was_written_offline_arrives_once_and_in_order(
    phone: Any, stored: Callable[[], list[Any]]
) -> None:
    phone.context.set_offline(True)
    for words in WORDS:
        phone.goto("/report")
        assert phone.get_by_role("heading", name="Report on the way").is_visible()
        write(phone, words)
    expect(phone.locator("[data-item]")).to_have_count(3)
    expect(phone.get_by_text("Waiting for a network")).to_have_count(3)
    assert stored() == []
    phone.context.set_offline(False)
    expect(phone.locator("[data-state=sent]")).to_have_count(3, timeout=30_000)
    assert [tuple(row) for row in stored()] == [(words, 1, "app") for words in WORDS]
    phone.get_by_role("link", name="See the answer").first.click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text(WORDS[-1])


def test_a_refused_report_keeps_its_words_and_says_what_to_mend(
    phone: Any, stored: Callable[[], list[Any]]
) -> None:
    phone.goto("/report/quick")
    phone.get_by_label("E-mail address").fill("not an address")
    write(phone, WORDS[0])
    expect(phone.locator("[data-state=refused]")).to_have_count(1, timeout=30_000)
    phone.get_by_role("link", name="Mend it").click()
    expect(phone.get_by_label("What is it?")).to_have_value(WORDS[0])
    expect(phone.locator("#email")).to_have_attribute("aria-invalid", "true")
    expect(phone.get_by_text("1 photos of before are kept.")).to_be_visible()
    phone.get_by_label("E-mail address").fill("ana@example.org")
    phone.get_by_role("button", name="Keep it and send it").click()
    expect(phone.locator("[data-state=sent]")).to_have_count(1, timeout=30_000)
    assert [tuple(row) for row in stored()] == [(WORDS[0], 1, "app")]


def test_an_unfinished_report_survives_and_nothing_is_sent_half(
    phone: Any, stored: Callable[[], list[Any]]
) -> None:
    phone.goto("/report/quick")
    phone.get_by_role("button", name="Keep it and send it").click()
    expect(phone.locator("[data-quick-errors]")).to_contain_text("Write in a few words")
    phone.get_by_label("What is it?").fill(WORDS[1])
    expect(phone.locator("#text")).to_have_value(WORDS[1])
    for _try in range(100):
        if "Glass" in (phone.evaluate("localStorage.getItem('vox-quick-draft')") or ""):
            break
        phone.wait_for_timeout(50)
    phone.goto("/")
    phone.goto("/report/quick")
    expect(phone.get_by_label("What is it?")).to_have_value(WORDS[1])
    assert stored() == []
