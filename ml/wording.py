"""Which words of a text say something, and which only hold the sentence together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from ml.folding import fold

SHORT = 2  # words no longer than this are function words if any language has them as such


@lru_cache(maxsize=1)
def function_words() -> Mapping[str, frozenset[str]]:
    """The function words of each language, folded."""
    text = files("ml").joinpath("data/stopwords.txt").read_text(encoding="utf-8")
    lines = (line.partition(": ") for line in text.splitlines() if line)
    return {lang: frozenset(words.split()) for lang, _, words in lines}


def content_words(words: Sequence[str], lang: str | None = None) -> list[bool]:
    """Whether each word says something: neither a function word nor a bare number.

    A bin is a thing in English and a verb in German, so the words are read in the language of
    which the text has most function words; where that is open, in the one given.

    Examples
    --------
    >>> content_words(["The", "bin", "at", "number", "12", "is", "full!"])
    [False, True, False, True, False, False, True]
    >>> content_words(["Ich", "bin", "gestürzt"])
    [False, False, True]
    """
    plain = ["".join(c for c in fold(word) if c.isalnum()) for word in words]
    table = function_words()
    hits = {name: sum(word in known for word in plain) for name, known in table.items()}
    most = max(hits.values(), default=0)
    spoken = [name for name, n in hits.items() if n == most]
    if lang in spoken:
        spoken = [lang]
    empty = frozenset.intersection(*(table[name] for name in spoken))
    every = frozenset().union(*table.values())
    return [
        bool(word)
        and not word.isdecimal()
        and word not in empty
        and not (len(word) <= SHORT and word in every)
        for word in plain
    ]
