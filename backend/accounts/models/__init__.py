"""The tables of accounts; private to this room."""

from backend.accounts.models.access import (
    Ceremony,
    Passkey,
    Password,
    RecoveryCode,
    SignInCode,
    SignInSession,
    TotpSecret,
)
from backend.accounts.models.account import (
    Account,
    Consent,
    DataExport,
    Device,
    Identity,
    RoleGrant,
    StatisticsProfile,
    Tombstone,
)
from backend.accounts.models.participants import (
    ApiKey,
    Membership,
    Organisation,
    RegisterEntry,
    ResidenceProof,
)

__all__ = [
    "Account",
    "ApiKey",
    "Ceremony",
    "Consent",
    "DataExport",
    "Device",
    "Identity",
    "Membership",
    "Organisation",
    "Passkey",
    "Password",
    "RecoveryCode",
    "RegisterEntry",
    "ResidenceProof",
    "RoleGrant",
    "SignInCode",
    "SignInSession",
    "StatisticsProfile",
    "Tombstone",
    "TotpSecret",
]
