"""One person's data in this room: what is exported and what is erased."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts.queries import contact_of
from backend.core.clock import rfc3339
from backend.core.privacy import erases, exports
from backend.notifications import queries
from backend.notifications.messages import unpack
from backend.notifications.service.following import forget_address, forget_reader
from backend.notifications.templates import render

PAGE = 200


@exports("notifications")
def export_reader(session: Session, account_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """A person's preferences, follows and news."""
    reader = queries.find_reader(session, account_id)
    if reader is None:
        return
    wishes = queries.wishes_of(session, [reader])[reader.id]
    yield (
        "notification_preferences",
        {
            "topics": {name: list(channels) for name, channels in wishes.topics.items()},
            "quiet_from": wishes.quiet_from,
            "quiet_until": wishes.quiet_until,
            "digest": wishes.digest,
            "letters": not reader.letters_stopped,
        },
    )
    before: int | None = None
    while follows := queries.list_follows(session, account_id, before=before, limit=PAGE):
        for row in follows:
            since = rfc3339(row.created_at)
            yield "follow", {"kind": row.kind, "id": row.target_id, "since": since}
        before = follows[-1].id
    yield from _news(session, reader.id)


def _news(session: Session, reader_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    before: int | None = None
    while rows := queries.list_news(session, reader_id, before=before, limit=PAGE):
        for row in rows:
            words = render(unpack(row.message), zone="UTC")
            yield (
                "news",
                {
                    "at": rfc3339(row.created_at),
                    "title": words.subject,
                    "text": words.text,
                    "read_at": rfc3339(row.read_at) if row.read_at else None,
                },
            )
        before = rows[-1].id


@erases("notifications")
def erase_reader(session: Session, account_id: int) -> int:
    """Everything about a person, also under their address from before they had an account."""
    rows = 0
    contact = contact_of(session, account_id)
    if contact and contact.email:
        rows += forget_address(session, contact.email)
    reader = queries.find_reader(session, account_id)
    return rows + (forget_reader(session, reader.id) if reader else 0)
