"""A small city's edition with ideas that can be voted on, and people who may."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import g, has_app_context
from sqlalchemy import insert, update

from backend.accounts.models import Account
from backend.accounts.service.accounts import create_account
from backend.accounts.service.roles import grant_role
from backend.accounts.service.sessions import start_session
from backend.core.actor import SYSTEM, Actor
from backend.core.clock import utcnow
from backend.core.ids import new_public_id
from backend.ideas.models import Competition, Edition, Idea, Phase
from backend.ideas.service.opening import open_vote

RULE = {
    "caps": "ignore", "completion": "none", "exhaustive_stop": False, "leftover": "skip",
    "min_support": "none", "rule": "votes", "tie": ["cost", "votes", "lot"], "utility": "cost",
}  # fmt: skip
APPROVAL = {"kind": "approval", "minimum": 1, "maximum": 3, "lot_source": "the lottery of 1 June"}
COSTS = (40_000, 30_000, 20_000, 10_000)


@dataclass
class Poll:
    """An edition whose vote is open."""

    edition_id: int
    edition: str
    vote: str
    ideas: list[str] = field(default_factory=list)


def found_edition(
    session: Any, *, costs: Sequence[int] = COSTS, budget: int = 60_000,
    ballot: Mapping[str, Any] | None = None, rule: Mapping[str, Any] | None = None,
    pots: Sequence[Mapping[str, Any]] = (), state: str = "running",
) -> tuple[int, str, list[str]]:  # fmt: skip
    """An edition with feasible ideas of these costs."""
    now = utcnow()
    competition = session.execute(
        insert(Competition)
        .values(
            public_id=new_public_id(), slug=f"voice-{new_public_id()}", name={"en": "Voice"},
            description={"en": "Ideas"}, created_at=now,
        )
        .returning(Competition.id)
    ).scalar_one()  # fmt: skip
    public_id = new_public_id()
    edition = session.execute(
        insert(Edition)
        .values(
            public_id=public_id, version=1, competition_id=competition, year=2026,
            name={"en": "Voice 2026"}, summary={"en": "Ideas for the city"}, state=state,
            rehearsal=False, budget=budget, currency="EUR", answer_days=30, appeal_days=14,
            pots=list(pots), ballot=dict(ballot or APPROVAL), rule=dict(rule or RULE),
            ideas_numbered=len(costs), created_at=now, updated_at=now,
        )
        .returning(Edition.id)
    ).scalar_one()  # fmt: skip
    session.execute(
        insert(Phase).values(
            public_id=new_public_id(), version=1, edition_id=edition, kind="vote", position=5,
            starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=7), state="open",
            who={"assurance": "resident_verified"}, opened_at=now,
        )
    )  # fmt: skip
    ideas = []
    for number, cost in enumerate(costs, start=1):
        ideas.append(new_public_id())
        session.execute(
            insert(Idea).values(
                public_id=ideas[-1], version=1, edition_id=edition, number=number,
                state="feasible", is_minor=False, title=f"Idea {number}", summary="Good",
                text="Do it", benefit="All", folded=f"idea {number}", cost=cost, unsure=False,
                contents=1, endorsements=0, comments=0, photos=0, proposed_at=now,
                created_at=now, updated_at=now,
            )
        )  # fmt: skip
    return edition, public_id, ideas


def hold_vote(session: Any, *, days: float = 7, who: Mapping[str, Any] | None = None,
              **rest: Any) -> Poll:  # fmt: skip
    """An edition whose vote is open for some days; committed."""
    edition, public_id, ideas = found_edition(session, **rest)
    now = utcnow()
    vote = open_vote(
        session, edition, opens_at=now, closes_at=now + timedelta(days=days),
        who=who or {"assurance": "resident_verified", "desk": True, "paper": True},
    )  # fmt: skip
    session.commit()
    return Poll(edition, public_id, vote, ideas)


def make_person(
    session: Any,
    email: str,
    *roles: str,
    assurance: str = "resident_verified",
    kind: str = "bearer",
) -> tuple[int, str]:
    """Somebody with an account; their key and a token that proves them."""
    account_id = create_account(
        session, email=email, name=email.split("@", maxsplit=1)[0], language="en",
        verified=True, method="test",
    )  # fmt: skip
    for role in roles:
        grant_role(session, SYSTEM, account_id, role)
    session.execute(update(Account).where(Account.id == account_id).values(assurance=assurance))
    token = start_session(session, account_id, kind, second_factor=bool(roles))
    return account_id, token


def staff(account: int, *roles: str) -> Actor:
    """A member of staff, as services take one."""
    return Actor(
        kind="person", account_id=account, public_id=f"person{account:010d}",
        roles=frozenset({"citizen", *roles}), assurance="resident_verified",
    )  # fmt: skip


def _forget_forms() -> None:
    """Inside a test's own context requests share `g`, and with it another browser's token."""
    for name in ("csrf_token", "csrf_valid"):
        if has_app_context():
            g.pop(name, None)


class Browser:
    """A browser without scripts in which somebody is signed in."""

    def __init__(self, app: Any, token: str | None = None) -> None:
        self.client = app.test_client()
        self.csrf = ""
        if token:
            self.client.set_cookie("vox", token)

    def get(self, path: str) -> Any:
        """Read a page."""
        _forget_forms()
        answer = self.client.get(path, headers={"Accept": "text/html"})
        if found := re.search(r'name="csrf_token" value="([^"]+)"', answer.text):
            self.csrf = found[1]
        return answer

    def post(self, path: str, **form: Any) -> Any:
        """Send a form."""
        _forget_forms()
        data = {"csrf_token": self.csrf, **form}
        return self.client.post(path, data=data, headers={"Accept": "text/html"})
