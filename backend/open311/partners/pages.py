"""The desk's pages of partners: how they stand, what is stuck and why, what stands for what."""

from typing import Any

from flask import Blueprint, Response, flash, request

from backend.core.actor import current_actor
from backend.core.api import decode_cursor, encode_cursor
from backend.core.db import db
from backend.core.i18n import _, current_language, ngettext
from backend.core.pages.forms import go, line, messages, page
from backend.core.policy import requires
from backend.core.problems import Conflict, Invalid, Problem
from backend.open311.partners import queries, service
from backend.open311.partners.sheet import likely_code
from backend.open311.partners.words import WHY
from backend.reports.naming import lookup

HOME = "/console/partners"
SHOWN = 50
UNDER_WAY = ("waiting", "unclear", "token", "stuck")
pages = Blueprint("partners_desk", __name__, url_prefix=HOME, template_folder="templates")


@pages.context_processor
def _words() -> dict[str, Any]:
    return {
        "why": WHY,
        "state_words": {
            "waiting": _("waiting"), "unclear": _("perhaps arrived"), "token": _("has a token"),
            "sent": _("sent"), "stuck": _("stuck"), "given_up": _("given up"),
        },
    }  # fmt: skip


def _departments() -> list[tuple[str, str]]:
    known, language = lookup(db.session()), current_language()
    return [(d.code, d.name(language)) for d in known.facts.departments if not d.retired]


def _list(problem: Problem | None = None) -> Response:
    session = db.session()
    known, language = lookup(session), current_language()
    names = {key: d.name(language) for key, d in known.departments.items()}
    return page(
        "partners/list.html",
        problem.status if problem else 200,
        partners=queries.partners(session),
        counts=queries.counts_by_state(session),
        names=names,
        departments=_departments(),
        photo_words=_photo_words(),
        errors=messages(problem) if problem else {},
        sent=request.form if problem else {},
    )


def _photo_words() -> list[dict[str, Any]]:
    words = {"links": _("As links"), "multipart": _("As files (multipart)"), "none": _("Not")}
    return [{"value": value, "label": word} for value, word in words.items()]


@pages.get("")
@requires("partner.read")
def list_partners() -> Response:
    """Every partner, and a form for the next."""
    return _list()


def _sent() -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": line("name", 80), "url": line("url", 2000), "photos": line("photos", 10),
        "jurisdiction": line("jurisdiction", 120) or None,
        "fallback": line("fallback", 200) or None,
        "sends_contact": bool(request.form.get("sends_contact")),
        "department": line("department", 80),
    }  # fmt: skip
    if key := line("api_key", 400):
        values["api_key"] = key
    return values


@pages.post("")
@requires("partner.change")
def add_partner() -> Response:
    """Add a partner."""
    session = db.session()
    try:
        public_id = service.add_partner(session, current_actor(), _sent())
    except (Invalid, Conflict) as problem:
        session.rollback()
        return _list(problem)
    flash(_("Added. What it offers is being read; reload in a moment."), "success")
    return go(f"{HOME}/{public_id}")


def _pairs(partner: Any) -> list[dict[str, Any]]:
    """Our services of the partner's department, each with what stands for it."""
    session, language = db.session(), current_language()
    known, chosen = lookup(session), queries.mappings_of(session, partner.id)
    offered = queries.services_of(session, partner.id)
    names = {one.code: one.name for one in offered}
    found = []
    for ours in known.services.values():
        if ours.department_id != partner.department_id or ours.retired:
            continue
        mapped = chosen.get(ours.id)
        code = mapped.code if mapped else likely_code(ours, offered)
        found.append({
            "code": ours.code, "name": ours.name(language), "to": mapped.code if mapped else "",
            "likely": code or partner.fallback or "", "shown": names.get(code or "", code or ""),
        })  # fmt: skip
    return found


def _one(partner_id: str, problem: Problem | None = None) -> Response:
    session = db.session()
    partner = queries.find_partner(session, partner_id[:40])
    mark = decode_cursor(request.args.get("after"), ("int",))
    wanted = ("sent", "given_up") if request.args.get("view") == "done" else UNDER_WAY
    rows = queries.dispatches(
        session, partner.id, states=wanted, before=mark[0] if mark else None, limit=SHOWN + 1
    )
    return page(
        "partners/one.html",
        problem.status if problem else 200,
        partner=partner,
        department=lookup(session).department_code(partner.department_id),
        departments=_departments(),
        counts=queries.counts_by_state(session).get(partner.id, {}),
        rows=rows[:SHOWN],
        done=wanted[0] == "sent",
        more=encode_cursor([rows[SHOWN - 1].id]) if len(rows) > SHOWN else None,
        refused=queries.refused_updates(session, partner.id),
        pairs=_pairs(partner),
        offered=[(one.code, one.name) for one in queries.services_of(session, partner.id)],
        photo_words=_photo_words(),
        errors=messages(problem) if problem else {},
    )


@pages.get("/<partner_id>")
@requires("partner.read")
def show_partner(partner_id: str) -> Response:
    """One partner with what is stuck."""
    return _one(partner_id)


@pages.post("/<partner_id>")
@requires("partner.change")
def change_partner(partner_id: str) -> Response:
    """Save, pause, resume, or look at the partner anew."""
    session, actor, act = db.session(), current_actor(), line("act", 20)
    try:
        if act == "check":
            service.check_soon(session, actor, partner_id[:40])
            flash(_("It is being read. Reload in a moment."), "success")
        elif act in ("pause", "resume"):
            state = "paused" if act == "pause" else "active"
            service.change_partner(session, actor, partner_id[:40], {"state": state})
            flash(_("Paused.") if act == "pause" else _("Active again."), "success")
        elif act == "map":
            service.map_service(session, actor, partner_id[:40], service=line("service", 80),
                                code=line("code", 200) or None)  # fmt: skip
            flash(_("Saved."), "success")
        else:
            service.change_partner(session, actor, partner_id[:40], _sent())
            flash(_("Saved."), "success")
    except (Invalid, Conflict) as problem:
        session.rollback()
        return _one(partner_id, problem)
    return go(f"{HOME}/{partner_id}")


@pages.post("/<partner_id>/retry")
@requires("partner.retry")
def retry(partner_id: str) -> Response:
    """Try one stuck report again, or all of them, or give one up."""
    session, actor, dispatch = db.session(), current_actor(), line("dispatch", 40) or None
    try:
        if dispatch and request.form.get("give_up"):
            service.give_up(session, actor, partner_id[:40], dispatch)
            flash(_("Given up. It will not be sent."), "success")
        else:
            number = service.retry(session, actor, partner_id[:40], dispatch)
            flash(ngettext("One is tried again.", "%(num)d are tried again.", number), "success")
    except (Invalid, Conflict) as problem:
        session.rollback()
        return _one(partner_id, problem)
    return go(f"{HOME}/{partner_id}")
