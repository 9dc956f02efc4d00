"""Atom feeds with places (GeoRSS): what is new in the city, in a district, of a service, of one
report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree
from sqlalchemy.orm import Session

from backend.city.facts import CityFacts
from backend.core.actor import ANONYMOUS
from backend.core.i18n import _, current_language
from backend.core.problems import NotFound
from backend.media.queries import PhotoInfo, photos_of
from backend.open311.discovery import FIRST_RELEASE
from backend.open311.jurisdiction import base_url
from backend.open311.moments import written
from backend.open311.showing import address_of, status_notes
from backend.open311.spark import clean
from backend.reports.naming import Lookup, lookup
from backend.reports.queries.exchange import (
    Exchange,
    ToldUpdate,
    exchanged_reports,
    updates_of_reports,
)
from backend.reports.render import excerpt
from backend.reports.status import status_name
from backend.reports.wording import title_of

ATOM, GEORSS = "http://www.w3.org/2005/Atom", "http://www.georss.org/georss"
SHOWN = 50
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: a report as it now stands, or a step of one."""

    id: str
    title: str
    link: str
    published: datetime
    updated: datetime
    text: str
    words: Sequence[tuple[str, str]] = ()
    place: tuple[float, float] | None = None
    address: str = ""
    photo: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, ready to be written."""

    title: str
    path: str
    page: str
    city: str
    entries: Sequence[Entry]
    language: str

    def atom(self) -> bytes:
        """The feed as Atom."""
        base = base_url()
        root = etree.Element(_qualified("feed"), nsmap={None: ATOM, "georss": GEORSS})
        root.set("{http://www.w3.org/XML/1998/namespace}lang", self.language)
        _put(root, "id", base + self.path)
        _put(root, "title", self.title)
        _put(root, "updated", written(max((e.updated for e in self.entries), default=_NEVER)))
        _put(root, "link", rel="self", href=base + self.path, type="application/atom+xml")
        _put(root, "link", rel="alternate", href=base + self.page, type="text/html")
        _put(_put(root, "author"), "name", self.city)
        for entry in self.entries:
            _entry(root, entry)
        found: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
        return found


_NEVER = FIRST_RELEASE


def _qualified(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _put(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    found = etree.SubElement(parent, _qualified(name))
    if text is not None:
        found.text = clean(text)
    for key, value in attributes.items():
        found.set(key, clean(value))
    return found


def _entry(root: Any, entry: Entry) -> None:
    node = _put(root, "entry")
    _put(node, "id", entry.id)
    _put(node, "title", entry.title)
    _put(node, "link", rel="alternate", href=entry.link, type="text/html")
    _put(node, "published", written(entry.published))
    _put(node, "updated", written(entry.updated))
    for term, label in entry.words:
        _put(node, "category", term=term, label=label)
    _put(node, "summary", entry.text, type="text")
    if entry.photo:
        _put(node, "link", rel="enclosure", href=entry.photo, type="image/jpeg")
    if entry.place is not None:
        point = etree.SubElement(node, f"{{{GEORSS}}}point")
        point.text = f"{entry.place[0]:.6f} {entry.place[1]:.6f}"
        etree.SubElement(node, f"{{{GEORSS}}}featurename").text = clean(entry.address)


def city_feed(session: Session) -> Feed:
    """The reports of the city that last changed."""
    title = _("Reports in %(city)s", city=_city(session))
    return _of(session, Exchange(order="-updated"), title, "/feeds/reports.atom", "/reports")


def district_feed(session: Session, code: str) -> Feed:
    """The same for a district."""
    known = lookup(session)
    district = known.districts_by_code.get(code)
    if district is None or district.retired:
        raise NotFound()
    title = _("Reports in %(city)s", city=district.name(current_language()))
    asked = Exchange(districts=(district.id,), order="-updated")
    path = f"/feeds/districts/{code}.atom"
    return _of(session, asked, title, path, f"/reports?district={code}")


def service_feed(session: Session, code: str) -> Feed:
    """The same for a service."""
    service = lookup(session).services_by_code.get(code)
    if service is None or service.retired or service.confidential:
        raise NotFound()
    title = f"{service.name(current_language())} · {_city(session)}"
    asked = Exchange(services=(service.id,), order="-updated")
    return _of(session, asked, title, f"/feeds/services/{code}.atom", f"/reports?service={code}")


def report_feed(session: Session, public_id: str) -> Feed:
    """What became of one report: the report itself, then each step and word of the city."""
    rows = exchanged_reports(session, ANONYMOUS, Exchange(ids=(public_id,)), limit=1)
    if not rows:
        raise NotFound()
    row = rows[0]
    first = _report_entry(row, lookup(session), _photos(session, rows).get(row.public_id, []))
    steps = updates_of_reports(session, ANONYMOUS, [row.id]).get(row.public_id, [])
    entries = [*(_step_entry(step, first) for step in reversed(steps)), first][:SHOWN]
    title = first.title
    path, page = f"/feeds/reports/{row.public_id}.atom", f"/reports/{row.public_id}"
    return Feed(title, path, page, _city(session), entries, current_language())


def _city(session: Session) -> str:
    facts: CityFacts = lookup(session).facts
    return facts.name(current_language()) or "Vox Urbis"


def _of(session: Session, asked: Exchange, title: str, path: str, page: str) -> Feed:
    rows = exchanged_reports(session, ANONYMOUS, asked, limit=SHOWN)
    known, photos = lookup(session), _photos(session, rows)
    entries = [_report_entry(row, known, photos.get(row.public_id, [])) for row in rows]
    return Feed(title, path, page, _city(session), entries, current_language())


def _photos(session: Session, rows: Sequence[Any]) -> dict[str, list[PhotoInfo]]:
    return photos_of(session, "report", [row.public_id for row in rows if row.photos])


def _report_entry(row: Any, known: Lookup, photos: Sequence[PhotoInfo]) -> Entry:
    base, language = base_url(), current_language()
    service = known.services.get(row.service_id or 0)
    district = known.districts.get(row.district_id or 0)
    words = [(row.status, status_name(row.status))]
    words += [(found.code, found.name(language)) for found in (service, district) if found]
    link = f"{base}/reports/{row.public_id}"
    text = excerpt(row.text or row.summary or "", LONGEST)
    return Entry(
        id=link,
        title=title_of({"text": row.text, "summary": row.summary}),
        link=link,
        published=row.created_at,
        updated=row.updated_at,
        text=f"{text}\n\n{status_name(row.status)}: {status_notes(row)}".strip(),
        words=words,
        place=(row.lat, row.lon) if row.lat is not None else None,
        address=address_of(row, known, language),
        photo=base + photos[0].links["medium"] if photos and "medium" in photos[0].sizes else None,
    )


def _step_entry(step: ToldUpdate, report: Entry) -> Entry:
    name = status_name(step.status)
    return Entry(
        id=f"{report.link}#{step.update_id}",
        title=f"{name}: {report.title}",
        link=report.link,
        published=step.at,
        updated=step.at,
        text=step.text or name,
        words=((step.status, name),),
        place=report.place,
        address=report.address,
    )
