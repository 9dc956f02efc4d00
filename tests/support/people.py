"""People and machines who are known to the house, as headers that prove who they are."""

from __future__ import annotations

from typing import Any


def signed_in(session: Any, *roles: str, name: str = "Noor Visser") -> dict[str, str]:
    """Somebody with these roles and a second factor; commit before a client asks."""
    from backend.accounts.service.accounts import make_demo_account
    from backend.accounts.service.sessions import start_session

    email = f"{'.'.join(roles) or 'citizen'}@city.example"
    account = make_demo_account(session, email, name, roles)
    token = start_session(session, account, "bearer", second_factor=True)
    return {"Authorization": f"Bearer {token}"}


def machine(session: Any, rate: str = "100000 per hour") -> dict[str, str]:
    """A partner's machine that may read and write; commit before it asks."""
    from backend.accounts.service.partners import create_api_key
    from backend.core.actor import SYSTEM

    _id, key = create_api_key(session, SYSTEM, "tests", scopes=("read", "write"), rate=rate)
    return {"Authorization": f"Bearer {key}"}
