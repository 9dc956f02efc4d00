"""The end of a vote: closed to the second, unlinked, settled, and its keys destroyed for good."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import rfc3339, utcnow
from backend.core.db import engine_of, is_postgresql
from backend.core.i18n import _
from backend.core.jobs import enqueue
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound
from backend.ideas.models import table_of
from backend.ideas.models.ballot import Ballot, Mark, UnfinishedBallot, Vote, VoteOption
from backend.ideas.queries.votes import STREAM, vote_by_id
from backend.ideas.service.casting import server_time

CLOSE = "ideas.close_vote"
SETTLE = "ideas.settle_ballots"
CLEAR = "ideas.clear_traces"


def close_vote(session: Session, vote_id: str) -> bool:
    """Close a vote whose time is over and destroy the way from marks to ballots.

    Casts hold the vote's row until they commit, so what was acknowledged before is inside.
    """
    row = session.execute(
        select(Vote.id, Vote.state, Vote.closes_at)
        .where(Vote.public_id == vote_id)
        .with_for_update()
    ).first()
    if row is None or row.state != "open":
        return False
    now = server_time(session)
    if row.closes_at > now:
        enqueue(session, CLOSE, {"vote": vote_id}, run_at=row.closes_at)
        return False
    session.execute(
        update(Vote)
        .where(Vote.id == row.id)
        .values(
            state="closed", closed_at=now, link_key=None, updated_at=now, version=Vote.version + 1
        )
    )
    session.execute(update(Mark).where(Mark.vote_id == row.id).values(handle=None))
    session.execute(delete(UnfinishedBallot).where(UnfinishedBallot.vote_id == row.id))
    append(session, STREAM, vote_id, "closed", "system")
    enqueue(session, SETTLE, {"vote": row.id}, key=f"{SETTLE}:{row.id}")
    return True


_KEEP = "CREATE TEMP TABLE settling AS SELECT {columns} FROM {table} WHERE vote_id = :vote"
_EMPTY = "DELETE FROM {table} WHERE vote_id = :vote"
_REFILL = "INSERT INTO {table} ({columns}) SELECT {columns} FROM settling ORDER BY {order}"


def settle_ballots(session: Session, vote_key: int) -> None:
    """Write ballots and marks anew in the order of their random keys.

    PostgreSQL stores rows as they come and notes the transaction that wrote each; SQLite fills
    its pages as rows come. Both would tell in which order people voted.
    """
    for model, order in ((Ballot, "tracker"), (Mark, "mark")):
        table = table_of(model)
        columns = ", ".join(column.name for column in table.columns)
        vote = {"vote": vote_key}
        for statement, values in (
            (_KEEP.format(columns=columns, table=table.name), vote),
            (_EMPTY.format(table=table.name), vote),
            (_REFILL.format(columns=columns, table=table.name, order=order), {}),
            ("DROP TABLE settling", {}),
        ):
            session.execute(text(statement), values)


def clear_traces_later(session: Session, vote_key: int) -> None:
    """Rewrite the files once the settled rows are committed and nobody reads the old ones."""
    enqueue(session, CLEAR, {"vote": vote_key}, run_at=utcnow() + timedelta(seconds=30))


def clear_traces(session: Session) -> None:
    """Rewrite the files of both tables, so that the rows written at the time are gone for good."""
    if is_postgresql(session):
        for name in (Ballot.__tablename__, Mark.__tablename__):
            session.execute(text(f"CLUSTER {name} USING pk_{name}"))
        return
    session.commit()  # the log can only be emptied by who holds no turn
    connection: Any = engine_of(session).raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()


def extend_vote(session: Session, vote_id: str, closes_at: datetime) -> None:
    """Move the close to a later moment; the phase's own record holds the reason."""
    row = session.execute(
        select(Vote.id, Vote.state, Vote.closes_at)
        .where(Vote.public_id == vote_id)
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound()
    if row.state not in ("open", "suspended") or closes_at <= utcnow():
        raise Conflict(_("Only a vote that is open can be extended, to a moment to come."))
    session.execute(
        update(Vote).where(Vote.id == row.id).values(closes_at=closes_at, updated_at=utcnow())
    )
    append(session, STREAM, vote_id, "extended", "system", {"closes_at": rfc3339(closes_at)})
    enqueue(session, CLOSE, {"vote": vote_id}, run_at=closes_at)


def set_resting(session: Session, vote_id: str, *, resting: bool) -> None:
    """Suspend a vote, or let it go on."""
    old, new = ("open", "suspended") if resting else ("suspended", "open")
    row = session.execute(
        select(Vote.id, Vote.closes_at)
        .where(Vote.public_id == vote_id, Vote.state == old)
        .with_for_update()
    ).first()
    if row is None:
        raise Conflict()
    session.execute(update(Vote).where(Vote.id == row.id).values(state=new, updated_at=utcnow()))
    append(session, STREAM, vote_id, "suspended" if resting else "resumed", "system")
    if not resting:
        enqueue(session, CLOSE, {"vote": vote_id}, run_at=row.closes_at)


def annul_vote(session: Session, vote_id: str) -> None:
    """End a vote without any result; its keys are destroyed at once."""
    session.execute(
        update(Vote)
        .where(Vote.public_id == vote_id)
        .values(state="annulled", link_key=None, mark_key=None, updated_at=utcnow())
    )
    append(session, STREAM, vote_id, "annulled", "system")


def withdraw_option(
    session: Session, actor: Actor, vote_id: str, number: int, reason: str
) -> None:  # fmt: skip
    """Take an idea off the ballot while people vote; the rule set beforehand says what follows."""
    authorise(actor, "vote.organise")
    vote = vote_by_id(session, vote_id)
    if vote["state"] not in ("open", "suspended"):
        raise Conflict(_("The ballot can only change while the vote is open."))
    if not reason.strip():
        raise Invalid(errors={"reason": _("Say why. Everybody can read it.")})
    done = session.execute(
        update(VoteOption)
        .where(
            VoteOption.vote_id == vote["id"],
            VoteOption.number == number,
            VoteOption.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=utcnow(), withdrawn_reason=reason[:500])
        .returning(VoteOption.idea)
    ).first()
    if done is None:
        raise NotFound()
    content = {"number": number, "idea": done.idea, "reason": reason[:500]}
    append(session, STREAM, vote["public_id"], "idea_withdrawn", actor.key, content)


def destroy_mark_key(session: Session, actor: Actor, vote_id: str) -> str:
    """Destroy the key of the marks, once objections are over; two organisers ask for it."""
    authorise(actor, "vote.destroy_key")
    row = session.execute(
        select(
            Vote.id, Vote.public_id, Vote.state, Vote.objections_until,
            Vote.destruction_asked_by, Vote.destroyed_at,
        )
        .where(Vote.public_id == vote_id)
        .with_for_update()
    ).first()  # fmt: skip
    if row is None:
        raise NotFound()
    now = utcnow()
    if row.destroyed_at is not None:
        raise Conflict(_("The keys of this vote are destroyed already."))
    if row.state != "counted" or row.objections_until is None or row.objections_until > now:
        raise Conflict(_("The keys are kept until the time for objections is over."))
    if row.destruction_asked_by is None:
        changes: dict[str, Any] = {"destruction_asked_by": actor.account_id}
        outcome = "asked"
    elif row.destruction_asked_by == actor.account_id:
        raise Conflict(_("A second person has to agree."))
    else:
        changes = {"mark_key": None, "link_key": None, "destroyed_at": now}
        outcome = "destroyed"
    session.execute(update(Vote).where(Vote.id == row.id).values(**changes, updated_at=now))
    append(session, STREAM, row.public_id, f"key_destruction_{outcome}", actor.key)
    if outcome == "destroyed":
        enqueue(session, SETTLE, {"vote": row.id}, key=f"{SETTLE}:{row.id}:end")
    return outcome


def due_to_close(session: Session) -> list[str]:
    """Open votes whose time is over, for the sweep that catches what a lost job left."""
    rows = session.execute(
        select(Vote.public_id).where(Vote.state == "open", Vote.closes_at <= utcnow()).limit(50)
    )
    return [row.public_id for row in rows]
