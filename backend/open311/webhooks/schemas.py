"""Webhooks as the API reads and writes them."""

from marshmallow import fields, validate

from backend.core.fields import Choice, Integer, Line, PublicId, StrictSchema, Timestamp
from backend.open311.webhooks.kinds import KINDS

_KINDS = fields.List(Choice(tuple(KINDS)), validate=validate.Length(min=1, max=len(KINDS)))


class WebhookIn(StrictSchema):
    """A new webhook."""

    name = Line(max=80, min=1, required=True)
    url = Line(max=2000, min=9, required=True)
    kinds = fields.List(
        Choice(tuple(KINDS)), required=True, validate=validate.Length(min=1, max=len(KINDS))
    )


class WebhookPatch(StrictSchema):
    """What of a webhook changes."""

    name = Line(max=80, min=1)
    url = Line(max=2000, min=9)
    kinds = _KINDS
    state = Choice(("active", "paused"))


class WebhookOut(StrictSchema):
    """A webhook; its secret is shown once, when it is made or renewed."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    url = fields.String(required=True)
    kinds = fields.List(fields.String(), required=True)
    state = fields.String(required=True)
    failing_since = Timestamp(allow_none=True)
    succeeded_at = Timestamp(allow_none=True)
    former_secret_until = Timestamp(allow_none=True)
    created_at = Timestamp(required=True)
    version = fields.Integer(required=True)
    secret = fields.String()


class WebhookList(StrictSchema):
    """Every webhook."""

    items = fields.List(fields.Nested(WebhookOut), required=True)


class SecretOut(StrictSchema):
    """A new secret; the former one signs beside it for two days."""

    secret = fields.String(required=True)


class DeliveryQuery(StrictSchema):
    """Which page of the log."""

    state = Choice(("waiting", "delivered", "failed", "dropped"))
    limit = Integer(min=1, max=200, load_default=50, strict=False)
    cursor = Line(max=400)


class DeliveryOut(StrictSchema):
    """One event on its way to one webhook, with its last try."""

    id = fields.String(required=True)
    event = fields.String(required=True)
    kind = fields.String(required=True)
    report = fields.String(allow_none=True)
    state = fields.String(required=True)
    tries = fields.Integer(required=True)
    status = fields.Integer(allow_none=True)
    error = fields.String(allow_none=True)
    created_at = Timestamp(required=True)
    due_at = Timestamp(required=True)
    done_at = Timestamp(allow_none=True)


class DeliveryPage(StrictSchema):
    """One page of the log, newest first."""

    items = fields.List(fields.Nested(DeliveryOut), required=True)
    next = fields.String(allow_none=True)


class ReplayIn(StrictSchema):
    """What to send again: one delivery, or what failed since a moment, or everything since it."""

    delivery = PublicId(load_default=None, allow_none=True)
    since = Timestamp(load_default=None, allow_none=True)
    everything = fields.Boolean(load_default=False)


class ReplayOut(StrictSchema):
    """How many deliveries are sent again."""

    replayed = fields.Integer(required=True)
