"""Stopping: the link in every letter that ends them in one tap, and the way back."""

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.core.clock import utcnow
from backend.core.crypto import keyring
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.ids import ALPHABET, SECRET_LENGTH, hash_secret
from backend.core.problems import NotFound
from backend.notifications import queries
from backend.notifications.models import Delivery, Follow, LetterKey, Mute, Reader
from backend.notifications.queries import Subscription
from backend.notifications.service.following import unfollow_as


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was stopped: letters about one thing, or all of them (kind and id are None)."""

    kind: str | None
    public_id: str | None


def letter_secret(purpose: str, reader_public_id: str, kind: str | None, target: str | None) -> str:
    """The secret in a reader's letters about something: always the same for this purpose."""
    number = int(keyring().mac(f"{purpose}|{reader_public_id}|{kind}|{target}", "letter.key"), 16)
    characters = []
    for _place in range(SECRET_LENGTH):
        characters.append(ALPHABET[number & 31])
        number >>= 5
    return "".join(characters)


def is_known(session: Session, purpose: str, secret: str) -> bool:
    """Whether a secret of our letters is stored, so that it opens what it says."""
    wanted = LetterKey.secret_hash == hash_secret(f"{purpose}:{secret}")
    return session.execute(select(LetterKey.id).where(wanted)).first() is not None


def remember_secret(
    session: Session,
    purpose: str,
    secret: str,
    reader_id: int,
    subject: tuple[str | None, str | None],
) -> None:
    """Store what a secret of our letters stands for."""
    values = {
        "secret_hash": hash_secret(f"{purpose}:{secret}"),
        "purpose": purpose,
        "reader_id": reader_id,
        "kind": subject[0],
        "target_id": subject[1],
        "created_at": utcnow(),
    }
    insert_ignore(session, LetterKey, values, ("secret_hash",))


def stop_link(session: Session, secret: str) -> Subscription:
    """What the link of a letter would stop, for the page that asks; NotFound if it is not ours."""
    found = queries.subscription(session, secret)
    if found is None:
        raise NotFound(_("This link is not complete, or what it stood for has been erased."))
    return found


def unsubscribe(session: Session, secret: str, *, everything: bool = False) -> Stopped:
    """Stop letters and news about one thing, or all letters; harmless when repeated."""
    found = stop_link(session, secret)
    if everything or found.kind is None or found.target_id is None:
        session.execute(
            update(Reader)
            .where(Reader.id == found.reader_id, Reader.letters_stopped_at.is_(None))
            .values(letters_stopped_at=utcnow())
            .execution_options(synchronize_session=False)
        )
        _drop(session, found.reader_id)
        return Stopped(None, None)
    unfollow_as(session, found.reader_id, found.kind, found.target_id)
    values = {
        "reader_id": found.reader_id,
        "kind": found.kind,
        "target_id": found.target_id,
        "created_at": utcnow(),
    }
    insert_ignore(session, Mute, values, ("reader_id", "kind", "target_id"))
    return Stopped(found.kind, found.target_id)


def _drop(session: Session, reader_id: int) -> None:
    session.execute(
        update(Delivery)
        .where(
            Delivery.reader_id == reader_id,
            Delivery.channel == "mail",
            Delivery.state.in_(("waiting", "gathered")),
        )
        .values(state="dropped", reason="stopped", done_at=utcnow(), link=None)
        .execution_options(synchronize_session=False)
    )


def resubscribe(session: Session, secret: str) -> Stopped:
    """Take an unsubscription back, for who tapped by mistake."""
    found = stop_link(session, secret)
    session.execute(
        update(Reader)
        .where(Reader.id == found.reader_id)
        .values(letters_stopped_at=None)
        .execution_options(synchronize_session=False)
    )
    if found.kind is None or found.target_id is None:
        return Stopped(None, None)
    session.execute(
        delete(Mute).where(
            Mute.reader_id == found.reader_id,
            Mute.kind == found.kind,
            Mute.target_id == found.target_id,
        )
    )
    values = {
        "reader_id": found.reader_id,
        "kind": found.kind,
        "target_id": found.target_id,
        "created_at": utcnow(),
    }
    insert_ignore(session, Follow, values, ("reader_id", "kind", "target_id"))
    return Stopped(found.kind, found.target_id)
