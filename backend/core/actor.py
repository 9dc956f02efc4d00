"""Who acts: an anonymous visitor, a person, a machine with a key, or the system itself."""

from dataclasses import dataclass, field

from flask import g, has_app_context

ANONYMOUS_ROLE = "anonymous"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for something, with what they may be taken for at this moment.

    Roles that need a second factor are listed only while it is proven.
    """

    kind: str = "anonymous"  # anonymous, person, machine, system
    account_id: int | None = None
    public_id: str | None = None
    roles: frozenset[str] = frozenset({ANONYMOUS_ROLE})
    departments: frozenset[int] = frozenset()
    assurance: str = "anonymous"  # anonymous, contact_verified, resident_verified
    language: str | None = None
    session_id: int | None = None
    name: str | None = field(default=None, repr=False)
    pending_second_factor: bool = False

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is signed in."""
        return self.kind == "anonymous"

    @property
    def is_staff(self) -> bool:
        """Whether the actor works for city hall at this moment."""
        return bool(self.roles - {ANONYMOUS_ROLE, "citizen", "partner"})

    @property
    def key(self) -> str:
        """A stable name of the actor for limits, idempotency and the ledger."""
        return f"{self.kind}:{self.public_id}" if self.public_id else self.kind

    def has(self, *roles: str) -> bool:
        """Whether the actor holds any of these roles."""
        return not self.roles.isdisjoint(roles)


ANONYMOUS = Actor()
SYSTEM = Actor(kind="system", roles=frozenset({"system"}), assurance="system")


def current_actor() -> Actor:
    """The actor of this request, anonymous where nobody signed in."""
    actor = getattr(g, "actor", None) if has_app_context() else None
    return actor if isinstance(actor, Actor) else ANONYMOUS
