"""What the figures advise, in words: findings with their evidence, and what may be done."""

from collections.abc import Iterable, Mapping
from typing import Any

from backend.core.i18n import _, current_language
from backend.indicators.catalogue import SubIndicator, catalogue
from backend.indicators.queries.overview import Picture
from backend.indicators.recommending import (
    CONFIDENCES,
    Evidence,
    Recommendation,
    advice,
    facts_of,
    recommend,
)
from backend.web.measuring import figure, part_name

ABOUT_DATA = frozenset({"not_measured", "old_source"})


def advice_of(view: Picture, names: Mapping[str, str], *, over: bool) -> list[dict[str, Any]]:
    """One entry for each rule that fires, the surest first; those about missing data last.

    A period that is not over yet is not compared with a whole one.
    """
    facts = facts_of(view.values.values(), _before(view) if over else (), _ratios(view))
    groups: dict[str, list[Recommendation]] = {}
    for found in recommend(facts):
        groups.setdefault(found.rule, []).append(found)
    entries = [_entry(rule, found, names) for rule, found in groups.items()]
    return sorted(entries, key=lambda entry: entry["rule"] in ABOUT_DATA)


def confidence_words(confidence: str) -> str:
    """How sure a finding is."""
    words = {"high": _("sure"), "medium": _("likely"), "low": _("a hint")}
    return str(words[confidence])


def _entry(rule: str, found: list[Recommendation], names: Mapping[str, str]) -> dict[str, Any]:
    language = current_language()
    confidence = max((each.confidence for each in found), key=CONFIDENCES.index)
    return {
        "rule": rule,
        "title": advice().title(rule, language),
        "confidence": confidence,
        "sure": confidence_words(confidence),
        "about_data": rule in ABOUT_DATA,
        "measures": [advice().measure(name, language) for name in found[0].measures],
        "evidence": [
            {
                "component": each.component,
                "name": _evidence_name(evidence, names),
                "value": _value(evidence),
                "limit": _limit(evidence),
                "sure": confidence_words(each.confidence),
            }
            for each in found
            for evidence in each.evidence
        ],
    }


def _sub(code: str) -> SubIndicator | None:
    return catalogue().sub_indicators.get(code)


def _evidence_name(evidence: Evidence, names: Mapping[str, str]) -> str:
    sub = _sub(evidence.code)
    if sub is not None:
        return f"{part_name(sub.component)}: {sub.name()}"
    level = evidence.code.split(".", 2)[-1]
    return str(_("Share among participants: %(group)s", group=names.get(level, level)))


def _value(evidence: Evidence) -> str:
    sub, fact = _sub(evidence.code), evidence.fact
    if fact.value is None:
        return "–"
    if sub is None:
        return str(_("%(ratio)s times the share in the city", ratio=figure(fact.value, 2)))
    return f"{figure(fact.value, sub.digits)} {sub.unit()}"


def _limit(evidence: Evidence) -> str:
    condition, fact = evidence.condition, evidence.fact
    if condition.test == "state":
        return str(_("not measured"))
    limit = float(condition.limit)
    shown = figure(limit, 0 if limit == int(limit) else 1)
    if condition.test == "below":
        return str(_("below %(limit)s", limit=shown))
    if condition.test == "above":
        return str(_("above %(limit)s", limit=shown))
    if condition.test == "older":
        return str(_("%(age)s years old", age=figure(fact.age, 0)))
    sub = _sub(evidence.code)
    before = figure(fact.previous, sub.digits if sub else 2)
    if condition.test == "falls":
        return str(_("fell by %(limit)s %% or more, from %(before)s", limit=shown, before=before))
    return str(_("rose by %(limit)s %% or more, from %(before)s", limit=shown, before=before))


def _before(view: Picture) -> Iterable[Mapping[str, Any]]:
    """The values of the period before, where there is one of the same length."""
    for (code, profile), row in view.values.items():
        earlier = [t for t in view.trend(code, profile) if str(t["period"]) < str(row["period"])]
        if earlier and earlier[-1].get("value") is not None:
            yield {"code": code, "value": earlier[-1]["value"], "district": ""}


def _ratios(view: Picture) -> dict[str, dict[str, float]]:
    """Share among participants over share in the city, of the groups that may be shown."""
    found: dict[str, dict[str, float]] = {}
    for attribute, rows in view.people.items():
        shown = [r for r in rows if r["participants"] is not None and r["residents"]]
        people = sum(r["participants"] for r in shown)
        residents = sum(r["residents"] for r in shown)
        if people < catalogue().people or len(shown) < 2:
            continue
        found[attribute] = {
            r["level"]: r["participants"] / people / (r["residents"] / residents) for r in shown
        }
    return found
