"""Which adapters this city uses, chosen by its settings."""

from flask import Flask, current_app

from backend.accounts.identity.firebase import FirebaseIdentity, NullFirebase
from backend.accounts.identity.oidc import NullOidc, OidcIdentity
from backend.core.settings import Settings

EXTENSION = "vox-identity"


def init_identity(app: Flask, settings: Settings) -> None:
    """Make the adapters of the settings."""
    firebase = (
        FirebaseIdentity(settings.firebase_project, settings.firebase_credentials)
        if settings.firebase_project
        else NullFirebase()
    )
    oidc = OidcIdentity(app, settings) if settings.oidc_issuer else NullOidc()
    app.extensions[EXTENSION] = {"firebase": firebase, "oidc": oidc}


def firebase_identity() -> FirebaseIdentity | NullFirebase:
    """The adapter for Firebase, or its null."""
    adapter: FirebaseIdentity | NullFirebase = current_app.extensions[EXTENSION]["firebase"]
    return adapter


def oidc_identity() -> OidcIdentity | NullOidc:
    """The adapter for the staff's provider, or its null."""
    adapter: OidcIdentity | NullOidc = current_app.extensions[EXTENSION]["oidc"]
    return adapter
