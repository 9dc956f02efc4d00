"""The city as the API writes it, in the reader's language."""

from marshmallow import fields

from backend.core.fields import Choice, Integer, Line, Number, Point, StrictSchema


class EmergencyOut(StrictSchema):
    """Whom to call when somebody is in danger."""

    number = fields.String(allow_none=True)
    message = fields.String()


class CityOut(StrictSchema):
    """The city: its name, place, languages, contact and colours."""

    loaded = fields.Boolean(metadata={"description": "False until a city pack is imported."})
    slug = fields.String(allow_none=True)
    demo = fields.Boolean()
    name = fields.String()
    motto = fields.String()
    time_zone = fields.String()
    languages = fields.List(fields.String())
    centre = Point(allow_none=True)
    zoom = fields.Integer(allow_none=True)
    bbox = fields.List(fields.Float(), allow_none=True)
    emergency = fields.Nested(EmergencyOut)
    contact = fields.Dict(keys=fields.String())
    colours = fields.Dict(keys=fields.String(), values=fields.String())
    data = fields.Dict(keys=fields.String())
    legal = fields.Dict(keys=fields.String())
    hours = fields.Dict(keys=fields.String(), values=fields.String())
    map_layers = fields.List(fields.String())


class ValueOut(StrictSchema):
    """A value to choose."""

    key = fields.String()
    name = fields.String()


class ConditionOut(StrictSchema):
    """When a question is asked: another question has one of these answers."""

    question = fields.String()
    is_ = fields.List(fields.String(), data_key="is")


class QuestionOut(StrictSchema):
    """A question of a service, with an Open311 datatype."""

    code = fields.String()
    datatype = fields.String()
    required = fields.Boolean()
    text = fields.String()
    help = fields.String()
    values = fields.List(fields.Nested(ValueOut))
    when = fields.Nested(ConditionOut, allow_none=True)


class ServiceOut(StrictSchema):
    """A service of the catalogue."""

    code = fields.String()
    name = fields.String()
    description = fields.String()
    group = fields.String(allow_none=True)
    group_name = fields.String(allow_none=True)
    component = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    department_name = fields.String(allow_none=True)
    keywords = fields.List(fields.String())
    kinds = fields.List(fields.String())
    place = fields.String()
    photo = fields.String()
    confidential = fields.Boolean()
    working_days = fields.Integer(allow_none=True)
    retired = fields.Boolean()
    questions = fields.List(fields.Nested(QuestionOut))


class ServicesOut(StrictSchema):
    """The catalogue."""

    items = fields.List(fields.Nested(ServiceOut))


class DepartmentOut(StrictSchema):
    """A department of city hall."""

    code = fields.String()
    name = fields.String()
    email = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    hours = fields.Dict(keys=fields.String(), values=fields.String())


class DepartmentsOut(StrictSchema):
    """The departments."""

    items = fields.List(fields.Nested(DepartmentOut))


class FeatureCollectionOut(StrictSchema):
    """A GeoJSON collection."""

    type = fields.String()
    features = fields.List(fields.Dict())


class AddressOut(StrictSchema):
    """An address with its place."""

    label = fields.String()
    place = Point()
    street = fields.String(allow_none=True)
    number = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    district = fields.String(allow_none=True)
    exact = fields.Boolean(
        metadata={"description": "False when this is the nearest known house number."}
    )


class AddressesOut(StrictSchema):
    """The addresses that were found, best first."""

    items = fields.List(fields.Nested(AddressOut))


class ServiceQuery(StrictSchema):
    """Which services of the catalogue are meant."""

    group = Line(max=40)
    kind = Choice(["complaint", "question", "suggestion", "praise"])
    lang = Line(max=10)


class LanguageQuery(StrictSchema):
    """In which language the answer is written, when Accept-Language cannot say it."""

    lang = Line(max=10)


class AddressQuery(StrictSchema):
    """What to look for: words (q), or the address nearest to a place (lon and lat)."""

    q = Line(max=200)
    lon = Number(min=-180, max=180)
    lat = Number(min=-90, max=90)
    limit = Integer(min=1, max=20, strict=False, load_default=8)
    lang = Line(max=10)
