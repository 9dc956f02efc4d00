"""Devices that may be sent news: each belongs to the account that signed in on it last."""

from urllib.parse import urlsplit

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from backend.accounts.addressing import known_form
from backend.accounts.choices import CHANNELS
from backend.accounts.models import Device
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.crypto import keyring
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.policy import authorise
from backend.core.problems import Invalid, NotFound, SignInNeeded
from backend.core.settings import current_settings

MOST_DEVICES = 20


def _mac(token: str) -> str:
    return keyring().mac(token, "device")


def _check_address(channel: str, token: str, key: str | None, secret: str | None) -> None:
    if channel == "fcm":
        return
    address = urlsplit(token)
    host = (address.hostname or "").lower()
    allowed = current_settings().push_services
    known = any(host == name or host.endswith("." + name) for name in allowed)
    if address.scheme != "https" or not known or address.port not in (None, 443):
        raise Invalid(errors={"token": _("This push service is not one that the city writes to.")})
    if not key or not secret:
        raise Invalid(errors={"key": _("Send the keys p256dh and auth of the subscription.")})


def register_device(
    session: Session,
    actor: Actor,
    channel: str,
    token: str,
    *,
    key: str | None = None,
    secret: str | None = None,
    name: str | None = None,
) -> str:
    """Let a device have this account's news; whoever had it before gets none on it any more."""
    authorise(actor, "account.change", "own")
    if actor.account_id is None:
        raise SignInNeeded()
    if channel not in CHANNELS:
        raise Invalid(errors={"channel": _("Choose one of: %(all)s.", all=", ".join(CHANNELS))})
    _check_address(channel, token, key, secret)
    now = utcnow()
    values = {
        "public_id": new_public_id(),
        "account_id": actor.account_id,
        "session_id": actor.session_id,
        "channel": channel,
        "token": token,
        "key": key,
        "secret": secret,
        "name": name,
        "enabled": True,
        "seen_at": now,
    }
    session.execute(delete(Device).where(Device.token_mac.in_(keyring().macs(token, "device")[1:])))
    row = {**values, "token_mac": _mac(token), "created_at": now}
    if not insert_ignore(session, Device, row, ("token_mac",)):
        session.execute(update(Device).where(Device.token_mac == _mac(token)).values(**values))
    _drop_oldest(session, actor.account_id)
    return str(values["public_id"])


def _drop_oldest(session: Session, account_id: int) -> None:
    extra = (
        select(Device.id)
        .where(Device.account_id == account_id)
        .order_by(Device.seen_at.desc(), Device.id.desc())
        .offset(MOST_DEVICES)
        .limit(MOST_DEVICES)
    )
    ids = list(session.execute(extra).scalars())
    if ids:
        session.execute(delete(Device).where(Device.id.in_(ids)))


def remove_device(session: Session, actor: Actor, public_id: str) -> None:
    """Let one of one's own devices have no more news."""
    authorise(actor, "account.change", "own")
    gone = session.execute(
        delete(Device)
        .where(Device.public_id == known_form(public_id), Device.account_id == actor.account_id)
        .returning(Device.id)
    ).first()
    if gone is None:
        raise NotFound()


def drop_device(session: Session, device_id: int) -> None:
    """Forget a device whose address is dead, as its push service says."""
    session.execute(delete(Device).where(Device.id == device_id))


def move_device(session: Session, device_id: int, token: str) -> None:
    """Take over a device's new address, as its push service says."""
    taken = session.execute(
        select(func.count())
        .select_from(Device)
        .where(Device.token_mac == _mac(token), Device.id != device_id)
    ).scalar_one()
    if taken:
        drop_device(session, device_id)
        return
    session.execute(
        update(Device).where(Device.id == device_id).values(token=token, token_mac=_mac(token))
    )
