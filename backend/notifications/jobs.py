"""Work of the room: tell followers, send, bundle, take letters in, forget."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.core.jobs import job, periodic
from backend.notifications import handed
from backend.notifications.service import letters, retention, sending, telling


@job("notifications.tell_followers")
def tell_followers(session: Session, payload: dict[str, Any]) -> None:
    """Tell one page of those who follow something."""
    subject = (payload["kind"], payload["id"])
    telling.tell_followers(session, payload["event"], subject, payload["after"], payload["besides"])


@job("notifications.send", retries=12)
def send(session: Session, payload: dict[str, Any]) -> None:
    """Send one delivery."""
    sending.send(session, payload["delivery"])


@job("notifications.digest", retries=12)
def digest(session: Session, payload: dict[str, Any]) -> None:
    """Send one reader's digest."""
    sending.send_digest(session, payload["reader"])


@job("notifications.open_letter")
def open_letter(session: Session, payload: dict[str, Any]) -> None:
    """Open one letter that was received."""
    letters.take_in(session, payload["letter"])


@periodic("notifications.forget_notes", every=timedelta(hours=1))
def forget_notes(_session: Session, _payload: dict[str, Any]) -> None:
    """Forget what was noted beside the database."""
    handed.forget_notes()


@periodic("notifications.forget", every=timedelta(hours=12))
def forget(session: Session, _payload: dict[str, Any]) -> None:
    """Forget news, deliveries, letters and readers whose time is over."""
    retention.forget_old(session)
