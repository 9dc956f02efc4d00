"""Partners as the API reads and writes them."""

from marshmallow import fields

from backend.core.fields import Choice, Integer, Line, StrictSchema, Timestamp

STATES = ("waiting", "unclear", "token", "sent", "stuck", "given_up")


class PartnerPatch(StrictSchema):
    """What of a partner changes; the key is written and never read."""

    name = Line(max=80, min=1)
    department = Line(max=80, min=1)
    url = Line(max=2000, min=9)
    jurisdiction = Line(max=120, allow_none=True)
    api_key = Line(max=400, allow_none=True)
    photos = Choice(("multipart", "links", "none"))
    sends_contact = fields.Boolean()
    fallback = Line(max=200, allow_none=True)
    state = Choice(("active", "paused"))


class PartnerIn(PartnerPatch):
    """A new partner."""

    name = Line(max=80, min=1, required=True)
    department = Line(max=80, min=1, required=True)
    url = Line(max=2000, min=9, required=True)


class PartnerOut(StrictSchema):
    """A partner, and how it stands."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    department = fields.String(allow_none=True)
    url = fields.String(required=True)
    endpoint = fields.String(allow_none=True)
    format = fields.String(required=True)
    jurisdiction = fields.String(allow_none=True)
    photos = fields.String(required=True)
    sends_contact = fields.Boolean(required=True)
    fallback = fields.String(allow_none=True)
    state = fields.String(required=True)
    updates = fields.String(required=True)
    error = fields.String(allow_none=True)
    detail = fields.String(allow_none=True)
    failing_since = Timestamp(allow_none=True)
    checked_at = Timestamp(allow_none=True)
    heard_at = Timestamp(allow_none=True)
    version = fields.Integer(required=True)
    reports = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class PartnerList(StrictSchema):
    """Every partner."""

    items = fields.List(fields.Nested(PartnerOut), required=True)


class MappingIn(StrictSchema):
    """Which of the partner's services stands for one of ours; none leaves it to the names.

    `answers` says how answers go over: attributes (ours to theirs), values (by our question, ours
    to theirs), fixed (theirs, with the value that is always sent).
    """

    service = Line(max=80, min=1, required=True)
    code = Line(max=200, load_default=None, allow_none=True)
    answers = fields.Dict(
        keys=Choice(("attributes", "values", "fixed")),
        values=fields.Dict(keys=Line(max=200)),
        load_default=None,
        allow_none=True,
    )


class DispatchQuery(StrictSchema):
    """Which page of the reports on their way."""

    state = Choice(STATES)
    limit = Integer(min=1, max=200, load_default=50, strict=False)
    cursor = Line(max=400)


class DispatchOut(StrictSchema):
    """A report on its way to a partner."""

    id = fields.String(required=True)
    report = fields.String(required=True)
    state = fields.String(required=True)
    tries = fields.Integer(required=True)
    error = fields.String(allow_none=True)
    detail = fields.String(allow_none=True)
    code = fields.String(allow_none=True)
    remote_id = fields.String(allow_none=True)
    due_at = Timestamp(required=True)
    created_at = Timestamp(required=True)
    done_at = Timestamp(allow_none=True)


class DispatchPage(StrictSchema):
    """One page of reports on their way, newest first."""

    items = fields.List(fields.Nested(DispatchOut), required=True)
    next = fields.String(allow_none=True)


class RetriedOut(StrictSchema):
    """How many reports are tried again."""

    retried = fields.Integer(required=True)
