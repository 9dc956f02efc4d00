"""The ways out of the house, behind one Protocol: FCM, web push, letters, or nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from flask import current_app

from backend.core.settings import Settings

SECONDS = 10


class Verdict(Enum):
    """What became of a message at the place it was handed to."""

    SENT = "sent"
    GONE = "gone"  # nobody lives at this address any more
    REFUSED = "refused"  # this message will never be taken; the address may be good


class TryLaterError(Exception):
    """The other side asks for patience; after so many seconds, if it said so."""

    def __init__(self, seconds: float | None = None) -> None:
        super().__init__("later")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Address:
    """Where a device's push messages go."""

    token: str = field(repr=False)
    key: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """What may stand on a lock screen: whose news it is and that there is some, never which."""

    title: str
    body: str
    mark: str
    """The event's id: a device that gets a notice twice shows it once."""
    link: str
    language: str


class PushChannel(Protocol):
    """Something that carries notices to devices."""

    def send(self, address: Address, notice: Notice) -> Verdict:
        """Hand one notice over; raise TryLaterError, or anything else, to try again."""
        ...


class NullChannel:
    """Notices go nowhere: for a city that has not set up this way."""

    def send(self, address: Address, notice: Notice) -> Verdict:
        """Say that it cannot be delivered."""
        return Verdict.REFUSED


def make_channels(settings: Settings) -> Mapping[str, PushChannel]:
    """The push channels of the settings, by the names that devices register with."""
    from backend.notifications.channels.fcm import FcmChannel
    from backend.notifications.channels.webpush import WebPushChannel

    fcm: PushChannel = NullChannel()
    if settings.firebase_project and (settings.firebase_credentials or settings.fcm_url):
        fcm = FcmChannel(settings)
    web: PushChannel = WebPushChannel(settings) if settings.push_services else NullChannel()
    return {"fcm": fcm, "webpush": web}


def push_channel(name: str) -> PushChannel:
    """The push channel of this name in the running application."""
    extensions = current_app.extensions
    if "vox-push" not in extensions:
        extensions["vox-push"] = make_channels(current_app.config["VOX"])
    channels: Mapping[str, PushChannel] = extensions["vox-push"]
    return channels.get(name) or NullChannel()
