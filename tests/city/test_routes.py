"""The city over HTTP: languages, versions, and nothing that breaks it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from backend.city.schemas import AddressesOut, CityOut, DepartmentsOut, ServiceOut, ServicesOut
from tests.city.conftest import MARKET

API = "/api/v1"


def test_before_any_import_the_city_says_so(client: FlaskClient) -> None:
    city = client.get(f"{API}/city").json
    assert city
    assert (city["loaded"], city["slug"], city["map_layers"]) == (False, None, [])
    assert client.get(f"{API}/services").json == {"items": []}
    assert client.get(f"{API}/districts").json == {"type": "FeatureCollection", "features": []}
    assert client.get(f"{API}/addresses?q=kerkstraat").json == {"items": []}


def test_the_city_in_the_readers_language(client: FlaskClient, open_city: None) -> None:
    german = client.get(f"{API}/city", headers={"Accept-Language": "de"})
    assert german.json
    assert german.json["name"] == "Vliermünde"
    assert german.headers["Content-Language"] == "de"
    assert "Accept-Language" in german.headers["Vary"]
    romanian = client.get(f"{API}/services/pothole?lang=ro").json
    assert romanian
    assert romanian["name"] == "Groapă în asfalt"
    assert romanian["questions"][1]["values"][0]["name"] == "Pe carosabil"


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/city", CityOut), ("/services", ServicesOut), ("/services/street_light", ServiceOut),
        ("/departments", DepartmentsOut), ("/addresses?q=kerkstraat 1", AddressesOut),
    ],
)  # fmt: skip
def test_answers_are_as_documented(
    client: FlaskClient, open_city: None, path: str, schema: Any
) -> None:
    body = client.get(API + path).json
    fields = schema().fields
    assert body
    assert set(body) <= {field.data_key or name for name, field in fields.items()}
    if "items" in body:
        inner = fields["items"].inner.schema.fields
        assert body["items"]
        assert set(body["items"][0]) <= {f.data_key or n for n, f in inner.items()}


def test_the_catalogue_by_group_and_kind(client: FlaskClient, open_city: None) -> None:
    waste = client.get(f"{API}/services?group=waste&kind=praise").json
    assert waste
    codes = [item["code"] for item in waste["items"]]
    assert "litter" in codes
    assert "fly_tipping" not in codes
    assert client.get(f"{API}/services?kind=rage").status_code == 422
    assert client.get(f"{API}/services?colour=red").status_code == 422


def test_a_reader_who_has_it_is_told_so(client: FlaskClient, open_city: None) -> None:
    for path in ("/city", "/services", "/districts", "/departments", "/map-layers/streets"):
        first = client.get(API + path)
        assert "max-age" in first.headers["Cache-Control"]
        again = client.get(API + path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        other = client.get(
            API + path, headers={"If-None-Match": first.headers["ETag"], "Accept-Language": "ro"}
        )
        assert other.status_code == 200


def test_districts_are_geojson(client: FlaskClient, open_city: None) -> None:
    answer = client.get(f"{API}/districts", headers={"Accept-Language": "en"})
    assert answer.mimetype == "application/geo+json"
    assert answer.json
    first = answer.json["features"][0]
    assert first["properties"]["name"] == "Old Town"
    assert first["properties"]["population"] > 1000


def test_addresses_by_words_and_by_place(client: FlaskClient, open_city: None) -> None:
    found = client.get(f"{API}/addresses?q=albion str").json
    assert found
    assert found["items"][0]["street"] == "Albion Street"
    here = client.get(f"{API}/addresses?lon={MARKET[0]}&lat={MARKET[1]}").json
    assert here
    assert here["items"][0]["district"] == "oud"
    assert client.get(f"{API}/addresses").status_code == 422
    assert client.get(f"{API}/addresses?q=x&lon=2").status_code == 422


def test_what_is_not_there_is_not_found(client: FlaskClient, open_city: None) -> None:
    for path in (
        "/services/nothing",
        "/map-layers/nothing",
        "/map-layers/..%2f..",
        "/services/%00",
    ):
        assert client.get(API + path).status_code == 404


def test_hostile_addresses_never_break_it(client: FlaskClient, open_city: None) -> None:
    numbers = st.sampled_from(
        [
            "NaN",
            "inf",
            "-inf",
            "1e999",
            "90",
            "-90",
            "180",
            "91",
            "",
            "x",
            "2.05",
            "54.72",
            "1" * 50,
        ]
    )

    @given(numbers, numbers, st.text(max_size=30), st.text(max_size=5))
    def ask(lon: str, lat: str, words: str, limit: str) -> None:
        answer = client.get(
            f"{API}/addresses", query_string={"lon": lon, "lat": lat, "q": words, "limit": limit}
        )
        assert answer.status_code in (200, 400, 422, 429)

    ask()
