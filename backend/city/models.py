"""The tables of the city: its settings, districts, departments, catalogue, calendar, addresses.

Names shown to people are documents by language. What reports and accounts refer to (districts,
departments, services) is retired rather than deleted, so that no reference is ever lost.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, JSONDoc, UTCDateTime, intpk

THE_CITY = 1


class City(Base):
    """The one row that says which city this is; its stamp changes with every change of the room."""

    __tablename__ = "city"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    stamp: Mapped[str] = mapped_column(String(32))
    slug: Mapped[str | None] = mapped_column(String(60))
    digest: Mapped[str | None] = mapped_column(String(64))
    time_zone: Mapped[str] = mapped_column(String(60), default="UTC")
    profile: Mapped[Any] = mapped_column(JSONDoc, default=dict)
    hours: Mapped[Any] = mapped_column(JSONDoc, default=dict)
    emergency_phrases: Mapped[Any] = mapped_column(JSONDoc, default=dict)
    groups: Mapped[Any] = mapped_column(JSONDoc, default=list)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class District(Base):
    """A part of the city with its outline and its people by age band and sex."""

    __tablename__ = "city_district"

    id: Mapped[intpk]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[Any] = mapped_column(JSONDoc)
    position: Mapped[int] = mapped_column(Integer)
    population: Mapped[Any] = mapped_column(JSONDoc)
    geometry: Mapped[Any] = mapped_column(JSONDoc)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Department(Base):
    """A department of city hall that handles reports."""

    __tablename__ = "city_department"

    id: Mapped[intpk]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[Any] = mapped_column(JSONDoc)
    position: Mapped[int] = mapped_column(Integer)
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    hours: Mapped[Any] = mapped_column(JSONDoc)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Service(Base):
    """A service of the catalogue: what people can report, and who deals with it."""

    __tablename__ = "city_service"

    id: Mapped[intpk]
    code: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[Any] = mapped_column(JSONDoc)
    description: Mapped[Any] = mapped_column(JSONDoc)
    position: Mapped[int] = mapped_column(Integer)
    group_code: Mapped[str | None] = mapped_column(String(40))
    component: Mapped[str | None] = mapped_column(String(10))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("city_department.id"), index=True)
    keywords: Mapped[Any] = mapped_column(JSONDoc)
    questions: Mapped[Any] = mapped_column(JSONDoc)
    kinds: Mapped[Any] = mapped_column(JSONDoc)
    place: Mapped[str] = mapped_column(String(10), default="optional")
    photo: Mapped[str] = mapped_column(String(10), default="optional")
    confidential: Mapped[bool] = mapped_column(Boolean, default=False)
    working_days: Mapped[int | None] = mapped_column(Integer)
    origin: Mapped[str] = mapped_column(String(10), default="pack")  # pack or import
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Holiday(Base):
    """A day on which city hall does not work."""

    __tablename__ = "city_holiday"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[Any] = mapped_column(JSONDoc)


class Address(Base):
    """A house address with its place; the keys are folded for searching."""

    __tablename__ = "city_address"
    __table_args__ = (Index("ix_city_address_street_key_number", "street_key", "number_value"),)

    id: Mapped[intpk]
    street: Mapped[str] = mapped_column(String(120))
    street_key: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(20))
    number_value: Mapped[int] = mapped_column(Integer)
    postcode: Mapped[str | None] = mapped_column(String(20))
    postcode_key: Mapped[str | None] = mapped_column(String(20), index=True)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("city_district.id"))
    lat: Mapped[float] = mapped_column(Float(53))
    lon: Mapped[float] = mapped_column(Float(53))
    cell: Mapped[int] = mapped_column(BigInteger, index=True)


class MapLayer(Base):
    """A layer of the city's own base map, as GeoJSON text ready to send."""

    __tablename__ = "city_map_layer"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
