"""Taking rows for writing, and the room's history."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.ids import normalise_id
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import NotFound, Stale
from backend.ideas.models import Edition, Idea, Phase, Problem
from backend.ideas.policy import edition_relation, problem_relation
from backend.ideas.queries.standing import idea_relation

Versions = Collection[int] | None
M = TypeVar("M", Edition, Phase, Problem, Idea)


def _locked(session: Session, model: type[M], public_id: str, versions: Versions) -> M:
    row = session.execute(
        select(model)
        .where(model.public_id == normalise_id(public_id[:64]))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound()
    if versions is not None and row.version not in versions:
        raise Stale(headers={"ETag": f'"{row.version}"'})
    return row


def lock_edition(session: Session, public_id: str, versions: Versions = None) -> Edition:
    """Take an edition for writing."""
    return _locked(session, Edition, public_id, versions)


def lock_phase(session: Session, public_id: str, versions: Versions = None) -> Phase:
    """Take a phase for writing."""
    return _locked(session, Phase, public_id, versions)


def lock_problem(session: Session, public_id: str, versions: Versions = None) -> Problem:
    """Take a problem for writing."""
    return _locked(session, Problem, public_id, versions)


def lock_idea(session: Session, public_id: str, versions: Versions = None) -> Idea:
    """Take an idea for writing."""
    return _locked(session, Idea, public_id, versions)


def edition_of(session: Session, edition_id: int) -> Edition:
    """An edition by its key, to read."""
    return session.execute(select(Edition).where(Edition.id == edition_id)).scalar_one()


def authorise_edition(actor: Actor, action: str, edition: Edition) -> str:
    """Let the actor act on an edition; the relation that was found."""
    relation = edition_relation(edition.state, edition.rehearsal)
    authorise(actor, action, relation)
    return relation


def authorise_problem(session: Session, actor: Actor, action: str, problem: Problem) -> str:
    """Let the actor act on a problem that they may read; the relation that was found."""
    edition = edition_of(session, problem.edition_id)
    seen = edition_relation(edition.state, edition.rehearsal)
    relation = problem_relation(actor, problem.author_id, problem.state, seen)
    authorise(actor, "problem.read", relation)
    authorise(actor, action, relation)
    return relation


def authorise_idea(session: Session, actor: Actor, action: str, idea: Idea) -> str:
    """Let the actor act on an idea that they may read; the relation that was found."""
    relation = idea_relation(session, actor, idea)
    authorise(actor, "idea.read", relation)
    authorise(actor, action, relation)
    return relation


def touch(row: Edition | Problem | Idea) -> None:
    """Count a change of a row."""
    row.version += 1
    row.updated_at = utcnow()


def named(actor: Actor, party: str = "citizen") -> str:
    """How history names who acted: staff by their key, citizens by their part alone."""
    if actor.kind in ("system", "machine") or actor.is_staff:
        return actor.key
    return party if actor.account_id is not None else "anonymous"


def chronicle(
    session: Session,
    row: Edition | Problem | Idea,
    action: str,
    by: str,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Write into the history of an edition, a problem or an idea; its row is locked."""
    append(session, row.__tablename__.rpartition("_")[2], row.public_id, action, by, payload)
