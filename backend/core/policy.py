"""Who may do what: one table per room, role by action by relation, denied unless written."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from backend.core.actor import Actor, current_actor
from backend.core.problems import Forbidden, NotFound, SignInNeeded

P = ParamSpec("P")
R = TypeVar("R")

ROLES = (
    "anonymous",
    "citizen",
    "department",
    "triage",
    "jury",
    "organiser",
    "administrator",
    "partner",
    "system",
)
RELATIONS = ("any", "own", "department", "other", "hidden", "private")
"""any: no object is meant; own: the actor's; department: their department's; other: anybody
else's; hidden: taken out of public sight; private: kept to the department that handles it."""

EVERYONE = frozenset(ROLES)
STAFF = frozenset({"department", "triage", "organiser", "administrator"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix, as the authorisation tests read it."""

    action: str
    relation: str
    role: str
    allowed: bool


_TABLES: dict[str, "PolicyTable"] = {}


class PolicyTable:
    """The rules of one room: action → relation → roles that may."""

    def __init__(self, room: str) -> None:
        self.room = room
        self.rules: dict[str, dict[str, frozenset[str]]] = {}
        self.concealed: set[str] = set()
        _TABLES[room] = self

    def allow(
        self, action: str, rules: Mapping[str, Iterable[str]], *, conceal: bool = False
    ) -> None:
        """Write the rule of an action: for each relation the roles that may.

        With conceal, a refusal reads as "not found", so that existence is not told.
        """
        if action in self.rules:
            raise ValueError(f"{action} has a rule already")
        for relation, roles in rules.items():
            unknown = set(roles) - EVERYONE
            if relation not in RELATIONS or unknown:
                raise ValueError(f"{action}: no relation {relation} or role {sorted(unknown)}")
        self.rules[action] = {relation: frozenset(roles) for relation, roles in rules.items()}
        if conceal:
            self.concealed.add(action)

    def cells(self) -> Iterator[Cell]:
        """Every role × action × relation of this room."""
        for action, rules in self.rules.items():
            for relation in RELATIONS:
                for role in ROLES:
                    yield Cell(action, relation, role, role in rules.get(relation, frozenset()))


def tables() -> Mapping[str, PolicyTable]:
    """The policy tables of all rooms."""
    return _TABLES


def _table_of(action: str) -> PolicyTable:
    for table in _TABLES.values():
        if action in table.rules:
            return table
    raise LookupError(f"no rule is written for {action}")


def is_allowed(actor: Actor, action: str, relation: str = "any") -> bool:
    """Whether the table lets this actor do this to a thing in this relation."""
    if actor.kind == "system":
        return True
    roles = _table_of(action).rules[action].get(relation, frozenset())
    return not roles.isdisjoint(actor.roles)


def authorise(actor: Actor, action: str, relation: str = "any") -> None:
    """Let the actor pass, or refuse: to sign in, as forbidden, or as not found."""
    if is_allowed(actor, action, relation):
        return
    if action in _table_of(action).concealed and relation in ("hidden", "private", "other"):
        raise NotFound()
    if actor.is_anonymous or actor.pending_second_factor:
        raise SignInNeeded()
    raise Forbidden()


def could(actor: Actor, action: str) -> bool:
    """Whether some relation would let the actor do this: the first gate of a route."""
    if actor.kind == "system":
        return True
    return any(
        not roles.isdisjoint(actor.roles) for roles in _table_of(action).rules[action].values()
    )


def requires(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a view with its action; who could never do it is refused before anything is read."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            actor = current_actor()
            if not could(actor, action):
                raise (
                    SignInNeeded()
                    if actor.is_anonymous or actor.pending_second_factor
                    else Forbidden()
                )
            return view(*args, **kwargs)

        guarded.__dict__["vox_action"] = action
        return guarded

    return mark
