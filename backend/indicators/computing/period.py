"""One period, computed: sub-indicators, districts, scores, and who took part."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from backend.accounts.queries import statistics_profiles
from backend.city import queries as city
from backend.city.facts import CityFacts
from backend.core.clock import utcnow
from backend.indicators.catalogue import SubIndicator, catalogue
from backend.indicators.computing import people as of_people
from backend.indicators.computing import reports as of_reports
from backend.indicators.computing.people import People
from backend.indicators.computing.registers import Registers, official_values
from backend.indicators.computing.reports import Reports
from backend.indicators.computing.scoring import gathered, scored
from backend.indicators.computing.values import NOT_MEASURED, Found, Value, digest
from backend.indicators.periods import Period
from backend.reports.queries.measures import contribution_columns, report_columns

CHILDREN = "0-14"


@dataclass(frozen=True)
class Computed:
    """What a computing of a period gives."""

    period: str
    values: tuple[Value, ...]
    tables: Mapping[str, Mapping[str, Any]]


def compute_period(session: Session, period: Period, *, now: datetime | None = None) -> Computed:
    """Compute a period from what the house knows now; writes nothing."""
    now = now or utcnow()
    facts = city.facts(session)
    begin, end = period.begin(facts.time_zone), period.end(facts.time_zone)
    reports = Reports(
        columns=report_columns(session, begin, end),
        seen_until=now.timestamp() / 86_400,
        ended=end.timestamp() / 86_400,
        residents=_residents(facts),
        few=catalogue().few,
    )
    people = _people(session, facts, period)
    registers = Registers(session, begin)
    hashes = {
        "reports": digest(*(getattr(reports.columns, name) for name in _hashed())),
        "people": digest(np.sort(people.who), sorted(people.population.items())),
        "registers": registers.digest,
    }
    subs = [s for s in catalogue().sub_indicators.values() if s.profile == "platform"]
    values: list[Value] = []
    for sub in subs:
        found, source = _measure(sub, reports, people, registers)
        values.append(_value(sub, period, found, hashes[source]))
        if sub.by_district:
            values += _districts(sub, facts, reports, people, period)
    values += official_values(session, period)
    done = scored(values)
    return Computed(
        str(period), (*done, *gathered(done, str(period))), _tables(people, hashes["people"])
    )


def _hashed() -> tuple[str, ...]:
    return ("component", "district", "status", "created", "answered", "closed", "mark")


def _measure(
    sub: SubIndicator, reports: Reports, people: People, registers: Registers
) -> tuple[Found, str]:
    """What is found for a sub-indicator, and from which source."""
    if sub.measure in of_people.MEASURES:
        return of_people.MEASURES[sub.measure](people), "people"
    if sub.measure in of_reports.MEASURES:
        columns = reports.columns
        everything = np.ones(len(columns), dtype=bool)
        mask = everything if sub.whole_city else columns.component == sub.component
        return of_reports.MEASURES[sub.measure](reports, mask, ""), "reports"
    return registers.measure(sub) or NOT_MEASURED, "registers"


def _value(
    sub: SubIndicator, period: Period, found: Found, inputs: str, district: str = ""
) -> Value:
    return Value(
        code=sub.code,
        level="sub",
        profile="platform",
        period=str(period),
        district=district,
        value=found.value,
        low=found.low,
        high=found.high,
        n=found.n,
        state=found.state,
        provenance=sub.provenance if found.state == "measured" else None,
        inputs_hash=digest(sub.code, district, inputs),
    ).rounded(sub.digits)


def _districts(
    sub: SubIndicator, facts: CityFacts, reports: Reports, people: People, period: Period
) -> list[Value]:
    found = []
    for district in facts.districts:
        if district.retired:
            continue
        if sub.people:
            told = of_people.district_rate(people, district.code)
        else:
            mask = reports.columns.district == district.id
            told = of_reports.MEASURES[sub.measure](reports, mask, district.code)
        inputs = digest(len(people.who)) if sub.people else digest(reports.columns.created)
        found.append(_value(sub, period, told, inputs, district.code))
    return found


def _residents(facts: CityFacts) -> dict[str, int]:
    found = {
        d.code: sum(n for sexes in d.population.values() for n in sexes.values())
        for d in facts.districts
        if not d.retired
    }
    return found | {"": sum(found.values())}


def _grown_up(facts: CityFacts) -> dict[str, dict[str, int]]:
    """Residents of 15 and older by district, age band and sex."""
    found: dict[str, dict[str, int]] = {"district": {}, "age": {}, "sex": {}}
    for district in facts.districts:
        if district.retired:
            continue
        for band, sexes in district.population.items():
            if band == CHILDREN:
                continue
            for sex, number in sexes.items():
                for attribute, level in (("district", district.code), ("age", band), ("sex", sex)):
                    row = found[attribute]
                    row[level] = row.get(level, 0) + number
    return found


def _people(session: Session, facts: CityFacts, period: Period) -> People:
    zone = facts.time_zone
    who, domains = contribution_columns(session, period.begin(zone), period.end(zone))
    before, _domains = contribution_columns(
        session, period.before.begin(zone), period.before.end(zone)
    )
    codes = {d.id: d.code for d in facts.districts}
    ids = np.unique(who).tolist()
    profiles: dict[int, dict[str, str | None]] = {}
    for start in range(0, len(ids), 10_000):
        for key, row in statistics_profiles(session, ids[start : start + 10_000]).items():
            profiles[key] = {
                "district": codes.get(row["district_id"]),
                "age": row["age_band"],
                "sex": row["sex"],
            }
    population = _grown_up(facts)
    return People(
        who=who,
        domains=domains,
        before=np.unique(before),
        profiles=profiles,
        population=population,
        residents=sum(population["district"].values()),
    )


def _tables(people: People, inputs: str) -> dict[str, dict[str, Any]]:
    """Who took part by each attribute, as it may be shown, beside the residents."""
    return {
        attribute: {
            "rows": [
                {
                    "level": level,
                    "participants": shown,
                    "residents": people.population[attribute][level],
                }
                for level, shown in people.table(attribute).items()
            ],
            "inputs_hash": digest(attribute, inputs),
        }
        for attribute in of_people.ATTRIBUTES
    }
