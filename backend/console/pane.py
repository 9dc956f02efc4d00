"""The list beside the report: lines, filters, pages, and the neighbours of what is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts.queries import names_of
from backend.city.facts import CityFacts
from backend.classification.queries import domain_codes, name_of, suggestions_of
from backend.console.navigation import counts
from backend.console.way import FILTERS, Way
from backend.console.words import KINDS, VIEWS, due_word, status_name
from backend.core.actor import Actor
from backend.core.i18n import _, current_language
from backend.core.pages.formats import format_percent
from backend.core.policy import is_allowed
from backend.reports.naming import Lookup, lookup
from backend.reports.queries.desk import DeskPage, desk_page, desk_place
from backend.reports.status import CLOSED, OPEN
from backend.reports.wording import hue_of, title_of

SHOWN, MAPPED = 30, 100


@dataclass(frozen=True, slots=True)
class Line:
    """One report in the list."""

    id: str
    href: str
    title: str
    language: str | None
    status: str
    created: datetime
    due: str
    late: bool
    urgent: bool
    unsure: bool
    meta: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pane:
    """The list with everything around it."""

    way: Way
    title: str
    empty: str
    number: int | None
    lines: Sequence[Line]
    earlier_page: str | None
    later_page: str | None
    chosen: Sequence[tuple[str, str]]
    choices: dict[str, Any]
    map_url: str
    previous: str | None = None
    next: str | None = None


def pane_of(session: Session, actor: Actor, way: Way, current: str | None = None) -> Pane:
    """The list of a view, and what lies before and after the report that is open."""
    assert way.view is not None
    found = desk_page(
        session, actor, way.view, way.filters,
        order=way.order, limit=SHOWN, after=way.query.get("after"), before=way.query.get("before"),
    )  # fmt: skip
    known = lookup(session)
    chosen = _chosen(way, known)
    previous, following = _neighbours(session, actor, way, found, current)
    return Pane(
        way=way,
        title=str(VIEWS[way.view][0]),
        empty=str(VIEWS[way.view][2]),
        number=None if chosen else counts().get(way.view),
        lines=_lines(session, way, found, known),
        earlier_page=way.list_url(after=None, before=found.before) if found.before else None,
        later_page=way.list_url(before=None, after=found.after) if found.after else None,
        chosen=chosen,
        choices=_choices(known.facts, actor),
        map_url=way.map_url(),
        previous=previous,
        next=following,
    )


def _lines(session: Session, way: Way, found: DeskPage, known: Lookup) -> list[Line]:
    items = found.items()
    suggested = suggestions_of(session, "report", [item["id"] for item in items])
    names = names_of(session, [i["assignee_id"] for i in items if i["assignee_id"]])
    language = current_language()
    lines = []
    for item in items:
        told = suggested.get(item["id"]) or {}
        due, late = due_word(item["due"], is_open=item["is_open"])
        district = known.districts_by_code.get(item["district"] or "")
        meta = (
            _belongs(item, told, language),
            district.name(language) if district else "",
            names.get(item["assignee_id"], ""),
        )
        line = Line(
            id=item["id"],
            href=way.report_url(item["id"]),
            title=title_of(item),
            language=item["language"],
            status=item["status"],
            created=item["created"],
            due=due,
            late=late,
            urgent=bool(told.get("urgent")) and item["is_open"],
            unsure=item["unsure"] and item["is_open"],
            meta=meta,
        )
        lines.append(line)
    return lines


def places_of(session: Session, actor: Actor, way: Way) -> dict[str, Any]:
    """The places of the reports in a list, as the map reads them."""
    assert way.view is not None
    found = desk_page(session, actor, way.view, way.filters, order=way.order, limit=MAPPED)
    features = [
        {
            "type": "Feature",
            "geometry": item["place"],
            "properties": {
                "id": item["id"],
                "title": title_of(item),
                "href": way.report_url(item["id"], after=None, before=None),
                "hue": hue_of(item["status"]),
                "status": status_name(item["status"]),
            },
        }
        for item in found.items()
        if item["place"]
    ]
    return {"type": "FeatureCollection", "features": features}


def _belongs(item: dict[str, Any], told: dict[str, Any] | Any, language: str) -> str:
    """Where a report belongs, with the model's confidence while nobody has decided."""
    code = item["component"] or told.get("component")
    if not code:
        return ""
    name = name_of(code, language)
    if told.get("component") == code and item["status"] in ("received", "triaged"):
        return f"{name} {format_percent(told['confidence'])}"
    return name


def _neighbours(
    session: Session, actor: Actor, way: Way, found: DeskPage, current: str | None
) -> tuple[str | None, str | None]:
    """The addresses of the reports before and after the open one, across pages."""
    place = desk_place(session, current, way.order) if current else None
    if place is None or way.view is None:
        return None, None
    earlier, later = found.around(place)
    ids = [row.public_id for row in found.rows]
    previous = way.report_url(earlier) if earlier else None
    following = way.report_url(later) if later else None
    if later and later not in ids:
        following = way.report_url(later, before=None, after=found.after)
    if earlier is None and found.before:
        page = desk_page(session, actor, way.view, way.filters, order=way.order, limit=1,
                         before=found.before)  # fmt: skip
        if page.rows:
            marks = {"after": None, "before": found.before}
            previous = way.report_url(page.rows[-1].public_id, **marks)
    return previous, following


def _chosen(way: Way, known: Lookup) -> list[tuple[str, str]]:
    language = current_language()
    tables: dict[str, Any] = {
        "service": known.services_by_code,
        "district": known.districts_by_code,
        "department": known.departments_by_code,
    }
    found = []
    for name in FILTERS:
        value = way.query.get(name)
        if not value:
            continue
        entry = tables.get(name, {}).get(value)
        word = entry.name(language) if entry else _word_of(name, value, language)
        found.append((word, way.list_url(**{name: None, "after": None, "before": None})))
    return found


def _word_of(name: str, value: str, language: str) -> str:
    if name == "status" and value in (*OPEN, *CLOSED):
        return status_name(value)
    if name == "domain":
        return name_of(value, language)
    if name == "kind":
        return str(KINDS.get(value, value))
    return f"“{value}”" if name == "q" else value


def _choices(facts: CityFacts, actor: Actor) -> dict[str, Any]:
    language = current_language()
    return {
        "status": [(code, status_name(code)) for code in (*OPEN, *CLOSED)],
        "kind": [(code, str(name)) for code, name in KINDS.items()],
        "domain": [(code, name_of(code, language)) for code in domain_codes()],
        "service": service_choices(facts, language),
        "district": [(d.code, d.name(language)) for d in facts.districts if not d.retired],
        "department": department_choices(facts, language)
        if actor.has("triage", "administrator") or len(actor.departments) > 1
        else [],
        "order": [
            ("newest", _("Newest first")),
            ("oldest", _("Oldest first")),
            ("due", _("Due first")),
        ],
        "may_take": is_allowed(actor, "report.submit_on_behalf"),
    }


def department_choices(facts: CityFacts, language: str) -> list[tuple[str, str]]:
    """The departments of today, as a form offers them."""
    return [(d.code, d.name(language)) for d in facts.departments if not d.retired]


def service_choices(facts: CityFacts, language: str) -> list[tuple[str, Any]]:
    """The services of today, by group, as a form offers them."""
    groups = {str(g["code"]): g for g in facts.groups}
    found: dict[str, list[tuple[str, str]]] = {}
    for service in facts.services:
        if not service.retired:
            found.setdefault(service.group or "", []).append((service.code, service.name(language)))
    named: list[tuple[str, Any]] = []
    for code, services in found.items():
        names = dict(groups[code].get("name") or {}) if code in groups else {}
        if len(found) == 1:
            return list(services)
        named.append((names.get(language) or names.get("en") or code or _("Other"), services))
    return named
