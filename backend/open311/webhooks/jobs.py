"""Work of webhooks: send, and forget."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.core.jobs import job, periodic
from backend.open311.webhooks.sending import send
from backend.open311.webhooks.service import SEND, forget_old


@job(SEND)
def send_webhook(session: Session, payload: dict[str, Any]) -> None:
    """Try one delivery once; the next try is a job of its own."""
    send(session, payload["delivery"], payload["round"])


@periodic("open311.forget_webhooks", every=timedelta(hours=12))
def forget(session: Session, _payload: dict[str, Any]) -> None:
    """Forget old events and their log."""
    forget_old(session)
