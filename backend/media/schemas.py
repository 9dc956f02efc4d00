"""Photos as the API writes them."""

from marshmallow import fields

from backend.core.fields import Line, Point, StrictSchema


class PhotoOut(StrictSchema):
    """A photo that was kept, with what its camera had noted as a suggestion."""

    id = fields.String(required=True)
    links = fields.Dict(keys=fields.String(), values=fields.String())
    sizes = fields.Dict(keys=fields.String(), values=fields.List(fields.Integer()))
    description = fields.String(allow_none=True)
    suggested_place = Point(allow_none=True)
    taken_at = fields.String(allow_none=True)


class HideIn(StrictSchema):
    """Why a photo is taken out of sight; null shows it again."""

    reason = Line(max=200, min=3, required=True, allow_none=True)
