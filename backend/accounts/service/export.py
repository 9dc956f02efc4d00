"""A copy of one's own data: made by a job, for its owner alone, for ten minutes."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.accounts.models import (
    Account,
    Consent,
    DataExport,
    Device,
    Identity,
    Membership,
    Organisation,
    Passkey,
    ResidenceProof,
    RoleGrant,
    SignInSession,
    StatisticsProfile,
)
from backend.accounts.service import sessions
from backend.accounts.service.accounts import own_account
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.crypto import keyring
from backend.core.fastjson import dumps
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.jobs import enqueue
from backend.core.limits import check_limit
from backend.core.policy import authorise
from backend.core.privacy import export_person, exports
from backend.core.problems import Gone, NotFound
from backend.core.storage import storage

KEPT = timedelta(minutes=10)
FOLDER = "exports"


def ask_for_export(session: Session, actor: Actor) -> str:
    """Ask for a copy of one's own data; the id under which it can be fetched once it is made."""
    authorise(actor, "account.export", "own")
    sessions.require_recent_proof(session, actor)
    check_limit("exports", "6 per day", actor.key)
    account = own_account(session, actor)
    waiting = session.execute(
        select(DataExport.public_id).where(
            DataExport.account_id == account.id, DataExport.state == "waiting"
        )
    ).scalar()
    if waiting is not None:
        return waiting
    row = DataExport(
        public_id=new_public_id(), account_id=account.id, state="waiting", requested_at=utcnow()
    )
    session.add(row)
    session.flush()
    enqueue(session, "accounts.build_export", {"export": row.public_id})
    return row.public_id


def build_export(session: Session, public_id: str) -> None:
    """Gather what every room holds about the person, and keep it sealed for ten minutes."""
    row = session.execute(select(DataExport).where(DataExport.public_id == public_id)).scalar()
    if row is None or row.state != "waiting":
        return
    records: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for kind, record in export_person(session, row.account_id):
        records[kind].append(record)
    now = utcnow()
    body = dumps({"made_at": now, "records": records}, indent=True)
    storage().put(f"{FOLDER}/{public_id}", keyring().seal(body.decode(), "export").encode())
    row.state, row.ready_at, row.expires_at, row.size = "ready", now, now + KEPT, len(body)
    enqueue(session, "accounts.drop_export", {"export": public_id}, run_at=now + KEPT)


def drop_export(session: Session, public_id: str) -> None:
    """Forget a copy whose time is over, or whose owner is gone."""
    storage().delete(f"{FOLDER}/{public_id}")
    session.execute(
        update(DataExport).where(DataExport.public_id == public_id).values(state="gone")
    )


def read_export(session: Session, actor: Actor, public_id: str) -> bytes:
    """The copy, for its owner's own session only."""
    authorise(actor, "account.export", "own")
    row = session.execute(
        select(DataExport.state, DataExport.expires_at).where(
            DataExport.public_id == public_id, DataExport.account_id == actor.account_id
        )
    ).first()
    if row is None or row.state == "waiting":
        raise NotFound()
    body = storage().get(f"{FOLDER}/{public_id}")
    if row.state == "gone" or body is None or row.expires_at is None or row.expires_at <= utcnow():
        raise Gone(_("The copy was kept for ten minutes. Ask for a new one."))
    return keyring().unseal(body.decode(), "export").encode()


@exports("accounts")
def export_from_accounts(session: Session, account_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """What accounts hold about a person; secrets of signing in are left out."""
    account = session.get(Account, account_id)
    if account is None:
        return
    yield (
        "account",
        _picked(
            account,
            "public_id state name email email_verified_at phone phone_verified_at language "
            "assurance assurance_method assured_at created_at",
        ),
    )
    for kind, model, names in (
        ("identity", Identity, "provider subject created_at"),
        ("session", SignInSession, "public_id kind method label created_at seen_at expires_at"),
        ("passkey", Passkey, "public_id name created_at used_at"),
        ("role", RoleGrant, "role granted_at revoked_at"),
        ("statistics_profile", StatisticsProfile, "age_band sex district_id updated_at"),
        ("consent", Consent, "purpose wording given_at withdrawn_at"),
        ("device", Device, "public_id channel name token created_at seen_at"),
        ("residence_proof", ResidenceProof, "method state addressee address created_at decided_at"),
    ):
        rows = session.execute(select(model).where(model.account_id == account_id)).scalars()
        for row in rows:
            yield kind, _picked(row, names)
    members = session.execute(
        select(Organisation.name, Membership.role, Membership.speaks, Membership.created_at)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.account_id == account_id)
    )
    for member in members.mappings():
        yield "organisation", dict(member)


def _picked(row: object, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}
