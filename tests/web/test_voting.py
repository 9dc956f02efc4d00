"""A resident votes on the pages, without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.ideas.election import Browser, hold_vote, make_person


@pytest.fixture
def resident(app: Any, session: Any) -> Browser:
    """A resident's browser."""
    _account, token = make_person(session, "ana@example.org", kind="cookie")
    session.commit()
    return Browser(app, token)


@pytest.mark.parametrize(
    ("ballot", "form", "shown"),
    [
        ({"kind": "approval", "maximum": 2}, {"choices": ["1", "3"]}, 2),
        ({"kind": "points", "points": 5}, {"n1": "3", "n2": "2"}, 2),
        ({"kind": "ranked", "maximum": 3}, {"n2": "1", "n4": "2"}, 2),
    ],
)
def test_ballot_check_receipt_and_finding_it(session, resident, ballot, form, shown) -> None:
    poll = hold_vote(session, ballot={**ballot, "lot_source": "x"})
    address = f"/votes/{poll.vote}"
    assert "You have not voted yet" in resident.get(address).text
    check = resident.post(address, **form)
    assert "It is not cast yet" in check.text
    assert check.text.count('<li><span class="choice-list__title"') == shown
    done = resident.post(f"{address}/cast", **form)
    assert "You have voted" in done.text
    receipt = re.search(r"receipt__code[^>]*>([^<]+)<", done.text)[1]
    found = resident.post(f"{address}/receipt", receipt=receipt.upper())
    assert "Your ballot is in the box" in found.text
    assert "You have voted" in resident.get(address).text
    assert receipt in resident.get(f"{address}/mine").text


def test_a_wrong_ballot_keeps_what_was_chosen(session, resident) -> None:
    poll = hold_vote(session, ballot={"kind": "approval", "maximum": 1, "lot_source": "x"})
    resident.get(f"/votes/{poll.vote}")
    page = resident.post(f"/votes/{poll.vote}", choices=["1", "2"])
    assert page.status_code == 422
    assert page.text.count(" checked") == 2
    assert "exactly one idea" in page.text


def test_a_stranger_reads_and_is_asked_to_sign_in(app, session) -> None:
    poll = hold_vote(session)
    stranger = Browser(app)
    assert "Sign in to vote" in stranger.get(f"/votes/{poll.vote}").text
    assert stranger.post(f"/votes/{poll.vote}", choices=["1"]).status_code == 303
