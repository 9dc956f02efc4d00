"""What an operator does with webhooks: subscribe, change, renew the secret, try, replay."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from backend.core import jobs, ledger
from backend.core.actor import Actor
from backend.core.clock import rfc3339, utcnow
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.outward import OutwardError, take_apart
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound
from backend.core.settings import current_settings
from backend.open311.webhooks import queries
from backend.open311.webhooks.kinds import KINDS, TEST
from backend.open311.webhooks.models import Attempt, Delivery, Event, Subscription
from backend.open311.webhooks.payload import body_of
from backend.open311.webhooks.signing import new_signing_secret

STREAM = "webhook"
SEND = "open311.webhook"
OVERLAP = timedelta(days=2)
KEPT = timedelta(days=30)
MOST_REPLAYED = 1000


def checked_url(url: str) -> str:
    """An address that a webhook may have; where it leads is looked at again at every try."""
    try:
        take_apart(url, current_settings().outward_hosts)
    except OutwardError as error:
        raise Invalid(
            errors={"url": _("Write a full address that begins with https://.")}
        ) from error
    return url


def _checked_kinds(kinds: Sequence[str]) -> list[str]:
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown or not kinds:
        raise Invalid(errors={"kinds": _("Choose from: %(kinds)s.", kinds=", ".join(KINDS))})
    return [kind for kind in KINDS if kind in kinds]


def subscribe(
    session: Session, actor: Actor, *, name: str, url: str, kinds: Sequence[str]
) -> tuple[str, str]:
    """Add a subscription; its id, and the secret, which is shown this once."""
    authorise(actor, "webhook.change")
    number = session.execute(select(func.count()).select_from(Subscription)).scalar_one()
    if number >= queries.MOST_SUBSCRIPTIONS:
        raise Conflict(_("There are too many webhooks. Remove one that nobody needs."))
    if not name.strip():
        raise Invalid(errors={"name": _("Say whose webhook this is.")})
    public_id, secret, now = new_public_id(), new_signing_secret(), utcnow()
    values = {
        "public_id": public_id, "version": 1, "name": name.strip(), "url": checked_url(url),
        "kinds": _checked_kinds(kinds), "secret": secret, "state": "active", "failures": 0,
        "created_at": now, "updated_at": now,
    }  # fmt: skip
    session.execute(insert(Subscription).values(**values))
    told = {"name": values["name"], "url": url}
    ledger.append(session, STREAM, public_id, "subscribed", actor.key, told)
    return public_id, secret


def _locked(session: Session, public_id: str, version: int | None = None) -> Any:
    row = session.execute(
        select(Subscription.id, Subscription.public_id, Subscription.version, Subscription.secret,
               Subscription.state)
        .where(Subscription.public_id == public_id)
        .with_for_update()
    ).first()  # fmt: skip
    if row is None:
        raise NotFound()
    if version is not None and row.version != version:
        from backend.core.problems import Stale

        raise Stale(headers={"ETag": f'"{row.version}"'})
    return row


def _write(session: Session, row: Any, changes: Mapping[str, Any]) -> None:
    session.execute(
        update(Subscription)
        .where(Subscription.id == row.id)
        .values(**changes, version=row.version + 1, updated_at=utcnow())
        .execution_options(synchronize_session=False)
    )


def change(
    session: Session,
    actor: Actor,
    public_id: str,
    changes: Mapping[str, Any],
    *,
    version: int | None = None,
) -> None:
    """Change name, address, kinds or state; whoever is set active again starts afresh."""
    authorise(actor, "webhook.change")
    row = _locked(session, public_id, version)
    written = dict(changes)
    if "url" in written:
        checked_url(written["url"])
    if "kinds" in written:
        written["kinds"] = _checked_kinds(written["kinds"])
    if "state" in written and written["state"] not in ("active", "paused"):
        raise Invalid(errors={"state": _("Choose active or paused.")})
    if written.get("state") == "active" or "url" in written:
        written |= {"failures": 0, "rests_until": None, "failing_since": None}
    _write(session, row, written)
    if written.get("state") == "active" and row.state != "active":
        _wake(session, row.id)
    ledger.append(session, STREAM, public_id, "changed", actor.key, dict(changes))


def renew_secret(session: Session, actor: Actor, public_id: str) -> str:
    """Give a subscription a new secret; for two days both sign, so that nothing is refused."""
    authorise(actor, "webhook.change")
    row, secret = _locked(session, public_id), new_signing_secret()
    until = utcnow() + OVERLAP
    changes = {"secret": secret, "former_secret": row.secret, "former_until": until}
    _write(session, row, changes)
    ledger.append(session, STREAM, public_id, "secret_renewed", actor.key,
                  {"both_until": rfc3339(until)})  # fmt: skip
    return secret


def unsubscribe(session: Session, actor: Actor, public_id: str) -> None:
    """Remove a subscription with its log; the ledger remembers that there was one."""
    authorise(actor, "webhook.change")
    row = _locked(session, public_id)
    mine = select(Delivery.id).where(Delivery.subscription_id == row.id)
    session.execute(delete(Attempt).where(Attempt.delivery_id.in_(mine)))
    session.execute(delete(Delivery).where(Delivery.subscription_id == row.id))
    session.execute(delete(Subscription).where(Subscription.id == row.id))
    ledger.append(session, STREAM, public_id, "removed", actor.key)


def tell(
    session: Session, kind: str, subject: str | None, content: Mapping[str, Any], to: Sequence[int]
) -> str | None:
    """Write an event and its deliveries, with their jobs, in the transaction that caused it."""
    if not to:
        return None
    event_id, now = new_public_id(), utcnow()
    made = session.execute(
        insert(Event)
        .values(
            public_id=event_id, kind=kind, subject=subject,
            body=body_of(event_id, kind, content), created_at=now,
        )
        .returning(Event.id)
    ).scalar_one()  # fmt: skip
    for subscription_id in to:
        delivery_id = new_public_id()
        session.execute(
            insert(Delivery).values(
                public_id=delivery_id, subscription_id=subscription_id, event_id=made,
                state="waiting", round=0, tries=0, due_at=now, created_at=now,
            )
        )  # fmt: skip
        send_later(session, delivery_id, 0, now)
    return event_id


def send_later(session: Session, delivery_id: str, round_: int, at: datetime) -> None:
    """Ask for the next try of a delivery, once."""
    payload = {"delivery": delivery_id, "round": round_}
    jobs.enqueue(session, SEND, payload, run_at=at, key=f"webhook:{delivery_id}:{round_}")


def send_test(session: Session, actor: Actor, public_id: str) -> None:
    """Send an event that means nothing, to see whether the receiver understands."""
    authorise(actor, "webhook.replay")
    row = _locked(session, public_id)
    if row.state != "active":
        raise Conflict(_("This webhook is paused. Set it active first."))
    _write(session, row, {"rests_until": None})
    tell(session, TEST, None, {"message": "Hello from the city."}, [row.id])


def _again(session: Session, ids: Sequence[int]) -> int:
    now = utcnow()
    rows = session.execute(
        select(Delivery.id, Delivery.public_id, Delivery.round).where(Delivery.id.in_(list(ids)))
    ).all()
    for row in rows:
        session.execute(
            update(Delivery)
            .where(Delivery.id == row.id)
            .values(state="waiting", round=row.round + 1, tries=0, due_at=now, done_at=None)
            .execution_options(synchronize_session=False)
        )
        send_later(session, row.public_id, row.round + 1, now)
    return len(rows)


def _wake(session: Session, subscription_id: int) -> None:
    waiting = queries.delivery_ids(
        session, subscription_id, utcnow() - KEPT, ("waiting",), MOST_REPLAYED
    )
    _again(session, waiting)


def replay(
    session: Session,
    actor: Actor,
    public_id: str,
    *,
    delivery: str | None = None,
    since: datetime | None = None,
    everything: bool = False,
) -> int:
    """Send again: one delivery, what failed since a moment, or all of it; how many.

    The same event bears the same id, so a receiver that heard it already can pass over it.
    """
    authorise(actor, "webhook.replay")
    row = _locked(session, public_id)
    if delivery is not None:
        found = session.execute(
            select(Delivery.id).where(
                Delivery.public_id == delivery, Delivery.subscription_id == row.id
            )
        ).scalars()
        ids = list(found)
        if not ids:
            raise NotFound()
    else:
        states = ("failed", "delivered", "dropped") if everything else ("failed",)
        moment = max(since or utcnow() - KEPT, utcnow() - KEPT)
        ids = queries.delivery_ids(session, row.id, moment, states, MOST_REPLAYED)
    if row.state != "active":
        raise Conflict(_("This webhook is paused. Set it active first."))
    _write(session, row, {"rests_until": None, "failures": 0})
    number = _again(session, ids)
    ledger.append(session, STREAM, public_id, "replayed", actor.key, {"number": number})
    return number


def forget_old(session: Session) -> None:
    """Forget events, their deliveries and tries when their time is over."""
    old = select(Event.id).where(Event.created_at < utcnow() - KEPT)
    gone = select(Delivery.id).where(Delivery.event_id.in_(old))
    session.execute(delete(Attempt).where(Attempt.delivery_id.in_(gone)))
    session.execute(delete(Delivery).where(Delivery.event_id.in_(old)))
    session.execute(delete(Event).where(Event.created_at < utcnow() - KEPT))
