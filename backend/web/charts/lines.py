"""Lines over periods with their intervals: a large one, and a small one beside a name."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDE, HIGH = 640.0, 210.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 60.0, 16.0, 34.0


@dataclass(frozen=True, slots=True)
class Point:
    """A period's value with its interval; without a value the line has a gap."""

    period: str
    value: float | None
    low: float | None = None
    high: float | None = None
    told: str = ""


def _bounds(
    points: Sequence[Point], least: float | None, most: float | None
) -> tuple[float, float]:
    known = [v for p in points for v in (p.value, p.low, p.high) if v is not None]
    low, high = min([*known, 0.0]), max([*known, 0.0])
    if least is not None and most is not None and high - low > 0 and most <= 6 * high:
        low, high = min(least, low if known and min(known) < least else least), max(most, high)
    if high <= low:
        high = low + 1.0
    return low, high


def trend(
    points: Sequence[Point], title: str, *, least: float | None = None, most: float | None = None
) -> Markup:
    """A line with its band; the first and the last value are written beside it."""
    low, high = _bounds(points, least, most)
    across = (WIDE - LEFT - RIGHT) / max(1, len(points) - 1)

    def x(number: int) -> float:
        return LEFT + number * across

    def y(value: float) -> float:
        return TOP + (HIGH - TOP - BOTTOM) * (1 - (value - low) / (high - low))

    parts = [
        Markup('<svg class="trend" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">').format(
            WIDE, HIGH, title
        ),
        _grid(low, high, y(low), y(high)),
    ]
    for run in _runs(points):
        parts.append(_band(points, run, x, y))
        parts.append(_line(points, run, x, y))
    for number, point in enumerate(points):
        if point.value is not None:
            parts.append(
                Markup('<circle class="trend__dot" cx="{:.1f}" cy="{:.1f}" r="4.5"/>').format(
                    x(number), y(point.value)
                )
            )
    parts.append(_words(points, x, y))
    return Markup("").join((*parts, Markup("</svg>")))


def _grid(low: float, high: float, bottom: float, top: float) -> Markup:
    digits = 0 if high - low >= 10 else 1 if high - low >= 1 else 2
    return Markup(
        '<path class="trend__axis" d="M{0} {1:.1f}H{2}"/><path class="trend__rule" '
        'd="M{0} {3:.1f}H{2}"/><text class="trend__tick" x="{4}" y="{1:.1f}" dy="5">{5}</text>'
        '<text class="trend__tick" x="{4}" y="{3:.1f}" dy="5">{6}</text>'
    ).format(
        LEFT, bottom, WIDE - RIGHT + 8, top, LEFT - 8, f"{low:.{digits}f}", f"{high:.{digits}f}"
    )


def _runs(points: Sequence[Point]) -> list[list[int]]:
    """The stretches without a gap."""
    runs: list[list[int]] = [[]]
    for number, point in enumerate(points):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append(number)
    return [run for run in runs if run]


def _band(points: Sequence[Point], run: list[int], x: object, y: object) -> Markup:
    known = [n for n in run if points[n].low is not None and points[n].high is not None]
    if not known or not callable(x) or not callable(y):
        return Markup("")
    if len(known) == 1:
        n = known[0]
        return Markup('<path class="trend__bar" d="M{0:.1f} {1:.1f}V{2:.1f}"/>').format(
            x(n), y(points[n].low), y(points[n].high)
        )
    upper = " L".join(f"{x(n):.1f} {y(points[n].high):.1f}" for n in known)
    lower = " L".join(f"{x(n):.1f} {y(points[n].low):.1f}" for n in reversed(known))
    return Markup('<path class="trend__band" d="M{} L{}Z"/>').format(upper, lower)


def _line(points: Sequence[Point], run: list[int], x: object, y: object) -> Markup:
    if len(run) < 2 or not callable(x) or not callable(y):
        return Markup("")
    path = " L".join(f"{x(n):.1f} {y(points[n].value):.1f}" for n in run)
    return Markup('<path class="trend__line" d="M{}"/>').format(path)


def _words(points: Sequence[Point], x: object, y: object) -> Markup:
    if not callable(x) or not callable(y):
        return Markup("")
    parts = []
    every = 1 if len(points) <= 8 else 2
    for number, point in enumerate(points):
        if number % every == 0 or number == len(points) - 1:
            parts.append(
                Markup('<text class="trend__period" x="{:.1f}" y="{:.0f}">{}</text>').format(
                    x(number), HIGH - 8, point.period.replace("-", " ")
                )
            )
    known = [n for n, point in enumerate(points) if point.value is not None]
    if known:
        last = known[-1]
        parts.append(
            Markup('<text class="trend__value" x="{:.1f}" y="{:.1f}" dy="5">{}</text>').format(
                x(last) + 10, y(points[last].value), points[last].told
            )
        )
    return Markup("").join(parts)


def spark(values: Sequence[float | None]) -> Markup:
    """A small line of scores from 0 to 100; says nothing by itself, the numbers stand beside it."""
    known = [(n, v) for n, v in enumerate(values) if v is not None]
    if len(known) < 2:
        return Markup("")
    step = 84 / max(1, len(values) - 1)
    path = " L".join(f"{3 + n * step:.1f} {23 - v / 100 * 20:.1f}" for n, v in known)
    n, v = known[-1]
    return Markup(
        '<svg class="spark" viewBox="0 0 90 26" aria-hidden="true" focusable="false">'
        '<path class="spark__line" d="M{}"/><circle class="spark__dot" cx="{:.1f}" cy="{:.1f}" '
        'r="3"/></svg>'
    ).format(path, 3 + n * step, 23 - v / 100 * 20)
