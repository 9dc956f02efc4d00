"""The pages in a real browser: a report from a phone, by keyboard alone, and axe on every page."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from backend.core.pages import assets
from tests.web.conftest import STREET, code_for
from tests.web.test_reporting import jpeg

AXE = assets.STATIC.parents[3] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EXPECTED = ("status of 4", "ERR_INTERNET_DISCONNECTED")
PHONE, DESK = (390, 844), (1280, 860)

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: npm ci"),
    pytest.mark.skipif(not assets.MANIFEST.exists(), reason="the browser's part is not built"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for all of these."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine:
        chromium = engine.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def database_url(sqlite_database: Any) -> Iterator[str]:
    """One engine is enough for what happens in the browser."""
    yield sqlite_database.url
    sqlite_database.clean()


@pytest.fixture
def window(browser: Any, city: Flask, live_server: str) -> Iterator[Callable[..., Any]]:
    """Open a window on the house; what goes wrong in its scripts fails the test."""
    opened: list[Any] = []
    errors: list[str] = []

    def go(size: tuple[int, int] = PHONE, **more: Any) -> Any:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            base_url=live_server,
            reduced_motion="reduce",
            locale="en-GB",
            **more,
        )
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        return page

    yield go
    for context in opened:
        context.close()
    # Pages that refuse something answer with a status that the console notes.
    assert [error for error in errors if not any(mark in error for mark in EXPECTED)] == []


def faults(page: Any) -> dict[str, Any]:
    """What axe finds on this page: on a phone by day, on a desk by night."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = {}
    for size, theme in ((PHONE, "light"), (DESK, "dark")):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=theme)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            found[f"{page.url} {size[0]}"] = f"{wide} pixels too wide"
        result = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG
        )
        for violation in result["violations"]:
            nodes = [node["html"][:160] for node in violation["nodes"]]
            found[f"{page.url} {size[0]} {theme}: {violation['id']}"] = nodes
    return found


def wait(page: Any, condition: str) -> None:
    """Wait for a condition; asked from outside, for the page's policy lets nothing be evaluated."""
    for _try in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {condition}")


def write_and_place(page: Any, words: str) -> None:
    """The first two steps with scripts."""
    page.goto("/report")
    page.locator("#text").fill(words)
    page.get_by_role("button", name="Next: where is it?").click()
    page.locator("#address").fill(f"{STREET} 1")
    page.locator("#address").blur()
    wait(page, "document.querySelector('[data-pin-lat]').value !== ''")
    page.get_by_role("button", name="Next", exact=True).last.click()


def test_a_report_from_a_phone(window: Callable[..., Any]) -> None:
    page = window(has_touch=True)
    page.goto("/")
    page.get_by_role("link", name="Report something").click()
    page.locator("#text").fill("The street lamp at the playground is out.")
    page.locator("#photos").set_input_files(
        [{"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}]
    )
    page.locator(".previews img").wait_for()
    page.get_by_role("button", name="Next: where is it?").click()
    page.locator("#address").fill(f"{STREET} 1")
    page.locator("#address").blur()
    wait(page, "document.querySelector('[data-pin-lat]').value !== ''")
    page.get_by_role("button", name="Next", exact=True).last.click()
    page.get_by_label("I do not know: let city hall decide").check()
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".previews img")).to_have_count(1)
    page.get_by_role("button", name="Send it to the city").dblclick()
    page.wait_for_url("**/sent")
    assert "reached the city" in page.locator("h1").inner_text()
    assert "/r/" in page.locator("#return-link").input_value()
    page.get_by_role("link", name="See your report").click()
    page.locator(".photos img").wait_for()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()


def test_a_report_where_one_stands(window: Callable[..., Any], house: tuple[float, float]) -> None:
    page = window(
        geolocation={"longitude": house[0], "latitude": house[1], "accuracy": 9},
        permissions=["geolocation"],
    )
    page.goto("/report")
    page.locator("#text").fill("A broken bench")
    page.get_by_role("button", name="Next: where is it?").click()
    page.get_by_role("button", name="Use where I am").click()
    wait(page, "document.querySelector('#address').value.includes('1')")
    page.get_by_role("button", name="Next", exact=True).last.click()
    page.wait_for_url("**/about")


def press(page: Any, *keys: str) -> None:
    """Press keys one after another."""
    for key in keys:
        page.keyboard.press(key)


def reach(page: Any, selector: str) -> None:
    """Go on with the tab key until something has the focus."""
    for _step in range(80):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tab key never comes to {selector}")


def test_a_report_by_keyboard_alone(window: Callable[..., Any]) -> None:
    page = window(DESK)
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reach(page, ".welcome a[href='/report']")
    press(page, "Enter")
    page.wait_for_url("**/report")
    reach(page, "#text")
    page.keyboard.type("The bin at the bus stop is full.")
    reach(page, "form .button")
    press(page, "Enter")
    page.wait_for_url("**/place")
    reach(page, "#address")
    page.keyboard.type(f"{STREET} 1")
    reach(page, ".linkbutton")
    press(page, "Enter")  # no particular place
    page.wait_for_url("**/about")
    reach(page, "input[name=service]")
    press(page, "ArrowUp")  # from the first round to the last: city hall decides
    if page.evaluate("document.activeElement.value") != "city":
        press(page, *["ArrowDown"] * 6)
    while page.evaluate("document.activeElement.value") != "city":
        press(page, "ArrowDown")
    reach(page, "button.button")
    press(page, "Enter")
    page.wait_for_url("**/send")
    reach(page, "form button.button")
    press(page, "Enter")
    page.wait_for_url("**/sent")


def test_an_error_is_where_the_focus_goes(window: Callable[..., Any]) -> None:
    page = window()
    page.goto("/report")
    page.get_by_role("button", name="Next: where is it?").click()
    wait(page, "document.activeElement.hasAttribute('data-error-summary')")
    page.get_by_role("link", name="Write in a few words").click()
    assert page.evaluate("document.activeElement.id") == "text"


def test_axe_finds_nothing_where_everybody_reads(window: Callable[..., Any], reported: Any) -> None:
    done = reported("The lamp is out", status="resolved", reason="A new one is in.")
    reported("Something else is wrong", kind="suggestion")
    page, found = window(), {}
    for address in (
        "/", "/reports", "/reports?q=nothing+like+this", "/map", f"/reports/{done.public_id}",
        f"/r/{done.return_secret}", f"/r/{done.return_secret}/dispute", "/sign-in",
        "/sign-in/code", "/sign-in/password", "/sign-in/link?token=x", "/privacy",
        "/accessibility", "/contact", "/licence", "/offline", "/sign-out", "/no-such-page",
    ):  # fmt: skip
        page.goto(address)
        found |= faults(page)
    assert found == {}


def test_axe_finds_nothing_on_the_way_of_a_report(
    window: Callable[..., Any], reported: Any, house: tuple[float, float]
) -> None:
    words = "De straatlantaarn is kapot, er is een gaslucht"
    reported(words, place=house)
    page, found = window(DESK), {}
    page.goto("/report")
    found |= faults(page)
    page.get_by_role("button", name="Next: where is it?").click()
    found |= faults(page)
    write_and_place(page, words)
    page.wait_for_url("**/known")
    found |= faults(page)
    page.go_back()
    found |= faults(page)
    page.go_forward()
    page.get_by_role("link", name="No, mine is something else").click()
    found |= faults(page)
    page.locator("input[name=service][value=list]").check()
    page.locator("#service_list").select_option("pothole")
    page.get_by_role("button", name="Next").click()
    found |= faults(page)
    page.get_by_label("At the edge").check()
    page.get_by_role("button", name="Next").click()
    found |= faults(page)
    page.get_by_role("button", name="Send it to the city").click()
    page.wait_for_url("**/sent")
    found |= faults(page)
    assert found == {}


def test_axe_finds_nothing_in_the_account(window: Callable[..., Any], city: Flask) -> None:
    page, found = window(), {}
    page.goto("/sign-in?next=/mine")
    page.locator("#email").fill("ana@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.locator("#code").fill(code_for(city, "ana@example.org"))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/mine")
    for address in (
        "/mine", "/news", "/account", "/account/profile", "/account/email",
        "/account/notifications", "/account/statistics", "/account/security", "/account/data",
        "/account/second-step", "/account/prove",
    ):  # fmt: skip
        page.goto(address)
        found |= faults(page)
    assert found == {}


def test_conditional_questions_show_when_they_apply(window: Callable[..., Any]) -> None:
    page = window()
    write_and_place(page, "The pavement is broken")
    page.locator("input[name=service][value=list]").check()
    page.locator("#service_list").select_option("pavement")
    page.get_by_role("button", name="Next").click()
    when = page.locator("#answer_fallen_when")
    expect(when).to_be_hidden()
    page.get_by_label("Yes").check()
    expect(when).to_be_visible()


def test_filters_act_at_once(window: Callable[..., Any], reported: Any) -> None:
    reported("The lamp is out")
    reported("A bench is broken")
    page = window(DESK)
    page.goto("/reports")
    expect(page.locator("#reports .item")).to_have_count(2)
    page.locator("#q").fill("bench")
    wait(page, "document.querySelectorAll('#reports .item').length === 1")
    assert page.url.endswith("q=bench")


def test_without_a_network_a_page_of_ours_is_shown(window: Callable[..., Any]) -> None:
    page = window()
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.goto("/reports")
    expect(page.get_by_role("heading", name="You have no connection")).to_be_visible()
    page.context.set_offline(False)
