"""The desk's page of the endpoint: partners' keys, how services answer, and what came in."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, Response, flash, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.accounts.queries import api_keys
from backend.accounts.service import create_api_key, revoke_api_key, rotate_api_key
from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.pages.forms import go, line, messages, page
from backend.core.policy import requires
from backend.core.problems import Conflict, Invalid, Problem
from backend.core.settings import current_settings
from backend.open311.catalogue import find_service, offered
from backend.open311.jurisdiction import jurisdiction
from backend.open311.models import Open311Receipt
from backend.open311.ways import set_way, ways

HOME = "/console/open311"
RATES = ("60 per minute", "600 per minute", "6000 per minute")
LASTING = {"": None, "90": timedelta(days=90), "365": timedelta(days=365)}
MOST_SHOWN = 200
desk = Blueprint("open311_desk", __name__, url_prefix=HOME, template_folder="templates")


def scope_words() -> dict[str, str]:
    """What a key opens, in words."""
    return {"read": _("Read"), "write": _("Read and send")}


def _page(problem: Problem | None = None, made: Mapping[str, str] | None = None) -> Response:
    session = db.session()
    chosen = ways(session)
    language = current_language()
    return page(
        "open311/desk.html",
        problem.status if problem else 200,
        keys=list(reversed(api_keys(session)))[:MOST_SHOWN],
        received=received(session),
        now=utcnow(),
        scopes=list(scope_words().items()),
        scope_words=scope_words(),
        rates=RATES,
        services=[(s.code, s.name(language), chosen.get(s.code, "realtime"))
                  for s in offered(session)],
        base=current_settings().base_url,
        jurisdiction=jurisdiction(session),
        made=made,
        errors=messages(problem) if problem else {},
        sent=request.form if problem else {},
    )  # fmt: skip


def received(session: Session) -> dict[str, int]:
    """How many reports and updates each key has sent under ids of its own."""
    rows = session.execute(
        select(Open311Receipt.sender, func.count()).group_by(Open311Receipt.sender).limit(5000)
    )
    return {sender: number for sender, number in rows}  # noqa: C416 - rows, as pairs


@desk.get("")
@requires("open311.manage")
def show() -> Response:
    """The keys, and the form for the next."""
    return _page()


@desk.post("")
@requires("open311.manage")
def make_key() -> Response:
    """Make a key and show it, this once."""
    session = db.session()
    try:
        name = line("name", 120)
        if len(name) < 2:
            raise Invalid(errors={"name": _("Say whose system this is.")})
        rate, lasting = line("rate", 40), line("lasting", 10)
        if rate not in RATES or lasting not in LASTING:
            raise Invalid(errors={"rate": _("Choose one of these.")})
        lasts = LASTING[lasting]
        scopes = ("read", "write") if line("scope", 10) == "write" else ("read",)
        _id, key = create_api_key(
            session, current_actor(), name, scopes=scopes, rate=rate,
            expires_at=utcnow() + lasts if lasts else None,
        )  # fmt: skip
    except (Invalid, Conflict) as problem:
        session.rollback()
        return _page(problem)
    return _page(made={"name": name, "key": key})


@desk.post("/keys/<key_id>")
@requires("open311.manage")
def change_key(key_id: str) -> Response:
    """Renew a key, with a week for the former one; or close it at once."""
    session, actor = db.session(), current_actor()
    try:
        if line("act", 10) == "renew":
            key = rotate_api_key(session, actor, key_id[:40])
            name = next((k["name"] for k in api_keys(session) if k["public_id"] == key_id), "")
            return _page(made={"name": str(name), "key": key})
        revoke_api_key(session, actor, key_id[:40])
    except (Invalid, Conflict) as problem:
        session.rollback()
        return _page(problem)
    flash(_("The key is closed. The very next request with it is refused."), "success")
    return go(HOME)


@desk.post("/ways")
@requires("open311.manage")
def change_way() -> Response:
    """Let a service answer at once, or with a token."""
    session = db.session()
    code, way = line("service", 80), line("way", 10)
    try:
        if find_service(session, code) is None:
            raise Invalid(errors={"service": _("Choose one of the services.")})
        set_way(session, code, way)
    except Invalid as problem:
        session.rollback()
        return _page(problem)
    flash(_("Saved. Peers see it with the next reading of the services."), "success")
    return go(HOME)
