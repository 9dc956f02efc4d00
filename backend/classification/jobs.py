"""Slow work of the room: suggesting after arrival."""

from typing import Any

from sqlalchemy.orm import Session

from backend.classification.running import running_model
from backend.classification.service import _out, record, source_of
from backend.core.jobs import job


@job("classification.suggest")
def suggest(session: Session, payload: dict[str, Any]) -> None:
    """Read the text of something and record what the model proposes."""
    subject = source_of(payload["kind"])(session, payload["id"])
    if subject is None:
        return
    found = running_model(session).suggest(subject.text, subject.language, subject.hint)
    record(session, payload["kind"], payload["id"], _out(session, subject, found))
