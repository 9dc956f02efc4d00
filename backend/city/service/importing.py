"""Importing a city pack: all of it or nothing, and nothing that refers to the city is lost."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from backend.city.folding import fold
from backend.city.models import (
    THE_CITY,
    Address,
    City,
    Department,
    District,
    Holiday,
    MapLayer,
    Service,
)
from backend.city.pack import Pack, pack_files, read_pack
from backend.city.service.stamping import lock_city, renew_stamp
from backend.core import ledger
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.events import publish
from backend.core.geo import cell_of
from backend.core.policy import authorise

ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class CityChanged:
    """A pack was imported: districts, departments, services or the calendar may be new."""

    slug: str


@dataclass
class PackResult:
    """What an import did, by kind of thing."""

    slug: str
    unchanged: bool = False
    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    retired: dict[str, int] = field(default_factory=dict)


def import_pack(
    session: Session, actor: Actor, directory: Path, components: Collection[str]
) -> PackResult:
    """Check a whole pack, then make the city like it; PackInvalid when anything is wrong.

    What the pack no longer has is retired, so that reports keep their service and district.
    The caller commits.
    """
    authorise(actor, "city.import")
    pack = read_pack(directory, components)
    digest = _digest_of(directory)
    lock_city(session)
    known = session.execute(select(City.digest).where(City.id == THE_CITY)).scalar()
    if known == digest:
        return PackResult(pack.city.slug, unchanged=True)
    result = PackResult(pack.city.slug)
    _store(session, pack, result)
    renew_stamp(
        session,
        slug=pack.city.slug,
        digest=digest,
        time_zone=pack.city.time_zone,
        profile=pack.city.profile,
        hours=pack.hours,
        emergency_phrases=pack.phrases,
        groups=pack.groups,
    )
    counts = {"added": result.added, "changed": result.changed, "retired": result.retired}
    ledger.append(session, "city", "city", "imported", actor.key, {"digest": digest, **counts})
    publish(session, CityChanged(pack.city.slug))
    return result


def _digest_of(directory: Path) -> str:
    digest = hashlib.sha256()
    for path in pack_files(directory):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _store(session: Session, pack: Pack, result: PackResult) -> None:
    districts = [
        {"code": d.code, "name": d.name, "population": d.population, "geometry": d.geometry}
        for d in pack.districts
    ]
    district_ids = match_rows(session, District, districts, result)
    departments = [
        {"code": d.code, "name": d.name, "email": d.email, "phone": d.phone, "hours": d.hours}
        for d in pack.departments
    ]
    department_ids = match_rows(session, Department, departments, result)
    match_rows(session, Service, list(_service_rows(pack, department_ids)), result)
    _replace_holidays(session, pack)
    _replace_addresses(session, pack, district_ids)
    _replace_layers(session, pack)
    result.added["address"] = len(pack.addresses)
    result.added["holiday"] = len(pack.holidays)
    result.added["map_layer"] = len(pack.layers)


def _service_rows(pack: Pack, department_ids: Mapping[str, int]) -> Iterable[dict[str, Any]]:
    for service in pack.services:
        yield {
            "code": service.code,
            "name": service.name,
            "description": service.description,
            "group_code": service.group,
            "component": service.component,
            "department_id": department_ids[service.department] if service.department else None,
            "keywords": service.keywords,
            "questions": service.questions,
            "kinds": service.kinds,
            "place": service.place,
            "photo": service.photo,
            "confidential": service.confidential,
            "working_days": service.working_days,
            "origin": "pack",
        }


def match_rows(
    session: Session,
    model: Any,
    wanted: list[dict[str, Any]],
    result: PackResult,
) -> dict[str, int]:
    """Make the rows of a table like the pack's, by code; what is gone is retired."""
    kind = model.__name__.lower()
    there = {row.code: row for row in session.execute(select(model)).scalars()}
    added = changed = retired = 0
    for position, values in enumerate(wanted, start=1):
        values |= {"position": position, "retired_at": None}
        row = there.get(values["code"])
        if row is None:
            session.add(model(**values))
            added += 1
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed += 1
    session.flush()
    kept = {values["code"] for values in wanted}
    for row in there.values():
        if row.code in kept or row.retired_at or getattr(row, "origin", "pack") != "pack":
            continue
        row.retired_at = utcnow()
        retired += 1
    session.flush()
    result.added[kind], result.changed[kind], result.retired[kind] = added, changed, retired
    rows = session.execute(select(model.code, model.id)).all()
    return {row.code: row.id for row in rows}


def _replace_holidays(session: Session, pack: Pack) -> None:
    session.execute(delete(Holiday))
    rows = [{"day": day, "name": name} for day, name in pack.holidays.items()]
    if rows:
        session.execute(insert(Holiday), rows)


def _replace_addresses(session: Session, pack: Pack, district_ids: Mapping[str, int]) -> None:
    session.execute(delete(Address))
    for start in range(0, len(pack.addresses), ROWS_AT_ONCE):
        rows = [
            {
                "street": a.street,
                "street_key": fold(a.street),
                "number": a.number,
                "number_value": leading_number(a.number),
                "postcode": a.postcode,
                "postcode_key": fold(a.postcode).replace(" ", "") if a.postcode else None,
                "district_id": district_ids[a.district],
                "lat": a.lat,
                "lon": a.lon,
                "cell": cell_of(a.lon, a.lat),
            }
            for a in pack.addresses[start : start + ROWS_AT_ONCE]
        ]
        session.execute(insert(Address), rows)


def leading_number(text: str) -> int:
    """The number with which a house number begins: 12 of '12a'; 0 when there is none."""
    digits = ""
    for character in text.strip():
        if character not in "0123456789" or len(digits) == 6:
            break
        digits += character
    return int(digits or 0)


def _replace_layers(session: Session, pack: Pack) -> None:
    session.execute(delete(MapLayer))
    for name, layer in pack.layers.items():
        body = orjson.dumps(layer).decode()
        digest = hashlib.sha256(body.encode()).hexdigest()
        session.add(MapLayer(name=name, digest=digest, body=body))
    session.flush()
