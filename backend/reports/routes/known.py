"""Lists that were asked for before: from the address straight to the prepared question."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec

from flask import Flask, Response, current_app, request
from sqlalchemy import Engine

from backend.city.stamps import known_stamp, stamp_of
from backend.core.actor import ANONYMOUS, current_actor
from backend.core.api import API_PREFIX, next_link
from backend.core.db import db
from backend.core.fastjson import dumps
from backend.core.http import ShortWay, shorten
from backend.core.i18n import chosen_language, language_of
from backend.core.policy import authorise, is_allowed
from backend.reports.queries import Filters, PreparedList, prepared

P = ParamSpec("P")
MOST_KEPT, LONGEST = 500, 400
VARY = "Accept-Language, Cookie, Authorization"
Key = tuple[str, str]
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class KnownList:
    """A question with the state of the city it was prepared for, and its next page's address."""

    question: PreparedList
    engine: Engine
    stamp: str | None
    link: str

    def ask(self) -> tuple[bytes, str | None] | None:
        """The present answer and the address of its next page; None when there is none."""
        page = self.question.page(self.engine)
        if page is None:
            return None
        link = self.link + page.cursor if page.cursor else None
        return body_of(page.items, link, page.names), link


@dataclass(slots=True)
class KnownLists:
    """What this application was asked lately; what was asked once only is not prepared."""

    once: set[Key] = field(default_factory=set)
    lists: dict[Key, KnownList] = field(default_factory=dict)


def _known() -> KnownLists:
    found: KnownLists = current_app.extensions["vox-known-lists"]
    return found


def _key() -> Key:
    return request.environ.get("QUERY_STRING", ""), chosen_language()


def answered_from_known(view: Callable[P, Response]) -> Callable[P, Response]:
    """Answer what anonymous readers asked before without reading the request again."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        actor = current_actor()
        if actor.is_anonymous:
            known = _known().lists.get(_key())
            if known is not None and known.stamp == stamp_of(db.session):
                authorise(actor, "report.list")
                found = known.ask()
                if found is not None:
                    return list_response(*found)
        return view(*args, **kwargs)

    return answer


def shorten_lists(app: Flask) -> None:
    """Answer strangers' known lists before Flask is asked."""
    kept = app.extensions["vox-known-lists"] = KnownLists()
    allowed = is_allowed(ANONYMOUS, "report.list")

    def answer(environ: dict[str, Any]) -> tuple[Headers, bytes] | None:
        query = environ.get("QUERY_STRING", "")
        if not allowed or "lang=" in query:
            return None
        known = kept.lists.get((query, language_of(environ.get("HTTP_ACCEPT_LANGUAGE", ""))))
        if known is None or known.stamp != known_stamp(known.engine):
            return None
        found = known.ask()
        if found is None:
            return None
        body, link = found
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        if link:
            headers.append(("Link", _next(link)))
        headers.append(("Vary", VARY))
        return headers, body

    shorten(app, f"{API_PREFIX}/reports", ShortWay("api_reports.list_reports", answer))


def remember(filters: Filters, limit: int, cursor: str | None) -> None:
    """Prepare this request's list when it is asked for the second time."""
    actor, key = current_actor(), _key()
    if not actor.is_anonymous or len(key[0]) > LONGEST:
        return
    known = _known()
    if key not in known.once:
        if len(known.once) >= MOST_KEPT:
            known.once.clear()
        known.once.add(key)
        return
    question = prepared(db.session, actor, (filters, limit, cursor), key[1])
    if question is not None:
        if len(known.lists) >= MOST_KEPT:
            known.lists.clear()
        known.lists[key] = KnownList(question, db.engine, stamp_of(db.session), next_link(""))


def body_of(items: bytes, link: str | None, names: bytes) -> bytes:
    """A page of a list as JSON."""
    return b'{"items":%b,"next":%b,"names":%b}' % (items, dumps(link), names)


def _next(link: str) -> str:
    return f'<{link}>; rel="next"'


def list_response(body: bytes, link: str | None) -> Response:
    """The answer to a list."""
    response = Response(body, mimetype="application/json")
    if link:
        response.headers["Link"] = _next(link)
    response.headers["Vary"] = VARY
    return response
