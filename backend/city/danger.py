"""Words of danger to life: whoever writes one sees the emergency number before anything else."""

import re
from collections.abc import Iterable, Mapping

from backend.city.folding import fold

LONGEST = 20_000


def _pattern(phrases: Iterable[str]) -> re.Pattern[str] | None:
    parts = []
    for phrase in phrases:
        words = [
            re.escape(fold(word.rstrip("*"))) + (r"\w*" if word.endswith("*") else "")
            for word in phrase.split()
            if fold(word.rstrip("*"))
        ]
        if words:
            parts.append(" ".join(words))
    return (
        re.compile(r"\b(?:" + "|".join(sorted(parts, key=len, reverse=True)) + r")\b")
        if parts
        else None
    )


class DangerWords:
    """The phrases of all languages: danger is danger in whatever language it is written."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        self._patterns = {
            language: pattern
            for language, listed in phrases.items()
            if (pattern := _pattern(listed)) is not None
        }

    def found_in(self, text: str) -> str | None:
        """The first phrase of danger in a text, folded; None when there is none."""
        folded = fold(text[:LONGEST])
        hits = [m for p in self._patterns.values() if (m := p.search(folded))]
        return min(hits, key=lambda match: match.start()).group() if hits else None
