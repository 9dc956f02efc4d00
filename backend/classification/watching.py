"""Whether the model still fits what people write: drift, and what a person should look at."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from backend.classification.models import Correction, ModelSuggestion, ModelWatch
from backend.classification.running import running_model
from backend.classification.service import read_subject
from backend.core.clock import utcnow

STRETCH = timedelta(days=30)
LOOKED_AT = 600  # newest texts summarised
ASKED = 20  # texts in the queue of what would teach most
KEPT = timedelta(days=400)


def watch(session: Session, now: datetime | None = None) -> None:
    """Summarise the newest texts, compare them with the time before, choose what to ask about."""
    from ml import drift
    from ml.learning import teaching_queue

    now = now or utcnow()
    model = running_model(session)
    recent = _texts(session, now - STRETCH, now)
    texts = [text for _, _, text in recent]
    before = drift.summary_of(model, _plain(session, now - 2 * STRETCH, now - STRETCH))
    after = drift.summary_of(model, texts)
    undecided = _undecided(session, recent)
    queue = [
        {"kind": undecided[row][0], "id": undecided[row][1]}
        for row in teaching_queue(model, [text for _, _, text in undecided], ASKED)
    ]
    session.execute(
        insert(ModelWatch).values(
            at=now,
            model_version=model.version,
            summary=after.as_dict(),
            drift=_as_dict(drift.compare(before, after)),
            queue=queue,
        )
    )
    session.execute(delete(ModelWatch).where(ModelWatch.at < now - KEPT))


def _as_dict(found: Any) -> dict[str, Any]:
    names = ("classes", "confidence", "unseen", "mean_confidence_change", "mean_unseen_change")
    return {name: getattr(found, name) for name in names} | {"level": found.level}


def _texts(session: Session, start: datetime, end: datetime) -> list[tuple[str, str, str]]:
    rows = session.execute(
        select(ModelSuggestion.target_kind, ModelSuggestion.target_id)
        .where(ModelSuggestion.created_at > start, ModelSuggestion.created_at <= end)
        .order_by(ModelSuggestion.id.desc())
        .limit(LOOKED_AT)
    ).all()
    found = []
    for row in rows:
        subject = read_subject(session, row.target_kind, row.target_id)
        if subject is not None and subject.text.strip():
            found.append((row.target_kind, row.target_id, subject.text))
    return found


def _plain(session: Session, start: datetime, end: datetime) -> list[str]:
    return [text for _, _, text in _texts(session, start, end)]


def _undecided(session: Session, recent: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    ids = [public_id for _, public_id, _ in recent]
    decided = set(
        session.execute(
            select(Correction.target_kind, Correction.target_id).where(
                Correction.target_id.in_(ids)
            )
        ).tuples()
    )
    return [row for row in recent if (row[0], row[1]) not in decided]
