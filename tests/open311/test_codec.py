"""The two forms of a document tell the same, whatever people write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.open311 import spark
from backend.open311.moments import read_moment, written

TEXTS = st.text(max_size=60)
FLOATS = st.floats(allow_nan=False, allow_infinity=False, width=64, min_value=-180, max_value=180)


def _some(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={k: v | st.none() for k, v in fields.items()})


SERVICE = _some(
    {"service_code": TEXTS, "service_name": TEXTS, "metadata": st.booleans(), "group": TEXTS,
     "keywords": TEXTS, "groups": st.lists(TEXTS, max_size=3)}
)  # fmt: skip
REQUEST = _some(
    {"service_request_id": TEXTS, "status": st.sampled_from(["open", "closed"]), "lat": FLOATS,
     "long": FLOATS, "description": TEXTS, "zipcode": TEXTS,
     "requested_datetime": st.datetimes(timezones=st.just(UTC))}
)  # fmt: skip
ATTRIBUTE = _some(
    {"variable": st.booleans(), "code": TEXTS, "required": st.booleans(),
     "order": st.integers(1, 99),
     "values": st.lists(_some({"key": TEXTS, "name": TEXTS}), max_size=3)}
)  # fmt: skip
UPDATE = _some({"update_id": TEXTS, "description": TEXTS, "status": TEXTS, "media_url": TEXTS})
ERROR = _some({"code": st.integers(400, 599), "description": TEXTS})
DOCUMENTS = st.one_of(
    st.tuples(st.just("services"), st.lists(SERVICE, max_size=3)),
    st.tuples(st.just("service_requests"), st.lists(REQUEST, max_size=3)),
    st.tuples(st.just("service_request_updates"), st.lists(UPDATE, max_size=3)),
    st.tuples(st.just("errors"), st.lists(ERROR, max_size=3)),
    st.tuples(
        st.just("service_definition"),
        st.fixed_dictionaries(
            {"service_code": TEXTS, "attributes": st.lists(ATTRIBUTE, max_size=3)}
        ),
    ),
)


def _shape(value: Any) -> Any:
    """XML knows no difference between an object without fields and an empty text."""
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return ["" if inner == {} else _shape(inner) for inner in value]
    return value


@given(DOCUMENTS)
@example(("services", []))
@example(("service_requests", [{"description": "a\r\nb \x01 & <i> ]]> \ud83d\udea7", "lat": 37.0}]))
@example(("service_requests", [{"lat": 1e-07, "long": -5e-324}]))
def test_xml_and_json_tell_the_same(document: tuple[str, Any]) -> None:
    root, value = document
    name, from_xml = spark.from_xml(spark.to_xml(root, value))
    from_json = spark.from_json(root, spark.to_json(value))
    assert name == root
    assert from_xml == _shape(from_json) == _shape(spark.plain(value))


@given(st.text(max_size=200))
def test_no_text_breaks_a_document(text: str) -> None:
    _root, value = spark.from_xml(spark.to_xml("errors", [{"code": 400, "description": text}]))
    assert value[0]["description"] == spark.clean(text)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(37.0, "37.0"), (-0.5, "-0.5"), (1e-07, "0.0000001"), (12.135901, "12.135901")],
)
def test_a_coordinate_always_has_its_point(number: float, shown: str) -> None:
    xml = spark.to_xml("service_requests", [{"lat": number}])
    assert f"<lat>{shown}</lat>".encode() in xml


def test_a_document_type_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><errors><error>&a;</error></errors>'
    with pytest.raises(spark.Unreadable):
        spark.from_xml(bomb)
    deep = b"<a>" * 5000 + b"</a>" * 5000
    with pytest.raises(spark.Unreadable):
        spark.from_xml(deep)


@pytest.mark.parametrize(
    "foreign",
    [
        b'{"service_requests":[{"service_request_id":1042,"lat":"52.5","requested_datetime":null}]}',
        b'{"service_requests":{"request":{"service_request_id":1042,"lat":"52.5"}}}',
        b'[{"service_request_id":"1042","lat":52.5}]',
        b'{"service_request_id":"1042","lat":52.5}',
    ],
)
def test_what_other_servers_wrap_is_unwrapped(foreign: bytes) -> None:
    found = spark.from_json("service_requests", foreign)
    assert found == [{"service_request_id": "1042", "lat": 52.5}]


def test_foreign_xml_with_prefixes_and_nil_is_read() -> None:
    xml = (
        b'<o:services xmlns:o="http://x" xmlns:i="http://i"><o:service><o:service_code>001'
        b'</o:service_code><o:metadata type="boolean">True</o:metadata><group i:nil="true"/>'
        b"</o:service></o:services>"
    )
    assert spark.from_xml(xml) == ("services", [{"service_code": "001", "metadata": True}])


@given(st.integers(0, 7_000_000_000))
def test_a_written_moment_is_read_again(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert read_moment(written(moment), "Europe/Amsterdam") == moment


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("2026-01-01T00:00:00+01:00", "2025-12-31T23:00:00Z"),
        ("2026-01-01T00:00:00 01:00", "2025-12-31T23:00:00Z"),
        ("2026-01-01T00:00:00", "2025-12-31T23:00:00Z"),
        ("2026-01-01", "2025-12-31T23:00:00Z"),
        ("2026-07-01T12:00", "2026-07-01T10:00:00Z"),
        ("2026-01-01T23:59:59.999999-06:00", "2026-01-02T05:59:59Z"),
        ("2026-01-01T00:00:00-0600", "2026-01-01T06:00:00Z"),
    ],
)
def test_moments_as_clients_send_them(sent: str, meant: str) -> None:
    assert written(read_moment(sent, "Europe/Amsterdam")) == meant


@pytest.mark.parametrize(
    "sent",
    ["", "yesterday", "2026-13-01", "2026-01-01T25:00:00Z", "03-10-2012", "0001-01-01", "1" * 99],
)
def test_other_moments_are_refused(sent: str) -> None:
    with pytest.raises(ValueError):
        read_moment(sent, "UTC")
