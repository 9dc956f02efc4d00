"""The map of districts: each shaded by its value and named, so that colour is never alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from markupsafe import Markup
from shapely.geometry import shape

WIDE = 640.0
SHADES = 5


@dataclass(frozen=True, slots=True)
class Shade:
    """A district: its outline, its name, what is written on it, and its value if it has one."""

    name: str
    geometry: Mapping[str, Any]
    told: str
    value: float | None


def district_map(shades: Sequence[Shade], title: str) -> Markup:
    """Draw the districts from light to strong by value; hatched where there is none to show."""
    outlines = [shape(shade.geometry) for shade in shades]
    if not outlines:
        return Markup("")
    west, south = min(o.bounds[0] for o in outlines), min(o.bounds[1] for o in outlines)
    east, north = max(o.bounds[2] for o in outlines), max(o.bounds[3] for o in outlines)
    narrow = cos(radians((south + north) / 2))
    scale = (WIDE - 8) / ((east - west) * narrow)
    high = (north - south) * scale + 8

    def at(lon: float, lat: float) -> str:
        return f"{4 + (lon - west) * narrow * scale:.1f} {4 + (north - lat) * scale:.1f}"

    known = sorted(s.value for s in shades if s.value is not None)
    parts = [
        Markup(
            '<svg class="city-map" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}"><defs>'
            '<pattern id="map-none" width="8" height="8" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><path class="hatch" d="M0 0V8"/></pattern></defs>'
        ).format(WIDE, high, title)
    ]
    words = []
    for shade, outline in zip(shades, outlines, strict=True):
        rings = [ring for part in getattr(outline, "geoms", [outline])
                 for ring in (part.exterior, *part.interiors)]  # fmt: skip
        path = " ".join("M" + " L".join(at(*c[:2]) for c in ring.coords) + "Z" for ring in rings)
        fill = ' fill="url(#map-none)"' if shade.value is None else ""
        parts.append(
            Markup('<path class="city-map__part city-map__part--{}"{} d="{}"/>').format(
                _step(shade.value, known), Markup(fill), path  # noqa: S704 - our own words
            )
        )  # fmt: skip
        middle = outline.representative_point()
        words.append(_words(shade, at(middle.x, middle.y), _step(shade.value, known)))
    return Markup("").join((*parts, *words, Markup("</svg>")))


def _step(value: float | None, known: Sequence[float]) -> str:
    """Which of five equal steps between the least and the highest value."""
    if value is None:
        return "none"
    reach = known[-1] - known[0]
    share = (value - known[0]) / reach if reach else 0.5
    return str(min(SHADES - 1, int(share * SHADES)) + 1)


def _words(shade: Shade, place: str, step: str) -> Markup:
    x, y = place.split()
    strong = " city-map__words--strong" if step in ("4", "5") else ""
    return Markup(
        '<text class="city-map__words{}" x="{}" y="{}"><tspan x="{}">{}</tspan>'
        '<tspan class="city-map__value" x="{}" dy="17">{}</tspan></text>'
    ).format(strong, x, y, x, shade.name, x, shade.told)
