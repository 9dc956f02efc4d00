"""Reads of webhooks: subscriptions, deliveries, and the log of their tries."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.problems import NotFound
from backend.open311.webhooks.models import Attempt, Delivery, Event, Subscription

MOST_SUBSCRIPTIONS = 100
_SHOWN = (
    Subscription.id, Subscription.public_id, Subscription.version, Subscription.name,
    Subscription.url, Subscription.kinds, Subscription.state, Subscription.failures,
    Subscription.rests_until, Subscription.failing_since, Subscription.succeeded_at,
    Subscription.former_until, Subscription.created_at,
)  # fmt: skip


def subscriptions(session: Session) -> list[Mapping[str, Any]]:
    """Every subscription, by name; their secrets are never among it."""
    rows = session.execute(
        select(*_SHOWN).order_by(Subscription.name, Subscription.id).limit(MOST_SUBSCRIPTIONS)
    )
    return [dict(row) for row in rows.mappings()]


def find_subscription(session: Session, public_id: str) -> Mapping[str, Any]:
    """One subscription; NotFound when there is none."""
    row = session.execute(select(*_SHOWN).where(Subscription.public_id == public_id)).first()
    if row is None:
        raise NotFound()
    return dict(row._mapping)


def wanting(session: Session, kind: str) -> list[int]:
    """The subscriptions that hear of a kind of event now."""
    rows = session.execute(
        select(Subscription.id, Subscription.kinds)
        .where(Subscription.state == "active")
        .limit(MOST_SUBSCRIPTIONS)
    )
    return [row.id for row in rows if kind in row.kinds]


def counts_by_state(session: Session) -> dict[int, dict[str, int]]:
    """How many deliveries of each subscription wait, arrived, failed and were dropped."""
    found: dict[int, dict[str, int]] = {}
    rows = session.execute(
        select(Delivery.subscription_id, Delivery.state, func.count()).group_by(
            Delivery.subscription_id, Delivery.state
        )
    )
    for subscription_id, state, number in rows:
        found.setdefault(subscription_id, {})[state] = number
    return found


def deliveries(
    session: Session,
    subscription_id: int,
    *,
    state: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Mapping[str, Any]]:
    """Deliveries of a subscription, newest first, each with its last try."""
    last = (
        select(func.max(Attempt.id))
        .where(Attempt.delivery_id == Delivery.id)
        .correlate(Delivery)
        .scalar_subquery()
    )
    statement = (
        select(
            Delivery.id.label("number"), Delivery.public_id.label("id"), Delivery.state,
            Delivery.tries, Delivery.due_at, Delivery.created_at, Delivery.done_at,
            Event.public_id.label("event"), Event.kind, Event.subject,
            Attempt.status, Attempt.error, Attempt.at.label("tried_at"),
        )
        .join(Event, Event.id == Delivery.event_id)
        .outerjoin(Attempt, Attempt.id == last)
        .where(Delivery.subscription_id == subscription_id)
    )  # fmt: skip
    if state:
        statement = statement.where(Delivery.state == state)
    if before:
        statement = statement.where(Delivery.id < before)
    rows = session.execute(statement.order_by(Delivery.id.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]


def attempts_of(session: Session, delivery_id: str) -> Sequence[Mapping[str, Any]]:
    """The tries of one delivery, oldest first."""
    rows = session.execute(
        select(Attempt.at, Attempt.status, Attempt.error, Attempt.excerpt, Attempt.milliseconds)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(Delivery.public_id == delivery_id)
        .order_by(Attempt.id)
        .limit(100)
    )
    return [dict(row) for row in rows.mappings()]


def delivery_ids(
    session: Session, subscription_id: int, since: datetime, states: Sequence[str], limit: int
) -> list[int]:
    """Deliveries of a subscription since a moment in these states, oldest first."""
    return list(
        session.execute(
            select(Delivery.id)
            .where(
                Delivery.subscription_id == subscription_id,
                Delivery.created_at >= since,
                Delivery.state.in_(list(states)),
            )
            .order_by(Delivery.id)
            .limit(limit)
        ).scalars()
    )
