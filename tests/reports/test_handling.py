"""Working on reports: steps, assignment, notes, disputes, merging, hiding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from backend.accounts.service.roles import grant_role
from backend.core.actor import ANONYMOUS, SYSTEM
from backend.core.ledger import verify
from backend.core.problems import Conflict, Forbidden, Invalid, NotFound, SignInNeeded, Stale
from backend.reports import queries, service
from backend.reports.service import Step, Submitted
from tests.reports.conftest import ADMINISTRATOR, CITIZEN, NEIGHBOUR, TRIAGE, Catalogue, actor

Send = Callable[..., Submitted]


def test_a_report_goes_its_way_and_the_reporter_reads_why(
    session: Any, city: Catalogue, send: Send
) -> None:
    done = send(service="tree", by=CITIZEN)
    gardener = actor("department", account=960, departments=(city.parks,))
    service.change_status(session, TRIAGE, done.public_id, Step("triaged"))
    service.change_status(session, TRIAGE, done.public_id, Step("assigned", department="parks"))
    service.change_status(session, gardener, done.public_id, Step("in_progress"))
    with pytest.raises(Invalid) as refused:
        service.change_status(session, gardener, done.public_id, Step("resolved"))
    assert set(refused.value.errors) == {"reason"}
    service.change_status(session, gardener, done.public_id, Step("resolved", "The branch is cut."))
    found = queries.read_report(session, CITIZEN, done.public_id)
    assert found["status_reason"] == "The branch is cut."
    assert found["closed_at"] is not None
    assert found["updates"][-1]["text"] == "The branch is cut."
    steps = session.execute(text("select new from report_status_change order by id")).scalars()
    assert list(steps) == ["triaged", "assigned", "in_progress", "resolved"]
    assert verify(session, "report").holds


def test_another_department_and_strangers_may_not_work_on_it(
    session: Any, city: Catalogue, send: Send
) -> None:
    done = send(service="tree", by=CITIZEN)
    roadworker = actor("department", account=961, departments=(city.roads,))
    for stranger, problem in (
        (roadworker, Forbidden),
        (CITIZEN, Forbidden),
        (ANONYMOUS, SignInNeeded),
    ):
        with pytest.raises(problem):
            service.change_status(session, stranger, done.public_id, Step("in_progress"))
        with pytest.raises(problem):
            service.add_note(session, stranger, done.public_id, "mine")
        with pytest.raises(problem):
            service.assign(session, stranger, done.public_id, department="roads")
        with pytest.raises(problem):
            service.set_visibility(session, stranger, done.public_id, "hidden", "because")


def test_a_stale_page_changes_nothing(session: Any, city: Catalogue, send: Send) -> None:
    done = send()
    service.change_status(session, TRIAGE, done.public_id, Step("triaged"), versions={1})
    with pytest.raises(Stale):
        service.change_status(session, TRIAGE, done.public_id, Step("planned"), versions={1})
    assert queries.read_report(session, TRIAGE, done.public_id)["status"] == "triaged"


def test_an_impossible_step_names_the_possible_ones(
    session: Any, city: Catalogue, send: Send
) -> None:
    done = send()
    service.change_status(session, TRIAGE, done.public_id, Step("no_action", "Nothing to do here"))
    with pytest.raises(Conflict) as refused:
        service.change_status(session, TRIAGE, done.public_id, Step("planned"))
    assert refused.value.extra["possible"] == ["reopened"]


def test_notes_stay_inside(session: Any, city: Catalogue, send: Send) -> None:
    done = send(by=CITIZEN)
    service.add_note(session, TRIAGE, done.public_id, "Canary note")
    for reader in (CITIZEN, NEIGHBOUR, ANONYMOUS):
        assert "Canary" not in str(queries.read_report(session, reader, done.public_id))
        assert "Canary" not in str(queries.history(session, reader, done.public_id))
    assert "Canary" in str(queries.read_report(session, TRIAGE, done.public_id))


def test_me_too_counts_once_per_person(session: Any, city: Catalogue, send: Send) -> None:
    done = send(by=CITIZEN)
    with pytest.raises(Forbidden):
        service.confirm(session, CITIZEN, done.public_id)
    assert service.confirm(session, NEIGHBOUR, done.public_id) == 1
    assert service.confirm(session, NEIGHBOUR, done.public_id) == 1
    assert service.confirm(session, ANONYMOUS, done.public_id, device="d" * 20) == 2
    assert service.confirm(session, ANONYMOUS, done.public_id, device="d" * 20) == 2
    assert service.take_back(session, NEIGHBOUR, done.public_id) == 1
    assert queries.list_page(session, ANONYMOUS, limit=1).items()[0]["confirmations"] == 1
    with pytest.raises(Invalid):
        service.confirm(session, ANONYMOUS, done.public_id)


def test_a_report_goes_to_nobody_outside_its_department(
    session: Any, city: Catalogue, send: Send
) -> None:
    done = send(service="tree")
    grant_role(session, SYSTEM, 905, "department", department_id=city.roads)
    grant_role(session, SYSTEM, 906, "department", department_id=city.parks)
    for stranger in (901, 905, 123_456):
        with pytest.raises(Invalid) as refused:
            service.assign(session, TRIAGE, done.public_id, assignee_id=stranger)
        assert "assignee" in refused.value.errors
    service.assign(session, TRIAGE, done.public_id, assignee_id=906)
    with pytest.raises(Invalid):
        service.assign(session, TRIAGE, done.public_id, department="roads", assignee_id=906)
    found = queries.read_report(session, TRIAGE, done.public_id)
    assert found["assignee_id"] == 906


def test_a_closing_is_disputed_and_reopened_or_answered(
    session: Any, city: Catalogue, send: Send
) -> None:
    done = send(by=CITIZEN)
    with pytest.raises(Conflict):
        service.dispute(session, NEIGHBOUR, done.public_id, "It is still there, look")
    service.change_status(session, TRIAGE, done.public_id, Step("resolved", "Done"))
    service.dispute(session, NEIGHBOUR, done.public_id, "It is still there, look")
    with pytest.raises(Conflict):
        service.dispute(session, CITIZEN, done.public_id, "I think so too, it is there")
    service.answer_dispute(session, TRIAGE, done.public_id, reopen=True, answer="You are right")
    found = queries.read_report(session, CITIZEN, done.public_id)
    assert found["status"] == "reopened"
    assert found["disputes"][0]["state"] == "reopened"
    assert found["closed_at"] is None


def test_satisfaction_after_closing(session: Any, city: Catalogue, send: Send) -> None:
    done = send(by=CITIZEN)
    with pytest.raises(Conflict):
        service.rate(session, CITIZEN, done.public_id, 5)
    service.change_status(session, TRIAGE, done.public_id, Step("resolved", "Done"))
    service.rate(session, CITIZEN, done.public_id, 2, "Slow")
    service.rate(session, CITIZEN, done.public_id, 4)
    with pytest.raises(Forbidden):
        service.rate(session, NEIGHBOUR, done.public_id, 1)
    rated = queries.read_report(session, CITIZEN, done.public_id)["satisfaction"]
    assert rated == {"score": 4, "text": None}


def test_hidden_reports_vanish_and_come_back(session: Any, city: Catalogue, send: Send) -> None:
    done = send("Zoological words to find", by=CITIZEN)
    with pytest.raises(Invalid):
        service.set_visibility(session, TRIAGE, done.public_id, "hidden", None)
    service.set_visibility(session, TRIAGE, done.public_id, "hidden", "Names a person")
    with pytest.raises(NotFound):
        queries.read_report(session, NEIGHBOUR, done.public_id)
    for filters in (
        queries.Filters(),
        queries.Filters(text="zoological"),
        queries.Filters(near=(2.05, 54.72)),
    ):
        listed = queries.list_page(session, NEIGHBOUR, filters, limit=200).items()
        assert done.public_id not in {item["id"] for item in listed}
    assert (
        queries.read_report(session, CITIZEN, done.public_id)["hidden_reason"] == "Names a person"
    )
    service.set_visibility(session, ADMINISTRATOR, done.public_id, "public", None)
    assert queries.read_report(session, NEIGHBOUR, done.public_id)


def test_duplicates_bring_their_voices_and_take_them_back(
    session: Any, city: Catalogue, send: Send
) -> None:
    first, second = send(by=CITIZEN), send(by=NEIGHBOUR)
    other = actor(account=970)
    service.confirm(session, other, first.public_id)
    service.confirm(session, other, second.public_id)
    service.confirm(session, ANONYMOUS, second.public_id, device="e" * 20)
    service.merge(session, TRIAGE, second.public_id, first.public_id)
    assert queries.read_report(session, TRIAGE, first.public_id)["confirmations"] == 3
    with pytest.raises((Conflict, Invalid)):
        service.merge(session, TRIAGE, first.public_id, second.public_id)
    with pytest.raises(Invalid):
        service.merge(session, TRIAGE, first.public_id, first.public_id)
    found = queries.read_report(session, ANONYMOUS, second.public_id)
    assert found["duplicate_of"] == first.public_id
    service.unmerge(session, TRIAGE, second.public_id, "Another hole after all")
    assert queries.read_report(session, TRIAGE, first.public_id)["confirmations"] == 1
    assert queries.read_report(session, TRIAGE, second.public_id)["confirmations"] == 2
    assert queries.read_report(session, TRIAGE, second.public_id)["status"] == "reopened"


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=12))
def test_merging_never_makes_a_chain_or_a_circle(
    session: Any, moves: list[tuple[int, int, bool]]
) -> None:
    from backend.reports.service import NewReport, submit_report

    ids = [submit_report(session, ANONYMOUS, NewReport("A hole")).public_id for _ in range(5)]
    for child, parent, together in moves:
        try:
            if together:
                service.merge(session, TRIAGE, ids[child], ids[parent])
            else:
                service.unmerge(session, TRIAGE, ids[child], "no duplicate")
        except (Conflict, Invalid):
            continue
    rows = session.execute(
        text(
            "select c.id, p.duplicate_of_id from report c join report p on p.id = c.duplicate_of_id"
        )
    ).all()
    assert all(grandparent is None for _, grandparent in rows)
    marked = session.execute(
        text(
            "select count(*) from report where (status = 'duplicate') <> (duplicate_of_id is not null)"
        )
    ).scalar()
    assert marked == 0
    session.rollback()
