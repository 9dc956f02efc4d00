"""Counting each person once without naming them: the keyed hash of a voice."""

from backend.core.actor import Actor
from backend.core.crypto import keyring
from backend.core.i18n import _
from backend.core.problems import Invalid, SignInNeeded

PURPOSE = "idea voice"


def mark_of(actor: Actor, device: str | None = None) -> str:
    """The mark under which a person is counted: their account, else their device."""
    if actor.account_id is not None:
        return keyring().mac(f"account:{actor.account_id}", PURPOSE)
    if device is None:
        raise SignInNeeded()
    if not 16 <= len(device) <= 200 or not device.isascii():
        raise Invalid(
            errors={"device": _("Send a random id of the device, 16 characters or more.")}
        )
    return keyring().mac(f"device:{device}", PURPOSE)
