"""Ways to prove who somebody is: each is an adapter that answers with a proven identity."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class ProvenIdentity:
    """Somebody who has just proven to be who they are, as the adapter knows them.

    It never carries a role: what a person may do is written in our own database alone.
    """

    provider: str
    subject: str
    method: str
    email: str | None = None
    email_verified: bool = False
    phone: str | None = None
    name: str | None = None
    language: str | None = None
    second_factor: bool = False
    proven_at: datetime | None = None
    account_id: int | None = None


class IdentityAdapter(Protocol):
    """One way of proving who somebody is."""

    name: str

    def prove(self, session: Session, evidence: Mapping[str, Any]) -> ProvenIdentity | None:
        """Judge what was brought; None when it proves nothing (count it, then commit)."""
        ...
