"""E-mail addresses and telephone numbers: one form, one keyed hash."""

import re

import phonenumbers

from backend.core.crypto import keyring
from backend.core.i18n import _
from backend.core.problems import Invalid

# Printable ASCII only: a letter to anything else would not arrive at every mail server.
_LOCAL_PART = r"^(?![^@]*[()<>\[\],;:\\\"])[!-?A-~]{1,64}@"
_EMAIL = re.compile(_LOCAL_PART + r"(?=.{3,255}\Z)([a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}\Z")
_LOCAL_HOST = re.compile(_LOCAL_PART + r"localhost\Z")


def normal_email(text: str) -> str:
    """An address in the form in which two spellings of it are equal; Invalid if it is none."""
    local, at, domain = text.strip().rpartition("@")
    try:
        domain = domain.lower().encode("idna").decode() if domain else ""
    except UnicodeError:
        domain = ""
    address = f"{local.lower()}{at}{domain}"
    if len(address) > 254 or not (_EMAIL.match(address) or _LOCAL_HOST.match(address)):
        raise Invalid(errors={"email": _("Write an e-mail address, for example name@example.org.")})
    return address


def normal_phone(text: str, region: str | None = None) -> str:
    """A telephone number in its international form; Invalid if it is none."""
    try:
        number = phonenumbers.parse(text, region)
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        pass
    raise Invalid(
        errors={"phone": _("Write the number with its country code, for example +31 20 123 4567.")}
    )


def email_mac(email: str) -> str:
    """The keyed hash under which a normal address is stored."""
    return keyring().mac(email, "account.email")


def email_macs(email: str) -> list[str]:
    """The keyed hashes under which a normal address may be stored, through a rotation of keys."""
    return keyring().macs(email, "account.email")


def phone_mac(phone: str) -> str:
    """The keyed hash under which a normal number is stored."""
    return keyring().mac(phone, "account.phone")
