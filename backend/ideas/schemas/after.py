"""What comes in and goes out about juries, winners and their data."""

from marshmallow import fields, validate

from backend.core.fields import Choice, Integer, Line, Number, StrictSchema, Text
from backend.ideas.models.after import PRIVACY, SCHEDULES
from backend.ideas.models.jury import CONFLICT_KINDS

STEP_STATES = ("planned", "busy", "done", "late")


class CriterionIn(StrictSchema):
    """A criterion of the jury."""

    code = Line(required=True, min=1, max=40)
    name = Line(required=True, min=1, max=120)
    weight = Number(min=0, max=1000, required=True)


class JuryIn(StrictSchema):
    """How an edition is judged."""

    criteria = fields.List(
        fields.Nested(CriterionIn), required=True, validate=validate.Length(min=1, max=20)
    )
    per_idea = Integer(min=1, max=20, required=True)
    lowest = Integer(min=0, max=100, load_default=1)
    highest = Integer(min=1, max=100, load_default=10)


class JurorIn(StrictSchema):
    """A person who is asked to judge."""

    account = Line(required=True, max=64)


class ConflictsIn(StrictSchema):
    """The ideas that a juror cannot judge, and why; an empty list declares that there are none."""

    conflicts = fields.Dict(
        keys=fields.String(),
        values=Choice(CONFLICT_KINDS),
        required=True,
        validate=validate.Length(max=500),
    )


class PlanIn(StrictSchema):
    """The public seed from which the plan is drawn."""

    seed = Line(required=True, min=1, max=120)


class ScoreIn(StrictSchema):
    """The marks of one idea by criterion."""

    marks = fields.Dict(
        keys=fields.String(), values=Integer(min=0, max=100), required=True,
        validate=validate.Length(min=1, max=20),
    )  # fmt: skip
    note = Text(max=2000, load_default="")


class MilestoneIn(StrictSchema):
    """A step in carrying out a winner."""

    title = Line(required=True, min=1, max=200)
    due_on = fields.Date(required=True)
    budget = Integer(min=0, load_default=0)


class ProgressIn(StrictSchema):
    """How far a step is."""

    state = Choice(STEP_STATES, required=True)
    spent = Integer(min=0, load_default=0)
    note = Text(max=2000, load_default=None, allow_none=True)


class BenefitIn(StrictSchema):
    """What a winner brought."""

    helped = Line(required=True, min=1, max=200)
    number = Integer(min=0, load_default=None, allow_none=True)
    text = Text(required=True, min=1, max=4000)
    proof = Line(max=500, load_default=None, allow_none=True)


class VoiceIn(StrictSchema):
    """A resident's word on a benefit report."""

    confirms = fields.Boolean(required=True)
    text = Text(max=1000, load_default=None, allow_none=True)


class ChartIn(StrictSchema):
    """Which fields make the chart: mean of value (÷ total) by x, a line for each series."""

    x = Line(required=True, max=40)
    value = Line(required=True, max=40)
    series = Line(required=True, max=40)
    total = Line(max=40, load_default=None, allow_none=True)


class AgreementIn(StrictSchema):
    """What a winner's service delivers."""

    title = Line(required=True, min=1, max=200)
    description = Text(required=True, min=1, max=4000)
    schema = fields.Dict(required=True)
    licence = Line(required=True, min=1, max=80)
    privacy = Choice(PRIVACY, required=True)
    schedule = Choice(SCHEDULES, required=True)
    chart = fields.Nested(ChartIn, load_default=None, allow_none=True)


class AgreedOut(StrictSchema):
    """The agreement, and once the key of its machine."""

    id = fields.String()
    key = fields.String()


class DeliveryIn(StrictSchema):
    """A delivery of one period."""

    period = Line(required=True, min=4, max=20)
    records = fields.List(fields.Dict(), required=True, validate=validate.Length(max=50_000))


class DeliveredOut(StrictSchema):
    """The delivery as it was kept."""

    id = fields.String()
    version = fields.Integer()


class WinnerOut(StrictSchema):
    """A winner and what became of it."""

    id = fields.String()
    title = fields.String()
    milestones = fields.List(fields.Dict())
    benefits = fields.List(fields.Dict())
    agreements = fields.List(fields.Dict())
    planned = fields.Integer()
    spent = fields.Integer()


class SeatOut(StrictSchema):
    """What a juror sees."""

    id = fields.String()
    state = fields.String()
    declared = fields.Boolean()
    criteria = fields.List(fields.Dict())
    lowest = fields.Integer()
    highest = fields.Integer()
    ideas = fields.List(fields.Dict())
    mine = fields.List(fields.Dict())


class JudgementOut(StrictSchema):
    """What a jury found, by every method."""

    order = fields.List(fields.String())
    corrected = fields.Dict()
    raw_mean = fields.Dict()
    borda = fields.Dict()
    median = fields.Dict()
    leniency = fields.Dict()
    agreement = fields.Float(allow_none=True)
    winner_without = fields.Dict()


class SharedOut(StrictSchema):
    """Which juror judges which ideas."""

    plan = fields.Dict()
