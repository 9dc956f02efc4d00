"""Passkeys: added by who has just proven to be there, and used to sign in without anything else."""

from typing import Any

import orjson
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from backend.accounts.addressing import known_form
from backend.accounts.identity.passkeys import (
    PasskeyIdentity,
    close_ceremony,
    open_ceremony,
    relying_party,
)
from backend.accounts.letters import send_notice
from backend.accounts.models import Account, Passkey
from backend.accounts.service import sessions
from backend.accounts.service.sessions import SignedIn
from backend.accounts.service.sign_in import GUESSES_PER_SENDER, sign_in
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.limits import check_limit
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound, SignInNeeded

MOST_PASSKEYS = 10
NAME = "Vox Urbis"


def begin_passkey(session: Session, actor: Actor) -> tuple[str, dict[str, Any]]:
    """What a browser needs to make a passkey: a ticket and its options."""
    authorise(actor, "account.change", "own")
    sessions.require_recent_proof(session, actor)
    if actor.account_id is None or actor.public_id is None:
        raise SignInNeeded()
    held = session.execute(
        select(Passkey.credential_id).where(Passkey.account_id == actor.account_id)
    ).scalars()
    email = session.execute(select(Account.email).where(Account.id == actor.account_id)).scalar()
    options = generate_registration_options(
        rp_id=relying_party()[0],
        rp_name=NAME,
        user_id=actor.public_id.encode(),
        user_name=email or actor.name or actor.public_id,
        user_display_name=actor.name or email or actor.public_id,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(known)) for known in held
        ],
    )
    ticket = open_ceremony(session, "register", options.challenge, actor.account_id)
    return ticket, orjson.loads(options_to_json(options))


def add_passkey(
    session: Session, actor: Actor, ticket: str, credential: dict[str, Any], name: str | None = None
) -> str:
    """Keep the public half of a new passkey and give its id."""
    authorise(actor, "account.change", "own")
    sessions.require_recent_proof(session, actor)
    challenge = close_ceremony(session, "register", ticket, actor.account_id)
    if challenge is None or actor.account_id is None:
        raise Conflict(_("This took too long. Begin again."))
    _check_number(session, actor.account_id)
    host, origin = relying_party()
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise Invalid(errors={"credential": _("This passkey could not be verified.")}) from error
    values = {
        "public_id": new_public_id(),
        "account_id": actor.account_id,
        "credential_id": bytes_to_base64url(made.credential_id),
        "public_key": made.credential_public_key,
        "sign_count": made.sign_count,
        "backed_up": made.credential_backed_up,
        "name": name,
        "created_at": utcnow(),
    }
    if not insert_ignore(session, Passkey, values, ("credential_id",)):
        raise Conflict(_("This passkey is known already."))
    _tell(session, actor.account_id)
    return str(values["public_id"])


def _check_number(session: Session, account_id: int) -> None:
    number = session.execute(
        select(func.count()).select_from(Passkey).where(Passkey.account_id == account_id)
    ).scalar_one()
    if number >= MOST_PASSKEYS:
        raise Conflict(_("Remove a passkey first: an account holds %(n)s.", n=MOST_PASSKEYS))


def remove_passkey(session: Session, actor: Actor, public_id: str) -> None:
    """Remove one of one's own passkeys."""
    authorise(actor, "account.change", "own")
    sessions.require_recent_proof(session, actor)
    gone = session.execute(
        delete(Passkey)
        .where(Passkey.public_id == known_form(public_id), Passkey.account_id == actor.account_id)
        .returning(Passkey.id)
    ).first()
    if gone is None:
        raise NotFound()


def begin_passkey_sign_in(session: Session, *, sender: str) -> tuple[str, dict[str, Any]]:
    """What a browser needs to use a passkey; it names nobody, so it tells nobody's existence."""
    check_limit("passkey-begin", GUESSES_PER_SENDER, sender)
    options = generate_authentication_options(
        rp_id=relying_party()[0], user_verification=UserVerificationRequirement.REQUIRED
    )
    ticket = open_ceremony(session, "prove", options.challenge)
    return ticket, orjson.loads(options_to_json(options))


def sign_in_by_passkey(
    session: Session,
    ticket: str,
    credential: dict[str, Any],
    *,
    sender: str,
    kind: str,
    label: str | None = None,
) -> SignedIn | None:
    """Sign in with a passkey, which is both factors at once; None when it does not fit."""
    check_limit("sign-in-guesses", GUESSES_PER_SENDER, sender)
    evidence = {"ticket": ticket, "credential": credential}
    return sign_in(session, PasskeyIdentity(), evidence, kind=kind, label=label)


def _tell(session: Session, account_id: int) -> None:
    row = session.execute(
        select(Account.email, Account.language).where(Account.id == account_id)
    ).one()
    if row.email:
        send_notice(session, to=row.email, language=row.language, what="passkey")
