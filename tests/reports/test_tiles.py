"""Vector tiles hold every public report once, where it is."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
from flask.testing import FlaskClient

from backend.core.ids import is_public_id
from tests.reports.conftest import HERE

ROOT = "/api/v1/reports/tiles"


def _read(client: FlaskClient, z: int, x: int, y: int, query: str = "") -> Any:
    answer = client.get(f"{ROOT}/{z}/{x}/{y}.mvt?{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/vnd.mapbox-vector-tile"
    return mapbox_vector_tile.decode(answer.data, default_options={"y_coord_down": True})


def _tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    from math import asinh, pi, radians, tan

    n = 2**z
    return int((lon + 180) / 360 * n), int((1 - asinh(tan(radians(lat))) / pi) / 2 * n)


def test_far_away_there_are_marks_and_near_single_reports(
    client: FlaskClient, city: Any, send: Any
) -> None:
    sent = {send(service="tree").public_id for _ in range(3)}
    send("Private words", visibility="private")
    world = _read(client, 0, 0, 0)
    total = sum(f["properties"]["number"] for f in world["clusters"]["features"])
    assert total == 3 + 1  # and one of the unrelated reports is public
    x, y = _tile_of(*HERE, 17)
    near = _read(client, 17, x, y)
    assert "clusters" not in near
    assert {f["properties"]["id"] for f in near["reports"]["features"]} == sent
    for feature in near["reports"]["features"]:
        assert is_public_id(feature["properties"]["id"])
        assert all(0 <= n <= 4096 for n in feature["geometry"]["coordinates"])
    assert _read(client, 17, x + 5, y) == {}


def test_tiles_can_be_narrowed_and_kept(client: FlaskClient, city: Any, send: Any) -> None:
    send(service="tree")
    x, y = _tile_of(*HERE, 12)
    assert _read(client, 12, x, y, "service=pothole") == {}
    (mark,) = _read(client, 12, x, y, "service=tree")["clusters"]["features"]
    assert mark["properties"]["open"] == 1
    first = client.get(f"{ROOT}/12/{x}/{y}.mvt")
    again = client.get(f"{ROOT}/12/{x}/{y}.mvt", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(f"{ROOT}/3/9/9.mvt").status_code == 422
