"""Requests as peers ask for them and send them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from backend.core.actor import SYSTEM
from backend.core.clock import utcnow
from backend.core.jobs import run_pending
from backend.open311.moments import written
from backend.reports.models import Report
from backend.reports.service import Step, change_status, set_visibility
from tests.open311.reading import make_key, picture, read
from tests.reports.conftest import HERE, TRIAGE

ROOT = "/open311/v2"
PLACE = {"lat": str(HERE[1]), "long": str(HERE[0])}
Post = Callable[..., Any]


@pytest.fixture
def post(client: FlaskClient, key: str) -> Post:
    """Send a report with the key."""

    def posting(form: str = "json", **fields: Any) -> Any:
        data = {"api_key": key, "service_code": "tree", "description": "A branch", **PLACE}
        return client.post(f"{ROOT}/requests.{form}", data=data | fields)

    return posting


def listed(client: FlaskClient, query: str = "") -> list[str]:
    answer = client.get(f"{ROOT}/requests.json?{query}")
    assert answer.status_code == 200, answer.text
    return [one["service_request_id"] for one in answer.json]


# Sending -----------------------------------------------------------------------------------


def test_a_report_comes_in_and_is_found_in_both_forms(client: FlaskClient, post: Post) -> None:
    answer = post(description="Ein Ast – <quer> & nass 🌳", address_string="Elm 5")
    assert answer.status_code == 200
    (told,) = answer.json
    assert "token" not in told
    path = f"{ROOT}/requests/{told['service_request_id']}"
    (found,) = client.get(path + ".json").json
    assert read(client.get(path + ".xml")) == [found]
    assert found["description"] == "Ein Ast – <quer> & nass 🌳"
    assert found["status"] == "open"
    assert found["address"] == "Elm 5"
    assert (found["lat"], found["long"]) == (HERE[1], HERE[0])
    assert found["service_code"] == "tree"
    assert "media_url" not in found


def test_a_report_takes_the_same_way_as_any_other(post: Post, session: Any, app: Flask) -> None:
    report = post(email="reporter@mail.example", first_name="Rhea", phone="+31 6 1").json[0]
    run_pending(session)
    row = session.query(Report).filter_by(public_id=report["service_request_id"]).one()
    assert row.channel == "open311"
    assert row.source.startswith("open311:")
    assert row.department_id is not None


def test_the_key_is_asked_for_first_and_may_stand_anywhere(
    client: FlaskClient, key: str, session: Any
) -> None:
    fields = {"service_code": "tree", **PLACE}
    path = f"{ROOT}/requests.json"
    for data in ({}, {"service_code": "none"}, fields | {"api_key": "wrong"}):
        refused = client.post(path, data=data)
        assert refused.status_code == 403
        assert "api_key" in refused.json[0]["description"]
    assert client.post(path + "?api_key=" + key, data=fields).status_code == 200
    bearer = {"Authorization": f"Bearer {key}"}
    assert client.post(path, data=fields, headers=bearer).status_code == 200
    foreign = {"Origin": "https://app.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post(path, data=fields | {"api_key": key}, headers=foreign).status_code == 200
    reads = make_key(session, ("read",), "Only reads")
    assert client.post(path, data=fields | {"api_key": reads}).status_code == 403


@pytest.mark.parametrize(
    ("fields", "status", "word"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "nothing"}, 404, "nothing"),
        ({"jurisdiction_id": "elsewhere"}, 404, "elsewhere"),
        ({"lat": "", "long": ""}, 400, "location"),
        ({"lat": "54.7", "long": ""}, 400, "together"),
        ({"lat": "north", "long": "2"}, 400, "lat"),
        ({"lat": "nan", "long": "2"}, 400, "lat"),
        ({"lat": "91", "long": "2"}, 400, "lat"),
        ({"lat": "0", "long": "0"}, 400, "0"),
        ({"lat": "10", "long": "10"}, 400, "Smallville"),
        ({"description": "x" * 4001}, 400, "4,000"),
        ({"description": "NUL\x00"}, 400, "description"),
        ({"email": "no address"}, 400, "email"),
        ({"service_code": "pothole"}, 400, "where required"),
        ({"service_code": "pothole", "attribute[where]": "sky"}, 400, "where"),
        (
            {"service_code": "pothole", "attribute[where]": "road", "attribute[lane]": "x"},
            400,
            "lane",
        ),
    ],
)
def test_what_is_wrong_is_named(post: Post, fields: dict[str, str], status: int, word: str) -> None:
    for form in ("json", "xml"):
        answer = post(form, **fields)
        assert answer.status_code == status, answer.text
        errors = read(answer)
        assert errors[0]["code"] == status
        assert word in errors[0]["description"]


def test_answers_come_in_every_spelling_and_others_are_kept(
    post: Post, client: FlaskClient, session: Any
) -> None:
    report = post(
        **{"service_code": "pothole", "attribute[where][]": ["road"], "attribute[lane]": "2\r\n",
           "attribute[easting]": "123456", "attribute[note][0]": "first", "media_url": "http://x/y.jpg"}
    ).json[0]["service_request_id"]  # fmt: skip
    row = session.query(Report).filter_by(public_id=report).one()
    assert row.answers == {
        "where": "road", "lane": 2, "easting": "123456", "note": "first",
        "media_url": "http://x/y.jpg",
    }  # fmt: skip
    (shown,) = client.get(f"{ROOT}/requests/{report}.json?extensions=true").json
    assert shown["attributes"] == [
        {"label": "Where?", "name": "Road", "value": "road", "code": "where"}
    ]
    assert "123456" not in client.get(f"{ROOT}/requests/{report}.json?extensions=true").text
    conditional = post(**{"service_code": "pothole", "attribute[where]": "road"})
    assert conditional.status_code == 200  # the question behind a condition is unknown outside


@pytest.mark.parametrize("part", ["media", "media[]", "photo1", "file_a", "anything"])
def test_a_photo_is_taken_under_any_name(post: Post, client: FlaskClient, part: str) -> None:
    report = post(**{part: (picture(), "p.jpg"), "note": (io.BytesIO(b"text"), "n.txt")}).json[0]
    path = f"{ROOT}/requests/{report['service_request_id']}.json"
    url = client.get(path).json[0]["media_url"]
    assert client.get(url.removeprefix("http://localhost")).mimetype == "image/jpeg"


def test_a_damaged_photo_is_refused_and_nothing_stored(post: Post, client: FlaskClient) -> None:
    broken = post(media=(io.BytesIO(b"\xff\xd8\xff\xe0 broken"), "p.jpg", "image/jpeg"))
    assert broken.status_code == 400
    assert broken.json[0]["description"].startswith("media: ")
    assert listed(client, "service_code=tree") == []


def test_a_form_without_files_and_with_a_bare_boundary(client: FlaskClient, key: str) -> None:
    edge = "===1700000000000==="
    fields = {"api_key": key, "service_code": "tree", "description": "From a phone\r\n", **PLACE}
    body = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    answer = client.post(
        f"{ROOT}//requests.json",
        data=f"{body}--{edge}--\r\n",
        content_type=f"multipart/form-data; boundary={edge}",
    )
    assert answer.status_code == 200, answer.text


def test_bytes_that_are_not_utf8(client: FlaskClient, key: str) -> None:
    fields = f"api_key={key}&service_code=tree&lat={PLACE['lat']}&long={PLACE['long']}"
    path, form = f"{ROOT}/requests.json", "application/x-www-form-urlencoded"
    for raw in (b"&description=caf%E9", b"&description=caf\xe9"):
        refused = client.post(path, data=fields.encode() + raw, content_type=form)
        assert refused.status_code == 400
        assert "UTF-8" in refused.json[0]["description"]
        told = client.post(
            path, data=fields.encode() + raw, content_type=form + "; charset=ISO-8859-1"
        )
        found = client.get(f"{ROOT}/requests/{told.json[0]['service_request_id']}.json").json
        assert found[0]["description"] == "café"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"service_code": "tree"}', "application/json"),
        (b"<request/>", "text/xml"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data"),
        (b"\xff\xfe\x00" * 50, "application/x-www-form-urlencoded"),
        (b"&".join(b"a=1" for _ in range(2000)), "application/x-www-form-urlencoded"),
        (b"description=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
    ],
)
@pytest.mark.parametrize("form", ["xml", "json"])
def test_broken_bodies_are_refused_in_form(
    client: FlaskClient, key: str, body: bytes, kind: str, form: str
) -> None:
    answer = client.post(f"{ROOT}/requests.{form}?api_key={key}", data=body, content_type=kind)
    assert 400 <= answer.status_code < 500
    assert read(answer)[0]["code"] == answer.status_code
    packed = client.post(
        f"{ROOT}/requests.{form}?api_key={key}", data=b"\x1f\x8b", content_type=kind,
        headers={"Content-Encoding": "gzip"},
    )  # fmt: skip
    assert packed.status_code == 400


def test_too_many_are_told_so_in_form(client: FlaskClient, session: Any, city: Any) -> None:
    from backend.accounts.service import create_api_key

    _id, key = create_api_key(session, SYSTEM, "Slow", scopes=("write",), rate="1 per hour")
    session.commit()
    data = {"api_key": key, "service_code": "tree", **PLACE}
    assert client.post(f"{ROOT}/requests.xml", data=data).status_code == 200
    answer = client.post(f"{ROOT}/requests.xml", data=data)
    assert answer.status_code == 429
    assert read(answer)[0]["code"] == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_sending_again_gives_the_same_again(client: FlaskClient, post: Post, session: Any) -> None:
    first = post(**{"attribute[fixmystreet_id]": "77"}).json[0]["service_request_id"]
    again = post(**{"attribute[fixmystreet_id]": "77", "description": "changed"})
    assert again.json[0]["service_request_id"] == first
    other = post(**{"attribute[fixmystreet_id]": "78"}).json[0]["service_request_id"]
    stranger = make_key(session, ("write",), "Another")
    third = post(**{"attribute[fixmystreet_id]": "77", "api_key": stranger})
    ids = {first, other, third.json[0]["service_request_id"]}
    assert len(ids) == 3
    assert set(listed(client, "service_code=tree")) == ids


def test_a_failed_sending_may_be_sent_again(post: Post) -> None:
    own = {"attribute[fixmystreet_id]": "5"}
    assert post(**own, lat="10").status_code == 400
    assert post(**own).status_code == 200


def test_a_batch_service_gives_a_token_and_the_token_the_id(
    client: FlaskClient, post: Post, session: Any
) -> None:
    from backend.open311.ways import set_way

    set_way(session, "tree", "batch")
    session.commit()
    told = post(**{"attribute[fixmystreet_id]": "9"}).json[0]
    assert "service_request_id" not in told
    assert post(**{"attribute[fixmystreet_id]": "9"}).json[0]["token"] == told["token"]
    found = client.get(f"{ROOT}/tokens/{told['token']}.json").json
    assert read(client.get(f"{ROOT}/tokens/{told['token']}.xml")) == found
    assert found[0]["token"] == told["token"]
    assert found[0]["service_request_id"] in listed(client)


def test_the_test_endpoint_checks_and_keeps_nothing(
    client: FlaskClient, post: Post, key: str
) -> None:
    data = {"api_key": key, "service_code": "tree", "media": (picture(), "p.jpg"), **PLACE}
    answer = client.post("/open311/test/v2/requests.json", data=data)
    assert answer.status_code == 200
    assert answer.json[0]["service_request_id"]
    data = {"api_key": key, "service_code": "pothole", **PLACE}
    assert client.post("/open311/test/v2/requests.json", data=data).status_code == 400
    assert listed(client, "service_code=tree") == []


# Asking ------------------------------------------------------------------------------------


@pytest.fixture
def aged(session: Any, send: Callable[..., Any]) -> Callable[..., str]:
    """A report of so many days ago."""

    def making(days: float, **rest: Any) -> str:
        report = send(**rest).public_id
        at = utcnow() - timedelta(days=days)
        values = {"created_at": at, "updated_at": at}
        session.execute(update(Report).where(Report.public_id == report).values(**values))
        session.commit()
        return report

    return making


def test_the_window_is_ninety_days_unless_ids_or_changes_are_asked_for(
    client: FlaskClient, city: Any, aged: Any
) -> None:
    young, old = aged(10, service="tree"), aged(120, service="tree")
    assert listed(client, "service_code=tree") == [young]
    assert listed(client, f"service_request_id={old},{young},none") == [young, old]
    assert listed(client, f"service_request_id={old}&status=closed&service_code=other") == [old]
    since = written(utcnow() - timedelta(days=200))
    assert set(listed(client, f"service_code=tree&updated_after={since}")) == {young, old}
    assert listed(client, f"service_code=tree&start_date={since}") == [old]
    until = written(utcnow() - timedelta(days=100))
    assert listed(client, f"service_code=tree&end_date={until}") == [old]
    both = f"start_date={since}&end_date={written(utcnow())}"
    assert client.get(f"{ROOT}/requests.xml?{both}").status_code == 400
    assert listed(client, "start_date=&end_date=&status=&service_code=tree") == [young]


def test_lists_of_filters_may_be_told_in_two_ways(
    client: FlaskClient, city: Any, send: Any, session: Any
) -> None:
    tree, pothole = (
        send(service="tree").public_id,
        send(service="pothole", answers={"where": "path"}).public_id,
    )
    change_status(session, TRIAGE, tree, Step("resolved", "Done."))
    session.commit()
    assert set(listed(client, "service_code=tree,pothole")) == {tree, pothole}
    assert set(listed(client, "service_code=tree&service_code=pothole")) == {tree, pothole}
    assert listed(client, "service_code=nothing") == []
    chosen = "service_code=tree,pothole"
    assert listed(client, f"{chosen}&status=closed") == [tree]
    assert set(listed(client, f"{chosen}&status=open,closed")) == {tree, pothole}
    assert listed(client, f"{chosen}&status=resolved") == [tree]
    assert client.get(f"{ROOT}/requests.json?status=lost").status_code == 400
    assert listed(client, f"{chosen}&agency_responsible=Roads") == [pothole]
    assert listed(client, f"{chosen}&sort=-updated")[0] == tree
    assert listed(client, "q=hole&service_code=tree") == [tree]


def test_places(client: FlaskClient, city: Any, send: Any) -> None:
    here, there = (
        send(service="tree").public_id,
        send(service="tree", place=(2.15, 54.75)).public_id,
    )
    nowhere = send(service="tree", place=None, address="Elm 5").public_id
    chosen = "service_code=tree"
    assert set(listed(client, f"{chosen}&lat=1&long=1")) == {here, there, nowhere}
    near = f"lat={HERE[1]}&long={HERE[0]}&radius=500"
    assert listed(client, f"{chosen}&{near}") == [here]
    assert listed(client, f"{chosen}&bbox=2.14,54.74,2.16,54.76") == [there]
    corners = "long_sw=2.14&lat_sw=54.74&long_ne=2.16&lat_ne=54.76"
    assert listed(client, f"{chosen}&{corners}") == [there]
    for wrong in ("bbox=1,2", "bbox=a,b,c,d", "lat=100", "radius=0&lat=1&long=1", "lat_sw=1"):
        assert client.get(f"{ROOT}/requests.json?{wrong}").status_code == 400
    (found,) = client.get(f"{ROOT}/requests/{nowhere}.json").json
    assert "lat" not in found
    assert "<lat>" not in client.get(f"{ROOT}/requests/{nowhere}.xml").text


def test_pages_hold_every_report_once_in_a_fixed_order(
    client: FlaskClient, city: Any, send: Any, session: Any
) -> None:
    sent = [send(service="tree").public_id for _ in range(7)]
    at = utcnow()
    session.execute(update(Report).where(Report.public_id.in_(sent)).values(created_at=at))
    session.commit()
    chosen = "service_code=tree"
    whole = listed(client, chosen)
    pages = [listed(client, f"{chosen}&page={n}&page_size=3") for n in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert [one for page in pages for one in page] == whole == sent[::-1]
    assert listed(client, f"{chosen}&page=0&page_size=3") == pages[0]
    assert listed(client, f"{chosen}&limit=2&offset=3") == whole[3:5]
    answer = client.get(f"{ROOT}/requests.json?{chosen}&page=2&page_size=3")
    assert answer.headers["X-Total-Count"] == "7"
    assert 'rel="next"' in answer.headers["Link"]
    for wrong in ("page=-1", "page_size=0", "page=x", "page_size=1.5", "sort=name"):
        assert client.get(f"{ROOT}/requests.json?{wrong}").status_code == 400
    assert listed(client, "page=99999999999&page_size=1000") == []


def test_what_is_not_public_is_nowhere(
    client: FlaskClient, city: Any, send: Any, session: Any
) -> None:
    secrets = [
        send("Secret canary", visibility="private").public_id,
        send("Secret canary", service="abuse").public_id,
        send("Secret canary").public_id,
    ]
    set_visibility(session, SYSTEM, secrets[2], "hidden", "It names somebody.")
    session.commit()
    everywhere = (
        "requests.json", "requests.xml?extensions=true", "requests.json?q=canary",
        f"requests.json?service_request_id={','.join(secrets)}", "requests.json?visibility=hidden",
        "bulk.csv", "bulk.json", "bulk.xml", "requests.json?updated_after=2020-01-01",
        "servicerequestupdates.json",
    )  # fmt: skip
    for path in everywhere:
        assert "canary" not in client.get(f"{ROOT}/{path}").text, path
    for report in secrets:
        assert client.get(f"{ROOT}/requests/{report}.json").status_code == 404


def test_a_closed_report_tells_when_and_why(
    client: FlaskClient, city: Any, send: Any, session: Any
) -> None:
    first, second = send().public_id, send().public_id
    change_status(session, TRIAGE, first, Step("resolved", "Filled with asphalt."))
    change_status(session, TRIAGE, second, Step("duplicate", duplicate_of=first))
    session.commit()
    (closed,) = client.get(f"{ROOT}/requests/{first}.json").json
    assert closed["status"] == "closed"
    assert closed["status_notes"] == "Filled with asphalt."
    (double,) = client.get(f"{ROOT}/requests/{second}.json").json
    assert double["status"] == "closed"
    assert double["status_notes"] == f"Duplicate request. {first}"
