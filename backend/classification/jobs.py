"""Slow work of the room: suggesting after arrival."""

from typing import Any

from sqlalchemy.orm import Session

from backend.classification.service import record, source_of, suggest_now
from backend.core.jobs import job


@job("classification.suggest")
def suggest(session: Session, payload: dict[str, Any]) -> None:
    """Read the text of something and record what the model proposes."""
    subject = source_of(payload["kind"])(session, payload["id"])
    if subject is None:
        return
    out = suggest_now(session, subject.text, subject.language, subject.hint)
    record(session, payload["kind"], payload["id"], out)
