"""The door for letters: an SMTP server that says yes only to what is stored for good."""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from email.utils import parseaddr
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from flask import Flask
from limits import parse

from backend.core.crypto import keyring
from backend.core.db import db, reading
from backend.core.ids import normalise_id
from backend.core.settings import Settings
from backend.notifications import queries
from backend.notifications.opening import is_bounded, read_head
from backend.notifications.service.letters import Destination, keep_letter

log = structlog.get_logger(__name__)

SECONDS = 60
MOST_MEGABYTES = 24
MOST_CONNECTIONS = 40
MOST_RECIPIENTS = 5
AT_ONCE = 4
PER_SENDER = "60 per hour"
REPORTS = "reports"
REPLY = "reply+"


ACCEPTED = "250 2.0.0 Received and kept"
AUTOMATIC = "250 2.0.0 Received; automatic letters are not kept"
NO_SUCH = "550 5.1.1 There is no such address here"
LATER = "451 4.3.0 Not available at the moment, please try again later"
TOO_OFTEN = "450 4.7.1 Too many letters from this sender, please try again later"
NO_SENDER = "550 5.6.0 The letter does not say whom it is from"
TOO_COMPLEX = "554 5.6.0 The letter has too many parts; send plain text and photos"


def destination(app: Flask, address: str) -> Destination | None:
    """What one of our addresses stands for: a new report, or a reply; None for any other."""
    settings: Settings = app.config["VOX"]
    local, _at, domain = address.strip().lower().rpartition("@")
    if domain.rstrip(".") != settings.mail_domain.lower():
        return None
    if local == REPORTS:
        return Destination("report", None, None, None)
    if not local.startswith(REPLY):
        return None
    secret = normalise_id(local.removeprefix(REPLY)[:64])
    with app.app_context(), reading():
        found = queries.subscription(db.session, secret, "reply")  # type: ignore[arg-type]
        db.session.rollback()
    if found is None or found.kind is None:
        return None
    return Destination("reply", found.reader_id, found.kind, found.target_id)


def is_ours(settings: Settings, sender: str) -> bool:
    """Whether a letter claims to come from one of our own addresses: then it runs in a circle."""
    local, _at, domain = sender.lower().rpartition("@")
    own = domain == settings.mail_domain.lower() and (local == REPORTS or local.startswith(REPLY))
    return own or sender == parseaddr(settings.mail_from)[1].lower()


class Door:
    """Decides about each recipient and each letter; slow work runs beside the connections."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._settings: Settings = app.config["VOX"]
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="vox-letters")

    def close(self) -> None:
        """Finish what was begun."""
        self._pool.shutdown(wait=True)

    async def _aside(self, work: Any, *values: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *values)

    async def handle_RCPT(  # noqa: N802 - named by the server
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Accept a recipient whose address stands for something."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            found = await self._aside(destination, self._app, address)
        except Exception as error:
            log.error("letter_door", error=type(error).__name__)
            return LATER
        if found is None:
            return NO_SUCH
        if not hasattr(envelope, "vox_destinations"):
            envelope.vox_destinations = []
        if found not in envelope.vox_destinations:
            envelope.vox_destinations.append(found)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient accepted"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a letter durably, then say so."""
        try:
            answer: str = await self._aside(
                self._take, envelope.content, envelope.mail_from or "", envelope.vox_destinations
            )
        except Exception as error:
            log.error("letter_door", error=type(error).__name__)
            return LATER
        return answer

    def _take(self, content: bytes, envelope_sender: str, destinations: list[Destination]) -> str:
        head = read_head(content)
        bounced = not envelope_sender.strip("<> ")
        if head.automatic or bounced or is_ours(self._settings, head.sender):
            return AUTOMATIC
        if not head.sender:
            return NO_SENDER
        if not is_bounded(content):
            return TOO_COMPLEX
        if not self._may_write(head.sender):
            return TOO_OFTEN
        named = head.message_id or hashlib.sha256(content).hexdigest()
        with self._app.app_context():
            for place in destinations:
                keep_letter(db.session, place, named, content)  # type: ignore[arg-type]
            db.session.commit()
        return ACCEPTED

    def _may_write(self, sender: str) -> bool:
        limiter = self._app.extensions["vox-limiter"]
        mark = keyring().mac(sender, "limits")[:24]
        allowed, _remaining, _reset = limiter.hit(parse(PER_SENDER), "letters-in", mark)
        return bool(allowed)


class _Connection(SMTP):
    """One connection; beyond a bound the caller is asked to come back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._open = kwargs.pop("open_connections")
        super().__init__(*args, **kwargs)

    def connection_made(self, transport: Any) -> None:
        """Begin, or say that the house is full."""
        if len(self._open) >= MOST_CONNECTIONS:
            transport.write(b"421 4.3.2 Busy, please try again later\r\n")
            transport.close()
            return
        self._open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Make room."""
        if self in self._open:
            self._open.discard(self)
            super().connection_lost(error)


class LetterServer(Controller):
    """The server of letters, in a thread of its own."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        settings: Settings = app.config["VOX"]
        self._door = Door(app)
        self._open: set[Any] = set()
        self._limit = min(settings.max_upload_mb, MOST_MEGABYTES) * 1024 * 1024
        self._name = settings.mail_domain
        super().__init__(self._door, hostname=host, port=port)

    def factory(self) -> SMTP:
        """The protocol of one connection."""
        return _Connection(
            self._door,
            open_connections=self._open,
            data_size_limit=self._limit,
            enable_SMTPUTF8=True,
            hostname=self._name,
            ident="Vox Urbis",
            timeout=SECONDS,
            loop=self.loop,
        )

    def _create_server(self) -> Any:
        """Listen beside the other workers of this machine: each takes its share of the letters."""
        return self.loop.create_server(
            self._factory_invoker, host=self.hostname, port=self.port, reuse_port=True
        )

    def stop(self, no_assert: bool = False) -> None:
        """Let nobody in any more, and finish what was begun."""
        super().stop(no_assert)
        self._door.close()


def start_inbound(app: Flask) -> LetterServer | None:
    """Open the door for letters at VOX_MAIL_INBOUND (host:port); None where it is not set."""
    settings: Settings = app.config["VOX"]
    if not settings.mail_inbound:
        return None
    host, _colon, port = settings.mail_inbound.rpartition(":")
    server = LetterServer(app, host.strip("[]") or "127.0.0.1", int(port))
    server.start()
    log.info("letters_open", address=settings.mail_inbound)
    return server
