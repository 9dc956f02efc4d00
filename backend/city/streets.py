"""Finding a street by what people type: beginnings of words, and slips of the pen."""

from collections import Counter, defaultdict
from collections.abc import Iterable

LEAST_LIKENESS = 0.45
MOST_WORDS = 12
ALIKE = 9  # the rank of a name that only looks like the text


def _trigrams(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


class StreetIndex:
    """The folded names of all streets, ready to be searched in memory."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(set(names))
        self._grams = [_trigrams(name) for name in self.names]
        self._by_gram: dict[str, list[int]] = defaultdict(list)
        for index, grams in enumerate(self._grams):
            for gram in grams:
                self._by_gram[gram].append(index)

    def search(self, text: str, limit: int) -> list[tuple[int, str]]:
        """The streets that a folded text may mean, with how good the match is: 0 is the name."""
        found = self._beginning(text, limit)
        if len(found) < limit:
            there = {name for _, name in found}
            found += [(ALIKE, name) for name in self._alike(text, limit) if name not in there]
        return found[:limit]

    def _beginning(self, text: str, limit: int) -> list[tuple[int, str]]:
        """Whole name, then beginning of the name, then every word begins a word of it."""
        words = text.split()[:MOST_WORDS]
        ranked = []
        for name in self.names:
            if name == text:
                rank = 0
            elif name.startswith(text):
                rank = 1
            elif all(any(part.startswith(word) for part in name.split()) for word in words):
                rank = 2
            elif len(text) >= 4 and text.replace(" ", "") in name.replace(" ", ""):
                rank = 3
            else:
                continue
            ranked.append((rank, len(name), name))
        return [(rank, name) for rank, _, name in sorted(ranked)[:limit]]

    def _alike(self, text: str, limit: int) -> list[str]:
        """Names that share most of their groups of three letters with the text."""
        grams = _trigrams(text[:80])
        shared = Counter(index for gram in grams for index in self._by_gram.get(gram, ()))
        scored = []
        for index, count in shared.most_common(200):
            likeness = 2 * count / (len(grams) + len(self._grams[index]))
            if likeness >= LEAST_LIKENESS:
                scored.append((-likeness, self.names[index]))
        return [name for _, name in sorted(scored)[:limit]]
