"""Follows, preferences, news and the end of letters over HTTP."""

import re

import pytest

from backend.core.jobs import run_pending
from backend.notifications import service
from backend.notifications.messages import Recipient
from backend.notifications.models import Delivery
from tests.notifications.news import tell

SEEN, UNSEEN = "v123456789abcdef", "0123456789abcdef"
OPEN = ("/api/v1/push/key", "/api/v1/unsubscribe/x")


@pytest.mark.parametrize("path", ["follows", "preferences", "news"])
def test_a_stranger_has_no_news(client, path):
    assert client.get(f"/api/v1/me/{path}").status_code == 401


def test_follow_list_and_unfollow(client, person):
    ana, ben = person("ana"), person("ben")
    body = {"kind": "thing", "id": SEEN}
    for _ in range(2):
        answer = client.post("/api/v1/me/follows", json=body, headers=ana.headers)
        assert answer.status_code == 201
    assert answer.json["title"] == f"Thing {SEEN}"
    for other in ({"kind": "thing", "id": UNSEEN}, {"kind": "secret", "id": SEEN}):
        refused = client.post("/api/v1/me/follows", json=other, headers=ana.headers)
        assert refused.status_code in (404, 422)
    (item,) = client.get("/api/v1/me/follows", headers=ana.headers).json["items"]
    assert (item["kind"], item["id"], item["link"]) == ("thing", SEEN, f"/things/{SEEN}")
    assert client.get("/api/v1/me/follows", headers=ben.headers).json["items"] == []
    path = f"/api/v1/me/follows/thing/{SEEN}"
    assert client.delete(path, headers=ben.headers).status_code == 404
    assert client.delete(path, headers=ana.headers).status_code == 204
    assert client.delete(path, headers=ana.headers).status_code == 404


def test_follows_and_news_come_in_pages(client, session, person):
    ana = person("ana")
    for number in range(5):
        service.follow(session, ana.actor, "thing", f"v{number}")
        tell(session, Recipient.account(ana.id), key=f"e{number}")
    session.commit()
    for path in ("follows", "news"):
        link, found = f"/api/v1/me/{path}?limit=2", []
        while link:
            page = client.get(link, headers=ana.headers).json
            found += [item["id"] for item in page["items"]]
            link = page["next"]
        assert len(found) == len(set(found)) == 5


def test_preferences_need_the_version_that_was_read(client, person):
    ana = person("ana")
    path = "/api/v1/me/preferences"
    first = client.get(path, headers=ana.headers)
    assert first.json["digest"] == "none"
    assert first.json["quiet_hours"] == {"from": "22:00", "until": "07:00"}
    topics = {topic["topic"]: topic["channels"] for topic in first.json["topics"]}
    assert topics["test.mine"] == ["push", "mail"]
    assert topics["test.followed"] == ["push"]
    change = {
        "digest": "weekly",
        "quiet_hours": None,
        "letters": False,
        "topics": [{"topic": "test.mine", "channels": ["mail"]}],
    }
    assert client.patch(path, json=change, headers=ana.headers).status_code == 428
    tagged = ana.headers | {"If-Match": first.headers["ETag"]}
    done = client.patch(path, json=change, headers=tagged)
    assert done.status_code == 200
    assert client.patch(path, json=change, headers=tagged).status_code == 412
    now = client.get(path, headers=ana.headers)
    assert now.json == done.json
    assert (now.json["digest"], now.json["quiet_hours"], now.json["letters"]) == (
        "weekly",
        None,
        False,
    )
    again = ana.headers | {"If-Match": now.headers["ETag"]}
    kept = client.patch(path, json={"letters": True}, headers=again).json
    assert (kept["digest"], kept["letters"]) == ("weekly", True)


@pytest.mark.parametrize(
    "change",
    [
        {"digest": "hourly"},
        {"quiet_hours": {"from": "25:00", "until": "07:00"}},
        {"quiet_hours": {"from": "22:00"}},
        {"quiet_hours": {"from": "22:00\n", "until": "07:00"}},
        {"topics": [{"topic": "no.such", "channels": []}]},
        {"topics": [{"topic": "test.mine", "channels": ["pigeon"]}]},
        {"surprise": 1},
        {"letters": "maybe"},
    ],
)
def test_preferences_that_mean_nothing(client, person, change):
    headers = person("ana").headers | {"If-Match": '"0"'}
    answer = client.patch("/api/v1/me/preferences", json=change, headers=headers)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_news_is_read_and_marked(client, session, person):
    ana, ben = person("ana"), person("ben")
    for number in range(3):
        tell(session, Recipient.account(ana.id), key=f"e{number}")
    items = client.get("/api/v1/me/news", headers=ana.headers).json["items"]
    assert items[0]["title"] == "An answer on Broken lamp"
    assert items[0]["subject_id"] == "r1"
    path, ids = "/api/v1/me/news/read", {"ids": [items[0]["id"]]}
    assert client.post(path, json=ids, headers=ben.headers).json == {"marked": 0}
    assert client.post(path, json=ids, headers=ana.headers).json == {"marked": 1}
    unread = client.get("/api/v1/me/news?unread=true", headers=ana.headers).json["items"]
    assert len(unread) == 2
    assert client.post(path, json={}, headers=ana.headers).json == {"marked": 2}


def test_the_push_key(client):
    key = client.get("/api/v1/push/key").json["key"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{87}", key)


def secret_of(app) -> str:
    """The secret in the last letter that was written."""
    (path,) = (app.config["VOX"].data_dir / "mail").glob("*.eml")
    found = re.search(rb"/api/v1/unsubscribe/([0-9a-z]{26})>", path.read_bytes())
    path.unlink()
    return found.group(1).decode()


def test_letters_end_with_one_tap(app, client, session):
    ana, ben = Recipient.address("ana@a.example"), Recipient.address("ben@a.example")
    tell(session, ana)
    run_pending(session)
    secret = secret_of(app)
    path = f"/api/v1/unsubscribe/{secret}"
    look = client.get(path)
    assert look.status_code == 302
    assert look.headers["Location"] == f"/unsubscribe/{secret}"
    assert not service.stop_link(session, secret).stopped, "looking changes nothing"
    session.rollback()
    for _ in range(2):
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.json == {"stopped": True, "kind": "report", "id": "r1"}
    tell(session, ana, ben, key="e2")
    tell(session, ana, key="e3", target="r2")
    run_pending(session)
    sent = session.query(Delivery).filter_by(state="sent").count()
    assert sent == 3, "ben hears of it, and ana of other things"
    service.resubscribe(session, secret)
    tell(session, ana, key="e4")
    run_pending(session)
    assert session.query(Delivery).filter_by(state="sent").count() == 4


def test_everything_can_be_stopped_from_the_page(app, client, session):
    ana = Recipient.address("ana@a.example")
    tell(session, ana)
    run_pending(session)
    secret = secret_of(app)
    tell(session, ana, key="e2", target="r2")
    assert service.unsubscribe(session, secret, everything=True).kind is None
    session.commit()
    tell(session, ana, key="e3", target="r3")
    run_pending(session)
    assert session.query(Delivery).filter_by(state="sent").count() == 1


@pytest.mark.parametrize("secret", ["x", "0" * 26, "a" * 500, "%00", "..%2f..", "é"])
def test_a_guessed_secret_stops_nothing(client, secret):
    for call in (client.get, client.post):
        assert call(f"/api/v1/unsubscribe/{secret}").status_code == 404


def test_secrets_survive_a_change_of_the_key(app, session):
    from backend.core.crypto import use_keys

    settings = app.config["VOX"]
    tell(session, Recipient.address("ana@a.example"))
    run_pending(session)
    secret = secret_of(app)
    try:
        use_keys("another-key-0123456789-abcdefghijkl", (settings.secret_key,))
        assert service.stop_link(session, secret).kind == "report"
        tell(session, Recipient.address("ana@a.example"), key="e2")
        run_pending(session)
        newer = secret_of(app)
        assert newer != secret
        assert (
            service.stop_link(session, newer).reader_id
            == service.stop_link(session, secret).reader_id
        )
    finally:
        use_keys(settings.secret_key, settings.secret_key_fallbacks)
