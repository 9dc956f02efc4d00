"""The ways out: FCM, web push and letters, over real connections to stand-ins of the other side."""

import base64
import inspect

import http_ece
import jwt
import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from firebase_admin import messaging
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backend.accounts.queries import devices_of
from backend.core.jobs import run_pending
from backend.core.settings import Settings, SettingsError
from backend.notifications import service
from backend.notifications.channels.webpush import may_write_to
from backend.notifications.messages import Recipient
from backend.notifications.models import Delivery
from backend.notifications.push_key import public_push_key, push_key
from tests.notifications.news import add_device, fcm_error, tell

SERVICES = ("fcm.googleapis.com", "notify.windows.com", "http://127.0.0.1:8123")


@pytest.fixture
def app(make_app, push_service):
    """The house with push set up towards the stand-in."""
    app = make_app(
        firebase_project="demo-city",
        fcm_url=push_service.url,
        push_services=("fcm.googleapis.com", push_service.url),
        mail_url="null:",
    )
    yield app
    with app.app_context():
        from backend.core.db import db

        db.session.remove()


def states(session):
    """What became of each push delivery."""
    columns = (Delivery.state, Delivery.reason, Delivery.postponed)
    rows = session.execute(select(*columns).where(Delivery.channel == "push").order_by(Delivery.id))
    return [tuple(row) for row in rows]


# FCM --------------------------------------------------------------------------------------


def test_fcm_carries_a_notice_without_content(session, person, push_service):
    ana = person("ana")
    add_device(session, ana, "fcm", "phone-1")
    tell(session, Recipient.account(ana.id))
    run_pending(session)
    (call,) = push_service.calls
    assert call["path"] == "/v1/projects/demo-city/messages:send"
    assert call["headers"]["authorization"].startswith("Bearer ")
    sent = call["json"]["message"]
    assert sent["token"] == "phone-1"
    assert sent["notification"]["body"] == "There is news on your report"
    assert sent["android"]["notification"]["tag"] == sent["data"]["id"]
    for private in (b"CANARY", b"Broken lamp", b"mended", b"r1", b"ana"):
        assert private not in call["body"]
    assert states(session) == [("sent", None, 0)]


def test_each_device_gets_it_once(session, person, push_service):
    ana = person("ana")
    for number in range(3):
        add_device(session, ana, "fcm", f"phone-{number}")
    for _ in range(2):
        tell(session, Recipient.account(ana.id))
        run_pending(session)
    tokens = [call["json"]["message"]["token"] for call in push_service.calls]
    assert sorted(tokens) == ["phone-0", "phone-1", "phone-2"]


@pytest.mark.parametrize(
    ("code", "status", "http"),
    [("UNREGISTERED", "NOT_FOUND", 404), ("SENDER_ID_MISMATCH", "PERMISSION_DENIED", 403)],
)
def test_a_dead_token_is_dropped(session, person, push_service, code, status, http):
    ana = person("ana")
    add_device(session, ana, "fcm", "dead")
    add_device(session, ana, "fcm", "alive")
    push_service.answers["dead"] = fcm_error(status, code, http)
    tell(session, Recipient.account(ana.id))
    run_pending(session)
    assert [device.token for device in devices_of(session, [ana.id])] == ["alive"]
    assert states(session) == [("dropped", "gone", 0), ("sent", None, 0)]


def test_quota_is_waited_out(session, person, push_service, clock):
    ana = person("ana")
    add_device(session, ana, "fcm", "busy")
    push_service.answers["busy"] = fcm_error(
        "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", 429, Retry_After="90"
    )
    tell(session, Recipient.account(ana.id))
    run_pending(session)
    assert states(session) == [("waiting", None, 1)]
    push_service.answers.clear()
    clock.move_to("2026-05-04T12:01:20Z")
    run_pending(session)
    assert len(push_service.calls) == 1, "not before it was allowed"
    clock.move_to("2026-05-04T12:02:00Z")
    run_pending(session)
    assert states(session) == [("sent", None, 1)]


def test_a_broken_fcm_is_asked_once_per_try(session, person, push_service, clock):
    ana = person("ana")
    add_device(session, ana, "fcm", "t")
    push_service.answers["t"] = (500, {}, {})
    tell(session, Recipient.account(ana.id))
    run_pending(session)
    assert len(push_service.calls) == 1, "the library must not repeat by itself"
    push_service.answers.clear()
    clock.move_to("2026-05-04T12:05:00Z")
    run_pending(session)
    assert states(session)[0][0] == "sent"


def test_after_signing_out_nothing_is_sent(session, person, push_service):
    from backend.accounts import service as accounts

    ana = person("ana")
    device = add_device(session, ana, "fcm", "phone")
    tell(session, Recipient.account(ana.id))
    accounts.drop_device(session, device)
    session.commit()
    run_pending(session)
    assert push_service.calls == []


def test_the_private_places_of_the_library_are_where_they_were():
    source = inspect.getsource(messaging._MessagingService.__init__)
    assert "self._client" in source
    assert "session.mount('https://fcm.googleapis.com'" in source
    assert messaging._MessagingService.FCM_URL.startswith("https://fcm.googleapis.com/v1/")
    assert messaging._get_messaging_service.__code__.co_argcount == 1


# Web push -------------------------------------------------------------------------------------


class Browser:
    """A browser's end of a push subscription: it can read what was meant for it."""

    def __init__(self):
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = b"0123456789abcdef"

    @property
    def keys(self):
        """What the browser hands over when it subscribes."""
        point = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        encode = base64.urlsafe_b64encode
        return {
            "key": encode(point).decode().rstrip("="),
            "secret": encode(self._auth).decode().rstrip("="),
        }

    def read(self, body):
        """Decrypt a push message."""
        return orjson.loads(http_ece.decrypt(body, private_key=self._key, auth_secret=self._auth))


def test_web_push_is_encrypted_signed_and_without_content(app, session, person, push_service):
    ana, browser = person("ana"), Browser()
    add_device(session, ana, "webpush", push_service.url + "/send/abc", **browser.keys)
    tell(session, Recipient.account(ana.id))
    run_pending(session)
    (call,) = push_service.calls
    message = browser.read(call["body"])
    assert message["body"] == "There is news on your report"
    assert set(message) == {"title", "body", "id", "tag", "link", "language"}
    assert "CANARY" not in str(message)
    assert "Broken" not in str(message)
    headers = call["headers"]
    assert headers["content-encoding"] == "aes128gcm"
    assert int(headers["ttl"]) > 0
    token = headers["authorization"].split("t=")[1].split(",")[0]
    public = push_key(app.config["VOX"]).public_key
    claims = jwt.decode(token, public, algorithms=["ES256"], audience=push_service.url)
    assert claims["sub"] == "mailto:city@city.example"


@pytest.mark.parametrize(
    ("status", "state", "left"),
    [
        (410, "dropped", 0),
        (404, "dropped", 0),
        (403, "dropped", 1),
        (429, "waiting", 1),
        (502, "waiting", 1),
        (307, "dropped", 1),
    ],
)
def test_what_a_push_service_may_answer(session, person, push_service, status, state, left):
    ana = person("ana")
    add_device(session, ana, "webpush", push_service.url + "/send/abc", **Browser().keys)
    push_service.answers["/send/abc"] = (status, {"Location": push_service.url + "/stolen"}, {})
    tell(session, Recipient.account(ana.id))
    run_pending(session)
    assert [call["path"] for call in push_service.calls] == ["/send/abc"], "no redirect is followed"
    assert states(session)[0][0] == state
    assert len(devices_of(session, [ana.id])) == left


HOSTILE = [
    "http://fcm.googleapis.com/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evilfcm.googleapis.com/x",
    "https://fcm.googleapis.com@127.0.0.1/x",
    "https://127.0.0.1\\@fcm.googleapis.com/x",
    "https://fcm.googleapis.com:8443/x",
    "https://127.0.0.1/x",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://[64:ff9b::7f00:1]/x",
    "https://localhost/x",
    "http://127.0.0.1:8124/x",
    "http://127.0.0.1:81230/x",
    "http://127.0.0.1:8123@evil.example/x",
    "https://127.0.0.1:8123/x",
    "ftp://fcm.googleapis.com/x",
    "file:///etc/passwd",
    "gopher://fcm.googleapis.com/",
    "https://fcm.googleapis.com",
    "https://fcm.googleapis.com/x\r\nHost: evil",
    "https://fcm.googleapis.com/ x",
    " https://fcm.googleapis.com/x",
    "https://fcm.googleapis.com/x#@evil",
    "https://FCM.googleapis.com/x",
    "https://fcm.googleapis.com\t/x",
    "https://fcm。googleapis。com/x",
    "//fcm.googleapis.com/x",
    "https:/fcm.googleapis.com/x",
    "https:///fcm.googleapis.com/x",
    "",
    "https://notify.windows.com.evil/",
    "https://xnotify.windows.com/",
    "https://fcm.googleapis.com/" + "a" * 3000,
]


@pytest.mark.parametrize("endpoint", HOSTILE)
def test_no_other_address_is_written_to(endpoint):
    assert not may_write_to(endpoint, SERVICES)


def test_the_allowed_addresses_are_written_to():
    for endpoint in (
        "https://fcm.googleapis.com/fcm/send/abc:APA91b-_x",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAD%2bx",
        "http://127.0.0.1:8123/send/1",
    ):
        assert may_write_to(endpoint, SERVICES)


@given(st.text(max_size=80))
def test_no_text_around_an_allowed_host_opens_another(text):
    endpoint = f"https://{text}fcm.googleapis.com/x"
    if may_write_to(endpoint, SERVICES):
        from urllib3.util import parse_url

        host = parse_url(endpoint).host
        assert host == "fcm.googleapis.com" or host.endswith(".fcm.googleapis.com")


def test_a_hostile_subscription_reaches_nobody(session, person, push_service):
    ana = person("ana")
    canary = push_service.url.replace("127.0.0.1", "localhost")
    for number, endpoint in enumerate([canary + "/hit", *HOSTILE]):
        add_device(session, ana, "webpush", f"{endpoint}", **Browser().keys) if endpoint else None
        tell(session, Recipient.account(ana.id), key=f"e{number}")
        run_pending(session)
        assert devices_of(session, [ana.id]) == []
    assert push_service.calls == []


def test_the_push_key_is_made_once_and_kept(tmp_path):
    settings = Settings(env="test", data_dir=tmp_path).completed()
    first, second = public_push_key(settings), public_push_key(settings)
    assert first == second
    assert len(base64.urlsafe_b64decode(first + "=")) == 65
    assert (tmp_path / "push.key").stat().st_mode & 0o077 == 0
    given_key = (tmp_path / "push.key").read_text()
    other = Settings(env="test", data_dir=tmp_path / "b", push_private_key=given_key).completed()
    assert public_push_key(other) == first
    broken = Settings(env="test", data_dir=tmp_path / "c", push_private_key="x").completed()
    with pytest.raises(SettingsError, match="VOX_PUSH_PRIVATE_KEY"):
        push_key(broken)


# Letters ------------------------------------------------------------------------------------


def test_a_letter_over_smtp(make_app, mail_sink, person):
    from backend.core.db import db

    app = make_app(
        mail_url=mail_sink.url, base_url="https://a-city-with-a-rather-long-name.voice.example.org"
    )
    with app.app_context():
        tell(db.session, Recipient.address("ana@people.example"))
        run_pending(db.session)
        (letter,) = mail_sink.wait_for(1)
        link = letter["List-Unsubscribe"]
        assert link.startswith(
            "<https://a-city-with-a-rather-long-name.voice.example.org/api/v1/unsubscribe/"
        )
        assert "=?" not in link
        assert letter["Message-ID"].endswith("@city.example>")
        secret = link.strip("<>").rsplit("/", 1)[1]
        client = app.test_client()
        body = {"List-Unsubscribe": "One-Click"}
        assert client.post(f"/api/v1/unsubscribe/{secret}", data=body).status_code == 200
        tell(db.session, Recipient.address("ana@people.example"), key="e2")
        run_pending(db.session)
        assert len(mail_sink.letters) == 1


def test_a_refused_letter_is_tried_again_and_no_lock_is_held(make_app, mail_sink, person, clock):
    from backend.core.db import db

    app = make_app(mail_url=mail_sink.url)
    mail_sink.refuse = "451 4.3.0 later"
    with app.app_context():
        tell(db.session, Recipient.address("ana@people.example"))
        run_pending(db.session)
        assert mail_sink.letters == []
        mail_sink.refuse = ""
        clock.move_to("2026-05-04T12:05:00Z")
        run_pending(db.session)
        (letter,) = mail_sink.wait_for(1)
        assert letter["To"] == "ana@people.example"


def test_digest_bundles_and_is_bounded(make_app, mail_sink, person, session, clock):
    from backend.notifications.service import sending

    ana = person("ana")
    service.change_preferences(session, ana.actor, {"digest": "daily"}, version=0)
    for number in range(sending.DIGEST_MOST + 5):
        tell(session, Recipient.account(ana.id), key=f"e{number}", target=f"r{number}")
        tell(session, Recipient.account(ana.id), key=f"again{number}", target=f"r{number}")
    with make_app(mail_url=mail_sink.url).app_context():
        from backend.core.db import db

        run_pending(db.session)
        assert mail_sink.letters == []
        clock.move_to("2026-05-05T08:00:05Z")
        run_pending(db.session)
        (letter,) = mail_sink.wait_for(1)
        text = letter.get_body(("plain",)).get_content()
        assert text.count("http://localhost/reports/r") == sending.DIGEST_MOST
        assert "30 in all" in text
        assert letter["Subject"] == "30 pieces of news for you"
        clock.move_to("2026-05-06T08:00:05Z")
        run_pending(db.session)
        assert len(mail_sink.letters) == 1


def test_a_worker_that_died_before_its_mark_does_not_send_twice(
    session, person, push_service, monkeypatch, clock
):
    from backend.notifications import handed
    from backend.notifications.service import sending

    ana = person("ana")
    add_device(session, ana, "fcm", "phone")
    tell(session, Recipient.account(ana.id))

    def dies(*_args):
        raise SystemError

    with monkeypatch.context() as patched:
        patched.setattr(sending, "_done", dies)
        run_pending(session)
    assert states(session) == [("waiting", None, 0)]
    clock.move_to("2026-05-04T12:05:00Z")
    run_pending(session)
    assert states(session) == [("sent", None, 0)]
    assert len(push_service.calls) == 1
    handed.forget_notes()
    clock.move_to("2036-05-04T12:00:00Z")
    handed.forget_notes()
    assert list(handed._folder().iterdir()) == []
