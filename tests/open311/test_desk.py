"""An operator gives a partner a key, renews it and closes it; a partner reads how to begin."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from tests.console.conftest import Desk, Town, city, town  # noqa: F401 - fixtures

HOME = "/console/open311"
PLACE = {"lat": "45.05", "long": "25.05"}


def _send(client: FlaskClient, key: str) -> int:
    data = {"api_key": key, "service_code": "rubbish", "description": "A heap", **PLACE}
    return client.post("/open311/v2/requests.json", data=data).status_code


def _shown_key(desk: Desk) -> str:
    found = re.search(r"<code>(vox_[a-z0-9]+)</code>", desk.page)
    assert found, desk.page
    return found[1]


def _key_id(desk: Desk) -> str:
    found = re.search(r"/console/open311/keys/([a-z0-9]+)", desk.page)
    assert found
    return found[1]


def test_a_key_is_made_renewed_and_closed(city: Town, client: FlaskClient) -> None:  # noqa: F811
    desk = city.desk("administrator")
    desk.get(HOME)
    desk.send(HOME, 422, name="", scope="write", rate="600 per minute", lasting="")
    desk.send(HOME, 200, name="Neighbours", scope="write", rate="600 per minute", lasting="")
    first = _shown_key(desk)
    assert "no-store" in desk.response.headers["Cache-Control"]
    assert _send(client, first) == 200
    assert first not in desk.get(HOME)
    address = f"{HOME}/keys/{_key_id(desk)}"
    desk.send(address, 200, act="renew")
    second = _shown_key(desk)
    assert second != first
    assert _send(client, first) == _send(client, second) == 200  # both, for a week
    desk.get(HOME)
    desk.send(address, act="close")
    assert _send(client, first) == _send(client, second) == 403
    assert "closed" in desk.follow()


def test_a_key_that_only_reads_sends_nothing(city: Town, client: FlaskClient) -> None:  # noqa: F811
    desk = city.desk("administrator")
    desk.get(HOME)
    desk.send(HOME, 200, name="Reader", scope="read", rate="60 per minute", lasting="90")
    assert _send(client, _shown_key(desk)) == 403


def test_a_service_can_answer_with_a_token(city: Town, client: FlaskClient) -> None:  # noqa: F811
    desk = city.desk("administrator")
    desk.get(HOME)
    desk.send(f"{HOME}/ways", 422, service="nothing", way="batch")
    desk.send(f"{HOME}/ways", service="rubbish", way="batch")
    kinds = {s["service_code"]: s["type"] for s in client.get("/open311/v2/services.json").json}
    assert kinds == {"pothole": "realtime", "rubbish": "batch"}


def test_only_administrators_hand_out_keys(city: Town) -> None:  # noqa: F811
    city.desk("triage").get(HOME, 403)


def test_a_partner_reads_how_to_begin(client: FlaskClient, city: Town) -> None:  # noqa: F811
    page = client.get("/open311/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "/open311/discovery.json" in page.text
    assert "service_code=pothole" in page.text
