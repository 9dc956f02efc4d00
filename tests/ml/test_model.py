"""Suggestions: what they hold, that they explain themselves exactly, and when they say unsure."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import commands, taxonomy
from ml.calibration import Calibration, conformal_sets, conformal_threshold
from ml.classifier import Support
from ml.explanation import contributions
from ml.model import Model
from ml.text import normalise


def test_plain_matters_are_placed(model: Model) -> None:
    for text, code in (
        ("Deep pothole in the road, my tyre is flat", "SM-IT"),
        ("vuilniszakken naast de container, overal afval", "MI2"),
        ("lantaarnpaal kapot, straat is donker", "MVI7"),
    ):
        found = model.suggest(text)
        assert found.component == code
        assert found.domain == taxonomy.domain_of(code)
        assert found.reasons


@given(st.text(max_size=120))
@settings(max_examples=60, deadline=None)
def test_any_text_gets_an_answer_that_adds_up(model: Model, text: str) -> None:
    found = model.suggest(text)
    assert sum(found.domains.values()) == pytest.approx(1, abs=1e-3)
    assert 0 <= found.confidence <= 1
    assert found.conformal
    if not normalise(text):
        assert found.unsure
        assert found.component is None
        assert found.judged_by == "nothing"
    else:
        assert found.component is not None
        assert taxonomy.domain_of(found.component) == found.domain


@given(
    st.lists(
        st.sampled_from(
            ["pothole", "lamp", "is", "out", "în", "stradă", "groapă", "12", "bin,", "a", "full!"]
        )
    )
)
@settings(max_examples=50, deadline=None)
def test_word_weights_add_up_to_the_score(model: Model, words: list[str]) -> None:
    text = normalise(" ".join(words))
    scores = model.classifier.decision_function([text])[0] - model.classifier.intercept_
    for k in (0, 2, 34):
        total = sum(weight for _, weight in contributions(model.classifier, text, k))
        assert total == pytest.approx(float(scores[k] - scores.mean()), abs=1e-3)


def test_a_request_type_is_read_where_there_is_no_text(model: Model) -> None:
    assert model.suggest("", hint="Pothole").judged_by == "hint"
    assert model.suggest("it is big", hint="Pothole").judged_by == "text+hint"
    assert model.suggest("", hint="Pothole").component == "SM-IT"


def test_words_that_no_text_had_make_it_unsure(model: Model) -> None:
    assert model.suggest("zzxq wvvk qqpz").unsure


def test_many_at_once_say_the_same_as_one_by_one(model: Model) -> None:
    texts = ["Deep pothole", "", "De bak is vol", "groapă în asfalt"]
    for one, many in zip(map(model.suggest, texts), model.suggest_many(texts), strict=True):
        assert (one.component, one.unsure) == (many.component, many.unsure)
        assert one.confidence == pytest.approx(many.confidence, abs=1e-3)


def test_two_matters_in_one_text(model: Model) -> None:
    found = model.suggest("There is a deep pothole in the road. The rubbish bin was not emptied.")
    assert {found.component, found.second} == {"SM-IT", "MI2"}


def test_diacritics_do_not_change_the_answer(model: Model) -> None:
    one, two = (
        model.suggest("Groapă în șosea lângă școală"),
        model.suggest("Groapa in sosea langa scoala"),
    )
    assert one.domains == two.domains


def test_danger_is_noticed(model: Model) -> None:
    assert model.suggest("Live wire hanging over the pavement").urgency
    assert not model.suggest("The library should open on Sunday").urgency


def test_conformal_sets_cover_what_they_promise() -> None:
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.ones(6) * 0.4, size=4000)
    truth = np.array([rng.choice(6, p=row) for row in p])
    threshold = conformal_threshold(p[:2000], truth[:2000])
    sets = conformal_sets(p[2000:], threshold)
    assert 0.87 <= sets[np.arange(2000), truth[2000:]].mean() <= 0.93


def test_unknown_words_lower_the_confidence() -> None:
    scores = np.zeros((1, 35))
    scores[0, 3] = 6
    calibration = Calibration(base=0.0, unknown=1.0, brief=1.0)
    known, _ = calibration.probabilities(scores, Support(np.ones(1), np.zeros(1)))
    unknown, _ = calibration.probabilities(scores, Support(np.zeros(1), np.zeros(1)))
    short, _ = calibration.probabilities(scores, Support(np.ones(1), np.ones(1)))
    assert unknown.max() < known.max()
    assert short.max() < known.max()


def test_predict_gives_one_object_a_line(model: Model) -> None:
    found = list(commands.predict(["Deep pothole\n", "\n"], model))
    assert [row["judged_by"] for row in found] == ["text", "nothing"]
    json.dumps(found)


def test_evaluate_prints_the_promised_fields(model: Model, tmp_path: Path) -> None:
    data = tmp_path / "d.csv"
    rows = ["text,label,lang,source", "deep pothole,SM-IT,en,a", "bin full,MI2,en,a", "x y,SM,nl,a"]
    data.write_text("\n".join(rows), encoding="utf-8")
    table = commands.evaluate(data, model=model)
    assert table["n"] == 3
    assert {"n", "macro_f1", "accuracy", "top3", "ece", "routable_at_95", "conformal_90"} <= set(
        table["domain"]
    )
    assert table["component"]["n"] == 2
    assert set(table["languages"]) == {"en", "nl"}
    assert table["languages"]["nl"]["component"]["macro_f1"] is None
    assert table["model"] == {"version": model.version, "bytes": model.bytes}
    json.dumps(table)


def test_the_card_tells_of_the_model(model: Model) -> None:
    page = commands.card(model)
    assert model.version in page
    assert "a person decides" in page


def test_function_words_count_but_are_not_shown(model: Model) -> None:
    said = model.suggest("The lamp is out at the corner of the market, number 12", "en")
    shown = {reason.word.lower() for reason in (*said.reasons, *said.reasons_against)}
    assert "lamp" in shown
    assert not shown & {"the", "is", "at", "of", "12"}
    assert "bin" in {r.word for r in model.suggest("the bin is full").reasons}


def test_a_single_word_is_answered_with_less_confidence_than_a_sentence(model: Model) -> None:
    word = model.suggest("park")
    sentence = model.suggest("The benches and the swings in the park are broken")
    assert word.unsure or word.confidence < sentence.confidence
