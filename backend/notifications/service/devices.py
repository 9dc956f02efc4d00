"""Devices that died: where a push service says so, accounts forgets the token."""

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts.queries import DeviceAddress, devices_of


def drop_device(session: Session, device: DeviceAddress) -> None:
    """Forget a device, unless it has registered with another token in the meantime."""
    now = {d.id: d.token for d in devices_of(session, [device.account_id])}
    if now.get(device.id) == device.token:
        accounts.drop_device(session, device.id)
