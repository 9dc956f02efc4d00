"""Suggestions as the API writes them."""

from marshmallow import fields

from backend.core.fields import Line, Number, StrictSchema, Text


class ReasonOut(StrictSchema):
    """A word and how much it spoke for, or against."""

    word = fields.String(required=True)
    weight = Number(required=True)


class AlternativeOut(StrictSchema):
    """A component and how probable it is."""

    component = fields.String(required=True)
    probability = Number(required=True)


class SuggestionResult(StrictSchema):
    """What the model proposes; a person decides."""

    domain = fields.String(allow_none=True)
    component = fields.String(allow_none=True)
    second = fields.String(allow_none=True)
    confidence = Number(required=True)
    unsure = fields.Boolean(required=True)
    urgent = fields.Boolean(required=True)
    services = fields.List(fields.String())
    alternatives = fields.List(fields.Nested(AlternativeOut))
    reasons = fields.List(fields.Nested(ReasonOut))
    reasons_against = fields.List(fields.Nested(ReasonOut))
    judged_by = fields.String()
    model_version = fields.String()


class SuggestIn(StrictSchema):
    """A text to be placed."""

    text = Text(max=10_000, required=True)
    language = Line(max=8, load_default=None, allow_none=True)


class ComponentOut(StrictSchema):
    """A component of a domain."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    definition = fields.String()


class DomainOut(StrictSchema):
    """One of the six domains."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    components = fields.List(fields.Nested(ComponentOut))


class TaxonomyOut(StrictSchema):
    """The domains and their components."""

    items = fields.List(fields.Nested(DomainOut))
