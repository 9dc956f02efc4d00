"""One person's data in this room: what they decided as staff."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.accounts.queries import account_details
from backend.classification.models import Correction, DuplicateDecision
from backend.core.ids import new_public_id
from backend.core.privacy import erases, exports


def _key(session: Session, account_id: int) -> str | None:
    found = account_details(session, account_id)
    return f"person:{found['public_id']}" if found else None


@exports("classification")
def export_person(session: Session, account_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The corrections that a person made."""
    key = _key(session, account_id)
    rows = session.execute(
        select(
            Correction.target_kind,
            Correction.target_id,
            Correction.component,
            Correction.reason,
            Correction.created_at,
        )
        .where(Correction.person == key)
        .order_by(Correction.id)
    )
    for row in rows:
        yield "correction", dict(row._mapping)


@erases("classification")
def erase_person(session: Session, account_id: int) -> int:
    """Take a person's name off what they decided; the decisions teach on, still as one voice."""
    key = _key(session, account_id)
    if key is None:
        return 0
    nobody, number = f"former:{new_public_id()}", 0
    for model in (Correction, DuplicateDecision):
        values = {"person": nobody} | ({"reason": None} if model is Correction else {})
        result = session.execute(
            update(model)
            .where(model.person == key)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        number += int(result.rowcount)  # type: ignore[attr-defined]
    return number
