"""What comes in and goes out about votes."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.core.fields import Choice, Integer, Line, PublicId, StrictSchema, Text, Timestamp
from backend.core.i18n import _
from backend.ideas.ballot_form import KINDS, MOST_OPTIONS

MOST_POINTS = 1000
WITHDRAWN = ("strike", "count")


class ChoicesField(fields.Field[Any]):
    """Numbers of ideas, or pairs of number and points."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list) or len(value) > MOST_OPTIONS:
            raise ValidationError(_("Send a list of the numbers of ideas."))
        for item in value:
            pair = item if isinstance(item, list) else [item]
            if len(pair) not in (1, 2) or not all(_small(part) for part in pair):
                raise ValidationError(_("Send numbers, or pairs of a number and its points."))
        if len({isinstance(item, list) for item in value}) > 1:
            raise ValidationError(_("Send numbers, or pairs of a number and its points."))
        return value


def _small(part: Any) -> bool:
    return isinstance(part, int) and not isinstance(part, bool) and 0 <= part <= 100_000


class ClaimIn(StrictSchema):
    """What a voter brings beside their session."""

    code = Line(max=60, load_default=None, allow_none=True)
    of_age = fields.Boolean(load_default=False)
    for_another = fields.Boolean(load_default=False)


class CastIn(ClaimIn):
    """A ballot."""

    choices = ChoicesField(required=True)


class ReceiptIn(StrictSchema):
    """A receipt, as its voter keeps it."""

    receipt = Line(required=True, max=80)


class PersonIn(StrictSchema):
    """The person in front of the desk: their account, or the code of their letter."""

    account = Line(max=254, load_default=None, allow_none=True)
    code = Line(max=60, load_default=None, allow_none=True)


class AssistedIn(PersonIn):
    """A ballot cast with help at the desk."""

    choices = ChoicesField(required=True)


class VotersIn(StrictSchema):
    """By which ways people vote, beside what the phase says about who."""

    code = fields.Boolean(load_default=False)
    proxy = fields.Boolean(load_default=False)
    desk = fields.Boolean(load_default=True)
    paper = fields.Boolean(load_default=True)
    own_district = fields.Boolean(load_default=False)


class CapIn(StrictSchema):
    """The most that the ideas of one category or pot may cost together."""

    kind = Choice(("category", "area"), required=True)
    name = Line(required=True, min=1, max=40)
    amount = Integer(min=0, required=True)
    pot = Line(max=40, load_default=None, allow_none=True)


class BallotIn(StrictSchema):
    """How a ballot is filled in."""

    kind = Choice(KINDS, required=True)
    minimum = Integer(min=0, max=MOST_OPTIONS, load_default=1)
    maximum = Integer(min=1, max=MOST_OPTIONS, load_default=None, allow_none=True)
    points = Integer(min=1, max=MOST_POINTS, load_default=10)
    points_each = Integer(min=1, max=MOST_POINTS, load_default=None, allow_none=True)
    pots_at_most = Integer(min=1, max=100, load_default=None, allow_none=True)
    withdrawn = Choice(WITHDRAWN, load_default="strike")
    lot_source = Line(max=200, load_default=None, allow_none=True)
    objection_days = Integer(min=1, max=120, load_default=14)
    caps = fields.List(fields.Nested(CapIn), load_default=list, validate=validate.Length(max=100))
    exclusions = fields.List(
        fields.List(PublicId(), validate=validate.Length(min=2, max=50)),
        load_default=list,
        validate=validate.Length(max=100),
    )
    voters = fields.Nested(VotersIn, load_default=dict)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_rest: Any) -> None:
        most = data.get("maximum")
        if most is not None and data.get("minimum", 1) > most:
            raise ValidationError({"maximum": [_("This is below the minimum.")]})


class DeclareIn(StrictSchema):
    """The ballot and the rule of an edition's vote, until they are frozen at its opening."""

    edition = PublicId(required=True)
    ballot = fields.Nested(BallotIn, required=True)
    rule = fields.Dict(keys=fields.String(), required=True, validate=validate.Length(max=20))


class WithdrawalIn(StrictSchema):
    """An idea that leaves the ballot while people vote."""

    number = Integer(min=1, max=MOST_OPTIONS, required=True)
    reason = Text(required=True, min=1, max=500)


class StatedReasonIn(StrictSchema):
    """A reason that is written down."""

    reason = Text(required=True, min=1, max=500)


class CodesIn(StrictSchema):
    """A batch of codes to print, an addressee a line."""

    label = Line(required=True, min=1, max=120)
    district = Line(max=40, load_default=None, allow_none=True)
    addressees = fields.List(
        fields.List(Line(max=80), validate=validate.Length(max=6)),
        required=True,
        validate=validate.Length(min=1, max=5000),
    )


class PaperBatchIn(StrictSchema):
    """A box of paper ballots."""

    label = Line(required=True, min=1, max=120)
    sheets = Integer(min=1, max=2000, required=True)


class SheetIn(StrictSchema):
    """One sheet as it was read; no choices stand for a blank one."""

    choices = ChoicesField(required=True)


class CountIn(StrictSchema):
    """What a count still needs: the drawn lot, and for a recount its reason."""

    seed = Line(max=120, load_default=None, allow_none=True)
    reason = Text(max=500, load_default=None, allow_none=True)


class ObjectionIn(StrictSchema):
    """An objection to a published count."""

    text = Text(required=True, min=10, max=4000)


class AnswerIn(StrictSchema):
    """The decision about an objection, which everybody reads."""

    upheld = fields.Boolean(required=True)
    answer = Text(required=True, min=1, max=4000)


class OptionOut(StrictSchema):
    """An idea on the ballot."""

    number = fields.Integer()
    idea = fields.String()
    title = fields.String()
    cost = fields.Integer()
    pot = fields.String()
    categories = fields.List(fields.String())
    withdrawn_at = Timestamp(allow_none=True)
    withdrawn_reason = fields.String(allow_none=True)


class VoteOut(StrictSchema):
    """A vote: its rules, which do not change, and how it stands."""

    id = fields.String()
    state = fields.String()
    opens_at = Timestamp(allow_none=True)
    closes_at = Timestamp(allow_none=True)
    ballot = fields.Dict(allow_none=True)
    pots = fields.List(fields.Dict(), allow_none=True)
    voters = fields.Dict(allow_none=True)
    rule = fields.Dict(allow_none=True)
    manifest_hash = fields.String(allow_none=True)
    manifest = fields.Dict(allow_none=True)
    options = fields.List(fields.Nested(OptionOut))
    turnout = fields.Dict()
    objections_until = Timestamp(allow_none=True)
    keys_destroyed_at = Timestamp(allow_none=True)


class ReceiptOut(StrictSchema):
    """What a voter keeps."""

    receipt = fields.String()
    mark = fields.String()
    commitment = fields.String()
    salt = fields.String()
    manifest_hash = fields.String()
    signature = fields.String()
    outcome = fields.String()


class OwnBallotOut(StrictSchema):
    """What a voter sees of their own ballot."""

    voted = fields.Boolean()
    way = fields.String(allow_none=True)
    choices = fields.Raw(allow_none=True)
    receipt = fields.Nested(ReceiptOut, allow_none=True)


class FoundOut(StrictSchema):
    """A ballot that was found by its receipt."""

    found = fields.Boolean()
    commitment = fields.String(allow_none=True)
    choices = fields.Raw(allow_none=True)


class OutcomeOut(StrictSchema):
    """What became of it."""

    outcome = fields.String()


class BatchOut(StrictSchema):
    """A batch and how far it is."""

    id = fields.String()
    label = fields.String()
    state = fields.String(allow_none=True)
    sheets = fields.Integer(allow_none=True)
    missing = fields.Dict(allow_none=True)
    different = fields.List(fields.Integer(), allow_none=True)


class SheetOut(StrictSchema):
    """What was wrong with a sheet, if anything; it is then kept as blank."""

    fault = fields.String(allow_none=True)


class MadeOut(StrictSchema):
    """The id of what was made."""

    id = fields.String()


class ResultOut(StrictSchema):
    """A published count."""

    id = fields.String()
    number = fields.Integer()
    state = fields.String()
    published_at = Timestamp(allow_none=True)
    seed = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    package_hash = fields.String(allow_none=True)
    result = fields.Dict(allow_none=True)


class ObjectionOut(StrictSchema):
    """An objection and its answer; who made it is not told."""

    id = fields.String()
    state = fields.String()
    text = fields.String()
    answer = fields.String(allow_none=True)
    made_at = Timestamp()
    answer_due = Timestamp()
    answered_at = Timestamp(allow_none=True)
