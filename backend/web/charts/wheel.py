"""The wheel: six domains, their components as wedges, as long as their score."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from markupsafe import Markup

CENTRE, INNER, OUTER = 320.0, 62.0, 205.0
GAP = 0.035
SIDE = 640


@dataclass(frozen=True, slots=True)
class Wedge:
    """A component: its name and its score, if it has one."""

    name: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Sector:
    """A domain with its components."""

    lines: tuple[str, ...]
    told: str
    wedges: tuple[Wedge, ...]


def _at(radius: float, angle: float) -> str:
    return f"{CENTRE + radius * sin(angle):.1f} {CENTRE - radius * cos(angle):.1f}"


def _ring(inner: float, outer: float, begin: float, end: float) -> str:
    """The outline of a piece of a ring; angles run clockwise from the top."""
    return (
        f"M{_at(inner, begin)} L{_at(outer, begin)} "
        f"A{outer:.1f} {outer:.1f} 0 0 1 {_at(outer, end)} L{_at(inner, end)} "
        f"A{inner:.1f} {inner:.1f} 0 0 0 {_at(inner, begin)} Z"
    )


def wheel(sectors: Sequence[Sector], title: str, middle: str) -> Markup:
    """Draw the wheel; wedges without a score stay hatched."""
    parts = [_open(title)]
    step = 2 * pi / max(1, len(sectors))
    for number, sector in enumerate(sectors):
        begin = number * step + GAP / 2
        width = (step - GAP) / max(1, len(sector.wedges))
        for place, wedge in enumerate(sector.wedges):
            first = begin + place * width + 0.006
            last = begin + (place + 1) * width - 0.006
            parts.append(_wedge(wedge, first, last))
        parts.append(_label(sector, begin + (step - GAP) / 2))
    for share in (0.5, 1.0):
        radius = INNER + share * (OUTER - INNER)
        parts.append(
            Markup('<circle class="wheel__ring" cx="{0}" cy="{0}" r="{1:.1f}"/>').format(
                CENTRE, radius
            )
        )
    parts.append(
        Markup('<text class="wheel__middle" x="{0}" y="{1}">{2}</text></svg>').format(
            CENTRE, CENTRE + 7, middle
        )
    )
    return Markup("").join(parts)


def _open(title: str) -> Markup:
    return Markup(
        '<svg class="wheel" viewBox="0 0 {0} {0}" role="img" aria-label="{1}"><defs>'
        '<pattern id="wheel-none" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path class="hatch" d="M0 0V7"/></pattern></defs>'
    ).format(SIDE, title)


def _wedge(wedge: Wedge, first: float, last: float) -> Markup:
    told = "–" if wedge.score is None else f"{wedge.score:.0f}"
    title = Markup("<title>{}: {}</title>").format(wedge.name, told)
    ground = _ring(INNER, OUTER, first, last)
    if wedge.score is None:
        return Markup('<path class="wheel__none" fill="url(#wheel-none)" d="{}">{}</path>').format(
            ground, title
        )
    reach = INNER + max(0.01, wedge.score / 100) * (OUTER - INNER)
    return Markup(
        '<path class="wheel__ground" d="{}"/><path class="wheel__score" d="{}">{}</path>'
    ).format(ground, _ring(INNER, reach, first, last), title)


def _label(sector: Sector, angle: float) -> Markup:
    radius = OUTER + 20
    x, y = CENTRE + radius * sin(angle), CENTRE - radius * cos(angle)
    lean = sin(angle)
    anchor = "start" if lean > 0.25 else "end" if lean < -0.25 else "middle"
    y += -18 * (len(sector.lines)) if cos(angle) > 0.6 else 8 if cos(angle) < -0.6 else -8
    lines = Markup("").join(
        Markup('<tspan x="{:.0f}" dy="{}">{}</tspan>').format(x, 0 if n == 0 else "1.15em", line)
        for n, line in enumerate(sector.lines)
    )
    score = Markup('<tspan class="wheel__number" x="{:.0f}" dy="1.15em">{}</tspan>').format(
        x, sector.told
    )
    return Markup('<text class="wheel__label" text-anchor="{}" y="{:.0f}">{}{}</text>').format(
        anchor, y, lines, score
    )
