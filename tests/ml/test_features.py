"""The n-grams of ml.features are those of scikit-learn's vectorisers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from ml.features import BATCH, HashedNgrams, count_ngrams, occurrences

WORDS = CountVectorizer(strip_accents="unicode", ngram_range=(1, 2)).build_analyzer()
CHARS = CountVectorizer(
    strip_accents="unicode", ngram_range=(2, 5), analyzer="char_wb"
).build_analyzer()
BITS = 20
HALF = 1 << (BITS - 1)
STREET = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="\x00")
    | st.sampled_from("aeăâîșțßüœ…½Σς  \t\n.,-_'’🚲"),
    max_size=60,
)


def counts_of(texts: list[str]) -> list[tuple[list[int], list[int]]]:
    counted = count_ngrams(texts, BITS)
    found = []
    for i in range(len(texts)):
        row = slice(counted.indptr[i], counted.indptr[i + 1])
        word = counted.indices[row] >= HALF
        n = counted.counts[row]
        found.append((sorted(n[word].tolist()), sorted(n[~word].tolist())))
    return found


def expected(text: str) -> tuple[list[int], list[int]]:
    def counts(grams: list[str]) -> list[int]:
        return sorted(np.unique(grams, return_counts=True)[1].tolist()) if grams else []

    return counts(WORDS(text)), counts(CHARS(text))


@settings(max_examples=150, deadline=None)
@given(st.lists(STREET, min_size=1, max_size=6))
def test_totals_equal_those_of_scikit_learn(texts: list[str]) -> None:
    for text, (words, chars) in zip(texts, counts_of(texts), strict=True):
        true_words, true_chars = expected(text)
        assert sum(words) == sum(true_words)
        assert sum(chars) == sum(true_chars)


@pytest.mark.parametrize(
    "text",
    [
        "Große Schlaglöcher in der Straße, überall!",
        "Groapă în asfalt lângă școală… nu se mai poate",
        "the lamp the lamp THE LAMP is out at no. 5 a b",
        "fietspad kapot 🚲 ½ meter ﬁets ΟΔΟΣ",
        "",
        " \n\t ",
        "a",
    ],
)
def test_counts_equal_those_of_scikit_learn(text: str) -> None:
    assert counts_of([text, "another text"])[0] == expected(text)


def test_a_text_has_the_same_n_grams_alone_and_in_a_batch() -> None:
    texts = ["bin full", "", "groapă mare", "lamp out\nagain"]
    alone = [counts_of([text])[0] for text in texts]
    assert counts_of(texts) == alone


def test_accents_and_case_do_not_matter() -> None:
    one, two = count_ngrams(["GROAPĂ în Șosea"]), count_ngrams(["groapa in sosea"])
    assert one.indices.tolist() == two.indices.tolist()


def test_vectors_are_float32_with_each_half_of_its_own_length() -> None:
    vectoriser = HashedNgrams(bits=16, word_weight=0.5)
    matrix = vectoriser.fit_transform(["pothole in the road", "tree on the road", "x"])
    assert matrix.dtype == np.float32
    row = matrix[0].toarray()[0]
    assert np.linalg.norm(row[: 1 << 15]) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(row[1 << 15 :]) == pytest.approx(0.5, abs=1e-5)


def test_batches_join_to_what_one_batch_gives() -> None:
    texts = [f"text number {i}" for i in range(BATCH + 5)]
    vectoriser = HashedNgrams(bits=14).fit(texts)
    tail = vectoriser.transform(texts[BATCH:])
    assert abs(vectoriser.transform(texts)[BATCH:] - tail).max() == 0


def test_too_many_texts_for_one_count_are_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        count_ngrams(["a"] * 5000, 20)


@given(STREET)
@settings(max_examples=80, deadline=None)
def test_every_occurrence_is_one_of_the_counted_n_grams(text: str) -> None:
    counted = count_ngrams([text.replace("\n", " ")], 18)
    found = occurrences(text.replace("\n", " "), 18)
    unique, times = np.unique(found.hashes, return_counts=True)
    assert unique.tolist() == counted.indices.tolist()
    assert times.tolist() == counted.counts.tolist()
