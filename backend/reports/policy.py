"""Who may do what with reports: role by action by relation."""

from typing import Protocol

from backend.core.actor import Actor
from backend.core.policy import EVERYONE, PolicyTable, authorise

TRIAGE = frozenset({"triage", "administrator"})
HANDLERS = frozenset({"department", "triage", "administrator"})
SIGNED_IN = EVERYONE - {"anonymous"}

policy = PolicyTable("reports")
policy.allow("report.submit", {"any": EVERYONE})
policy.allow("report.check", {"any": EVERYONE})
policy.allow("report.submit_on_behalf", {"any": HANDLERS})
policy.allow("report.list", {"any": EVERYONE})
policy.allow(
    "report.read",
    {
        "own": EVERYONE,
        "department": HANDLERS,
        "other": EVERYONE,
        "hidden": TRIAGE,
        "private": TRIAGE,
    },
    conceal=True,
)
policy.allow(
    "report.read_confidential",
    {"own": EVERYONE, "department": {"department", "triage"}, "private": {"triage"}},
    conceal=True,
)
policy.allow(
    "report.read_contact",
    {
        "own": EVERYONE,
        "department": HANDLERS,
        "other": TRIAGE,
        "hidden": TRIAGE,
        "private": TRIAGE,
    },
)
policy.allow("report.confirm", {"department": HANDLERS, "other": EVERYONE})
policy.allow("report.follow", {"own": SIGNED_IN, "department": HANDLERS, "other": SIGNED_IN})
_HANDLE = {
    "own": TRIAGE,
    "department": HANDLERS,
    "other": TRIAGE,
    "hidden": TRIAGE,
    "private": TRIAGE,
}
policy.allow("report.update", _HANDLE | {"own": EVERYONE})
policy.allow("report.note", _HANDLE)
policy.allow("report.read_notes", _HANDLE)
policy.allow("report.change_status", _HANDLE)
policy.allow("report.assign", _HANDLE)
policy.allow("report.place", _HANDLE)
policy.allow("report.merge", _HANDLE)
policy.allow(
    "report.hide", dict.fromkeys(("own", "department", "other", "hidden", "private"), TRIAGE)
)
policy.allow("report.withdraw", {"own": EVERYONE})
policy.allow("report.rate", {"own": EVERYONE})
policy.allow("report.answer", {"own": EVERYONE})
policy.allow("report.dispute", {"own": EVERYONE, "department": HANDLERS, "other": SIGNED_IN})
policy.allow("report.answer_dispute", _HANDLE)
policy.allow("report.return", {"any": EVERYONE})
policy.allow("report.claim", {"own": SIGNED_IN})
policy.allow("report.import", {"any": {"administrator"}})
policy.allow("report.export", {"any": {"administrator", "triage"}})


class Standing(Protocol):
    """What the rules look at in a report."""

    @property
    def reporter_id(self) -> int | None:
        """The account that reported."""

    @property
    def department_id(self) -> int | None:
        """The department that handles it."""

    @property
    def visibility(self) -> str:
        """Who may see it."""


def handles(actor: Actor, report: Standing) -> bool:
    """Whether the report is with a department of this member of staff."""
    return (
        report.department_id is not None
        and report.department_id in actor.departments
        and actor.has(*HANDLERS)
    )


def relation_of(actor: Actor, report: Standing, *, at_work: bool = False) -> str:
    """How an actor stands to a report: own, department, hidden, private or other.

    What is kept to its department is another department's business no more than a stranger's.
    At work, staff stand to their own report as to any other of their department.
    """
    if at_work and handles(actor, report):
        return "department"
    if actor.account_id is not None and report.reporter_id == actor.account_id:
        return "own"
    if handles(actor, report):
        return "department"
    if report.visibility == "hidden":
        return "hidden"
    return "other" if report.visibility == "public" else "private"


def read_action(report: Standing) -> str:
    """The action that reading this report asks for."""
    return "report.read_confidential" if report.visibility == "confidential" else "report.read"


def authorise_reading(actor: Actor, report: Standing, relation: str | None = None) -> str:
    """Let the actor read, or say that there is nothing; the relation that was found."""
    relation = relation or relation_of(actor, report)
    authorise(actor, read_action(report), relation)
    return relation


def authorise_work(actor: Actor, action: str, report: Standing) -> str:
    """Let staff act on a report that they may read; the relation that was found."""
    relation = relation_of(actor, report, at_work=True)
    authorise(actor, read_action(report), relation)
    authorise(actor, action, relation)
    return relation
