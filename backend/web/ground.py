"""The ground of the city's maps: its layers in one file, small and kept by browsers."""

import gzip
from typing import Any

import orjson
from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.core.fastjson import dumps
from backend.core.i18n import current_language

KINDS = {"water": "water", "parks": "park", "streets": "street", "rail": "street"}
ORDER = ("water", "parks", "rail", "streets")
POINTS = ("Point", "MultiPoint")
DIGITS = 5  # about a metre


def base_map(session: Session) -> tuple[bytes, bytes]:
    """The city's layers as one GeoJSON, plain and compressed."""
    facts = city.facts(session)
    found = facts.kept.get("web.base_map")
    if found is None:
        features: list[dict[str, Any]] = []
        for name in ORDER:
            layer = city.map_layer(session, name)
            if layer is not None:
                features += _features(name, orjson.loads(layer[1]))
        body = dumps({"type": "FeatureCollection", "features": features})
        found = (body, gzip.compress(body, 9))
        facts.kept["web.base_map"] = found
    both: tuple[bytes, bytes] = found
    return both


def _features(name: str, layer: dict[str, Any]) -> list[dict[str, Any]]:
    features = []
    for feature in layer.get("features") or ():
        if feature["geometry"]["type"] in POINTS:
            continue  # the ground is lines and areas; a point would be drawn as somebody's mark
        properties = {"kind": KINDS[name]}
        street = (feature.get("properties") or {}).get("class")
        if street and KINDS[name] == "street":
            properties["class"] = "path" if name == "rail" else str(street)
        geometry = feature["geometry"]
        shape = {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])}
        features.append({"type": "Feature", "properties": properties, "geometry": shape})
    return features


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return round(value, DIGITS)


def districts_map(session: Session, language: str) -> bytes:
    """The districts with their names alone."""
    facts = city.facts(session)
    key = ("web.districts_map", language)
    if key not in facts.kept:
        features = [
            {
                "type": "Feature",
                "properties": {"name": district.name(language)},
                "geometry": {
                    "type": district.geometry["type"],
                    "coordinates": _rounded(_as_lists(district.geometry["coordinates"])),
                },
            }
            for district in facts.districts
            if not district.retired
        ]
        facts.kept[key] = dumps({"type": "FeatureCollection", "features": features})
    body: bytes = facts.kept[key]
    return body


def _as_lists(value: Any) -> Any:
    return [_as_lists(inner) for inner in value] if isinstance(value, list | tuple) else value


def map_place(session: Session) -> dict[str, Any]:
    """What every map of the city is drawn with; nothing where there is no city."""
    from flask import url_for

    facts = city.facts(session)
    if not facts.loaded:
        return {"bounds": None, "districts_url": None, "base_url": None}
    return {
        "bounds": view_of(facts.ground.bounds),
        "districts_url": url_for("web.districts_geojson", v=facts.stamp, lang=current_language()),
        "base_url": url_for("web.base_geojson", v=facts.stamp),
    }


def view_of(bounds: tuple[float, float, float, float] | None) -> tuple[float, ...] | None:
    """The city's outline as the map first shows it."""
    return tuple(round(n, DIGITS) for n in bounds) if bounds else None
