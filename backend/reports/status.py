"""The status machine of a report, as data: who may take which step, and what it asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backend.core.i18n import current_language, lazy

REPORTER, DEPARTMENT, TRIAGE, SYSTEM = "reporter", "department", "triage", "system"
STAFF_PARTIES = frozenset({DEPARTMENT, TRIAGE})
EVERY_PARTY = frozenset({REPORTER, DEPARTMENT, TRIAGE, SYSTEM})


@dataclass(frozen=True, slots=True)
class Status:
    """One status: whether work is still due, and what the reporter reads."""

    code: str
    is_open: bool
    name: Any
    reads: Any


_ALL = (
    Status(
        "received",
        True,
        lazy("Received"),
        lazy("The city has received your report. Somebody will read it."),
    ),
    Status(
        "triaged",
        True,
        lazy("Read"),
        lazy("Somebody at the city has read your report and knows where it belongs."),
    ),
    Status(
        "assigned",
        True,
        lazy("Passed to a department"),
        lazy("Your report is with the department that deals with such matters."),
    ),
    Status("in_progress", True, lazy("Being worked on"), lazy("Work on your report has begun.")),
    Status(
        "waiting_for_reporter",
        True,
        lazy("Waiting for your answer"),
        lazy("The city has a question for you. Your answer lets the work go on."),
    ),
    Status(
        "waiting_for_third_party",
        True,
        lazy("Waiting for somebody else"),
        lazy("The work waits for somebody outside the city."),
    ),
    Status("planned", True, lazy("Planned"), lazy("The work is planned.")),
    Status("resolved", False, lazy("Resolved"), lazy("The city says that this is done.")),
    Status(
        "not_ours",
        False,
        lazy("Forwarded"),
        lazy("Somebody else is responsible. The city has passed your report on."),
    ),
    Status("no_action", False, lazy("No action"), lazy("The city will not act on this.")),
    Status(
        "duplicate",
        False,
        lazy("Already reported"),
        lazy("Somebody had reported this before. You will hear what becomes of that report."),
    ),
    Status(
        "reopened",
        True,
        lazy("Reopened"),
        lazy("Your report is open again. The city looks anew."),
    ),
    Status("withdrawn", False, lazy("Withdrawn"), lazy("You have withdrawn this report.")),
)
STATUSES: dict[str, Status] = {status.code: status for status in _ALL}
OPEN = tuple(code for code, status in STATUSES.items() if status.is_open)
CLOSED = tuple(code for code, status in STATUSES.items() if not status.is_open)
FIRST = "received"

REQUIRED: dict[str, frozenset[str]] = {
    "resolved": frozenset({"reason"}),
    "no_action": frozenset({"reason"}),
    "not_ours": frozenset({"reason", "forwarded_to"}),
    "duplicate": frozenset({"duplicate_of"}),
    "waiting_for_reporter": frozenset({"reason"}),
    "waiting_for_third_party": frozenset({"reason"}),
    "reopened": frozenset({"reason"}),
    "assigned": frozenset({"department"}),
}
"""What must be told with a step into a status; the reason is what the reporter reads."""

_BOTH = frozenset({DEPARTMENT, TRIAGE})
_INTO: dict[str, frozenset[str]] = {
    "triaged": frozenset({TRIAGE}),
    "assigned": _BOTH,
    "in_progress": _BOTH,
    "waiting_for_reporter": _BOTH,
    "waiting_for_third_party": _BOTH,
    "planned": _BOTH,
    "resolved": _BOTH,
    "not_ours": _BOTH,
    "no_action": _BOTH,
    "duplicate": _BOTH,
    "withdrawn": frozenset({REPORTER}),
    "reopened": frozenset({DEPARTMENT, TRIAGE, SYSTEM}),
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: from where to where, who may take it, and what must be told."""

    source: str
    target: str
    who: frozenset[str]
    requires: frozenset[str]


def _transitions() -> Iterator[Transition]:
    for source in OPEN:
        for target, who in _INTO.items():
            if target in ("reopened", source):
                continue
            if target == "triaged" and source not in ("received", "reopened", "assigned"):
                continue
            allowed = who
            if source == "waiting_for_reporter" and target == "in_progress":
                allowed = who | {REPORTER, SYSTEM}  # an answer lets the work go on
            yield Transition(source, target, allowed, REQUIRED.get(target, frozenset()))
    for source in CLOSED:
        who = _INTO["reopened"]
        if source == "withdrawn":
            who = frozenset({TRIAGE})
        yield Transition(source, "reopened", who, REQUIRED["reopened"])


TRANSITIONS: dict[tuple[str, str], Transition] = {(t.source, t.target): t for t in _transitions()}


def is_open(code: str) -> bool:
    """Whether work is still due in this status."""
    return STATUSES[code].is_open


def transition(source: str, target: str) -> Transition | None:
    """The step between two statuses, if there is one."""
    return TRANSITIONS.get((source, target))


def targets(source: str, party: str) -> list[str]:
    """The statuses into which a party may take a report from here, in the order of the table."""
    return [
        code
        for code in STATUSES
        if (step := TRANSITIONS.get((source, code))) is not None and party in step.who
    ]


def status_name(code: str) -> str:
    """The name of a status in the reader's language."""
    return str(STATUSES[code].name)


_read: dict[tuple[str, str], str] = {}


def what_the_reporter_reads(code: str) -> str:
    """The sentence that explains a status to the person who reported."""
    key = (code, current_language())
    if key not in _read:
        _read[key] = str(STATUSES[code].reads)
    return _read[key]
