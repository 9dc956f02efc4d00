"""OpenID Connect for staff: the city's own identity provider, by code flow with PKCE."""

from collections.abc import Mapping
from typing import Any

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, Response
from joserfc.errors import JoseError
from sqlalchemy.orm import Session

from backend.accounts.identity import ProvenIdentity
from backend.core.problems import NotFound, Unavailable
from backend.core.settings import Settings

log = structlog.get_logger(__name__)
SECONDS = 10
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")


class OidcIdentity:
    """Whoever the city's provider signs in; state, nonce and PKCE tie it to this browser."""

    name = "oidc"

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.issuer = settings.oidc_issuer
        metadata = self.issuer.rstrip("/") + "/.well-known/openid-configuration"
        self._client = OAuth(app).register(
            "staff",
            server_metadata_url=metadata,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "timeout": SECONDS,
            },
        )

    def leave(self, return_to: str) -> Response:
        """Send the browser to the provider."""
        try:
            response: Response = self._client.authorize_redirect(return_to)
        except (requests.RequestException, AuthlibBaseError) as error:
            log.warning("oidc_away", error=type(error).__name__)
            raise Unavailable() from error
        return response

    def receive(self) -> Mapping[str, Any]:
        """What the provider said, once state, nonce, PKCE and the token's signature hold."""
        try:
            self._check_provider()
            token = self._client.authorize_access_token(
                claims_options={"iss": {"essential": True, "values": [self.issuer]}}
            )
        except requests.RequestException as error:
            raise Unavailable() from error
        except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as error:
            log.info("oidc_refused", error=type(error).__name__)
            return {}
        return dict(token.get("userinfo") or {})

    def _check_provider(self) -> None:
        metadata = self._client.load_server_metadata()
        if metadata.get("issuer") != self.issuer:
            raise ValueError("the provider calls itself by another name")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [
            name for name in offered if name in ALGORITHMS
        ]

    def prove(self, session: Session, evidence: Mapping[str, Any]) -> ProvenIdentity | None:
        """Judge the verified claims; only `mfa` in `amr` counts as a second factor."""
        if evidence.get("iss") != self.issuer or not evidence.get("sub"):
            return None
        methods = evidence.get("amr")
        return ProvenIdentity(
            provider=self.issuer[:160],
            subject=str(evidence["sub"])[:255],
            method=self.name,
            email=evidence.get("email"),
            email_verified=evidence.get("email_verified") is True,
            name=evidence.get("name"),
            second_factor=isinstance(methods, list) and "mfa" in methods,
        )


class NullOidc:
    """This city has no identity provider of its own."""

    name = "oidc"

    def leave(self, return_to: str) -> Response:
        """There is no such way in."""
        raise NotFound()

    def receive(self) -> Mapping[str, Any]:
        """There is no such way in."""
        raise NotFound()

    def prove(self, session: Session, evidence: Mapping[str, Any]) -> ProvenIdentity | None:
        """There is no such way in."""
        return None
