"""From words to places and back: the pack's addresses, and a server of the Nominatim kind."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.city.folding import fold
from backend.city.geocoder import (
    AddressFileGeocoder,
    Geocoder,
    NoGeocoder,
    NominatimGeocoder,
    geocoder_for,
)
from backend.city.streets import StreetIndex
from backend.core.geo import metres_between
from tests.city.conftest import MARKET


@pytest.fixture
def geocoder(session: Any, demo_city: Any) -> AddressFileGeocoder:
    """The addresses of the demo city."""
    return AddressFileGeocoder(session)


TYPED = {
    "Kerkstraat": "Kerkstraat",
    "kerkstr": "Kerkstraat",
    "KERKSTRAAT 12": "Kerkstraat",
    "kerkstaat": "Kerkstraat",
    "strada eminescu 4": "Strada Mihai Eminescu",
    "12 Albion Street": "Albion Street",
    "bronte street 3": "Brontë Street",
    "sint jansstraat": "Sint Jansstraat",
    "cosmonautilor": None,
}


def test_streets_are_found_as_people_type_them(geocoder: AddressFileGeocoder) -> None:
    found = {text: geocoder.search(text) for text in TYPED}
    assert {text: places[0].street if places else None for text, places in found.items()} == TYPED


def test_a_house_number_is_found(session: Any, geocoder: AddressFileGeocoder) -> None:
    first = geocoder.search("Vlierkade")[0]
    assert first.number is None
    assert first.district
    somewhere = geocoder.reverse(first.lon, first.lat)
    assert somewhere
    found = geocoder.search(f"{somewhere.street} {somewhere.number}")[0]
    assert (found.street, found.number, found.exact) == (somewhere.street, somewhere.number, True)


def test_the_nearest_known_number_stands_in(geocoder: AddressFileGeocoder) -> None:
    found = geocoder.search("Kerkstraat 9999")[0]
    assert not found.exact
    assert found.number != "9999"


def test_a_postcode_finds_its_houses(geocoder: AddressFileGeocoder) -> None:
    house = geocoder.reverse(*MARKET)
    assert house
    assert house.postcode
    assert {p.postcode for p in geocoder.search(house.postcode.replace(" ", "").lower())} == {
        house.postcode
    }


def test_near_comes_first(geocoder: AddressFileGeocoder) -> None:
    found = geocoder.search("sint", limit=15, near=MARKET)
    ways = [metres_between(MARKET, (p.lon, p.lat)) for p in found]
    assert ways == sorted(ways)


def test_reverse_gives_the_nearest_house(session: Any, geocoder: AddressFileGeocoder) -> None:
    from sqlalchemy import select

    from backend.city.models import Address

    houses = session.execute(select(Address.lon, Address.lat)).all()
    for lon, lat in (MARKET, (2.06, 54.73), (2.03, 54.71), (2.08, 54.725)):
        found = geocoder.reverse(lon, lat)
        assert found
        true = min(metres_between((lon, lat), (h.lon, h.lat)) for h in houses)
        assert metres_between((lon, lat), (found.lon, found.lat)) <= true + 1
    assert geocoder.reverse(10.0, 10.0) is None
    assert geocoder.reverse(float("nan"), 10.0) is None


@given(st.text(max_size=60))
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(
    st.lists(st.text("abcdeș straat", min_size=1).map(fold).filter(bool), min_size=1, max_size=20),
    st.data(),
)
def test_a_street_finds_itself_first(names: list[str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(names))
    assert StreetIndex(names).search(name, 5)[0] == (0, name)


def test_no_query_breaks_the_search(geocoder: AddressFileGeocoder) -> None:
    for text in (
        "",
        "   ",
        "%",
        "_",
        "'; drop table",
        "12",
        "12 12",
        "a" * 5000,
        "\x00",
        "９９",
        "²",
        "½ 5",
    ):
        assert len(geocoder.search(text, limit=500)) <= 20


class Fake(BaseHTTPRequestHandler):
    """A server that answers as Nominatim does, or as the test wants."""

    asked: list[tuple[str, dict[str, list[str]], str]] = []
    answer: bytes = b"[]"
    status = 200

    def do_GET(self) -> None:
        """Answer and remember what was asked."""
        parts = urlsplit(self.path)
        Fake.asked.append((parts.path, parse_qs(parts.query), self.headers["User-Agent"]))
        self.send_response(Fake.status)
        self.end_headers()
        self.wfile.write(Fake.answer)

    def log_message(self, *_args: object) -> None:
        """Be quiet."""


@pytest.fixture
def nominatim(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a fake server; what an earlier test learned is forgotten."""
    for name in ("_kept", "_silent_until", "_next_at"):
        monkeypatch.setattr(NominatimGeocoder, name, type(getattr(NominatimGeocoder, name))())
    monkeypatch.setattr(NominatimGeocoder, "APART", 0.0)
    Fake.asked, Fake.status = [], 200
    item = {
        "lat": "54.72", "lon": "2.05", "display_name": "Kerkstraat 1, Vliermonde",
        "address": {"road": "Kerkstraat", "house_number": "1", "postcode": "0470 AB"},
    }  # fmt: skip
    Fake.answer = json.dumps([item, {"lat": "x"}, "nonsense"]).encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Fake)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class TestNominatim:
    def test_it_asks_within_the_city_and_keeps_the_answer(self, nominatim: str) -> None:
        geocoder = NominatimGeocoder(
            nominatim, language="nl", bounds=(2.0, 54.7, 2.1, 54.74), contact="a@b.example"
        )
        for _ in range(3):
            found = geocoder.search("kerkstraat  1")
        assert [(p.street, p.number, p.exact) for p in found] == [("Kerkstraat", "1", True)]
        assert len(Fake.asked) == 1
        path, query, agent = Fake.asked[0]
        assert (path, query["q"], query["bounded"]) == ("/search", ["kerkstraat 1"], ["1"])
        assert "a@b.example" in agent

    @pytest.mark.parametrize(
        ("status", "answer"),
        [(500, b"[]"), (200, b"<html>"), (200, b'"text"'), (200, b"null"), (302, b"")],
    )
    def test_a_server_in_trouble_finds_nothing(
        self, nominatim: str, status: int, answer: bytes
    ) -> None:
        Fake.status, Fake.answer = status, answer
        assert NominatimGeocoder(nominatim).search("kerkstraat") == []

    def test_after_a_failure_there_is_a_pause(self, nominatim: str) -> None:
        Fake.status = 503
        geocoder = NominatimGeocoder(nominatim)
        geocoder.search("one")
        geocoder.search("two")
        assert len(Fake.asked) == 1

    def test_reverse(self, nominatim: str) -> None:
        Fake.answer = json.dumps({"lat": "54.72", "lon": "2.05", "display_name": "Here"}).encode()
        found = NominatimGeocoder(nominatim).reverse(2.05, 54.72)
        assert found
        assert found.label == "Here"


def test_the_settings_choose(app: Any, session: Any, small_pack: Any) -> None:
    from dataclasses import replace

    settings = app.config["VOX"]
    none: Geocoder = geocoder_for(session, settings)
    assert isinstance(none, NoGeocoder)
    assert (none.search("x"), none.reverse(0, 0)) == ([], None)
    server = replace(settings, geocoder_url="http://127.0.0.1:1")
    assert isinstance(geocoder_for(session, server), NominatimGeocoder)
