"""Rules and measures of `data/recommendations.yaml`, and what they say about a period's values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from backend.core.i18n import in_language
from backend.indicators.catalogue import LOADER
from ml.indicators.recommendations import (
    CONFIDENCES,
    Evidence,
    Fact,
    Recommendation,
    Rule,
    evaluate,
)

__all__ = [
    "CONFIDENCES", "Advice", "Evidence", "Fact", "Recommendation", "Rule", "advice", "facts_of",
    "recommend",
]  # fmt: skip

Names = Mapping[str, str]


@dataclass(frozen=True)
class Advice:
    """The rules, and in every language what each finds and each measure is."""

    version: str
    rules: tuple[Rule, ...]
    titles: Mapping[str, Names]
    measures: Mapping[str, Names]

    def title(self, rule: str, language: str | None = None) -> str:
        """What a rule finds, in a sentence."""
        return in_language(dict(self.titles[rule]), language)

    def measure(self, measure: str, language: str | None = None) -> str:
        """What may be done, in a sentence."""
        return in_language(dict(self.measures[measure]), language)


@lru_cache(maxsize=1)
def advice() -> Advice:
    """The rules and measures that this release ships."""
    text = files("backend.indicators").joinpath("data", "recommendations.yaml").read_bytes()
    read = yaml.load(text, Loader=LOADER)  # noqa: S506 - safe loader
    rules = tuple(Rule.of(name, rule, read["measures"]) for name, rule in read["rules"].items())
    titles = {name: rule["title"] for name, rule in read["rules"].items()}
    return Advice(read["version"], rules, titles, read["measures"])


def facts_of(
    rows: Iterable[Mapping[str, Any]],
    before: Iterable[Mapping[str, Any]] = (),
    ratios: Mapping[str, Mapping[str, float]] | None = None,
) -> dict[str, Fact]:
    """Facts from the values of a period (whole city) and of the one before.

    ``ratios`` is, for each attribute and level, the share among participants over the share in the
    city, from protected counts; such a fact is called ``ratio.age.65+``.
    """
    earlier = {row["code"]: row["value"] for row in before if not row["district"]}
    facts = {}
    for row in rows:
        if row["level"] != "sub" or row["district"]:
            continue
        facts[row["code"]] = Fact(
            value=row["value"],
            previous=earlier.get(row["code"]),
            low=row["low"],
            high=row["high"],
            n=row["n"],
            provenance=row["provenance"] or "measured",
            state=row["state"],
            age=_age(row["period"], row["source_period"]),
        )
    for attribute, levels in (ratios or {}).items():
        for level, ratio in levels.items():
            facts[f"ratio.{attribute}.{level}"] = Fact(ratio)
    return facts


def recommend(facts: Mapping[str, Fact]) -> list[Recommendation]:
    """Every rule that fires, the surest first."""
    return evaluate(advice().rules, facts)


def _age(period: str, source: str | None) -> int | None:
    if not source or not (period[:4].isdecimal() and source[:4].isdecimal()):
        return None
    return int(period[:4]) - int(source[:4])
