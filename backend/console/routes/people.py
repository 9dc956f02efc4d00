"""Who works for city hall: roles granted, taken away, colleagues invited."""

from typing import Any

from flask import Response, flash, request

from backend.accounts import queries as accounts
from backend.accounts import service
from backend.accounts.policy import GRANTABLE
from backend.city import queries as city
from backend.console.blueprint import blueprint
from backend.console.pane import department_choices
from backend.console.service import invite_colleague
from backend.console.words import role_name
from backend.core.actor import current_actor
from backend.core.api import decode_cursor, encode_cursor
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.pages.forms import go, line, messages, page
from backend.core.policy import authorise, requires
from backend.core.problems import Conflict, Invalid, Problem
from backend.core.settings import current_settings

SHOWN = 50
PEOPLE = "/console/people"


@blueprint.get("/people")
@requires("role.list")
def people() -> Response:
    """Everybody who holds a role, and the form that grants one."""
    return _page()


def _page(problem: Problem | None = None) -> Response:
    session, language = db.session(), current_language()
    authorise(current_actor(), "role.list")
    mark = decode_cursor(request.args.get("after"), ("int",))
    rows = accounts.role_grants(session, None, mark[0] if mark else None, SHOWN + 1)
    facts = city.facts(session)
    names = {d.id: d.name(language) for d in facts.departments}
    found: dict[str, dict[str, Any]] = {}
    for row in rows[:SHOWN]:
        person = found.setdefault(
            row["account_id"], {"name": row["name"], "id": row["account_id"], "grants": []}
        )
        where = names.get(row["department_id"] or 0)
        word = role_name(row["role"]) + (f" · {where}" if where else "")
        person["grants"].append((row["public_id"], word, row["granted_at"]))
    return page(
        "console/people.html",
        problem.status if problem else 200,
        people=sorted(found.values(), key=lambda p: (p["name"] or "").casefold()),
        more=encode_cursor([rows[SHOWN - 1]["id"]]) if len(rows) > SHOWN else None,
        roles=[(role, role_name(role)) for role in GRANTABLE],
        departments=department_choices(facts, language),
        errors=messages(problem) if problem else {},
        sent=request.form if problem else {},
    )


@blueprint.post("/people")
@requires("role.grant")
def invite() -> Response:
    """Grant a role to the holder of an address; a stranger to us is invited by letter."""
    session, actor = db.session(), current_actor()
    try:
        email, name, role = line("email", 254), line("name", 120), line("role", 20)
        department = line("department", 80)
        if "@" not in email:
            raise Invalid(errors={"email": _("Write the e-mail address of your colleague.")})
        chosen = service.department_id_of(session, department) if department else None
        invite_colleague(
            session, actor, email, name, role,
            department_id=chosen if role == "department" else None,
            language=current_language(),
            sign_in_url=f"{current_settings().base_url}/sign-in",
        )  # fmt: skip
    except (Invalid, Conflict) as problem:
        session.rollback()
        return _page(problem)
    flash(_("Granted. A letter tells how to sign in."), "success")
    return go(PEOPLE)


@blueprint.post("/people/<grant_id>/revoke")
@requires("role.grant")
def revoke(grant_id: str) -> Response:
    """Take a role away, at once."""
    session = db.session()
    try:
        service.revoke_role(session, current_actor(), grant_id[:40])
    except Conflict as problem:
        session.rollback()
        return _page(problem)
    flash(_("The role is gone. The very next page is made without it."), "success")
    return go(PEOPLE)
