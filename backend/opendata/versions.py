"""The change log: a new version whenever a data set's columns change."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend.core.clock import utcnow
from backend.core.datasets import Dataset, datasets
from backend.core.jobs import periodic
from backend.opendata.models import DatasetVersion


def note_versions(session: Session) -> int:
    """Write down a new version for each data set whose columns are not those of its last."""
    noted = 0
    for dataset in datasets():
        last = history(session, dataset.code, 1)
        digest = _digest(dataset)
        if last and last[0]["digest"] == digest:
            continue
        session.execute(
            insert(DatasetVersion).values(
                dataset=dataset.code,
                number=last[0]["number"] + 1 if last else 1,
                digest=digest,
                note=", ".join(column.name for column in dataset.columns)[:500],
                created_at=utcnow(),
            )
        )
        noted += 1
    return noted


def _digest(dataset: Dataset) -> str:
    text = "\n".join(f"{column.name}:{column.kind}" for column in dataset.columns)
    return hashlib.sha256(text.encode()).hexdigest()


def history(session: Session, code: str, limit: int = 50) -> list[Mapping[str, Any]]:
    """The versions of a data set, newest first."""
    rows = session.execute(
        select(
            DatasetVersion.number, DatasetVersion.digest, DatasetVersion.note,
            DatasetVersion.created_at,
        )
        .where(DatasetVersion.dataset == code)
        .order_by(DatasetVersion.number.desc())
        .limit(limit)
    )  # fmt: skip
    return [dict(row) for row in rows.mappings()]


@periodic("opendata.versions", every=timedelta(days=1))
def versions(session: Session, _payload: dict[str, Any]) -> None:
    """Look once a day; a release that changed a data set is noted before anybody wonders."""
    note_versions(session)
