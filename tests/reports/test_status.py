"""The status machine as data: whatever path is walked, its promises hold."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.reports.status import (
    CLOSED,
    EVERY_PARTY,
    FIRST,
    OPEN,
    REPORTER,
    REQUIRED,
    STAFF_PARTIES,
    STATUSES,
    TRANSITIONS,
    is_open,
    status_name,
    targets,
    transition,
    what_the_reporter_reads,
)

parties = st.sampled_from(sorted(EVERY_PARTY))


def test_every_status_can_be_reached_and_left() -> None:
    reached = {FIRST}
    while more := {t.target for t in TRANSITIONS.values() if t.source in reached} - reached:
        reached |= more
    assert reached == set(STATUSES)
    assert {t.source for t in TRANSITIONS.values()} == set(STATUSES)


def test_a_closed_report_can_only_be_reopened() -> None:
    for source in CLOSED:
        assert {t.target for t in TRANSITIONS.values() if t.source == source} == {"reopened"}


def test_only_the_reporter_withdraws_and_never_closes_otherwise() -> None:
    for (_, target), step in TRANSITIONS.items():
        if target == "withdrawn":
            assert step.who == {REPORTER}
        elif target in CLOSED:
            assert REPORTER not in step.who


def test_every_closing_by_the_city_says_why() -> None:
    for target in ("resolved", "no_action", "not_ours"):
        assert "reason" in REQUIRED[target]
    assert "forwarded_to" in REQUIRED["not_ours"]
    assert "duplicate_of" in REQUIRED["duplicate"]


@given(st.lists(st.tuples(parties, st.integers(0, 20)), max_size=30))
def test_any_walk_stays_within_the_table(choices: list[tuple[str, int]]) -> None:
    status = FIRST
    for party, choice in choices:
        possible = targets(status, party)
        if not possible:
            continue
        target = possible[choice % len(possible)]
        step = transition(status, target)
        assert step is not None
        assert party in step.who
        assert target != status
        assert is_open(status) or target == "reopened"
        status = target
    assert any(targets(status, party) for party in STAFF_PARTIES)


@given(st.sampled_from(sorted(STATUSES)))
def test_every_status_has_words(status: str) -> None:
    assert status_name(status)
    assert what_the_reporter_reads(status).endswith((".", "?"))
    assert (status in OPEN) is not (status in CLOSED)
