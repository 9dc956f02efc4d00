"""Talking about ideas: comments for and against, answers, what is useful, what is not fit."""

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.events import publish
from backend.core.i18n import _
from backend.core.ids import new_public_id, normalise_id
from backend.core.policy import authorise
from backend.core.problems import Conflict, Forbidden, Invalid, NotFound
from backend.ideas.events import CommentHidden, CommentMade
from backend.ideas.models import Comment, CommentVote, Idea, table_of
from backend.ideas.models.talk import SIDES
from backend.ideas.service.record import authorise_idea, chronicle, lock_idea, named, touch
from backend.ideas.service.taking_part import admit
from backend.ideas.voice import mark_of

TALKING = ("propose", "endorse", "feasibility", "jury", "vote")
DEEPEST = 3


def comment(
    session: Session,
    actor: Actor,
    public_id: str,
    text: str,
    *,
    side: str = "neutral",
    parent: str | None = None,
    signature: str | None = None,
    language: str | None = None,
) -> Comment:
    """Say something for an idea, against it or neither, or answer somebody who did."""
    idea = lock_idea(session, public_id)
    relation = authorise_idea(session, actor, "idea.comment", idea)
    if idea.state == "draft":
        raise Conflict(_("A draft is not discussed yet."))
    if not actor.is_staff:
        admit(session, actor, idea.edition_id, TALKING, old_enough=True)
    if side not in SIDES:
        raise Invalid(errors={"side": _("Choose for, against or neither.")})
    if len(text.strip()) < 3:
        raise Invalid(errors={"text": _("Write a few words.")})
    above = _answered(session, idea, parent)
    now = utcnow()
    made = Comment(
        public_id=new_public_id(), idea_id=idea.id, parent_id=above.id if above else None,
        side=side, text=text.strip(), language=language, author_id=actor.account_id,
        signature=signature, party=_party(actor, relation), useful=0, useless=0, flags=0,
        created_at=now,
    )  # fmt: skip
    session.add(made)
    _count(session, idea)
    chronicle(session, idea, "commented", named(actor), {"comment": made.public_id, "text": text})
    publish(session, CommentMade(idea.public_id, made.public_id, actor.account_id, text.strip()))
    return made


def _party(actor: Actor, relation: str) -> str:
    if relation == "own":
        return "team"
    return "city" if actor.is_staff else "citizen"


def _answered(session: Session, idea: Idea, parent: str | None) -> Comment | None:
    """The comment that is answered; an answer to the deepest one stands beside it."""
    if parent is None:
        return None
    above = _found(session, parent)
    if above.idea_id != idea.id or above.hidden_reason or above.removed_at:
        raise NotFound()
    chain = [above]
    while chain[-1].parent_id is not None:
        chain.append(
            session.execute(select(Comment).where(Comment.id == chain[-1].parent_id)).scalar_one()
        )
    return chain[1] if len(chain) >= DEEPEST else above


def _found(session: Session, public_id: str) -> Comment:
    row = session.execute(
        select(Comment).where(Comment.public_id == normalise_id(public_id[:64])).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise NotFound()
    return row


def _idea_of(session: Session, comment: Comment) -> Idea:
    key = session.execute(select(Idea.public_id).where(Idea.id == comment.idea_id)).scalar_one()
    return lock_idea(session, key)


def _count(session: Session, idea: Idea) -> None:
    session.flush()
    idea.comments = session.execute(
        select(func.count()).where(
            Comment.idea_id == idea.id,
            Comment.hidden_reason.is_(None),
            Comment.removed_at.is_(None),
        )
    ).scalar_one()
    touch(idea)


def judge_comment(
    session: Session,
    actor: Actor,
    comment_id: str,
    value: int,
    *,
    device: str | None = None,
) -> Comment:
    """Say that a comment is useful (1), is not (-1), or take that back (0); once per person."""
    row = _found(session, comment_id)
    authorise_idea(session, actor, "comment.judge", _idea_of(session, row))
    _vote(session, actor, row, ("useful", value), device)
    tally = session.execute(
        select(CommentVote.value, func.count())
        .where(CommentVote.comment_id == row.id, CommentVote.kind == "useful")
        .group_by(CommentVote.value)
    ).all()
    counts = {found[0]: found[1] for found in tally}
    row.useful, row.useless = counts.get(1, 0), counts.get(-1, 0)
    session.flush()
    return row


def _vote(
    session: Session, actor: Actor, row: Comment, vote: tuple[str, int], device: str | None
) -> None:
    kind, value = vote
    if value not in (-1, 0, 1):
        raise Invalid(errors={"value": _("Choose 1, 0 or -1.")})
    if row.author_id is not None and row.author_id == actor.account_id:
        raise Conflict(_("Nobody judges their own comment."))
    who = mark_of(actor, device)
    session.execute(
        delete(CommentVote).where(
            CommentVote.comment_id == row.id, CommentVote.who == who, CommentVote.kind == kind
        )
    )
    if value:
        session.execute(
            insert(table_of(CommentVote)),
            {
                "comment_id": row.id, "who": who, "account_id": actor.account_id, "kind": kind,
                "value": value, "created_at": utcnow(),
            },
        )  # fmt: skip


def flag_comment(
    session: Session, actor: Actor, comment_id: str, *, device: str | None = None
) -> None:
    """Ask the desk to look at a comment; it stays until a person decides."""
    row = _found(session, comment_id)
    authorise_idea(session, actor, "comment.judge", _idea_of(session, row))
    _vote(session, actor, row, ("flag", 1), device)
    row.flags = session.execute(
        select(func.count()).where(CommentVote.comment_id == row.id, CommentVote.kind == "flag")
    ).scalar_one()
    session.flush()


def remove_comment(session: Session, actor: Actor, comment_id: str) -> None:
    """Take one's own comment back; answers to it stay."""
    row = _found(session, comment_id)
    authorise(actor, "comment.remove", "own")
    if row.author_id is None or row.author_id != actor.account_id:
        raise Forbidden()
    idea = _idea_of(session, row)
    row.removed_at, row.text = utcnow(), ""
    _count(session, idea)
    chronicle(session, idea, "comment_removed", named(actor), {"comment": row.public_id})


def hide_comment(session: Session, actor: Actor, comment_id: str, reason: str | None) -> None:
    """Take a comment out of sight with a reason that its author reads, or show it again."""
    row = _found(session, comment_id)
    idea = _idea_of(session, row)
    authorise_idea(session, actor, "idea.moderate", idea)
    text = (reason or "").strip() or None
    if reason is not None and (text is None or len(text) < 5):
        raise Invalid(errors={"reason": _("Write the reason; the author reads it.")})
    row.hidden_reason = text
    if text is None:
        row.flags = 0
        session.execute(
            delete(CommentVote).where(CommentVote.comment_id == row.id, CommentVote.kind == "flag")
        )
    _count(session, idea)
    action = "comment_hidden" if text else "comment_shown"
    chronicle(session, idea, action, named(actor), {"comment": row.public_id, "reason": text})
    if text:
        publish(session, CommentHidden(idea.public_id, row.public_id, row.author_id, text))
