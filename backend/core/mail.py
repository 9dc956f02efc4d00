"""Letters: sent by SMTP, or laid into the data folder where there is no server."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.core.clock import utcnow
from backend.core.db import Base, Sealed, UTCDateTime, intpk
from backend.core.ids import new_public_id
from backend.core.jobs import enqueue, job, periodic
from backend.core.settings import Settings

SECONDS = 15
LOCAL_KEPT = 500


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain letter to one person."""

    to: str
    subject: str
    text: str
    html: str | None = None
    reply_to: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


class Mailer(Protocol):
    """Something that carries letters."""

    def send(self, letter: EmailMessage) -> None:
        """Hand one letter over, or raise."""
        ...


class SmtpMailer:
    """Letters by SMTP; STARTTLS where the server offers it, TLS at once for smtps."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    def send(self, letter: EmailMessage) -> None:
        """Hand one letter to the server within a bounded time."""
        host, port = self._url.hostname or "localhost", self._url.port
        context = ssl.create_default_context()
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port or 465, timeout=SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, port or 25, timeout=SECONDS)
        with server:
            server.ehlo()
            if self._url.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
            server.send_message(letter)


class FolderMailer:
    """Letters as files in the data folder: for a trial without a mail server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: EmailMessage) -> None:
        """Write the letter to a file; the oldest give way."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{utcnow():%Y%m%dT%H%M%S}-{new_public_id()}.eml"
        (self._folder / name).write_bytes(bytes(letter))
        for old in sorted(self._folder.glob("*.eml"))[:-LOCAL_KEPT]:
            old.unlink(missing_ok=True)


class NullMailer:
    """Letters go nowhere."""

    def send(self, letter: EmailMessage) -> None:
        """Do nothing."""


def make_mailer(settings: Settings) -> Mailer:
    """The carrier of the settings."""
    if settings.mail_url.startswith(("smtp://", "smtps://", "smtp+plain://")):
        return SmtpMailer(settings.mail_url)
    if settings.mail_url == "null:":
        return NullMailer()
    return FolderMailer(settings.data_dir / "mail")


class PendingLetter(Base):
    """A letter that waits to be sent; sealed, and gone once it is."""

    __tablename__ = "pending_letter"

    id: Mapped[intpk]
    recipient: Mapped[str] = mapped_column(Sealed("letter"))
    content: Mapped[str] = mapped_column(Sealed("letter"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


def compose(letter: Letter, sender: str) -> EmailMessage:
    """The letter in its envelope; line breaks in names cannot forge headers."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = " ".join(letter.subject.split())[:200]
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].partition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    for name, value in letter.headers:
        message[name] = value
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    return message


def send_later(session: Session, letter: Letter) -> None:
    """Send a letter once the present transaction is done; tried again until it goes."""
    settings: Settings = current_app.config["VOX"]
    content = compose(letter, settings.mail_from).as_string()
    row = PendingLetter(recipient=letter.to, content=content, created_at=utcnow())
    session.add(row)
    session.flush()
    enqueue(session, "core.send_letter", {"letter": row.id})


@job("core.send_letter", retries=10)
def send_letter(session: Session, payload: dict[str, Any]) -> None:
    """Hand a waiting letter to the carrier and forget it."""
    from email import message_from_string, policy

    row = session.get(PendingLetter, payload["letter"])
    if row is None:
        return
    message = message_from_string(row.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    session.rollback()  # a slow mail server must not keep the database's lock
    make_mailer(current_app.config["VOX"]).send(message)
    session.execute(delete(PendingLetter).where(PendingLetter.id == payload["letter"]))


@periodic("core.forget_letters", every=timedelta(days=1))
def forget_letters(session: Session, _payload: dict[str, Any]) -> None:
    """Forget letters that could not be sent for two weeks."""
    session.execute(
        delete(PendingLetter).where(PendingLetter.created_at < utcnow() - timedelta(days=14))
    )
