"""Ideas as the API writes them."""

from marshmallow import Schema, fields

from backend.core.fields import Choice, Point, Timestamp
from backend.ideas.models import IDEA_STATES


class IdeaItem(Schema):
    """An idea as it stands in a list."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    number = fields.Integer(required=True, allow_none=True)
    state = Choice(IDEA_STATES, required=True)
    state_reason = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    summary = fields.String(required=True)
    signature = fields.String(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    estimate = fields.Integer(required=True, allow_none=True)
    cost = fields.Integer(required=True, allow_none=True)
    district = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    place = Point(required=True, allow_none=True)
    domain = fields.String(required=True, allow_none=True)
    component = fields.String(required=True, allow_none=True)
    unsure = fields.Boolean(required=True)
    endorsements = fields.Integer(required=True)
    comments = fields.Integer(required=True)
    photos = fields.Integer(required=True)
    photo = fields.String(required=True, allow_none=True)
    hidden_reason = fields.String(required=True, allow_none=True)
    proposed_at = Timestamp(required=True, allow_none=True)
    endorsed_at = Timestamp(required=True, allow_none=True)
    created_at = Timestamp(required=True)
    updated_at = Timestamp(required=True)


class IdeaPage(Schema):
    """A page of ideas."""

    items = fields.List(fields.Nested(IdeaItem), required=True)
    next = fields.String(required=True, allow_none=True)


class IdeaList(Schema):
    """A short list of ideas."""

    items = fields.List(fields.Nested(IdeaItem), required=True)


class SimilarIdea(IdeaItem):
    """An idea that reads alike, and the words that both have."""

    likeness = fields.Float(required=True)
    words = fields.List(fields.String(), required=True)


class CostItem(Schema):
    """What a department found that such an idea costs."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    cost = fields.Integer(required=True)
    likeness = fields.Float(required=True)


class WritingHelpOut(Schema):
    """What to show while an idea is written."""

    similar = fields.List(fields.Nested(SimilarIdea), required=True)
    costs = fields.List(fields.Nested(CostItem), required=True)


class AppealOut(Schema):
    """An appeal and its answer."""

    id = fields.String(required=True)
    text = fields.String(required=True)
    state = fields.String(required=True)
    answer = fields.String(required=True, allow_none=True)
    due_at = Timestamp(required=True)
    created_at = Timestamp(required=True)
    answered_at = Timestamp(required=True, allow_none=True)


class FindingOut(Schema):
    """A feasibility check."""

    id = fields.String(required=True)
    round = fields.Integer(required=True)
    contents = fields.Integer(required=True)
    department = fields.String(required=True, allow_none=True)
    outcome = fields.String(required=True, allow_none=True)
    cost = fields.Integer(required=True, allow_none=True)
    yearly_cost = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    conditions = fields.String(required=True, allow_none=True)
    due_at = Timestamp(required=True)
    decided_at = Timestamp(required=True, allow_none=True)
    appeal_until = Timestamp(required=True, allow_none=True)
    appeal = fields.Nested(AppealOut, required=True, allow_none=True)
    idea = fields.Dict()


class FindingList(Schema):
    """Feasibility checks, the next due first."""

    items = fields.List(fields.Nested(FindingOut), required=True)


class IdeaOut(IdeaItem):
    """One idea with what belongs to it."""

    text = fields.String(required=True)
    benefit = fields.String(required=True)
    estimate_lines = fields.List(fields.Dict(), required=True)
    is_minor = fields.Boolean(required=True)
    contents = fields.Integer(required=True)
    is_mine = fields.Boolean(required=True)
    edition = fields.String(required=True)
    currency = fields.String(required=True)
    endorsements_needed = fields.Integer(required=True, allow_none=True)
    problem = fields.Dict(required=True, allow_none=True)
    team = fields.List(fields.Dict(), required=True)
    photo_items = fields.List(fields.Dict(), required=True)
    lineage = fields.Dict(required=True)
    checks = fields.List(fields.Nested(FindingOut), required=True)
    endorsed = fields.String(required=True, allow_none=True)
    following = fields.Boolean(required=True)


class IdeaVersionOut(Schema):
    """A version of an idea."""

    number = fields.Integer(required=True)
    title = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)
    estimate = fields.Integer(required=True, allow_none=True)
    digest = fields.String(required=True)
    created_at = Timestamp(required=True)


class IdeaVersionList(Schema):
    """The versions of an idea, the first one first."""

    items = fields.List(fields.Nested(IdeaVersionOut), required=True)


class IdeaDifferenceOut(Schema):
    """What changed between two versions."""

    old = fields.Integer(required=True)
    new = fields.Integer(required=True)
    note = fields.String(required=True, allow_none=True)
    parts = fields.List(fields.Dict(), required=True)
    estimate = fields.List(fields.Integer(allow_none=True), required=True, allow_none=True)


class CommentOut(Schema):
    """A comment with the answers to it."""

    id = fields.String(required=True)
    side = fields.String(required=True)
    text = fields.String(required=True, allow_none=True)
    signature = fields.String(required=True, allow_none=True)
    party = fields.String(required=True)
    language = fields.String(required=True, allow_none=True)
    useful = fields.Integer(required=True)
    useless = fields.Integer(required=True)
    hidden_reason = fields.String(required=True, allow_none=True)
    removed = fields.Boolean(required=True)
    created_at = Timestamp(required=True)
    is_mine = fields.Boolean(required=True)
    my_vote = fields.Integer(required=True)
    flags = fields.Integer(required=True, allow_none=True)
    answers = fields.List(fields.Dict(), required=True)


class CommentList(Schema):
    """Comments as threads, the most useful first."""

    items = fields.List(fields.Nested(CommentOut), required=True)


class EndorsementsOut(Schema):
    """How many endorse an idea."""

    endorsements = fields.Integer(required=True)
    needed = fields.Integer(required=True, allow_none=True)


class JoiningOut(Schema):
    """A proposed merge or split."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    reason = fields.String(required=True)
    proposed_by = fields.String(required=True)
    content = fields.List(fields.Dict(), required=True)
    created_at = Timestamp(required=True)
    ended_at = Timestamp(required=True, allow_none=True)
    parts = fields.List(fields.Dict(), required=True)


class JoiningList(Schema):
    """Proposed merges and splits."""

    items = fields.List(fields.Nested(JoiningOut), required=True)


class IdeaStateOut(Schema):
    """How something stands now."""

    id = fields.String(required=True)
    state = fields.String(required=True)


class IdeaHistoryEntry(Schema):
    """One thing that happened."""

    seq = fields.Integer(required=True)
    at = Timestamp(required=True)
    action = fields.String(required=True)


class IdeaHistoryOut(Schema):
    """What happened to an idea, oldest first."""

    items = fields.List(fields.Nested(IdeaHistoryEntry), required=True)


class UsefulOut(Schema):
    """How many find a comment useful, and how many do not."""

    useful = fields.Integer(required=True)
    useless = fields.Integer(required=True)
