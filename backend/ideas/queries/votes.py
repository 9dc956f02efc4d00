"""Reading a vote: its rules, the ballot, how many have voted, and a ballot by its receipt."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.ids import ALPHABET, SECRET_LENGTH, normalise_id
from backend.core.problems import NotFound
from backend.ideas.ballot_form import MOST_OPTIONS, Option, Pot, commitment
from backend.ideas.models import Edition
from backend.ideas.models.ballot import Ballot, Count, Mark, StruckBallot, Vote, VoteOption

STREAM = "vote"
Row = Mapping[str, Any]
_VOTE = tuple(
    Vote.__table__.c[name]
    for name in (
        "id", "public_id", "edition_id", "version", "state", "opens_at", "closes_at", "ballot",
        "pots", "voters", "rule", "manifest", "manifest_hash", "opened_at", "closed_at",
        "objections_until", "destruction_asked_by", "destroyed_at",
    )
)  # fmt: skip
"""Everything of a vote but its keys."""
_OPTION = tuple(
    VoteOption.__table__.c[name]
    for name in (
        "number", "idea_id", "idea", "title", "cost", "pot", "categories", "exclusion",
        "withdrawn_at", "withdrawn_reason",
    )
)  # fmt: skip


def vote_by_id(session: Session, public_id: str, *, drafts: bool = False) -> Row:
    """A vote without its keys; one that is not declared yet is the desk's alone."""
    return _one(session, Vote.public_id == normalise_id(public_id[:64]), drafts=drafts)


def vote_of_edition(session: Session, edition_id: int) -> Row | None:
    """The vote of an edition, if one was set up."""
    row = session.execute(select(*_VOTE).where(Vote.edition_id == edition_id)).mappings().first()
    return dict(row) if row else None


def way_to_vote(session: Session, edition_id: str) -> dict[str, Any] | None:
    """Where an edition's vote is and how far, for its page; None before it is declared."""
    published = (
        select(Count.id)
        .where(Count.vote_id == Vote.id, Count.published_at.is_not(None))
        .exists()
        .label("published")
    )
    row = session.execute(
        select(Vote.public_id, Vote.state, Vote.closes_at, published)
        .join(Edition, Edition.id == Vote.edition_id)
        .where(Edition.public_id == normalise_id(edition_id[:64]), Vote.state != "draft")
    ).first()
    return dict(row._mapping) if row else None


def _one(session: Session, condition: Any, *, drafts: bool) -> Row:
    row = session.execute(select(*_VOTE).where(condition)).mappings().first()
    if row is None or (row["state"] == "draft" and not drafts):
        raise NotFound()
    return dict(row)


def pots_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Pot, ...]:
    """The pots of a stored document."""
    return tuple(
        Pot(
            code=pot["code"], budget=pot["budget"], name=pot.get("name") or {},
            minimum=pot.get("minimum") or 0, maximum=pot.get("maximum"),
        )
        for pot in stored
    )  # fmt: skip


def options_of(session: Session, vote_key: int) -> tuple[Option, ...]:
    """What stands on the ballot, as its rules look at it."""
    rows = session.execute(
        select(VoteOption.number, VoteOption.cost, VoteOption.pot, VoteOption.withdrawn_at)
        .where(VoteOption.vote_id == vote_key)
        .order_by(VoteOption.number)
        .limit(MOST_OPTIONS)
    )
    return tuple(Option(r.number, r.cost, r.pot, r.withdrawn_at is not None) for r in rows)


def option_rows(session: Session, vote_key: int) -> list[dict[str, Any]]:
    """What stands on the ballot, as people read it, in the order of the ballot."""
    rows = session.execute(
        select(*_OPTION)
        .where(VoteOption.vote_id == vote_key)
        .order_by(VoteOption.number)
        .limit(MOST_OPTIONS)
    )
    return [dict(row) for row in rows.mappings()]


def turnout(session: Session, vote_key: int) -> dict[str, Any]:
    """How many have voted, by which way, and how many ballots are in the box."""
    ways = session.execute(
        select(Mark.way, func.count()).where(Mark.vote_id == vote_key).group_by(Mark.way)
    ).all()
    return {
        "voters": sum(number for _way, number in ways),
        "ways": dict(sorted(ways)),
        "ballots": count_of(session, Ballot, vote_key),
        "struck": count_of(session, StruckBallot, vote_key),
    }


def count_of(session: Session, model: type[Ballot] | type[StruckBallot], vote_key: int) -> int:
    """How many rows of a vote there are."""
    return int(
        session.execute(
            select(func.count()).select_from(model).where(model.vote_id == vote_key)
        ).scalar_one()
    )


def hours_of(session: Session, vote_key: int) -> list[tuple[Any, int]]:
    """How many voted for the first time in each hour."""
    rows = session.execute(
        select(Mark.hour, func.count())
        .where(Mark.vote_id == vote_key)
        .group_by(Mark.hour)
        .order_by(Mark.hour)
        .limit(24 * 120)
    )
    return [(row[0], row[1]) for row in rows]


def ballots_of(session: Session, vote_key: int) -> list[tuple[str, list[Any], str]]:
    """Every ballot in the box, in the order of the random trackers."""
    rows = session.execute(
        select(Ballot.tracker, Ballot.choices, Ballot.salt)
        .where(Ballot.vote_id == vote_key)
        .order_by(Ballot.tracker)
    )
    return [(row.tracker, orjson.loads(row.choices), row.salt) for row in rows]


def struck_of(session: Session, vote_key: int) -> list[tuple[str, str]]:
    """The commitments of ballots that do not count, with the reason, in rising order."""
    rows = session.execute(
        select(StruckBallot.commitment, StruckBallot.reason)
        .where(StruckBallot.vote_id == vote_key)
        .order_by(StruckBallot.commitment)
    )
    return [(row.commitment, row.reason) for row in rows]


def find_by_receipt(session: Session, vote: Row, receipt: str) -> dict[str, Any] | None:
    """The ballot of a receipt: that it lies in the box, and once it is closed what it says."""
    tracker = normalise_id(receipt[:80])
    if len(tracker) != SECRET_LENGTH or any(c not in ALPHABET for c in tracker):
        return None
    row = session.execute(
        select(Ballot.choices, Ballot.salt).where(
            Ballot.tracker == tracker, Ballot.vote_id == vote["id"]
        )
    ).first()
    if row is None:
        return None
    choices = orjson.loads(row.choices)
    bound = commitment(vote["manifest_hash"], tracker, choices, row.salt)
    closed = vote["state"] not in ("open", "suspended")
    return {"receipt": tracker, "commitment": bound, "choices": choices if closed else None}


def votes_for_desk(session: Session) -> list[dict[str, Any]]:
    """Every edition with its vote, if one was set up, the latest first."""
    rows = session.execute(
        select(
            Edition.public_id.label("edition"), Edition.name, Edition.year, Edition.state,
            Edition.ballot, Edition.rule, Vote.public_id.label("vote"),
            Vote.state.label("vote_state"), Vote.opens_at, Vote.closes_at,
        )
        .outerjoin(Vote, Vote.edition_id == Edition.id)
        .order_by(Edition.year.desc(), Edition.id.desc())
        .limit(100)
    )  # fmt: skip
    return [dict(row) for row in rows.mappings()]
