"""News of the room, for whoever listens: notifications, faces, statistics."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhaseTurned:
    """A phase opened, closed, or was extended, suspended, resumed or annulled."""

    edition: str
    phase: str
    kind: str
    action: str
    reason: str | None
    version: int


@dataclass(frozen=True, slots=True)
class PhaseHeldBack:
    """A phase should have opened and could not, because something is missing."""

    edition: str
    phase: str
    kind: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProblemOutlined:
    """A problem has been outlined."""

    public_id: str


@dataclass(frozen=True, slots=True)
class IdeaProposed:
    """An idea has been handed in."""

    public_id: str


@dataclass(frozen=True, slots=True)
class IdeaChanged:
    """An idea has a new version."""

    public_id: str
    number: int
    by: int | None


@dataclass(frozen=True, slots=True)
class IdeaEndorsed:
    """An idea has reached the number of endorsements that it needed."""

    public_id: str
    endorsements: int


@dataclass(frozen=True, slots=True)
class IdeaTurned:
    """An idea came into another state, or went out of sight or came back."""

    public_id: str
    what: str  # withdrawn, hidden, shown
    reason: str | None
    version: int


@dataclass(frozen=True, slots=True)
class CommentMade:
    """Somebody commented on an idea."""

    idea: str
    comment: str
    by: int | None
    text: str


@dataclass(frozen=True, slots=True)
class CommentHidden:
    """A comment was taken out of sight."""

    idea: str
    comment: str
    author_id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class JoiningAsked:
    """Teams are asked to agree to a merge or a split."""

    joining: str
    ideas: tuple[str, ...]
    kind: str
    reason: str
    by: int | None


@dataclass(frozen=True, slots=True)
class JoiningEnded:
    """A merge or split was done, refused or withdrawn."""

    joining: str
    ideas: tuple[str, ...]
    into: tuple[str, ...]
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class FeasibilityAsked:
    """A department is asked for its finding."""

    idea: str
    check: str
    department_id: int


@dataclass(frozen=True, slots=True)
class FeasibilityDecided:
    """A department has found whether an idea can be done."""

    idea: str
    check: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class AppealAnswered:
    """An appeal against a finding was answered."""

    idea: str
    appeal: str
    state: str
    answer: str
