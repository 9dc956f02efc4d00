"""From a component to the city's service: the catalogue's mapping, then the words of the text."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.city.facts import ServiceFacts
from backend.city.folding import fold

LEAST_SHARE = 0.02
PREFIX = 5  # keywords this long also match the beginning of a longer word (plurals, compounds)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A service that fits, and the words of the catalogue that were found in the text."""

    service_code: str
    words: tuple[str, ...]


def _keywords(service: ServiceFacts) -> frozenset[str]:
    given = [word for words in service.keywords.values() for word in words]
    return frozenset(folded for text in given if (folded := fold(text)))


def _catalogue(session: Session) -> Mapping[str, list[tuple[str, frozenset[str]]]]:
    """The services of each component with their folded keywords, kept while the city holds."""
    found = city.facts(session)
    if "classification.routing" not in found.kept:
        table: dict[str, list[tuple[str, frozenset[str]]]] = {}
        for service in city.catalogue(session):
            if service.component:
                row = (service.code, _keywords(service))
                table.setdefault(service.component, []).append(row)
        found.kept["classification.routing"] = table
    kept: Mapping[str, list[tuple[str, frozenset[str]]]] = found.kept["classification.routing"]
    return kept


def matched_words(text: str, keywords: frozenset[str]) -> tuple[str, ...]:
    """The keywords that occur in a folded text, whole or as the beginning of a longer word."""
    padded = f" {text} "
    return tuple(
        sorted(
            word
            for word in keywords
            if f" {word} " in padded or (len(word) >= PREFIX and f" {word}" in padded)
        )
    )


def propose_services(
    session: Session, text: str, components: list[tuple[str, float]], most: int = 3
) -> list[Proposal]:
    """The services likeliest for a text: those of its components, ordered by their own words."""
    folded, table = fold(text), _catalogue(session)
    scored: list[tuple[float, Proposal]] = []
    for component, share in components:
        if share < LEAST_SHARE:
            continue
        for code, keywords in table.get(component, ()):
            found = matched_words(folded, keywords)
            scored.append((share * (1 + 1.5 * len(found)), Proposal(code, found)))
    scored.sort(key=lambda pair: (-pair[0], pair[1].service_code))
    return [proposal for _, proposal in scored[:most]]
