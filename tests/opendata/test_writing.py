"""Files of open data: whole in every form, harmless in a spreadsheet, streamed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from backend.core.datasets import Column, Dataset
from backend.core.db import db
from backend.opendata.versions import history, note_versions
from backend.opendata.writing import written

COLUMNS = (Column("a", "string", "A"), Column("b", "number", "B"), Column("lon", "number", "x"),
           Column("lat", "number", "y"))  # fmt: skip
texts = st.text(st.characters(codec="utf-8"), max_size=30)
rows = st.lists(
    st.fixed_dictionaries({
        "a": st.one_of(st.none(), texts),
        "b": st.one_of(st.none(), st.floats(-1e9, 1e9)),
        "lon": st.none(), "lat": st.none(),
    }), max_size=8,
)  # fmt: skip


def _set(found: list[dict[str, Any]]) -> Dataset:
    return Dataset("x", "X", "X", COLUMNS, lambda _s: iter(found), "GOVE", place=True)


@given(rows)
def test_json_and_geojson_give_back_every_row(found: list[dict[str, Any]]) -> None:
    dataset = _set(found)
    assert json.loads(b"".join(written(dataset, found, "json"))) == found
    features = json.loads(b"".join(written(dataset, found, "geojson")))["features"]
    assert [f["properties"]["a"] for f in features] == [row["a"] for row in found]


@given(rows)
def test_no_cell_of_a_table_is_a_formula(found: list[dict[str, Any]]) -> None:
    body = b"".join(written(_set(found), found, "csv")).decode()
    table = list(csv.reader(io.StringIO(body, newline="")))
    assert len(table) == len(found) + 1
    for row in table[1:]:
        assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def test_a_table_is_written_while_it_is_read() -> None:
    taken = 0

    def endless() -> Iterator[dict[str, Any]]:
        nonlocal taken
        while True:
            taken += 1
            yield {"a": "x"}

    pieces = written(_set([]), endless(), "csv")
    assert next(pieces)
    assert taken < 2000


def test_a_version_is_noted_when_the_columns_change(app: Flask) -> None:
    with app.app_context():
        session = db.session
        assert note_versions(session) >= 5
        assert note_versions(session) == 0
        assert [v["number"] for v in history(session, "reports")] == [1]
        assert "created_at" in history(session, "reports")[0]["note"]


def test_the_catalogue_is_there_for_people_and_machines(app: Flask) -> None:
    client = app.test_client()
    assert "Who takes part" in client.get("/open-data/").get_data(as_text=True)
    for form, kind in (("ttl", "text/turtle"), ("rdf", "application/rdf+xml"),
                       ("jsonld", "application/ld+json")):  # fmt: skip
        assert client.get(f"/open-data/catalogue.{form}").mimetype == kind
    asked = client.get("/open-data/", headers={"Accept": "text/turtle"})
    assert asked.mimetype == "text/turtle"
    assert client.get("/open-data/reports.csv").headers["Content-Disposition"]
    for wrong in ("nothing", "nothing.csv", "indicators.geojson", "catalogue.exe"):
        assert client.get(f"/open-data/{wrong}").status_code == 404
