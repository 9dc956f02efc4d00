"""Fields that survive hostile input; every schema of the house is made of them."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from backend.core.clock import parse_rfc3339, rfc3339
from backend.core.i18n import _, lazy
from backend.core.ids import is_public_id, normalise_id

_CONTROL = {c: None for c in range(32) if c not in (9, 10)} | {127: None}
BIG = 2**53 - 1


def clean_text(value: str, *, line: bool = False) -> str:
    """Normalise a stranger's text: NFC, no control characters, one kind of line end.

    Raises ValueError for what no database or reader can take (NUL, lone surrogates).
    """
    if "\x00" in value:
        raise ValueError("NUL")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("surrogate") from error
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = unicodedata.normalize("NFC", value).translate(_CONTROL)
    return " ".join(value.split()) if line else value.strip()


def _both(rule: validate.Validator, rest: dict[str, Any]) -> list[Any]:
    """The field's own rule, and those that a schema adds."""
    more = rest.pop("validate", [])
    return [rule, *(more if isinstance(more, list | tuple) else [more])]


class Text(fields.String):
    """A text of bounded length; several lines are kept."""

    line = False

    def __init__(self, *, max: int, min: int = 0, **rest: Any) -> None:
        super().__init__(validate=_both(validate.Length(min=min, max=max), rest), **rest)
        self._longest = max

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) > 8 * self._longest + 1000:
            raise ValidationError(_("Shorten this to %(n)s characters.", n=self._longest))
        try:
            return clean_text(text, line=self.line)
        except ValueError as error:
            raise ValidationError(
                _("This holds characters that are not text. Type it again.")
            ) from error


class Line(Text):
    """A text on one line; runs of space become one."""

    line = True


class Integer(fields.Integer):
    """A whole number between bounds; 1.9, '1' in JSON and true are refused."""

    def __init__(self, *, min: int = -BIG, max: int = BIG, **rest: Any) -> None:
        rest.setdefault("strict", True)
        super().__init__(validate=_both(validate.Range(min=min, max=max), rest), **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or (isinstance(value, str) and len(value) > 20):
            raise self.make_error("invalid", input=str(value)[:20])
        return super()._deserialize(value, attr, data, **kwargs)


class Number(fields.Float):
    """A finite number between bounds."""

    def __init__(self, *, min: float = -1e15, max: float = 1e15, **rest: Any) -> None:
        super().__init__(validate=_both(validate.Range(min=min, max=max), rest), **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or (isinstance(value, str) and len(value) > 40):
            raise self.make_error("invalid", input=str(value)[:40])
        number = super()._deserialize(value, attr, data, **kwargs)
        if number is None or not math.isfinite(number):
            raise self.make_error("invalid", input=str(value))
        return number


class Timestamp(fields.Field[datetime]):
    """A moment in RFC 3339 with its offset; written in UTC ending in Z."""

    default_error_messages = {
        "invalid": lazy("Write the time with its zone, for example 2026-05-01T12:00:00Z.")
    }

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else rfc3339(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or len(value) > 40:
            raise self.make_error("invalid")
        try:
            moment = parse_rfc3339(value.replace(" ", "+") if "T" in value else value)
        except (ValueError, OverflowError) as error:
            raise self.make_error("invalid") from error
        if not 1970 <= moment.year <= 2200:
            raise self.make_error("invalid")
        return moment


class Choice(fields.String):
    """One of a closed list of words."""

    def __init__(self, choices: Sequence[str], **rest: Any) -> None:
        super().__init__(validate=validate.OneOf(list(choices)), **rest)


class PublicId(fields.String):
    """The public id of something; hyphens, capitals and look-alikes are forgiven."""

    default_error_messages = {"id": lazy("This is not an id of ours: 16 letters and digits.")}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = normalise_id(super()._deserialize(value, attr, data, **kwargs)[:64])
        if not is_public_id(text):
            raise self.make_error("id")
        return text


class Point(fields.Field[tuple[float, float]]):
    """A GeoJSON point; inside the house a pair (longitude, latitude)."""

    default_error_messages = {
        "invalid": lazy(
            "Give the place as a GeoJSON point: "
            '{"type": "Point", "coordinates": [longitude, latitude]}.'
        ),
        "range": lazy("Longitude lies between -180 and 180, latitude between -90 and 90."),
    }

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else {"type": "Point", "coordinates": [value[0], value[1]]}

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> tuple[float, float]:
        if not isinstance(value, Mapping) or value.get("type") != "Point":
            raise self.make_error("invalid")
        pair = value.get("coordinates")
        if (
            not isinstance(pair, list)
            or len(pair) not in (2, 3)
            or set(value) - {"type", "coordinates"}
        ):
            raise self.make_error("invalid")
        return checked_point(pair[0], pair[1], self)


def checked_point(lon: Any, lat: Any, field: Point | None = None) -> tuple[float, float]:
    """A (longitude, latitude) pair within the world; ValidationError otherwise."""
    field = field or Point()
    if any(isinstance(n, bool) or not isinstance(n, int | float) for n in (lon, lat)):
        raise field.make_error("invalid")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # also false for NaN
        raise field.make_error("range")
    return float(lon), float(lat)


class StrictSchema(Schema):
    """A schema that refuses unknown fields and says so."""

    class Meta:
        """Unknown fields are an error, never dropped in silence."""

        unknown = RAISE

    error_messages = {
        "unknown": lazy("No such field. Leave it out."),
        "type": lazy("Send an object with fields."),
    }
