"""Indicators over HTTP: values, refusals, the pages."""

from __future__ import annotations

import jsonschema
import rdflib
from flask import Flask
from flask.testing import FlaskClient

from backend.core.geo import metres_between


def test_an_empty_city_answers_without_values(client: FlaskClient) -> None:
    found = client.get("/api/v1/indicators").get_json()
    assert found["period"] is None
    assert found["items"] == []
    assert client.get("/indicators/").status_code == 200


def test_one_city_has_no_z_score(client: FlaskClient) -> None:
    for scale in ("zscore", "rank"):
        answer = client.get(f"/api/v1/indicators?scale={scale}")
        assert answer.status_code == 422
        assert "no z-score" in answer.get_json()["errors"][0]["message"]


ADDRESSES = (
    "", "?profile=official", "SM", "SC", "CI1", "CI5", "SG-PS", "MI5", "districts",
    "districts?measure=SG-PS.reports", "people", "registers", "plan", "method",
)  # fmt: skip


def test_every_page_is_whole_without_javascript(computed: Flask) -> None:
    client = computed.test_client()
    for address in ADDRESSES:
        page = client.get(f"/indicators/{address}")
        assert page.status_code == 200, address
        text = page.get_data(as_text=True)
        assert text.count("<h1") == 1, address
        charts = sum(text.count(f'<svg class="{kind}"') for kind in ("wheel", "trend", "city-map"))
        assert text.count("<table") >= charts, address
        assert ">None<" not in text, address
    assert "cannot measure qualification" in client.get("/indicators/CI1").get_data(as_text=True)
    assert "Not measured" in client.get("/indicators/CI4").get_data(as_text=True)
    assert client.get("/indicators/XX9").status_code == 404
    _values_can_be_computed_again(client)
    _open_data_tells_what_the_pages_tell(client)


def _values_can_be_computed_again(client: FlaskClient) -> None:
    found = client.get("/api/v1/indicators?component=SG-PS&profile=platform").get_json()
    by_code = {item["code"]: item for item in found["items"]}
    online = by_code["SG-PS.services_online"]
    assert online["value"] == 45
    assert online["n"] == 20
    assert len(online["inputs_hash"]) == 64
    assert online["method"] == found["method"]
    assert {item["profile"] for item in found["items"]} == {"platform"}
    official = client.get("/api/v1/indicators?component=MI5&profile=official").get_json()["items"]
    assert next(item for item in official if item["level"] == "sub")["source_period"]
    address = "/api/v1/indicators/participation?attribute=age"
    assert client.get(address).get_json() == client.get(address + "&district=oud").get_json()
    for query in ("attribute=name", "period=2026-05"):
        answer = client.get(f"/api/v1/indicators/participation?{query}")
        assert answer.status_code == 422, query
    assert client.get("/api/v1/indicators/XX9/series").status_code == 404


def _open_data_tells_what_the_pages_tell(client: FlaskClient) -> None:
    values = client.get("/open-data/indicators.json").get_json()
    newest = client.get("/api/v1/indicators").get_json()
    told = {(v["code"], v["profile"], v["period"]): v["value"] for v in values if not v["district"]}
    for item in newest["items"]:
        assert told[item["code"], item["profile"], item["period"]] == item["value"]
    schema = client.get("/open-data/indicators/schema.json").get_json()
    jsonschema.validate(values, schema)
    graph = rdflib.Graph().parse(
        data=client.get("/open-data/catalogue.ttl").get_data(), format="turtle"
    )
    files = {str(o) for o in graph.objects(None, rdflib.DCAT.downloadURL)}
    kinds: dict[str, set[str]] = {}
    for file in files:
        name, _dot, kind = file.rsplit("/", 1)[1].partition(".")
        kinds.setdefault(name, set()).add(kind)
    rooms = {"reports", "indicators", "participation", "ideas", "results", "deliveries"}
    assert rooms <= set(kinds)
    assert all({"csv", "json"} <= found for found in kinds.values()), kinds
    assert "geojson" in kinds["reports"]
    for address in files:
        assert client.get(address).status_code == 200, address


def test_reports_as_open_data_leave_no_trail(demo: Flask) -> None:
    from backend.core.db import db
    from backend.reports.models import Report

    client = demo.test_client()
    rows = client.get("/open-data/reports.json").get_json()
    with demo.app_context():
        true = {r.public_id: r for r in db.session.query(Report).all()}
        public = {key for key, r in true.items() if r.visibility == "public"}
        assert {row["id"] for row in rows} == public
        for row in rows:
            assert not {"text", "address", "reporter", "reporter_id"} & set(row)
            if row["lon"] is not None:
                away = metres_between(
                    (row["lon"], row["lat"]), (true[row["id"]].lon, true[row["id"]].lat)
                )
                assert away <= 75
    places = {(row["lon"], row["lat"]) for row in rows if row["lon"] is not None}
    assert len(places) < len(rows)
    features = client.get("/open-data/reports.geojson").get_json()["features"]
    assert len(features) == len(rows)
