"""Merging, splitting, feasibility and appeals; and what is left of a person who is erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.core.clock import utcnow
from backend.core.jobs import run_pending
from backend.core.ledger import verify
from backend.core.privacy import erase_person, export_person
from backend.ideas.models import Endorsement, FeasibilityCheck, Idea, IdeaVersion
from backend.notifications.models import NewsEvent
from tests.ideas.chain import IDEA, Person, hold, person, proposed

CONTENT = {
    "title": "Benches and shade along the canal",
    "summary": "Benches with trees beside them, from the market to the harbour.",
    "text": "Ten benches and ten trees, so that people can rest in the shade on the way.",
    "estimate": 24_000,
}
FINDING = {"outcome": "feasible", "cost": 21_000, "reason": "The quay belongs to us and is wide."}


@pytest.fixture
def people(app: Any, session: Any) -> dict[str, Person]:
    names = ("ana", "ben", "cleo", "dan")
    return {name: person(app, session, name) for name in names}


@pytest.fixture
def edition(session: Any) -> str:
    return hold(session)


@pytest.fixture
def desk(app: Any, session: Any) -> Person:
    return person(app, session, "desk", "organiser")


def _merge(who: Person, ideas: list[str]) -> Any:
    body = {"kind": "merge", "ideas": ideas, "content": [CONTENT],
            "reason": "Both are about the same quay."}  # fmt: skip
    return who.post("/ideas/joinings", body)


def test_a_merge_waits_for_the_other_team_keeps_lineage_and_counts_nobody_twice(
    session: Any, client: Any, edition: str, people: dict[str, Person]
) -> None:
    ana, ben, cleo, dan = people.values()
    one = proposed(ana, edition)
    two = proposed(ben, edition, title="Trees along the canal")
    for idea, supporters in ((one, (cleo, dan, ben)), (two, (cleo,))):
        for supporter in supporters:
            assert supporter.post(f"/ideas/{idea}/endorsements", {}).status_code == 200
    assert _merge(cleo, [one, two]).status_code == 403, "a stranger cannot"
    asked = _merge(ana, [one, two])
    assert (asked.status_code, asked.json["state"]) == (201, "waiting")
    assert client.get(f"/api/v1/ideas/{two}").json["state"] == "proposed"
    refused = cleo.post(f"/ideas/joinings/{asked.json['id']}/answer", {"agree": True})
    assert refused.status_code == 403
    done = ben.post(f"/ideas/joinings/{asked.json['id']}/answer", {"agree": True})
    assert done.json["state"] == "done"
    new = client.get(f"/api/v1/ideas/{one}").json["lineage"]["into"][0]["id"]
    found = client.get(f"/api/v1/ideas/{new}").json
    assert found["title"] == CONTENT["title"]
    assert {old["id"] for old in found["lineage"]["from"]} == {one, two}
    assert found["endorsements"] == 2, "cleo once; ben is on the team now"
    assert cleo.get(f"/ideas/{new}").json["endorsed"] == "asked"
    kept = cleo.post(f"/ideas/{new}/endorsements/carried", {"keep": False})
    assert kept.json["endorsements"] == 1
    assert client.get(f"/api/v1/ideas/{one}").json["state"] == "merged"
    listed = client.get(f"/api/v1/editions/{edition}/ideas").json["items"]
    assert [item["id"] for item in listed] == [new]
    assert (
        ben.patch(f"/ideas/{new}", {"title": "Ours together now"}, If_Match="*").status_code == 200
    )
    keys = session.execute(select(NewsEvent.key).where(NewsEvent.key.contains("carried"))).all()
    assert len(keys) == 1


def test_one_refusal_ends_a_merge_and_all_stays_as_it_was(
    client: Any, edition: str, people: dict[str, Person]
) -> None:
    ana, ben = people["ana"], people["ben"]
    ideas = [proposed(ana, edition), proposed(ben, edition, title="Trees along it")]
    asked = _merge(ana, ideas).json["id"]
    assert _merge(ben, ideas).status_code == 409, "one proposal at a time"
    answer = {"agree": False, "reason": "Trees come first."}
    assert ben.post(f"/ideas/joinings/{asked}/answer", answer).json["state"] == "refused"
    states = [client.get(f"/api/v1/ideas/{idea}").json["state"] for idea in ideas]
    assert states == ["proposed", "proposed"]


def test_a_split_makes_several_ideas_with_the_supports_of_the_one(
    client: Any, edition: str, people: dict[str, Person]
) -> None:
    ana, cleo = people["ana"], people["cleo"]
    idea = proposed(ana, edition)
    cleo.post(f"/ideas/{idea}/endorsements", {})
    body = {"kind": "split", "ideas": [idea], "reason": "Two departments are concerned.",
            "content": [CONTENT, {**CONTENT, "title": "Trees along the canal"}]}  # fmt: skip
    done = ana.post("/ideas/joinings", body)
    assert (done.status_code, done.json["state"]) == (201, "done"), "one team, which asked itself"
    into = client.get(f"/api/v1/ideas/{idea}").json["lineage"]["into"]
    assert [entry["kind"] for entry in into] == ["split", "split"]
    found = [client.get(f"/api/v1/ideas/{entry['id']}").json for entry in into]
    assert [(f["endorsements"], f["number"]) for f in found] == [(1, 2), (1, 3)]


@pytest.fixture
def supported(edition: str, people: dict[str, Person]) -> str:
    idea = proposed(people["ana"], edition)
    for name in ("ben", "cleo"):
        people[name].post(f"/ideas/{idea}/endorsements", {})
    return idea


def _roads(app: Any, session: Any, code: str = "roads") -> Person:
    from backend.city.queries import department_by_code

    found = department_by_code(session, code)
    return person(app, session, f"staff.{code}", department=found.id if found else None)


def test_a_department_finds_and_everybody_reads_why(
    app: Any, session: Any, client: Any, supported: str, desk: Person
) -> None:
    roads, parks = _roads(app, session), _roads(app, session, "parks")
    check = desk.post(f"/ideas/{supported}/checks", {"department": "roads"})
    assert check.status_code == 201, check.json
    path = f"/ideas/checks/{check.json['id']}/finding"
    assert parks.post(path, FINDING).status_code == 403, "another department"
    assert roads.post(path, {**FINDING, "cost": None}).status_code == 422
    assert roads.post(path, FINDING).status_code == 200
    found = client.get(f"/api/v1/ideas/{supported}").json
    assert (found["state"], found["cost"], found["checks"][0]["reason"]) == (
        "feasible", 21_000, FINDING["reason"],
    )  # fmt: skip
    assert roads.post(path, FINDING).status_code == 409


def test_too_little_support_is_not_checked(
    edition: str, people: dict[str, Person], desk: Person
) -> None:
    idea = proposed(people["ana"], edition)
    answer = desk.post(f"/ideas/{idea}/checks", {"department": "roads"})
    assert answer.status_code == 409


def test_an_appeal_that_is_upheld_opens_a_new_round(
    client: Any, supported: str, people: dict[str, Person], desk: Person
) -> None:
    ana, ben = people["ana"], people["ben"]
    check = desk.post(f"/ideas/{supported}/checks", {"department": "roads"}).json["id"]
    no = {"outcome": "infeasible", "reason": "There is a gas main below the quay."}
    desk.post(f"/ideas/checks/{check}/finding", no)
    text = {"text": "The gas main was moved last year, see the works of March."}
    assert ben.post(f"/ideas/checks/{check}/appeal", text).status_code == 403
    appeal = ana.post(f"/ideas/checks/{check}/appeal", text)
    assert appeal.status_code == 201, appeal.json
    answer = {"uphold": True, "answer": "You are right, the drawings were old."}
    assert desk.post(f"/ideas/appeals/{appeal.json['id']}/answer", answer).status_code == 200
    found = client.get(f"/api/v1/ideas/{supported}").json
    assert found["state"] == "proposed"
    assert [(c["round"], c["outcome"]) for c in found["checks"]] == [(1, "infeasible"), (2, None)]
    assert found["checks"][0]["appeal"]["answer"] == answer["answer"]


def test_an_amended_idea_comes_again_until_the_deadline(
    session: Any, client: Any, supported: str, people: dict[str, Person], desk: Person
) -> None:
    ana = people["ana"]
    check = desk.post(f"/ideas/{supported}/checks", {"department": "roads"}).json["id"]
    no = {"outcome": "infeasible", "reason": "Twelve benches leave no room for prams."}
    desk.post(f"/ideas/checks/{check}/finding", no)
    assert ana.post(f"/ideas/{supported}/resubmission").status_code == 409, "nothing was changed"
    body = {"text": IDEA["text"] + " Six of them, on the wide side."}
    assert ana.patch(f"/ideas/{supported}", body, If_Match="*").status_code == 200
    again = ana.post(f"/ideas/{supported}/resubmission")
    assert (again.status_code, again.json["state"]) == (200, "proposed")
    assert [c["contents"] for c in again.json["checks"]] == [1, 2]
    second = again.json["checks"][1]["id"]
    desk.post(f"/ideas/checks/{second}/finding", no)
    session.execute(update(FeasibilityCheck).values(appeal_until=utcnow() - timedelta(seconds=1)))
    session.commit()
    late = ana.post(f"/ideas/checks/{second}/appeal", {"text": "We disagree with this, really."})
    assert late.status_code == 409
    assert "over" in late.json["detail"]


def test_the_team_and_followers_hear_and_the_history_verifies(
    session: Any, supported: str, people: dict[str, Person], desk: Person
) -> None:
    assert people["dan"].post(f"/ideas/{supported}/follows").status_code == 204
    check = desk.post(f"/ideas/{supported}/checks", {"department": "roads"}).json["id"]
    desk.post(f"/ideas/checks/{check}/finding", FINDING)
    run_pending(session)
    for name in ("ana", "dan"):
        news = people[name].get("/me/news").json["items"]
        assert any("Feasible" in item["title"] for item in news), name
    assert verify(session, "idea").fault is None


def test_an_erased_person_leaves_no_words_and_no_name(
    session: Any, client: Any, edition: str, people: dict[str, Person]
) -> None:
    ana, ben = people["ana"], people["ben"]
    mine, theirs = proposed(ana, edition), proposed(ben, edition, title="A slide for the pool")
    draft = ana.post(f"/editions/{edition}/ideas", {"title": "Secret plan"}).json["id"]
    ana.post(f"/ideas/{theirs}/endorsements", {})
    ana.post(f"/ideas/{theirs}/comments", {"text": "Words of Ana", "side": "for"})
    held = {kind for kind, _row in export_person(session, ana.account_id)}
    assert {"idea", "idea_version", "idea_endorsement", "idea_comment"} <= held
    erase_person(session, ana.account_id)
    session.commit()
    assert client.get(f"/api/v1/ideas/{draft}").status_code == 404
    assert session.execute(select(Idea.id).where(Idea.public_id == draft)).first() is None
    found = client.get(f"/api/v1/ideas/{mine}").json
    assert (found["text"], found["signature"], found["state"]) == ("", None, "withdrawn")
    texts = session.execute(select(IdeaVersion.text)).scalars().all()
    assert IDEA["text"] in texts, "of the other person"
    assert len([t for t in texts if t == ""]) == 1
    assert "Words of Ana" not in client.get(f"/api/v1/ideas/{theirs}/comments").text
    assert client.get(f"/api/v1/ideas/{theirs}").json["endorsements"] == 1, "a voice stays counted"
    left = session.execute(
        select(Endorsement.id).where(Endorsement.account_id == ana.account_id)
    ).first()
    assert left is None
    assert verify(session, "idea").fault is None


def test_an_idea_with_a_co_author_outlives_its_author(
    session: Any, client: Any, edition: str, people: dict[str, Person]
) -> None:
    ana, ben = people["ana"], people["ben"]
    idea = proposed(ana, edition)
    link = ana.post(f"/ideas/{idea}/invitations", {"role": "co_author"}).json["link"]
    ben.post(f"/ideas/invitations/{link.rpartition('/')[2]}", {"accept": True})
    erase_person(session, ana.account_id)
    session.commit()
    assert client.get(f"/api/v1/ideas/{idea}").json["text"] == IDEA["text"]
    body = {"title": "Benches, as Ben has them"}
    assert ben.patch(f"/ideas/{idea}", body, If_Match="*").status_code == 200
