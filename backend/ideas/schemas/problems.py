"""Problems as the API reads and writes them."""

from marshmallow import Schema, fields, validate

from backend.core.fields import (
    Choice,
    Integer,
    Line,
    Point,
    PublicId,
    StrictSchema,
    Text,
    Timestamp,
)
from backend.ideas.queries.problems import ORDERS


class ProblemIn(StrictSchema):
    """A problem as somebody outlines it."""

    title = Line(max=120, min=1, required=True)
    text = Text(max=6000, min=1, required=True)
    groups = fields.List(Line(max=80), load_default=list, validate=validate.Length(max=8))
    language = Line(max=8, load_default=None, allow_none=True)
    district = Line(max=40, load_default=None, allow_none=True)
    place = Point(load_default=None, allow_none=True)
    component = Line(max=10, load_default=None, allow_none=True)
    signature = Line(max=80, load_default=None, allow_none=True)
    photos = fields.List(PublicId(), load_default=list, validate=validate.Length(max=5))
    old_enough = fields.Boolean(load_default=False)


class ReportMarkIn(StrictSchema):
    """A report that a problem is started from."""

    report = PublicId(required=True)
    place = Point(load_default=None, allow_none=True)


class ProblemFromReportsIn(ProblemIn):
    """A problem that the desk starts from a cluster of reports."""

    reports = fields.List(
        fields.Nested(ReportMarkIn), required=True, validate=validate.Length(min=1, max=500)
    )


class SupportIn(StrictSchema):
    """Support for a problem."""

    affected = fields.Boolean(load_default=False)
    device = Line(max=200, load_default=None, allow_none=True)
    old_enough = fields.Boolean(load_default=False)


class EvidenceIn(StrictSchema):
    """What shows that a problem is real."""

    text = Text(max=2000, min=1, required=True)
    link = Line(max=500, load_default=None, allow_none=True)
    photos = fields.List(PublicId(), load_default=list, validate=validate.Length(max=5))


class VisibilityReasonIn(StrictSchema):
    """Out of sight with a reason; without one, shown again."""

    reason = Text(max=2000, required=True, allow_none=True)


class ProblemQuery(StrictSchema):
    """Which problems, in which order."""

    order = Choice(ORDERS, load_default="supports")
    district = Line(max=40, load_default=None)
    limit = Integer(min=1, max=100, load_default=50, strict=False)
    cursor = Line(max=400, load_default=None)


class OutlinedProblem(Schema):
    """A problem as it stands in a list."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True)
    origin = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    language = fields.String(required=True, allow_none=True)
    groups = fields.List(fields.String(), required=True)
    signature = fields.String(required=True, allow_none=True)
    district = fields.String(required=True, allow_none=True)
    place = Point(required=True, allow_none=True)
    domain = fields.String(required=True, allow_none=True)
    component = fields.String(required=True, allow_none=True)
    supports = fields.Integer(required=True)
    evidence = fields.Integer(required=True)
    reports = fields.Integer(required=True)
    ideas = fields.Integer(required=True)
    hidden_reason = fields.String(required=True, allow_none=True)
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)


class ProblemPage(Schema):
    """A page of problems."""

    items = fields.List(fields.Nested(OutlinedProblem), required=True)
    next = fields.String(required=True, allow_none=True)


class EvidenceOut(Schema):
    """A piece of evidence."""

    id = fields.String(required=True)
    text = fields.String(required=True)
    link = fields.String(required=True, allow_none=True)
    created_at = Timestamp(required=True)
    hidden_reason = fields.String(required=True, allow_none=True)
    photos = fields.List(fields.Dict(), required=True)


class ProblemOut(OutlinedProblem):
    """One problem with what belongs to it."""

    edition = fields.String(required=True)
    is_mine = fields.Boolean(required=True)
    supported = fields.Boolean(required=True)
    affected = fields.Integer(required=True)
    evidence_items = fields.List(fields.Nested(EvidenceOut), required=True)
    report_ids = fields.List(fields.String(), required=True)
    report_places = fields.List(Point(), required=True)
    photos = fields.List(fields.Dict(), required=True)


class NewIdOut(Schema):
    """The id of what was made."""

    id = fields.String(required=True)
