"""JSON answers are what the standard's tables of fields say, field by field."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from backend.open311.fixture import KEY, VEHICLE, lay_fixture
from tests.open311.reading import picture, read

ROOT = "/open311/v2"
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
SAID = {"type": "string", "minLength": 1}
TEXT = {"type": "string"}
URL = {"type": "string", "pattern": "^https?://[^ ]+$"}


def _object(needed: dict[str, Any], maybe: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(needed),
        "properties": needed | (maybe or {}),
        "additionalProperties": False,
    }


def _list(item: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"type": "array", "items": item, **rest}


SERVICES = _list(
    _object(
        {
            "service_code": SAID, "service_name": SAID, "description": SAID,
            "metadata": {"type": "boolean"}, "type": {"enum": ["realtime", "batch", "blackbox"]},
            "keywords": SAID, "group": SAID,
        }
    )
)  # fmt: skip
DEFINITION = _object(
    {
        "service_code": SAID,
        "attributes": _list(
            _object(
                {
                    "variable": {"type": "boolean"}, "code": SAID,
                    "datatype": {"enum": ["string", "number", "datetime", "text",
                                          "singlevaluelist", "multivaluelist"]},
                    "required": {"type": "boolean"}, "datatype_description": SAID,
                    "order": {"type": "integer", "minimum": 1}, "description": SAID,
                },
                {"values": _list(_object({"key": SAID, "name": SAID}), minItems=1)},
            )
        ),
    }
)  # fmt: skip
REQUEST = _object(
    {
        "service_request_id": SAID, "status": {"enum": ["open", "closed"]}, "status_notes": TEXT,
        "service_name": SAID, "service_code": TEXT,
        "description": {"type": "string", "maxLength": 4000}, "agency_responsible": TEXT,
        "service_notice": TEXT, "requested_datetime": MOMENT, "updated_datetime": MOMENT,
        "address": SAID, "address_id": TEXT, "zipcode": TEXT,
    },
    {
        "expected_datetime": MOMENT, "media_url": URL,
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
        "long": {"type": "number", "minimum": -180, "maximum": 180},
    },
)  # fmt: skip
CREATED = _list(
    {"oneOf": [
        _object({"service_request_id": SAID, "service_notice": TEXT, "account_id": TEXT}),
        _object({"token": SAID, "service_notice": TEXT, "account_id": TEXT}),
    ]}, minItems=1, maxItems=1,
)  # fmt: skip
TOKEN = _list(_object({"service_request_id": SAID, "token": SAID}), minItems=1, maxItems=1)
ERRORS = _list(
    _object({"code": {"type": "integer", "minimum": 400}, "description": SAID}), minItems=1
)
UPDATES = _list(
    _object(
        {
            "update_id": SAID, "service_request_id": SAID, "status": SAID,
            "updated_datetime": MOMENT, "description": TEXT, "media_url": TEXT,
        },
        {"external_status_code": TEXT, "service_code": TEXT},
    )
)  # fmt: skip
ENDPOINT = _object(
    {
        "specification": {"const": "http://wiki.open311.org/GeoReport_v2"}, "url": URL,
        "changeset": MOMENT, "type": {"enum": ["production", "test"]},
        "formats": _list({"enum": ["text/xml", "application/json"]}, minItems=2),
    }
)  # fmt: skip
DISCOVERY = _object(
    {
        "changeset": MOMENT, "contact": SAID, "key_service": SAID,
        "endpoints": _list(ENDPOINT, minItems=2),
    }
)  # fmt: skip


def check(value: Any, schema: dict[str, Any]) -> None:
    Draft202012Validator(schema).validate(value)


@pytest.fixture
def fixture(session: Any) -> None:
    """The invented city for strangers."""
    lay_fixture(session)


@pytest.fixture
def add_noise() -> None:
    """The fixture stands alone."""


def _both(client: FlaskClient, path: str) -> Any:
    name, _mark, query = path.partition("?")
    json = client.get(f"{ROOT}/{name}.json?{query}")
    assert read(client.get(f"{ROOT}/{name}.xml?{query}")) == json.json
    return json.json


def test_what_is_read(client: FlaskClient, fixture: None) -> None:
    check(client.get("/open311/discovery.json").json, DISCOVERY)
    services = _both(client, "services")
    check(services, SERVICES)
    assert len(services) == 14
    assert (services[0]["service_code"], services[0]["type"]) == (VEHICLE, "batch")
    for service in services:
        found = _both(client, f"services/{service['service_code']}")
        check(found, DEFINITION)
        assert bool(found["attributes"]) == service["metadata"]
    requests = _both(client, "requests")
    check(requests, _list(REQUEST))
    assert {r["status"] for r in requests} == {"open", "closed"}
    assert any(not r["description"].isascii() for r in requests)
    assert all({"lat", "long"} <= set(r) for r in requests)
    assert "UNSEEN" not in str(requests)
    for request in requests:
        one = _both(client, f"requests/{request['service_request_id']}")
        check(one, _list(REQUEST, minItems=1, maxItems=1))
    check(_both(client, "servicerequestupdates"), UPDATES)
    check(_both(client, "tokens/123"), TOKEN)
    check(_both(client, "services/none"), ERRORS)


def test_what_is_sent(client: FlaskClient, fixture: None) -> None:
    data = {"api_key": KEY, "jurisdiction_id": "city.example", "lat": "41.88", "long": "-87.63"}
    vehicle = data | {"service_code": VEHICLE, "attribute[HOWMANYD]": "3"}
    for part in ("media", "media[]", "photo1", None):
        files = {part: (picture(), "photo.jpg")} if part else {}
        for sent in (vehicle | files, data | {"service_code": "006"}):
            kind = "multipart/form-data"
            answer = client.post(f"{ROOT}/requests.json", data=sent, content_type=kind)
            check(answer.json, CREATED)
    token = client.post(f"{ROOT}/requests.json", data=vehicle).json[0]["token"]
    check(_both(client, f"tokens/{token}"), TOKEN)
    check(_both(client, "requests"), _list(REQUEST))
    elsewhere = client.post(f"{ROOT}/requests.json", data=vehicle | {"jurisdiction_id": "other"})
    assert elsewhere.status_code == 404
    missing = client.post(f"{ROOT}/requests.json", data=data | {"service_code": VEHICLE})
    check(missing.json, ERRORS)
    assert "HOWMANYD required" in missing.json[0]["description"]


def test_laying_it_again_adds_nothing(session: Any, client: FlaskClient, fixture: None) -> None:
    before = client.get(f"{ROOT}/requests.json").json
    assert lay_fixture(session).reports == 0
    assert client.get(f"{ROOT}/requests.json").json == before
