"""Indicators over HTTP: values, refusals, the pages."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient


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


def test_values_carry_what_is_needed_to_compute_them_again(computed: Flask) -> None:
    client = computed.test_client()
    found = client.get("/api/v1/indicators?component=SG-PS&profile=platform").get_json()
    by_code = {item["code"]: item for item in found["items"]}
    online = by_code["SG-PS.services_online"]
    assert online["value"] == 45
    assert online["n"] == 20
    assert len(online["inputs_hash"]) == 64
    assert online["method"] == found["method"]
    assert {item["profile"] for item in found["items"]} == {"platform"}
    official = client.get("/api/v1/indicators?component=MI5&profile=official").get_json()["items"]
    figure = next(item for item in official if item["level"] == "sub")
    assert figure["source_period"]


def test_there_is_no_filter_beyond_the_grid(computed: Flask) -> None:
    client = computed.test_client()
    for query in ("attribute=age&district=oud", "attribute=name", "period=2026-05"):
        answer = client.get(f"/api/v1/indicators/participation?{query}")
        assert answer.status_code == 422, query


@pytest.mark.parametrize(
    "address",
    [
        "", "?profile=official", "SM", "SC", "CI1", "CI5", "SG-PS", "MI5", "districts",
        "districts?measure=SG-PS.reports", "people", "registers", "plan", "method",
    ],
)  # fmt: skip
def test_every_page_is_whole_without_javascript(computed: Flask, address: str) -> None:
    page = computed.test_client().get(f"/indicators/{address}")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert text.count("<h1") == 1
    if "<svg class=" in text and 'class="wheel"' in text:
        assert text.count("<table") >= 6
    assert "None" not in text.replace("None-", "")


def test_what_is_not_measured_is_said(computed: Flask) -> None:
    page = computed.test_client().get("/indicators/CI1").get_data(as_text=True)
    assert "cannot measure qualification" in page
    page = computed.test_client().get("/indicators/CI4").get_data(as_text=True)
    assert "Not measured" in page


def test_an_unknown_code_is_not_found(computed: Flask) -> None:
    assert computed.test_client().get("/indicators/XX9").status_code == 404
    assert computed.test_client().get("/api/v1/indicators/XX9/series").status_code == 404
