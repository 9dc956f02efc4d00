"""Who may do what with photos."""

from backend.core.actor import Actor
from backend.core.policy import EVERYONE, STAFF, PolicyTable

policy = PolicyTable("media")
policy.allow("photo.upload", {"any": EVERYONE})
policy.allow(
    "photo.read",
    {
        "any": EVERYONE,
        "other": EVERYONE,
        "own": EVERYONE,
        "department": STAFF,
        "hidden": {"triage", "administrator"},
        "private": {"triage", "department", "administrator"},
    },
    conceal=True,
)
policy.allow(
    "photo.hide",
    {"other": {"triage", "administrator"}, "department": {"department", "triage", "administrator"}},
)


def relation_to(actor: Actor, *, owner: str | None, public: bool, hidden: bool) -> str:
    """How an actor stands to a photo."""
    if owner and owner == actor.key and not actor.is_anonymous:
        return "own"
    if hidden:
        return "hidden"
    return "other" if public else "private"
