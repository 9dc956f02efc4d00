"""The work of a jury: criteria, conflicts before scores, a plan, scores, and what they mean."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.accounts.queries import find_account
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.ids import new_public_id, normalise_id
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import Conflict, Forbidden, Invalid, NotFound
from backend.ideas.models import Edition, Idea
from backend.ideas.models.jury import CONFLICT_KINDS, Juror, JurorConflict, Jury, JuryScore
from backend.ideas.panel import NoPlan, NotConnected, assign, judge, weighted

STREAM = "jury"
JUDGED = ("feasible", "on_ballot")
Row = Mapping[str, Any]


def set_up_jury(  # noqa: PLR0917 - what a jury is
    session: Session, actor: Actor, edition_id: str, criteria: Sequence[Mapping[str, Any]],
    per_idea: int, scale: tuple[int, int] = (1, 10),
) -> str:  # fmt: skip
    """Say by which criteria an edition is judged; possible until the plan is drawn."""
    authorise(actor, "jury.organise")
    edition = session.execute(
        select(Edition.id).where(Edition.public_id == normalise_id(edition_id))
    ).scalar()
    if edition is None:
        raise NotFound()
    if not criteria or sum(c["weight"] for c in criteria) <= 0:
        raise Invalid(errors={"criteria": _("Name criteria whose weights add up to something.")})
    if len({c["code"] for c in criteria}) != len(criteria):
        raise Invalid(errors={"criteria": _("Each criterion needs a code of its own.")})
    if scale[0] >= scale[1]:
        raise Invalid(errors={"highest": _("The highest mark lies above the lowest.")})
    values = {
        "criteria": [dict(c) for c in criteria], "per_idea": per_idea, "lowest": scale[0],
        "highest": scale[1],
    }  # fmt: skip
    known = session.execute(
        select(Jury.id, Jury.public_id, Jury.state).where(Jury.edition_id == edition)
    ).first()
    if known is not None and known.state != "gathering":
        raise Conflict(_("The criteria are frozen: the plan was drawn."))
    public_id = known.public_id if known else new_public_id()
    if known:
        session.execute(update(Jury).where(Jury.id == known.id).values(**values))
    else:
        session.execute(
            insert(Jury).values(
                **values, public_id=public_id, edition_id=edition, state="gathering",
                created_at=utcnow(),
            )
        )  # fmt: skip
    append(session, STREAM, public_id, "set_up", actor.key, values)
    return public_id


def jury_row(session: Session, jury_id: str, state: str | None = None) -> Row:
    """A jury by its id."""
    found = (
        session.execute(select(Jury.__table__).where(Jury.public_id == normalise_id(jury_id[:64])))
        .mappings()
        .first()
    )
    if found is None:
        raise NotFound()
    if state is not None and found["state"] != state:
        raise Conflict(_("The jury is at another point: %(state)s.", state=found["state"]))
    return dict(found)


def add_juror(session: Session, actor: Actor, jury_id: str, account_id: str) -> str:
    """Ask somebody to judge."""
    authorise(actor, "jury.organise")
    jury = jury_row(session, jury_id, "gathering")
    account = find_account(session, normalise_id(account_id[:64]))
    if account is None:
        raise Invalid(errors={"account": _("No account has this number.")})
    public_id = new_public_id()
    values = {"public_id": public_id, "jury_id": jury["id"], "account_id": account.id}
    if not insert_ignore(session, Juror, values, ("jury_id", "account_id")):
        raise Conflict(_("This person is a juror already."))
    append(session, STREAM, jury["public_id"], "juror_added", actor.key, {"juror": public_id})
    return public_id


def ideas_to_judge(session: Session, jury: Row) -> dict[str, Any]:
    """The ideas of the edition that are judged, by public id."""
    rows = session.execute(
        select(Idea.id, Idea.public_id, Idea.title, Idea.summary)
        .where(Idea.edition_id == jury["edition_id"], Idea.state.in_(JUDGED))
        .order_by(Idea.number)
        .limit(500)
    )
    return {row.public_id: row for row in rows}


def own_seat(session: Session, actor: Actor, jury: Row) -> Any:
    """The actor's own place in a jury; to anybody else there is none."""
    row = session.execute(
        select(Juror.id, Juror.public_id, Juror.declared_at).where(
            Juror.jury_id == jury["id"], Juror.account_id == actor.account_id
        )
    ).first()
    if row is None or actor.account_id is None:
        raise NotFound()
    return row


def declare_conflicts(
    session: Session, actor: Actor, jury_id: str, conflicts: Mapping[str, str]
) -> None:
    """Declare, once and before any score can be seen, which ideas one cannot judge."""
    authorise(actor, "jury.judge", "own")
    jury = jury_row(session, jury_id, "gathering")
    seat = own_seat(session, actor, jury)
    if seat.declared_at is not None:
        raise Conflict(_("You have declared already. Tell the organiser of anything new."))
    ideas = ideas_to_judge(session, jury)
    for idea, kind in conflicts.items():
        if idea not in ideas or kind not in CONFLICT_KINDS:
            raise Invalid(errors={"conflicts": _("Name ideas of this edition, and why.")})
        session.execute(
            insert(JurorConflict).values(juror_id=seat.id, idea_id=ideas[idea].id, kind=kind)
        )
    session.execute(update(Juror).where(Juror.id == seat.id).values(declared_at=utcnow()))
    content = {"juror": seat.public_id, "recused": sorted(conflicts)}
    append(session, STREAM, jury["public_id"], "declared", actor.key, content)


def draw_plan(session: Session, actor: Actor, jury_id: str, seed: str) -> dict[str, list[str]]:
    """Freeze the criteria and share the ideas out: balanced, without conflicts, comparable."""
    authorise(actor, "jury.organise")
    jury = jury_row(session, jury_id, "gathering")
    jurors = session.execute(
        select(Juror.id, Juror.public_id, Juror.declared_at).where(Juror.jury_id == jury["id"])
    ).all()
    if waiting := sum(1 for juror in jurors if juror.declared_at is None):
        raise Conflict(_("%(n)s jurors have not declared their conflicts yet.", n=waiting))
    ideas = ideas_to_judge(session, jury)
    by_key = {row.id: public for public, row in ideas.items()}
    names = {juror.id: juror.public_id for juror in jurors}
    barred = [
        (names[row.juror_id], by_key[row.idea_id])
        for row in session.execute(
            select(JurorConflict.juror_id, JurorConflict.idea_id).where(
                JurorConflict.juror_id.in_(list(names))
            )
        )
        if row.idea_id in by_key
    ]
    try:
        plan = assign(
            list(ideas), sorted(names.values()), per_idea=jury["per_idea"], conflicts=barred,
            seed=seed,
        )  # fmt: skip
    except NoPlan as reason:
        raise Conflict(str(reason)) from reason
    keys = {public: key for key, public in names.items()}
    session.execute(
        insert(JuryScore),
        [
            {"juror_id": keys[juror], "idea_id": ideas[idea].id}
            for juror, given in plan.ideas_of.items()
            for idea in given
        ],
    )
    session.execute(
        update(Jury).where(Jury.id == jury["id"])
        .values(state="judging", seed=seed, frozen_at=utcnow())
    )  # fmt: skip
    shared = {juror: list(given) for juror, given in plan.ideas_of.items()}
    append(session, STREAM, jury["public_id"], "plan_drawn", actor.key, {"seed": seed})
    return shared


def give_score(
    session: Session, actor: Actor, jury_id: str, idea_id: str, marks: Mapping[str, int],
    *, note: str,
) -> None:  # fmt: skip
    """Judge an idea of one's own list by every criterion; extremes need their reason."""
    authorise(actor, "jury.judge", "own")
    jury = jury_row(session, jury_id, "judging")
    seat = own_seat(session, actor, jury)
    ideas = ideas_to_judge(session, jury)
    if idea_id not in ideas:
        raise NotFound()
    if set(marks) != {c["code"] for c in jury["criteria"]}:
        raise Invalid(errors={"marks": _("Mark every criterion.")})
    if any(not jury["lowest"] <= mark <= jury["highest"] for mark in marks.values()):
        raise Invalid(
            errors={"marks": _("Marks lie between %(low)s and %(high)s.",
                               low=jury["lowest"], high=jury["highest"])}
        )  # fmt: skip
    extreme = {jury["lowest"], jury["highest"]} & set(marks.values())
    if extreme and len(note.strip()) < 10:
        raise Invalid(errors={"note": _("Give the reason for the lowest or highest mark.")})
    done = session.execute(
        update(JuryScore)
        .where(JuryScore.juror_id == seat.id, JuryScore.idea_id == ideas[idea_id].id)
        .values(marks=dict(marks), note=note or None, scored_at=utcnow())
        .returning(JuryScore.id)
    ).first()
    if done is None:
        raise Forbidden(_("This idea is not on your list."))
    content = {"juror": seat.public_id, "idea": idea_id}
    append(session, STREAM, jury["public_id"], "scored", actor.key, content)


def close_jury(session: Session, actor: Actor, jury_id: str) -> dict[str, Any]:
    """Find what the jury found, once every score that was promised is there."""
    authorise(actor, "jury.organise")
    jury = jury_row(session, jury_id, "judging")
    rows = session.execute(
        select(Juror.public_id.label("juror"), Idea.public_id.label("idea"), JuryScore.marks)
        .join(Juror, Juror.id == JuryScore.juror_id)
        .join(Idea, Idea.id == JuryScore.idea_id)
        .where(Juror.jury_id == jury["id"])
    ).all()
    if open_ := sum(1 for row in rows if row.marks is None):
        raise Conflict(_("%(n)s scores are missing. No idea is judged by fewer.", n=open_))
    weights = {c["code"]: Fraction(str(c["weight"])) for c in jury["criteria"]}
    scores: dict[str, dict[str, Fraction]] = {}
    for row in rows:
        marks = {code: Fraction(mark) for code, mark in row.marks.items()}
        scores.setdefault(row.juror, {})[row.idea] = weighted(marks, weights)
    try:
        found = judge(scores)
    except NotConnected as reason:
        raise Conflict(_("Some jurors judged nothing in common with the others.")) from reason
    result = {
        "order": list(found.order),
        **{
            name: {key: round(float(value), 4) for key, value in getattr(found, name).items()}
            for name in ("corrected", "leniency", "raw_mean", "borda", "median", "z_mean")
        },
        "agreement": found.agreement,
        "agreement_estimated": found.agreement_estimated,
        "winner_without": dict(found.winner_without),
        "judged_by": dict(found.judged_by),
    }
    session.execute(
        update(Jury).where(Jury.id == jury["id"])
        .values(state="closed", result=result, closed_at=utcnow())
    )  # fmt: skip
    append(session, STREAM, jury["public_id"], "closed", actor.key, {"order": result["order"]})
    return result


def own_list(session: Session, actor: Actor, jury_id: str) -> dict[str, Any]:
    """What a juror sees: all ideas until they declared, then their own list and own marks alone."""
    authorise(actor, "jury.judge", "own")
    jury = jury_row(session, jury_id)
    seat = own_seat(session, actor, jury)
    ideas = ideas_to_judge(session, jury)
    by_key = {row.id: row for row in ideas.values()}
    rows = session.execute(
        select(JuryScore.idea_id, JuryScore.marks, JuryScore.note)
        .where(JuryScore.juror_id == seat.id)
        .order_by(JuryScore.id)
    )
    mine = [
        {"idea": by_key[r.idea_id].public_id, "title": by_key[r.idea_id].title, "marks": r.marks,
         "note": r.note}
        for r in rows if r.idea_id in by_key
    ]  # fmt: skip
    return {
        "id": jury["public_id"], "state": jury["state"], "criteria": jury["criteria"],
        "lowest": jury["lowest"], "highest": jury["highest"],
        "declared": seat.declared_at is not None,
        "ideas": [{"idea": i, "title": row.title, "summary": row.summary}
                  for i, row in ideas.items()],
        "mine": mine,
    }  # fmt: skip
