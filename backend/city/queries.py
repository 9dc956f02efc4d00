"""Reading the city: one cached set of facts, renewed when the city's stamp has changed."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from threading import Lock
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.city.calendar import OFFICE, WorkingCalendar
from backend.city.danger import DangerWords
from backend.city.facts import (
    NO_CITY,
    CityFacts,
    DepartmentFacts,
    DistrictFacts,
    ServiceFacts,
)
from backend.city.ground import Ground, PlaceCheck
from backend.city.models import THE_CITY, City, Department, District, Holiday, MapLayer, Service
from backend.city.stamps import stamp_of

KEPT_STATES = 8
_cache: OrderedDict[str, CityFacts] = OrderedDict()
_lock = Lock()


def facts(session: Session) -> CityFacts:
    """Everything that is read often, from memory unless the city has changed."""
    stamp = stamp_of(session)
    if stamp is None:
        return NO_CITY
    with _lock:
        if stamp in _cache:
            _cache.move_to_end(stamp)
            return _cache[stamp]
    fresh = _read_facts(session)
    with _lock:
        _cache[fresh.stamp] = fresh
        while len(_cache) > KEPT_STATES:
            _cache.popitem(last=False)
    return fresh


def _read_facts(session: Session) -> CityFacts:
    city = session.execute(
        select(
            City.stamp, City.slug, City.time_zone, City.profile, City.hours,
            City.emergency_phrases, City.groups, City.updated_at,
        ).where(City.id == THE_CITY)
    ).one()  # fmt: skip
    holidays = frozenset(session.execute(select(Holiday.day)).scalars())
    districts = _read_districts(session)
    return CityFacts(
        stamp=city.stamp,
        loaded=city.slug is not None,
        slug=city.slug,
        time_zone=city.time_zone,
        profile=city.profile,
        hours=city.hours,
        districts=districts,
        departments=_read_departments(session, city, holidays),
        services=_read_services(session),
        groups=tuple(city.groups),
        calendar=WorkingCalendar.of(city.time_zone, city.hours or OFFICE, holidays),
        ground=Ground([(d.id, d.geometry) for d in districts if not d.retired]),
        danger=DangerWords(city.emergency_phrases),
        changed_at=city.updated_at,
    )


def _read_districts(session: Session) -> tuple[DistrictFacts, ...]:
    rows = session.execute(
        select(
            District.id, District.code, District.name, District.population, District.geometry,
            District.retired_at,
        ).order_by(District.position, District.id)
    )  # fmt: skip
    return tuple(
        DistrictFacts(r.id, r.code, r.name, r.population, r.geometry, r.retired_at is not None)
        for r in rows
    )


def _read_departments(
    session: Session, city: Any, holidays: frozenset[date]
) -> tuple[DepartmentFacts, ...]:
    rows = session.execute(
        select(
            Department.id, Department.code, Department.name, Department.email, Department.phone,
            Department.hours, Department.retired_at,
        ).order_by(Department.position, Department.id)
    )  # fmt: skip
    return tuple(
        DepartmentFacts(
            id=r.id,
            code=r.code,
            names=r.name,
            email=r.email,
            phone=r.phone,
            hours=r.hours,
            calendar=WorkingCalendar.of(city.time_zone, r.hours or city.hours or OFFICE, holidays),
            retired=r.retired_at is not None,
        )
        for r in rows
    )


def _read_services(session: Session) -> tuple[ServiceFacts, ...]:
    rows = session.execute(
        select(
            Service.id, Service.code, Service.name, Service.description, Service.group_code,
            Service.component, Service.department_id, Service.keywords, Service.questions,
            Service.kinds, Service.place, Service.photo, Service.confidential,
            Service.working_days, Service.origin, Service.retired_at,
        ).order_by(Service.position, Service.id)
    )  # fmt: skip
    return tuple(
        ServiceFacts(
            id=row.id,
            code=row.code,
            names=row.name,
            descriptions=row.description,
            group=row.group_code,
            component=row.component,
            department_id=row.department_id,
            keywords=row.keywords,
            questions=tuple(row.questions),
            kinds=tuple(row.kinds),
            place=row.place,
            photo=row.photo,
            confidential=row.confidential,
            working_days=row.working_days,
            origin=row.origin,
            retired=row.retired_at is not None,
        )
        for row in rows
    )


def _index(found: CityFacts, kind: str, field: str) -> Mapping[Any, Any]:
    key = ("index", kind, field)
    if key not in found.kept:
        found.kept[key] = {getattr(item, field): item for item in getattr(found, kind)}
    index: Mapping[Any, Any] = found.kept[key]
    return index


def catalogue(session: Session) -> tuple[ServiceFacts, ...]:
    """The services that can be chosen today, in the order of the catalogue."""
    return tuple(service for service in facts(session).services if not service.retired)


def service_by_code(session: Session, code: str) -> ServiceFacts | None:
    """A service by its code, also when it is retired."""
    found: ServiceFacts | None = _index(facts(session), "services", "code").get(code)
    return found


def service_by_id(session: Session, service_id: int) -> ServiceFacts | None:
    """A service by its key, also when it is retired."""
    found: ServiceFacts | None = _index(facts(session), "services", "id").get(service_id)
    return found


def departments(session: Session) -> tuple[DepartmentFacts, ...]:
    """The departments of today, in the order of the pack."""
    return tuple(found for found in facts(session).departments if not found.retired)


def department_by_code(session: Session, code: str) -> DepartmentFacts | None:
    """A department by its code, also when it is retired."""
    found: DepartmentFacts | None = _index(facts(session), "departments", "code").get(code)
    return found


def department_by_id(session: Session, department_id: int) -> DepartmentFacts | None:
    """A department by its key, also when it is retired."""
    found: DepartmentFacts | None = _index(facts(session), "departments", "id").get(department_id)
    return found


def districts(session: Session) -> tuple[DistrictFacts, ...]:
    """The districts of today, in the order of the pack."""
    return tuple(found for found in facts(session).districts if not found.retired)


def district_by_code(session: Session, code: str) -> DistrictFacts | None:
    """A district by its code, also when it is retired."""
    found: DistrictFacts | None = _index(facts(session), "districts", "code").get(code)
    return found


def district_by_id(session: Session, district_id: int) -> DistrictFacts | None:
    """A district by its key, also when it is retired."""
    found: DistrictFacts | None = _index(facts(session), "districts", "id").get(district_id)
    return found


def district_of(session: Session, lon: float, lat: float) -> DistrictFacts | None:
    """The district in which a place lies; None outside, and while no city is loaded."""
    district_id = facts(session).ground.district_at(lon, lat)
    return None if district_id is None else district_by_id(session, district_id)


def inside_city(session: Session, lon: float, lat: float) -> bool:
    """Whether a place lies in the city; any place on earth does while no city is loaded."""
    return facts(session).ground.holds(lon, lat)


def nearest_inside(session: Session, lon: float, lat: float) -> tuple[float, float] | None:
    """The place itself when it is inside, else the nearest (lon, lat) that works."""
    return facts(session).ground.nearest(lon, lat)


def check_place(session: Session, lon: float, lat: float) -> PlaceCheck:
    """Inside or not, the district, the nearest place that works, and swapped axes recognised."""
    return facts(session).ground.check(lon, lat)


def danger_in(session: Session, text: str) -> str | None:
    """The phrase of danger to life that a text holds in any of the city's languages, or None."""
    return facts(session).danger.found_in(text)


def calendar_of(session: Session, department_id: int | None = None) -> WorkingCalendar:
    """The working calendar of a department, or of the city."""
    found = facts(session)
    department = department_by_id(session, department_id) if department_id else None
    return department.calendar if department else found.calendar


def map_layer(session: Session, name: str) -> tuple[str, str] | None:
    """The digest and the GeoJSON text of a layer of the base map."""
    row = session.execute(
        select(MapLayer.digest, MapLayer.body).where(MapLayer.name == name)
    ).first()
    return (row.digest, row.body) if row else None


def map_layers(session: Session) -> list[str]:
    """The names of the layers that the city has."""
    return list(session.execute(select(MapLayer.name).order_by(MapLayer.name)).scalars())


def holidays(session: Session, year: int) -> list[tuple[date, Mapping[str, str]]]:
    """The holidays of a year with their names."""
    rows = session.execute(
        select(Holiday.day, Holiday.name)
        .where(Holiday.day >= date(year, 1, 1), Holiday.day <= date(year, 12, 31))
        .order_by(Holiday.day)
    )
    return [(row.day, row.name) for row in rows]
