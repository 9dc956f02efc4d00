"""What the routes of accounts share: ids in addresses, tokens handed over, refusals that commit."""

from typing import Any

from flask import Response, g, request
from marshmallow import Schema

from backend.accounts import cookies
from backend.accounts.addressing import known_form
from backend.accounts.queries import SessionState
from backend.accounts.service import SignedIn
from backend.city.queries import facts
from backend.core.actor import Actor, current_actor
from backend.core.api import json_response
from backend.core.db import db
from backend.core.errors import render
from backend.core.limits import sender_key
from backend.core.problems import Problem, SignInNeeded

BROWSERS = (
    ("Firefox", "Firefox"),
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def path_id(text: str) -> str:
    """The public id in an address; anything else is not found."""
    return known_form(text)


def me() -> tuple[Actor, int]:
    """Who acts, and the id of their account."""
    actor = current_actor()
    if actor.account_id is None:
        raise SignInNeeded()
    return actor, actor.account_id


def sender() -> str:
    """Who is counted for limits."""
    return sender_key()


def device_label() -> str | None:
    """Browser and system in two words, to recognise one's own sessions by."""
    agent = request.headers.get("User-Agent", "")[:400]
    words = [
        next((name for mark, name in kinds if mark in agent), None) for kinds in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(word for word in words if word) or None


def refusal(problem: Problem) -> Response:
    """Answer with a problem and yet commit: what was counted must stay counted."""
    return render(problem)


def started(done: SignedIn, kind: str) -> Response:
    """Answer a sign-in: the token in the body, or in a cookie."""
    step = "none"
    if done.second_factor_needed:
        step = "needed" if done.second_factor_enrolled else "enrol"
    body = {"token": None, "expires_in": done.seconds, "second_factor": step}
    if kind == "bearer":
        return json_response(body | {"token": done.token}, Cache_Control="no-store")
    response = json_response(body, Cache_Control="no-store")
    cookies.set_session_cookie(response, done.token, seconds=done.seconds)
    cookies.clear_ticket_cookie(response)
    return response


def handed_over(token: str, status: int = 200, **more: Any) -> Response:
    """Give the present session its new token, in the way in which it had the old one."""
    state: SessionState | None = g.get("session_state")
    if state is not None and state.kind == "cookie":
        response = json_response({"token": None, **more}, status, Cache_Control="no-store")
        seconds = None if state.actor.is_staff or state.second_factor_needed else _seconds(state)
        cookies.set_session_cookie(response, token, seconds=seconds)
        return response
    return json_response({"token": token, **more}, status, Cache_Control="no-store")


def _seconds(state: SessionState) -> int:
    from backend.core.clock import utcnow

    return max(1, int((state.expires_at - utcnow()).total_seconds()))


def listed(schema: type[Schema], rows: list[Any]) -> Response:
    """A short list that has no further pages."""
    return json_response({"items": schema(many=True).dump(rows), "next": None})


def district_code(district_id: int | None) -> str | None:
    """The code of a district."""
    found = (d.code for d in facts(db.session).districts if d.id == district_id)  # type: ignore[arg-type]
    return next(found, None)


def department_code(department_id: int | None) -> str | None:
    """The code of a department."""
    found = (d.code for d in facts(db.session).departments if d.id == department_id)  # type: ignore[arg-type]
    return next(found, None)
