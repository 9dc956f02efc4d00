"""Competitions, editions and phases as the API reads and writes them."""

from marshmallow import Schema, fields, validate

from backend.core.fields import Choice, Integer, Line, StrictSchema, Text, Timestamp
from backend.ideas.eligibility import LEVELS
from backend.ideas.models import EDITION_STATES, PHASE_KINDS, PHASE_STATES

MONEY = 10**12


def names(longest: int = 200, **rest: object) -> fields.Dict:
    """A text by language."""
    return fields.Dict(
        keys=Line(max=8),
        values=Text(max=longest),
        validate=validate.Length(max=30),
        **rest,  # type: ignore[arg-type]
    )


class CompetitionIn(StrictSchema):
    """A competition to be founded."""

    slug = Line(max=60, min=2, required=True, validate=validate.Regexp(r"^[a-z0-9_-]+$"))
    name = names(required=True)
    description = names(2000, load_default=dict)


class CompetitionOut(Schema):
    """A recurring competition."""

    id = fields.String(required=True)
    slug = fields.String(required=True)
    name = fields.Dict(required=True)
    description = fields.Dict(required=True)


class CompetitionList(Schema):
    """The city's competitions."""

    items = fields.List(fields.Nested(CompetitionOut), required=True)


class EditionIn(StrictSchema):
    """A first edition: its year, name and first day."""

    year = Integer(min=2000, max=2200, required=True)
    name = names(required=True)
    first_day = fields.Date(required=True)
    rehearsal = fields.Boolean(load_default=False)


class CopyIn(StrictSchema):
    """A copy of an edition for another year."""

    year = Integer(min=2000, max=2200, required=True)
    rehearsal = fields.Boolean(load_default=False)


class PotIn(StrictSchema):
    """A part of the budget that is kept for a district or a component."""

    code = Line(max=40, min=1, required=True)
    name = names(load_default=dict)
    amount = Integer(min=0, max=MONEY, required=True)
    district = Line(max=40, load_default=None, allow_none=True)
    component = Line(max=10, load_default=None, allow_none=True)


class EditionChangeIn(StrictSchema):
    """What changes in an edition; what is left out stays."""

    name = names()
    summary = names(4000)
    budget = Integer(min=0, max=MONEY, allow_none=True)
    currency = Line(max=3, min=3)
    largest_cost = Integer(min=0, max=MONEY, allow_none=True)
    smallest_cost = Integer(min=0, max=MONEY, allow_none=True)
    endorsements_needed = Integer(min=0, max=1_000_000, allow_none=True)
    answer_days = Integer(min=1, max=365)
    appeal_days = Integer(min=0, max=365)
    pots = fields.List(fields.Nested(PotIn), validate=validate.Length(max=100), allow_none=True)


class TurnIn(StrictSchema):
    """Publish, archive or annul an edition."""

    state = Choice(("running", "archived", "annulled"), required=True)
    reason = Text(max=4000, load_default=None, allow_none=True)


class WhoSchema(StrictSchema):
    """Who may take part in a phase."""

    assurance = Choice(LEVELS, load_default="contact_verified")
    districts = fields.List(Line(max=40), load_default=list, validate=validate.Length(max=100))
    minimum_age = Integer(min=0, max=120, load_default=None, allow_none=True)
    codes = fields.Boolean(load_default=False)


class PhaseIn(StrictSchema):
    """When a phase is, and whom it is for."""

    starts_at = Timestamp(required=True)
    ends_at = Timestamp(required=True)
    who = fields.Nested(WhoSchema, load_default=None, allow_none=True)


class ExtensionIn(StrictSchema):
    """More time for a phase."""

    ends_at = Timestamp(required=True)
    reason = Text(max=4000, min=1, required=True)


class PublicReasonIn(StrictSchema):
    """A reason that everybody reads."""

    reason = Text(max=4000, min=1, required=True)


class PhaseOut(Schema):
    """A phase as it stands at this moment."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    kind = Choice(PHASE_KINDS, required=True)
    state = Choice(PHASE_STATES, required=True)
    is_open = fields.Boolean(required=True)
    starts_at = Timestamp(required=True)
    ends_at = Timestamp(required=True)
    opened_at = Timestamp(required=True, allow_none=True)
    closed_at = Timestamp(required=True, allow_none=True)
    who = fields.Nested(WhoSchema, required=True)
    held_back = fields.List(fields.String())


class PhaseChangeOut(Schema):
    """Something done to the calendar, and why."""

    phase = fields.String(required=True, allow_none=True)
    action = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    at = Timestamp(required=True)
    old_ends_at = Timestamp(required=True, allow_none=True)
    new_ends_at = Timestamp(required=True, allow_none=True)


class EditionItem(Schema):
    """An edition as it stands in a list."""

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    competition = fields.String(required=True)
    competition_name = fields.Dict(required=True)
    year = fields.Integer(required=True)
    name = fields.Dict(required=True)
    summary = fields.Dict(required=True)
    state = Choice(EDITION_STATES, required=True)
    state_reason = fields.String(required=True, allow_none=True)
    rehearsal = fields.Boolean(required=True)
    budget = fields.Integer(required=True, allow_none=True)
    currency = fields.String(required=True)
    largest_cost = fields.Integer(required=True, allow_none=True)
    smallest_cost = fields.Integer(required=True, allow_none=True)
    endorsements_needed = fields.Integer(required=True, allow_none=True)
    answer_days = fields.Integer(required=True)
    appeal_days = fields.Integer(required=True)
    pots = fields.List(fields.Dict(), required=True)
    ballot = fields.Dict(required=True, allow_none=True)
    rule = fields.Dict(required=True, allow_none=True)
    rules_digest = fields.String(required=True, allow_none=True)
    rules_frozen_at = Timestamp(required=True, allow_none=True)


class EditionOut(EditionItem):
    """An edition with its calendar."""

    phases = fields.List(fields.Nested(PhaseOut), required=True)
    changes = fields.List(fields.Nested(PhaseChangeOut), required=True)
    ideas = fields.Integer(required=True)
    problems = fields.Integer(required=True)


class EditionList(Schema):
    """Editions, the latest first."""

    items = fields.List(fields.Nested(EditionItem), required=True)


class PhaseNeedOut(Schema):
    """One thing that is missing before a phase can open."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    field = fields.String(required=True, allow_none=True)


class PreflightItem(Schema):
    """A phase and what it needs."""

    phase = fields.String(required=True)
    kind = Choice(PHASE_KINDS, required=True)
    starts_at = Timestamp(required=True)
    missing = fields.List(fields.Nested(PhaseNeedOut), required=True)


class PreflightOut(Schema):
    """What each phase that is still to come needs."""

    items = fields.List(fields.Nested(PreflightItem), required=True)
