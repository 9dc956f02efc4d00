"""Sending a webhook: read, let the database go, ask, and note what came back.

A receiver that fails rests with all its deliveries for a growing time, so that one dead address
costs one try now and then and not the worker's day.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.core.clock import utcnow
from backend.core.db import reading
from backend.core.outward import Answer, OutwardError, ask
from backend.core.settings import current_settings
from backend.open311.webhooks.models import Attempt, Delivery, Event, Subscription
from backend.open311.webhooks.payload import facts_of
from backend.open311.webhooks.service import send_later
from backend.open311.webhooks.signing import signed_headers

SECONDS = 8.0
MOST_ANSWER = 20_000
EXCERPT = 500
WAITS = tuple(
    timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 7200, 18_000, 36_000, 50_400, 72_000)
)
"""How long after each try the next one follows; after the last the delivery has failed."""
MOST_REST = timedelta(hours=1)
STOPPED_AFTER = timedelta(days=5)
GONE = 410
REMOVED = "report.removed"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery that is due, with everything that sending it needs."""

    id: int
    public_id: str
    round: int
    tries: int
    subscription_id: int
    url: str
    secrets: tuple[str, ...] = field(repr=False)
    event_id: str
    body: str
    failures: int
    failing_since: datetime | None


class _Later(Exception):
    """The receiver rests until a moment."""


class _Never(Exception):
    """What the event tells of is no longer public."""


def send(session: Session, delivery_id: str, round_: int) -> None:
    """Try one delivery, unless it is done, its receiver rests or its report went out of sight."""
    try:
        with reading():
            try:
                parcel = _parcel(session, delivery_id, round_)
            finally:
                session.rollback()
    except _Never:
        _mark(session, delivery_id, round_, "dropped")
        return
    except _Later as later:
        moment: datetime = later.args[0]
        _postpone(session, delivery_id, round_, moment)
        return
    if parcel is None:
        return
    started, answer, error = time.perf_counter(), None, None
    try:
        answer = _asked(parcel)
    except OutwardError as failed:
        error = failed.kind
    spent = round((time.perf_counter() - started) * 1000)
    _note(session, parcel, answer, error, spent)
    if answer is not None and answer.is_good:
        _arrived(session, parcel)
    else:
        _failed(session, parcel, answer)


def _parcel(session: Session, delivery_id: str, round_: int) -> Parcel | None:
    row = session.execute(
        select(
            Delivery.id, Delivery.round, Delivery.tries, Delivery.state, Delivery.subscription_id,
            Event.public_id.label("event_id"), Event.kind, Event.subject, Event.body,
            Subscription.url, Subscription.secret, Subscription.former_secret,
            Subscription.former_until, Subscription.failures, Subscription.failing_since,
            Subscription.rests_until, Subscription.state.label("standing"),
        )
        .join(Event, Event.id == Delivery.event_id)
        .join(Subscription, Subscription.id == Delivery.subscription_id)
        .where(Delivery.public_id == delivery_id)
    ).first()  # fmt: skip
    if row is None or row.state != "waiting" or row.round != round_ or row.standing != "active":
        return None
    if row.subject and row.kind != REMOVED and facts_of(session, row.subject) is None:
        raise _Never
    if row.rests_until is not None and row.rests_until > utcnow():
        raise _Later(row.rests_until)
    secrets = [row.secret]
    if row.former_secret and row.former_until and row.former_until > utcnow():
        secrets.append(row.former_secret)
    return Parcel(
        row.id, delivery_id, row.round, row.tries, row.subscription_id, row.url, tuple(secrets),
        row.event_id, row.body, row.failures, row.failing_since,
    )  # fmt: skip


def _asked(parcel: Parcel) -> Answer:
    body = parcel.body.encode()
    headers = signed_headers(parcel.secrets, parcel.event_id, int(utcnow().timestamp()), body)
    return ask(
        "POST",
        parcel.url,
        headers=headers | {"Content-Type": "application/json"},
        body=body,
        named_hosts=current_settings().outward_hosts,
        seconds=SECONDS,
        most_bytes=MOST_ANSWER,
    )


def _note(
    session: Session, parcel: Parcel, answer: Answer | None, error: str | None, spent: int
) -> None:
    excerpt = answer.body[: 4 * EXCERPT].decode(errors="replace") if answer else ""
    plain = "".join(c for c in excerpt if c.isprintable() or c == "\n")[:EXCERPT]
    session.execute(
        insert(Attempt).values(
            delivery_id=parcel.id, at=utcnow(), status=answer.status if answer else None,
            error=error, excerpt=plain or None, milliseconds=spent,
        )
    )  # fmt: skip


def _mark(session: Session, delivery_id: str, round_: int, state: str) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.public_id == delivery_id, Delivery.round == round_)
        .values(state=state, done_at=utcnow(), tries=Delivery.tries + int(state != "dropped"))
        .execution_options(synchronize_session=False)
    )


def _postpone(session: Session, delivery_id: str, round_: int, moment: datetime) -> None:
    """Wait without counting a try."""
    _next_round(session, delivery_id, round_, moment, tried=0)


def _next_round(
    session: Session, delivery_id: str, round_: int, moment: datetime, *, tried: int
) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.public_id == delivery_id, Delivery.round == round_)
        .values(round=round_ + 1, tries=Delivery.tries + tried, due_at=moment)
        .execution_options(synchronize_session=False)
    )
    send_later(session, delivery_id, round_ + 1, moment)


def _standing(session: Session, parcel: Parcel, **values: object) -> None:
    session.execute(
        update(Subscription)
        .where(Subscription.id == parcel.subscription_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _arrived(session: Session, parcel: Parcel) -> None:
    _mark(session, parcel.public_id, parcel.round, "delivered")
    _standing(session, parcel, failures=0, failing_since=None, rests_until=None,
              succeeded_at=utcnow())  # fmt: skip


def _failed(session: Session, parcel: Parcel, answer: Answer | None) -> None:
    now = utcnow()
    since = parcel.failing_since or now
    if answer is not None and answer.status == GONE:
        _standing(session, parcel, state="stopped", failing_since=since)
        _mark(session, parcel.public_id, parcel.round, "failed")
        return
    asked = answer.wait_seconds() if answer is not None else None
    rest = timedelta(seconds=asked) if asked else WAITS[min(parcel.failures, len(WAITS) - 1)]
    values: dict[str, object] = {"failures": parcel.failures + 1, "failing_since": since}
    values["rests_until"] = now + min(rest, MOST_REST)
    if now - since > STOPPED_AFTER:
        values["state"] = "stopped"
    _standing(session, parcel, **values)
    if parcel.tries >= len(WAITS):
        _mark(session, parcel.public_id, parcel.round, "failed")
        return
    wait = max(WAITS[parcel.tries], min(rest, MOST_REST))
    _next_round(session, parcel.public_id, parcel.round, now + wait, tried=1)
