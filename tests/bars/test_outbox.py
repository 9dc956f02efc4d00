"""A phone's outbox and a house that dies: each report arrives once, in order, with its photo."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from backend.core.pages import assets
from tests.support.process import Served

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
REPORTS = 20
KILL_AFTER = (4, 11)

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not assets.MANIFEST.exists(), reason="the browser's part is not built"),
]


def photo(number: int) -> bytes:
    """A photo whose width tells which one it is."""
    file = io.BytesIO()
    Image.new("RGB", (200 + 10 * number, 160), (10 * number, 90, 120)).save(file, "JPEG")
    return file.getvalue()


def phone(engine: Any, served: Served, profile: Path) -> Any:
    """A browser with a memory: closed and opened, it is the same one."""
    return engine.chromium.launch_persistent_context(
        str(profile),
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--disable-gpu"],
        base_url=served.address,
        viewport={"width": 390, "height": 844},
        locale="en-GB",
    )


def write(page: Page, number: int) -> None:
    """One report on the page for the way."""
    page.goto("/report")
    page.get_by_label("What is it?").fill(f"Matter number {number} of the walk")
    page.locator("#photos").set_input_files(
        [{"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo(number)}]
    )
    page.locator(".previews img").wait_for()
    page.get_by_role("button", name="Keep it and send it").click()
    page.wait_for_url("**/outbox")


def arrived(served: Served) -> list[dict[str, Any]]:
    """What the city has, oldest first."""
    answer = requests.get(f"{served.address}/api/v1/reports?limit=100", timeout=30)
    return list(reversed(answer.json()["items"]))


def width_of(served: Served, report_id: str) -> int:
    """The width of a report's only photo."""
    report = requests.get(f"{served.address}/api/v1/reports/{report_id}", timeout=30).json()
    (one,) = report["photos"]
    data = requests.get(f"{served.address}/api/v1/photos/{one['id']}/large", timeout=30).content
    return int(Image.open(io.BytesIO(data)).width)


def test_twenty_reports_written_offline_arrive_once(served: Served, tmp_path: Path) -> None:
    served.start("serve", "--port", str(served.port))
    served.wait_ready()
    with sync_playwright() as engine:
        context = phone(engine, served, tmp_path / "phone")
        page = context.new_page()
        page.goto("/")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        served.kill("serve")
        for number in range(REPORTS):
            write(page, number)
        context.close()

        context = phone(engine, served, tmp_path / "phone")
        page = context.new_page()
        page.goto("/outbox")
        expect(page.locator("[data-state=waiting]")).to_have_count(REPORTS)
        for after in (*KILL_AFTER, REPORTS):
            served.start("serve", "--port", str(served.port))
            served.wait_ready()
            page.get_by_role("button", name="Send now").click()
            page.locator("[data-state=sent]").nth(after - 1).wait_for(timeout=300_000)
            if after < REPORTS:
                served.kill("serve")
        expect(page.locator("[data-state=sent]")).to_have_count(REPORTS, timeout=300_000)
        context.close()
    found = arrived(served)
    assert [one["text"] for one in found] == [
        f"Matter number {number} of the walk" for number in range(REPORTS)
    ]
    assert [width_of(served, one["id"]) for one in found] == [
        200 + 10 * number for number in range(REPORTS)
    ]
