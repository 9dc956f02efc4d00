"""News of the room."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SuggestionMade:
    """A model has proposed where something belongs; nobody has decided yet."""

    kind: str
    public_id: str
    domain: str | None
    component: str | None
    second: str | None
    confidence: float
    unsure: bool
    urgent: bool
    service_code: str | None
