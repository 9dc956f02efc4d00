"""The taxonomy of everything: six domains and their 35 components, with names in four languages.

The codes and the words live in ``data/taxonomy.tsv``; nothing here repeats them.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

LANGUAGES: tuple[str, ...] = ("en", "nl", "ro", "de")


@dataclass(frozen=True, slots=True)
class Entry:
    """One domain or component: its code, its domain, its names and its one-line definitions."""

    code: str
    domain: str
    names: Mapping[str, str]
    definitions: Mapping[str, str]
    note: str = ""

    def name(self, language: str = "en") -> str:
        """Name in a language, in English where that language is not served.

        Examples
        --------
        >>> component("MI2").name("nl")
        'Afvalbeheer'
        >>> component("MI2").name("fr")
        'Waste management'
        """
        return self.names.get(language, self.names["en"])

    def definition(self, language: str = "en") -> str:
        """One-line definition in a language, in English where it is not served."""
        return self.definitions.get(language, self.definitions["en"])


@lru_cache(maxsize=1)
def _read() -> tuple[dict[str, Entry], dict[str, Entry]]:
    domains: dict[str, Entry] = {}
    components: dict[str, Entry] = {}
    text = files("ml").joinpath("data/taxonomy.tsv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        entry = Entry(
            code=row["code"],
            domain=row["domain"] or row["code"],
            names={lang: row[f"name_{lang}"] for lang in LANGUAGES},
            definitions={lang: row[f"definition_{lang}"] for lang in LANGUAGES},
            note=row["note"],
        )
        (domains if row["kind"] == "domain" else components)[entry.code] = entry
    return domains, components


def domains() -> dict[str, Entry]:
    """Six domains by code, in the order of the founding document.

    Examples
    --------
    >>> list(domains())
    ['SM', 'SE', 'SC', 'SG', 'SL', 'SEN']
    """
    return dict(_read()[0])


def components(domain: str | None = None) -> dict[str, Entry]:
    """Components by code, all 35 or those of one domain.

    Examples
    --------
    >>> len(components())
    35
    >>> list(components("SG"))
    ['SG-PI', 'SG-TA', 'SG-PS', 'SG-GM', 'SG-5']
    """
    found = _read()[1]
    return {code: e for code, e in found.items() if domain is None or e.domain == domain}


def domain(code: str) -> Entry:
    """One domain by its code; ``KeyError`` when there is none."""
    return _read()[0][code]


def component(code: str) -> Entry:
    """One component by its code; ``KeyError`` when there is none."""
    return _read()[1][code]


def domain_of(code: str) -> str:
    """Domain of a component.

    Examples
    --------
    >>> domain_of("MVI7")
    'SL'
    """
    return component(code).domain


@lru_cache(maxsize=1)
def domain_codes() -> tuple[str, ...]:
    """Domain codes in their fixed order; models number their classes by it."""
    return tuple(_read()[0])


@lru_cache(maxsize=1)
def component_codes() -> tuple[str, ...]:
    """Component codes in their fixed order; models number their classes by it."""
    return tuple(_read()[1])
