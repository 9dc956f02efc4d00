"""The competition's pages as people use them, without JavaScript, on both sides of the counter."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.ideas.chain import IDEA, Person, hold, person, proposed


@pytest.fixture
def edition(session: Any) -> str:
    return hold(session)


class Browser:
    """A signed-in person who opens pages and sends forms."""

    def __init__(self, who: Person) -> None:
        from backend.accounts.service.sessions import start_session
        from backend.core.db import db

        self.client = who.client.application.test_client()
        with self.client.application.app_context():
            token = start_session(db.session, who.account_id, "cookie", second_factor=True)
            db.session.commit()
            db.session.remove()
        self.client.set_cookie("vox", token)
        self._forget_others()
        page = self.client.get("/report").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, "every form carries its token"
        self.token = found[1]

    @staticmethod
    def _forget_others() -> None:
        """The context of the test outlives requests: what one browser left there is not another's."""
        from flask import g, has_app_context

        if has_app_context():
            g.pop("csrf_token", None)

    def open(self, path: str, status: int = 200) -> str:
        self._forget_others()
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:500])
        return str(answer.text)

    def send(self, path: str, status: int = 303, **form: Any) -> Any:
        self._forget_others()
        form["csrf_token"] = self.token
        answer = self.client.post(path, data=form)
        assert answer.status_code == status, (path, answer.status_code, _errors(answer.text))
        return answer


def _errors(html: str) -> list[str]:
    return re.findall(r'class="[^"]*error[^"]*"[^>]*>(.*?)</', html, re.DOTALL)[:8]


@pytest.fixture
def ana(app: Any, session: Any) -> Browser:
    return Browser(person(app, session, "ana"))


@pytest.fixture
def organiser(app: Any, session: Any) -> Browser:
    return Browser(person(app, session, "organiser", "organiser"))


def _write(browser: Browser, edition: str, **changes: Any) -> str:
    """Write an idea by its form and hand it in; its id."""
    started = browser.send(f"/competitions/editions/{edition}/ideas")
    idea = started.headers["Location"].split("/")[-2]
    form = {k: v for k, v in IDEA.items() if k != "estimate"}
    form |= {"what": ["bench", ""], "number": ["12", ""], "price": ["900,50", ""], "do": "propose"}
    browser.send(f"/competitions/ideas/{idea}/write", **{**form, **changes})
    return str(idea)


def test_an_idea_is_written_in_one_flow_and_read_by_everybody(
    client: Any, edition: str, ana: Browser
) -> None:
    assert "Propose an idea" in ana.open("/competitions/")
    ana.open(f"/competitions/editions/{edition}/ideas/new")
    idea = _write(ana, edition)
    page = client.get(f"/competitions/ideas/{idea}").text
    assert IDEA["title"] in page
    assert "€10,806" in page
    for view in ("cards", "list", "map"):
        listed = client.get(f"/competitions/editions/{edition}/ideas?view={view}")
        assert IDEA["title"] in listed.text
    points = client.get(f"/competitions/editions/{edition}/points.json").json
    assert points["type"] == "FeatureCollection"


def test_an_unfinished_idea_stays_saved_and_says_what_is_missing(
    edition: str, ana: Browser
) -> None:
    started = ana.send(f"/competitions/editions/{edition}/ideas")
    path = started.headers["Location"]
    refused = ana.send(path, 422, title="Benches", do="propose")
    assert "Describe the idea in a few sentences." in refused.text
    assert 'value="Benches"' in ana.open(path)
    kept = ana.send(path, 200, title="Benches by the quay", do="auto")
    assert kept.json["saved"] is True
    assert 'value="Benches by the quay"' in ana.open(path)


def test_who_is_not_signed_in_is_led_to_sign_in(client: Any, edition: str) -> None:
    answer = client.get(f"/competitions/editions/{edition}/ideas/new")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")


def test_readers_endorse_comment_and_compare(
    app: Any, session: Any, client: Any, edition: str, ana: Browser
) -> None:
    one = _write(ana, edition)
    two = _write(ana, edition, title="Trees along the canal")
    ben = Browser(person(app, session, "ben"))
    ben.send(f"/competitions/ideas/{one}/endorse")
    ben.send(f"/competitions/ideas/{one}/comments", comment="Where is the shade?", side="against")
    page = ben.open(f"/competitions/ideas/{one}?done=endorsed")
    assert "Take my endorsement back" in page
    assert "Where is the shade?" in page
    own = ana.send(f"/competitions/ideas/{one}/endorse", 422)
    assert "does not endorse its own" in own.text
    compared = client.get(f"/competitions/editions/{edition}/compare?pick={one}&pick={two}")
    assert IDEA["title"] in compared.text
    assert "Trees along the canal" in compared.text


def test_a_changed_idea_shows_what_changed(client: Any, edition: str, ana: Browser) -> None:
    idea = _write(ana, edition)
    form = {k: v for k, v in IDEA.items() if k != "title"}
    ana.send(f"/competitions/ideas/{idea}/write", title="Ten benches along the canal",
             note="Twelve were too many", do="revise", **form)  # fmt: skip
    page = client.get(f"/competitions/ideas/{idea}/versions").text
    assert "<ins>" in page
    assert "Twelve were too many" in page


def test_a_problem_is_outlined_and_supported(edition: str, ana: Browser) -> None:
    sent = ana.send(f"/competitions/editions/{edition}/problems", title="Dark park",
                    text="The park is too dark to cross after six.", groups="students, shift workers")  # fmt: skip
    path = sent.headers["Location"].partition("?")[0]
    ana.send(f"{path}/support", affected="1")
    ana.send(f"{path}/evidence", text="Two lamps of ten work here.")
    page = ana.open(path)
    assert "shift workers" in page
    assert "Two lamps of ten work here." in page
    assert "Take my support back" in page


def test_an_invitation_is_opened_and_accepted(
    app: Any, session: Any, edition: str, ana: Browser
) -> None:
    idea = _write(ana, edition)
    sent = ana.send(f"/competitions/ideas/{idea}/invite", role="co_author")
    secret = re.search(r"invited=([0-9a-z]+)", sent.headers["Location"])[1]
    ben = Browser(person(app, session, "ben"))
    assert IDEA["title"] in ben.open(f"/competitions/invitations/{secret}")
    ben.send(f"/competitions/invitations/{secret}", answer="yes", signature="Ben")
    assert "Change the idea" in ben.open(f"/competitions/ideas/{idea}")


def test_the_desk_runs_the_calendar_and_reads_what_is_missing(
    client: Any, session: Any, edition: str, organiser: Browser
) -> None:
    page = organiser.open(f"/console/competitions/{edition}")
    assert "Choose the rule by which votes are counted." in page
    from tests.ideas.chain import phase_id

    outline, vote = (phase_id(session, edition, kind) for kind in ("outline", "vote"))
    reason = "A holiday fell into the week."
    refused = organiser.send(
        f"/console/competitions/{edition}/phases/{outline}", 422, do="suspend", reason="no"
    )
    assert "everybody will read it" in refused.text
    organiser.send(f"/console/competitions/{edition}/phases/{outline}", do="suspend", reason=reason)
    assert reason in client.get(f"/competitions/editions/{edition}").text
    early = organiser.send(f"/console/competitions/{edition}/phases/{vote}", 409, do="open")
    assert "Its dates say otherwise" in early.text
    organiser.open("/console/competitions")
    copied = organiser.send("/console/competitions", copy=edition, year="2027")
    assert "Voice 2027" in organiser.open(copied.headers["Location"])


def test_the_desk_asks_a_department_which_answers_and_everybody_reads(
    app: Any, session: Any, client: Any, edition: str, organiser: Browser, ana: Browser
) -> None:
    idea = _write(ana, edition)
    for name in ("ben", "cleo"):
        Browser(person(app, session, name)).send(f"/competitions/ideas/{idea}/endorse")
    assert IDEA["title"] in organiser.open(f"/console/competitions/{edition}/checks")
    organiser.send(f"/console/competitions/ideas/{idea}/ask", department="roads")
    from backend.city.queries import department_by_code

    roads = department_by_code(session, "roads")
    staff = Browser(person(app, session, "staff", department=roads.id))
    page = staff.open(f"/console/competitions/ideas/{idea}")
    check = re.search(r"/checks/([0-9a-z]{16})", page)[1]
    path = f"/console/competitions/ideas/{idea}/checks/{check}"
    short = staff.send(path, 422, outcome="feasible", cost="21000", finding="ok")
    assert "Write the reason" in short.text
    staff.send(path, outcome="feasible", cost="21.000", finding="The quay is ours and wide enough.")
    page = client.get(f"/competitions/ideas/{idea}").text
    assert "The quay is ours and wide enough." in page
    assert "€21,000" in page


def test_flagged_comments_wait_for_a_person(
    app: Any, session: Any, client: Any, edition: str, organiser: Browser
) -> None:
    ana = person(app, session, "ana")
    idea = proposed(ana, edition)
    ben = person(app, session, "ben")
    said = ben.post(f"/ideas/{idea}/comments", {"text": "Rude words"}).json["id"]
    Browser(ana).send(f"/competitions/ideas/{idea}/comments/{said}/judge", value="flag")
    assert "Rude words" in client.get(f"/competitions/ideas/{idea}").text
    assert "Rude words" in organiser.open(f"/console/competitions/{edition}/moderation")
    organiser.send(
        f"/console/competitions/{edition}/comments/{said}", do="hide", reason="It insults people."
    )
    page = client.get(f"/competitions/ideas/{idea}").text
    assert "Rude words" not in page


def test_citizens_do_not_open_the_desk(edition: str, ana: Browser) -> None:
    ana.open(f"/console/competitions/{edition}", 403)
