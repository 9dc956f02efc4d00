"""How somebody stands to an idea, and who stands behind it."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.ideas.models import Edition, FeasibilityCheck, TeamMember
from backend.ideas.policy import CHECKERS, edition_relation

STANDING = ("accepted",)


class Standing(Protocol):
    """What the rules look at in an idea."""

    @property
    def id(self) -> int:
        """The internal key."""

    @property
    def edition_id(self) -> int:
        """The edition that it is in."""

    @property
    def author_id(self) -> int | None:
        """Who wrote it."""

    @property
    def state(self) -> str:
        """Where it stands."""

    @property
    def hidden_reason(self) -> str | None:
        """Why it is out of sight."""


def is_on_team(session: Session, account_id: int | None, idea_id: int) -> bool:
    """Whether an account stands behind an idea: as author, accepted co-author or sponsor."""
    if account_id is None:
        return False
    found = session.execute(
        select(TeamMember.id).where(
            TeamMember.idea_id == idea_id,
            TeamMember.account_id == account_id,
            TeamMember.state == "accepted",
        )
    ).first()
    return found is not None


def team_accounts(session: Session, idea_ids: Sequence[int]) -> list[int]:
    """The accounts that stand behind some ideas."""
    rows = session.execute(
        select(TeamMember.account_id)
        .where(
            TeamMember.idea_id.in_(list(idea_ids)[:200]),
            TeamMember.state == "accepted",
            TeamMember.account_id.is_not(None),
        )
        .distinct()
    ).scalars()
    return [account for account in rows if account is not None]


def idea_relation(session: Session, actor: Actor, idea: Standing) -> str:
    """How an actor stands to an idea: own, department, hidden, private or other."""
    mine = actor.account_id is not None and idea.author_id == actor.account_id
    if mine or is_on_team(session, actor.account_id, idea.id):
        return "own"
    if idea.state == "draft":
        return "private"
    if actor.departments and actor.has(*CHECKERS):
        asked = session.execute(
            select(FeasibilityCheck.id).where(
                FeasibilityCheck.idea_id == idea.id,
                FeasibilityCheck.department_id.in_(actor.departments),
            )
        ).first()
        if asked:
            return "department"
    if idea.hidden_reason is not None:
        return "hidden"
    row = session.execute(
        select(Edition.state, Edition.rehearsal).where(Edition.id == idea.edition_id)
    ).one()
    return edition_relation(row.state, row.rehearsal)
