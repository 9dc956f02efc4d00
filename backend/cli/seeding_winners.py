"""What became of the demo city's winner: the parking service, its benefit and its data."""

import math
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.core.actor import SYSTEM
from backend.core.clock import utcnow
from backend.ideas.queries.votes import option_rows, vote_by_id
from backend.ideas.service import after

TITLE = "Rent out your parking space"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["district", "hour", "spaces", "occupied", "arrivals", "departures"],
    "properties": {
        "district": {"type": "string", "maxLength": 40},
        "hour": {"type": "integer", "minimum": 0, "maximum": 23},
        "spaces": {"type": "integer", "minimum": 0},
        "occupied": {"type": "number", "minimum": 0},
        "arrivals": {"type": "integer", "minimum": 0},
        "departures": {"type": "integer", "minimum": 0},
    },
}


def seed_winner(session: Session, vote_id: str) -> None:
    """Carry the parking service out, report its benefit, and deliver its data for three months."""
    options = option_rows(session, vote_by_id(session, vote_id)["id"])
    idea = next((option["idea"] for option in options if option["title"] == TITLE), None)
    if idea is None:
        return
    today = utcnow().date()
    for title, days, budget, spent in (
        ("Agreement with the city and the first 200 spaces", -420, 15_000, 14_200),
        ("App and payment", -330, 35_000, 36_900),
        ("Every district takes part", -200, 10_000, 7_600),
    ):
        made = after.plan_milestone(
            session, SYSTEM, idea, title=title, due_on=today + timedelta(days=days), budget=budget
        )
        after.update_milestone(session, SYSTEM, made, "done", spent, None)
    after.report_benefit(
        session, SYSTEM, idea, helped="people parked on a rented space in the first year",
        number=8412, proof="The service's booking records, checked by the city's auditor",
        text="Drivers found a space without searching, and 1,130 owners earned with an empty one.",
    )  # fmt: skip
    agreement, key = after.agree_on_data(session, SYSTEM, idea, {
        "title": "Parking demand by district and hour",
        "description": "Spaces on offer, how many are taken, and how many cars come and go in each "
        "hour of a working day; means of a month, without any single booking.",
        "schema": SCHEMA, "licence": "CC-BY-4.0", "privacy": "aggregated", "schedule": "monthly",
        "chart": {"x": "hour", "value": "occupied", "total": "spaces", "series": "district"},
    })  # fmt: skip
    names = [d.name("en") for d in city.facts(session).districts][:5] or ["Centre"]
    for back in (3, 2, 1):
        month = _months_before(today, back)
        after.deliver(session, agreement, key, f"{month:%Y-%m}", _demand(names, back))


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _demand(names: list[str], back: int) -> list[dict[str, Any]]:
    """A working day: offices fill in the morning, homes in the evening."""
    records = []
    for place, name in enumerate(names):
        spaces, office = 140 - 17 * place, (place % 3) / 2
        before = 0.0
        for hour in range(24):
            work = math.exp(-(((hour - 12.5) / 4.2) ** 2))
            home = math.exp(-((min(abs(hour - 1), 25 - hour) / 5.0) ** 2)) * 0.8
            taken = round(spaces * min(0.97, 0.08 + office * work + (1 - office) * home), 1)
            flow = taken - before
            records.append(
                {"district": name, "hour": hour, "spaces": spaces + 2 * (3 - back),
                 "occupied": taken, "arrivals": round(6 + max(flow, 0)),
                 "departures": round(6 + max(-flow, 0))}
            )  # fmt: skip
            before = taken
    return records
