"""Casting a ballot: one for each voter, changeable until the close, never beside who cast it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from backend.core.clock import utcnow
from backend.core.crypto import keyring
from backend.core.db import insert_ignore, is_postgresql
from backend.core.i18n import _
from backend.core.ids import new_secret
from backend.core.problems import Conflict, Gone, NotFound
from backend.ideas.ballot_form import (
    BallotForm,
    Choices,
    Option,
    Pot,
    canonical_choices,
    check,
    commitment,
)
from backend.ideas.count.package import receipt_mark
from backend.ideas.models.ballot import Ballot, Mark, StruckBallot, UnfinishedBallot, Vote
from backend.ideas.queries.votes import options_of, pots_of
from backend.ideas.secrecy import mark_of, new_salt, open_handle, seal_handle

SIGNING = "ballots"


@dataclass(frozen=True, slots=True)
class Voter:
    """Who votes, as the mark is made of it, and for which pots; None stands for all."""

    key: str
    way: str = "online"  # online, code, desk, proxy
    pots: frozenset[str] | None = None
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a voter keeps: the tracker under which the ballot is published, and its signed hash."""

    tracker: str
    commitment: str
    salt: str
    manifest_hash: str
    signature: str
    outcome: str  # cast, changed, unchanged

    def document(self) -> dict[str, str]:
        """The receipt as the API gives it."""
        return {
            "receipt": spoken(self.tracker),
            "mark": receipt_mark(spoken(self.tracker)),
            "commitment": self.commitment,
            "salt": self.salt,
            "manifest_hash": self.manifest_hash,
            "signature": self.signature,
            "outcome": self.outcome,
        }


@dataclass(frozen=True, slots=True)
class OpenVote:
    """A vote that this transaction keeps from closing under its feet."""

    id: int
    public_id: str
    manifest_hash: str
    mark_key: str
    link_key: str
    form: BallotForm
    pots: tuple[Pot, ...]
    options: tuple[Option, ...]


def spoken(tracker: str) -> str:
    """A tracker in groups that can be read aloud."""
    return "-".join(tracker[i : i + 5] for i in range(0, len(tracker), 5))


def server_time(session: Session) -> datetime:
    """The moment on the one clock that decides: the database server's, where there is one."""
    if not is_postgresql(session):
        return utcnow()
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def take_open(session: Session, public_id: str) -> OpenVote:
    """The vote, if it is open now; it cannot close before this transaction ends."""
    row = session.execute(
        select(
            Vote.id, Vote.public_id, Vote.state, Vote.opens_at, Vote.closes_at, Vote.ballot,
            Vote.pots, Vote.manifest_hash, Vote.mark_key, Vote.link_key,
        )
        .where(Vote.public_id == public_id)
        .with_for_update(read=True)
    ).first()  # fmt: skip
    if row is None or row.state == "draft":
        raise NotFound()
    refuse_unless_open(session, row.state, row.closes_at)
    return OpenVote(
        row.id, row.public_id, row.manifest_hash, row.mark_key, row.link_key,
        BallotForm.read(row.ballot), pots_of(row.pots), options_of(session, row.id),
    )  # fmt: skip


def refuse_unless_open(session: Session, state: str, closes_at: datetime | None) -> None:
    """Refuse what comes too late by the clock that decides, or while the vote rests."""
    if state == "suspended":
        raise Conflict(_("The vote is suspended. Ballots that were cast stay where they are."))
    if state != "open" or closes_at is None or server_time(session) >= closes_at:
        raise Gone(_("The vote is closed. Ballots cannot be cast or changed any more."))


def cast(session: Session, vote_id: str, voter: Voter, chosen: list[Any]) -> Receipt:
    """Cast a voter's ballot or put it in the place of their earlier one; the receipt for it.

    The same choices again give the same receipt, so a repeated send changes nothing.
    """
    vote = take_open(session, vote_id)
    choices = canonical_choices(vote.form.kind, chosen)
    allowed = [o for o in vote.options if voter.pots is None or o.pot in voter.pots]
    pots = [pot for pot in vote.pots if voter.pots is None or pot.code in voter.pots]
    check(vote.form, pots, allowed, choices)
    mark, held = _take_mark(session, vote, voter)
    written = orjson.dumps(choices).decode()
    former = None
    if held is not None:
        former = session.execute(
            select(Ballot.tracker, Ballot.choices, Ballot.salt).where(Ballot.tracker == held)
        ).one()
        if former.choices == written:
            return _receipt(vote, former.tracker, choices, former.salt, "unchanged")
        strike(session, vote.id, vote.manifest_hash, held, "changed")
    tracker, salt = new_secret(), new_salt()
    session.execute(
        insert(Ballot).values(tracker=tracker, vote_id=vote.id, choices=written, salt=salt)
    )
    handle = seal_handle(vote.link_key, voter.key, tracker)
    session.execute(update(Mark).where(Mark.mark == mark).values(handle=handle))
    if voter.account_id is not None:
        session.execute(
            delete(UnfinishedBallot).where(
                UnfinishedBallot.vote_id == vote.id, UnfinishedBallot.account_id == voter.account_id
            )
        )
    return _receipt(vote, tracker, choices, salt, "changed" if former else "cast")


def _take_mark(session: Session, vote: OpenVote, voter: Voter) -> tuple[str, str | None]:
    """The voter's mark under lock, made if it is their first time, and the tracker behind it."""
    mark = mark_of(vote.mark_key, voter.key)
    hour = utcnow().replace(minute=0, second=0, microsecond=0)
    values = {"mark": mark, "vote_id": vote.id, "way": voter.way, "hour": hour, "handle": None}
    insert_ignore(session, Mark, values, ("mark",))
    held = session.execute(
        select(Mark.way, Mark.handle).where(Mark.mark == mark).with_for_update()
    ).one()
    if held.way == "paper":
        raise Conflict(_("You were given a paper ballot. It is the one that counts."))
    return mark, open_handle(vote.link_key, voter.key, held.handle) if held.handle else None


def strike(session: Session, vote_key: int, manifest_hash: str, tracker: str, reason: str) -> None:
    """Take a ballot out of the box; its commitment stays, with the reason."""
    row = session.execute(
        select(Ballot.choices, Ballot.salt).where(Ballot.tracker == tracker)
    ).one()
    bound = commitment(manifest_hash, tracker, orjson.loads(row.choices), row.salt)
    session.execute(insert(StruckBallot).values(commitment=bound, vote_id=vote_key, reason=reason))
    session.execute(delete(Ballot).where(Ballot.tracker == tracker))


def _receipt(
    vote: OpenVote, tracker: str, choices: Choices, salt: str, outcome: str
) -> Receipt:  # fmt: skip
    bound = commitment(vote.manifest_hash, tracker, choices, salt)
    signature = keyring().signing_key(SIGNING).sign(bound.encode()).hex()
    return Receipt(tracker, bound, salt, vote.manifest_hash, signature, outcome)


@dataclass(frozen=True, slots=True)
class OwnBallot:
    """What a voter may see of their own ballot while the vote is open."""

    voted: bool
    way: str | None = None
    choices: Any = None
    receipt: Receipt | None = None


def own_ballot(session: Session, vote_id: str, voter: Voter) -> OwnBallot:
    """Whether somebody has voted and, while the vote is open, what they cast."""
    row = session.execute(
        select(Vote.id, Vote.mark_key, Vote.link_key, Vote.ballot, Vote.manifest_hash).where(
            Vote.public_id == vote_id, Vote.state != "draft"
        )
    ).first()
    if row is None:
        raise NotFound()
    if row.mark_key is None:
        return OwnBallot(voted=False)
    mark = mark_of(row.mark_key, voter.key)
    held = session.execute(select(Mark.way, Mark.handle).where(Mark.mark == mark)).first()
    if held is None:
        return OwnBallot(voted=False)
    if row.link_key is None or held.handle is None:
        return OwnBallot(voted=True, way=held.way)
    tracker = open_handle(row.link_key, voter.key, held.handle)
    ballot = session.execute(
        select(Ballot.choices, Ballot.salt).where(Ballot.tracker == tracker)
    ).one()
    choices = orjson.loads(ballot.choices)
    bound = commitment(row.manifest_hash, tracker, choices, ballot.salt)
    signature = keyring().signing_key(SIGNING).sign(bound.encode()).hex()
    receipt = Receipt(tracker, bound, ballot.salt, row.manifest_hash, signature, "unchanged")
    return OwnBallot(voted=True, way=held.way, choices=choices, receipt=receipt)
