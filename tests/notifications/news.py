"""What the tests of this room share: people, devices, news, and a push service of our own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from backend.accounts.models import Device
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.crypto import keyring
from backend.core.i18n import lazy
from backend.core.ids import new_public_id
from backend.notifications import subjects, templates
from backend.notifications.messages import Message, Recipient
from backend.notifications.service import notify

templates.register(
    "test.answered",
    subject=lazy("An answer on %(title)s"),
    text=lazy("The city answered:\n\n%(answer)s"),
    push=lazy("There is news on your report"),
)
templates.register_topic("test.mine", label=lazy("News on my reports"))
templates.register_topic("test.followed", label=lazy("What I follow"), channels=("push",))


def _find(_session: Any, _actor: Actor, ids: Any) -> dict[str, subjects.Subject]:
    return {i: subjects.Subject(f"Thing {i}", f"/things/{i}") for i in ids if i.startswith("v")}


subjects.register("thing", _find)


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    id: int
    email: str
    token: str

    @property
    def actor(self) -> Actor:
        """The person acting."""
        return Actor(
            kind="person",
            account_id=self.id,
            public_id=f"p{self.id}",
            roles=frozenset({"citizen"}),
        )

    @property
    def headers(self) -> dict[str, str]:
        """What a phone sends."""
        return {"Authorization": f"Bearer {self.token}"}


def add_device(session, person: Person, channel: str, token: str, **keys: str) -> int:
    """Register a device of a person, as signing in on it does; its row."""
    now = utcnow()
    mac = keyring().mac(token, "device")
    row = session.execute(select(Device).where(Device.token_mac == mac)).scalar()
    if row is None:
        row = Device(public_id=new_public_id(), token=token, token_mac=mac, channel=channel)
        row.created_at, row.key, row.secret = now, keys.get("key"), keys.get("secret")
        session.add(row)
    row.account_id, row.seen_at, row.enabled = person.id, now, True
    session.commit()
    return row.id


def tell(session, *to: Recipient, key: str = "e1", target: str = "r1", **more: Any) -> None:
    """Tell the test's news, and commit as a request does."""
    message = Message(
        "test.answered",
        {"title": "Broken lamp", "answer": "It was mended. SECRET-CANARY"},
        link=f"/reports/{target}",
        **{k: more.pop(k) for k in ("replies", "at_once") if k in more},
    )
    notify(
        session,
        topic=more.pop("topic", "test.mine"),
        kind="report",
        public_id=target,
        to=to,
        message=message,
        key=key,
        **more,
    )
    session.commit()


@dataclass
class PushService:
    """A stand-in of a push service: keeps what it was sent, answers what the test chose."""

    url: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, tuple[int, dict[str, str], Any]] = field(default_factory=dict)

    def answer(self, path: str, call: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        """What to say to a call; by token of FCM or by path."""
        token = (call.get("json") or {}).get("message", {}).get("token", path)
        return self.answers.get(token, (200, {}, {"name": "projects/p/messages/1"}))


def fcm_error(status: str, code: str, http: int, **headers: str) -> tuple[int, dict[str, str], Any]:
    """An error as FCM writes it."""
    kind = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
    body = {
        "error": {
            "status": status,
            "message": code,
            "details": [{"@type": kind, "errorCode": code}],
        }
    }
    return http, headers, body
