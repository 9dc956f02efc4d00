"""Reading competitions, editions and their calendars."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.ids import normalise_id
from backend.core.policy import authorise
from backend.core.problems import NotFound
from backend.ideas.eligibility import Who
from backend.ideas.models import Competition, Edition, Idea, Phase, PhaseChange, Problem
from backend.ideas.policy import edition_relation, is_organiser

MOST = 100
_EDITION = (
    Edition.id, Edition.public_id, Edition.version, Edition.competition_id, Edition.year,
    Edition.name, Edition.summary, Edition.state, Edition.state_reason, Edition.rehearsal,
    Edition.budget, Edition.currency, Edition.largest_cost, Edition.smallest_cost,
    Edition.endorsements_needed, Edition.answer_days, Edition.appeal_days, Edition.pots,
    Edition.ballot, Edition.rule, Edition.rules_digest, Edition.rules_frozen_at,
    Competition.public_id.label("competition"), Competition.name.label("competition_name"),
)  # fmt: skip


def competitions(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """The city's competitions."""
    authorise(actor, "competition.read")
    rows = session.execute(
        select(Competition.public_id, Competition.slug, Competition.name, Competition.description)
        .order_by(Competition.id)
        .limit(MOST)
    )
    return [
        {"id": r.public_id, "slug": r.slug, "name": r.name, "description": r.description}
        for r in rows
    ]


def editions(
    session: Session, actor: Actor, competition: str | None = None
) -> list[dict[str, Any]]:
    """The editions that this actor may see, the latest year first."""
    authorise(actor, "competition.read")
    query = select(*_EDITION).join(Competition, Competition.id == Edition.competition_id)
    if competition:
        query = query.where(Competition.public_id == normalise_id(competition[:64]))
    if not is_organiser(actor):
        query = query.where(Edition.rehearsal.is_(False), Edition.state != "draft")
    rows = session.execute(query.order_by(Edition.year.desc(), Edition.id.desc()).limit(MOST))
    return [_document(row) for row in rows]


def _document(row: Any) -> dict[str, Any]:
    found = dict(row._mapping)
    found.pop("id")
    found.pop("competition_id")
    found["id"] = found.pop("public_id")
    found["pots"] = found["pots"] or []
    return found


def current_edition(session: Session) -> str | None:
    """The edition that people mean by "the competition": the latest that runs, else the latest."""
    return session.execute(
        select(Edition.public_id)
        .where(Edition.rehearsal.is_(False), Edition.state != "draft")
        .order_by((Edition.state == "running").desc(), Edition.year.desc(), Edition.id.desc())
        .limit(1)
    ).scalar()


def edition_key(session: Session, actor: Actor, public_id: str) -> int:
    """The key of an edition that this actor may read."""
    row = session.execute(
        select(Edition.id, Edition.state, Edition.rehearsal).where(
            Edition.public_id == normalise_id(public_id[:64])
        )
    ).first()
    if row is None:
        raise NotFound()
    authorise(actor, "edition.read", edition_relation(row.state, row.rehearsal))
    return int(row.id)


def read_edition(session: Session, actor: Actor, public_id: str) -> dict[str, Any]:
    """One edition with its phases, what was done to its calendar, and how much is in it."""
    key = edition_key(session, actor, public_id)
    row = session.execute(
        select(*_EDITION)
        .join(Competition, Competition.id == Edition.competition_id)
        .where(Edition.id == key)
    ).one()
    document = _document(row)
    document["phases"] = phases_of(session, [key], for_desk=is_organiser(actor))[key]
    document["changes"] = _changes(session, key)
    document["ideas"] = session.execute(
        select(func.count()).where(
            Idea.edition_id == key, Idea.state != "draft", Idea.hidden_reason.is_(None)
        )
    ).scalar_one()
    document["problems"] = session.execute(
        select(func.count()).where(Problem.edition_id == key, Problem.state != "hidden")
    ).scalar_one()
    return document


def phases_of(
    session: Session, keys: Sequence[int], *, for_desk: bool = False
) -> dict[int, list[dict[str, Any]]]:
    """The phases of some editions, in their order, with how they stand at this moment."""
    rows = session.execute(
        select(
            Phase.edition_id, Phase.public_id, Phase.version, Phase.kind, Phase.starts_at,
            Phase.ends_at, Phase.state, Phase.who, Phase.opened_at, Phase.closed_at,
            Phase.held_back,
        )
        .where(Phase.edition_id.in_(list(keys)))
        .order_by(Phase.edition_id, Phase.position)
    )  # fmt: skip
    found: dict[int, list[dict[str, Any]]] = {key: [] for key in keys}
    now = utcnow()
    for row in rows:
        document = {
            "id": row.public_id, "version": row.version, "kind": row.kind,
            "starts_at": row.starts_at, "ends_at": row.ends_at, "state": row.state,
            "is_open": is_open_now(row, now), "who": Who.of(row.who).document(),
            "opened_at": row.opened_at, "closed_at": row.closed_at,
        }  # fmt: skip
        if for_desk:
            document["held_back"] = list(row.held_back or [])
        found[row.edition_id].append(document)
    return found


def is_open_now(phase: Any, now: datetime) -> bool:
    """Whether something can be done in a phase at a moment."""
    return bool(phase.state == "open" and phase.starts_at <= now < phase.ends_at)


def _changes(session: Session, edition_id: int) -> list[dict[str, Any]]:
    rows = session.execute(
        select(
            PhaseChange.action, PhaseChange.reason, PhaseChange.at, PhaseChange.old_ends_at,
            PhaseChange.new_ends_at, Phase.kind,
        )
        .outerjoin(Phase, Phase.id == PhaseChange.phase_id)
        .where(PhaseChange.edition_id == edition_id, PhaseChange.action != "planned")
        .order_by(PhaseChange.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return [
        {
            "phase": row.kind, "action": row.action, "reason": row.reason, "at": row.at,
            "old_ends_at": row.old_ends_at, "new_ends_at": row.new_ends_at,
        }
        for row in rows
    ]  # fmt: skip


def phase_named(document: Mapping[str, Any], kind: str) -> Mapping[str, Any] | None:
    """A phase of an edition's document by its kind."""
    return next((phase for phase in document["phases"] if phase["kind"] == kind), None)
