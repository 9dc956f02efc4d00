"""Endorsing ideas: once per person, up to the threshold and beyond; kept through a merge."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.events import publish
from backend.core.i18n import _
from backend.core.policy import authorise
from backend.core.problems import Conflict, NotFound
from backend.ideas.events import IdeaEndorsed
from backend.ideas.models import Edition, Endorsement, Idea
from backend.ideas.queries.standing import idea_relation
from backend.ideas.service.record import authorise_idea, chronicle, edition_of, lock_idea, touch
from backend.ideas.service.taking_part import admit
from backend.ideas.voice import mark_of
from backend.notifications import service as notifications


def endorse(
    session: Session,
    actor: Actor,
    public_id: str,
    *,
    wanted: bool = True,
    device: str | None = None,
    old_enough: bool = False,
) -> Idea:
    """Support an idea, once per person, or take the support back."""
    idea = lock_idea(session, public_id)
    relation = idea_relation(session, actor, idea)
    authorise(actor, "idea.read", relation)
    if relation == "own":
        raise Conflict(_("A team does not endorse its own idea."))
    authorise(actor, "idea.endorse", relation)
    if idea.state != "proposed":
        raise Conflict(_("Only ideas that are proposed can be endorsed."))
    admit(session, actor, idea.edition_id, ("endorse",), old_enough=old_enough)
    who = mark_of(actor, device)
    if wanted:
        values = {
            "idea_id": idea.id, "who": who, "account_id": actor.account_id, "state": "given",
            "created_at": utcnow(),
        }  # fmt: skip
        if not insert_ignore(session, Endorsement, values, ("idea_id", "who")):
            _answer(session, idea.id, who, "given")
    else:
        session.execute(
            delete(Endorsement).where(Endorsement.idea_id == idea.id, Endorsement.who == who)
        )
    recount(session, idea, edition_of(session, idea.edition_id))
    return idea


def recount(session: Session, idea: Idea, edition: Edition) -> None:
    """Count who supports an idea, and note when that is enough; who was asked counts meanwhile."""
    idea.endorsements = session.execute(
        select(func.count()).where(Endorsement.idea_id == idea.id, Endorsement.state != "declined")
    ).scalar_one()
    touch(idea)
    needed = edition.endorsements_needed or 0
    if idea.endorsed_at is None and idea.endorsements >= needed:
        idea.endorsed_at = utcnow()
        chronicle(session, idea, "endorsed", "system", {"endorsements": idea.endorsements})
        session.flush()
        publish(session, IdeaEndorsed(idea.public_id, idea.endorsements))
    session.flush()


def answer_carried(session: Session, actor: Actor, public_id: str, *, keep: bool) -> Idea:
    """Say whether a support that was carried into a merged idea still holds."""
    idea = lock_idea(session, public_id)
    authorise_idea(session, actor, "idea.endorse", idea)
    who = mark_of(actor)
    if not _answer(session, idea.id, who, "given" if keep else "declined"):
        raise NotFound()
    recount(session, idea, edition_of(session, idea.edition_id))
    return idea


def _answer(session: Session, idea_id: int, who: str, state: str) -> bool:
    done = session.execute(
        update(Endorsement)
        .where(Endorsement.idea_id == idea_id, Endorsement.who == who)
        .values(state=state)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def carry_endorsements(session: Session, from_ids: list[int], into: Idea) -> list[int]:
    """Carry the supports of ideas into the one they became; nobody counts twice.

    Who carries along is asked whether it still holds; their accounts are returned.
    """
    rows = session.execute(
        select(Endorsement.who, Endorsement.account_id, Endorsement.idea_id)
        .where(Endorsement.idea_id.in_(from_ids), Endorsement.state != "declined")
        .order_by(Endorsement.id)
    ).all()
    asked: list[int] = []
    for row in rows:
        values = {
            "idea_id": into.id, "who": row.who, "account_id": row.account_id, "state": "asked",
            "carried_from_id": row.idea_id, "created_at": utcnow(),
        }  # fmt: skip
        if insert_ignore(session, Endorsement, values, ("idea_id", "who")) and row.account_id:
            asked.append(row.account_id)
    return asked


def follow(session: Session, actor: Actor, public_id: str, *, wanted: bool = True) -> None:
    """Hear of an idea from now on, or no longer."""
    idea = lock_idea(session, public_id)
    authorise_idea(session, actor, "idea.follow", idea)
    act = notifications.follow if wanted else notifications.unfollow
    act(session, actor, "idea", idea.public_id)
