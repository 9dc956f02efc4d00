"""Requests: listed, one by one, sent in, and found by their tokens."""

from math import ceil

from flask import Response, request

from backend.core.actor import ANONYMOUS
from backend.core.db import db
from backend.core.i18n import _
from backend.core.ids import is_public_id, normalise_id
from backend.core.policy import requires
from backend.media.develop import develop
from backend.open311.answering import ANY_FORMAT, Refused, is_test, told
from backend.open311.asking import Asked, asked_reports
from backend.open311.intake import take_in
from backend.open311.jurisdiction import base_url, check_jurisdiction
from backend.open311.keys import count_reading, sending_partner
from backend.open311.receipts import report_of_token
from backend.open311.routes import ROOTS, blueprint
from backend.open311.routes.services import sent_jurisdiction
from backend.open311.sent import read_sent, sent_pictures
from backend.open311.showing import Shown
from backend.reports.queries.exchange import (
    Exchange,
    exchanged_number,
    exchanged_reports,
)

REQUESTS = "service_requests"


@requires("open311.read")
def list_requests(form: str) -> Response:
    """The public reports that were asked for, newest first."""
    sent_jurisdiction()
    count_reading()
    session = db.session()
    asked = asked_reports(session)
    rows = exchanged_reports(session, ANONYMOUS, asked.what, limit=asked.limit, offset=asked.offset)
    documents = Shown(session, rows, extensions=asked.extensions).documents()
    response = told(REQUESTS, documents, form)
    if asked.paged:
        _add_pages(response, asked)
    return response


def _add_pages(response: Response, asked: Asked) -> None:
    """How many there are, and where the other pages are, beside a body that is a bare list."""
    number = exchanged_number(db.session(), ANONYMOUS, asked.what)
    if number is None:
        return
    response.headers["X-Total-Count"] = str(number)
    page, last = asked.offset // asked.limit + 1, max(1, ceil(number / asked.limit))
    links = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
    told_links = [
        f'<{_page_address(at, asked.limit)}>; rel="{rel}"'
        for rel, at in links.items()
        if 1 <= at <= last
    ]
    response.headers["Link"] = ", ".join(told_links)


def _page_address(page: int, size: int) -> str:
    from urllib.parse import urlencode

    left_out = {"page", "page_size", "per_page", "limit", "offset", "max_requests", "api_key"}
    kept = [(k, v) for k, v in request.args.items(multi=True) if k not in left_out]
    query = urlencode([*kept, ("page", page), ("page_size", size)])
    return f"{base_url()}{request.path}?{query}"


@requires("open311.read")
def show_request(form: str, request_id: str) -> Response:
    """One public report, still as a list."""
    sent_jurisdiction()
    count_reading()
    session, wanted = db.session(), normalise_id(request_id[:64])
    rows = exchanged_reports(session, ANONYMOUS, Exchange(ids=(wanted,)), limit=1)
    if not rows:
        raise Refused(404, _("service_request_id %(id)s not found.", id=request_id[:64]))
    extensions = request.args.get("extensions", "").strip().lower() in ("true", "1", "yes")
    return told(REQUESTS, Shown(session, rows, extensions=extensions).documents(), form)


@requires("open311.send")
def create_request(form: str) -> Response:
    """A report from a partner's system; pictures are developed before anything is locked."""
    partner = sending_partner("create_request")
    sent = read_sent()
    photos = [develop(data, "media") for data in sent_pictures()]
    session = db.session()
    check_jurisdiction(session, sent.one("jurisdiction_id"))
    answer = take_in(session, partner, sent, photos)
    if is_test():
        session.rollback()
    return told(REQUESTS, [answer], form)


@requires("open311.read")
def show_token(form: str, token: str = "") -> Response:
    """The id behind a token; every report has its id at once, so no token is pending."""
    sent_jurisdiction()
    count_reading()
    if not token.strip():
        raise Refused(400, _("token was not provided."))
    found = report_of_token(db.session(), token.strip())
    if found is None or not is_public_id(found):
        raise Refused(404, _("token %(token)s not found.", token=token[:64]))
    return told(REQUESTS, [{"service_request_id": found, "token": token.strip()}], form)


for _root in ROOTS:
    blueprint.add_url_rule(f"{_root}/requests.{ANY_FORMAT}", view_func=list_requests)
    blueprint.add_url_rule(
        f"{_root}/requests.{ANY_FORMAT}", view_func=create_request, methods=["POST"]
    )
    blueprint.add_url_rule(
        f"{_root}/requests/<path:request_id>.{ANY_FORMAT}", view_func=show_request
    )
    blueprint.add_url_rule(f"{_root}/tokens.{ANY_FORMAT}", view_func=show_token)
    blueprint.add_url_rule(f"{_root}/tokens/<path:token>.{ANY_FORMAT}", view_func=show_token)
