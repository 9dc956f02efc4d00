"""Which of some texts read alike: the sign that finds duplicates, for whatever has words."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.core.clock import utcnow

MOST = 2000


@dataclass(frozen=True, slots=True)
class Alike:
    """A text that reads like the one asked about: how much, and the words that both have."""

    id: str
    share: float
    words: tuple[str, ...]


def alike(
    text: str, others: Sequence[tuple[str, str]], *, limit: int = 5, least: float = 0.2
) -> list[Alike]:
    """Of (id, text) pairs those most like a text, best first; places and times play no part."""
    from ml.duplicates import DuplicateIndex, Report

    now = utcnow()
    index = DuplicateIndex(days=1.0)
    index.add_many(Report(key, words, None, now) for key, words in others[:MOST])
    # Distance and age weigh the same for all here, so the likeness of the words decides.
    found = index.find(Report(None, text, None, now), limit=limit, least=0.0)
    return [Alike(str(match.id), match.text, match.words) for match in found if match.text >= least]
