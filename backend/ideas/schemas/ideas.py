"""Ideas as the API reads them."""

from marshmallow import Schema, fields, validate

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
from backend.ideas.models import OUTCOMES
from backend.ideas.models.idea import INVITED_AS
from backend.ideas.models.talk import SIDES
from backend.ideas.queries.ideas import ORDERS
from backend.ideas.schemas.editions import MONEY

LONGEST = 12_000


class EstimateLine(StrictSchema):
    """A line of an estimate: what, how many, at which price each."""

    what = Line(max=120, min=1, required=True)
    number = Number(min=0, max=1_000_000, required=True)
    price = Number(min=0, max=1e9, required=True)


class IdeaIn(StrictSchema):
    """What somebody has written so far; a draft may be unfinished."""

    title = Line(max=120)
    summary = Line(max=300)
    text = Text(max=LONGEST)
    benefit = Text(max=4000)
    problem = PublicId(allow_none=True)
    place = Point(allow_none=True)
    district = Line(max=40, allow_none=True)
    address = Line(max=300, allow_none=True)
    estimate = Integer(min=0, max=MONEY, allow_none=True)
    estimate_lines = fields.List(
        fields.Nested(EstimateLine), validate=validate.Length(max=40), allow_none=True
    )
    language = Line(max=8, allow_none=True)
    signature = Line(max=80, allow_none=True)
    is_minor = fields.Boolean()
    photos = fields.List(PublicId(), validate=validate.Length(max=5))


class IdeaChangeIn(IdeaIn):
    """A change, and why it was made."""

    note = Line(max=300, load_default=None, allow_none=True)


class AgeIn(StrictSchema):
    """A person's own declaration, where a phase asks for an age."""

    old_enough = fields.Boolean(load_default=False)


class EndorseIn(AgeIn):
    """Support for an idea."""

    device = Line(max=200, load_default=None, allow_none=True)


class KeepIn(StrictSchema):
    """Whether a support that was carried along still holds."""

    keep = fields.Boolean(required=True)


class WritingIn(StrictSchema):
    """An idea that is being written."""

    text = Text(max=LONGEST, required=True)
    besides = PublicId(load_default=None, allow_none=True)


class IdeaWithdrawalIn(StrictSchema):
    """A reason, if there is one to give."""

    reason = Text(max=2000, load_default="")


class IdeaPlacementIn(StrictSchema):
    """Where in the taxonomy an idea belongs."""

    component = Line(max=10, required=True)
    reason = Text(max=1000, load_default=None, allow_none=True)


class TeamInvitationIn(StrictSchema):
    """Whom to invite, and as what."""

    role = Choice(INVITED_AS, load_default="co_author")
    email = Line(max=254, load_default=None, allow_none=True)


class TeamInvitationOut(Schema):
    """The link that the invited person opens."""

    link = fields.String(required=True)


class TeamAnswerIn(StrictSchema):
    """Accept or decline an invitation."""

    accept = fields.Boolean(required=True)
    signature = Line(max=80, load_default=None, allow_none=True)


class CommentIn(StrictSchema):
    """Something said about an idea."""

    text = Text(max=4000, min=1, required=True)
    side = Choice(SIDES, load_default="neutral")
    parent = PublicId(load_default=None, allow_none=True)
    signature = Line(max=80, load_default=None, allow_none=True)
    language = Line(max=8, load_default=None, allow_none=True)


class JudgeIn(StrictSchema):
    """Useful (1), not useful (-1), or neither (0)."""

    value = Integer(min=-1, max=1, required=True)
    device = Line(max=200, load_default=None, allow_none=True)


class FlagIn(StrictSchema):
    """A device without an account."""

    device = Line(max=200, load_default=None, allow_none=True)


class JoiningContentIn(StrictSchema):
    """What an idea will say after a merge or split."""

    title = Line(max=120, min=5, required=True)
    summary = Line(max=300, load_default="")
    text = Text(max=LONGEST, min=20, required=True)
    benefit = Text(max=4000, load_default="")
    estimate = Integer(min=0, max=MONEY, load_default=None, allow_none=True)


class JoiningIn(StrictSchema):
    """A proposal to merge ideas, or to split one."""

    kind = Choice(("merge", "split"), required=True)
    ideas = fields.List(PublicId(), required=True, validate=validate.Length(min=1, max=5))
    content = fields.List(
        fields.Nested(JoiningContentIn), required=True, validate=validate.Length(min=1, max=5)
    )
    reason = Text(max=2000, min=1, required=True)


class AgreeIn(StrictSchema):
    """A team's answer to a merge or split."""

    agree = fields.Boolean(required=True)
    reason = Text(max=2000, load_default=None, allow_none=True)


class CheckDepartmentIn(StrictSchema):
    """The department that is asked, and by when it answers."""

    department = Line(max=40, required=True)
    due_at = Timestamp(load_default=None, allow_none=True)


class FindingIn(StrictSchema):
    """What a department found."""

    outcome = Choice(OUTCOMES, required=True)
    reason = Text(max=6000, min=1, required=True)
    cost = Integer(min=0, max=MONEY, load_default=None, allow_none=True)
    yearly_cost = Integer(min=0, max=MONEY, load_default=None, allow_none=True)
    conditions = Text(max=4000, load_default=None, allow_none=True)


class AppealIn(StrictSchema):
    """An objection to a finding."""

    text = Text(max=6000, min=1, required=True)


class AppealAnswerIn(StrictSchema):
    """The answer to an appeal."""

    uphold = fields.Boolean(required=True)
    answer = Text(max=6000, min=1, required=True)


class IdeaQuery(StrictSchema):
    """Which ideas, in which order."""

    state = Line(max=200, load_default=None)
    problem = PublicId(load_default=None)
    domain = Line(max=4, load_default=None)
    district = Line(max=40, load_default=None)
    q = Line(max=200, load_default=None)
    bbox = Line(max=120, load_default=None)
    endorsed = fields.Boolean(load_default=None)
    order = Choice(ORDERS, load_default="endorsements")
    limit = Integer(min=1, max=200, load_default=50, strict=False)
    cursor = Line(max=400, load_default=None)
