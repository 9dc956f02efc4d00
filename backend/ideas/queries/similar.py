"""Ideas that read alike, shown while somebody writes; and what such things cost before."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.city.folding import fold
from backend.classification.likeness import alike
from backend.core.actor import Actor
from backend.core.policy import authorise
from backend.ideas.models import Edition, Idea
from backend.ideas.queries.editions import edition_key
from backend.ideas.queries.ideas import COLUMNS, idea_item, words_of

LEAST, SHOWN = 0.25, 5
SHORTEST = 12


def similar_ideas(
    session: Session,
    actor: Actor,
    edition_id: str,
    text: str,
    *,
    besides: str | None = None,
    limit: int = SHOWN,
) -> list[dict[str, Any]]:
    """The ideas of an edition that read like a text, best first, with the words they share."""
    authorise(actor, "idea.check")
    key = edition_key(session, actor, edition_id)
    return _alike(session, [key], text, besides=besides, limit=limit)


def _alike(
    session: Session, keys: list[int], text: str, *, besides: str | None, limit: int
) -> list[dict[str, Any]]:
    words = fold(text[:4000])
    if len(words) < SHORTEST or not keys:
        return []
    others = [pair for pair in words_of(session, keys) if pair[0] != besides]
    found = alike(words, others, limit=limit, least=LEAST)
    ids = [one.id for one in found]
    rows = session.execute(select(*COLUMNS).where(Idea.public_id.in_(ids)))
    items = {row.public_id: idea_item(session, row) for row in rows}
    return [
        items[one.id] | {"likeness": round(one.share, 2), "words": list(one.words)}
        for one in found
        if one.id in items
    ]


def costs_before(
    session: Session, actor: Actor, edition_id: str, text: str
) -> list[dict[str, Any]]:
    """What departments found that such ideas cost in earlier editions: a help for estimates."""
    authorise(actor, "idea.check")
    key = edition_key(session, actor, edition_id)
    row = session.execute(
        select(Edition.competition_id, Edition.year).where(Edition.id == key)
    ).one()
    earlier = (
        session.execute(
            select(Edition.id)
            .where(
                Edition.competition_id == row.competition_id,
                Edition.year <= row.year,
                Edition.rehearsal.is_(False),
                Edition.state != "draft",
            )
            .limit(10)
        )
        .scalars()
        .all()
    )
    found = _alike(session, list(earlier), text, besides=None, limit=20)
    return [
        {"id": i["id"], "title": i["title"], "cost": i["cost"], "likeness": i["likeness"]}
        for i in found
        if i["cost"] is not None
    ][:SHOWN]
