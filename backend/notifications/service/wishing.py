"""Preferences: what a person wishes to hear, how, and when not."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.policy import authorise
from backend.core.problems import Invalid, SignInNeeded, Stale
from backend.notifications import queries
from backend.notifications.messages import CHANNELS
from backend.notifications.models import Preference, Reader
from backend.notifications.queries import Wishes
from backend.notifications.service.readers import reader_of_account
from backend.notifications.templates import topics


def preferences_of(session: Session, actor: Actor) -> dict[str, Any]:
    """A person's preferences as the API writes them, defaults filled in."""
    authorise(actor, "preference.read", "own")
    if actor.account_id is None:
        raise SignInNeeded()
    reader = queries.find_reader(session, actor.account_id)
    wishes = queries.wishes_of(session, [reader])[reader.id] if reader else Wishes()
    return _document(wishes, letters=not (reader and reader.letters_stopped))


def _document(wishes: Wishes, *, letters: bool) -> dict[str, Any]:
    quiet = None
    if wishes.quiet_from and wishes.quiet_until:
        quiet = {"from": wishes.quiet_from, "until": wishes.quiet_until}
    return {
        "version": wishes.version,
        "letters": letters,
        "digest": wishes.digest,
        "quiet_hours": quiet,
        "topics": [
            {"topic": name, "label": str(topic.label), "channels": list(wishes.channels(name))}
            for name, topic in sorted(topics().items())
        ],
    }


def change_preferences(
    session: Session, actor: Actor, changes: Mapping[str, Any], *, version: int
) -> dict[str, Any]:
    """Change what is named in `changes` and leave the rest; Stale when another change came first.

    `topics` maps topics to channels, `quiet_hours` is {"from", "until"} or None, `digest` none,
    daily or weekly, and `letters` says whether there are any at all.
    """
    authorise(actor, "preference.change", "own")
    if actor.account_id is None:
        raise SignInNeeded()
    reader = reader_of_account(session, actor.account_id)
    wishes = queries.wishes_of(session, [reader])[reader.id]
    values = _changed(wishes, changes) | {"version": version + 1, "updated_at": utcnow()}
    if not _store(session, reader.id, values, version):
        raise Stale()
    if "letters" in changes:
        session.execute(
            update(Reader)
            .where(Reader.id == reader.id)
            .values(letters_stopped_at=None if changes["letters"] else utcnow())
            .execution_options(synchronize_session=False)
        )
    return preferences_of(session, actor)


def _changed(wishes: Wishes, changes: Mapping[str, Any]) -> dict[str, Any]:
    chosen = {name: list(channels) for name, channels in wishes.topics.items()}
    for name, channels in changes.get("topics", {}).items():
        if name not in topics() or not set(channels) <= set(CHANNELS):
            raise Invalid(errors={f"topics.{name}": _("There is no such topic or channel.")})
        chosen[name] = [channel for channel in CHANNELS if channel in channels]
    quiet = changes.get("quiet_hours", {"from": wishes.quiet_from, "until": wishes.quiet_until})
    return {
        "topics": chosen,
        "quiet_from": quiet["from"] if quiet else None,
        "quiet_until": quiet["until"] if quiet else None,
        "digest": changes.get("digest", wishes.digest),
    }


def _store(session: Session, reader_id: int, values: dict[str, Any], version: int) -> bool:
    if version == 0:
        row = {"reader_id": reader_id, **values}
        return insert_ignore(session, Preference, row, ("reader_id",))
    result = session.execute(
        update(Preference)
        .where(Preference.reader_id == reader_id, Preference.version == version)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]
