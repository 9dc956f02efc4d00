"""Labelled texts: the seed corpus, a city's own files, and splits that do not cheat."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import taxonomy
from ml.folding import fold

SEED = Path(__file__).parent / "data" / "seed"
FROZEN = Path(__file__).parent / "data" / "frozen" / "parallel.tsv"
KEYWORDS = Path(__file__).parent / "data" / "keywords.tsv"


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text and where it comes from.

    ``component`` may be unknown while the domain is known. ``second`` is the component of a
    second matter in the same text. ``person`` and ``weight`` serve corrections by staff.
    """

    text: str
    lang: str
    source: str
    domain: str
    component: str | None = None
    second: str | None = None
    kind: str = ""
    traits: frozenset[str] = frozenset()
    weight: float = 1.0
    person: str | None = None


def read_seed(
    languages: Iterable[str] | None = None, directory: Path | None = None
) -> list[Example]:
    """Seed corpus, all languages or some, in a stable order.

    Examples
    --------
    >>> read_seed(languages=["tlh"])
    []
    """
    root = directory or SEED
    found: list[Example] = []
    wanted = set(languages) if languages is not None else None
    for folder in sorted(p for p in root.iterdir() if p.is_dir()):
        if wanted is not None and folder.name not in wanted:
            continue
        for path in sorted(folder.glob("*.tsv")):
            found.extend(read_seed_file(path, folder.name))
    return found


def complete_languages(examples: Sequence[Example]) -> set[str]:
    """Languages with texts of every component.

    A language with some components only would draw all its texts to those, so it is better
    learned from its keywords alone until it is complete.

    Examples
    --------
    >>> complete_languages([Example("bin full", "en", "s", "SEN", "MI2")])
    set()
    """
    found: dict[str, set[str]] = defaultdict(set)
    for e in examples:
        found[e.lang].add(e.component or "")
    every = set(taxonomy.component_codes())
    return {lang for lang, codes in found.items() if every <= codes}


def read_seed_file(path: Path, lang: str) -> Iterator[Example]:
    """Examples of one component's file; a bad line is named in the error."""
    code = path.stem
    domain = taxonomy.domain_of(code)
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0].split("\t") != ["text", "kind", "traits", "second"]:
        raise ValueError(f"{path}: line 1 must be text, kind, traits, second")
    known = taxonomy.component_codes()
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        cells = ([*line.split("\t"), "", "", ""])[:4]
        second = cells[3].strip() or None
        if second is not None and second not in known:
            raise ValueError(f"{path}: line {number}: no component {second!r}")
        traits = frozenset(t.strip() for t in cells[2].split(",") if t.strip())
        yield Example(
            cells[0].strip(), lang, f"seed/{lang}", domain, code, second, cells[1].strip(), traits
        )


def read_keywords(weight: float = 1.0) -> list[Example]:
    """Words and short phrases that stand for a component, each as an example of its own.

    Examples
    --------
    >>> {e.component for e in read_keywords() if e.text == "pothole"}
    {'SM-IT'}
    """
    found = []
    with KEYWORDS.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
            code, domain = row["component"], taxonomy.domain_of(row["component"])
            for phrase in row["phrases"].split("; "):
                example = Example(phrase, row["lang"], "keywords", domain, code, weight=weight)
                found.append(example)
    return found


def read_frozen(path: Path | None = None) -> list[Example]:
    """Parallel texts in every language, which no model is ever trained on.

    Models are compared on them; each line says the same in all languages.

    Examples
    --------
    >>> found = read_frozen()
    >>> len({e.component for e in found}), sorted({e.lang for e in found})
    (35, ['de', 'en', 'nl', 'ro'])
    """
    found = []
    with (path or FROZEN).open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
            code = row["component"]
            found += [
                Example(row[lang], lang, "frozen", taxonomy.domain_of(code), code)
                for lang in taxonomy.LANGUAGES
            ]
    return found


def read_mapping(path: Path) -> dict[str, tuple[str | None, str | None]]:
    """Labels of a labelled file with the domain and component that each stands for."""
    labels = json.loads(path.read_text(encoding="utf-8"))["labels"]
    return {name: (row.get("domain"), row.get("component")) for name, row in labels.items()}


def read_labelled(
    path: Path,
    mapping: dict[str, tuple[str | None, str | None]] | None = None,
    exclude_source: str | None = None,
) -> list[Example]:
    """Rows of a CSV with text, label, lang and source; rows without a domain are left out.

    Without a mapping the label itself is a component or domain code.
    """
    found = []
    with path.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            source = row.get("source") or path.stem
            if not (row.get("text") or "").strip() or source == exclude_source:
                continue
            domain, component = _placed(row["label"], mapping)
            if domain is not None:
                lang = row.get("lang") or "und"
                found.append(Example(row["text"], lang, source, domain, component))
    return found


def _placed(
    label: str, mapping: dict[str, tuple[str | None, str | None]] | None
) -> tuple[str | None, str | None]:
    if mapping is not None:
        domain, component = mapping.get(label, (None, None))
        if component is not None and domain is None:
            domain = taxonomy.domain_of(component)
        return domain, component
    if label in taxonomy.component_codes():
        return taxonomy.domain_of(label), label
    return (label, None) if label in taxonomy.domain_codes() else (None, None)


def trigrams(text: str) -> set[tuple[str, ...]]:
    """Word trigrams of a folded text.

    Examples
    --------
    >>> sorted(trigrams("The lamp is out."))
    [('lamp', 'is', 'out'), ('the', 'lamp', 'is')]
    """
    words = "".join(c if c.isalnum() else " " for c in fold(text)).split()
    return set(zip(words, words[1:], words[2:], strict=False))


def near_duplicates(texts: Sequence[str], share: float = 0.4) -> Iterator[tuple[int, int, float]]:
    """Pairs of texts that share so many of the word trigrams of the smaller one.

    Examples
    --------
    >>> list(near_duplicates(["the lamp is out again", "The lamp is out", "a tree fell"]))
    [(0, 1, 1.0)]
    """
    sets = [trigrams(text) for text in texts]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, grams in enumerate(sets):
        common: dict[int, int] = defaultdict(int)
        for gram in grams:
            for j in holders[gram]:
                common[j] += 1
            holders[gram].append(i)
        for j, n in sorted(common.items()):
            part = n / min(len(grams), len(sets[j]))
            if part >= share:
                yield j, i, round(part, 3)


def groups(texts: Sequence[str], share: float = 0.4) -> NDArray[np.int64]:
    """Number of the near-duplicate group of each text; copies must not be split apart.

    Examples
    --------
    >>> groups(["pot hole", "Pot  hole!", "a tree fell"]).tolist()
    [0, 0, 2]
    """
    parent = list(range(len(texts)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    same: dict[str, int] = {}
    for i, text in enumerate(texts):
        key = "".join(c for c in fold(text) if c.isalnum())
        parent[root(i)] = root(same.setdefault(key, i))
    for i, j, _ in near_duplicates(texts, share):
        a, b = sorted((root(i), root(j)))
        parent[b] = a
    return np.array([root(i) for i in range(len(texts))], dtype=np.int64)


def folds(
    labels: Sequence[str], group: NDArray[np.int64], n: int = 5, seed: int = 0
) -> NDArray[np.int64]:
    """Fold number of each row: labels spread evenly, groups kept whole."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(labels))
    members: dict[int, list[int]] = defaultdict(list)
    for i in order:
        members[int(group[i])].append(int(i))
    load = {label: np.zeros(n) for label in set(labels)}
    total = np.zeros(n)
    found = np.zeros(len(labels), dtype=np.int64)
    for rows in sorted(members.values(), key=len, reverse=True):
        label = labels[rows[0]]
        fold_number = int(np.lexsort((total, load[label]))[0])
        found[rows] = fold_number
        load[label][fold_number] += len(rows)
        total[fold_number] += len(rows)
    return found


def fingerprint(examples: Sequence[Example]) -> str:
    """Hash of what a model was trained on, in any order of the rows.

    Examples
    --------
    >>> fingerprint([Example("a", "en", "s", "SM")])[:8] == fingerprint([])[:8]
    False
    """
    total = 0
    for e in examples:
        line = json.dumps([e.text, e.lang, e.source, e.domain, e.component, e.second, e.weight])
        total += int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")
    return f"{total % (1 << 256):064x}"


def provenance(examples: Sequence[Example]) -> dict[str, Any]:
    """Rows by source, language and domain, for the model card."""
    table: dict[str, dict[str, int]] = {"source": {}, "language": {}, "domain": {}}
    for e in examples:
        for key, value in (("source", e.source), ("language", e.lang), ("domain", e.domain)):
            table[key][value] = table[key].get(value, 0) + 1
    return {"n": len(examples), "hash": fingerprint(examples), **table}


def bare(example: Example, text: str) -> Example:
    """The same example with another text."""
    return replace(example, text=text)
