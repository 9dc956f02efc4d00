"""Every page of the desk against every role, from the policy table itself."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from backend.core.policy import tables
from tests.console.conftest import Town

ROLES = ("anonymous", "citizen", "department", "triage", "jury", "organiser", "administrator")


def pages(app: Flask) -> list[tuple[str, str, str]]:
    """Every address of the desk: method, address, the action that its view names."""
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/console"):
            continue
        action = app.view_functions[rule.endpoint].vox_action
        found += [(m, rule.rule, action) for m in (rule.methods or set()) & {"GET", "POST"}]
    return sorted(found)


def allowed(action: str) -> frozenset[str]:
    """Who may do this on the desk, as the table says; one's own report is no desk's matter."""
    rules = next(table.rules[action] for table in tables().values() if action in table.rules)
    at_work = {relation: roles for relation, roles in rules.items() if relation != "own"} or rules
    return frozenset().union(*at_work.values())


@pytest.mark.parametrize("role", ROLES)
def test_every_page_opens_for_whom_the_table_names_and_for_nobody_else(
    city: Town, role: str
) -> None:
    report_id = city.tell("Deep pothole in the road beside the bridge", service="pothole")
    known = {
        "<view>": "triage", "<report_id>": report_id, "<photo_id>": "0" * 16,
        "<grant_id>": "0" * 16,
    }  # fmt: skip
    desk = None
    if role != "anonymous":
        roles = () if role == "citizen" else (role,)
        desk = city.desk(*roles, department="roads" if role == "department" else None)
    client = desk.client if desk else city.app.test_client()
    token = None
    for address in ("/console/people", "/console/prove", "/sign-in"):
        seen = client.get(address, headers={"Accept": "text/html"}).get_data(as_text=True)
        token = token or re.search(r'name="csrf_token" value="([^"]+)"', seen)
    wrong = []
    for method, rule, action in pages(city.app):
        # One of a few words stands in the rule itself; anything else is a code nobody has.
        worded = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule)
        address = re.sub(r"<[^>]+>", lambda m: known.get(m[0], "0" * 16), worded)
        if method == "POST" and token is None:
            continue
        data = {"csrf_token": token[1], "version": "1", "digits": "1"} if token else {}
        answer = client.open(address, method=method, data=data if method == "POST" else None,
                             headers={"Accept": "text/html"})  # fmt: skip
        refused = answer.status_code == 403 or (
            answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
        )
        if refused == (role in allowed(action)) or answer.status_code >= 500:
            wrong.append(f"{role}: {method} {address} ({action}) answered {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_second_factor_comes_first(city: Town) -> None:
    from backend.accounts import service
    from backend.accounts.queries import find_account_by_email

    city.actor("triage", name="Half")

    def half(s: object) -> str:
        found = find_account_by_email(s, "half@city.example")
        return service.start_session(s, found.id, "cookie", second_factor=False)

    client = city.app.test_client()
    client.set_cookie("vox", city.work(half))
    answer = client.get("/console/inbox/triage", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=")


def test_a_forged_form_is_refused(city: Town) -> None:
    report_id = city.tell("Deep pothole in the road beside the bridge", service="pothole")
    desk = city.desk("triage")
    answer = desk.client.post(f"/console/reports/{report_id}/note", data={"text": "Forged"})
    assert answer.status_code == 403
