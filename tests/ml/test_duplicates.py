"""Duplicates: near, alike, recent and of the same service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ml.duplicates import DuplicateIndex, Report, Weights, learn_weights, signs_of

DAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
HERE = (26.1025, 44.4268)


def report(
    report_id: object, text: str, metres: float = 0.0, days: float = 0, service: str | None = "lamp"
) -> Report:
    point = (HERE[0], HERE[1] + metres / 111_195)
    return Report(report_id, text, point, DAY - timedelta(days=days), service)


@pytest.fixture
def index() -> DuplicateIndex:
    found = DuplicateIndex()
    found.add_many(
        [
            report("same", "Street lamp is dark", 12, 2),
            report("other matter", "Loud music from the bar", 12, 2, "noise"),
            report("far", "Street lamp is dark", 900, 2),
            report("old", "Street lamp is dark", 12, 300),
        ]
    )
    return found


def test_the_same_matter_nearby_is_found_with_its_reasons(index: DuplicateIndex) -> None:
    found = index.find(report("new", "dark street lamp again"))
    assert [match.id for match in found] == ["same"]
    match = found[0]
    assert set(match.words) == {"dark", "street", "lamp"}
    assert match.metres == pytest.approx(12, abs=0.5)
    assert match.same_service
    assert match.days == 2


def test_closed_reports_are_not_proposed(index: DuplicateIndex) -> None:
    index.remove("same")
    index.remove("never there")
    assert index.find(report("new", "dark street lamp")) == []


def test_adding_again_replaces(index: DuplicateIndex) -> None:
    index.add(report("same", "Bins are full", 12, 2, "waste"))
    assert index.find(report("new", "dark street lamp")) == []
    assert len(index) == 4


def test_a_report_is_not_its_own_duplicate(index: DuplicateIndex) -> None:
    assert [m.id for m in index.find(report("same", "Street lamp is dark"), least=0)] != ["same"]


def test_without_a_place_the_text_and_service_decide() -> None:
    index = DuplicateIndex()
    index.add(Report("a", "Counter three closed every Friday", None, DAY, "counter"))
    found = index.find(Report(None, "counter three is closed on Friday", None, DAY, "counter"))
    assert found[0].id == "a"
    assert found[0].metres is None


def test_the_grid_gives_the_same_as_reading_everything() -> None:
    index = DuplicateIndex()
    for i in range(9000):
        index.add(report(i, f"lamp {i % 50} broken", (i * 37) % 3000, i % 90))
    for i in range(0, 9000, 3):
        index.remove(i)
    index._sort()
    found = {m.id for m in index.find(report(None, "lamp broken"), limit=9000, least=0)}
    true = {i for i in range(9000) if i % 3 and (i * 37) % 3000 <= 150}
    assert found == true


def test_many_closed_reports_are_forgotten() -> None:
    index = DuplicateIndex()
    for i in range(2000):
        index.add(report(i, "lamp broken", i % 100))
    for i in range(1900):
        index.remove(i)
    index._sort()
    assert index._size == 100
    assert {m.id for m in index.find(report(None, "lamp broken"), limit=500)} == set(
        range(1900, 2000)
    )


def test_merges_and_refusals_feed_back(index: DuplicateIndex) -> None:
    match = index.find(report("new", "dark street lamp again"))[0]
    refused = learn_weights([signs_of(match)] * 40, [False] * 40)
    index.weights = refused
    later = index.find(report("new", "dark street lamp again"), least=0)[0]
    assert later.score < match.score
    assert learn_weights([], []) == Weights()
