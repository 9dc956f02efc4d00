"""The jury on the desk: an organiser sets it up, jurors declare and judge, the result is read."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from backend.ideas.models.jury import Juror, JurorConflict, Jury, JuryScore
from tests.ideas.election import Browser, found_edition, make_person

FORM = {"name-0": "Use", "weight-0": "2", "name-1": "Cost", "weight-1": "1.5", "per_idea": "2",
        "lowest": "1", "highest": "10"}  # fmt: skip


class Court:
    """An organiser and three jurors before the pages of one edition's jury."""

    def __init__(self, app: Any, session: Any) -> None:
        self.session = session
        _key, self.edition, self.ideas = found_edition(session)
        _account, token = make_person(session, "olga@city.example", "organiser", kind="cookie")
        self.organiser = Browser(app, token)
        self.jurors = []
        for name in ("ada", "bo", "cy"):
            _account, token = make_person(session, f"{name}@city.example", "jury", kind="cookie")
            self.jurors.append(Browser(app, token))
        session.commit()
        self.desk = f"/console/jury/editions/{self.edition}"

    def set_up(self) -> str:
        """Criteria, and everybody who has the role is asked."""
        self.organiser.get(self.desk)
        assert self.organiser.post(f"{self.desk}/criteria", **FORM).status_code == 303
        while 'name="account"' in (page := self.organiser.get(self.desk).text):
            account = page.split('name="account"', 1)[1].split('<option value="', 1)[1][:16]
            sent = self.organiser.post(f"{self.desk}/jurors", account=account.split('"')[0])
            assert sent.status_code == 303
        jury = self.session.execute(select(Jury.public_id)).scalar_one()
        for juror in self.jurors:
            juror.get(f"/console/jury/{jury}")
        return jury

    def declare(self, jury: str) -> None:
        """Nobody but the first juror has a conflict."""
        for number, juror in enumerate(self.jurors):
            form = {f"conflict-{self.ideas[0]}": "family"} if number == 0 else {}
            sent = juror.post(f"/console/jury/{jury}/conflicts", complete="1", **form)
            assert sent.status_code == 303


@pytest.fixture
def court(app: Any, session: Any) -> Court:
    """An edition whose jury is not set up yet."""
    return Court(app, session)


def test_criteria_that_cannot_be_weighed_are_refused_and_kept_in_the_form(court: Court) -> None:
    court.organiser.get(court.desk)
    sent = court.organiser.post(f"{court.desk}/criteria", **{**FORM, "weight-1": "much"})
    assert sent.status_code == 422
    assert 'value="much"' in sent.text
    assert court.organiser.post(f"{court.desk}/criteria", per_idea="2", lowest="1",
                                highest="10").status_code == 422  # fmt: skip
    assert court.session.execute(select(Jury.id)).first() is None


def test_conflicts_come_first_and_need_a_word_that_they_are_complete(court: Court) -> None:
    jury = court.set_up()
    first = court.jurors[0]
    assert "Declare your conflicts" in first.get(f"/console/jury/{jury}").text
    address = f"/console/jury/{jury}/conflicts"
    assert first.post(address).status_code == 422
    assert court.organiser.post(f"{court.desk}/plan", seed="7").status_code == 409
    court.declare(jury)
    assert court.session.execute(select(JurorConflict.kind)).scalars().all() == ["family"]
    assert first.post(address, complete="1").status_code == 409
    assert court.organiser.post(f"{court.desk}/plan").status_code == 422  # no lot
    assert court.organiser.post(f"{court.desk}/plan", seed="7").status_code == 303
    assert "Idea 1<" not in first.get(f"/console/jury/{jury}").text
    score = f"/console/jury/{jury}/ideas/{court.ideas[0]}"
    assert first.get(score).status_code == 404
    assert court.organiser.get(f"/console/jury/{jury}").status_code == 404  # no seat


def test_from_the_first_mark_to_the_result(court: Court) -> None:
    jury = court.set_up()
    court.declare(jury)
    court.organiser.post(f"{court.desk}/plan", seed="7")
    assert "scores are missing" in court.organiser.get(court.desk).text
    assert court.organiser.post(f"{court.desk}/result").status_code == 409
    worth = {idea: 3 + number for number, idea in enumerate(court.ideas)}
    for juror in court.jurors:
        seen = juror.get(f"/console/jury/{jury}").text
        mine = [idea for idea in court.ideas if f"/ideas/{idea}" in seen]
        for idea in mine:
            address = f"/console/jury/{jury}/ideas/{idea}"
            assert juror.post(address, **{"mark-0": "5"}).status_code == 422
            top = juror.post(address, **{"mark-0": "10", "mark-1": "5"}, note="")
            assert top.status_code == 422  # the highest mark wants its reason
            mark = str(worth[idea])
            good = juror.post(address, **{"mark-0": mark, "mark-1": mark}, note="Sound")
            assert good.status_code == 303
        assert f"{len(mine)} of {len(mine)} ideas judged" in juror.get(f"/console/jury/{jury}").text
    assert len(court.session.execute(select(JuryScore.id)).all()) == 8
    assert court.organiser.post(f"{court.desk}/result").status_code == 303
    page = court.organiser.get(court.desk).text
    assert page.index("1. Idea 4") < page.index("2. Idea 3") < page.index("4. Idea 1")
    assert "Kendall" in page
    assert "<svg" in page
    assert page.count("Idea 4") >= 1 + len(court.jurors)  # wins without any one juror too
    score = court.jurors[0].get(f"/console/jury/{jury}/ideas/{court.ideas[3]}")
    assert 'name="mark-0"' not in score.text


def test_jurors_see_nothing_but_their_own_and_citizens_nothing(app: Any, court: Court) -> None:
    jury = court.set_up()
    juror = court.jurors[0]
    assert juror.get("/console/").headers["Location"].endswith("/console/jury")
    assert juror.get("/console/jury").status_code == 200
    assert juror.get(court.desk).status_code == 403
    assert juror.get("/console/inbox/triage").status_code == 403
    _account, token = make_person(court.session, "dan@example.org", kind="cookie")
    court.session.commit()
    assert Browser(app, token).get(f"/console/jury/{jury}").status_code == 403
    assert court.session.execute(select(Juror.id)).all() != []
