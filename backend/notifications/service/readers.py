"""Readers: found by account, address or device, and made when they are needed first."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.accounts.contacts import email_mac, email_macs, normal_email
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.ids import hash_secret, new_public_id
from backend.core.problems import Invalid
from backend.notifications import queries
from backend.notifications.models import Reader
from backend.notifications.queries import ReaderFacts


def _make(session: Session, column: str, **values: object) -> None:
    row = {"public_id": new_public_id(), "created_at": utcnow(), **values}
    insert_ignore(session, Reader, row, (column,))


def reader_of_account(session: Session, account_id: int) -> ReaderFacts:
    """The reader that an account is."""
    found = queries.find_reader(session, account_id)
    if found is None:
        _make(session, "account_id", account_id=account_id)
        found = queries.find_reader(session, account_id)
    assert found is not None
    return found


def reader_of_address(session: Session, email: str, language: str | None) -> ReaderFacts:
    """The reader behind an address; Invalid when it is none."""
    address = normal_email(email)
    found = queries.find_address(session, email_macs(address))
    if found is None:
        _make(session, "email_mac", email=address, email_mac=email_mac(address), language=language)
        found = queries.find_address(session, email_macs(address))
    assert found is not None
    if language and language != found.language:
        session.execute(
            update(Reader)
            .where(Reader.id == found.id)
            .values(language=language)
            .execution_options(synchronize_session=False)
        )
    return found


def reader_of_device(session: Session, device_key: str) -> ReaderFacts:
    """The reader that holds a device key, a random secret which the device keeps."""
    if not 16 <= len(device_key) <= 200:
        raise Invalid(errors={"device_key": _("A device key has 16 to 200 random characters.")})
    found = queries.find_device(session, device_key)
    if found is None:
        _make(session, "device_hash", device_hash=hash_secret(device_key))
        found = queries.find_device(session, device_key)
    assert found is not None
    return found


def reader_for(
    session: Session,
    actor: Actor,
    contact_email: str | None,
    device_key: str | None,
) -> ReaderFacts:
    """The reader that somebody is: their account first, then their address, then their device."""
    if actor.account_id is not None:
        return reader_of_account(session, actor.account_id)
    if contact_email:
        return reader_of_address(session, contact_email, actor.language)
    if device_key:
        return reader_of_device(session, device_key)
    raise Invalid(errors={"email": _("Sign in, or leave an address to which we can write.")})
