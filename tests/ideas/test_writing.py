"""From a draft to a proposed idea: saving, completeness, versions, teams, endorsing, talking."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ideas.chain import HERE, IDEA, Person, hold, person, proposed


@pytest.fixture
def edition(session: Any) -> str:
    return hold(session)


@pytest.fixture
def ana(app: Any, session: Any) -> Person:
    return person(app, session, "ana")


@pytest.fixture
def ben(app: Any, session: Any) -> Person:
    return person(app, session, "ben")


@pytest.fixture
def desk(app: Any, session: Any) -> Person:
    return person(app, session, "desk", "organiser")


def test_a_draft_is_saved_as_one_types_and_is_its_teams_alone(
    client: Any, edition: str, ana: Person, ben: Person
) -> None:
    made = ana.post(f"/editions/{edition}/ideas", {"title": "Ben"})
    assert made.status_code == 201, made.json
    idea, tag = made.json["id"], made.headers["ETag"]
    saved = ana.patch(f"/ideas/{idea}", {"title": "Benches", "place": HERE}, If_Match=tag)
    assert (saved.json["title"], saved.json["district"]) == ("Benches", "west")
    stale = ana.patch(f"/ideas/{idea}", {"title": "Other"}, If_Match=tag)
    assert stale.status_code == 412, "a second window does not overwrite the first"
    assert ben.get(f"/ideas/{idea}").status_code == 404
    assert client.get(f"/api/v1/ideas/{idea}").status_code == 404
    assert client.get(f"/api/v1/editions/{edition}/ideas").json["items"] == []
    mine = ana.get(f"/editions/{edition}/ideas/mine").json["items"]
    assert [item["id"] for item in mine] == [idea]
    assert ana.delete(f"/ideas/{idea}").status_code == 204
    assert ana.get(f"/ideas/{idea}").status_code == 404


def test_an_unfinished_idea_is_told_what_it_lacks(edition: str, ana: Person) -> None:
    idea = ana.post(f"/editions/{edition}/ideas", {"title": "Benches"}).json["id"]
    answer = ana.post(f"/ideas/{idea}/proposal", {})
    assert answer.status_code == 422
    assert {e["field"] for e in answer.json["errors"]} == {"summary", "text", "estimate"}


def test_an_idea_that_costs_more_than_is_given_is_refused(edition: str, ana: Person) -> None:
    made = ana.post(f"/editions/{edition}/ideas", {**IDEA, "estimate": 60_000})
    answer = ana.post(f"/ideas/{made.json['id']}/proposal", {})
    assert [e["field"] for e in answer.json["errors"]] == ["estimate"]


def test_lines_of_an_estimate_add_up(edition: str, ana: Person) -> None:
    lines = [
        {"what": "bench", "number": 12, "price": 900},
        {"what": "bin", "number": 2, "price": 350.5},
    ]
    made = ana.post(f"/editions/{edition}/ideas", {"title": "Benches", "estimate_lines": lines})
    assert made.json["estimate"] == 11_501


def test_a_proposed_idea_gets_a_number_a_place_in_the_taxonomy_and_readers(
    session: Any, client: Any, edition: str, ana: Person
) -> None:
    from backend.core.jobs import run_pending

    idea = proposed(ana, edition)
    found = client.get(f"/api/v1/ideas/{idea}").json
    assert (found["number"], found["state"], found["signature"]) == (
        1, "proposed", IDEA["signature"],
    )  # fmt: skip
    assert "author_id" not in found
    run_pending(session)
    found = client.get(f"/api/v1/ideas/{idea}").json
    assert found["unsure"] or found["component"]
    assert client.get(f"/api/v1/editions/{edition}/ideas?q=harbour").json["items"][0]["id"] == idea
    assert client.get(f"/api/v1/editions/{edition}/ideas?q=tram").json["items"] == []


def test_a_desk_decides_the_component_and_the_model_no_longer_changes_it(
    session: Any, edition: str, ana: Person, desk: Person
) -> None:
    from backend.core.jobs import run_pending

    idea = proposed(ana, edition)
    done = desk.post(f"/ideas/{idea}/placement", {"component": "SM-IT"})
    assert done.status_code == 200, done.json
    run_pending(session)
    assert desk.get(f"/ideas/{idea}").json["component"] == "SM-IT"


def test_versions_keep_what_was_said_and_show_what_changed(
    client: Any, edition: str, ana: Person
) -> None:
    idea = proposed(ana, edition)
    body = {"title": "Ten benches along the canal", "note": "Twelve were too many."}
    assert ana.patch(f"/ideas/{idea}", body, If_Match="*").status_code == 200
    items = client.get(f"/api/v1/ideas/{idea}/versions").json["items"]
    assert [(v["number"], v["note"]) for v in items] == [(1, None), (2, body["note"])]
    found = client.get(f"/api/v1/ideas/{idea}/versions/1/2").json
    assert [part["part"] for part in found["parts"]] == ["title"]
    removed = [p["text"] for p in found["parts"][0]["pieces"] if p["change"] == "removed"]
    assert "Benches" in removed
    ana.patch(f"/ideas/{idea}", {"title": body["title"]}, If_Match="*")
    items = client.get(f"/api/v1/ideas/{idea}/versions").json["items"]
    assert len(items) == 2, "the same words make no version"


def test_similar_ideas_are_shown_while_one_writes(
    client: Any, edition: str, ana: Person, ben: Person
) -> None:
    idea = proposed(ana, edition)
    proposed(ben, edition, title="A slide for the pool", summary="The pool needs a slide for all.",
             text="Children ask for it every summer and the old one was taken away long ago.")  # fmt: skip
    text = "We want more benches by the canal between the market and harbour for older people"
    found = client.post(f"/api/v1/editions/{edition}/ideas/check", json={"text": text}).json
    assert [s["id"] for s in found["similar"]] == [idea]
    assert "benches" in found["similar"][0]["words"]


def test_a_co_author_accepts_and_may_write(
    client: Any, edition: str, ana: Person, ben: Person
) -> None:
    idea = proposed(ana, edition)
    assert ben.patch(f"/ideas/{idea}", {"title": "Mine now"}, If_Match="*").status_code == 403
    link = ana.post(f"/ideas/{idea}/invitations", {"role": "co_author"}).json["link"]
    secret = link.rpartition("/")[2]
    done = ben.post(f"/ideas/invitations/{secret}", {"accept": True, "signature": "Ben"})
    assert done.status_code == 200, done.json
    again = ben.post(f"/ideas/invitations/{secret}", {"accept": True})
    assert again.status_code == 410
    body = {"title": "Benches along the old canal"}
    assert ben.patch(f"/ideas/{idea}", body, If_Match="*").status_code == 200
    team = client.get(f"/api/v1/ideas/{idea}").json["team"]
    assert [(m["role"], m["signature"]) for m in team] == [("author", None), ("co_author", "Ben")]


def test_a_team_of_minors_needs_a_sponsor(edition: str, ana: Person, ben: Person) -> None:
    made = ana.post(f"/editions/{edition}/ideas", {**IDEA, "is_minor": True})
    idea = made.json["id"]
    refused = ana.post(f"/ideas/{idea}/proposal", {})
    assert [e["field"] for e in refused.json["errors"]] == ["sponsor"]
    link = ana.post(f"/ideas/{idea}/invitations", {"role": "sponsor"}).json["link"]
    ben.post(f"/ideas/invitations/{link.rpartition('/')[2]}", {"accept": True, "signature": "B"})
    assert ana.post(f"/ideas/{idea}/proposal", {}).status_code == 200


def test_endorsing_counts_once_per_person_and_reaches_the_threshold(
    app: Any, session: Any, client: Any, edition: str, ana: Person, ben: Person
) -> None:
    idea = proposed(ana, edition)
    assert ana.post(f"/ideas/{idea}/endorsements", {}).status_code == 409, "not one's own"
    for _time in range(2):
        assert ben.post(f"/ideas/{idea}/endorsements", {}).json["endorsements"] == 1
    assert client.get(f"/api/v1/ideas/{idea}").json["endorsed_at"] is None
    assert client.post(f"/api/v1/ideas/{idea}/endorsements", json={}).status_code == 401
    cleo = person(app, session, "cleo")
    assert cleo.post(f"/ideas/{idea}/endorsements", {}).json["endorsements"] == 2
    assert client.get(f"/api/v1/ideas/{idea}").json["endorsed_at"] is not None
    assert ben.delete(f"/ideas/{idea}/endorsements").json["endorsements"] == 1


def test_an_age_is_asked_for_where_the_phase_says_so(app: Any, session: Any) -> None:
    edition = hold(session, minimum_age=12)
    ana = person(app, session, "ana")
    made = ana.post(f"/editions/{edition}/ideas", IDEA).json["id"]
    refused = ana.post(f"/ideas/{made}/proposal", {})
    assert refused.status_code == 403
    assert "12" in refused.json["detail"]
    assert ana.post(f"/ideas/{made}/proposal", {"old_enough": True}).status_code == 200


def test_comments_stand_for_and_against_and_the_useful_come_first(
    client: Any, edition: str, ana: Person, ben: Person, desk: Person
) -> None:
    idea = proposed(ana, edition)
    first = ben.post(f"/ideas/{idea}/comments", {"text": "No shade there.", "side": "against"})
    second = ben.post(f"/ideas/{idea}/comments", {"text": "My mother would rest.", "side": "for"})
    answer = {"text": "We plant trees too.", "parent": first.json["id"]}
    ana.post(f"/ideas/{idea}/comments", answer)
    ana.put(f"/ideas/comments/{second.json['id']}/judgement", {"value": 1})
    own = ben.put(f"/ideas/comments/{second.json['id']}/judgement", {"value": 1})
    assert own.status_code == 409, "nobody judges their own"
    items = client.get(f"/api/v1/ideas/{idea}/comments").json["items"]
    assert [(c["side"], c["useful"]) for c in items] == [("for", 1), ("against", 0)]
    assert [(a["text"], a["party"]) for a in items[1]["answers"]] == [
        ("We plant trees too.", "team")
    ]
    reason = {"reason": "It insults somebody."}
    hidden = desk.post(f"/ideas/comments/{second.json['id']}/visibility", reason)
    assert hidden.status_code == 204
    items = client.get(f"/api/v1/ideas/{idea}/comments").json["items"]
    assert [c["side"] for c in items] == ["against"]
    assert client.get(f"/api/v1/ideas/{idea}").json["comments"] == 2


def test_a_hidden_idea_is_gone_for_readers_but_not_for_its_team(
    client: Any, edition: str, ana: Person, desk: Person
) -> None:
    idea = proposed(ana, edition)
    hidden = desk.post(f"/ideas/{idea}/visibility", {"reason": "It names a neighbour."})
    assert hidden.status_code == 200
    assert client.get(f"/api/v1/ideas/{idea}").status_code == 404
    assert ana.get(f"/ideas/{idea}").json["hidden_reason"] == "It names a neighbour."
    assert desk.post(f"/ideas/{idea}/visibility", {"reason": None}).status_code == 200
    assert client.get(f"/api/v1/ideas/{idea}").status_code == 200


def test_problems_gather_support_evidence_and_ideas(
    client: Any, edition: str, ana: Person, ben: Person
) -> None:
    body = {"title": "Dark park", "text": "The park is too dark to cross after six.",
            "groups": ["students", "shift workers"], "place": HERE}  # fmt: skip
    problem = ana.post(f"/editions/{edition}/problems", body).json["id"]
    for _time in range(2):
        ben.post(f"/problems/{problem}/supports", {"affected": True})
    ben.post(f"/problems/{problem}/evidence", {"text": "Two lamps of ten work.", "link": None})
    proposed(ben, edition, problem=problem)
    found = client.get(f"/api/v1/problems/{problem}").json
    assert (found["supports"], found["affected"], found["ideas"]) == (1, 1, 1)
    assert found["groups"] == ["students", "shift workers"]
    assert [e["text"] for e in found["evidence_items"]] == ["Two lamps of ten work."]
    items = client.get(f"/api/v1/editions/{edition}/ideas?problem={problem}").json["items"]
    assert len(items) == 1


def test_the_desk_starts_a_problem_from_reports(
    client: Any, edition: str, ana: Person, desk: Person
) -> None:
    marks = [{"report": f"{n:016d}", "place": {"type": "Point", "coordinates": [2.05, 54.7 + n / 100]}}
             for n in range(1, 5)]  # fmt: skip
    body = {"title": "Lamps in the west", "text": "Lamps fail here again and again.",
            "reports": [*marks, marks[0]]}  # fmt: skip
    assert ana.post(f"/editions/{edition}/problems/from-reports", body).status_code == 403
    made = desk.post(f"/editions/{edition}/problems/from-reports", body)
    assert made.status_code == 201, made.json
    found = client.get(f"/api/v1/problems/{made.json['id']}").json
    assert (found["origin"], found["reports"], len(found["report_places"])) == ("reports", 4, 4)
    assert found["district"] == "west"
