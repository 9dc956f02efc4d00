"""Corrections: capped, doubted, asked for, and promoted only when they help."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml import packing, taxonomy
from ml.corpus import Example
from ml.learning import (
    Correction,
    as_examples,
    capped_weights,
    compare_models,
    label_errors,
    teaching_queue,
)
from ml.model import Model, load_model
from ml.training import Recipe, definitions, train


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=200))
def test_nobody_weighs_more_than_the_share(people: list[str]) -> None:
    weights = capped_weights(people, 0.2)
    names = np.array(people)
    total = {name: weights[names == name].sum() for name in set(people)}
    limit = max(0.2, 1 / len(total)) * weights.sum()
    assert max(total.values()) <= limit + 1e-6
    assert weights.max() <= 1 + 1e-9
    assert weights.min() > 0


def test_corrections_become_examples_of_less_weight_when_one_person_made_them() -> None:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    mine = [Correction("bin full", "en", "MI2", "ana", when) for _ in range(4)]
    others = [Correction("hole", "en", "SM-IT", p, when) for p in ("bo", "cy", "di", "ed", "fi")]
    alone, together = as_examples(mine), as_examples([*mine, *others])
    assert alone[0].weight < together[-1].weight
    assert together[0].weight < together[-1].weight
    assert together[0].domain == "SEN"


def test_a_planted_label_error_is_found(model: Model, examples: list[Example]) -> None:
    rows = [e for e in examples if e.component in ("MI2", "CI1", "MVI3")][:120]
    codes = list(taxonomy.component_codes())
    p = model.probabilities([e.text for e in rows]).components
    given_ = np.array([codes.index(str(e.component)) for e in rows])
    surest = int(p[np.arange(len(rows)), given_].argmax())
    given_[surest] = codes.index("EI1")
    assert surest in [doubt.row for doubt in label_errors(p, given_, codes)]


def test_the_queue_asks_for_doubtful_texts_and_never_twice_for_copies(model: Model) -> None:
    texts = ["deep pothole in the road", "zzkw qwop", "zzkw  qwop!", "it is bad here", ""]
    queue = teaching_queue(model, texts, 3)
    assert 4 not in queue
    assert not {1, 2} <= set(queue)
    assert queue[0] != 0
    assert teaching_queue(model, []) == []


def trained_on(rows: list[Example], folder: Path) -> Model:
    trained = train(rows, Recipe(bits=16, n_folds=2, strange_share=0.0), definitions())
    packing.write(folder, trained, {}, "x")
    return load_model(folder)


@pytest.fixture(scope="module")
def halves(examples: list[Example]) -> tuple[list[Example], list[Example]]:
    return examples[::2], examples[1::2]


def test_a_better_model_is_promoted_and_a_worse_one_is_not(
    halves: tuple[list[Example], list[Example]], tmp_path: Path
) -> None:
    learned, frozen = halves
    good = trained_on(learned, tmp_path / "good")
    poor = trained_on(learned[::8], tmp_path / "poor")
    assert compare_models(poor, good, {"frozen": frozen}).promote
    refused = compare_models(good, poor, {"frozen": frozen})
    assert not refused.promote
    assert refused.reasons
    assert any("lang" in name for name in refused.table)
    assert any("domain" in name for name in refused.table)


def test_the_same_model_is_no_better_and_nothing_to_judge_on_is_no_reason(model: Model) -> None:
    rows = [Example("bin full", "en", "x", "SEN", "MI2")]
    assert not compare_models(model, model, {"frozen": rows}).promote
    assert not compare_models(model, model, {"frozen": []}).promote
    assert compare_models(None, model, {"frozen": rows}).promote


def test_flipped_labels_cost_little_or_are_refused(
    halves: tuple[list[Example], list[Example]], tmp_path: Path
) -> None:
    learned, frozen = halves
    rng = np.random.default_rng(3)
    codes = taxonomy.component_codes()
    poisoned = list(learned)
    for i in rng.choice(len(learned), len(learned) // 20, replace=False).tolist():
        code = codes[int(rng.integers(35))]
        poisoned[i] = replace(learned[i], component=code, domain=taxonomy.domain_of(code))
    clean = trained_on(learned, tmp_path / "clean")
    bad = trained_on(poisoned, tmp_path / "bad")
    decision = compare_models(clean, bad, {"frozen": frozen})
    lost = decision.table["frozen"]["running"] - decision.table["frozen"]["candidate"]
    assert lost <= 0.02 or not decision.promote
