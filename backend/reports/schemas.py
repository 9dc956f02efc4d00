"""Reports as the API reads and writes them."""

from marshmallow import Schema, fields

from backend.core.fields import (
    Choice,
    Integer,
    Line,
    Number,
    Point,
    PublicId,
    StrictSchema,
    Text,
    Timestamp,
)
from backend.reports.models import KINDS, VISIBILITIES
from backend.reports.status import STATUSES

LONGEST_TEXT = 10_000
CHANNELS_OFFERED = ("web", "app", "api", "phone", "desk", "mail")


class ContactIn(StrictSchema):
    """How the reporter may be reached; never public."""

    name = Line(max=120, load_default=None, allow_none=True)
    email = Line(max=254, load_default=None, allow_none=True)
    phone = Line(max=40, load_default=None, allow_none=True)
    wants_news = fields.Boolean(load_default=True)


class ReportIn(StrictSchema):
    """A new report."""

    text = Text(max=LONGEST_TEXT, min=3, required=True)
    kind = Choice(KINDS, load_default="complaint")
    service = Line(max=80, load_default=None, allow_none=True)
    place = Point(load_default=None, allow_none=True)
    address = Line(max=300, load_default=None, allow_none=True)
    answers = fields.Dict(keys=fields.String(), load_default=dict)
    language = Line(max=8, load_default=None, allow_none=True)
    client_time = Timestamp(load_default=None, allow_none=True)
    visibility = Choice(("public", "private"), load_default="public")
    channel = Choice(CHANNELS_OFFERED, load_default="api")
    contact = fields.Nested(ContactIn, load_default=None, allow_none=True)
    photos = fields.List(PublicId(), load_default=list)
    on_behalf = fields.Boolean(load_default=False)


class CheckIn(StrictSchema):
    """A report that is being written."""

    text = Text(max=LONGEST_TEXT, required=True)
    place = Point(load_default=None, allow_none=True)
    service = Line(max=80, load_default=None, allow_none=True)


class ReportItem(Schema):
    """A report as it stands in a list."""

    id = fields.String(required=True)
    kind = Choice(KINDS, required=True)
    status = Choice(tuple(STATUSES), required=True)
    is_open = fields.Boolean(required=True)
    text = fields.String(required=True)
    language = fields.String(required=True, allow_none=True)
    service = fields.String(required=True, allow_none=True)
    domain = fields.String(required=True, allow_none=True)
    component = fields.String(required=True, allow_none=True)
    unsure = fields.Boolean(required=True)
    judged_by = fields.String(required=True)
    district = fields.String(required=True, allow_none=True)
    department = fields.String(required=True, allow_none=True)
    place = Point(required=True, allow_none=True)
    place_kind = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)
    closed_at = Timestamp(required=True, allow_none=True)
    due_at = Timestamp(required=True, allow_none=True)
    confirmations = fields.Integer(required=True)
    updates = fields.Integer(required=True)
    photos = fields.Integer(required=True)
    photo = fields.String(required=True, allow_none=True)
    visibility = Choice(VISIBILITIES, required=True)
    duplicate_of = fields.String(required=True, allow_none=True)


class ReportPage(Schema):
    """A page of reports with the names of what stands on it."""

    items = fields.List(fields.Nested(ReportItem), required=True)
    next = fields.String(required=True, allow_none=True)
    names = fields.Dict(keys=fields.String(), values=fields.Dict(keys=fields.String()))


class DangerNotice(Schema):
    """Shown before anything else: words of danger to life were found."""

    number = fields.String(required=True)
    message = fields.String(required=True)
    word = fields.String(required=True)


class SubmittedOut(ReportItem):
    """What the sender of a report is told."""

    version = fields.Integer(required=True)
    status_text = fields.String(required=True)
    return_secret = fields.String(required=True, allow_none=True)
    return_link = fields.String(required=True, allow_none=True)
    emergency = fields.Nested(DangerNotice, required=True, allow_none=True)


class SimilarItem(ReportItem):
    """An open report nearby that reads alike."""

    distance = fields.Integer(required=True)
    likeness = fields.Float(required=True)


class CheckOut(Schema):
    """What to show before a report is sent."""

    emergency = fields.Nested(DangerNotice, required=True, allow_none=True)
    inside = fields.Boolean(required=True, allow_none=True)
    nearest_place = Point(required=True, allow_none=True)
    district = fields.String(required=True, allow_none=True)
    similar = fields.List(fields.Nested(SimilarItem), required=True)


class UpdateOut(Schema):
    """Something that was said about a report."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    author = fields.String(required=True)
    status = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    language = fields.String(required=True, allow_none=True)
    created_at = Timestamp(required=True)


class UpdatesOut(Schema):
    """The timeline of a report."""

    items = fields.List(fields.Nested(UpdateOut), required=True)


class PhotoOfReport(Schema):
    """A photo of a report."""

    id = fields.String(required=True)
    links = fields.Dict(keys=fields.String(), values=fields.String())
    sizes = fields.Dict(keys=fields.String(), values=fields.List(fields.Integer()))
    description = fields.String(allow_none=True)


class DisputeOut(Schema):
    """A dispute about a closing."""

    id = fields.String(required=True)
    state = fields.String(required=True)
    author = fields.String(required=True)
    text = fields.String(required=True)
    answer = fields.String(required=True, allow_none=True)
    created_at = Timestamp(required=True)
    answered_at = Timestamp(required=True, allow_none=True)


class SatisfactionOut(Schema):
    """How content the reporter is."""

    score = fields.Integer(required=True)
    text = fields.String(allow_none=True)


class ReportOut(ReportItem):
    """One report with everything around it that the reader may see."""

    photos = fields.List(fields.Nested(PhotoOfReport), required=True)  # type: ignore[assignment]
    updates = fields.List(fields.Nested(UpdateOut), required=True)  # type: ignore[assignment]
    summary = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    channel = fields.String(required=True)
    status_text = fields.String(required=True)
    status_reason = fields.String(required=True, allow_none=True)
    forwarded_to = fields.String(required=True, allow_none=True)
    duplicates = fields.List(fields.String(), required=True)
    names = fields.Dict(keys=fields.String(), values=fields.Dict(keys=fields.String()))
    relation = fields.String(required=True)
    following = fields.Boolean(required=True)
    answers = fields.Dict(keys=fields.String())
    hidden_reason = fields.String(allow_none=True)
    client_time = Timestamp(allow_none=True)
    satisfaction = fields.Nested(SatisfactionOut, allow_none=True)
    disputes = fields.List(fields.Nested(DisputeOut))
    assignee_id = fields.Integer(allow_none=True)
    placed_by = fields.String(allow_none=True)
    source = fields.String(allow_none=True)
    source_id = fields.String(allow_none=True)
    has_contact = fields.Boolean()
    may_read_contact = fields.Boolean()


class HistoryEntry(Schema):
    """Something that happened to a report."""

    number = fields.Integer(required=True)
    at = Timestamp(required=True)
    action = fields.String(required=True)
    by = fields.String(required=True)
    detail = fields.Dict(keys=fields.String(), required=True)
    erased = fields.Boolean(required=True)


class HistoryOut(Schema):
    """Everything that happened to a report, oldest first."""

    items = fields.List(fields.Nested(HistoryEntry), required=True)


class ClusterOut(Schema):
    """A mark on the map."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    open = fields.Integer(required=True)
    place = Point(required=True)


class MapOut(Schema):
    """A piece of the map: marks, or single reports when near."""

    clusters = fields.List(fields.Nested(ClusterOut), required=True)
    reports = fields.List(fields.Nested(ReportItem), required=True)


class ListFilters(StrictSchema):
    """How a list is narrowed; several values are separated by commas."""

    status = Line(max=400)
    open = fields.Boolean(metadata={"description": "true: work is due; false: closed"})
    kind = Line(max=100)
    service = Line(max=1000)
    domain = Line(max=100)
    component = Line(max=300)
    district = Line(max=600)
    department = Line(max=600)
    bbox = Line(max=200, metadata={"description": "west,south,east,north"})
    near = Line(max=100, metadata={"description": "longitude,latitude; nearest first"})
    radius = Number(min=1, max=10_000, metadata={"description": "metres around near"})
    since = Timestamp()
    until = Timestamp()
    updated_since = Timestamp()
    q = Line(max=200, metadata={"description": "words in the text; last arrived first"})
    mine = fields.Boolean()
    assignee = Integer(min=1, strict=False)
    unsure = fields.Boolean()
    overdue = fields.Boolean()
    visibility = Line(max=100)
    lang = Line(max=8)


class ListQuery(ListFilters):
    """A page of a list."""

    order = Choice(("newest", "oldest"), load_default="newest")
    limit = Integer(min=1, max=200, load_default=50, strict=False)
    cursor = Line(max=400)
    format = Choice(("json", "geojson"), load_default="json")


class ClusterQuery(ListFilters):
    """A piece of the map."""

    zoom = Integer(min=0, max=22, required=True, strict=False)


class DeviceIn(StrictSchema):
    """Which device speaks, when nobody is signed in: a random id that the device keeps."""

    device = Line(max=200, load_default=None, allow_none=True)


class VoicesOut(Schema):
    """How many people said "me too"."""

    confirmations = fields.Integer(required=True)


class UpdateIn(StrictSchema):
    """Something to say publicly."""

    text = Text(max=4000, min=1, required=True)
    language = Line(max=8, load_default=None, allow_none=True)
    photos = fields.List(PublicId(), load_default=list)


class NoteIn(StrictSchema):
    """An internal note."""

    text = Text(max=4000, min=1, required=True)


class CreatedOut(Schema):
    """The id of what was stored."""

    id = fields.String(required=True)


class StatusIn(StrictSchema):
    """A step into a status."""

    status = Choice(tuple(STATUSES), required=True)
    reason = Text(max=4000, load_default=None, allow_none=True)
    forwarded_to = Line(max=200, load_default=None, allow_none=True)
    duplicate_of = PublicId(load_default=None, allow_none=True)
    department = Line(max=80, load_default=None, allow_none=True)
    language = Line(max=8, load_default=None, allow_none=True)


class AssignmentIn(StrictSchema):
    """Which department deals with a report, and who there."""

    department = Line(max=80, load_default=None, allow_none=True)
    assignee = Integer(min=1, load_default=None, allow_none=True)


class PlacementIn(StrictSchema):
    """Where a report belongs."""

    service = Line(max=80, load_default=None, allow_none=True)
    component = Line(max=10, load_default=None, allow_none=True)
    reason = Line(max=300, load_default=None, allow_none=True)


class VisibilityIn(StrictSchema):
    """Who may see a report, and why."""

    visibility = Choice(VISIBILITIES, required=True)
    reason = Text(max=1000, load_default=None, allow_none=True)


class MergeIn(StrictSchema):
    """The report that goes on."""

    into = PublicId(required=True)


class ReasonIn(StrictSchema):
    """Why."""

    reason = Text(max=1000, min=3, required=True)


class OptionalReasonIn(StrictSchema):
    """Why, if one wants to say."""

    reason = Text(max=1000, load_default=None, allow_none=True)


class DisputeIn(StrictSchema):
    """What is still wrong, with evidence."""

    text = Text(max=4000, min=10, required=True)
    photos = fields.List(PublicId(), load_default=list)


class DisputeAnswerIn(StrictSchema):
    """Reopen, or answer why it stays closed."""

    reopen = fields.Boolean(required=True)
    answer = Text(max=4000, min=3, required=True)


class SatisfactionIn(StrictSchema):
    """How content the reporter is, from 1 to 5."""

    score = Integer(min=1, max=5, required=True)
    text = Text(max=2000, load_default=None, allow_none=True)


class ContactOut(Schema):
    """How the reporter may be reached."""

    name = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    language = fields.String(allow_none=True)
    wants_news = fields.Boolean()
