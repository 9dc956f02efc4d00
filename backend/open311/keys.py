"""Who sends: the partner whose key came with the request, wherever clients put it."""

from flask import request

from backend.accounts.queries import Partner, partner_for_key
from backend.core.db import db, reading
from backend.core.i18n import _
from backend.core.limits import check_limit
from backend.open311.answering import Refused
from backend.open311.sent import sent_pairs

LONGEST = 200
READS = "1200 per minute"


def sent_key() -> str:
    """The key of this request: in its query, its form, or its header."""
    for name, value in sent_pairs():
        if name == "api_key" and value.strip():
            return value.strip()
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def sending_partner(what: str) -> Partner:
    """The partner that sends; refused before anything else is looked at."""
    key = sent_key()
    partner = _partner(key)
    if partner is None:
        told = _("api_key was not provided") if not key else _("Invalid api_key received")
        raise Refused(403, f"{told} -- can't proceed with {what}.")
    if "write" not in partner.scopes:
        raise Refused(403, _("This api_key may only read. Ask the city for one that may write."))
    check_limit("partner", partner.rate, partner.actor.key)
    return partner


def count_reading() -> None:
    """Count a reading: against the partner's own allowance, or the network's."""
    partner = _partner(request.args.get("api_key", "").strip())
    if partner is not None:
        check_limit("partner", partner.rate, partner.actor.key)
    else:
        check_limit("open311", READS)


def _partner(key: str) -> Partner | None:
    if not key or not key.isascii() or len(key) > LONGEST:
        return None
    with reading():
        found = partner_for_key(db.session(), key)
        db.session.rollback()
    return found
