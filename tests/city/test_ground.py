"""Places: inside or not, in which district, and where the nearest one is that works."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.city import queries
from backend.city.danger import DangerWords
from backend.city.ground import Ground
from backend.city.pack import read_pack
from backend.core.geo import metres_between
from tests.city.conftest import COMPONENTS, DEMO, MARKET

PACK = read_pack(DEMO, COMPONENTS)
GROUND = Ground([(i, d.geometry) for i, d in enumerate(PACK.districts, start=1)])
ANY_NUMBER = st.floats() | st.floats(-180, 180) | st.sampled_from([90.0, -90.0, 180.0, -180.0])
NEARBY = st.tuples(st.floats(1.99, 2.11), st.floats(54.69, 54.75))


@settings(max_examples=800)
@given(st.tuples(ANY_NUMBER, ANY_NUMBER) | NEARBY)
@example((math.nan, math.nan))
@example((0.0, 90.0))
@example((MARKET[1], MARKET[0]))
def test_any_two_numbers_get_an_answer(place: tuple[float, float]) -> None:
    lon, lat = place
    check = GROUND.check(lon, lat)
    assert check.inside == GROUND.holds(lon, lat)
    if check.inside:
        assert check.district_id is not None
        assert GROUND.nearest(lon, lat) == (lon, lat)
    elif not (-180 <= lon <= 180 and -90 <= lat <= 90):
        assert check.nearest is None or check.axes_swapped
    else:
        assert check.nearest
        assert GROUND.holds(*check.nearest)


@settings(max_examples=300)
@given(NEARBY)
def test_a_place_in_the_city_lies_in_one_district(place: tuple[float, float]) -> None:
    from shapely import Point

    inside = [
        i
        for i, outline in zip(GROUND.ids, GROUND.outlines, strict=True)
        if outline.contains(Point(place))
    ]
    assert len(inside) <= 1
    if inside:
        assert GROUND.district_at(*place) == inside[0]


@settings(max_examples=300)
@given(st.floats(1.9, 2.2), st.floats(54.6, 54.8))
def test_no_place_of_the_city_is_much_nearer_than_the_nearest(lon: float, lat: float) -> None:
    nearest = GROUND.nearest(lon, lat)
    assert nearest
    way = metres_between((lon, lat), nearest)
    for address in PACK.addresses[::500]:
        assert way <= metres_between((lon, lat), (address.lon, address.lat)) + 10


def test_swapped_axes_are_recognised() -> None:
    check = GROUND.check(MARKET[1], MARKET[0])
    assert check.axes_swapped
    assert check.nearest == MARKET


def test_without_a_city_any_place_is_inside(session: Any) -> None:
    assert queries.inside_city(session, 151.2, -33.9)
    assert not queries.inside_city(session, math.nan, 0)
    assert queries.district_of(session, *MARKET) is None
    assert queries.nearest_inside(session, 3.0, 4.0) == (3.0, 4.0)


def test_the_market_lies_in_the_old_town(session: Any, demo_city: Any) -> None:
    district = queries.district_of(session, *MARKET)
    assert district
    assert (district.code, district.name("ro")) == ("oud", "Orașul Vechi")
    assert not queries.inside_city(session, 4.9, 52.37)
    assert queries.danger_in(session, "help, the barn is on fire") == "on fire"


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("De schuur staat in BRAND!", True),
        ("There is a smell of gas on our stairs", True),
        ("Un bărbat a căzut în apă lângă pod", True),
        ("un barbat a cazut in apa", True),
        ("Hier riecht es stark, es riecht nach Gas", True),
        ("Somebody was stabbed here", True),
        ("De lantaarn brandt niet", False),
        ("Nieuwe brandkraan lekt", False),
        ("The bin is full", False),
        ("", False),
        ("\ud800", False),
    ],
)
def test_words_of_danger(text: str, danger: bool) -> None:
    assert bool(DangerWords(PACK.phrases).found_in(text)) == danger


def test_a_department_has_its_own_hours(session: Any, demo_city: Any) -> None:
    enforcement = queries.department_by_code(session, "enforcement")
    assert enforcement
    assert queries.calendar_of(session, enforcement.id) != queries.calendar_of(session)
    assert queries.calendar_of(session, None) == queries.facts(session).calendar
