"""The catalogue: what is measured under each component, how, and between which goalposts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from backend.core.i18n import in_language
from ml import taxonomy

PROFILES = ("platform", "official")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FILES = ("method.yaml", "measures.yaml", "official.yaml")


@dataclass(frozen=True, slots=True)
class SubIndicator:
    """One figure of a component: official or the platform's own, never both."""

    code: str
    component: str
    measure: str
    profile: str
    names: Mapping[str, str]
    how: str
    formula: str
    units: Mapping[str, str]
    direction: int
    weight: float
    lower: float | None
    upper: float | None
    set_by: str
    since: str
    digits: int
    people: bool
    by_district: bool
    provenance: str
    source: str
    whole_city: bool

    def name(self, language: str | None = None) -> str:
        """Its name in a language."""
        return in_language(dict(self.names), language)

    def unit(self, language: str | None = None) -> str:
        """Its unit in a language."""
        return in_language(dict(self.units), language)

    @property
    def scored(self) -> bool:
        """Whether it counts in its component's score."""
        return self.weight > 0 and self.direction != 0 and self.lower is not None


@dataclass(frozen=True)
class Catalogue:
    """All of it, with the version of the method and a digest of the files it was read from."""

    version: str
    digest: str
    coverage: float
    threshold: int
    inside: int
    rounding: int
    few: int
    people: int
    provenances: Mapping[str, Mapping[str, str]]
    notes: Mapping[str, Mapping[str, str]]
    sub_indicators: Mapping[str, SubIndicator]

    @property
    def method(self) -> str:
        """The version as values carry it: the number, and the digest's beginning."""
        return f"{self.version}+{self.digest[:8]}"

    def of(self, component: str, profile: str) -> tuple[SubIndicator, ...]:
        """The sub-indicators of a component in one profile, in order."""
        return tuple(
            sub
            for sub in self.sub_indicators.values()
            if sub.component == component and sub.profile == profile
        )

    def note(self, component: str, language: str | None = None) -> str:
        """What has to be said about a component; empty where nothing has."""
        return in_language(dict(self.notes.get(component, {})), language)


def _read(name: str) -> bytes:
    return files("backend.indicators").joinpath("data", name).read_bytes()


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue that this release ships."""
    raw = {name: _read(name) for name in FILES}
    parsed = {name: yaml.load(body, Loader=LOADER) for name, body in raw.items()}  # noqa: S506 - safe loader
    method, measures, official = (parsed[name] for name in FILES)
    found: dict[str, SubIndicator] = {}
    for component in taxonomy.components():
        for sub in (*_platform(component, measures), *_official(component, official)):
            found[sub.code] = sub
    digest = hashlib.sha256(b"\n".join(raw[name] for name in FILES)).hexdigest()
    return Catalogue(
        version=method["version"],
        digest=digest,
        coverage=float(method["coverage"]),
        threshold=int(method["gate"]["threshold"]),
        inside=int(method["gate"]["inside"]),
        rounding=int(method["gate"]["rounding"]),
        few=int(method["few"]),
        people=int(method["privacy"]["people"]),
        provenances=method["provenances"],
        notes={c: e["note"] for c, e in measures["components"].items() if "note" in e},
        sub_indicators=found,
    )


def _platform(component: str, measures: Mapping[str, Any]) -> list[SubIndicator]:
    entry = measures["components"].get(component) or {}
    whole = entry.get("whole_city") or ()
    found = []
    for name in entry.get("measures") or measures["common"]:
        made = measures["measures"][name]
        posts = made.get("goalposts") or {}
        found.append(
            SubIndicator(
                code=f"{component}.{name}",
                component=component,
                measure=name,
                profile="platform",
                names=made["name"],
                how=made["how"],
                formula=made["formula"],
                units=made["unit"],
                direction=int(made["direction"]),
                weight=float(made.get("weight", 1)),
                lower=posts.get("lower"),
                upper=posts.get("upper"),
                set_by=posts.get("by", ""),
                since=posts.get("since", ""),
                digits=int(made.get("digits", 1)),
                people=bool(made.get("people")),
                by_district=bool(made.get("by_district"))
                and (name in whole or name == "participation_rate"),
                provenance=made.get("provenance", "measured"),
                source="Vox Urbis",
                whole_city=name in whole,
            )
        )
    return found


def _official(component: str, official: Mapping[str, Any]) -> list[SubIndicator]:
    found = []
    for code, made in official["series"].items():
        if code.split(".")[0] != component:
            continue
        found.append(
            SubIndicator(
                code=f"{component}.official.{code.split('.')[1]}",
                component=component,
                measure=code.split(".")[1],
                profile="official",
                names=made["name"],
                how="",
                formula="x",
                units=made["unit"],
                direction=int(made["direction"]),
                weight=1.0,
                lower=float(made["lower"]),
                upper=float(made["upper"]),
                set_by=in_language(dict(official["by"]), "en"),
                since="2026.1",
                digits=1 if made["upper"] > 1 else 2,
                people=False,
                by_district=False,
                provenance=made.get("provenance", "measured"),
                source=made["source"],
                whole_city=True,
            )
        )
    return found


def series_codes() -> dict[str, SubIndicator]:
    """The official sub-indicators by the code of the series that feeds them."""
    return {
        f"{sub.component}.{sub.measure}": sub
        for sub in catalogue().sub_indicators.values()
        if sub.profile == "official"
    }
