"""Follows, preferences and news as the API reads and writes them."""

from typing import Any

from marshmallow import fields, validate

from backend.core.fields import Choice, Integer, Line, PublicId, StrictSchema, Timestamp
from backend.core.i18n import lazy
from backend.notifications.messages import CHANNELS, DIGESTS

CLOCK = validate.Regexp(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z", error=lazy("Write a time as 22:00."))


class PageIn(StrictSchema):
    """Which page of a list."""

    limit = Integer(min=1, max=200, load_default=50, strict=False)
    cursor = Line(max=400)


class NewsPageIn(PageIn):
    """Which page of the news, and whether only what was not read."""

    unread = fields.Boolean(load_default=False)


class FollowIn(StrictSchema):
    """What to follow."""

    kind = Line(max=30, min=1, required=True)
    id = PublicId(required=True)


class FollowOut(StrictSchema):
    """Something that is followed; title and link are null when it can no longer be seen."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    since = Timestamp(required=True)
    title = fields.String(allow_none=True)
    link = fields.String(allow_none=True)


class FollowPage(StrictSchema):
    """One page of what is followed, newest first."""

    items = fields.List(fields.Nested(FollowOut), required=True)
    next = fields.String(allow_none=True)


class QuietHours(StrictSchema):
    """From when until when it is quiet, on the city's clocks."""

    begin = fields.String(required=True, data_key="from", validate=CLOCK)
    end = fields.String(required=True, data_key="until", validate=CLOCK)


class TopicWish(StrictSchema):
    """The channels that a topic comes by; none at all leaves it to the list of news."""

    topic = Line(max=40, min=1, required=True)
    channels = fields.List(
        Choice(CHANNELS), required=True, validate=validate.Length(max=len(CHANNELS))
    )


class TopicOut(TopicWish):
    """A topic with its label."""

    label = fields.String(required=True)


class PreferencesIn(StrictSchema):
    """What to change; what is left out stays."""

    letters = fields.Boolean()
    digest = Choice(DIGESTS)
    quiet_hours = fields.Nested(QuietHours, allow_none=True)
    topics = fields.List(fields.Nested(TopicWish), validate=validate.Length(max=50))


class PreferencesOut(StrictSchema):
    """What a person wishes to hear, how, and when not."""

    version = fields.Integer(required=True)
    letters = fields.Boolean(required=True)
    digest = Choice(DIGESTS, required=True)
    quiet_hours = fields.Nested(QuietHours, allow_none=True)
    topics = fields.List(fields.Nested(TopicOut), required=True)


class NewsItemOut(StrictSchema):
    """A piece of news."""

    id = fields.String(required=True)
    topic = fields.String(required=True)
    kind = fields.String(required=True)
    subject_id = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    link = fields.String(required=True)
    at = Timestamp(required=True)
    read = fields.Boolean(required=True)


class NewsPage(StrictSchema):
    """One page of news, newest first."""

    items = fields.List(fields.Nested(NewsItemOut), required=True)
    next = fields.String(allow_none=True)


class ReadIn(StrictSchema):
    """Which news was read: some by id, or all when ids is left out."""

    ids = fields.List(PublicId(), validate=validate.Length(max=200))


class ReadOut(StrictSchema):
    """How many pieces of news were marked."""

    marked = fields.Integer(required=True)


class PushKeyOut(StrictSchema):
    """The public key for a browser's push subscription."""

    key = fields.String(required=True)


class StoppedOut(StrictSchema):
    """What was stopped; kind and id are null when it is all letters."""

    stopped = fields.Boolean(required=True)
    kind = fields.String(allow_none=True)
    id = fields.String(allow_none=True)


def changes_of(body: dict[str, Any]) -> dict[str, Any]:
    """A validated body as the service takes it."""
    changes = dict(body)
    if quiet := changes.get("quiet_hours"):
        changes["quiet_hours"] = {"from": quiet["begin"], "until": quiet["end"]}
    if "topics" in changes:
        changes["topics"] = {wish["topic"]: wish["channels"] for wish in changes["topics"]}
    return changes
