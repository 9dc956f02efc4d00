"""News of the room, for whoever listens: notifications, faces, statistics."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportSubmitted:
    """A report has arrived and is stored."""

    public_id: str


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A report has taken a step; the reason is what the reporter reads."""

    public_id: str
    old: str
    new: str
    reason: str | None
    by: str
    version: int


@dataclass(frozen=True, slots=True)
class UpdatePosted:
    """Somebody has said something publicly about a report."""

    public_id: str
    update_id: str
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class ReportAssigned:
    """A report has gone to a department, or to one of its people."""

    public_id: str
    department_id: int | None
    assignee_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class ClosingDisputed:
    """Somebody concerned says that a closed report is not done."""

    public_id: str
    dispute_id: str


@dataclass(frozen=True, slots=True)
class ReportsMerged:
    """A report turned out to be a duplicate, or not to be one after all."""

    public_id: str
    into: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class VisibilityChanged:
    """A report went out of sight or came back."""

    public_id: str
    old: str
    new: str
    reason: str | None
    version: int
