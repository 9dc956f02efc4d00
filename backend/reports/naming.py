"""Codes and names of the city, looked up once for each state of the city."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.city.facts import CityFacts, DepartmentFacts, DistrictFacts, ServiceFacts
from backend.core.i18n import current_language, force_locale
from backend.reports.status import STATUSES, status_name


@dataclass(frozen=True, slots=True)
class Lookup:
    """Services, districts and departments by key and by code."""

    facts: CityFacts
    services: Mapping[int, ServiceFacts]
    services_by_code: Mapping[str, ServiceFacts]
    districts: Mapping[int, DistrictFacts]
    districts_by_code: Mapping[str, DistrictFacts]
    departments: Mapping[int, DepartmentFacts]
    departments_by_code: Mapping[str, DepartmentFacts]

    def service_code(self, service_id: int | None) -> str | None:
        """The code of a service."""
        found = self.services.get(service_id) if service_id else None
        return found.code if found else None

    def district_code(self, district_id: int | None) -> str | None:
        """The code of a district."""
        found = self.districts.get(district_id) if district_id else None
        return found.code if found else None

    def department_code(self, department_id: int | None) -> str | None:
        """The code of a department."""
        found = self.departments.get(department_id) if department_id else None
        return found.code if found else None


def lookup(session: Session) -> Lookup:
    """The lookup of the city's present state."""
    facts = city.facts(session)
    found = facts.kept.get("reports.lookup")
    if not isinstance(found, Lookup):
        found = Lookup(
            facts,
            {s.id: s for s in facts.services},
            {s.code: s for s in facts.services},
            {d.id: d for d in facts.districts},
            {d.code: d for d in facts.districts},
            {d.id: d for d in facts.departments},
            {d.code: d for d in facts.departments},
        )
        if facts.loaded or facts.services:
            facts.kept["reports.lookup"] = found
    return found


def _named(keys: Iterable[int | None], known: Mapping[int, Any], language: str) -> dict[str, str]:
    listed = sorted({k for k in keys if k is not None and k in known})
    return {known[k].code: known[k].name(language) for k in listed}


def names_for(
    session: Session,
    *,
    services: Iterable[int | None] = (),
    districts: Iterable[int | None] = (),
    departments: Iterable[int | None] = (),
    language: str | None = None,
) -> dict[str, dict[str, str]]:
    """The names of what stands on a page, by kind and code, in the reader's language."""
    return names_in(
        lookup(session), language or current_language(),
        services=services, districts=districts, departments=departments,
    )  # fmt: skip


def names_in(
    known: Lookup,
    language: str,
    *,
    services: Iterable[int | None],
    districts: Iterable[int | None],
    departments: Iterable[int | None],
) -> dict[str, dict[str, str]]:
    """The same for one state of the city, in one language."""
    return {
        "service": _named(services, known.services, language),
        "district": _named(districts, known.districts, language),
        "department": _named(departments, known.departments, language),
        "status": status_names(language),
    }


_status_names: dict[str, dict[str, str]] = {}


def status_names(language: str) -> dict[str, str]:
    """The names of all statuses in a language."""
    if language not in _status_names:
        with force_locale(language):
            _status_names[language] = {code: status_name(code) for code in STATUSES}
    return _status_names[language]
