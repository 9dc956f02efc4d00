"""One person's data in the competition: what is exported, and what is erased."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.classification import service as classification
from backend.core.ledger import LedgerEntry, forget
from backend.core.privacy import erases, exports
from backend.ideas.models import (
    Appeal,
    Comment,
    CommentVote,
    Endorsement,
    Evidence,
    FeasibilityCheck,
    Idea,
    IdeaVersion,
    Joining,
    JoiningPart,
    Problem,
    ProblemSupport,
    TeamMember,
)
from backend.ideas.queries.standing import team_accounts
from backend.ideas.service.ideas import count_ideas, remove_draft
from backend.ideas.service.record import chronicle, lock_idea, touch
from backend.media import service as media

CITIZENS = ("citizen", "author", "anonymous")


@exports("ideas")
def export_person(session: Session, account_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """A person's ideas and drafts, problems, and everything that they said and supported."""
    on_team = select(TeamMember.idea_id).where(TeamMember.account_id == account_id)
    sources: tuple[tuple[str, Any, Any], ...] = (
        ("idea", _of(Idea, "public_id", "state", "title", "summary", "text", "benefit", "estimate",
                     "address", "lon", "lat", "signature", "created_at"),
         (Idea.author_id == account_id) | Idea.id.in_(on_team)),
        ("idea_version", _of(IdeaVersion, "number", "title", "summary", "text", "benefit", "note",
                             "created_at"), IdeaVersion.author_id == account_id),
        ("idea_team", _of(TeamMember, "role", "state", "signature", "created_at"),
         TeamMember.account_id == account_id),
        ("idea_endorsement", _of(Endorsement, "state", "created_at"),
         Endorsement.account_id == account_id),
        ("idea_comment", _of(Comment, "public_id", "side", "text", "signature", "created_at"),
         Comment.author_id == account_id),
        ("idea_comment_vote", _of(CommentVote, "kind", "value", "created_at"),
         CommentVote.account_id == account_id),
        ("idea_joining", _of(Joining, "kind", "state", "reason", "content", "created_at"),
         Joining.proposed_by_id == account_id),
        ("idea_appeal", _of(Appeal, "text", "state", "created_at"), Appeal.author_id == account_id),
        ("problem", _of(Problem, "public_id", "title", "text", "groups", "signature", "lon", "lat",
                        "created_at"), Problem.author_id == account_id),
        ("problem_support", _of(ProblemSupport, "affected", "created_at"),
         ProblemSupport.account_id == account_id),
        ("problem_evidence", _of(Evidence, "text", "link", "created_at"),
         Evidence.author_id == account_id),
    )  # fmt: skip
    for kind, columns, condition in sources:
        for row in session.execute(select(*columns).where(condition)).mappings():
            yield kind, dict(row)


def _of(model: Any, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(model, name) for name in names)


@erases("ideas")
def erase_person(session: Session, account_id: int) -> int:
    """Erase a person: drafts and what they wrote go; what a team stands behind stays with it.

    A voice that was counted stays in the count, as a keyed hash that leads to nobody.
    """
    number = _erase_ideas(session, account_id)
    number += _erase_words(session, account_id)
    counted: tuple[Any, ...] = (Endorsement, CommentVote, ProblemSupport)
    for model in counted:
        number += _blank(session, model, "account_id", account_id, new_mark=True)
    signed: tuple[tuple[Any, str], ...] = (
        (IdeaVersion, "author_id"), (Joining, "proposed_by_id"), (JoiningPart, "answered_by_id"),
        (FeasibilityCheck, "assessor_id"), (Appeal, "answered_by_id"),
    )  # fmt: skip
    for model, column in signed:
        number += _blank(session, model, column, account_id)
    return number


def _blank(
    session: Session, model: Any, column: str, account_id: int, *, new_mark: bool = False
) -> int:
    """Take an account out of rows that stay; its keyed hash becomes one that nobody can make."""
    from backend.core.ids import new_secret

    owner = getattr(model, column)
    if not new_mark:
        done = session.execute(
            update(model)
            .where(owner == account_id)
            .values({column: None})
            .execution_options(synchronize_session=False)
        )
        return int(done.rowcount)  # type: ignore[attr-defined]
    keys = session.execute(select(model.id).where(owner == account_id)).scalars().all()
    for key in keys:
        session.execute(
            update(model)
            .where(model.id == key)
            .values({column: None, "who": f"erased:{new_secret()}"})
            .execution_options(synchronize_session=False)
        )
    return len(keys)


def _erase_ideas(session: Session, account_id: int) -> int:
    keys = session.execute(
        select(Idea.public_id).where(Idea.author_id == account_id)
    ).scalars().all()  # fmt: skip
    for key in keys:
        idea = lock_idea(session, key)
        _leave(session, idea.id, account_id)
        heirs = team_accounts(session, [idea.id])
        if heirs:
            idea.author_id, idea.signature = heirs[0], None
        elif idea.state == "draft":
            remove_draft(session, idea)
            continue
        else:
            _empty(session, idea)
        touch(idea)
        session.flush()
        _forget_history(session, "idea", idea.public_id)
        chronicle(session, idea, "erased", "system")
    done = session.execute(
        update(TeamMember)
        .where(TeamMember.account_id == account_id)
        .values(account_id=None, signature=None, state="left")
        .execution_options(synchronize_session=False)
    )
    return len(keys) + int(done.rowcount)  # type: ignore[attr-defined]


def _leave(session: Session, idea_key: int, account_id: int) -> None:
    session.execute(
        update(TeamMember)
        .where(TeamMember.idea_id == idea_key, TeamMember.account_id == account_id)
        .values(account_id=None, signature=None, state="left")
        .execution_options(synchronize_session=False)
    )


def _empty(session: Session, idea: Idea) -> None:
    """Take out what an only author gave; that there was an idea, and its figures, stay."""
    idea.title, idea.summary, idea.text, idea.benefit, idea.folded = "—", "", "", "", ""
    idea.author_id = idea.signature = idea.address = idea.estimate_lines = None
    idea.lon = idea.lat = idea.photo = None
    idea.photos = 0
    if idea.state in ("proposed", "feasible", "infeasible"):
        idea.state = "withdrawn"
    media.forget(session, "idea", [idea.public_id])
    classification.forget(session, "idea", [idea.public_id])
    session.execute(
        update(IdeaVersion)
        .where(IdeaVersion.idea_id == idea.id)
        .values(title="—", summary="", text="", benefit="", note=None, author_id=None)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    if idea.problem_id:
        count_ideas(session, idea.problem_id)


def _erase_words(session: Session, account_id: int) -> int:
    number = 0
    problems = session.execute(
        select(Problem.public_id).where(Problem.author_id == account_id)
    ).scalars().all()  # fmt: skip
    for public_id in problems:
        media.forget(session, "problem", [public_id])
        _forget_history(session, "problem", public_id)
    plain: tuple[tuple[Any, dict[str, Any]], ...] = (
        (Problem, {"author_id": None, "signature": None, "text": "", "lon": None, "lat": None}),
        (Comment, {"author_id": None, "signature": None, "text": "", "removed_at": _now()}),
        (Appeal, {"author_id": None, "text": ""}),
    )
    touched = session.execute(
        select(Idea.public_id)
        .join(Comment, Comment.idea_id == Idea.id)
        .where(Comment.author_id == account_id)
        .distinct()
    ).scalars().all()  # fmt: skip
    for model, values in plain:
        done = session.execute(
            update(model)
            .where(model.author_id == account_id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        number += int(done.rowcount)  # type: ignore[attr-defined]
    for public_id in touched:
        _forget_history(session, "idea", public_id)
    evidence = session.execute(
        select(Evidence.public_id).where(Evidence.author_id == account_id)
    ).scalars().all()  # fmt: skip
    media.forget(session, "evidence", list(evidence))
    session.execute(delete(Evidence).where(Evidence.author_id == account_id))
    return number + len(evidence)


def _now() -> Any:
    from backend.core.clock import utcnow

    return utcnow()


def _forget_history(session: Session, stream: str, public_id: str) -> None:
    """Erase what citizens' entries say; the chain stays whole."""
    seqs = session.execute(
        select(LedgerEntry.seq).where(
            LedgerEntry.stream == stream,
            LedgerEntry.subject == public_id,
            LedgerEntry.actor.in_(CITIZENS),
        )
    ).scalars().all()  # fmt: skip
    forget(session, stream, public_id, seqs)
