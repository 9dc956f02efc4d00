"""Pabulib files as cities wrote them, odd ones included; what cannot be read names its line."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.ideas.count import Rule, RuleError, count
from backend.ideas.count.pabulib import PabulibError, pabulib_text, read_pabulib, read_pabulib_text
from tests.ideas.count.inventing import elections


def written(kind="approval", meta="", projects="", votes="", header="voter_id;vote") -> str:
    return (
        f"META\nkey;value\nbudget;100\nvote_type;{kind}\n{meta}"
        f"PROJECTS\nproject_id;cost;category;neighborhood\n"
        f"{projects or '1;60;green;north'}\n2;50;;\nVOTES\n{header}\n{votes}"
    )


def choices(text: str) -> list[tuple[tuple[int, ...], tuple, int]]:
    found = read_pabulib_text(text).ballots
    return [(ballot.choices, ballot.points, count) for ballot, count in found]


def test_equal_ballots_are_kept_once_with_their_number() -> None:
    assert choices(written(votes="a;2,1\nb;1,2\nc;\n")) == [((0, 1), (), 2), ((), (), 1)]


def test_points_belong_to_the_project_in_the_same_place() -> None:
    text = written("cumulative", votes="a;2,1;3,2.5\n", header="voter_id;vote;points")
    assert choices(text)[0][:2] == ((1, 0), (3, 5 / 2))


def test_an_unlisted_project_gets_the_default_score() -> None:
    text = written("scoring", "default_score;-1\n", votes="a;2;4\n", header="voter_id;vote;points")
    assert choices(text) == [((1, 0), (4, -1), 1)]


def test_ranks_keep_their_order_and_one_choice_is_an_approval() -> None:
    assert choices(written("ordinal", votes="a;2,1\n")) == [((1, 0), (), 1)]
    assert read_pabulib_text(written("choose-1", votes="a;2\n")).kind == "approval"


def test_caps_stand_beside_their_names_or_apply_to_each() -> None:
    meta = "categories;green,play\nbudget_per_category;30,40.5\n"
    election = read_pabulib_text(written(meta=meta + "budget_per_neighborhood;70\n"))
    assert [(cap.kind, cap.name, float(cap.amount)) for cap in election.caps] == [
        ("category", "green", 30),
        ("category", "play", 40.5),
        ("area", "north", 70),
    ]


def test_caps_that_cannot_be_read_matter_only_to_a_rule_that_holds_them() -> None:
    election = read_pabulib_text(written(meta="categories;a,b\nbudget_per_category;1,2,3\n"))
    assert count(election, Rule()).selected == ("2",)
    with pytest.raises(RuleError, match="line 6: budget_per_category: 3 amounts for 2 names"):
        count(election, Rule(caps="hold"))


def test_odd_files_are_read_and_the_oddity_is_told() -> None:
    text = written(meta="num_votes;7\nrule: greedy\n", votes="a;1,1\n\na;2\n;;\n")
    election = read_pabulib_text("﻿".lstrip("﻿") + text.replace("\n", "\r\n"))
    assert election.voters == 2
    assert election.meta["rule"] == "greedy"
    assert len(election.notes) == 3


def test_a_name_may_hold_semicolons_quotes_and_line_breaks() -> None:
    text = written(votes="a;1\n").replace("category;n", "name;n")
    text = text.replace("1;60;green;north", '1;60;"A ""good""; idea\nfor all";north')
    election = read_pabulib_text(text)
    assert election.projects[0].name == 'A "good"; idea\nfor all'


@pytest.mark.parametrize(
    ("change", "line", "what"),
    [
        (("budget;100", "budget;much"), 3, "budget: 'much' is not a number"),
        (("vote_type;approval", "vote_type;guess"), 4, "vote_type 'guess'"),
        (("vote_type;approval\n", ""), 11, "META has no 'vote_type'"),
        (("2;50;;", "2;fifty;;"), 8, "cost of project '2'"),
        (("2;50;;", "1;50;;"), 8, "'1' stands twice"),
        (("2;50;;", "2;-50;;"), 8, "below zero"),
        (("2;50;;", "2"), 8, "has no cost"),
        (("b;2", "b;3"), 12, "no project has the id '3'"),
        (("b;2", "b;2;extra"), 12, "3 cells"),
        (("voter_id;vote", "voter_id;choice"), 10, "no column 'vote'"),
        (("VOTES\n", ""), 9, "'voter_id' has no cost|cost of project"),
        (("PROJECTS", "VOTES"), 5, "VOTES stand before PROJECTS"),
        (("META", "DATA"), 1, "does not begin with META"),
    ],
)
def test_what_cannot_be_read_names_its_line(change, line, what) -> None:
    text = written(votes="a;1\nb;2\n").replace(*change, 1)
    with pytest.raises(PabulibError, match=what) as caught:
        read_pabulib_text(text)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"line {line}: ")


def test_points_that_do_not_match_name_the_line() -> None:
    text = written("cumulative", votes="a;1,2;3\n", header="voter_id;vote;points")
    with pytest.raises(PabulibError, match="line 11: 2 projects, but 1 points"):
        read_pabulib_text(text)


def test_another_encoding_names_the_line(tmp_path) -> None:
    file = tmp_path / "old.pb"
    file.write_bytes(written().encode() + "a;Ż".encode("cp1250"))
    with pytest.raises(PabulibError, match="line 11: not UTF-8"):
        read_pabulib(file)


@given(elections())
def test_what_is_written_is_read_back_and_counts_the_same(election) -> None:
    again = read_pabulib_text(pabulib_text(election))
    assert (again.kind, again.budget, again.caps) == (
        election.kind,
        election.budget,
        election.caps,
    )
    assert [(p.id, p.cost, p.area, p.group) for p in again.projects] == [
        (p.id, p.cost, p.area, p.group) for p in election.projects
    ]
    assert dict(again.ballots) == dict(election.ballots)
    rule = Rule(name="points", caps="hold")
    assert count(again, rule).as_dict() == count(election, rule).as_dict()


@given(st.text(max_size=300), st.integers(0, 200))
def test_no_text_breaks_the_reader_in_any_other_way(noise, place) -> None:
    text = written(votes="a;1\n")
    with suppress(PabulibError):
        read_pabulib_text(text[:place] + noise + text[place:])


REAL_DATA = os.environ.get("VOX_REAL_DATA")


@pytest.mark.skipif(not REAL_DATA, reason="VOX_REAL_DATA names no folder with real elections")
def test_real_cities_come_to_the_same_winners() -> None:
    folder = Path(str(REAL_DATA)) / "pb"
    wieliczka = read_pabulib(folder / "poland_wieliczka_2023_green-budget.pb")
    official = {project.id for project in wieliczka.projects if project.facts["selected"] == "1"}
    found = count(wieliczka, Rule(name="equal-shares", completion="add1"))
    assert set(found.selected) == official
    amsterdam = read_pabulib(folder / "netherlands_amsterdam_643_.pb")
    assert count(amsterdam, Rule()).selected == ("44251",)
    assert count(amsterdam, Rule(name="phragmen")).selected == ("44250",)
