"""Reading ideas: lists by any filter, one idea with all that belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from backend.city.folding import fold
from backend.city.queries import district_by_code, district_by_id
from backend.core.actor import Actor
from backend.core.api import decode_cursor, encode_cursor
from backend.core.geo import Box
from backend.core.ids import normalise_id
from backend.core.policy import authorise
from backend.core.problems import NotFound
from backend.ideas.models import Edition, Endorsement, Idea, Lineage, Problem, TeamMember
from backend.ideas.policy import MODERATORS
from backend.ideas.queries.editions import edition_key
from backend.ideas.queries.standing import idea_relation
from backend.ideas.voice import mark_of
from backend.media.queries import photos_of
from backend.notifications.service import followed

LARGEST = 200
ORDERS = ("endorsements", "newest", "number", "cost")
GONE = ("merged", "split", "withdrawn")
COLUMNS = (
    Idea.id.label("key"), Idea.public_id, Idea.version, Idea.number, Idea.state,
    Idea.state_reason, Idea.title, Idea.summary, Idea.signature, Idea.language, Idea.estimate,
    Idea.cost, Idea.district_id, Idea.address, Idea.lon, Idea.lat, Idea.domain, Idea.component,
    Idea.unsure, Idea.endorsements, Idea.comments, Idea.photos, Idea.photo, Idea.hidden_reason,
    Idea.proposed_at, Idea.endorsed_at, Idea.created_at, Idea.updated_at,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IdeaFilters:
    """What a list of ideas is narrowed to."""

    states: tuple[str, ...] = ()
    problem: str | None = None
    domain: str | None = None
    district: str | None = None
    text: str | None = None
    box: Box | None = None
    endorsed: bool | None = None
    order: str = "endorsements"
    with_gone: bool = False


def idea_item(session: Session, row: Any) -> dict[str, Any]:
    """An idea as it stands in a list."""
    values = dict(row._mapping)
    district = district_by_id(session, row.district_id) if row.district_id else None
    for name in ("key", "public_id", "district_id", "lon", "lat"):
        values.pop(name, None)
    return {
        "id": row.public_id, **values, "district": district.code if district else None,
        "place": None if row.lon is None else (row.lon, row.lat),
        "photo": f"/api/v1/photos/{row.photo}/small" if row.photo else None,
    }  # fmt: skip


def ideas_page(
    session: Session,
    actor: Actor,
    edition_id: str,
    filters: IdeaFilters | None = None,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of the ideas of an edition that this actor may see."""
    authorise(actor, "idea.list")
    filters = filters or IdeaFilters()
    key = edition_key(session, actor, edition_id)
    whole: Any = select(*COLUMNS).where(Idea.edition_id == key)
    query = _narrowed(session, actor, whole, filters)
    limit = max(1, min(limit, LARGEST))
    by = {
        "endorsements": Idea.endorsements,
        "newest": Idea.id,
        "number": -func.coalesce(Idea.number, 0),
        "cost": -func.coalesce(Idea.cost, Idea.estimate, 0),
    }[filters.order]
    place = decode_cursor(cursor, ("int", "int"))
    if place:
        query = query.where(tuple_(by, Idea.id) < tuple_(*place))
    query = query.add_columns(by.label("place")).order_by(by.desc(), Idea.id.desc())
    rows = session.execute(query.limit(limit + 1)).all()
    following = None
    if len(rows) > limit:
        following = encode_cursor([int(rows[limit - 1].place), rows[limit - 1].key])
    items = [idea_item(session, row) for row in rows[:limit]]
    return items, following


def _narrowed(
    session: Session, actor: Actor, query: Select[Any], filters: IdeaFilters
) -> Select[Any]:
    query = query.where(Idea.state != "draft")
    if not actor.has(*MODERATORS):
        query = query.where(Idea.hidden_reason.is_(None))
    if filters.states:
        query = query.where(Idea.state.in_(filters.states))
    elif not filters.with_gone:
        query = query.where(Idea.state.not_in(GONE))
    if filters.problem:
        query = query.join(Problem, Problem.id == Idea.problem_id).where(
            Problem.public_id == normalise_id(filters.problem[:64])
        )
    if filters.domain:
        query = query.where(Idea.domain == filters.domain)
    if filters.district:
        found = district_by_code(session, filters.district)
        query = query.where(Idea.district_id == (found.id if found else 0))
    if filters.endorsed is not None:
        query = query.where(
            Idea.endorsed_at.is_not(None) if filters.endorsed else Idea.endorsed_at.is_(None)
        )
    for word in fold(filters.text or "").split()[:8]:
        query = query.where(Idea.folded.contains(word, autoescape=True))
    if filters.box is not None:
        box = filters.box
        query = query.where(
            Idea.lon.between(box.west, box.east), Idea.lat.between(box.south, box.north)
        )
    return query


def find_idea(session: Session, actor: Actor, public_id: str) -> tuple[Idea, str]:
    """An idea that this actor may read, and how they stand to it."""
    idea = session.execute(
        select(Idea).where(Idea.public_id == normalise_id(public_id[:64]))
    ).scalar_one_or_none()
    if idea is None:
        raise NotFound()
    relation = idea_relation(session, actor, idea)
    authorise(actor, "idea.read", relation)
    return idea, relation


def read_idea(session: Session, actor: Actor, public_id: str) -> dict[str, Any]:
    """One idea with its team, photos, lineage, findings, and what the reader did with it."""
    from backend.ideas.queries.checks import checks_of

    idea, relation = find_idea(session, actor, public_id)
    row = session.execute(select(*COLUMNS).where(Idea.id == idea.id)).one()
    document = idea_item(session, row) | {
        "text": idea.text, "benefit": idea.benefit, "estimate_lines": idea.estimate_lines or [],
        "is_minor": idea.is_minor, "contents": idea.contents, "is_mine": relation == "own",
    }  # fmt: skip
    document["edition"], document["endorsements_needed"], document["currency"] = session.execute(
        select(Edition.public_id, Edition.endorsements_needed, Edition.currency).where(
            Edition.id == idea.edition_id
        )
    ).one()
    document["problem"] = _problem(session, idea.problem_id)
    document["team"] = _team(session, idea.id, own=relation == "own")
    found = photos_of(session, "idea", [idea.public_id], only_public=relation != "own")
    document["photo_items"] = [photo.document() for photo in found.get(idea.public_id, [])]
    document["lineage"] = _lineage(session, idea.id)
    document["checks"] = checks_of(session, idea.id)
    document["endorsed"] = _endorsed(session, actor, idea.id)
    document["following"] = _follows(session, actor, idea.public_id)
    return document


def _problem(session: Session, key: int | None) -> dict[str, Any] | None:
    if key is None:
        return None
    row = session.execute(
        select(Problem.public_id, Problem.title).where(Problem.id == key, Problem.state != "hidden")
    ).first()
    return {"id": row.public_id, "title": row.title} if row else None


def _team(session: Session, key: int, *, own: bool) -> list[dict[str, Any]]:
    states = ("accepted", "invited") if own else ("accepted",)
    rows = session.execute(
        select(TeamMember.role, TeamMember.state, TeamMember.signature)
        .where(TeamMember.idea_id == key, TeamMember.state.in_(states))
        .order_by(TeamMember.id)
        .limit(40)
    )
    return [{"role": r.role, "state": r.state, "signature": r.signature} for r in rows]


def _lineage(session: Session, key: int) -> dict[str, list[dict[str, Any]]]:
    def told(rows: Any) -> list[dict[str, Any]]:
        return [
            {"id": r.public_id, "title": r.title, "number": r.number, "kind": r.kind} for r in rows
        ]

    columns = (Idea.public_id, Idea.title, Idea.number, Lineage.kind)
    origins = session.execute(
        select(*columns)
        .join(Lineage, Lineage.from_id == Idea.id)
        .where(Lineage.to_id == key)
        .limit(40)
    )
    became = session.execute(
        select(*columns)
        .join(Lineage, Lineage.to_id == Idea.id)
        .where(Lineage.from_id == key)
        .limit(40)
    )
    return {"from": told(origins), "into": told(became)}


def _endorsed(session: Session, actor: Actor, key: int) -> str | None:
    """Whether the reader endorses: given, asked (carried along, to be confirmed), or not."""
    if actor.account_id is None:
        return None
    found: str | None = session.execute(
        select(Endorsement.state).where(
            Endorsement.idea_id == key, Endorsement.who == mark_of(actor)
        )
    ).scalar()
    return found if found != "declined" else None


def _follows(session: Session, actor: Actor, public_id: str) -> bool:
    if actor.account_id is None:
        return False
    return public_id in followed(session, actor.account_id, "idea", [public_id])


def my_ideas(session: Session, actor: Actor, edition_id: str | None = None) -> list[dict[str, Any]]:
    """The drafts and ideas that the actor stands behind, the latest first."""
    authorise(actor, "idea.start")
    query = select(*COLUMNS).where(
        or_(
            Idea.author_id == actor.account_id,
            Idea.id.in_(
                select(TeamMember.idea_id).where(
                    TeamMember.account_id == actor.account_id, TeamMember.state == "accepted"
                )
            ),
        )
    )
    if edition_id:
        query = query.where(Idea.edition_id == edition_key(session, actor, edition_id))
    rows = session.execute(query.order_by(Idea.id.desc()).limit(LARGEST))
    return [idea_item(session, row) for row in rows]


def idea_places(session: Session, actor: Actor, edition_id: str) -> list[Mapping[str, Any]]:
    """The ideas of an edition that have a place, for the map; at most a thousand."""
    key = edition_key(session, actor, edition_id)
    rows = session.execute(
        select(Idea.public_id, Idea.title, Idea.number, Idea.state, Idea.lon, Idea.lat)
        .where(
            Idea.edition_id == key,
            Idea.state.not_in(("draft", *GONE)),
            Idea.hidden_reason.is_(None),
            Idea.lon.is_not(None),
        )
        .order_by(Idea.id)
        .limit(1000)
    ).mappings()
    return [dict(row) for row in rows]


def words_of(session: Session, keys: Sequence[int], most: int = 1500) -> list[tuple[str, str]]:
    """The public ideas of some editions as (id, text), for finding those that read alike."""
    rows = session.execute(
        select(Idea.public_id, Idea.folded)
        .where(
            Idea.edition_id.in_(list(keys)),
            Idea.state.not_in(("draft", *GONE)),
            Idea.hidden_reason.is_(None),
        )
        .order_by(Idea.id.desc())
        .limit(most)
    )
    return [(row.public_id, row.folded) for row in rows]
