"""The words of news: features register them by name, each reader gets them in their language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.core.i18n import _, in_language, lazy, local_time
from backend.notifications.messages import CHANNELS, Message, Said, Value

Words = Any  # a lazy translation or a plain text


@dataclass(frozen=True, slots=True)
class Template:
    """The words of one kind of news."""

    subject: Words
    text: Words
    push: Words


@dataclass(frozen=True, slots=True)
class Topic:
    """What readers can wish for together: its label and the channels it uses by default."""

    name: str
    label: Words
    channels: tuple[str, ...] = CHANNELS


@dataclass(frozen=True, slots=True)
class Rendered:
    """News in one reader's language."""

    subject: str
    text: str
    push: str


_templates: dict[str, Template] = {}
_topics: dict[str, Topic] = {}


def register(name: str, *, subject: Words, text: Words, push: Words = None) -> None:
    """Register the words of a kind of news; `%(name)s` is filled from the message's context.

    The push sentence stands on lock screens for anyone to read, so nothing is filled into it.
    """
    _templates[name] = Template(subject, text, push or lazy("There is news for you."))


def register_topic(name: str, *, label: Words, channels: tuple[str, ...] = CHANNELS) -> None:
    """Let readers choose the channels of a topic, under a label that they understand."""
    _topics[name] = Topic(name, label, channels)


def is_registered(name: str) -> bool:
    """Whether a template of this name exists."""
    return name in _templates


def topics() -> Mapping[str, Topic]:
    """The topics that readers can choose channels for."""
    return _topics


def default_channels(topic: str) -> tuple[str, ...]:
    """The channels that a topic uses when a reader has said nothing."""
    known = _topics.get(topic)
    return known.channels if known else CHANNELS


def _written(value: Value, zone: str) -> object:
    from babel.dates import format_date, format_datetime
    from flask_babel import get_locale

    if isinstance(value, Said):
        return _(value.word)
    if isinstance(value, datetime):
        return format_datetime(local_time(value, zone), "d MMMM y, HH:mm", locale=get_locale())
    if isinstance(value, date):
        return format_date(value, "d MMMM y", locale=get_locale())
    if isinstance(value, Mapping):
        return in_language(dict(value))
    return value


class _Filling(dict[str, object]):
    """What fills a template; a word that a feature forgot leaves a gap, never an error."""

    def __missing__(self, key: str) -> str:
        return "…"


def render(message: Message, *, zone: str) -> Rendered:
    """The words of a message in the present language, times on the clocks of a zone."""
    template = _templates.get(message.template)
    if template is None:  # a template of an earlier release
        words = _("There is news for you.")
        return Rendered(words, words, words)
    filling = _Filling({name: _written(value, zone) for name, value in message.context.items()})
    return Rendered(
        " ".join((str(template.subject) % filling).split()),
        (str(template.text) % filling).strip(),
        str(template.push),
    )
