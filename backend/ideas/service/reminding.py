"""Ballots that were begun and not cast: one reminder before the close, without what was chosen."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.accounts.queries import account_details
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.i18n import lazy
from backend.ideas.models.ballot import UnfinishedBallot, Vote
from backend.ideas.service.casting import Voter, own_ballot
from backend.notifications import templates
from backend.notifications.service import Message, Recipient, notify

KIND, TOPIC = "vote", "ideas.vote"
BEFORE = timedelta(days=1)
AT_ONCE = 500


def begin(session: Session, actor: Actor, vote: Mapping[str, Any]) -> bool:
    """Remember that somebody began a ballot; nothing of what they chose."""
    if actor.account_id is None or actor.public_id is None or vote["state"] != "open":
        return False
    voter = Voter(f"account:{actor.public_id}")
    if own_ballot(session, vote["public_id"], voter).voted:
        return False
    values = {"vote_id": vote["id"], "account_id": actor.account_id, "begun_at": utcnow()}
    insert_ignore(session, UnfinishedBallot, values, ("vote_id", "account_id"))
    return True


def remind(session: Session) -> int:
    """Remind who began and has not cast, once, on the last day."""
    now = utcnow()
    rows = session.execute(
        select(UnfinishedBallot.id, UnfinishedBallot.account_id, Vote.public_id, Vote.closes_at)
        .join(Vote, Vote.id == UnfinishedBallot.vote_id)
        .where(
            Vote.state == "open", Vote.closes_at > now, Vote.closes_at <= now + BEFORE,
            UnfinishedBallot.reminded_at.is_(None),
        )
        .limit(AT_ONCE)
    ).all()  # fmt: skip
    for row in rows:
        session.execute(
            update(UnfinishedBallot)
            .where(UnfinishedBallot.id == row.id)
            .values(reminded_at=now)
        )  # fmt: skip
        details = account_details(session, row.account_id)
        if details is None or details["state"] != "active":
            continue
        link = f"/votes/{row.public_id}"
        notify(
            session, topic=TOPIC, kind=KIND, public_id=row.public_id,
            to=[Recipient.account(row.account_id, link=link)],
            message=Message("vote.unfinished", {"closes": row.closes_at}, link),
            key=f"vote:{row.public_id}:unfinished:{row.account_id}",
        )  # fmt: skip
    return len(rows)


def confirm(session: Session, account_id: int, vote_id: str, *, changed: bool) -> None:
    """Tell a voter by their own channels that they have voted; never what, never the receipt."""
    template = "vote.changed" if changed else "vote.cast"
    link = f"/votes/{vote_id}"
    notify(
        session, topic=TOPIC, kind=KIND, public_id=vote_id,
        to=[Recipient.account(account_id, link=link)],
        message=Message(template, {}, link, at_once=True),
        key=f"vote:{vote_id}:{template}:{account_id}:{utcnow():%Y%m%d%H%M%S}",
    )  # fmt: skip


def introduce() -> None:
    """Register the words of our news."""
    templates.register_topic(TOPIC, label=lazy("My ballot: that it was cast, and a reminder"))
    for name, (subject, text, push) in _TEMPLATES.items():
        templates.register(name, subject=subject, text=text, push=push)


_TEMPLATES: dict[str, tuple[Any, Any, Any]] = {
    "vote.unfinished": (
        lazy("Your ballot is not cast yet"),
        lazy(
            "You began a ballot and did not cast it, so it does not count yet. "
            "You can vote until %(closes)s."
        ),
        lazy("Your ballot is not cast yet."),
    ),
    "vote.cast": (
        lazy("You have voted"),
        lazy(
            "Your ballot is in the box. You can change it until the vote closes. This letter does "
            "not say what you chose. If this was not you, tell the organisers at once."
        ),
        lazy("Your ballot is in the box."),
    ),
    "vote.changed": (
        lazy("You have changed your ballot"),
        lazy(
            "Your new ballot is in the box and the earlier one does not count any more. "
            "If this was not you, tell the organisers at once."
        ),
        lazy("Your ballot was changed."),
    ),
}
