"""Refusals that only accounts know."""

from backend.core.i18n import lazy
from backend.core.problems import Forbidden


class ProofNeeded(Forbidden):
    """A sensitive change by a session that has not proven itself lately."""

    kind = "proof-needed"
    title = lazy("Please prove that it is you")
    detail = lazy("Enter your password, a code or your passkey again, then repeat the change.")


class AccountClosed(Forbidden):
    """The account was disabled by the city."""

    kind = "account-closed"
    title = lazy("This account is closed")
    detail = lazy("Ask the city to open it again.")
