"""Fields: hostile input is refused with a message or made harmless, never an exception."""

import json
import math
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from backend.core import fields
from backend.core.clock import parse_rfc3339, rfc3339
from backend.core.fastjson import FastProvider, compile_schema, dumps, too_deep


@pytest.fixture(autouse=True, scope="module")
def _words():
    app = Flask("fields")
    Babel(app)
    with app.test_request_context():
        yield


class Everything(fields.StrictSchema):
    text = fields.Text(max=50)
    line = fields.Line(max=50)
    number = fields.Number()
    whole = fields.Integer(min=0, max=10**9)
    at = fields.Timestamp()
    id = fields.PublicId()
    place = fields.Point()
    choice = fields.Choice(["a", "b"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(Everything().fields)), JSON))
def test_anything_is_loaded_or_refused(data) -> None:
    try:
        loaded = Everything().load(data)
    except ValidationError:
        return
    for value in loaded.values():
        if isinstance(value, str):
            value.encode()
            assert "\x00" not in value
        if isinstance(value, float):
            assert math.isfinite(value)


@given(st.text(alphabet=st.characters(), max_size=300))
def test_cleaned_text_is_stable(text) -> None:
    try:
        once = fields.clean_text(text)
    except ValueError:
        return
    assert fields.clean_text(once) == once


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "a\x00b"), ("text", "\ud800"), ("text", "x" * 51), ("text", 5), ("whole", 1.9),
        ("whole", True), ("whole", 10**30), ("whole", "1" * 5000), ("number", float("nan")),
        ("number", "1e400"), ("at", "2026-05-01T12:00:00"), ("at", "0001-01-01T00:00:00Z"),
        ("at", "9999-99-99"), ("id", "short"), ("place", {"type": "Point", "coordinates": [4]}),
        ("place", {"type": "Point", "coordinates": [999, 1]}),
        ("place", {"type": "Point", "coordinates": [float("nan"), 1]}),
        ("place", {"type": "Polygon", "coordinates": []}), ("choice", "c"), ("nobody", 1),
    ],
)  # fmt: skip
def test_what_would_break_a_database_is_refused_by_name(field, value) -> None:
    with pytest.raises(ValidationError) as refused:
        Everything().load({field: value})
    assert field in refused.value.messages


LONG = {"min_value": datetime(1970, 1, 2), "max_value": datetime(2199, 1, 1)}  # noqa: DTZ001


@given(st.datetimes(**LONG))
def test_times_survive_the_round_trip(moment) -> None:
    moment = moment.replace(tzinfo=UTC)
    assert parse_rfc3339(rfc3339(moment)) == moment
    assert rfc3339(moment).endswith("Z")


def test_compiled_rows_equal_marshmallows_dump() -> None:
    row = {
        "text": "a", "line": "b", "number": 1.5, "whole": 3, "choice": "a", "id": "0" * 16,
        "at": datetime(2026, 5, 1, 12, tzinfo=UTC), "place": (4.5, 52.0),
    }  # fmt: skip
    names = list(Everything().fields)
    write = compile_schema(Everything, columns=names)
    written = write(tuple(row[name] for name in names))
    assert json.loads(dumps(written)) == json.loads(json.dumps(Everything().dump(row)))


def test_depth_doubles_and_nan_are_refused() -> None:
    read = FastProvider(Flask("json")).loads
    assert too_deep(b"[" * 100_000)
    assert not too_deep(b'{"a": "' + b"[" * 1000 + b'"}')
    for bad in (b"[" * 50_000, b'{"a": 1, "a": 2}', b"NaN", b'{"a": Infinity}', b'"\\ud800"'):
        with pytest.raises(ValueError):
            read(bad)
