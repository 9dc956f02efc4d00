# ruff: noqa: E501 - the table of faults reads better in rows
"""Importing packs: the demo city, again and again, changed, and broken in every way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from backend.city import queries
from backend.city.models import Address, City, Department, District, Holiday, Service
from backend.city.pack import PackInvalid, read_pack
from backend.city.service import add_unknown_service, import_pack
from backend.core.actor import ANONYMOUS, SYSTEM
from backend.core.ledger import verify
from backend.core.problems import SignInNeeded
from tests.city.conftest import COMPONENTS, DEMO, SmallPack


def count(session: Any, model: Any) -> int:
    """How many rows a table has."""
    return int(session.execute(select(func.count()).select_from(model)).scalar_one())


def test_the_demo_city_is_whole(session: Any) -> None:
    import_pack(session, SYSTEM, DEMO, COMPONENTS)
    facts = queries.facts(session)
    assert facts.loaded
    assert facts.slug == "vliermonde"
    assert len(facts.districts) == 10
    assert 8 <= len(facts.departments) <= 12
    assert len(facts.services) >= 40
    assert count(session, Address) > 3000
    assert count(session, Holiday) >= 40
    assert queries.map_layers(session) == ["parks", "rail", "streets", "water"]
    assert len({s.component for s in facts.services if s.component}) >= 25
    asked = {q["datatype"] for s in facts.services for q in s.questions}
    assert asked == {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
    assert any(q["when"] for s in facts.services for q in s.questions)
    assert verify(session, "city").holds


def test_the_demo_city_speaks_four_languages(session: Any, demo_city: Any) -> None:
    for service in queries.catalogue(session):
        for names in (service.names, service.descriptions, *(q["text"] for q in service.questions)):
            assert set(names) == {"nl", "en", "ro", "de"}


def test_importing_twice_changes_nothing(session: Any, demo_city: Any, lighter_demo: Path) -> None:
    stamp = queries.facts(session).services
    again = import_pack(session, SYSTEM, lighter_demo, COMPONENTS)
    session.commit()
    assert again.unchanged
    assert queries.facts(session).services == stamp
    assert count(session, District) == 10


def test_an_anonymous_visitor_imports_nothing(session: Any, small_pack: SmallPack) -> None:
    with pytest.raises(SignInNeeded):
        import_pack(session, ANONYMOUS, small_pack.folder, COMPONENTS)


def test_an_update_keeps_what_others_refer_to(session: Any, small_pack: SmallPack) -> None:
    import_pack(session, SYSTEM, small_pack.folder, COMPONENTS)
    session.commit()
    before = {s.code: s.id for s in queries.facts(session).services}

    def drop_lamp(content: Any) -> None:
        content["services"] = [
            {**content["services"][0], "name": {"en": "Hole in the road"}},
            {"code": "tree", "name": {"en": "Tree"}, "description": {"en": "A tree."}},
        ]

    small_pack.edit("services.yaml", drop_lamp)
    result = import_pack(session, SYSTEM, small_pack.folder, COMPONENTS)
    session.commit()
    after = {s.code: s for s in queries.facts(session).services}
    assert after["pothole"].id == before["pothole"]
    assert after["pothole"].name("en") == "Hole in the road"
    assert after["lamp"].id == before["lamp"]
    assert after["lamp"].retired
    assert [s.code for s in queries.catalogue(session)] == ["pothole", "tree"]
    assert (result.added["service"], result.changed["service"], result.retired["service"]) == (
        1,
        1,
        1,
    )


def test_a_retired_service_comes_back_as_itself(session: Any, small_pack: SmallPack) -> None:
    import_pack(session, SYSTEM, small_pack.folder, COMPONENTS)
    lamp = queries.service_by_code(session, "lamp")
    original = (small_pack.folder / "services.yaml").read_text()
    small_pack.edit("services.yaml", lambda c: c["services"].pop())
    import_pack(session, SYSTEM, small_pack.folder, COMPONENTS)
    small_pack.write("services.yaml", original)
    import_pack(session, SYSTEM, small_pack.folder, COMPONENTS)
    session.commit()
    back = queries.service_by_code(session, "lamp")
    assert lamp
    assert back
    assert back.id == lamp.id
    assert not back.retired


def test_a_foreign_service_survives_an_import(session: Any, small_pack: SmallPack) -> None:
    foreign = add_unknown_service(session, "Deer Crossing")
    import_pack(session, SYSTEM, small_pack.folder, COMPONENTS)
    session.commit()
    kept = queries.service_by_code(session, "deer_crossing")
    assert kept
    assert (kept.id, kept.retired) == (foreign.id, False)


Breaking = Callable[[SmallPack], None]


def edit(name: str, change: Callable[[Any], Any]) -> Breaking:
    """A way of breaking a YAML file of the pack."""
    return lambda pack: pack.edit(name, change)


def write(name: str, text: str) -> Breaking:
    """A way of breaking a pack by another file."""
    return lambda pack: pack.write(name, text)


def replace(name: str, old: str, new: str) -> Breaking:
    """A way of breaking a file by other words."""
    return lambda pack: pack.write(name, (pack.folder / name).read_text().replace(old, new, 1))


BROKEN: list[tuple[str, Breaking, str, str, str]] = [
    ("no-name", edit("city.yaml", lambda c: c.pop("name")), "city.yaml", "name", "missing"),
    ("zone", edit("city.yaml", lambda c: c.update(time_zone="Europe/Atlantis")), "city.yaml", "time_zone", "no time zone"),
    ("unknown", edit("city.yaml", lambda c: c.update(colour="red")), "city.yaml", "colour", "No such field"),
    ("format", edit("city.yaml", lambda c: c.update(format=2)), "city.yaml", "format", "format: 1"),
    ("contrast", edit("city.yaml", lambda c: c.update(colours={"accent": "#ffff88"})), "city.yaml", "colours.accent", "contrast"),
    ("email", edit("city.yaml", lambda c: c["contact"].update(email="nobody")), "city.yaml", "contact.email", "form"),
    ("centre", edit("city.yaml", lambda c: c["centre"].update(lat=145)), "city.yaml", "centre.lat", "-90 to 90"),
    ("department", edit("services.yaml", lambda c: c["services"][0].update(department="rods")), "services.yaml", "services[1].department", "departments.yaml"),
    ("component", edit("services.yaml", lambda c: c["services"][0].update(component="SM-XX")), "services.yaml", "services[1].component", "taxonomy"),
    ("twice", edit("services.yaml", lambda c: c["services"][1].update(code="pothole")), "services.yaml", "services[2].code", "twice"),
    ("kind", edit("services.yaml", lambda c: c["services"][0].update(kinds=["rage"])), "services.yaml", "services[1].kinds", "complaint"),
    ("days", edit("services.yaml", lambda c: c["services"][0].update(working_days="soon")), "services.yaml", "services[1].working_days", "whole number"),
    ("list", edit("services.yaml", lambda c: c["services"][0].update(questions=[{"code": "q", "datatype": "singlevaluelist", "text": {"en": "Which?"}}])), "services.yaml", "services[1].questions[1].values", "values"),
    ("condition", edit("services.yaml", lambda c: c["services"][0].update(questions=[{"code": "q", "datatype": "text", "text": {"en": "Which?"}, "when": {"question": "x", "is": ["y"]}}])), "services.yaml", "services[1].questions[1].when.question", "above"),
    ("norway", replace("services.yaml", "en: Pothole", "en: no"), "services.yaml", "services[1].name.en", "quotes"),
    ("hours", edit("calendar.yaml", lambda c: c["hours"].update(tue="9 to 5")), "calendar.yaml", "hours.tue", "08:30-17:00"),
    ("holiday", edit("calendar.yaml", lambda c: c.update(holidays=[{"date": "soon", "name": {"en": "Soon"}}])), "calendar.yaml", "holidays[1].date", "2026-12-25"),
    ("danger", edit("emergency.yaml", lambda c: c["phrases"].pop("en")), "emergency.yaml", "phrases", "en"),
    ("yaml", write("departments.yaml", "departments:\n  - code: {roads\n"), "departments.yaml", "", "not YAML"),
    ("key-twice", write("departments.yaml", "departments:\n  - code: a\n    code: b\n    name: {en: A}\n"), "departments.yaml", "departments[1].code", "twice"),
    ("alias", write("departments.yaml", "a: &x [1]\nb: *x\n"), "departments.yaml", "b", "anchors"),
    ("empty", write("calendar.yaml", ""), "calendar.yaml", "", "empty"),
    ("json", write("districts.geojson", '{"type": "FeatureCollection",\n"features": [}'), "districts.geojson", "", "not JSON"),
    ("nan", write("districts.geojson", '{"type": "FeatureCollection", "features": [NaN]}'), "districts.geojson", "", "NaN"),
    ("overlap", replace("districts.geojson", "[[[25.1,45.0]", "[[[25.05,45.0]"), "districts.geojson", "geometry", ""),
    ("swapped", replace("districts.geojson", "25.1,45.1", "125.1,145.1"), "districts.geojson", "geometry", "degrees"),
    ("bow-tie", replace("districts.geojson", "[25.1,45.0],[25.1,45.1],[25.0,45.1]", "[25.1,45.1],[25.1,45.0],[25.0,45.1]"), "districts.geojson", "geometry", "not valid"),
    ("address", write("addresses.csv", "street,number,lat,lon\nMain Street,1,45.05,25.05\nMain Street,2,45.05,99\n"), "addresses.csv", "lat, lon", "no district"),
    ("column", write("addresses.csv", "street,lat,lon\n"), "addresses.csv", "number", "column"),
    ("cells", write("addresses.csv", "street,number,lat,lon\nMain Street,1\n"), "addresses.csv", "", "cells"),
    ("layer", write("water.geojson", '{"type":"FeatureCollection","features":[\n{"type":"Feature","properties":{},"geometry":null}]}'), "water.geojson", "geometry", "type"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "file", "name", "words"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN]
)
def test_every_fault_names_its_place(
    small_pack: SmallPack, broken: Breaking, file: str, name: str, words: str
) -> None:
    broken(small_pack)
    with pytest.raises(PackInvalid) as caught:
        read_pack(small_pack.folder, COMPONENTS)
    fault = caught.value.faults[0]
    assert (fault.file, fault.field) == (file, name)
    assert fault.line >= 1
    assert words in fault.remedy
    assert f"{file}, line {fault.line}" in str(caught.value)


def test_the_line_is_the_line_of_the_field(demo_copy: Path) -> None:
    services = demo_copy / "services.yaml"
    lines = services.read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if "component: MVI7" in line)
    lines[at] = lines[at].replace("MVI7", "MVI77")
    services.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(PackInvalid) as caught:
        read_pack(demo_copy, COMPONENTS)
    assert [fault.line for fault in caught.value.faults] == [at + 1]


def test_faults_of_several_files_are_told_at_once(small_pack: SmallPack) -> None:
    edit("city.yaml", lambda c: c.update(format=9))(small_pack)
    edit("services.yaml", lambda c: c["services"][0].update(component="?"))(small_pack)
    with pytest.raises(PackInvalid) as caught:
        read_pack(small_pack.folder, COMPONENTS)
    assert {fault.file for fault in caught.value.faults} == {"city.yaml", "services.yaml"}


def test_a_broken_pack_leaves_the_city_as_it_was(session: Any, small_pack: SmallPack) -> None:
    import_pack(session, SYSTEM, small_pack.folder, COMPONENTS)
    session.commit()
    stamp = queries.stamp_of(session)
    small_pack.edit(
        "departments.yaml",
        lambda c: c["departments"].append({"code": "new", "name": {"en": "New"}}),
    )
    small_pack.write("addresses.csv", "street,number,lat,lon\nMain Street,1,abc,25.05\n")
    with pytest.raises(PackInvalid):
        import_pack(session, SYSTEM, small_pack.folder, COMPONENTS)
    session.commit()
    assert queries.stamp_of(session) == stamp
    assert count(session, Department) == 1


def test_a_missing_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(PackInvalid, match="no such folder"):
        read_pack(tmp_path / "nowhere", COMPONENTS)


@given(
    st.binary(max_size=300),
    st.sampled_from(["city.yaml", "services.yaml", "districts.geojson", "addresses.csv"]),
)
def test_any_bytes_are_a_fault_and_never_a_crash(
    tmp_path_factory: Any, data: bytes, name: str
) -> None:
    pack = SmallPack(tmp_path_factory.mktemp("pack") / "p")
    (pack.folder / name).write_bytes(data)
    with suppress(PackInvalid):
        read_pack(pack.folder, COMPONENTS)


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["code", "name", "en", "is", "values", "questions", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(
    JSONISH,
    st.sampled_from(["name", "questions", "kinds", "keywords", "group", "working_days", "place"]),
)
def test_any_value_in_a_service_is_a_fault_and_never_a_crash(
    tmp_path_factory: Any, value: Any, name: str
) -> None:
    pack = SmallPack(tmp_path_factory.mktemp("pack") / "p")
    pack.edit("services.yaml", lambda c: c["services"][0].update({name: value}))
    with suppress(PackInvalid):
        read_pack(pack.folder, COMPONENTS)


class TestAddUnknownService:
    def test_the_first_report_makes_the_service(self, session: Any) -> None:
        made = add_unknown_service(session, "  Damaged   Sign ")
        session.commit()
        assert (made.code, made.name("en"), made.origin) == (
            "damaged_sign",
            "Damaged Sign",
            "import",
        )
        assert add_unknown_service(session, "damaged sign").id == made.id
        assert count(session, Service) == 1
        assert not queries.facts(session).loaded

    def test_a_service_of_the_catalogue_is_taken(self, session: Any, demo_city: Any) -> None:
        assert add_unknown_service(session, "Pothole").origin == "pack"
        assert add_unknown_service(session, "Groapă în asfalt").code == "pothole"
        assert add_unknown_service(session, "STRASSENLATERNE").code == "street_light"

    @pytest.mark.parametrize(
        "name", ["", "   ", "✓", "道路の穴", "a" * 5000, "Яма/Pit", "\N{RIGHT-TO-LEFT OVERRIDE}x"]
    )
    def test_any_name_gets_a_stable_code(self, session: Any, name: str) -> None:
        first = add_unknown_service(session, name)
        assert add_unknown_service(session, name).id == first.id
        assert 1 <= len(first.code) <= 80

    def test_different_foreign_scripts_stay_apart(self, session: Any) -> None:
        assert (
            add_unknown_service(session, "道路").code != add_unknown_service(session, "公園").code
        )


def test_the_cache_forgets_what_was_rolled_back(session: Any, small_pack: SmallPack) -> None:
    import_pack(session, SYSTEM, small_pack.folder, COMPONENTS)
    session.commit()
    add_unknown_service(session, "Ghost")
    assert queries.service_by_code(session, "ghost")
    session.rollback()
    assert queries.service_by_code(session, "ghost") is None
    assert count(session, City) == 1
