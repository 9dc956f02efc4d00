"""A small city with a running edition whose phases are open, and people who take part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from backend.core.clock import utcnow
from backend.core.ids import new_public_id
from backend.ideas.models import Competition, Edition, Phase
from backend.ideas.models.edition import PHASE_KINDS
from tests.ideas.election import make_person
from tests.reports.conftest import found_city

OPEN = ("outline", "propose", "endorse", "feasibility")
HERE = {"type": "Point", "coordinates": [2.05, 54.72]}
IDEA = {
    "title": "Benches along the canal",
    "summary": "Twelve benches where people can rest between the market and the harbour.",
    "text": "Older people tell us that the way from the market to the harbour is too long to walk "
    "without a rest. We propose twelve benches with backs and arms, in the shade.",
    "benefit": "Older people, parents with small children, and everybody who likes the water.",
    "estimate": 18_000,
    "signature": "Neighbours of the canal",
}


class Person:
    """Somebody who asks the API."""

    def __init__(self, client: Any, token: str, account_id: int) -> None:
        self.client, self.token, self.account_id = client, token, account_id

    def __getattr__(self, method: str) -> Any:
        send = getattr(self.client, method)

        def sending(path: str, json: Any = None, **headers: str) -> Any:
            sent = {k.replace("_", "-"): v for k, v in headers.items()}
            sent["Authorization"] = f"Bearer {self.token}"
            more = {"json": json} if json is not None else {}
            return send("/api/v1" + path, headers=sent, **more)

        return sending


def person(app: Any, session: Any, name: str, *roles: str, assurance: str = "contact_verified",
           department: int | None = None) -> Person:  # fmt: skip
    """Somebody signed in; committed."""
    from backend.accounts.service.roles import grant_role
    from backend.core.actor import SYSTEM

    plain = tuple(role for role in roles if role != "department")
    account, token = make_person(session, f"{name}@city.example", *plain, assurance=assurance)
    if department is not None:
        grant_role(session, SYSTEM, account, "department", department_id=department)
        from backend.accounts.service.sessions import start_session

        token = start_session(session, account, "bearer", second_factor=True)
    session.commit()
    return Person(app.test_client(), token, account)


def hold(session: Any, *, opened: Sequence[str] = OPEN, needed: int = 2, state: str = "running",
         rehearsal: bool = False, minimum_age: int | None = None) -> str:  # fmt: skip
    """A running edition with these phases open; its public id; committed."""
    found_city(session)
    now = utcnow()
    competition = session.execute(
        insert(Competition)
        .values(public_id=new_public_id(), slug=f"voice-{new_public_id()}", name={"en": "Voice"},
                description={}, created_at=now)
        .returning(Competition.id)
    ).scalar_one()  # fmt: skip
    edition = session.execute(
        insert(Edition)
        .values(public_id=new_public_id(), version=1, competition_id=competition, year=2026,
                name={"en": "Voice 2026"}, summary={}, state=state, rehearsal=rehearsal,
                budget=200_000, currency="EUR", largest_cost=50_000, endorsements_needed=needed,
                answer_days=30, appeal_days=14, ideas_numbered=0, created_at=now, updated_at=now)
        .returning(Edition.id, Edition.public_id)
    ).one()  # fmt: skip
    for position, kind in enumerate(PHASE_KINDS):
        is_open = kind in opened
        start = now - timedelta(days=2) if is_open else now + timedelta(days=40 + position)
        session.execute(
            insert(Phase).values(
                public_id=new_public_id(), version=1, edition_id=edition.id, kind=kind,
                position=position, starts_at=start, ends_at=start + timedelta(days=30),
                state="open" if is_open else "planned",
                who={"assurance": "contact_verified", "minimum_age": minimum_age},
            )
        )  # fmt: skip
    session.commit()
    return str(edition.public_id)


def phase_id(session: Any, edition: str, kind: str) -> str:
    """The id of a phase of an edition."""
    return str(
        session.execute(
            select(Phase.public_id)
            .join(Edition, Edition.id == Phase.edition_id)
            .where(Edition.public_id == edition, Phase.kind == kind)
        ).scalar_one()
    )


def proposed(who: Person, edition: str, **changes: Any) -> str:
    """An idea that somebody has handed in."""
    made = who.post(f"/editions/{edition}/ideas", {**IDEA, **changes})
    assert made.status_code == 201, made.json
    done = who.post(f"/ideas/{made.json['id']}/proposal", {})
    assert done.status_code == 200, done.json
    return str(made.json["id"])
