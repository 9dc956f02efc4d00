"""Reading juries: a person's seats, and what an organiser sees of who has done what."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.accounts.queries import names_of
from backend.core.actor import Actor
from backend.core.ids import normalise_id
from backend.core.problems import NotFound
from backend.ideas.models import Edition, Idea
from backend.ideas.models.jury import Juror, JurorConflict, Jury, JuryScore

MOST = 100
_EDITION = (Edition.public_id.label("edition"), Edition.name, Edition.year)


def juries_for_desk(session: Session) -> list[dict[str, Any]]:
    """Every edition with its jury, if one was set up, the latest first."""
    rows = session.execute(
        select(*_EDITION, Jury.public_id.label("jury"), Jury.state)
        .outerjoin(Jury, Jury.edition_id == Edition.id)
        .order_by(Edition.year.desc(), Edition.id.desc())
        .limit(MOST)
    )
    return [dict(row) for row in rows.mappings()]


def edition_jury(session: Session, edition_id: str) -> dict[str, Any]:
    """An edition and its jury; the jury's own part is empty until it was set up."""
    row = session.execute(
        select(
            *_EDITION, Jury.id, Jury.public_id, Jury.state, Jury.criteria, Jury.lowest,
            Jury.highest, Jury.per_idea, Jury.seed, Jury.result, Jury.edition_id,
        )
        .outerjoin(Jury, Jury.edition_id == Edition.id)
        .where(Edition.public_id == normalise_id(edition_id[:64]))
    ).mappings().first()  # fmt: skip
    if row is None:
        raise NotFound()
    return dict(row)


def seats_of(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """The juries in which somebody sits, with how much of their list is done."""
    if actor.account_id is None:
        return []
    rows = session.execute(
        select(
            *_EDITION, Jury.public_id.label("jury"), Jury.state, Juror.declared_at,
            func.count(JuryScore.id).label("given"),
            func.count(JuryScore.scored_at).label("done"),
        )
        .join(Jury, Jury.id == Juror.jury_id)
        .join(Edition, Edition.id == Jury.edition_id)
        .outerjoin(JuryScore, JuryScore.juror_id == Juror.id)
        .where(Juror.account_id == actor.account_id)
        .group_by(Juror.id, Jury.id, Edition.id)
        .order_by(Edition.year.desc(), Jury.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return [dict(row) for row in rows.mappings()]


def jurors_of(session: Session, jury: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The jurors by name: whether they declared, what bars them, how much is done; no marks."""
    rows = session.execute(
        select(
            Juror.id, Juror.public_id, Juror.account_id, Juror.declared_at,
            func.count(JuryScore.id).label("given"),
            func.count(JuryScore.scored_at).label("done"),
        )
        .outerjoin(JuryScore, JuryScore.juror_id == Juror.id)
        .where(Juror.jury_id == jury["id"])
        .group_by(Juror.id)
        .order_by(Juror.id)
        .limit(MOST)
    ).mappings()  # fmt: skip
    found = [dict(row) for row in rows]
    counted = session.execute(
        select(JurorConflict.juror_id, func.count().label("number"))
        .where(JurorConflict.juror_id.in_([row["id"] for row in found]))
        .group_by(JurorConflict.juror_id)
    )
    barred: dict[int, int] = {row.juror_id: row.number for row in counted}
    names = names_of(session, [row["account_id"] for row in found if row["account_id"]])
    for number, row in enumerate(found, start=1):
        row |= {
            "number": number, "conflicts": barred.get(row["id"], 0),
            "name": names.get(row["account_id"]) if row["account_id"] else None,
        }  # fmt: skip
    return found


def missing_scores(session: Session, jury: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The judgements that were promised and are not there: which juror, which idea."""
    rows = session.execute(
        select(Juror.public_id.label("juror"), Idea.number, Idea.title)
        .join(JuryScore, JuryScore.juror_id == Juror.id)
        .join(Idea, Idea.id == JuryScore.idea_id)
        .where(Juror.jury_id == jury["id"], JuryScore.scored_at.is_(None))
        .order_by(Juror.id, Idea.number)
        .limit(500)
    )
    return [dict(row) for row in rows.mappings()]


def titles_of_judged(session: Session, jury: Mapping[str, Any]) -> dict[str, str]:
    """The titles of an edition's ideas by their public id, as a result names them."""
    wanted = list((jury["result"] or {}).get("order", ()))[:500]
    rows = session.execute(
        select(Idea.public_id, Idea.title)
        .where(Idea.edition_id == jury["edition_id"], Idea.public_id.in_(wanted))
        .limit(500)
    )
    return {row.public_id: row.title for row in rows}
