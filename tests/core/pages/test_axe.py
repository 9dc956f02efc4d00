"""The gallery in a real browser: axe, keyboard, narrow screens, without JavaScript."""

import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from backend.core.pages import assets
from backend.core.pages.gallery import SHEETS

AXE = assets.STATIC.parents[3] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: npm ci"),
    pytest.mark.skipif(not assets.MANIFEST.exists(), reason="the browser's part is not built"),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The gallery, served on a free port."""
    from tests.core.pages.conftest import make_app

    server = make_server("127.0.0.1", 0, make_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/gallery/"
    server.shutdown()
    thread.join(5)


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
def visit(browser: Any, address: str) -> Iterator[Any]:
    """Open a sheet in a window of its own; page errors fail the test."""
    opened: list[Any] = []
    errors: list[str] = []

    def go(sheet: str, width: int = 390, **context: Any) -> Any:
        height = 844 if width < 500 else 860
        window = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **context
        )
        opened.append(window)
        page = window.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(address + sheet, wait_until="load")
        if sheet == "map" and context.get("java_script_enabled", True):
            page.wait_for_selector("[data-marker]")
        return page

    yield go
    for window in opened:
        window.close()
    # The sheet of the error page answers 404 by its nature.
    assert [error for error in errors if "status of 404" not in error] == []


@pytest.mark.parametrize("sheet", [*SHEETS, "forms?errors=1"])
def test_axe_finds_nothing(visit: Any, sheet: str) -> None:
    page = visit(sheet, 1280)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = {}
    for width, theme in ((1280, "light"), (1280, "dark"), (390, "dark"), (390, "light")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=theme)
        result = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG
        )
        for violation in result["violations"]:
            nodes = [node["html"][:160] for node in violation["nodes"]]
            found[f"{width} {theme}: {violation['id']}"] = (violation["help"], nodes)
    assert found == {}


@pytest.mark.parametrize("sheet", SHEETS)
def test_nothing_is_wider_than_the_screen(visit: Any, sheet: str) -> None:
    page = visit(sheet, 1280)
    wide = {}
    for direction in ("ltr", "rtl"):
        page.evaluate("way => { document.documentElement.dir = way }", direction)
        for width in (320, 390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            wide[direction, width] = page.evaluate(
                "document.documentElement.scrollWidth - innerWidth"
            )
    assert {case: more for case, more in wide.items() if more > 0} == {}


def test_text_twice_as_large_still_fits(visit: Any) -> None:
    for sheet in ("page", "forms", "map"):
        page = visit(sheet, 1280)
        page.evaluate("document.documentElement.style.fontSize = '237.5%'")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, sheet
        page.context.close()


def test_targets_are_large_enough(visit: Any) -> None:
    page = visit("page")
    small = page.evaluate(
        """() => [...document.querySelectorAll('a, button, summary, input:not([type=hidden])')]
        .filter(e => e.offsetParent)
        .filter(e => !e.closest('p, .skip, .item__title, .card__title, td, th, dd'))
        .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
        .filter(([, r]) => r.width && (r.height < 24 || r.width < 24)).map(([html]) => html)"""
    )
    assert small == []


def test_without_javascript_all_is_there(visit: Any) -> None:
    page = visit("forms", java_script_enabled=False)
    assert page.locator("#email").is_visible(), "a conditional question shows when nothing hides it"
    assert page.locator("input[type=file]").is_visible()
    assert page.locator("#address").is_visible()
    assert not page.locator("[data-pin-here]").is_visible()
    menu = page.locator("details.menu")
    menu.locator("summary").click()
    menu.get_by_role("link", name="Nederlands").click()
    assert "lang=nl" in page.url


def test_errors_take_the_focus_and_lead_to_their_fields(visit: Any) -> None:
    page = visit("forms?errors=1")
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    page.get_by_role("link", name="Write the address").click()
    assert page.evaluate("document.activeElement.id") == "email"


def test_characters_left_are_counted_as_people_count(visit: Any) -> None:
    page = visit("forms")
    page.locator("#text").fill("🚲" * 1999)
    assert page.locator("#text-count").inner_text() == "Characters left: 1"
    page.locator("#text").fill("x" * 2003)
    assert page.locator("#text-count").inner_text() == "Characters too many: 3"


def test_theme_changes_at_once_and_is_kept(visit: Any) -> None:
    page = visit("page", 1280, color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("details.menu summary").click()
    page.locator("[data-theme-choice=dark]").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    assert light != dark == page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_map_is_walked_by_keyboard(visit: Any) -> None:
    page = visit("map", 1280)
    # The map of one place has a marker without a name; the one walked here comes with its data.
    page.locator("[data-marker][tabindex='0']:not([data-marker=''])").first.focus()
    seen = {page.evaluate("document.activeElement.dataset.marker")}
    for key in ("ArrowRight", "ArrowDown", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
        seen.add(page.evaluate("document.activeElement.dataset.marker"))
    assert len(seen) > 2
    assert None not in seen


def test_list_and_map_light_up_together(visit: Any) -> None:
    page = visit("map", 1280)
    page.wait_for_selector("[data-marker='r1']")
    page.locator("#reports [data-id='r1'] a").focus()
    assert "is-marked" in page.locator("[data-marker='r1']").get_attribute("class")


def test_the_pin_moves_by_keys_and_by_the_own_position(visit: Any) -> None:
    page = visit(
        "forms",
        geolocation={"latitude": 52.03, "longitude": 4.35, "accuracy": 12},
        permissions=["geolocation"],
    )
    page.locator("[data-pin]").scroll_into_view_if_needed()
    pin = page.locator(".map-pin--mine")
    pin.wait_for()
    before = page.locator("[data-pin-lon]").input_value()
    pin.focus()
    page.keyboard.press("ArrowRight")
    assert float(page.locator("[data-pin-lon]").input_value()) > float(before)
    page.locator("[data-pin-here]").click()
    expect(page.locator("[data-pin-status]")).to_contain_text("12 metres")
    expect(page.locator("[data-pin-lat]")).to_have_value("52.030000")


def test_photos_are_scaled_and_their_place_is_offered(visit: Any) -> None:
    from tests.core.pages.photo import jpeg_with_place

    page = visit("forms")
    page.locator("[data-pin]").scroll_into_view_if_needed()
    page.locator(".map-pin--mine").wait_for()
    page.locator("#photos").scroll_into_view_if_needed()
    page.locator("#photos").set_input_files(
        [{"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg_with_place(52.0116, 4.3571)}]
    )
    page.locator(".previews img").wait_for()
    size = page.evaluate(
        """async () => { const f = document.querySelector('#photos').files[0];
        const b = await createImageBitmap(f); return [f.name, Math.max(b.width, b.height)] }"""
    )
    assert size == ["p.jpg", 2048]
    page.get_by_role("button", name="Use that place").click()
    assert page.locator("[data-pin-lat]").input_value().startswith("52.0116")
    assert page.locator("[data-pin-lon]").input_value().startswith("4.3571")
    page.get_by_role("button", name="Remove photo 1").click()
    assert page.evaluate("document.querySelector('#photos').files.length") == 0
