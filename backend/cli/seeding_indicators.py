# ruff: noqa: S311 - dice for a demo, not for secrets
"""The demo city's indicators: invented people behind its reports, registers, series, values."""

from random import Random
from typing import Any

from sqlalchemy.orm import Session

from backend.core.actor import SYSTEM
from backend.core.clock import utcnow

QUARTERS = 7
NUMBER = 780
SIGNED_IN = 0.66
AT_HOME = 0.72
BANDS = {"15-24": 11, "25-44": 38, "45-64": 33, "65-79": 16, "80+": 2}


def seed_indicators(session: Session) -> int:
    """Fill the registers and compute the last eighteen months; again, it adds nothing."""
    from backend.city.queries import facts
    from backend.indicators.demo import fill_demo
    from backend.indicators.periods import latest, period_of
    from backend.indicators.service.storing import compute_now

    if not fill_demo(session, SYSTEM):
        return 0
    _give_people(session)
    session.commit()
    zone, now = facts(session).time_zone, utcnow()
    year = period_of(now, zone, quarterly=False)
    periods = [*reversed(list(latest(now, zone, QUARTERS))), year.before, year]
    return sum(number for _period, number in compute_now(session, SYSTEM, periods))


def _give_people(session: Session) -> None:
    """Let invented residents of all districts have told two thirds of the demo's reports."""
    from backend.accounts.service.invented import Invented, make_invented_people
    from backend.city.queries import districts
    from backend.reports.service.invented import give_reporters

    dice = Random("vliermonde people")
    places = {
        d.id: sum(n for sexes in d.population.values() for n in sexes.values())
        for d in districts(session)
    }
    people = [_person(dice, places, Invented) for _n in range(NUMBER)]
    keys = make_invented_people(session, people)
    keen = [dice.paretovariate(1.3) for _key in keys]
    at_home: dict[int | None, list[int]] = {}
    for number, person in enumerate(people):
        at_home.setdefault(person.district_id, []).append(number)

    def choose(district_id: int | None) -> int | None:
        if dice.random() > SIGNED_IN:
            return None
        near = at_home.get(district_id) if dice.random() < AT_HOME else None
        chosen = near or range(len(keys))
        return keys[dice.choices(chosen, [keen[n] for n in chosen])[0]]

    give_reporters(session, SYSTEM, "demo", choose)


def _person(dice: Random, places: dict[int, int], kind: type[Any]) -> Any:
    """Somebody who lives somewhere; some do not tell their age or sex."""
    district = dice.choices(list(places), [n**0.9 for n in places.values()])[0]
    age = dice.choices(list(BANDS), list(BANDS.values()))[0] if dice.random() < 0.92 else None
    sex = dice.choices(("female", "male"), (45, 55))[0] if dice.random() < 0.93 else None
    return kind(district, age, sex)
