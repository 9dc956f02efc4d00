"""The tables of the competitions; private to the room."""

from typing import cast

from sqlalchemy import Table

from backend.core.db import Base
from backend.ideas.models import after, ballot, jury  # noqa: F401 - their tables
from backend.ideas.models.edition import (
    EDITION_STATES,
    PHASE_KINDS,
    PHASE_STATES,
    Competition,
    Edition,
    Phase,
    PhaseChange,
)
from backend.ideas.models.feasibility import OUTCOMES, Appeal, FeasibilityCheck
from backend.ideas.models.idea import (
    IDEA_STATES,
    Endorsement,
    Idea,
    IdeaVersion,
    TeamMember,
)
from backend.ideas.models.joining import Joining, JoiningPart, Lineage
from backend.ideas.models.problem import Evidence, Problem, ProblemReport, ProblemSupport
from backend.ideas.models.talk import Comment, CommentVote


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements that need no objects."""
    return cast("Table", model.__table__)


__all__ = [
    "EDITION_STATES",
    "IDEA_STATES",
    "OUTCOMES",
    "PHASE_KINDS",
    "PHASE_STATES",
    "Appeal",
    "Comment",
    "CommentVote",
    "Competition",
    "Edition",
    "Endorsement",
    "Evidence",
    "FeasibilityCheck",
    "Idea",
    "IdeaVersion",
    "Joining",
    "JoiningPart",
    "Lineage",
    "Phase",
    "PhaseChange",
    "Problem",
    "ProblemReport",
    "ProblemSupport",
    "TeamMember",
    "table_of",
]
