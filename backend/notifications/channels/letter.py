"""News by letter: plain text and a quiet HTML of the same words, with the link that ends it."""

import email.policy
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formataddr, parseaddr
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from backend.core.i18n import RIGHT_TO_LEFT, _
from backend.core.mail import Letter, compose, make_mailer
from backend.core.settings import Settings

REPLY_LINE = "-- >8 --"

_sheets = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "letterhead"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of news in a letter."""

    title: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter's content in one language."""

    to: str = field(repr=False)
    mark: str
    language: str
    city: str
    subject: str
    entries: Sequence[Entry]
    more: int = 0
    more_link: str = ""
    stop_page: str = field(default="", repr=False)
    stop_post: str = field(default="", repr=False)
    reply_to: str | None = field(default=None, repr=False)
    bundled: bool = False

    @property
    def direction(self) -> str:
        """The direction in which the language is read."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    @property
    def reply_line(self) -> str | None:
        """The line above which a reply is written; what stands below it is cut off again."""
        return f"{REPLY_LINE} {_('Write your reply above this line.')}" if self.reply_to else None


def paragraphs(text: str) -> list[list[str]]:
    """A plain text as paragraphs of lines."""
    return [block.split("\n") for block in text.strip().split("\n\n") if block.strip()]


_sheets.filters["paragraphs"] = paragraphs
_sheets.globals["_"] = _


def written(sheet: Sheet) -> Letter:
    """The letter in both forms, with the headers by which a mail program ends it in one tap."""
    headers: list[tuple[str, str]] = []
    if sheet.stop_post:
        headers += [
            ("List-Unsubscribe", f"<{sheet.stop_post}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]
    return Letter(
        to=sheet.to,
        subject=sheet.subject,
        text=_sheets.get_template("letter.txt").render(sheet=sheet).strip() + "\n",
        html=_sheets.get_template("letter.html").render(sheet=sheet),
        reply_to=sheet.reply_to,
        headers=tuple(headers),
    )


def enveloped(settings: Settings, sheet: Sheet) -> EmailMessage:
    """The letter ready to go; its id follows from the news, so that a mail box sees a double."""
    name, sender = parseaddr(settings.mail_from)
    letter = compose(written(sheet), formataddr((name or sheet.city, sender)))
    domain = sender.partition("@")[2] or "localhost"
    del letter["Message-ID"]
    letter["Message-ID"] = f"<{sheet.mark}@{domain}>"
    letter["Content-Language"] = sheet.language
    # Folded at the usual width, a long address in a header is torn apart and its link is dead.
    letter.policy = email.policy.SMTP.clone(max_line_length=990)
    return letter


def post(settings: Settings, sheet: Sheet) -> None:
    """Hand the letter to the carrier of the settings, or raise."""
    make_mailer(settings).send(enveloped(settings, sheet))
