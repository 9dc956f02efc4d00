"""The city's documents in one language, made once for each state of the city."""

from collections.abc import Callable, Mapping
from typing import Any

from backend.city.facts import CityFacts, DepartmentFacts, DistrictFacts, ServiceFacts
from backend.city.geocoder import FoundPlace
from backend.core.i18n import LANGUAGES, in_language

_TRANSLATED = {  # fields of the profile's parts that are written in every language
    "contact": ("opening_hours",),
    "data": ("notice",),
    "emergency": ("message",),
}


def kept(facts: CityFacts, what: str, language: str, make: Callable[[CityFacts, str], Any]) -> Any:
    """A document from memory, or made now and kept as long as the facts hold."""
    key = ("document", what, language)
    if key not in facts.kept:
        facts.kept[key] = make(facts, language)
    return facts.kept[key]


def city_document(facts: CityFacts, language: str) -> dict[str, Any]:
    """The city itself."""
    profile = facts.profile
    centre = profile.get("centre") or {}
    bounds = facts.ground.bounds
    return {
        "loaded": facts.loaded,
        "slug": facts.slug,
        "demo": bool(profile.get("demo")),
        "name": facts.name(language) or "Vox Urbis",
        "motto": in_language(dict(profile.get("motto") or {}), language),
        "time_zone": facts.time_zone,
        "languages": list(facts.languages) if facts.loaded else list(LANGUAGES),
        "centre": {"type": "Point", "coordinates": [centre["lon"], centre["lat"]]}
        if centre
        else None,
        "zoom": centre.get("zoom"),
        "bbox": list(bounds) if bounds else None,
        "emergency": _part(profile, "emergency", language) or {"number": None, "message": ""},
        "contact": _part(profile, "contact", language),
        "colours": dict(profile.get("colours") or {}),
        "data": _part(profile, "data", language),
        "legal": _part(profile, "legal", language),
        "hours": dict(facts.hours),
    }


def _part(profile: Mapping[str, Any], name: str, language: str) -> dict[str, Any]:
    part = dict(profile.get(name) or {})
    for field in _TRANSLATED.get(name, ()):
        part[field] = in_language(dict(part.get(field) or {}), language)
    return {field: value for field, value in part.items() if value is not None}


def service_document(facts: CityFacts, service: ServiceFacts, language: str) -> dict[str, Any]:
    """One service with its questions."""
    group = next((g for g in facts.groups if g["code"] == service.group), None)
    department = next((d for d in facts.departments if d.id == service.department_id), None)
    return {
        "code": service.code,
        "name": service.name(language),
        "description": service.description(language),
        "group": service.group,
        "group_name": in_language(dict(group["name"]), language) if group else None,
        "component": service.component,
        "department": department.code if department else None,
        "department_name": department.name(language) if department else None,
        "keywords": list(service.keywords.get(language, ())),
        "kinds": list(service.kinds),
        "place": service.place,
        "photo": service.photo,
        "confidential": service.confidential,
        "working_days": service.working_days,
        "retired": service.retired,
        "questions": [_question(question, language) for question in service.questions],
    }


def _question(question: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        "code": question["code"],
        "datatype": question["datatype"],
        "required": question["required"],
        "text": in_language(question["text"], language),
        "help": in_language(question.get("help") or {}, language),
        "values": [
            {"key": value["key"], "name": in_language(value["name"], language)}
            for value in question["values"]
        ],
        "when": question.get("when"),
    }


def services_document(facts: CityFacts, language: str) -> list[dict[str, Any]]:
    """The catalogue of today."""
    return [service_document(facts, s, language) for s in facts.services if not s.retired]


def department_document(department: DepartmentFacts, language: str) -> dict[str, Any]:
    """One department."""
    return {
        "code": department.code,
        "name": department.name(language),
        "email": department.email,
        "phone": department.phone,
        "hours": dict(department.hours),
    }


def departments_document(facts: CityFacts, language: str) -> dict[str, Any]:
    """The departments of today."""
    found = [department_document(d, language) for d in facts.departments if not d.retired]
    return {"items": found}


def districts_document(facts: CityFacts, language: str) -> dict[str, Any]:
    """The districts of today as GeoJSON."""
    found = [_district(d, language) for d in facts.districts if not d.retired]
    return {"type": "FeatureCollection", "features": found}


def _district(district: DistrictFacts, language: str) -> dict[str, Any]:
    people = sum(n for sexes in district.population.values() for n in sexes.values())
    return {
        "type": "Feature",
        "id": district.code,
        "properties": {
            "code": district.code,
            "name": district.name(language),
            "population": people if district.population else None,
            "population_by_age_and_sex": district.population,
        },
        "geometry": district.geometry,
    }


def address_document(found: FoundPlace) -> dict[str, Any]:
    """One address that was found."""
    return {
        "label": found.label,
        "place": {"type": "Point", "coordinates": [found.lon, found.lat]},
        "street": found.street,
        "number": found.number,
        "postcode": found.postcode,
        "district": found.district,
        "exact": found.exact,
    }
