"""What accounts do later: erase, export, and forget what is over."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts.service import erasure, export
from backend.core.jobs import job, periodic


@job("accounts.erase")
def erase(session: Session, payload: dict[str, Any]) -> None:
    """Erase a person in every room."""
    erasure.finish_erasure(session, payload["account"])


@job("accounts.keep_tombstone", retries=20)
def keep_tombstone(_session: Session, payload: dict[str, Any]) -> None:
    """Lay a tombstone beside the database."""
    erasure.keep_tombstone(payload["mark"], payload["at"])


@job("accounts.build_export")
def build_export(session: Session, payload: dict[str, Any]) -> None:
    """Make the copy of a person's data."""
    export.build_export(session, payload["export"])


@job("accounts.drop_export")
def drop_export(session: Session, payload: dict[str, Any]) -> None:
    """Forget a copy of a person's data."""
    export.drop_export(session, payload["export"])


@periodic("accounts.forget_expired", every=timedelta(hours=1))
def forget_expired(session: Session, _payload: dict[str, Any]) -> None:
    """Delete codes, challenges and sessions whose time is over."""
    erasure.forget_expired(session)
