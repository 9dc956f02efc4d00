"""Playing an edition of former times to its end with invented voters, for demo and rehearsal."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.core.actor import SYSTEM
from backend.core.clock import utcnow
from backend.core.ids import new_public_id
from backend.core.problems import Invalid
from backend.ideas.models import Competition, Edition, Idea, Phase
from backend.ideas.models.ballot import Count, Mark, Vote, VoteOption
from backend.ideas.service.casting import Voter, cast
from backend.ideas.service.closing import close_vote
from backend.ideas.service.counting import publish_count, request_count, run_count
from backend.ideas.service.opening import open_vote

RULE = {
    "caps": "ignore", "completion": "none", "exhaustive_stop": False, "leftover": "skip",
    "min_support": "none", "name": "votes", "rule": "votes", "tie": ["cost", "votes", "lot"],
    "utility": "cost", "quorum": 100,
}  # fmt: skip
BALLOT = {
    "kind": "approval", "style": "approval", "minimum": 1, "maximum": 5, "objection_days": 14,
    "lot_source": "the national lottery of the evening of the close",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class IdeaSeed:
    """An invented idea and how many like it."""

    title: str
    summary: str
    benefit: str
    cost: int
    domain: str
    component: str
    liked: float


@dataclass(frozen=True, slots=True)
class EditionSeed:
    """An invented edition."""

    slug: str
    name: Mapping[str, str]
    year: int
    budget: int
    closes_at: datetime
    voters: int
    dice: int


def past_edition(session: Session, plan: EditionSeed, ideas: Sequence[IdeaSeed]) -> str | None:
    """Found an edition of a former year, hold its vote, count and publish; its vote's id."""
    competition = _competition(session, plan)
    known = session.execute(
        select(Edition.id).where(
            Edition.competition_id == competition, Edition.year == plan.year
        )
    ).scalar()  # fmt: skip
    if known is not None:
        return None
    edition = _edition(session, plan, competition)
    _ideas(session, plan, edition, ideas)
    vote_id = open_vote(
        session, edition, opens_at=plan.closes_at - timedelta(days=21),
        closes_at=utcnow() + timedelta(hours=1),
        who={"assurance": "resident_verified", "desk": True, "paper": True},
    )  # fmt: skip
    _cast(session, plan, vote_id, ideas)
    session.execute(update(Vote).where(Vote.public_id == vote_id).values(closes_at=plan.closes_at))
    close_vote(session, vote_id)
    count_id = request_count(session, SYSTEM, vote_id, seed="07 13 21 28 34 41", reason=None)
    run_count(session, count_id)
    publish_count(session, SYSTEM, count_id)
    published = plan.closes_at + timedelta(days=2)
    session.execute(
        update(Count).where(Count.public_id == count_id)
        .values(published_at=published, done_at=published, asked_at=published)
    )  # fmt: skip
    session.execute(
        update(Vote).where(Vote.public_id == vote_id)
        .values(objections_until=published + timedelta(days=14), closed_at=plan.closes_at)
    )  # fmt: skip
    return vote_id


def _competition(session: Session, plan: EditionSeed) -> int:
    found = session.execute(select(Competition.id).order_by(Competition.id)).scalars().first()
    if found is not None:
        return int(found)
    made = session.execute(
        insert(Competition)
        .values(
            public_id=new_public_id(), slug=plan.slug, name=dict(plan.name), description={},
            created_at=utcnow(),
        )
        .returning(Competition.id)
    )  # fmt: skip
    return int(made.scalar_one())


def _edition(session: Session, plan: EditionSeed, competition: int) -> int:
    opened = plan.closes_at - timedelta(days=150)
    edition = session.execute(
        insert(Edition)
        .values(
            public_id=new_public_id(), version=1, competition_id=competition, year=plan.year,
            name=dict(plan.name), summary={}, state="archived", rehearsal=False,
            budget=plan.budget, currency="EUR", answer_days=30, appeal_days=14, pots=[],
            ballot=BALLOT, rule=RULE, ideas_numbered=0, created_at=opened, updated_at=opened,
        )
        .returning(Edition.id)
    ).scalar_one()  # fmt: skip
    session.execute(
        insert(Phase).values(
            public_id=new_public_id(), version=1, edition_id=edition, kind="vote", position=5,
            starts_at=plan.closes_at - timedelta(days=21), ends_at=plan.closes_at, state="closed",
            who={"assurance": "resident_verified"}, opened_at=plan.closes_at - timedelta(days=21),
            closed_at=plan.closes_at,
        )
    )  # fmt: skip
    return int(edition)


def _ideas(session: Session, plan: EditionSeed, edition: int, ideas: Sequence[IdeaSeed]) -> None:
    chance = random.Random(plan.dice)  # noqa: S311 - an invented city, the same every time
    districts = city.facts(session).districts
    proposed = plan.closes_at - timedelta(days=100)
    for number, idea in enumerate(ideas, start=1):
        session.execute(
            insert(Idea).values(
                public_id=new_public_id(), version=1, edition_id=edition, number=number,
                state="feasible", is_minor=False, title=idea.title, summary=idea.summary,
                text=idea.summary, benefit=idea.benefit, folded=idea.title.lower(),
                cost=idea.cost, estimate=idea.cost, unsure=False, contents=1,
                district_id=chance.choice(districts).id if districts else None,
                domain=idea.domain, component=idea.component, language="en",
                endorsements=chance.randrange(50, 240), comments=0, photos=0,
                proposed_at=proposed, created_at=proposed, updated_at=proposed,
            )
        )  # fmt: skip


def _cast(session: Session, plan: EditionSeed, vote_id: str, ideas: Sequence[IdeaSeed]) -> None:
    chance = random.Random(plan.dice + 1)  # noqa: S311 - an invented city, the same every time
    rows: Sequence[Any] = session.execute(
        select(VoteOption.number, VoteOption.title)
        .join(Vote, Vote.id == VoteOption.vote_id)
        .where(Vote.public_id == vote_id)
    ).all()
    number = {row.title: row.number for row in rows}
    for voter in range(plan.voters):
        liked = [number[idea.title] for idea in ideas if chance.random() < idea.liked]
        chance.shuffle(liked)
        try:
            cast(session, vote_id, Voter(f"invented:{voter}"), liked[:5])
        except Invalid:
            continue
    for mark in session.execute(select(Mark.mark).order_by(Mark.mark)).scalars().all():
        hour = plan.closes_at - timedelta(hours=int(chance.triangular(1, 500, 40)))
        session.execute(update(Mark).where(Mark.mark == mark).values(hour=hour))
