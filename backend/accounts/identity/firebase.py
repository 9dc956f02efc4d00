"""Firebase: an ID token, verified with Google's keys, is exchanged for our own session."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import firebase_admin
import structlog
from firebase_admin import auth, credentials
from firebase_admin.exceptions import FirebaseError
from google.auth.credentials import AnonymousCredentials
from sqlalchemy.orm import Session

from backend.accounts.identity import ProvenIdentity
from backend.core.problems import NotFound, Unavailable

log = structlog.get_logger(__name__)
SECONDS = 10
LONGEST_TOKEN = 8192


class _NoServiceAccount(credentials.Base):
    """Public keys are enough to verify a token; nothing searches the machine for credentials."""

    def get_credential(self) -> AnonymousCredentials:
        """Credentials that say nothing."""
        return AnonymousCredentials()  # type: ignore[no-untyped-call]


class FirebaseIdentity:
    """Whoever holds a valid ID token of one Firebase project; its claims never give a role."""

    name = "firebase"

    def __init__(self, project: str, credentials_file: str = "") -> None:
        self.project = project
        self._credentials_file = credentials_file

    @cached_property
    def app(self) -> firebase_admin.App:
        """The client library's view of the project, opened on first use."""
        account = (
            credentials.Certificate(self._credentials_file)
            if self._credentials_file
            else _NoServiceAccount()
        )
        return firebase_admin.initialize_app(
            account,
            options={"projectId": self.project, "httpTimeout": SECONDS},
            name=f"vox-identity-{self.project}-{id(self)}",
        )

    @property
    def _may_ask_google(self) -> bool:
        """Whether revocation can be checked: with a service account, or on the emulator."""
        return bool(self._credentials_file or os.environ.get("FIREBASE_AUTH_EMULATOR_HOST"))

    def prove(self, session: Session, evidence: Mapping[str, Any]) -> ProvenIdentity | None:
        """Judge an ID token: signature, project, times and, where possible, revocation."""
        token = str(evidence["id_token"])
        if not token or len(token) > LONGEST_TOKEN:
            return None
        try:
            claims = auth.verify_id_token(
                token, app=self.app, check_revoked=self._may_ask_google, clock_skew_seconds=10
            )
        except auth.CertificateFetchError as error:
            raise Unavailable() from error
        except (auth.InvalidIdTokenError, auth.UserDisabledError, ValueError) as error:
            log.info("id_token_refused", error=type(error).__name__)
            return None
        except FirebaseError as error:
            if error.code == "NOT_FOUND":  # the user was deleted since
                return None
            raise Unavailable() from error
        return self._identity(claims)

    def _identity(self, claims: Mapping[str, Any]) -> ProvenIdentity:
        signed_in = claims.get("auth_time")
        return ProvenIdentity(
            provider=f"firebase:{self.project}",
            subject=str(claims["uid"]),
            method=self.name,
            email=claims.get("email"),
            email_verified=claims.get("email_verified") is True,
            phone=claims.get("phone_number"),
            name=claims.get("name"),
            proven_at=datetime.fromtimestamp(signed_in, UTC) if signed_in else None,
        )


class NullFirebase:
    """This city does not use Firebase."""

    name = "firebase"

    def prove(self, session: Session, evidence: Mapping[str, Any]) -> ProvenIdentity | None:
        """There is no such way in."""
        raise NotFound()
