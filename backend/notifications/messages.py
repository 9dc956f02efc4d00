"""What is told and to whom, as features say it: plain values, no words of a language yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson

from backend.core.clock import parse_rfc3339, rfc3339

CHANNELS = ("push", "mail")
DIGESTS = ("none", "daily", "weekly")


@dataclass(frozen=True, slots=True)
class Said:
    """A word of the product itself (a status, a kind): translated for each reader."""

    word: str


Value = str | int | float | datetime | date | Said | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Message:
    """News to be told: a registered template, what fills it, and where to read on.

    The context fills subject and text of letters and of the list of news. It never reaches a
    lock screen: push is the template's own sentence and nothing else. Values are plain texts and
    numbers, moments (written on the city's clocks), `Said` words, or names by language.
    """

    template: str
    context: Mapping[str, Value] = field(default_factory=dict, repr=False)
    link: str = "/"
    replies: bool = False
    """Whether a reply by e-mail is taken as an answer on the subject."""
    at_once: bool = False
    """Whether it answers what the reader did just now: neither held back at night nor bundled."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told: an account, an address without one, or everybody who follows something."""

    account_id: int | None = None
    email: str | None = field(default=None, repr=False)
    language: str | None = None
    follows: tuple[str, str] | None = None
    link: str | None = field(default=None, repr=False)
    """The reader's own way in, for example a private return link, instead of the message's."""

    @classmethod
    def account(cls, account_id: int, *, link: str | None = None) -> "Recipient":
        """A person with an account."""
        return cls(account_id=account_id, link=link)

    @classmethod
    def address(
        cls, email: str, *, language: str | None = None, link: str | None = None
    ) -> "Recipient":
        """Somebody without an account who left an address."""
        return cls(email=email, language=language, link=link)

    @classmethod
    def followers_of(cls, kind: str, public_id: str) -> "Recipient":
        """Everybody who follows something at the moment when it is told."""
        return cls(follows=(kind, public_id))


def _packed(value: Value) -> Any:
    if isinstance(value, Said):
        return {"say": value.word}
    if isinstance(value, datetime):
        return {"time": rfc3339(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Mapping):
        return {"names": dict(value)}
    return value


def _unpacked(value: Any) -> Value:
    if not isinstance(value, dict):
        return value  # type: ignore[no-any-return]
    if "say" in value:
        return Said(value["say"])
    if "time" in value:
        return parse_rfc3339(value["time"])
    if "date" in value:
        return date.fromisoformat(value["date"])
    names: dict[str, str] = value["names"]
    return names


def pack(message: Message) -> str:
    """A message as the text that is sealed and stored."""
    return orjson.dumps(
        {
            "template": message.template,
            "context": {name: _packed(value) for name, value in message.context.items()},
            "link": message.link,
            "replies": message.replies,
            "at_once": message.at_once,
        }
    ).decode()


def unpack(stored: str) -> Message:
    """A stored message again."""
    document = orjson.loads(stored)
    context = {name: _unpacked(value) for name, value in document.pop("context").items()}
    return Message(context=context, **document)
