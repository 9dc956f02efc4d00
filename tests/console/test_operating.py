"""The operator's pages: people, jobs, letters, classifier, city, audit, health."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyotp
from sqlalchemy import text as sql

from backend.accounts import service as accounts
from backend.accounts.queries import find_account_by_email, role_grants
from backend.classification import promotion
from backend.core import jobs
from backend.core.clock import utcnow
from backend.core.ledger import entries_of
from tests.console.conftest import Desk, Town


def grants(city: Town, email: str) -> list[str]:
    """The roles that the holder of an address has."""

    def held(s: Any) -> list[str]:
        found = find_account_by_email(s, email)
        return [g["role"] for g in role_grants(s, found.public_id, None, 50)] if found else []

    return city.work(held)


def test_inviting_and_taking_a_role_away(city: Town) -> None:
    desk = city.desk("administrator")
    assert "Administrator" in desk.get("/console/people")
    who = {"email": "new@city.example", "name": "Nia New"}
    desk.send("/console/people", 422, **who, role="department")
    assert "Say which department" in desk.page
    assert "Nia New" in desk.page
    desk.send("/console/people", **who, role="department", department="roads")
    page = desk.follow()
    assert "Nia New" in page
    assert "Department · Roads" in page
    assert grants(city, "new@city.example") == ["department"]
    account = city.work(lambda s: find_account_by_email(s, "new@city.example"))
    told = city.work(lambda s: entries_of(s, "accounts", account.public_id))
    assert {"role_granted", "invited"} <= {entry["action"] for entry in told}
    waiting = city.work(lambda s: s.execute(sql("select count(*) from pending_letter")).scalar())
    assert waiting == 1
    held = re.findall(r'people/(\w{16})/revoke.*?sr-only"> [^<]*, ([^<]+)<', page, re.DOTALL)
    mine = next(grant for grant, name in held if name == "Nia New")
    desk.send(f"/console/people/{mine}/revoke")
    assert grants(city, "new@city.example") == []


def test_the_last_administrator_stays(city: Town) -> None:
    desk = city.desk("administrator")
    page = desk.get("/console/people")
    row = re.search(r"people/(\w{16})/revoke", page)
    assert row
    desk.send(f"/console/people/{row[1]}/revoke", 409)
    assert "This is the last administrator." in desk.page


def test_a_role_is_granted_only_shortly_after_a_proof(city: Town) -> None:
    secret = pyotp.random_base32(32)
    desk = city.desk("administrator")
    city.work(
        lambda s: accounts.make_demo_account(
            s, "administrator@city.example", "Administrator", (), totp_secret=secret
        )
    )
    long_ago = utcnow() - timedelta(hours=1)
    city.work(lambda s: _age_proof(s, long_ago))
    desk.get("/console/people")
    new = {"email": "new@city.example", "name": "New", "role": "triage"}
    desk.send("/console/people", **new, back="/console/people")
    assert desk.response.headers["Location"] == "/console/prove?next=%2Fconsole%2Fpeople"
    desk.follow()
    desk.send("/console/prove", 422, digits="000000", next="/console/people")
    assert "These digits do not fit" in desk.page
    desk.send("/console/prove", digits=pyotp.TOTP(secret).now(), next="/console/people")
    desk.follow()
    desk.send("/console/people", **new)
    assert grants(city, "new@city.example") == ["triage"]


def _age_proof(s: Any, moment: Any) -> None:
    plain = moment if s.get_bind().dialect.name == "postgresql" else moment.replace(tzinfo=None)
    s.execute(sql("update account_session set proven_at = :m"), {"m": plain})


def dead_job(city: Town, name: str, payload: dict[str, Any]) -> int:
    """A job that failed for the last time."""

    def make(s: Any) -> int:
        jobs.enqueue(s, name, payload)
        s.execute(
            sql("update job set state = 'dead', attempts = 9, error = 'OSError' where name = :n"),
            {"n": name},
        )
        return int(s.execute(sql("select max(id) from job")).scalar())

    return city.work(make)


def test_a_dead_job_is_seen_and_tried_again(city: Town) -> None:
    number = dead_job(city, "core.seal_ledger", {"slot": 1})
    desk = city.desk("administrator")
    assert "1 job" in desk.get("/console/").replace("One job", "1 job")
    assert "core.seal_ledger" in desk.get("/console/jobs")
    desk.send("/console/jobs/requeue", 404, job="999999")
    desk.get("/console/jobs")
    desk.send("/console/jobs/requeue", job=str(number))
    assert city.work(jobs.counts) == {"waiting": 1}
    told = city.work(lambda s: entries_of(s, "operations", f"job-{number}"))
    assert [entry["action"] for entry in told] == ["requeued"]
    desk.get("/console/jobs")
    desk.send("/console/jobs/requeue")
    assert "No job is dead." in desk.follow()


def test_a_letter_that_failed_shows_its_address_in_part(city: Town) -> None:
    from backend.core.mail import Letter, send_later

    def write(s: Any) -> None:
        send_later(s, Letter(to="ana@mail.example", subject="Hello", text="Hello"))
        s.execute(sql("update job set state = 'dead', attempts = 11, error = 'OSError at send:1'"))

    city.work(write)
    desk = city.desk("administrator")
    page = desk.get("/console/letters")
    assert "a…@mail.example" in page
    assert "ana@mail.example" not in page
    job = re.search(r'name="job" value="(\d+)"', page)
    assert job
    desk.send("/console/jobs/requeue", job=job[1], **{"from": "letters"})
    assert "Every letter went out" not in desk.follow() or city.work(jobs.counts) == {"waiting": 1}


def test_the_classifier_says_how_it_does(city: Town) -> None:
    report_id = city.tell("Deep pothole in the road beside the bridge")
    clerk = city.desk("triage")
    clerk.get(f"/console/reports/{report_id}")
    clerk.send(f"/console/reports/{report_id}/place", component="MI2")
    page = city.desk("administrator").get("/console/classifier")
    assert "decisions by people" in page
    assert "Right domain" in page


def test_a_candidate_is_promoted_and_rolled_back_on_its_page(city: Town) -> None:
    city.work(lambda s: (promotion.register(s, promotion.shipped_folder(), {}), s.commit()))
    admin = city.desk("administrator")
    version = re.search(r'name="version" value="([^"]+)"', admin.get("/console/classifier"))
    assert version
    admin.send("/console/classifier/promote", version=version[1])
    assert "runs now" in admin.get("/console/classifier")
    admin.send("/console/classifier/rollback")
    assert "Rolled back" in admin.get("/console/classifier")
    city.desk("triage").send("/console/classifier/rollback", 403)


def test_the_city_its_health_and_the_history_are_shown(city: Town) -> None:
    report_id = city.tell("Deep pothole in the road beside the bridge", service="pothole")
    desk: Desk = city.desk("administrator")
    page = desk.get("/console/city")
    assert "smallville" in page
    assert "Pothole" in page
    assert "Database" in desk.get("/console/health")
    page = desk.get(f"/console/audit?subject={report_id[:4]}-{report_id[4:].upper()}")
    assert "submitted" in page
    assert "Deep pothole" not in page, "what a report says is read on its own page"
    assert "Nothing is known of this number" in desk.get("/console/audit?subject=nobody")
