"""What senders were given under ids of their own, so that sending again gives the same again."""

import hashlib
from typing import Any

from flask import request
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.ids import new_secret, normalise_id
from backend.open311.models import Open311Receipt
from backend.open311.sent import Sent

LONGEST = 80
OWN_IDS = ("fixmystreet_id", "external_id")


def sender_id(sent: Sent, *fields: str) -> str | None:
    """The sender's own id of what it sends, where it tells one."""
    attributes = sent.attributes()
    told = next((attributes[code][0] for code in OWN_IDS if code in attributes), None)
    told = told or sent.one(*fields) or request.headers.get("Idempotency-Key", "").strip() or None
    if told is None or len(told) <= LONGEST:
        return told
    return "sha256:" + hashlib.sha256(told.encode()).hexdigest()


def known_receipt(session: Session, sender: str, kind: str, told: str | None) -> Any | None:
    """The receipt of an earlier sending; None when this one is the first, which now is noted.

    A parallel sending of the same waits until the first is done.
    """
    if told is None:
        return None
    values = {"sender": sender, "kind": kind, "sender_id": told, "created_at": utcnow()}
    if insert_ignore(session, Open311Receipt, values, ("sender", "kind", "sender_id")):
        return None
    return session.execute(
        select(Open311Receipt.report, Open311Receipt.update_id, Open311Receipt.token).where(
            Open311Receipt.sender == sender,
            Open311Receipt.kind == kind,
            Open311Receipt.sender_id == told,
        )
    ).one()


def write_receipt(
    session: Session, sender: str, kind: str, told: str | None, **given: str | None
) -> None:
    """Note what the sender is given; without an id of its own only a token needs to be kept."""
    if told is not None:
        session.execute(
            update(Open311Receipt)
            .where(
                Open311Receipt.sender == sender,
                Open311Receipt.kind == kind,
                Open311Receipt.sender_id == told,
            )
            .values(**given)
        )
    elif given.get("token"):
        session.execute(
            insert(Open311Receipt).values(
                sender=sender, kind=kind, sender_id=None, created_at=utcnow(), **given
            )
        )


def new_token() -> str:
    """A token that stands for a report until its sender asks for the id."""
    return new_secret()


def report_of_token(session: Session, token: str) -> str | None:
    """The report that a token stands for."""
    wanted = {token[:26], normalise_id(token[:64])[:26]}
    return session.execute(
        select(Open311Receipt.report).where(Open311Receipt.token.in_(wanted))
    ).scalar()
