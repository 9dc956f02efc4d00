"""`vox tally` from a terminal."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from backend.cli.tally import tally

FILE = """META
key;value
budget;100
vote_type;approval
PROJECTS
project_id;cost;name
a;70;Trees
b;50;Benches
c;30;Lamps
VOTES
voter_id;vote
1;a,b,c
2;a,b
3;a
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.pb"
    path.write_text(FILE)
    return str(path)


def run(*arguments):
    return CliRunner().invoke(tally, list(arguments))


def test_json_has_the_keys_that_were_promised(file) -> None:
    result = json.loads(run(file, "--rule", "votes", "--leftover", "partial", "--json").stdout)
    assert list(result) == ["selected", "partly", "spent", "rounds", "projects"]
    assert result["selected"] == ["a"]
    assert result["partly"] == {"id": "b", "amount": 30}
    assert result["spent"] == 100
    assert list(result["projects"]["c"]) == ["votes", "points", "cost", "outcome", "why", "lacked"]


@pytest.mark.parametrize(
    "options",
    [
        ("--rule", "points", "--caps", "hold-then-fill", "--min-support", "votes:1"),
        ("--rule", "equal-shares", "--completion", "add1", "--exhaustive-stop", "--exact"),
        ("--rule", "equal-shares", "--utility", "cardinality", "--completion", "votes"),
        ("--rule", "phragmen", "--tie", "votes,lot:4711", "--min-support", "cost-share:1/3"),
    ],
)
def test_every_option_is_understood(file, options) -> None:
    found = run(file, *options, "--json")
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["selected"]


def test_a_person_reads_who_won_and_why(file) -> None:
    found = run(file, "--rule", "votes")
    assert "Its cost did not fit the 30 left when its turn came." in found.output


@pytest.mark.parametrize(
    "options",
    [
        ("--rule", "votes", "--tie", "lot"),
        ("--rule", "votes", "--tie", "luck"),
        ("--rule", "votes", "--completion", "add1"),
        ("--rule", "votes", "--min-support", "votes:some"),
        ("--rule", "majority"),
        (),
    ],
)
def test_a_rule_that_cannot_be_ends_with_a_sentence(file, options) -> None:
    found = run(file, *options)
    assert found.exit_code == 2
    assert "Traceback" not in found.output


def test_a_broken_file_names_its_line(file, tmp_path) -> None:
    broken = tmp_path / "broken.pb"
    broken.write_text(FILE.replace("3;a", "3;z"))
    found = run(str(broken), "--rule", "votes")
    assert found.exit_code == 2
    assert "line 14: no project has the id 'z'" in found.output
