"""Sending: each delivery is looked at once more, handed over, and marked as done at once.

Nothing of the database is held while the outside world is spoken to. The other side's yes is noted
at once and committed right after; a worker on another machine that does not see the note is the
only way in which news goes out twice, and then it bears the same mark, by which devices and mail
boxes show it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from flask import current_app
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.accounts.queries import Contact, DeviceAddress, contact_of, devices_of
from backend.city.facts import CityFacts
from backend.city.queries import facts
from backend.core.clock import utcnow
from backend.core.db import reading
from backend.core.i18n import LANGUAGES, force_locale, ngettext
from backend.core.settings import Settings
from backend.notifications import handed, queries
from backend.notifications.channels import Address, Notice, TryLaterError, Verdict, push_channel
from backend.notifications.channels.letter import Entry, Sheet, post
from backend.notifications.messages import Message, unpack
from backend.notifications.models import Delivery
from backend.notifications.queries import Parcel, ReaderFacts
from backend.notifications.service.devices import drop_device
from backend.notifications.service.stopping import is_known, letter_secret, remember_secret
from backend.notifications.service.telling import due, send_at
from backend.notifications.templates import render

MOST_POSTPONED = 40
SHORTEST_WAIT = 5.0
DIGEST_MOST = 25
DIGEST_ROWS = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """A delivery that may go out, with its reader as they are now."""

    parcel: Parcel
    message: Message
    reader: ReaderFacts
    contact: Contact | None = field(repr=False)
    device: DeviceAddress | None
    city: CityFacts = field(repr=False)
    language: str


class _Dropped(Exception):
    """A delivery that must not go out, and why."""


class _Postponed(Exception):
    """A delivery whose time has not come."""


def send(session: Session, public_id: str) -> None:
    """Send one delivery, unless it was sent, stopped or became pointless in the meantime."""
    try:
        with reading():
            try:
                draft = _draft(session, public_id)
            finally:
                session.rollback()
        if draft is None:
            return
        verdict = _hand_over(session, draft)
    except _Dropped as why:
        _done(session, [public_id], "dropped", str(why))
        return
    except _Postponed:
        _postpone(session, public_id, None)
        return
    except TryLaterError as later:
        _postpone(session, public_id, later.seconds or SHORTEST_WAIT * 12)
        return
    if verdict is Verdict.SENT:
        _done(session, [public_id], "sent", None)
        return
    _done(session, [public_id], "dropped", verdict.value)
    if verdict is Verdict.GONE and draft.device is not None:
        drop_device(session, draft.device)


def _hand_over(session: Session, draft: Draft) -> Verdict:
    """Give a delivery to its channel, unless that was done before and only the mark is missing."""
    mark = draft.parcel.public_id
    if handed.was_noted(mark):
        return Verdict.SENT
    verdict = _push(draft) if draft.parcel.channel == "push" else _write(session, [draft])
    if verdict is Verdict.SENT:
        handed.note(mark)
    return verdict


def _draft(session: Session, public_id: str) -> Draft | None:
    """Read everything about a delivery; None when it was dealt with."""
    parcel = queries.find_parcel(session, public_id)
    if parcel is None or parcel.state != "waiting":
        return None
    draft = _addressed(session, parcel)
    wishes = queries.wishes_of(session, [draft.reader])[draft.reader.id]
    if queries.muted(session, [draft.reader.id], parcel.kind, parcel.target_id):
        raise _Dropped("muted")
    if parcel.channel not in wishes.channels(parcel.topic):
        raise _Dropped("unwanted")
    if due(draft.message, draft.city.time_zone, wishes, utcnow()) > utcnow() + timedelta(seconds=1):
        raise _Postponed
    return draft


def _addressed(session: Session, parcel: Parcel) -> Draft:
    """Who the reader is now, and where this delivery would go."""
    found = queries.readers_by_id(session, [parcel.reader_id])
    if not found:
        raise _Dropped("reader gone")
    reader, city = found[0], facts(session)
    contact = contact_of(session, reader.account_id) if reader.account_id is not None else None
    if reader.account_id is not None and contact is None:
        raise _Dropped("account gone")
    device = None
    if parcel.channel == "push":
        mine = devices_of(session, [reader.account_id]) if reader.account_id is not None else []
        # A device that changed hands or was signed out is no longer among the reader's.
        device = next((d for d in mine if d.id == parcel.device_id), None)
        if device is None:
            raise _Dropped("device gone")
    elif reader.letters_stopped:
        raise _Dropped("stopped")
    elif not (reader.email or (contact and contact.email)):
        raise _Dropped("no address")
    wish = contact.language if contact else reader.language
    language = wish if wish in LANGUAGES else city.languages[0]
    return Draft(parcel, unpack(parcel.message), reader, contact, device, city, language)


def _push(draft: Draft) -> Verdict:
    assert draft.device is not None
    with force_locale(draft.language):
        words = render(draft.message, zone=draft.city.time_zone)
        notice = Notice(
            title=draft.city.name(draft.language) or "Vox Urbis",
            body=words.push,
            mark=draft.parcel.event_public_id,
            link="/news",
            language=draft.language,
        )
    address = Address(draft.device.token, draft.device.key, draft.device.secret)
    return push_channel(draft.device.channel).send(address, notice)


def _write(session: Session, drafts: Sequence[Draft], more: int = 0) -> Verdict:
    """Write one letter from one or several pieces of news, and post it."""
    first = drafts[0]
    settings: Settings = current_app.config["VOX"]
    bundled = len(drafts) > 1 or more > 0
    subject = (None, None) if bundled else (first.parcel.kind, first.parcel.target_id)
    stop = _secret(session, "stop", first.reader, subject)
    reply_to = None
    if first.message.replies and not bundled and settings.mail_inbound:
        secret = _secret(session, "reply", first.reader, subject)
        reply_to = f"reply+{secret}@{settings.mail_domain}"
    with force_locale(first.language):
        entries = [_entry(draft, settings) for draft in drafts]
        sheet = Sheet(
            to=first.reader.email or (first.contact.email if first.contact else None) or "",
            mark=first.parcel.public_id,
            language=first.language,
            city=first.city.name(first.language) or "Vox Urbis",
            subject=_digest_title(len(drafts) + more) if bundled else entries[0].title,
            entries=entries,
            more=more,
            more_link=f"{settings.base_url}/news",
            stop_page=f"{settings.base_url}/unsubscribe/{stop}",
            stop_post=f"{settings.base_url}/api/v1/unsubscribe/{stop}",
            reply_to=reply_to,
            bundled=bundled,
        )
        post(settings, sheet)
    return Verdict.SENT


def _digest_title(count: int) -> str:
    return str(ngettext("%(num)s piece of news for you", "%(num)s pieces of news for you", count))


def _entry(draft: Draft, settings: Settings) -> Entry:
    words = render(draft.message, zone=draft.city.time_zone)
    path = draft.parcel.link or draft.message.link
    return Entry(words.subject, words.text, settings.base_url + "/" + path.lstrip("/"))


def _secret(
    session: Session, purpose: str, reader: ReaderFacts, subject: tuple[str | None, str | None]
) -> str:
    """The secret of this letter, stored before it goes out."""
    secret = letter_secret(purpose, reader.public_id, *subject)
    with reading():
        known = is_known(session, purpose, secret)
        session.rollback()
    if not known:
        remember_secret(session, purpose, secret, reader.id, subject)
        session.commit()
    return secret


def _done(session: Session, ids: Sequence[str], state: str, reason: str | None) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.public_id.in_(ids), Delivery.state.in_(("waiting", "gathered")))
        .values(state=state, reason=reason, done_at=utcnow(), link=None)
        .execution_options(synchronize_session=False)
    )


def _postpone(session: Session, public_id: str, seconds: float | None) -> None:
    """Try a delivery again: after so many seconds, or when the reader's quiet is over."""
    parcel = queries.find_parcel(session, public_id)
    if parcel is None:
        return
    if parcel.postponed >= MOST_POSTPONED:
        _done(session, [public_id], "dropped", "too late")
        return
    when = utcnow() + timedelta(seconds=seconds or 0)
    if seconds is None:
        found = queries.readers_by_id(session, [parcel.reader_id])
        wishes = queries.wishes_of(session, found)[found[0].id]
        when = due(unpack(parcel.message), facts(session).time_zone, wishes, utcnow())
    session.execute(
        update(Delivery)
        .where(Delivery.public_id == public_id)
        .values(due_at=when, postponed=parcel.postponed + 1)
        .execution_options(synchronize_session=False)
    )
    send_at(session, public_id, when, parcel.postponed + 1)


def send_digest(session: Session, reader_id: int) -> None:
    """Send what was gathered for a reader in one letter of bounded size."""
    with reading():
        try:
            parcels = queries.gathered(session, reader_id, utcnow(), DIGEST_ROWS)
            drafts = _wanted(session, parcels)
        finally:
            session.rollback()
    if drafts and not handed.was_noted(f"digest-{drafts[0].parcel.public_id}"):
        shown = drafts[:DIGEST_MOST]
        _write(session, shown, more=len(drafts) - len(shown))
        handed.note(f"digest-{drafts[0].parcel.public_id}")
    sent = [draft.parcel.public_id for draft in drafts]
    rest = [parcel.public_id for parcel in parcels if parcel.public_id not in set(sent)]
    _done(session, sent, "sent", "digest")
    _done(session, rest, "dropped", "unwanted")


def _wanted(session: Session, parcels: Sequence[Parcel]) -> list[Draft]:
    """The newest piece of news about each subject, of those that the reader still wants."""
    drafts: dict[tuple[str, str], Draft] = {}
    for parcel in parcels:
        subject = (parcel.kind, parcel.target_id)
        if subject in drafts or queries.muted(session, [parcel.reader_id], *subject):
            continue
        try:
            drafts[subject] = _addressed(session, parcel)
        except _Dropped:
            return []
    return list(drafts.values())
