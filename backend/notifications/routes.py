"""Follows, preferences, news and the end of letters over HTTP."""

from typing import Any

from flask import Response, redirect

from backend.core.actor import current_actor
from backend.core.api import (
    ApiBlueprint,
    check_version,
    decode_cursor,
    encode_cursor,
    json_response,
    page_response,
    with_version,
)
from backend.core.clock import rfc3339
from backend.core.db import db
from backend.core.i18n import _
from backend.core.idempotency import idempotent
from backend.core.limits import limit
from backend.core.policy import authorise, requires
from backend.core.problems import Invalid, NotFound
from backend.core.settings import current_settings
from backend.notifications import queries, schemas, service, subjects
from backend.notifications.push_key import public_push_key
from backend.notifications.service import NewsOut

me = ApiBlueprint("news", __name__, path="/me", description="What one follows, wishes and hears")
letters = ApiBlueprint("letters", __name__, description="Letters and push of the city")
blueprints = (me, letters)


def _before(cursor: str | None) -> int | None:
    values = decode_cursor(cursor, ["int"])
    return values[0] if values else None


@me.route("/follows", methods=["GET"])
@requires("follow.list")
@me.arguments(schemas.PageIn, location="query")
@me.response(200, schemas.FollowPage)
def list_follows(query: dict[str, Any]) -> Response:
    """What you follow, newest first."""
    actor = current_actor()
    authorise(actor, "follow.list", "own")
    assert actor.account_id is not None
    size = query["limit"]
    rows = queries.list_follows(
        db.session, actor.account_id, before=_before(query.get("cursor")), limit=size + 1
    )
    shown = rows[:size]
    by_kind = {
        kind: subjects.find(db.session, actor, kind, [r.target_id for r in shown if r.kind == kind])
        for kind in {row.kind for row in shown}
    }
    items = []
    for row in shown:
        subject = by_kind[row.kind].get(row.target_id)
        items.append(
            {
                "kind": row.kind,
                "id": row.target_id,
                "since": rfc3339(row.created_at),
                "title": subject.title if subject else None,
                "link": subject.link if subject else None,
            }
        )
    return page_response(items, encode_cursor([shown[-1].id]) if len(rows) > size else None)


@me.route("/follows", methods=["POST"])
@requires("follow.change")
@me.arguments(schemas.FollowIn)
@me.response(201, schemas.FollowOut)
@limit("follow", "120 per hour")
@idempotent
def add_follow(body: dict[str, str]) -> Response:
    """Follow something that you can see."""
    actor, kind, public_id = current_actor(), body["kind"], body["id"]
    authorise(actor, "follow.change", "own")
    if kind not in subjects.kinds():
        raise Invalid(errors={"kind": _("This kind of thing cannot be followed.")})
    subject = subjects.find(db.session, actor, kind, [public_id]).get(public_id)
    if subject is None:
        raise NotFound()
    service.follow(db.session, actor, kind, public_id)
    assert actor.account_id is not None
    row = next(
        r for r in queries.list_follows(db.session, actor.account_id, only=(kind, public_id))
    )
    return json_response(
        {
            "kind": kind,
            "id": public_id,
            "since": rfc3339(row.created_at),
            "title": subject.title,
            "link": subject.link,
        },
        201,
    )


@me.route("/follows/<kind>/<public_id>", methods=["DELETE"])
@requires("follow.change")
@me.response(204)
def remove_follow(kind: str, public_id: str) -> Response:
    """Follow something no longer."""
    authorise(current_actor(), "follow.change", "own")
    if not service.unfollow(db.session, current_actor(), kind[:30], public_id[:40]):
        raise NotFound(_("You do not follow this."))
    return Response(status=204)


@me.route("/preferences", methods=["GET"])
@requires("preference.read")
@me.response(200, schemas.PreferencesOut)
def read_preferences() -> Response:
    """What you wish to hear, how, and when not."""
    document = service.preferences_of(db.session, current_actor())
    return with_version(json_response(document), document["version"])


@me.route("/preferences", methods=["PATCH"])
@requires("preference.change")
@me.arguments(schemas.PreferencesIn)
@me.response(200, schemas.PreferencesOut)
def change_preferences(body: dict[str, Any]) -> Response:
    """Change what is named and leave the rest; needs If-Match."""
    actor = current_actor()
    version = service.preferences_of(db.session, actor)["version"]
    check_version(version)
    changes = schemas.changes_of(body)
    document = service.change_preferences(db.session, actor, changes, version=version)
    return with_version(json_response(document), document["version"])


def _news(item: NewsOut) -> dict[str, Any]:
    return {
        "id": item.id,
        "topic": item.topic,
        "kind": item.kind,
        "subject_id": item.public_id,
        "title": item.title,
        "text": item.text,
        "link": item.link,
        "at": rfc3339(item.created_at),
        "read": item.read,
    }


@me.route("/news", methods=["GET"])
@requires("news.read")
@me.arguments(schemas.NewsPageIn, location="query")
@me.response(200, schemas.NewsPage)
def list_news(query: dict[str, Any]) -> Response:
    """Your news, newest first."""
    actor, size = current_actor(), query["limit"]
    authorise(actor, "news.read", "own")
    rows = service.news_of(
        db.session, actor, before=_before(query.get("cursor")), unread=query["unread"],
        limit=size + 1,
    )  # fmt: skip
    cursor = encode_cursor([rows[size - 1].number]) if len(rows) > size else None
    return page_response([_news(row) for row in rows[:size]], cursor)


@me.route("/news/read", methods=["POST"])
@requires("news.mark")
@me.arguments(schemas.ReadIn)
@me.response(200, schemas.ReadOut)
def mark_read(body: dict[str, Any]) -> Response:
    """Mark news as read, some or all."""
    marked = service.mark_read(db.session, current_actor(), body.get("ids"))
    return json_response({"marked": marked})


@letters.route("/push/key", methods=["GET"])
@requires("push.key")
@letters.response(200, schemas.PushKeyOut)
def push_key() -> Response:
    """The key with which a browser subscribes to this city's push messages."""
    key = public_push_key(current_settings())
    return json_response({"key": key}, Cache_Control="public, max-age=3600")


@letters.route("/unsubscribe/<secret>", methods=["GET"])
@requires("letter.stop")
@letters.response(302)
def stop_page(secret: str) -> Response:
    """Where a mail program's link leads: to the page that asks, for a look changes nothing."""
    service.stop_link(db.session, secret)
    return redirect(f"/unsubscribe/{secret}")  # type: ignore[return-value]


@letters.route("/unsubscribe/<secret>", methods=["POST"])
@requires("letter.stop")
@letters.response(200, schemas.StoppedOut)
@limit("unsubscribe", "60 per minute")
def stop(secret: str) -> Response:
    """End letters in one tap, as a mail program does it (RFC 8058); harmless when repeated."""
    stopped = service.unsubscribe(db.session, secret)
    return json_response({"stopped": True, "kind": stopped.kind, "id": stopped.public_id})
