"""Feeds tell what changed, where, and nothing that is not public."""

from __future__ import annotations

from typing import Any

import pytest
from defusedxml import ElementTree
from flask.testing import FlaskClient

from backend.core.actor import SYSTEM
from backend.reports.service import Step, change_status, set_visibility
from tests.reports.conftest import HERE, TRIAGE

ATOM = "{http://www.w3.org/2005/Atom}"
POINT = "{http://www.georss.org/georss}point"


def _entries(client: FlaskClient, path: str) -> list[Any]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.data)
    for needed in ("id", "title", "updated"):
        assert feed.findtext(ATOM + needed)
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == "http://localhost" + path
    return feed.findall(ATOM + "entry")


def test_feeds_of_city_district_and_service(
    client: FlaskClient, city: Any, send: Any, session: Any
) -> None:
    west = send("A & <deep> hole \x0b", service="tree").public_id
    east = send("Dark lamp", service="other", place=(2.15, 54.75)).public_id
    hidden = send("Secret", service="tree").public_id
    set_visibility(session, SYSTEM, hidden, "hidden", "A name.")
    change_status(session, TRIAGE, west, Step("resolved", "Filled."))
    session.commit()
    ids = [
        e.findtext(ATOM + "id").rsplit("/", 1)[1] for e in _entries(client, "/feeds/reports.atom")
    ]
    assert ids[0] == west  # what changed last comes first
    assert {west, east} <= set(ids)
    assert hidden not in ids
    (entry,) = _entries(client, "/feeds/services/tree.atom")
    assert entry.findtext(POINT) == f"{HERE[1]:.6f} {HERE[0]:.6f}"
    assert "A & <deep> hole" in entry.findtext(ATOM + "summary")
    assert "Filled." in entry.findtext(ATOM + "summary")
    found = {e.findtext(ATOM + "id") for e in _entries(client, "/feeds/districts/east.atom")}
    assert f"http://localhost/reports/{east}" in found
    assert f"http://localhost/reports/{west}" not in found


def test_the_feed_of_a_report_tells_its_steps(
    client: FlaskClient, city: Any, send: Any, session: Any
) -> None:
    report = send(service="tree").public_id
    change_status(session, TRIAGE, report, Step("planned"))
    change_status(session, TRIAGE, report, Step("resolved", "The branch is gone."))
    session.commit()
    entries = _entries(client, f"/feeds/reports/{report}.atom")
    assert len(entries) == 3
    assert entries[0].findtext(ATOM + "summary") == "The branch is gone."
    assert len({e.findtext(ATOM + "id") for e in entries}) == 3


@pytest.mark.parametrize(
    "path", ["districts/none.atom", "services/abuse.atom", "services/none.atom", "reports/x.atom"]
)
def test_what_is_not_there_has_no_feed(client: FlaskClient, city: Any, path: str) -> None:
    assert client.get(f"/feeds/{path}").status_code == 404


def test_a_reader_that_has_it_is_told_so(client: FlaskClient, city: Any, send: Any) -> None:
    send()
    first = client.get("/feeds/reports.atom")
    again = client.get("/feeds/reports.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_pages_name_their_feeds(client: FlaskClient, city: Any, send: Any) -> None:
    report = send(service="tree").public_id
    for page, feed in (
        ("/reports", "/feeds/reports.atom"),
        ("/reports?district=west", "/feeds/districts/west.atom"),
        ("/reports?service=tree", "/feeds/services/tree.atom"),
        (f"/reports/{report}", f"/feeds/reports/{report}.atom"),
    ):
        text = client.get(page, headers={"Accept": "text/html"}).text
        assert 'rel="alternate" type="application/atom+xml"' in text
        assert f'href="{feed}"' in text
        assert client.get(feed).status_code == 200
