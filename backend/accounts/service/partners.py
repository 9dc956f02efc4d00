"""Keys for partners' machines: made, renewed with an overlap, and revoked."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from limits import parse
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.choices import SCOPES
from backend.accounts.models import ApiKey, Organisation
from backend.accounts.service import sessions
from backend.core import ledger
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.i18n import _
from backend.core.ids import hash_secret, new_public_id, new_secret
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound

PREFIX = "vox_"
OVERLAP = timedelta(days=7)


def create_api_key(
    session: Session,
    actor: Actor,
    name: str,
    *,
    scopes: Iterable[str] = ("read",),
    rate: str = "600 per minute",
    organisation: str | None = None,
    expires_at: datetime | None = None,
) -> tuple[str, str]:
    """Make a key: its id, and the key itself, shown this once."""
    authorise(actor, "api_key.manage")
    sessions.require_recent_proof(session, actor)
    wanted = sorted(set(scopes))
    if not wanted or set(wanted) - set(SCOPES):
        raise Invalid(errors={"scopes": _("Choose among: %(all)s.", all=", ".join(SCOPES))})
    try:
        parse(rate)
    except ValueError as error:
        message = _("Write a rate such as: 600 per minute.")
        raise Invalid(errors={"rate": message}) from error
    key = PREFIX + new_secret()
    row = ApiKey(
        public_id=new_public_id(),
        name=name,
        organisation_id=_organisation_id(session, organisation),
        scopes=wanted,
        rate=rate,
        key_hash=hash_secret(key),
        created_by=actor.account_id,
        created_at=utcnow(),
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    ledger.append(
        session, "api_keys", row.public_id, "made", actor.key, {"name": name, "scopes": wanted}
    )
    return row.public_id, key


def keep_known_key(session: Session, actor: Actor, name: str, key: str) -> str:
    """Keep a key whose text everybody knows, for invented cities alone; its id."""
    authorise(actor, "api_key.manage")
    known = select(ApiKey.public_id).where(ApiKey.key_hash == hash_secret(key))
    if found := session.execute(known).scalar():
        return found
    row = ApiKey(
        public_id=new_public_id(),
        name=name,
        scopes=["read", "write"],
        rate="6000 per minute",
        key_hash=hash_secret(key),
        created_at=utcnow(),
    )
    session.add(row)
    session.flush()
    ledger.append(session, "api_keys", row.public_id, "made", actor.key, {"name": name})
    return row.public_id


def _organisation_id(session: Session, public_id: str | None) -> int | None:
    if public_id is None:
        return None
    found = session.execute(
        select(Organisation.id).where(Organisation.public_id == public_id)
    ).scalar()
    if found is None:
        raise Invalid(errors={"organisation": _("There is no such organisation.")})
    return found


def _key(session: Session, public_id: str) -> ApiKey:
    row = session.execute(
        select(ApiKey).where(ApiKey.public_id == public_id).with_for_update()
    ).scalar()
    if row is None:
        raise NotFound()
    if row.revoked_at is not None:
        raise Conflict(_("This key was revoked. Make a new one."))
    return row


def rotate_api_key(session: Session, actor: Actor, public_id: str) -> str:
    """Renew a key; the former one works for another week."""
    authorise(actor, "api_key.manage")
    sessions.require_recent_proof(session, actor)
    row = _key(session, public_id)
    key = PREFIX + new_secret()
    row.former_hash, row.former_until = row.key_hash, utcnow() + OVERLAP
    row.key_hash = hash_secret(key)
    ledger.append(session, "api_keys", public_id, "rotated", actor.key)
    return key


def revoke_api_key(session: Session, actor: Actor, public_id: str) -> None:
    """Close a key at once, the former one too."""
    authorise(actor, "api_key.manage")
    sessions.require_recent_proof(session, actor)
    row = _key(session, public_id)
    row.revoked_at, row.former_hash, row.former_until = utcnow(), None, None
    ledger.append(session, "api_keys", public_id, "revoked", actor.key)
