"""Webhooks over HTTP."""

from typing import Any

from flask import Response

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
from backend.core.db import db
from backend.core.idempotency import idempotent
from backend.core.policy import authorise, requires
from backend.open311.webhooks import queries, schemas, service

blueprint = ApiBlueprint(
    "webhooks", __name__, path="/webhooks", description="News of public reports for other systems"
)


def _document(row: Any) -> dict[str, Any]:
    names = ("name", "url", "kinds", "state", "failing_since", "succeeded_at", "created_at",
             "version")  # fmt: skip
    found = {name: row[name] for name in names}
    return found | {"id": row["public_id"], "former_secret_until": row["former_until"]}


@blueprint.route("", methods=["GET"])
@requires("webhook.read")
@blueprint.response(200, schemas.WebhookList)
def list_webhooks() -> Response:
    """Every webhook."""
    return json_response({"items": [_document(row) for row in queries.subscriptions(db.session)]})


@blueprint.route("", methods=["POST"])
@requires("webhook.change")
@blueprint.arguments(schemas.WebhookIn)
@blueprint.response(201, schemas.WebhookOut)
@idempotent
def add_webhook(body: dict[str, Any]) -> Response:
    """Add a webhook; the answer holds its secret, which is not shown again."""
    public_id, secret = service.subscribe(db.session, current_actor(), **body)
    found = _document(queries.find_subscription(db.session, public_id)) | {"secret": secret}
    return with_version(json_response(found, 201), found["version"])


@blueprint.route("/<webhook_id>", methods=["GET"])
@requires("webhook.read")
@blueprint.response(200, schemas.WebhookOut)
def read_webhook(webhook_id: str) -> Response:
    """One webhook."""
    found = _document(queries.find_subscription(db.session, webhook_id[:40]))
    return with_version(json_response(found), found["version"])


@blueprint.route("/<webhook_id>", methods=["PATCH"])
@requires("webhook.change")
@blueprint.arguments(schemas.WebhookPatch)
@blueprint.response(200, schemas.WebhookOut)
def change_webhook(body: dict[str, Any], webhook_id: str) -> Response:
    """Change what is named and leave the rest; needs If-Match."""
    version = queries.find_subscription(db.session, webhook_id[:40])["version"]
    check_version(version)
    service.change(db.session, current_actor(), webhook_id[:40], body, version=version)
    found = _document(queries.find_subscription(db.session, webhook_id[:40]))
    return with_version(json_response(found), found["version"])


@blueprint.route("/<webhook_id>", methods=["DELETE"])
@requires("webhook.change")
@blueprint.response(204)
def remove_webhook(webhook_id: str) -> Response:
    """Remove a webhook with its log."""
    service.unsubscribe(db.session, current_actor(), webhook_id[:40])
    return Response(status=204)


@blueprint.route("/<webhook_id>/secret", methods=["POST"])
@requires("webhook.change")
@blueprint.response(200, schemas.SecretOut)
@idempotent
def renew_secret(webhook_id: str) -> Response:
    """Renew the secret; the former one signs beside it for two days."""
    return json_response(
        {"secret": service.renew_secret(db.session, current_actor(), webhook_id[:40])}
    )


@blueprint.route("/<webhook_id>/test", methods=["POST"])
@requires("webhook.replay")
@blueprint.response(202)
@idempotent
def send_test(webhook_id: str) -> Response:
    """Send an event of the kind `test`."""
    service.send_test(db.session, current_actor(), webhook_id[:40])
    return Response(status=202)


@blueprint.route("/<webhook_id>/deliveries", methods=["GET"])
@requires("webhook.read")
@blueprint.arguments(schemas.DeliveryQuery, location="query")
@blueprint.response(200, schemas.DeliveryPage)
def list_deliveries(query: dict[str, Any], webhook_id: str) -> Response:
    """The log of a webhook, newest first."""
    authorise(current_actor(), "webhook.read")
    found, size = queries.find_subscription(db.session, webhook_id[:40]), query["limit"]
    mark = decode_cursor(query.get("cursor"), ("int",))
    rows = queries.deliveries(
        db.session, found["id"], state=query.get("state"), before=mark[0] if mark else None,
        limit=size + 1,
    )  # fmt: skip
    names = ("id", "event", "kind", "state", "tries", "status", "error", "created_at", "due_at",
             "done_at")  # fmt: skip
    items = [{n: row[n] for n in names} | {"report": row["subject"]} for row in rows[:size]]
    cursor = encode_cursor([rows[size - 1]["number"]]) if len(rows) > size else None
    return page_response(items, cursor)


@blueprint.route("/<webhook_id>/replay", methods=["POST"])
@requires("webhook.replay")
@blueprint.arguments(schemas.ReplayIn)
@blueprint.response(200, schemas.ReplayOut)
@idempotent
def replay(body: dict[str, Any], webhook_id: str) -> Response:
    """Send again, at most 1,000 at a time; every event keeps its id."""
    number = service.replay(db.session, current_actor(), webhook_id[:40], **body)
    return json_response({"replayed": number})
