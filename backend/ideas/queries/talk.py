"""Reading what is said about an idea: its versions, what changed, and comments by usefulness."""

from math import sqrt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.problems import NotFound
from backend.ideas.difference import difference
from backend.ideas.models import Comment, CommentVote, IdeaVersion
from backend.ideas.policy import MODERATORS
from backend.ideas.queries.ideas import find_idea
from backend.ideas.voice import mark_of

MOST_COMMENTS, MOST_VERSIONS = 1000, 200
SAID = ("title", "summary", "text", "benefit")


def versions_of(session: Session, actor: Actor, public_id: str) -> list[dict[str, Any]]:
    """The versions of an idea, the first one first."""
    idea, _relation = find_idea(session, actor, public_id)
    rows = session.execute(
        select(
            IdeaVersion.number, IdeaVersion.title, IdeaVersion.note, IdeaVersion.estimate,
            IdeaVersion.digest, IdeaVersion.created_at,
        )
        .where(IdeaVersion.idea_id == idea.id)
        .order_by(IdeaVersion.number)
        .limit(MOST_VERSIONS)
    ).mappings()  # fmt: skip
    return [dict(row) for row in rows]


def changes_between(
    session: Session, actor: Actor, public_id: str, old: int, new: int
) -> dict[str, Any]:
    """What changed between two versions, part by part; parts that stayed are left out."""
    idea, _relation = find_idea(session, actor, public_id)
    rows = session.execute(
        select(IdeaVersion).where(
            IdeaVersion.idea_id == idea.id, IdeaVersion.number.in_((old, new))
        )
    ).scalars()
    found = {row.number: row for row in rows}
    if old not in found or new not in found:
        raise NotFound()
    left, right = found[old], found[new]
    parts = []
    for name in SAID:
        before, after = getattr(left, name), getattr(right, name)
        if before != after:
            pieces = [
                {"change": piece.change, "text": piece.text} for piece in difference(before, after)
            ]
            parts.append({"part": name, "pieces": pieces})
    return {
        "old": old, "new": new, "note": right.note, "parts": parts,
        "estimate": None if left.estimate == right.estimate else [left.estimate, right.estimate],
    }  # fmt: skip


def usefulness(useful: int, useless: int) -> float:
    """How useful a comment surely is: the lower bound of Wilson's interval at 95 %.

    A few early votes do not put a comment above one that many found useful.
    """
    number = useful + useless
    if not number:
        return 0.0
    z, share = 1.96, useful / number
    root = sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    return (share + z * z / (2 * number) - z * root) / (1 + z * z / number)


def comments_of(session: Session, actor: Actor, public_id: str) -> list[dict[str, Any]]:
    """The comments on an idea as threads, the most useful first, answers in order of time."""
    idea, _relation = find_idea(session, actor, public_id)
    rows = session.execute(
        select(Comment).where(Comment.idea_id == idea.id).order_by(Comment.id).limit(MOST_COMMENTS)
    ).scalars()
    comments = rows.all()
    mine = _my_votes(session, actor, [row.id for row in comments])
    shown = {row.id: _comment(row, actor, mine.get(row.id, 0)) for row in comments}
    top: list[dict[str, Any]] = []
    for row in comments:
        above = shown.get(row.parent_id) if row.parent_id else None
        (above["answers"] if above else top).append(shown[row.id])
    top = [c for c in top if c["text"] is not None or c["answers"]]
    top.sort(key=lambda c: (-usefulness(c["useful"], c["useless"]), c["created_at"]))
    return top


def _comment(row: Comment, actor: Actor, vote: int) -> dict[str, Any]:
    moderates = actor.has(*MODERATORS)
    hidden = row.hidden_reason is not None
    gone = row.removed_at is not None
    readable = not gone and (not hidden or moderates)
    return {
        "id": row.public_id, "side": row.side, "text": row.text if readable else None,
        "signature": row.signature if not gone else None, "party": row.party,
        "language": row.language, "useful": row.useful, "useless": row.useless,
        "hidden_reason": row.hidden_reason, "removed": gone, "created_at": row.created_at,
        "is_mine": row.author_id is not None and row.author_id == actor.account_id,
        "my_vote": vote, "flags": row.flags if moderates else None, "answers": [],
    }  # fmt: skip


def _my_votes(session: Session, actor: Actor, keys: list[int]) -> dict[int, int]:
    if actor.account_id is None or not keys:
        return {}
    rows = session.execute(
        select(CommentVote.comment_id, CommentVote.value).where(
            CommentVote.comment_id.in_(keys[:500]),
            CommentVote.who == mark_of(actor),
            CommentVote.kind == "useful",
        )
    )
    return {row.comment_id: row.value for row in rows}
