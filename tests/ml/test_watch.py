"""Drift, opinion groups, streaming and urgency."""

from __future__ import annotations

import time

import numpy as np
import pytest

from ml import drift, opinions, urgency
from ml.corpus import Example
from ml.model import Model
from ml.streaming import fit_stream


def test_the_same_texts_do_not_drift_and_others_do(model: Model, examples: list[Example]) -> None:
    texts = [e.text for e in examples]
    mixed, waste = texts[::2], [e.text for e in examples if e.domain == "SEN"]
    before = drift.summary_of(model, mixed)
    assert drift.compare(before, drift.summary_of(model, texts[1::2])).level == "stable"
    moved = drift.compare(before, drift.summary_of(model, (waste * 5)[:600]))
    assert moved.level == "act"
    assert moved.classes > drift.ACT
    strange = drift.summary_of(model, ["xqzw vvkk pprr"] * 300)
    assert drift.compare(before, strange).mean_unseen_change > 0.2
    assert before.as_dict()["n"] == len(mixed)


def test_two_camps_are_found_with_what_divides_and_unites_them() -> None:
    rng = np.random.default_rng(0)
    camp = np.repeat([1.0, -1.0], [30, 20])
    votes = np.column_stack([camp, camp, -camp, np.ones(50), rng.choice([-1.0, 1.0], 50)])
    votes[rng.random(votes.shape) < 0.1] = np.nan
    found = opinions.find_groups(votes)
    assert [group.size for group in found.groups] == pytest.approx([30, 20], abs=3)
    assert found.uniting[0][0] == 3
    assert {j for j, _ in found.dividing[:3]} == {0, 1, 2}
    assert {s.index for s in found.groups[0].representative} <= {0, 1, 2, 4}


def test_small_meetings_and_silent_people_form_no_group() -> None:
    assert opinions.find_groups(np.ones((6, 4))).groups == ()
    votes = np.ones((40, 4))
    votes[0] = np.nan
    assert opinions.find_groups(votes).member[0] == -1
    assert len(opinions.find_groups(votes).groups) == 1


def test_groups_do_not_depend_on_the_run() -> None:
    votes = np.random.default_rng(2).choice([-1.0, 0.0, 1.0, np.nan], (80, 12))
    one, two = opinions.find_groups(votes), opinions.find_groups(votes)
    np.testing.assert_array_equal(one.member, two.member)


def test_a_stream_teaches_what_the_whole_would(examples: list[Example]) -> None:
    rng = np.random.default_rng(1)
    rows = [examples[i] for i in rng.permutation(len(examples)).tolist()]
    batch = ([e.text for e in rows], [str(e.component) for e in rows])
    model = fit_stream(lambda: [batch], bits=15, epochs=3)
    right = model.predict(batch[0]) == np.array(batch[1])
    assert right.mean() > 0.7


def test_rules_of_danger_hear_every_written_alarm_and_no_everyday_text() -> None:
    texts, urgent, _ = urgency.read_urgency()
    heard = np.array([bool(urgency.dangers(text)) for text in texts])
    truth = np.array(urgent)
    assert heard[truth].mean() >= 0.95
    assert heard[~truth].mean() <= 0.05


def test_alarms_are_rare_among_everyday_texts(model: Model, examples: list[Example]) -> None:
    texts = [e.text for e in examples]
    assert np.mean([model.suggest(text, reasons=False).urgency for text in texts]) < 0.05


@pytest.mark.parametrize("unit", ["gas ", "wire down ", "water in ", "a", "tak op ", "kabel "])
def test_no_text_makes_the_rules_slow(unit: str) -> None:
    start = time.process_time()
    urgency.dangers((unit * 8000)[:8000])
    assert time.process_time() - start < 1.0
