"""The competition as open data: what everybody may see, and no trail of a person."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from sqlalchemy import func, select, update

from backend.core.actor import SYSTEM
from backend.ideas.models import Edition, Idea
from backend.ideas.queries.open_rows import DATASETS, idea_rows
from backend.ideas.service import after
from backend.ideas.service.counting import publish_count
from tests.ideas.election import found_edition, hold_vote
from tests.ideas.test_after import AGREEMENT, _records
from tests.ideas.test_counting import ORGANISER, close, costs, counted, organisers, vote_often

__all__ = ["organisers"]


def _rows(client: Any, code: str) -> list[dict[str, Any]]:
    """A data set as a stranger reads it; the table and the JSON file tell the same."""
    rows = json.loads(client.get(f"/open-data/{code}.json").data)
    table = list(csv.DictReader(io.StringIO(client.get(f"/open-data/{code}.csv").text, newline="")))
    assert len(table) == len(rows)
    for line, row in zip(table, rows, strict=True):
        assert list(line) == list(row)
    schema = client.get(f"/open-data/{code}/schema.json").json["items"]["properties"]
    for row in rows:
        assert set(row) == set(schema)
        for name, value in row.items():
            kinds = {"integer": int, "string": str, "number": int | float}
            assert value is None or isinstance(value, kinds[schema[name]["type"][0]]), name
    return rows


def test_ideas_that_everybody_can_read(client, session) -> None:
    _key, edition, ideas = found_edition(session)
    session.execute(update(Idea).where(Idea.public_id == ideas[0]).values(
        author_id=77, signature="Ana Pop", endorsements=12, domain="SM"))  # fmt: skip
    session.execute(update(Idea).where(Idea.public_id == ideas[1]).values(state="draft"))
    session.execute(update(Idea).where(Idea.public_id == ideas[2]).values(hidden_reason="Insult"))
    session.commit()
    rows = {row["id"]: row for row in _rows(client, "ideas")}
    assert set(rows) == set(ideas) - {ideas[1], ideas[2]}
    first = rows[ideas[0]]
    assert (first["edition"], first["endorsements"], first["domain"]) == (edition, 12, "SM")
    assert first["state"] == "feasible"
    assert first["cost"] > 0
    assert "Ana Pop" not in client.get("/open-data/ideas.json").text


@pytest.mark.parametrize("hidden", [{"rehearsal": True}, {"state": "draft"}])
def test_rehearsals_and_drafts_are_not_published(client, session, hidden) -> None:
    found_edition(session)
    session.execute(update(Edition).values(**hidden))
    session.commit()
    assert _rows(client, "ideas") == []


def test_many_ideas_are_read_in_portions(session, monkeypatch) -> None:
    found_edition(session)
    found_edition(session)
    session.commit()
    monkeypatch.setattr("backend.ideas.queries.open_rows.AT_ONCE", 3)
    held = session.execute(select(func.count()).select_from(Idea)).scalar_one()
    found = [row["id"] for row in idea_rows(session)]
    assert len(found) == len(set(found)) == held


def test_results_stand_there_once_a_count_is_published(client, session, organisers) -> None:
    poll = hold_vote(session)
    at = costs(session, poll)
    vote_often(session, poll, [[at[40_000]]] * 3 + [[at[30_000]]] * 2)
    close(session, poll)
    count = counted(session, poll)
    assert _rows(client, "results") == []
    publish_count(session, ORGANISER, count)
    session.commit()
    rows = {row["number"]: row for row in _rows(client, "results")}
    assert set(rows) == set(at.values())
    best = rows[at[40_000]]
    assert (best["outcome"], best["votes"], best["cost"]) == ("won", 3, 40_000)
    assert rows[at[30_000]]["outcome"] == "lost"
    assert best["voters"] == 5
    assert best["count"] == count
    assert best["idea"] in poll.ideas


def test_deliveries_of_open_agreements_lead_to_their_records(client, session) -> None:
    _key, _edition, ideas = found_edition(session)
    session.execute(update(Idea).where(Idea.public_id == ideas[0]).values(state="winner"))
    for privacy in ("open", "internal"):
        terms = {**AGREEMENT, "privacy": privacy, "title": privacy}
        agreement, key = after.agree_on_data(session, SYSTEM, ideas[0], terms)
        after.deliver(session, agreement, key, "2026-05", _records())
    session.commit()
    (row,) = _rows(client, "deliveries")
    assert (row["title"], row["licence"], row["records"]) == ("open", "CC-BY-4.0", 2)
    assert client.get(row["address"]).json == _records()


def test_no_column_leads_to_a_person() -> None:
    names = {column.name for dataset in DATASETS for column in dataset.columns}
    assert not names & {"author", "author_id", "signature", "account", "who", "mark", "key"}


def test_the_catalogue_names_them_with_their_licence(client) -> None:
    told = client.get("/open-data/catalogue.ttl").text
    for dataset in DATASETS:
        assert f"/open-data/{dataset.code}.csv" in told
        assert "license" in client.get(f"/open-data/{dataset.code}.csv").headers["Link"]
