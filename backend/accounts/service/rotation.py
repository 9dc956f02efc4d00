"""After the secret key was changed: keyed hashes for look-ups are made with the present one."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.accounts.contacts import email_mac, phone_mac
from backend.accounts.models import Account, Device
from backend.core.crypto import keyring

BATCH = 500


def remark(session: Session) -> int:
    """Renew the keyed hashes of addresses, numbers and devices; how many rows changed."""
    return _remark_accounts(session) + _remark_devices(session)


def _remark_accounts(session: Session) -> int:
    last, changed = 0, 0
    columns = (Account.id, Account.email, Account.email_mac, Account.phone, Account.phone_mac)
    while rows := session.execute(
        select(*columns).where(Account.id > last).order_by(Account.id).limit(BATCH)
    ).all():
        for row in rows:
            last = row.id
            wanted = {
                "email_mac": email_mac(row.email) if row.email else None,
                "phone_mac": phone_mac(row.phone) if row.phone else None,
            }
            if wanted != {"email_mac": row.email_mac, "phone_mac": row.phone_mac}:
                session.execute(update(Account).where(Account.id == row.id).values(**wanted))
                changed += 1
    return changed


def _remark_devices(session: Session) -> int:
    last, changed = 0, 0
    columns = (Device.id, Device.token, Device.token_mac)
    while rows := session.execute(
        select(*columns).where(Device.id > last).order_by(Device.id).limit(BATCH)
    ).all():
        for row in rows:
            last = row.id
            wanted = keyring().mac(row.token, "device")
            if wanted != row.token_mac:
                session.execute(update(Device).where(Device.id == row.id).values(token_mac=wanted))
                changed += 1
    return changed
