"""Indicators as the API takes and writes them."""

from marshmallow import fields

from backend.core.fields import Choice, Line, Number, StrictSchema, Timestamp
from backend.indicators.catalogue import PROFILES

ATTRIBUTES = ("district", "age", "sex")
SCALES = ("goalposts", "zscore", "rank")


class PeriodQuery(StrictSchema):
    """Which period; the newest year when left out."""

    period = Line(max=10, load_default=None)


class IndicatorsQuery(PeriodQuery):
    """Which values of a period."""

    profile = Choice(PROFILES, load_default=None)
    component = Line(max=10, load_default=None)
    scale = Choice(SCALES, load_default="goalposts")


class SeriesQuery(StrictSchema):
    """Which profile of a component; a sub-indicator has only one."""

    profile = Choice(PROFILES, load_default=None)


class ParticipationQuery(PeriodQuery):
    """Which attribute; there is no other filter, so that no small group can be cut out."""

    attribute = Choice(ATTRIBUTES, load_default="district")


class IndicatorValueOut(StrictSchema):
    """A value with everything that is needed to compute it again."""

    code = fields.String(required=True)
    level = fields.String(required=True, metadata={"enum": ["sub", "component", "domain"]})
    profile = fields.String(required=True)
    period = fields.String(required=True)
    district = fields.String(allow_none=True)
    name = fields.String()
    unit = fields.String(allow_none=True)
    value = Number(allow_none=True)
    score = Number(allow_none=True)
    low = Number(allow_none=True)
    high = Number(allow_none=True)
    n = fields.Integer(allow_none=True)
    coverage = Number(allow_none=True)
    state = fields.String(
        required=True, metadata={"enum": ["measured", "suppressed", "few", "not_measured"]}
    )
    flags = fields.String(allow_none=True)
    provenance = fields.String(allow_none=True)
    source_period = fields.String(allow_none=True)
    method = fields.String(required=True)
    revision = fields.Integer(required=True)
    inputs_hash = fields.String(required=True)
    computed_at = Timestamp(required=True)


class IndicatorsOut(StrictSchema):
    """The values of a period."""

    period = fields.String(allow_none=True)
    periods = fields.List(fields.String())
    method = fields.String()
    items = fields.List(fields.Nested(IndicatorValueOut))


class SubIndicatorOut(StrictSchema):
    """A sub-indicator of the catalogue."""

    code = fields.String(required=True)
    component = fields.String(required=True)
    profile = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    how = fields.String()
    formula = fields.String()
    direction = fields.Integer()
    weight = Number()
    lower = Number(allow_none=True)
    upper = Number(allow_none=True)
    set_by = fields.String()
    source = fields.String()
    provenance = fields.String()
    about_people = fields.Boolean()


class CatalogueOut(StrictSchema):
    """The catalogue with its version."""

    method = fields.String(required=True)
    digest = fields.String(required=True)
    items = fields.List(fields.Nested(SubIndicatorOut))


class ParticipationRow(StrictSchema):
    """Participants of one level, as they may be shown."""

    level = fields.String(required=True)
    participants = fields.Integer(allow_none=True)
    residents = fields.Integer(required=True)


class ParticipationOut(StrictSchema):
    """Who took part, rounded; null where there are too few to show."""

    period = fields.String(allow_none=True)
    attribute = fields.String(required=True)
    threshold = fields.Integer(required=True)
    rounded_to = fields.Integer(required=True)
    rows = fields.List(fields.Nested(ParticipationRow))


class RunIn(StrictSchema):
    """Periods to be computed."""

    periods = fields.List(
        Line(max=10), required=True, validate=lambda found: 1 <= len(found) <= 120
    )


class RunOut(StrictSchema):
    """A computing and how far it is."""

    public_id = fields.String(required=True, data_key="id")
    periods = fields.List(fields.String())
    method = fields.String()
    state = fields.String()
    done = fields.Integer()
    total = fields.Integer()
    changed = fields.Integer()
    created_at = Timestamp()
    finished_at = Timestamp(allow_none=True)


class PublicServiceOut(StrictSchema):
    """A public service and how far it can be done online."""

    id = fields.String(required=True)
    code = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String())
    component = fields.String()
    online = fields.String()
    address = fields.String(allow_none=True)
    requests_year = fields.Integer(allow_none=True)
    online_share = Number(allow_none=True)
    satisfaction = Number(allow_none=True)


class ProjectOut(StrictSchema):
    """A smart-city project."""

    id = fields.String(required=True)
    code = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String())
    component = fields.String()
    state = fields.String()
    invested = Number(allow_none=True)
    currency = fields.String()
    equipment = fields.String(allow_none=True)
    results = fields.String(allow_none=True)
    evidence = fields.String(allow_none=True)
    started = fields.String(allow_none=True)
    finished = fields.String(allow_none=True)


class TargetOut(StrictSchema):
    """What the city wants of a component."""

    id = fields.String(required=True)
    code = fields.String(required=True)
    profile = fields.String()
    year = fields.Integer()
    score = Number()
    measures = fields.String(allow_none=True)
    decided_by = fields.String()
    created_at = Timestamp()


class PublicServicesOut(StrictSchema):
    """The register of public services."""

    items = fields.List(fields.Nested(PublicServiceOut))


class ProjectsOut(StrictSchema):
    """The register of smart-city projects."""

    items = fields.List(fields.Nested(ProjectOut))


class PlanOut(StrictSchema):
    """The plan."""

    items = fields.List(fields.Nested(TargetOut))
