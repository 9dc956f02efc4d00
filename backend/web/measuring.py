"""What the pages of the indicators show, in words: values, intervals, trends, reasons of gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from backend.city.facts import CityFacts
from backend.classification.queries import name_of, taxonomy_document
from backend.core.i18n import _, current_language
from backend.core.pages.formats import format_number
from backend.indicators.catalogue import SubIndicator, catalogue
from backend.indicators.computing.scoring import band
from backend.indicators.queries.overview import Picture
from backend.web import charts

Row = Mapping[str, Any]
FLAGS = "bcdefimnpruz"


def profile_name(profile: str) -> str:
    """What a profile is called."""
    return str(_("Official figures") if profile == "official" else _("From this platform"))


def state_words(row: Row | None) -> str:
    """Why there is no value."""
    state = row["state"] if row else "not_measured"
    words = {"suppressed": _("not shown, to protect people"), "few": _("too few to say")}
    return str(words.get(state, _("not measured")))


def flag_words(flags: str | None) -> str:
    """What the office's flags mean."""
    known = {
        "b": _("break in the series"), "e": _("estimated"), "p": _("provisional"),
        "u": _("unreliable"), "c": _("confidential"), "d": _("other definition"),
        "f": _("forecast"), "i": _("imputed"), "n": _("not significant"), "r": _("revised"),
        "s": _("estimated by Eurostat"), "z": _("does not apply"),
    }  # fmt: skip
    return ", ".join(known.get(flag, flag) for flag in flags or "")


def band_words(found: float | None) -> str:
    """The performance band of a score."""
    words = {1: _("0 to 33"), 2: _("33 to 66"), 3: _("66 to 95"), 4: _("95 and more")}
    step = band(found)
    return words[step] if step else "–"


def figure(value: float | None, digits: int) -> str:
    """A number as people read it."""
    return "–" if value is None else format_number(value, digits)


def between(row: Row, digits: int) -> str:
    """The interval of a value."""
    if row["low"] is None or row["high"] is None:
        return ""
    low, high = figure(row["low"], digits), figure(row["high"], digits)
    return str(_("%(low)s to %(high)s", low=low, high=high))


@dataclass(frozen=True, slots=True)
class Measure:
    """A sub-indicator on a page."""

    sub: SubIndicator
    row: Row | None
    value: str
    interval: str
    note: str
    chart: Markup
    series: tuple[Mapping[str, str], ...]

    @property
    def is_measured(self) -> bool:
        """Whether there is a value to show."""
        return self.row is not None and self.row["value"] is not None


def measure_of(view: Picture, sub: SubIndicator) -> Measure:
    """A sub-indicator with its value, its trend and what has to be said."""
    row = view.value(sub.code, sub.profile)
    trend = view.trend(sub.code, sub.profile)
    if sub.profile == "official":
        trend = view.series.get((sub.code, "official"), ())
    have = row is not None and row["value"] is not None
    points = [
        charts.Point(
            str(t["period"]), t["value"], t["low"], t["high"], figure(t["value"], sub.digits)
        )
        for t in trend[-12:]
    ]
    title = _("%(name)s over time", name=sub.name())
    chart = (
        charts.trend(points, title, least=sub.lower, most=sub.upper)
        if sum(p.value is not None for p in points) >= 2
        else Markup("")
    )
    return Measure(
        sub=sub,
        row=row,
        value=figure(row["value"], sub.digits) if row and have else state_words(row),
        interval=between(row, sub.digits) if row and have else "",
        note=_note(sub, row) if row and have else "",
        chart=chart,
        series=tuple(_line(sub, t) for t in trend[-12:]),
    )


def _note(sub: SubIndicator, row: Row) -> str:
    notes = []
    if row["source_period"]:
        notes.append(_("of %(year)s", year=row["source_period"]))
    if row["flags"]:
        notes.append(flag_words(row["flags"]))
    if row["n"]:
        number = format_number(row["n"])
        notes.append(_("about %(n)s people", n=number) if sub.people else _("n = %(n)s", n=number))
    return " · ".join(notes)


def _line(sub: SubIndicator, row: Row) -> dict[str, str]:
    have = row["value"] is not None
    return {
        "period": str(row["period"]),
        "value": figure(row["value"], sub.digits) if have else state_words(row),
        "interval": between(row, sub.digits) if have else "",
        "n": format_number(row["n"]) if row["n"] else "",
        "flags": flag_words(row.get("flags")),
    }


def domains_of(view: Picture, profile: str) -> list[dict[str, Any]]:
    """The six domains with their components, as the first page lists them."""
    return [
        {
            "code": domain["code"],
            "name": domain["name"],
            "row": view.value(domain["code"], profile),
            "components": [
                _component(view, part["code"], part["name"], profile)
                for part in domain["components"]
            ],
        }
        for domain in taxonomy_document(current_language())
    ]


def _component(view: Picture, code: str, name: str, profile: str) -> dict[str, Any]:
    row = view.value(code, profile)
    trend = [t["score"] for t in view.trend(code, profile)][-12:]
    have = row is not None and row["score"] is not None
    return {
        "code": code,
        "name": name,
        "row": row,
        "score": figure(row["score"], 0) if row and have else "–",
        "interval": between(row, 0) if row and have else "",
        "coverage": row["coverage"] if row else None,
        "band": band_words(row["score"] if row else None),
        "spark": charts.spark(trend),
        "trend": [figure(t, 0) for t in trend if t is not None],
    }


def wheel_of(domains: Sequence[Mapping[str, Any]], title: str) -> Markup:
    """The wheel of a profile."""
    sectors = [
        charts.Sector(
            lines=_lines(str(domain["name"])),
            told=figure(domain["row"]["score"] if domain["row"] else None, 0),
            wedges=tuple(
                charts.Wedge(c["name"], c["row"]["score"] if c["row"] else None)
                for c in domain["components"]
            ),
        )
        for domain in domains
    ]
    return charts.wheel(sectors, title, _("of 100"))


def _lines(name: str) -> tuple[str, ...]:
    """A domain's name on two lines where it has two words."""
    first, _space, rest = name.partition(" ")
    return (first, rest) if rest else (first,)


def takeaway(domains: Sequence[Mapping[str, Any]]) -> str:
    """The sentence that one should take away of a wheel."""
    parts = [c for d in domains for c in d["components"]]
    known = sorted(
        (c for c in parts if c["row"] and c["row"]["score"] is not None),
        key=lambda c: float(c["row"]["score"]),
    )
    if not known:
        return str(_("Nothing is measured yet."))
    told = str(_("%(n)s of %(all)s components are measured.", n=len(known), all=len(parts)))
    if len(known) < 2:
        return told
    worst, best = known[0], known[-1]
    low, high = best["row"]["low"], worst["row"]["high"]
    if low is not None and high is not None and low <= high:
        return f"{told} {_('The highest and the lowest are not distinguishable.')}"
    ends = _(
        "Highest: %(best)s (%(high)s). Lowest: %(worst)s (%(low)s).",
        best=best["name"], high=best["score"], worst=worst["name"], low=worst["score"],
    )  # fmt: skip
    return f"{told} {ends}"


def map_measures() -> tuple[SubIndicator, ...]:
    """What is known for each district."""
    return tuple(sub for sub in catalogue().sub_indicators.values() if sub.by_district)


def districts_of(view: Picture, facts: CityFacts, sub: SubIndicator) -> list[dict[str, Any]]:
    """The districts with a measure's value, as the map and its table show them."""
    rows = view.districts.get(sub.code, {})
    found = []
    for district in facts.districts:
        if district.retired:
            continue
        row = rows.get(district.code)
        have = row is not None and row["value"] is not None
        found.append(
            {
                "name": district.name(current_language()),
                "geometry": district.geometry,
                "number": row["value"] if row else None,
                "value": figure(row["value"], sub.digits) if row and have else state_words(row),
                "interval": between(row, sub.digits) if row and have else "",
                "told": figure(row["value"], sub.digits) if row and have else "–",
            }
        )
    return found


def map_of(districts: Sequence[Mapping[str, Any]], title: str) -> Markup:
    """The map of a measure."""
    shades = [charts.Shade(d["name"], d["geometry"], d["told"], d["number"]) for d in districts]
    return charts.district_map(shades, title)


def part_name(code: str) -> str:
    """The name of a domain or component."""
    return name_of(code, current_language())


def provenance_name(key: str | None) -> str:
    """How good a figure's data are, as the catalogue words it."""
    names = catalogue().provenances.get(key or "unknown", {})
    return str(names.get(current_language()) or names.get("en") or key)


def online_words() -> dict[str, str]:
    """How far a service can be done online."""
    return {
        "full": _("wholly online"), "request": _("request online"), "form": _("form to print"),
        "information": _("information only"), "none": _("not online"),
    }  # fmt: skip


def project_words() -> dict[str, str]:
    """Where a project stands."""
    return {
        "planned": _("planned"), "running": _("running"), "finished": _("finished"),
        "stopped": _("stopped"),
    }  # fmt: skip
