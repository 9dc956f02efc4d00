"""The seed corpus keeps its promises, and splits do not leak."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from ml import corpus, taxonomy
from ml.corpus import Example

SEEDED = sorted(p.name for p in corpus.SEED.iterdir() if p.is_dir())


@pytest.mark.parametrize("lang", SEEDED)
def test_no_two_texts_of_a_component_share_two_fifths_of_their_trigrams(lang: str) -> None:
    texts: dict[str, list[str]] = {}
    for example in corpus.read_seed([lang]):
        texts.setdefault(str(example.component), []).append(example.text)
    close = {
        code: [(own[a], own[b], share) for a, b, share in corpus.near_duplicates(own)]
        for code, own in texts.items()
    }
    assert {code: pairs for code, pairs in close.items() if pairs} == {}


@pytest.mark.parametrize("lang", [lang for lang in SEEDED if lang in ("en", "nl")])
def test_every_component_has_sixty_texts(lang: str) -> None:
    count = Counter(e.component for e in corpus.read_seed([lang]))
    assert {c: count[c] for c in taxonomy.component_codes() if count[c] < 60} == {}


def test_a_bad_line_of_the_corpus_is_named(tmp_path: Path) -> None:
    path = tmp_path / "MI2.tsv"
    path.write_text("text\tkind\ttraits\tsecond\nbin full\tcomplaint\t\tXX\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2: no component 'XX'"):
        list(corpus.read_seed_file(path, "en"))


def test_near_copies_stay_in_one_fold() -> None:
    texts = [f"the lamp number {i} is out in our street again" for i in range(20)]
    texts += [f"word{i} other{i} third{i}" for i in range(80)]
    group = corpus.groups(texts)
    parts = corpus.folds(["a"] * 100, group, 5)
    assert len(set(parts[:20])) == 1
    assert np.bincount(parts).min() > 0


def test_labelled_files_are_read_with_their_mapping(tmp_path: Path) -> None:
    data, mapping = tmp_path / "d.csv", tmp_path / "m.json"
    data.write_text(
        'text,label,lang,source\n"a, b",Bins,en,one\nc,Other,en,one\nd,Bins,nl,two\n,Bins,nl,one\n',
        encoding="utf-8",
    )
    mapping.write_text(
        '{"labels": {"Bins": {"domain": "SEN", "component": "MI2"}, '
        '"Other": {"domain": null, "component": null}}}',
        encoding="utf-8",
    )
    table = corpus.read_mapping(mapping)
    assert [e.text for e in corpus.read_labelled(data, table)] == ["a, b", "d"]
    assert [e.text for e in corpus.read_labelled(data, table, "two")] == ["a, b"]


def test_the_fingerprint_does_not_depend_on_the_order() -> None:
    rows = [Example("a", "en", "s", "SM"), Example("b", "en", "s", "SM")]
    assert corpus.fingerprint(rows) == corpus.fingerprint(rows[::-1])
    assert corpus.fingerprint(rows) != corpus.fingerprint(rows[:1])
