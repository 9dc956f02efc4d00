"""Reading problems: lists, one problem with its evidence and the places of its reports."""

from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from backend.city.queries import district_by_code, district_by_id
from backend.core.actor import Actor
from backend.core.api import decode_cursor, encode_cursor
from backend.core.ids import normalise_id
from backend.core.policy import authorise
from backend.core.problems import NotFound
from backend.ideas.models import Edition, Evidence, Problem, ProblemReport, ProblemSupport
from backend.ideas.policy import MODERATORS, edition_relation, problem_relation
from backend.ideas.queries.editions import edition_key
from backend.ideas.voice import mark_of
from backend.media.queries import photos_of

LARGEST, MOST = 100, 200
ORDERS = ("supports", "newest")
_COLUMNS = (
    Problem.id.label("key"), Problem.public_id, Problem.version, Problem.state, Problem.origin,
    Problem.title, Problem.text, Problem.language, Problem.groups, Problem.signature,
    Problem.author_id, Problem.district_id, Problem.lon, Problem.lat, Problem.domain,
    Problem.component, Problem.supports, Problem.evidence, Problem.reports, Problem.ideas,
    Problem.hidden_reason, Problem.created_at, Problem.updated_at,
)  # fmt: skip
_PRIVATE = ("key", "author_id", "district_id", "lon", "lat", "public_id", "edition_state",
            "rehearsal", "edition")  # fmt: skip


def _document(session: Session, row: Any) -> dict[str, Any]:
    values = dict(row._mapping)
    district = district_by_id(session, row.district_id) if row.district_id else None
    kept = {k: v for k, v in values.items() if k not in _PRIVATE}
    return {
        "id": row.public_id, **kept, "district": district.code if district else None,
        "place": None if row.lon is None else (row.lon, row.lat),
    }  # fmt: skip


def problems_page(
    session: Session,
    actor: Actor,
    edition_id: str,
    *,
    order: str = "supports",
    district: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[list[dict[str, Any]], str | None]:
    """The problems of an edition: the most supported first, or the newest."""
    authorise(actor, "problem.list")
    key = edition_key(session, actor, edition_id)
    query = select(*_COLUMNS).where(Problem.edition_id == key)
    if not actor.has(*MODERATORS):
        query = query.where(Problem.state != "hidden")
    if district:
        found = district_by_code(session, district)
        query = query.where(Problem.district_id == (found.id if found else 0))
    limit = max(1, min(limit, LARGEST))
    if order == "newest":
        place = decode_cursor(cursor, ("int",))
        query = query.where(Problem.id < place[0]) if place else query
        query = query.order_by(Problem.id.desc())
    else:
        place = decode_cursor(cursor, ("int", "int"))
        if place:
            query = query.where(tuple_(Problem.supports, Problem.id) < tuple_(*place))
        query = query.order_by(Problem.supports.desc(), Problem.id.desc())
    rows = session.execute(query.limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    following = None
    if last is not None:
        values = [last.key] if order == "newest" else [last.supports, last.key]
        following = encode_cursor(values)
    return [_document(session, row) for row in rows[:limit]], following


def read_problem(session: Session, actor: Actor, public_id: str) -> dict[str, Any]:
    """One problem with its evidence, photos, the places of its reports, and the reader's voice."""
    row = session.execute(
        select(
            *_COLUMNS,
            Edition.state.label("edition_state"),
            Edition.rehearsal,
            Edition.public_id.label("edition"),
        )
        .join(Edition, Edition.id == Problem.edition_id)
        .where(Problem.public_id == normalise_id(public_id[:64]))
    ).first()
    if row is None:
        raise NotFound()
    seen = edition_relation(row.edition_state, row.rehearsal)
    relation = problem_relation(actor, row.author_id, row.state, seen)
    authorise(actor, "problem.read", relation)
    document = _document(session, row)
    document["edition"] = row.edition
    document["is_mine"] = relation == "own"
    document["evidence_items"] = _evidence(session, actor, row.key)
    document["report_ids"], document["report_places"] = _reports(session, row.key)
    document["affected"] = session.execute(
        select(func.count()).where(
            ProblemSupport.problem_id == row.key, ProblemSupport.affected.is_(True)
        )
    ).scalar_one()
    document["photos"] = [
        photo.document()
        for photo in photos_of(session, "problem", [row.public_id]).get(row.public_id, [])
    ]
    document["supported"] = _supported(session, actor, row.key)
    return document


def _evidence(session: Session, actor: Actor, key: int) -> list[dict[str, Any]]:
    query = select(
        Evidence.public_id, Evidence.text, Evidence.link, Evidence.created_at,
        Evidence.hidden_reason,
    ).where(Evidence.problem_id == key)  # fmt: skip
    if not actor.has(*MODERATORS):
        query = query.where(Evidence.hidden_reason.is_(None))
    rows = session.execute(query.order_by(Evidence.id).limit(MOST)).all()
    photos = photos_of(session, "evidence", [row.public_id for row in rows])
    return [
        {
            "id": row.public_id, "text": row.text, "link": row.link, "created_at": row.created_at,
            "hidden_reason": row.hidden_reason,
            "photos": [photo.document() for photo in photos.get(row.public_id, [])],
        }
        for row in rows
    ]  # fmt: skip


def _reports(session: Session, key: int) -> tuple[list[str], list[tuple[float, float]]]:
    rows = session.execute(
        select(ProblemReport.report, ProblemReport.lon, ProblemReport.lat)
        .where(ProblemReport.problem_id == key)
        .order_by(ProblemReport.id)
        .limit(500)
    ).all()
    places = [(row.lon, row.lat) for row in rows if row.lon is not None]
    return [row.report for row in rows], places


def _supported(session: Session, actor: Actor, key: int) -> bool:
    if actor.account_id is None:
        return False
    found = session.execute(
        select(ProblemSupport.id).where(
            ProblemSupport.problem_id == key, ProblemSupport.who == mark_of(actor)
        )
    ).first()
    return found is not None
