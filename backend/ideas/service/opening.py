"""The life of a vote: frozen and hashed when it opens, closed to the second, unlinked for good."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.core.actor import Actor
from backend.core.clock import rfc3339, utcnow
from backend.core.crypto import keyring
from backend.core.db import is_postgresql
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.jobs import enqueue
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound
from backend.ideas.ballot_form import MOST_OPTIONS, BallotForm
from backend.ideas.models import Edition, Idea, Phase, table_of
from backend.ideas.models.ballot import (
    Ballot,
    Mark,
    UnfinishedBallot,
    Vote,
    VoteOption,
)
from backend.ideas.queries.votes import STREAM, vote_by_id
from backend.ideas.secrecy import new_key
from backend.ideas.service.casting import SIGNING, server_time

FORMAT = "vox-urbis-vote/1"
CLOSE = "ideas.close_vote"
SETTLE = "ideas.settle_ballots"
CLEAR = "ideas.clear_traces"
ON_BALLOT = ("feasible", "on_ballot")


def vote_row(session: Session, edition_id: int) -> tuple[int, str]:
    """The vote of an edition, as key and public id; set up when it is asked for first."""
    row = session.execute(
        select(Vote.id, Vote.public_id).where(Vote.edition_id == edition_id)
    ).first()
    if row is not None:
        return row.id, row.public_id
    now, public_id = utcnow(), new_public_id()
    made = session.execute(
        insert(Vote)
        .values(
            public_id=public_id, edition_id=edition_id, version=1, state="draft",
            created_at=now, updated_at=now,
        )
        .returning(Vote.id)
    )  # fmt: skip
    return int(made.scalar_one()), public_id


def missing_for_vote(session: Session, edition_id: int) -> list[str]:
    """What a vote still lacks before it can open, in words for the organiser."""
    edition = _edition(session, edition_id)
    found: list[str] = []
    if not edition["ballot"]:
        found.append(_("The ballot is not declared: its kind and how much may be chosen."))
    if not edition["rule"]:
        found.append(_("The rule of the count is not declared."))
    elif "lot" in edition["rule"].get("tie", ()) and not _lot_source(edition):
        found.append(_("The public source of the lot for ties is not named."))
    pots = pots_for(edition)
    if not pots or any(not pot["budget"] for pot in pots):
        found.append(_("The budget is not set."))
    ideas = _candidates(session, edition_id)
    if len(ideas) < 2:
        found.append(_("Fewer than two ideas were found feasible."))
    for idea in ideas:
        if not idea["cost"]:
            found.append(_("“%(title)s” has no cost.", title=idea["title"]))
        elif _pot_of(session, idea, pots) is None:
            found.append(_("“%(title)s” belongs to no pot.", title=idea["title"]))
    return found


def _lot_source(edition: Mapping[str, Any]) -> str | None:
    """Where the seed of the lot will come from, named before anybody can know it."""
    return (edition["ballot"] or {}).get("lot_source")


def _edition(session: Session, edition_id: int) -> dict[str, Any]:
    row = session.execute(select(Edition.__table__).where(Edition.id == edition_id)).mappings()
    found = row.first()
    if found is None:
        raise NotFound()
    return dict(found)


def _candidates(session: Session, edition_id: int) -> list[dict[str, Any]]:
    rows = session.execute(
        select(
            Idea.id, Idea.public_id, Idea.title, Idea.cost, Idea.district_id, Idea.component,
            Idea.domain,
        )
        .where(Idea.edition_id == edition_id, Idea.state.in_(ON_BALLOT))
        .order_by(Idea.number, Idea.id)
        .limit(MOST_OPTIONS)
    )  # fmt: skip
    return [dict(row) for row in rows.mappings()]


def pots_for(edition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The pots of an edition; without any of its own, one for the whole city."""
    stored: Sequence[Mapping[str, Any]] = edition["pots"] or ()
    if not stored:
        return [{"code": "city", "name": {}, "budget": edition["budget"] or 0}]
    return [
        {
            "code": pot["code"],
            "name": pot.get("name") or {},
            "budget": pot.get("amount") or pot.get("budget") or 0,
            **{key: pot[key] for key in ("district", "component", "minimum", "maximum")
               if pot.get(key) is not None},
        }
        for pot in stored
    ]  # fmt: skip


def _pot_of(
    session: Session, idea: Mapping[str, Any], pots: Sequence[Mapping[str, Any]]
) -> str | None:
    district = next(
        (d.code for d in city.facts(session).districts if d.id == idea["district_id"]), None
    )
    for pot in pots:
        if pot.get("district") and pot["district"] == district:
            return str(pot["code"])
        if pot.get("component") and pot["component"] in (idea["component"], idea["domain"]):
            return str(pot["code"])
    open_to_all = [p for p in pots if not p.get("district") and not p.get("component")]
    return str(open_to_all[0]["code"]) if open_to_all else None


def open_vote(
    session: Session, edition_id: int, *, opens_at: datetime, closes_at: datetime,
    who: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """Freeze the ballot, the pots, the voters and the rule, hash them, and open the vote."""
    if lacking := missing_for_vote(session, edition_id):
        raise Conflict(" ".join(lacking))
    key, public_id = vote_row(session, edition_id)
    state = session.execute(
        select(Vote.state).where(Vote.id == key).with_for_update()
    ).scalar_one()  # fmt: skip
    if state != "draft":
        raise Conflict(_("This vote was opened already. Its rules cannot change any more."))
    edition = _edition(session, edition_id)
    declared = dict(edition["ballot"])
    pots = pots_for(edition)
    voters = {**(who or {}), **declared.pop("voters", {})}
    ballot = {
        **BallotForm.read(declared).document(),
        "withdrawn": declared.get("withdrawn") or "strike",
        "lot_source": declared.get("lot_source"),
    }
    options = _number_options(session, edition_id, pots, key)
    manifest = {
        "format": FORMAT,
        "vote": public_id,
        "edition": edition["public_id"],
        "opens_at": rfc3339(opens_at),
        "closes_at": rfc3339(closes_at),
        "ballot": ballot,
        "pots": pots,
        "voters": voters,
        "rule": edition["rule"],
        "options": options,
        "signing_key": signing_key(),
    }
    digest = hashlib.sha256(orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS)).hexdigest()
    now = utcnow()
    session.execute(
        update(Vote)
        .where(Vote.id == key)
        .values(
            state="open", opens_at=opens_at, closes_at=closes_at, ballot=ballot, pots=pots,
            voters=voters, rule=edition["rule"], manifest=manifest, manifest_hash=digest,
            mark_key=new_key(), link_key=new_key(), opened_at=now, updated_at=now,
            version=Vote.version + 1,
        )
    )  # fmt: skip
    session.execute(
        update(Idea).where(Idea.id.in_([o["idea_id"] for o in _rows(session, key)]))
        .values(state="on_ballot", updated_at=now)
    )  # fmt: skip
    session.execute(
        update(Edition)
        .where(Edition.id == edition_id)
        .values(rules_digest=digest, rules_frozen_at=now, updated_at=now)
    )
    append(session, STREAM, public_id, "opened", "system", {"manifest": digest})
    enqueue(session, CLOSE, {"vote": public_id}, run_at=closes_at)
    return public_id


def signing_key() -> str:
    """The public key that receipts are checked with, hexadecimal."""
    public = keyring().signing_key(SIGNING).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _rows(session: Session, key: int) -> list[dict[str, Any]]:
    rows = session.execute(
        select(VoteOption.idea_id).where(VoteOption.vote_id == key).limit(MOST_OPTIONS)
    )
    return [dict(row) for row in rows.mappings()]


def _number_options(
    session: Session, edition_id: int, pots: Sequence[Mapping[str, Any]], key: int
) -> list[dict[str, Any]]:
    """Put the ideas onto the ballot in an order drawn by lot, pot by pot."""
    ideas = _candidates(session, edition_id)
    secrets.SystemRandom().shuffle(ideas)
    order = {pot["code"]: place for place, pot in enumerate(pots)}
    placed = [(idea, _pot_of(session, idea, pots) or "") for idea in ideas]
    placed.sort(key=lambda pair: order[pair[1]])
    rows, shown = [], []
    for number, (idea, pot) in enumerate(placed, start=1):
        categories = [idea["domain"]] if idea["domain"] else []
        public = {
            "number": number, "idea": idea["public_id"], "title": idea["title"],
            "cost": idea["cost"], "pot": pot, "categories": categories, "exclusion": None,
        }  # fmt: skip
        rows.append({**public, "vote_id": key, "idea_id": idea["id"]})
        shown.append(public)
    session.execute(insert(VoteOption), rows)
    return shown


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


_KEEP = (
    "CREATE TEMP TABLE settling ON COMMIT DROP AS "
    "SELECT {columns} FROM {table} WHERE vote_id = :vote"
)
_EMPTY = "DELETE FROM {table} WHERE vote_id = :vote"
_REFILL = "INSERT INTO {table} ({columns}) SELECT {columns} FROM settling ORDER BY {order}"


def settle_ballots(session: Session, vote_key: int) -> None:
    """Write ballots and marks anew in the order of their random keys.

    PostgreSQL stores rows as they come and notes the transaction that wrote each; both would
    tell in which order people voted. SQLite keeps these tables in the order of their keys.
    """
    if not is_postgresql(session):
        return
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


def phase_of_vote(session: Session, edition_id: int) -> Mapping[str, Any] | None:
    """The phase in which an edition is voted on."""
    row = session.execute(
        select(Phase.__table__).where(Phase.edition_id == edition_id, Phase.kind == "vote")
    )
    found = row.mappings().first()
    return dict(found) if found else None
