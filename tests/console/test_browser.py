"""The desk in a real browser: triage by keyboard, axe, no JavaScript, narrow screens."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from backend.core.actor import SYSTEM
from backend.core.pages import assets
from backend.reports.queries import read_report
from tests.console.conftest import Town

AXE = assets.STATIC.parents[3] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FORMS = "details:not([data-menu], [data-keys])"
OPEN = f"for (const form of document.querySelectorAll('{FORMS}')) form.open = true"
TOLD = (
    "Deep pothole in the road beside the bridge",
    "Rubbish bags in front of the school, rats everywhere",
    "Deep pothole in the road near the station",
)

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: npm ci"),
    pytest.mark.skipif(not assets.MANIFEST.exists(), reason="the browser's part is not built"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
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
def visit(browser: Any, live_server: str) -> Iterator[Any]:
    """Open a page as somebody who is signed in; errors of the page fail the test."""
    opened: list[Any] = []
    errors: list[str] = []

    def go(token: str, path: str, width: int = 1280, **context: Any) -> Any:
        window = browser.new_context(
            viewport={"width": width, "height": 900}, reduced_motion="reduce", **context
        )
        window.add_cookies([{"name": "vox", "value": token, "url": live_server}])
        opened.append(window)
        page = window.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(live_server + path, wait_until="load")
        return page

    yield go
    for window in opened:
        window.close()
    assert [error for error in errors if "status of 4" not in error] == []


def test_three_reports_are_triaged_by_keyboard_alone(city: Town, visit: Any) -> None:
    ids = [city.tell(text) for text in TOLD]
    desk = city.desk("triage")
    page = visit(desk.token, "/console/inbox/triage")
    keys = page.keyboard

    def pressed(key: str) -> None:
        with page.expect_navigation(wait_until="load"):
            keys.press(key)

    pressed("j")
    assert TOLD[2] in page.inner_text("h1")
    pressed("a")
    assert TOLD[1] in page.inner_text("h1"), "the next one is there at once"
    assert "Passed to Roads" in page.inner_text("[data-flash]")
    keys.press("c")
    assert page.evaluate("document.activeElement.id") == "place-service"
    keys.type("Rub")
    while page.evaluate("document.activeElement.textContent").strip() != "Place it and pass it on":
        keys.press("Tab")
    pressed("Enter")
    assert TOLD[0] in page.inner_text("h1")
    keys.press("n")
    keys.type("j and a are letters here, not commands")
    keys.press("Escape")
    pressed("a")
    found = [
        city.work(lambda s, i=i: read_report(s, SYSTEM, i, relation="department")) for i in ids
    ]
    assert [report["status"] for report in found] == ["assigned"] * 3
    assert [report["department"] for report in found] == ["roads", "waste", "roads"]
    assert not found[0]["updates"], "an unfinished note is not sent by a key"


def test_the_keys_can_be_switched_off(city: Town, visit: Any) -> None:
    city.tell(TOLD[0])
    page = visit(city.desk("triage").token, "/console/inbox/triage")
    page.keyboard.press("?")
    page.click("[data-keys-switch]")
    page.keyboard.press("Escape")
    before = page.url
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.wait_for_timeout(200)
    assert page.url == before


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(city: Town, visit: Any, theme: str, width: int) -> None:
    report_id = city.tell(TOLD[0], service="pothole")
    city.tell("A deep pothole in the road at the bridge", service="pothole")
    city.age(report_id, days=2)
    axe = AXE.read_text()
    token = city.desk("triage", "administrator", name="Both").token
    faults = []
    page = visit(token, "/console/", width, color_scheme=theme)
    home = page.url.removesuffix("/console/")
    for path in (
        "/console/", "/console/inbox/triage", "/console/inbox/disputed",
        f"/console/inbox/overdue/{report_id}", f"/console/reports/{report_id}/print",
        "/console/intake", "/console/people", "/console/jobs", "/console/letters",
        "/console/classifier", "/console/city", f"/console/audit?subject={report_id}",
        "/console/health", "/console/prove", "/console/inbox/nothing",
    ):  # fmt: skip
        page.goto(home + path, wait_until="load")
        page.evaluate(OPEN)
        page.evaluate(axe)
        result = page.evaluate(
            "(tags) => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", WCAG
        )
        faults += [
            f"{path}: {v['id']} {[node['target'] for node in v['nodes']][:3]}"
            for v in result["violations"]
        ]
        across = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if across > 0:
            faults.append(f"{path}: {across} px too wide at {width}")
    assert not faults, "\n".join(faults)


def test_the_work_is_done_without_javascript(city: Town, visit: Any) -> None:
    report_id = city.tell(TOLD[0])
    page = visit(city.desk("triage").token, "/console/inbox/triage", 390, java_script_enabled=False)
    page.click("[data-line]")
    assert TOLD[0] in page.inner_text("h1")
    page.click("text=Accept: Roads")
    page.click("summary:has-text('Change the status')")
    page.check("input[value='in_progress']")
    page.click("button:has-text('Change the status')")
    found = city.work(lambda s: read_report(s, SYSTEM, report_id, relation="department"))
    assert found["status"] == "in_progress"


def test_a_phone_shows_the_list_then_the_report(city: Town, visit: Any) -> None:
    city.tell(TOLD[0])
    page = visit(city.desk("triage").token, "/console/inbox/triage", 390)
    assert page.is_visible(".desk__list")
    page.click("[data-line]")
    page.wait_for_selector(".report")
    assert not page.is_visible(".desk__list")
    page.click(".report__back")
    page.wait_for_selector(".desk__list")


def test_similar_reports_show_while_the_caller_speaks(city: Town, visit: Any) -> None:
    known = city.tell(TOLD[0], service="pothole")
    page = visit(city.desk("triage").token, "/console/intake")
    page.evaluate(
        "for (const [n, v] of [['lat', 45.05], ['lon', 25.05]])"
        " document.querySelector(`[name=${n}]`).value = v"
    )
    page.keyboard.type("There is a deep pothole in the road at the bridge")
    page.wait_for_selector(f"aside a[href*='{known}']", timeout=8000)
    assert page.evaluate("document.activeElement.name") == "text", "the clerk goes on typing"
