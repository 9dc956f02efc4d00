"""The invented people of the demo city: accounts without a way to sign in, with their profiles."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend.accounts.models import Account, Consent, StatisticsProfile
from backend.core.clock import utcnow
from backend.core.ids import new_public_id

METHOD = "demo"


@dataclass(frozen=True, slots=True)
class Invented:
    """What an invented person told for statistics."""

    district_id: int | None
    age_band: str | None
    sex: str | None


def make_invented_people(session: Session, people: Sequence[Invented]) -> list[int]:
    """Make accounts of invented people who agreed to statistics; nobody can sign in as them."""
    now, ids = utcnow(), [new_public_id() for _person in people]
    for start in range(0, len(ids), 500):
        accounts = [
            {
                "public_id": public_id, "state": "active", "language": "nl",
                "assurance": "resident_verified", "assurance_method": METHOD,
                "district_id": person.district_id, "created_at": now, "updated_at": now,
            }
            for public_id, person in zip(ids[start : start + 500], people[start:], strict=False)
        ]  # fmt: skip
        session.execute(insert(Account), accounts)
    keys = _keys(session, ids)
    given = {"purpose": "statistics", "wording": METHOD, "given_at": now}
    session.execute(insert(Consent), [{"account_id": key, **given} for key in keys])
    consents = dict(
        session.execute(
            select(Consent.account_id, Consent.id).where(Consent.wording == METHOD)
        ).all()  # type: ignore[arg-type]
    )
    profiles = [
        {
            "account_id": key, "age_band": person.age_band, "sex": person.sex,
            "district_id": person.district_id, "consent_id": consents[key], "updated_at": now,
        }
        for key, person in zip(keys, people, strict=True)
    ]  # fmt: skip
    session.execute(insert(StatisticsProfile), profiles)
    return keys


def _keys(session: Session, ids: Sequence[str]) -> list[int]:
    found: dict[str, int] = {}
    for start in range(0, len(ids), 500):
        rows = session.execute(
            select(Account.public_id, Account.id).where(
                Account.public_id.in_(ids[start : start + 500])
            )
        )
        found.update({row.public_id: row.id for row in rows})
    return [found[public_id] for public_id in ids]
