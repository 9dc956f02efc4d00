"""The frame: its language, direction, theme, navigation and components, as a reader meets them."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from backend.core.pages import (
    CityLook,
    assets,
    components,
    formats,
    set_city_look,
    set_navigation,
)
from backend.core.pages.gallery import SHEETS

NOON = datetime(2026, 11, 22, 16, 5, tzinfo=UTC)


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_sheet_is_whole(client: FlaskClient, sheet: str) -> None:
    page = client.get(f"/gallery/{sheet}").text
    assert page.count("<h1") == 1
    assert '<a class="skip" href="#main">' in page
    assert 'id="main"' in page
    assert "style=" not in page.replace("stylesheet", ""), (
        "the policy of contents forbids inline styles"
    )
    assert not re.search(r"<script(?![^>]*nonce)", page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), "an id is used twice"


def test_labels_and_descriptions_lead_somewhere(client: FlaskClient) -> None:
    page = client.get("/gallery/forms?errors=1").text
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    wanted = set(re.findall(r'\sfor="([^"]+)"', page))
    for described in re.findall(r'aria-describedby="([^"]+)"', page):
        wanted |= set(described.split())
    wanted |= set(re.findall(r'<li><a href="#([^"]+)"', page))
    assert wanted <= ids


def test_language_of_the_address_is_kept(client: FlaskClient) -> None:
    page = client.get("/gallery/?lang=nl")
    assert '<html lang="nl" dir="ltr"' in page.text
    assert '<html lang="nl"' in client.get("/gallery/").text


def test_theme_of_the_address_is_kept_and_unknown_ones_are_ignored(client: FlaskClient) -> None:
    assert 'data-theme="dark"' in client.get("/gallery/?theme=dark").text
    assert 'data-theme="dark"' in client.get("/gallery/").text
    assert 'data-theme="' not in client.get("/gallery/?theme=auto").text
    assert "pink" not in client.get('/gallery/empty?theme="><pink').text.replace("%3Cpink", "")


def test_the_present_tab_is_marked_once(client: FlaskClient) -> None:
    page = client.get("/gallery/map").text
    tabs = page[page.index("tabs-main") : page.index("</nav>")]
    assert re.findall(r'aria-current="page">.*?<span>(\w+)</span>', tabs) == ["Map"]


def test_query_is_changed_not_lost(app: Flask) -> None:
    with app.test_request_context("/reports?status=open&status=new&lang=en"):
        page = render_template_string("{{ with_query(lang='nl') }}|{{ with_query(status=none) }}")
    assert page == "/reports?status=open&amp;status=new&amp;lang=nl|/reports?lang=en"


def test_words_of_strangers_are_escaped(app: Flask) -> None:
    evil = "<script>alert(1)</script>"
    template = """{{ ui.item(w, w, text=w, meta=(w,), status_word=w) }}
    {{ ui.text("a", w, value=w, error=w, hint=w) }}{{ ui.event(w, text=w, who=w) }}
    {{ ui.facts([{"term": w, "value": w}]) }}{{ ui.confidence(w, 0.5, [w]) }}
    {{ ui.notice(w, text=w) }}{{ ui.button(w, name=w, value=w, attrs={"data-x": w}) }}
    {{ ui.photo(w, w, caption=w) }}"""
    with app.test_request_context("/"):
        page = render_template_string(template, w=evil)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") > 20


def test_every_component_is_documented(app: Flask) -> None:
    look = (assets.STATIC.parents[3] / "docs" / "look.md").read_text(encoding="utf-8")
    with app.app_context():
        names = components.Components(app).names()
    assert [name for name in names if f"`{name}(" not in look] == []


def test_an_unknown_component_says_so(app: Flask) -> None:
    with pytest.raises(AttributeError, match="no component glitter"):
        _ = app.jinja_env.globals["ui"].glitter


def test_icons_named_in_templates_exist() -> None:
    root = assets.STATIC.parents[2]
    named: set[str] = set()
    for template in root.rglob("templates/**/*.html"):
        text = template.read_text(encoding="utf-8")
        named |= set(re.findall(r"""\bicon\(["']([a-z0-9-]+)["']""", text))
        named |= set(re.findall(r"""\bicon_name=["']([a-z0-9-]+)["']""", text))
    assert named - set(assets.icons()) == set()


def test_the_frame_stands_when_its_city_cannot_be_known(app: Flask, client: FlaskClient) -> None:
    assert "Nieuwhaven" in client.get("/gallery/empty").text

    def away() -> CityLook:
        raise ConnectionError("the database is away")

    set_city_look(app, away)
    set_navigation(app, "tabs", lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    page = client.get("/gallery/empty")
    assert page.status_code == 200
    assert "Nieuwhaven" in page.text
    assert "tabs-main" not in page.text


def test_dates_are_told_on_the_citys_clocks(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        assert formats.format_datetime(NOON) == "22 November 2026, 17:05"
        assert formats.format_date(NOON.replace(hour=23, minute=30)) == "23 November 2026"
        tag = str(formats.time_tag(NOON, relative=True))
        assert 'datetime="2026-11-22T16:05:00Z"' in tag
    with app.test_request_context("/?lang=ro"):
        assert "noiembrie" in formats.format_datetime(NOON)


def test_long_ago_becomes_a_day(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        assert formats.relative_time(NOON - timedelta(hours=3), NOON) == "3 hours ago"
        assert formats.relative_time(NOON - timedelta(days=90), NOON) == "24 Aug 2026"


def test_numbers_follow_the_language(app: Flask) -> None:
    with app.test_request_context("/?lang=nl"):
        assert formats.format_number(12345.5) == "12.345,5"
        assert formats.format_distance(1234) == "1,2 km"
    with app.test_request_context("/?lang=en"):
        assert formats.format_percent(0.415, 1) == "41.5%"


@pytest.mark.skipif(not assets.MANIFEST.exists(), reason="the browser's part is not built")
class TestAssets:
    """Files of the build, as a browser fetches them."""

    def test_hashed_files_are_kept_for_good(self, client: FlaskClient) -> None:
        answer = client.get(assets.asset("citizen.css"))
        assert answer.status_code == 200
        assert answer.mimetype == "text/css"
        assert answer.cache_control.immutable
        assert answer.cache_control.max_age == assets.YEAR

    def test_compressed_copies_are_served_to_those_who_take_them(self, client: FlaskClient) -> None:
        plain = client.get(assets.asset("enhance.js"))
        packed = client.get(assets.asset("enhance.js"), headers={"Accept-Encoding": "gzip, br"})
        assert packed.headers["Content-Encoding"] == "br"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert len(packed.data) < len(plain.data) / 2
        assert packed.mimetype == "text/javascript"

    @pytest.mark.parametrize("path", ["dist/manifest.json", "nothing.css", "../__init__.py"])
    def test_nothing_else_is_served(self, app: Flask, path: str) -> None:
        from backend.core.problems import NotFound

        with app.test_request_context("/"), pytest.raises(NotFound):
            assets.static_file(path)

    def test_first_page_is_light(self) -> None:
        import gzip

        names = ("citizen.css", "enhance.js")
        sizes = [
            len(gzip.compress((assets.STATIC / assets.manifest()[name]).read_bytes(), 9))
            for name in names
        ]
        assert sum(sizes) <= 20 * 1024, "rooms need their share of the 45 kB of a first page"

    def test_icons_are_those_of_the_package(self) -> None:
        package = assets.STATIC.parents[3] / "node_modules" / "lucide-static" / "icons"
        if not package.exists():
            pytest.skip("node_modules is not installed")
        wanted = (assets.STATIC.parent / "client" / "icons.txt").read_text().split()
        assert set(wanted) == set(json.loads(assets.ICONS.read_text())["icons"])
