"""A city pack that was read and found right: plain values, ready to be stored."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry

Names = dict[str, str]

KINDS = ("complaint", "question", "suggestion", "praise")
DATATYPES = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")
LISTS = ("singlevaluelist", "multivaluelist")
NEEDS = ("required", "optional", "none")


@dataclass
class CityPart:
    """city.yaml: who the city is."""

    slug: str
    time_zone: str
    languages: list[str]
    profile: dict[str, Any]


@dataclass
class DistrictPart:
    """One district of districts.geojson."""

    code: str
    name: Names
    population: dict[str, dict[str, int]]
    geometry: dict[str, Any]
    outline: BaseGeometry


@dataclass
class DepartmentPart:
    """One department of departments.yaml."""

    code: str
    name: Names
    email: str | None
    phone: str | None
    hours: dict[str, str]


@dataclass
class ServicePart:
    """One service of services.yaml."""

    code: str
    name: Names
    description: Names
    group: str | None
    component: str | None
    department: str | None
    keywords: dict[str, list[str]]
    questions: list[dict[str, Any]]
    kinds: list[str]
    place: str
    photo: str
    confidential: bool
    working_days: int | None


@dataclass
class AddressPart:
    """One row of addresses.csv, with the district in whose outline it lies."""

    street: str
    number: str
    postcode: str | None
    district: str
    lat: float
    lon: float


@dataclass
class Pack:
    """A whole city pack."""

    city: CityPart
    districts: list[DistrictPart]
    departments: list[DepartmentPart]
    groups: list[dict[str, Any]]
    services: list[ServicePart]
    hours: dict[str, str]
    holidays: dict[dt.date, Names]
    phrases: dict[str, list[str]]
    addresses: list[AddressPart] = field(default_factory=list)
    layers: dict[str, dict[str, Any]] = field(default_factory=dict)
