"""The desk of the indicators' registers: entering, changing, mending, taking out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from backend.core.clock import utcnow
from backend.core.ledger import entries_of
from backend.indicators.queries import registers
from tests.console.conftest import Town

SERVICE = {
    "code": "passport", "name_en": "Renew a passport", "component": "SG-PS", "online": "full",
    "requests_year": "4100", "online_share": "71,5", "satisfaction": "4.2",
    "address": "https://city.example/passport",
}  # fmt: skip
PROJECT = {
    "code": "lamps", "name_en": "Lamps that dim", "component": "SM-II", "state": "running",
    "invested": "1850000", "currency": "eur", "started": "2023-04", "equipment": "2,400 lamps",
}  # fmt: skip
HOME = "/console/indicators"


def _error_of(html: str, field: str) -> str:
    """What stands beside a field."""
    found = re.search(rf'id="{field}-error"[^>]*>(.*?)</p>', html, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


def test_a_public_service_is_entered_changed_and_taken_out(city: Town) -> None:
    desk = city.desk("organiser")
    desk.get(f"{HOME}/services/new")
    desk.send(f"{HOME}/services/new", **SERVICE)
    assert "Renew a passport" in desk.follow()
    (row,) = city.work(registers.public_services)
    assert (row["online_share"], row["requests_year"], row["name"]) == (
        71.5, 4100, {"en": "Renew a passport"},
    )  # fmt: skip
    page = desk.get(f"{HOME}/services/{row['id']}")
    assert 'value="https://city.example/passport"' in page
    desk.send(f"{HOME}/services/{row['id']}", **{**SERVICE, "online": "form", "version": "1"})
    assert "form to print" in desk.follow()
    assert "form to print" in desk.get("/indicators/registers")
    desk.get(f"{HOME}/services/{row['id']}")
    desk.send(f"{HOME}/services/{row['id']}/end")
    assert "Renew a passport" not in desk.follow()
    told = city.work(lambda s: entries_of(s, "indicators", row["id"]))
    assert [entry["action"] for entry in told] == [
        "service_entered", "service_entered", "service_retired",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("code", "", "short code"),
        ("name_en", "", "Write its name"),
        ("component", "XX", "Choose a component"),
        ("online", "", "how far"),
        ("address", "javascript:alert(1)", "https://"),
        ("requests_year", "2.5", "whole number"),
        ("requests_year", "-3", "nought or more"),
        ("online_share", "101", "between 0 and 100"),
        ("satisfaction", "six", "Write a number"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    city: Town, field: str, typed: str, told: str
) -> None:
    desk = city.desk("organiser")
    desk.get(f"{HOME}/services/new")
    page = desk.send(f"{HOME}/services/new", 422, **{**SERVICE, field: typed})
    assert told in _error_of(page, field)
    assert f'href="#{field}"' in page
    if field != "name_en":
        assert 'value="Renew a passport"' in page  # what was typed is kept
    assert city.work(registers.public_services) == []


def test_an_empty_form_names_everything_that_is_missing(city: Town) -> None:
    desk = city.desk("organiser")
    desk.get(f"{HOME}/services/new")
    page = desk.send(f"{HOME}/services/new", 422)
    assert all(_error_of(page, name) for name in ("code", "name_en", "component", "online"))


def test_an_entry_is_neither_doubled_nor_overwritten(city: Town) -> None:
    desk = city.desk("organiser")
    desk.get(f"{HOME}/services/new")
    once = {**SERVICE, "once": "a1b2c3d4e5f6"}
    desk.send(f"{HOME}/services/new", **once)
    desk.send(f"{HOME}/services/new", **once)  # a second press of the button
    page = desk.send(f"{HOME}/services/new", 422, **{**SERVICE, "name_en": "Another"})
    assert "has an entry with this code" in _error_of(page, "code")
    (row,) = city.work(registers.public_services)
    assert row["version"] == 1
    address = f"{HOME}/services/{row['id']}"
    desk.get(address)
    desk.send(address, **{**SERVICE, "name_en": "First", "version": "1"})
    page = desk.send(address, 412, **{**SERVICE, "name_en": "Second", "version": "1"})
    assert "Second" in page
    (row,) = city.work(registers.public_services)
    assert row["name"] == {"en": "First"}


def test_a_project_is_entered_and_mended(city: Town) -> None:
    desk = city.desk("administrator")
    desk.get(f"{HOME}/projects/new")
    page = desk.send(f"{HOME}/projects/new", 422, **{**PROJECT, "started": "spring 23"})
    assert "2026-03" in _error_of(page, "started")
    page = desk.send(f"{HOME}/projects/new", 422, **{**PROJECT, "currency": "€€€"})
    assert "EUR" in _error_of(page, "currency")
    desk.send(f"{HOME}/projects/new", **PROJECT)
    assert "Lamps that dim" in desk.follow()
    (row,) = city.work(registers.projects)
    assert (row["currency"], row["invested"], row["started"]) == ("EUR", 1_850_000, "2023-04")
    desk.get(f"{HOME}/projects/{row['id']}")
    desk.send(f"{HOME}/projects/{row['id']}", **{**PROJECT, "state": "finished", "version": "1"})
    assert "finished" in desk.follow()


def test_a_target_names_who_decided_and_replaces_the_earlier(city: Town) -> None:
    desk = city.desk("organiser")
    year = utcnow().year + 2
    target = {"component": "MI2", "profile": "platform", "score": "85", "year": str(year),
              "decided_by": "Council, 3 May"}  # fmt: skip
    desk.get(f"{HOME}/plan/new")
    for field, typed, told in (
        ("decided_by", "", "who decided"),
        ("score", "120", "0 to 100"),
        ("year", "soon", "Write a number"),
    ):
        page = desk.send(f"{HOME}/plan/new", 422, **{**target, field: typed})
        assert told in _error_of(page, field)
    desk.send(f"{HOME}/plan/new", **target)
    (row,) = city.work(registers.targets)
    desk.get(f"{HOME}/plan/{row['id']}")
    desk.send(f"{HOME}/plan/{row['id']}", **{**target, "score": "90"})
    (row,) = city.work(registers.targets)
    assert (row["code"], row["score"], row["year"]) == ("MI2", 90, year)
    assert "Council, 3 May" in desk.follow()


def test_a_watch_raises_an_alert_and_keeps_its_limit(city: Town) -> None:
    desk = city.desk("organiser")
    desk.get(f"{HOME}/watches/new")
    watch = {"series": "MI5.pm25", "above": "12", "note": "The limit from 2030"}
    page = desk.send(f"{HOME}/watches/new", 422, series="MI5.pm25")
    assert "highest or a lowest" in _error_of(page, "above")
    page = desk.send(f"{HOME}/watches/new", 422, **watch, below="20")
    assert "below the highest" in _error_of(page, "below")
    desk.send(f"{HOME}/watches/new", **watch)
    city.work(_take_in)
    (row,) = city.work(registers.watches)
    desk.get(f"{HOME}/watches/{row['id']}")
    desk.send(f"{HOME}/watches/{row['id']}", above="20", note="Raised")
    page = desk.get(HOME)
    assert "The limit from 2030" in page
    assert "above 12" in page
    (row,) = city.work(registers.watches)
    assert row["above"] == 20
    desk.get(f"{HOME}/watches/{row['id']}")
    desk.send(f"{HOME}/watches/{row['id']}/end")
    assert city.work(registers.watches) == []
    (alert,) = city.work(registers.alerts)
    desk.get(HOME)
    desk.send(f"{HOME}/alerts/{alert['id']}", 422, answer="")
    desk.send(f"{HOME}/alerts/{alert['id']}", answer="Lorries stay out at night.")
    assert "Lorries stay out at night." in desk.follow()


def _take_in(session: Any) -> None:
    from backend.core.actor import SYSTEM
    from backend.indicators.service.importing import SeriesFile, import_series

    body = "series,period,value\nMI5.pm25,2025,15\n"
    import_series(session, SYSTEM, SeriesFile("csv", body, "air.csv", "A station"))


@pytest.mark.parametrize("register", ["services", "projects", "plan", "watches"])
def test_departments_read_but_do_not_keep_the_registers(city: Town, register: str) -> None:
    desk = city.desk("department", department="roads")
    assert "Add an entry" not in desk.get(f"{HOME}/{register}")
    desk.get(f"{HOME}/{register}/new", 403)
    desk.send(f"{HOME}/{register}/new", 403)
    city.desk("organiser").get(f"{HOME}/{register}/nothere", 404)
