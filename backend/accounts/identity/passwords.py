"""Local identity by e-mail address and password."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.contacts import email_macs, normal_email
from backend.accounts.identity import ProvenIdentity
from backend.accounts.models import Account, Password
from backend.accounts.passwords import verify_password
from backend.core.db import reading


class PasswordIdentity:
    """Whoever knows the password of an address; unknown addresses take as long to refuse."""

    name = "password"

    def prove(self, session: Session, evidence: Mapping[str, Any]) -> ProvenIdentity | None:
        """Judge an address and a password, outside of any transaction since it takes long."""
        with reading():
            found = session.execute(
                select(Account.id, Account.public_id, Password.hash)
                .outerjoin(Password, Password.account_id == Account.id)
                .where(Account.email_mac.in_(email_macs(normal_email(str(evidence["email"])))))
            ).first()
            session.rollback()
        stored = found.hash if found else None
        if not verify_password(stored, str(evidence["password"])) or found is None:
            return None
        return ProvenIdentity(
            provider="password", subject=found.public_id, method=self.name, account_id=found.id
        )
