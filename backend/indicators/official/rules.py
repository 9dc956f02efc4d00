"""From a statistical table to the catalogue's series: rules say which cells mean what."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from backend.core.i18n import _
from backend.core.problems import Invalid
from backend.indicators.catalogue import LOADER, series_codes
from backend.indicators.official.reading import Observation

MOST_RULES = 500


@dataclass(frozen=True, slots=True)
class Rule:
    """Cells that fit `where` belong to a series of a city; `times` brings them to its unit."""

    series: str
    where: Mapping[str, str] = field(default_factory=dict)
    city: str = ""
    times: float = 1.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure on its way into the store of series."""

    series: str
    city: str
    period: str
    value: float | None
    flags: str | None


def read_rules(text: str) -> list[Rule]:
    """Read a mapping (YAML or JSON): a list of series, where, city and times."""
    try:
        found = yaml.load(text, Loader=LOADER)  # noqa: S506 - safe loader
        rules = [
            Rule(
                series=str(item["series"]),
                where={str(k).lower(): str(v) for k, v in (item.get("where") or {}).items()},
                city=str(item.get("city") or "")[:60],
                times=float(item.get("times", 1)),
            )
            for item in found[:MOST_RULES]
        ]
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid(
            errors={"mapping": _("Write a list of entries with series, where, city and times.")}
        ) from error
    for rule in rules:
        _check(rule.series)
    return rules


def _check(series: str) -> None:
    if series not in series_codes():
        raise Invalid(
            errors={"series": _("The catalogue has no series %(code)s.", code=series[:60])}
        )


def figures_of(observations: Iterable[Observation], rules: Sequence[Rule]) -> Iterator[Figure]:
    """The figures that the rules find; without rules the columns series and city say it."""
    for seen in observations:
        place = {name.lower(): code for name, code in seen.place.items()}
        if not rules:
            if "series" not in place:
                raise Invalid(
                    errors={"mapping": _("The file has no column series: a mapping is needed.")}
                )
            _check(place["series"])
            yield Figure(
                place["series"], place.get("city", "")[:60], seen.period, seen.value, seen.flags
            )
            continue
        for rule in rules:
            if all(place.get(name) == code for name, code in rule.where.items()):
                value = None if seen.value is None else seen.value * rule.times
                yield Figure(rule.series, rule.city, seen.period, value, seen.flags)
