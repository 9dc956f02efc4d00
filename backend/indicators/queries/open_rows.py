"""Indicators as open data: present values, who took part, the registers."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.datasets import Column, Dataset
from backend.core.i18n import lazy
from backend.indicators.models import ParticipationTable
from backend.indicators.queries.registers import projects, public_services
from backend.indicators.queries.values import page_of_values

AT_ONCE = 1000
_VALUE = (
    "code", "level", "profile", "period", "district", "value", "score", "low", "high", "n",
    "coverage", "state", "flags", "provenance", "source_period", "method", "revision",
    "inputs_hash", "computed_at",
)  # fmt: skip


def value_rows(session: Session) -> Iterator[dict[str, Any]]:
    """Every present value."""
    last = 0
    while True:
        rows = page_of_values(session, {}, last, AT_ONCE)
        for row in rows:
            yield {name: row[name] for name in _VALUE} | {"district": row["district"] or None}
        if len(rows) < AT_ONCE:
            return
        last = rows[-1]["key"]


def participation_rows(session: Session) -> Iterator[dict[str, Any]]:
    """Who took part, as it may be shown."""
    tables = session.execute(
        select(ParticipationTable.period, ParticipationTable.attribute, ParticipationTable.content)
        .where(ParticipationTable.is_current.is_(True))
        .order_by(ParticipationTable.period, ParticipationTable.attribute)
        .limit(5000)
    )
    for table in tables:
        for row in table.content["rows"]:
            yield {"period": table.period, "attribute": table.attribute, **row}


_NAME = Column("name", "json", lazy("Its name by language."))
_CODE = Column("code", "string", lazy("Its code."))
_COMPONENT = Column("component", "string", lazy("The component it belongs to."))

VALUES = Dataset(
    code="indicators",
    title=lazy("Indicators"),
    description=lazy(
        "Every value of the Smart Citizen indicators with interval, number, method and a hash of "
        "its inputs. Official figures and the platform's own are kept apart by the profile."
    ),
    columns=(
        _CODE,
        Column("level", "string", lazy("sub, component or domain")),
        Column("profile", "string", lazy("platform or official")),
        Column("period", "string", lazy("A quarter (2026-Q3) or a year.")),
        Column("district", "string", lazy("Empty for the whole city.")),
        Column("value", "number", lazy("Empty where there is none; never nought for missing.")),
        Column("score", "number", lazy("0 to 100 between the goalposts.")),
        Column("low", "number", lazy("Lower end of the 95 percent interval.")),
        Column("high", "number", lazy("Upper end of the 95 percent interval.")),
        Column("n", "integer", lazy("How many it rests on; people are rounded to 10.")),
        Column("coverage", "number", lazy("Share of the weights that is known.")),
        Column("state", "string", lazy("measured, suppressed, few or not_measured")),
        Column("flags", "string", lazy("Flags of the statistical office.")),
        Column("provenance", "string", lazy("Quality of the data.")),
        Column("source_period", "string", lazy("The year of an official figure.")),
        Column("method", "string", lazy("Version of the method.")),
        Column("revision", "integer", lazy("Which revision of this value it is.")),
        Column("inputs_hash", "string", lazy("SHA-256 of what it was computed from.")),
        Column("computed_at", "date-time", lazy("When it was computed, UTC.")),
    ),
    rows=value_rows,
    theme="GOVE",
    keywords=("indicators", "smart city"),
)
PARTICIPATION = Dataset(
    code="participation",
    title=lazy("Who takes part"),
    description=lazy(
        "Participants by district, age or sex beside the residents of 15 and older; rounded to "
        "10, empty where there are fewer than 10."
    ),
    columns=(
        Column("period", "string", lazy("A quarter (2026-Q3) or a year.")),
        Column("attribute", "string", lazy("district, age or sex")),
        Column("level", "string", lazy("The district, age band or sex.")),
        Column("participants", "integer", lazy("Rounded to 10; empty where not shown.")),
        Column("residents", "integer", lazy("Residents of 15 and older.")),
    ),
    rows=participation_rows,
    theme="SOCI",
    keywords=("participation",),
)
SERVICES = Dataset(
    code="public-services",
    title=lazy("Public services"),
    description=lazy("The register of public services, with how far each can be done online."),
    columns=(
        _CODE,
        _NAME,
        _COMPONENT,
        Column("online", "string", lazy("none, information, form, request or full")),
        Column("address", "string", lazy("Where it can be done.")),
        Column("requests_year", "integer", lazy("Requests a year.")),
        Column("online_share", "number", lazy("Percentage of requests made online.")),
        Column("satisfaction", "number", lazy("1 to 5, as the department tells it.")),
        Column("updated_at", "date-time", lazy("When the entry was last changed, UTC.")),
    ),
    rows=lambda session: iter(dict(row) for row in public_services(session)),
    theme="GOVE",
    keywords=("services online",),
    every="IRREG",
)
PROJECTS = Dataset(
    code="projects",
    title=lazy("Smart-city projects"),
    description=lazy("What was invested in, with equipment, state and results."),
    columns=(
        _CODE,
        _NAME,
        _COMPONENT,
        Column("state", "string", lazy("planned, running, finished or stopped")),
        Column("invested", "number", lazy("What was invested.")),
        Column("currency", "string", lazy("In which currency.")),
        Column("equipment", "string", lazy("What was bought and built.")),
        Column("results", "string", lazy("What came of it.")),
        Column("evidence", "string", lazy("Where that can be read.")),
        Column("started", "string", lazy("When it began.")),
        Column("finished", "string", lazy("When it ended.")),
        Column("updated_at", "date-time", lazy("When the entry was last changed, UTC.")),
    ),
    rows=lambda session: iter(dict(row) for row in projects(session)),
    theme="GOVE",
    keywords=("smart city", "investment"),
    every="IRREG",
)
DATASETS = (VALUES, PARTICIPATION, SERVICES, PROJECTS)
