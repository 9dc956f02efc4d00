"""Which open things tell of the same: scored by what people merged and parted before."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from backend.classification.models import DuplicateDecision
from backend.core.clock import utcnow

if TYPE_CHECKING:
    from ml.duplicates import Weights

READ = 2000  # newest decisions that the weights are learned from
LOOK_AGAIN = 300.0
REACH = 300.0
DAYS = 365.0
_learned: dict[str, tuple[float, "Weights"]] = {}


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to compare of one thing: its text, where, when, and the chosen service."""

    public_id: str
    text: str
    point: tuple[float, float] | None
    when: datetime
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Alike:
    """Something that may tell of the same, how probable that is, and the signs that say so."""

    public_id: str
    likeness: float
    words: tuple[str, ...]
    metres: float | None
    days: float
    same_service: bool


def weights(session: Session) -> "Weights":
    """How much each sign counts, learned from what people merged and parted."""
    from ml.duplicates import learn_weights
    from ml.learning import capped_rows

    key = current_app.config["VOX"].database_url
    at, known = _learned.get(key, (-LOOK_AGAIN, None))
    if known is not None and time.monotonic() - at < LOOK_AGAIN:
        return known
    rows = session.execute(
        select(
            DuplicateDecision.text,
            DuplicateDecision.near,
            DuplicateDecision.recent,
            DuplicateDecision.service,
            DuplicateDecision.same,
            DuplicateDecision.person,
        )
        .order_by(DuplicateDecision.id.desc())
        .limit(READ)
    ).all()
    chosen = [rows[i] for i in capped_rows([row.person for row in rows])]
    found = learn_weights(
        [(row.text, row.near, row.recent, row.service) for row in chosen],
        [row.same for row in chosen],
    )
    _learned[key] = (time.monotonic(), found)
    return found


def alike(
    session: Session, one: Told, others: Sequence[Told], *, limit: int = 5, least: float = 0.5
) -> list[Alike]:
    """The things among these that probably tell of the same, likeliest first."""
    from ml.duplicates import DuplicateIndex

    index = DuplicateIndex(weights(session), radius=REACH, days=DAYS)
    index.add_many(_report(other) for other in others)
    return [
        Alike(str(m.id), m.score, m.words, m.metres, m.days, m.same_service)
        for m in index.find(_report(one), limit, least)
    ]


def decided(
    session: Session, person: str, kind: str, one: Told, other: Told, *, same: bool
) -> None:
    """Keep a person's decision on two things, with the signs that they bore."""
    from ml.duplicates import signs_between

    text, near, recent, service = signs_between(_report(one), _report(other))
    where = (
        DuplicateDecision.target_kind == kind,
        DuplicateDecision.target_id == one.public_id,
        DuplicateDecision.other_id == other.public_id,
    )
    session.execute(delete(DuplicateDecision).where(*where))
    session.execute(
        insert(DuplicateDecision).values(
            target_kind=kind,
            target_id=one.public_id,
            other_id=other.public_id,
            same=same,
            text=text,
            near=near,
            recent=recent,
            service=service,
            person=person,
            created_at=utcnow(),
        )
    )


def _report(told: Told) -> "Report":
    from ml.duplicates import Report

    return Report(told.public_id, told.text, told.point, told.when, told.service)


if TYPE_CHECKING:
    from ml.duplicates import Report
