"""The desk's pages of webhooks: who hears what, how it goes, and the log of every try."""

from typing import Any

from flask import Blueprint, Response, flash, request

from backend.core.actor import current_actor
from backend.core.api import decode_cursor, encode_cursor
from backend.core.db import db
from backend.core.i18n import _, ngettext
from backend.core.pages.forms import go, line, messages, page
from backend.core.policy import requires
from backend.core.problems import Conflict, Invalid, Problem
from backend.core.settings import current_settings
from backend.open311.webhooks import queries, service
from backend.open311.webhooks.kinds import ERRORS, KINDS, TEST

HOME = "/console/webhooks"
SHOWN = 50
pages = Blueprint("webhooks_desk", __name__, url_prefix=HOME, template_folder="templates")


@pages.context_processor
def _words() -> dict[str, Any]:
    return {"kind_words": KINDS | {TEST: _("Test")}, "error_words": ERRORS}


def _list(problem: Problem | None = None) -> Response:
    session = db.session()
    return page(
        "webhooks/list.html",
        problem.status if problem else 200,
        webhooks=queries.subscriptions(session),
        counts=queries.counts_by_state(session),
        kinds=[{"value": kind, "label": word} for kind, word in KINDS.items()],
        named=current_settings().outward_hosts,
        errors=messages(problem) if problem else {},
        sent=request.form if problem else {},
        chosen=request.form.getlist("kinds") if problem else list(KINDS),
    )


@pages.get("")
@requires("webhook.read")
def list_webhooks() -> Response:
    """Every webhook, and a form for the next."""
    return _list()


@pages.post("")
@requires("webhook.change")
def add_webhook() -> Response:
    """Add a webhook and show its secret, this once."""
    session = db.session()
    try:
        public_id, secret = service.subscribe(
            session, current_actor(), name=line("name", 80), url=line("url", 2000),
            kinds=request.form.getlist("kinds")[:20],
        )  # fmt: skip
    except (Invalid, Conflict) as problem:
        session.rollback()
        return _list(problem)
    return _one(public_id, secret=secret)


def _one(webhook_id: str, problem: Problem | None = None, secret: str | None = None) -> Response:
    session = db.session()
    found = queries.find_subscription(session, webhook_id[:40])
    mark = decode_cursor(request.args.get("after"), ("int",))
    state = request.args.get("state")
    rows = queries.deliveries(
        session, found["id"], state=state if state in ("waiting", "failed") else None,
        before=mark[0] if mark else None, limit=SHOWN + 1,
    )  # fmt: skip
    delivery = request.args.get("delivery", "")[:40]
    return page(
        "webhooks/one.html",
        problem.status if problem else 200,
        webhook=found,
        counts=queries.counts_by_state(session).get(found["id"], {}),
        rows=rows[:SHOWN],
        more=encode_cursor([rows[SHOWN - 1]["number"]]) if len(rows) > SHOWN else None,
        tries=queries.attempts_of(session, delivery) if delivery else (),
        delivery=delivery,
        kinds=[{"value": kind, "label": word} for kind, word in KINDS.items()],
        secret=secret,
        errors=messages(problem) if problem else {},
    )


@pages.get("/<webhook_id>")
@requires("webhook.read")
def show_webhook(webhook_id: str) -> Response:
    """One webhook with its log."""
    return _one(webhook_id)


def _change(webhook_id: str) -> str | None:
    session, actor, act = db.session(), current_actor(), line("act", 20)
    if act == "renew":
        return service.renew_secret(session, actor, webhook_id)
    if act in ("pause", "resume"):
        state = "paused" if act == "pause" else "active"
        service.change(session, actor, webhook_id, {"state": state})
        flash(_("Paused. What happens meanwhile is not told later.") if act == "pause"
              else _("Active again."), "success")  # fmt: skip
    elif act == "save":
        values = {"name": line("name", 80), "url": line("url", 2000),
                  "kinds": request.form.getlist("kinds")[:20]}  # fmt: skip
        service.change(session, actor, webhook_id, values)
        flash(_("Saved."), "success")
    return None


@pages.post("/<webhook_id>")
@requires("webhook.change")
def change_webhook(webhook_id: str) -> Response:
    """Save, pause, resume, or renew the secret."""
    session = db.session()
    try:
        secret = _change(webhook_id[:40])
    except (Invalid, Conflict) as problem:
        session.rollback()
        return _one(webhook_id, problem)
    return _one(webhook_id, secret=secret) if secret else go(f"{HOME}/{webhook_id}")


@pages.post("/<webhook_id>/remove")
@requires("webhook.change")
def remove_webhook(webhook_id: str) -> Response:
    """Remove a webhook with its log."""
    service.unsubscribe(db.session(), current_actor(), webhook_id[:40])
    flash(_("Removed."), "success")
    return go(HOME)


@pages.post("/<webhook_id>/send")
@requires("webhook.replay")
def send_again(webhook_id: str) -> Response:
    """Send a test, one delivery again, or everything that failed."""
    session, actor = db.session(), current_actor()
    delivery = line("delivery", 40) or None
    try:
        if request.form.get("test"):
            service.send_test(session, actor, webhook_id[:40])
            flash(_("A test is on its way. Reload in a moment to see how it went."), "success")
        else:
            number = service.replay(session, actor, webhook_id[:40], delivery=delivery)
            flash(ngettext("One is sent again.", "%(num)d are sent again.", number), "success")
    except (Invalid, Conflict) as problem:
        session.rollback()
        return _one(webhook_id, problem)
    return go(f"{HOME}/{webhook_id}")
