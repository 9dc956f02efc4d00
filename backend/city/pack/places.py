"""districts.geojson, addresses.csv and the layers of the base map of a pack."""

from pathlib import Path
from typing import Any

import shapely

from backend.city.pack.checking import CODE
from backend.city.pack.content import AddressPart, DistrictPart
from backend.city.pack.geometry import ShapeFault, gaps_between, overlapping, read_shape
from backend.city.pack.reading import Faults, Feature, Row, read_csv, read_geojson
from backend.core.fields import clean_text

DISTRICTS = "districts.geojson"
ADDRESSES = "addresses.csv"
LAYERS = {  # file without its ending → the shapes it may hold
    "streets": ("LineString", "MultiLineString"),
    "water": ("Polygon", "MultiPolygon", "LineString", "MultiLineString"),
    "parks": ("Polygon", "MultiPolygon"),
    "rail": ("LineString", "MultiLineString", "Point"),
}
SEXES = ("female", "male", "other")
MOST_PEOPLE = 100_000_000


def read_districts(directory: Path, languages: list[str], faults: Faults) -> list[DistrictPart]:
    """The districts, in the order of the file, tiling the city."""
    features = read_geojson(directory, DISTRICTS, faults)
    if features is None:
        return []
    found: dict[str, DistrictPart] = {}
    lines: dict[str, int] = {}
    for feature in features:
        part = _district(feature, languages, faults)
        if part and part.code in found:
            _fault(faults, feature, "properties.code", f"'{part.code}' stands twice.")
        elif part:
            found[part.code], lines[part.code] = part, feature.line
    if not features:
        faults.add(DISTRICTS, 1, "features", "Give at least one district.")
    _check_tiling(found, lines, faults)
    return list(found.values())


def _fault(faults: Faults, feature: Feature, name: str, remedy: str) -> None:
    faults.add(DISTRICTS, feature.line, name, remedy)


def _district(feature: Feature, languages: list[str], faults: Faults) -> DistrictPart | None:
    value = feature.value if isinstance(feature.value, dict) else {}
    props = value.get("properties")
    if not isinstance(props, dict):
        _fault(faults, feature, "properties", "Give code, name and population here.")
        return None
    code, name = props.get("code"), props.get("name")
    if not isinstance(code, str) or not CODE.fullmatch(code):
        _fault(faults, feature, "properties.code", "Give a code of small letters and digits.")
        return None
    if not isinstance(name, dict) or any(not isinstance(t, str) or not t for t in name.values()):
        _fault(faults, feature, "properties.name", "Give a name for each language.")
        return None
    missing = [language for language in languages if language not in name]
    if missing:
        _fault(faults, feature, "properties.name", f"Add the name in: {', '.join(missing)}.")
    population = _population(feature, props.get("population"), faults)
    try:
        outline = read_shape(feature, ("Polygon", "MultiPolygon"))
    except ShapeFault as fault:
        _fault(faults, feature, "geometry", str(fault))
        return None
    return DistrictPart(code, name, population, value["geometry"], outline)


def _population(feature: Feature, value: Any, faults: Faults) -> dict[str, dict[str, int]]:
    if value is None:
        return {}
    rows = value.items() if isinstance(value, dict) else [("", None)]
    for band, counts in rows:
        right = isinstance(counts, dict) and all(
            sex in SEXES and type(n) is int and 0 <= n <= MOST_PEOPLE for sex, n in counts.items()
        )
        if not right:
            name = f"properties.population.{band}".rstrip(".")
            remedy = f"Give whole numbers by sex ({', '.join(SEXES)}) for each age band."
            _fault(faults, feature, name, remedy)
            return {}
    return dict(value)


def _check_tiling(
    districts: dict[str, DistrictPart], lines: dict[str, int], faults: Faults
) -> None:
    outlines = {code: part.outline for code, part in districts.items()}
    for one, other in overlapping(outlines):
        remedy = f"'{one}' and '{other}' overlap; a place belongs to one district."
        faults.add(DISTRICTS, lines.get(one, 1), "geometry", remedy)
    for lon, lat in gaps_between(outlines) if outlines else []:
        remedy = f"There is a hole between the districts near {lat:.5f}, {lon:.5f}; close it."
        faults.add(DISTRICTS, 1, "geometry", remedy)


def read_addresses(
    directory: Path, districts: list[DistrictPart], faults: Faults
) -> list[AddressPart]:
    """The house addresses, each in the district in whose outline it lies."""
    if not (directory / ADDRESSES).exists():
        return []
    columns = ("street", "number", "lat", "lon")
    rows, points = [], []
    for row in read_csv(directory, ADDRESSES, columns, faults):
        point = _address_point(row, faults)
        if point:
            rows.append(row)
            points.append(point)
        if faults.full:
            return []
    if not rows or not districts:
        return []
    tree = shapely.STRtree([part.outline for part in districts])
    inside = dict(tree.query(shapely.points(points), predicate="intersects").T[::-1].tolist())
    found = []
    for index, (row, (lon, lat)) in enumerate(zip(rows, points, strict=True)):
        if index not in inside:
            faults.add(
                ADDRESSES, row.line, "lat, lon", "This lies in no district; mend or remove it."
            )
            continue
        values = row.values
        found.append(
            AddressPart(
                street=clean_text(values["street"], line=True),
                number=clean_text(values["number"], line=True),
                postcode=clean_text(values.get("postcode", ""), line=True) or None,
                district=districts[inside[index]].code,
                lat=lat,
                lon=lon,
            )
        )
    return found


def _address_point(row: Row, faults: Faults) -> tuple[float, float] | None:
    values = row.values
    try:
        for name, most in (("street", 120), ("number", 20)):
            text = clean_text(values[name], line=True)
            if not text or len(text) > most:
                remedy = f"Give a text of at most {most} characters."
                faults.add(ADDRESSES, row.line, name, remedy)
                return None
        if len(values.get("postcode", "")) > 20:
            faults.add(ADDRESSES, row.line, "postcode", "Give at most 20 characters.")
            return None
        lat, lon = float(values["lat"]), float(values["lon"])
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValueError
    except ValueError:
        faults.add(ADDRESSES, row.line, "lat, lon", "Give degrees with a point: 54.72084, 2.05011.")
        return None
    return lon, lat


def read_layers(directory: Path, faults: Faults) -> dict[str, dict[str, Any]]:
    """The layers of the base map that the pack brings."""
    found = {}
    for name, kinds in LAYERS.items():
        file = f"{name}.geojson"
        if not (directory / file).exists():
            continue
        kept = []
        for feature in read_geojson(directory, file, faults) or []:
            try:
                read_shape(feature, kinds)
            except ShapeFault as fault:
                faults.add(file, feature.line, "geometry", str(fault))
                continue
            kept.append(_layer_feature(feature, file, faults))
        found[name] = {"type": "FeatureCollection", "features": kept}
    return found


def _layer_feature(feature: Feature, file: str, faults: Faults) -> dict[str, Any]:
    props = feature.value.get("properties") or {}
    known = {"class", "name"}
    if not isinstance(props, dict) or set(props) - known:
        faults.add(file, feature.line, "properties", "Only class and name are read here.")
        props = {}
    for key, value in props.items():
        if not isinstance(value, str) or len(value) > 120:
            faults.add(
                file, feature.line, f"properties.{key}", "Give a text of at most 120 letters."
            )
    return {"type": "Feature", "properties": props, "geometry": feature.value["geometry"]}
