"""Discovery, services and definitions, and every failure in the form that was asked for."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.open311 import spark
from tests.open311.reading import read

ROOT = "/open311/v2"


@pytest.mark.parametrize("where", ["/open311/discovery", "/open311/v2/discovery"])
def test_discovery_in_both_places_and_formats(
    client: FlaskClient, founded: Any, where: str
) -> None:
    xml, json = client.get(where + ".xml"), client.get(where + ".json")
    assert xml.headers["Content-Type"] == "text/xml"
    assert json.headers["Content-Type"] == "application/json"
    assert spark.from_xml(xml.data)[1] == json.json
    assert {e["type"] for e in json.json["endpoints"]} == {"production", "test"}
    for endpoint in json.json["endpoints"]:
        path = endpoint["url"].removeprefix("http://localhost")
        assert client.get(path + "/services.json").status_code == 200


def test_the_changeset_moves_with_the_catalogue(
    client: FlaskClient, founded: Any, session: Any
) -> None:
    from backend.open311.ways import set_way

    before = client.get("/open311/discovery.json").json["endpoints"][0]["changeset"]
    set_way(session, "tree", "batch")
    session.commit()
    after = client.get("/open311/discovery.json").json["endpoints"][0]["changeset"]
    assert after >= before
    kinds = {s["service_code"]: s["type"] for s in client.get(ROOT + "/services.json").json}
    assert kinds["tree"] == "batch"


def test_services_are_a_bare_list_with_every_field(client: FlaskClient, founded: Any) -> None:
    answer = client.get(ROOT + "/services.xml")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.data.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    services = client.get(ROOT + "/services.json").json
    assert read(answer) == services
    assert [s["service_code"] for s in services] == ["pothole", "tree", "other"]
    for service in services:
        assert all(service[name] for name in service if name != "metadata")
        assert set(service) == {
            "service_code", "service_name", "description", "metadata", "type", "keywords", "group",
        }  # fmt: skip
    assert services[0]["metadata"] is True
    assert services[1]["metadata"] is False


def test_a_definition_and_its_older_address(client: FlaskClient, founded: Any) -> None:
    found = client.get(ROOT + "/services/pothole.json").json
    assert read(client.get(ROOT + "/services/pothole.xml")) == found
    assert read(client.get(ROOT + "/service_definition.xml?service_code=pothole")) == found
    where, lane = found["attributes"]
    assert where["required"] is True
    assert where["values"][0] == {"key": "road", "name": "Road"}
    assert lane["required"] is False  # asked only after another answer
    assert "values" not in lane
    assert client.get(ROOT + "/services/tree.json").json == {
        "service_code": "tree", "attributes": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/services/none", 404),
        ("/services/abuse", 404),  # confidential ones are not offered outside
        ("/service_definition", 400),
        ("/services?jurisdiction_id=elsewhere.example", 404),
        ("/nothing", 404),
        ("/requests/none", 404),
        ("/tokens/none", 404),
    ],
)
@pytest.mark.parametrize("form", ["xml", "json"])
def test_refusals_have_the_form_that_was_asked_for(
    client: FlaskClient, founded: Any, path: str, status: int, form: str
) -> None:
    address, _mark, query = path.partition("?")
    answer = client.get(f"{ROOT}{address}.{form}?{query}", headers={"Accept": "text/html"})
    assert answer.status_code == status
    errors = read(answer)
    assert errors[0]["code"] == status
    assert errors[0]["description"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_unknown_format_and_a_wrong_method(client: FlaskClient, founded: Any) -> None:
    assert read(client.get(ROOT + "/services.yaml"))[0]["code"] == 404
    wrong = client.delete(ROOT + "/services.json")
    assert wrong.status_code == 405
    assert wrong.json[0]["code"] == 405
    assert "GET" in wrong.headers["Allow"]


def test_an_empty_jurisdiction_is_none_and_doubled_slashes_are_forgiven(
    client: FlaskClient, founded: Any
) -> None:
    assert client.get("/open311/v2//services.json?jurisdiction_id=").status_code == 200
    assert client.get(ROOT + "/services.json?jurisdiction_id=localhost").status_code == 200
    assert client.get(ROOT + "/services.json?jurisdiction_id=Smallville").status_code == 200


def test_head_options_and_gzip(client: FlaskClient, founded: Any) -> None:
    head = client.head(ROOT + "/services.xml")
    assert head.status_code == 200
    assert head.data == b""
    options = client.options(ROOT + "/services.json", headers={"Origin": "https://app.example"})
    assert options.status_code == 200
    assert "GET" in options.headers["Access-Control-Allow-Methods"]
    small = client.get(ROOT + "/services/pothole.json", headers={"Accept-Encoding": "gzip"})
    assert "Accept-Encoding" in small.headers["Vary"]


def test_the_box_around_the_city(client: FlaskClient, founded: Any) -> None:
    found = client.get(ROOT + "/boundaries.json").json
    assert found == {"bottom": 54.7, "left": 2.0, "top": 54.8, "right": 2.2}
    assert read(client.get(ROOT + "/boundaries.xml")) == found
