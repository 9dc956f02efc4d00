"""Updates of requests, and everything at once."""

from flask import Response, request, stream_with_context

from backend.city import queries as city
from backend.core.db import db
from backend.core.limits import check_limit
from backend.core.policy import requires
from backend.media.develop import develop
from backend.open311 import bulk, updates
from backend.open311.answering import ANY_FORMAT, TYPES, is_test, told
from backend.open311.asking import Arguments
from backend.open311.jurisdiction import check_jurisdiction
from backend.open311.keys import count_reading, sending_partner
from backend.open311.routes import ROOTS, blueprint
from backend.open311.routes.services import sent_jurisdiction
from backend.open311.sent import read_sent, sent_pictures

UPDATES = "service_request_updates"
BULKS = "30 per hour"


@requires("open311.read")
def list_updates(form: str) -> Response:
    """What the city did and said about public reports."""
    sent_jurisdiction()
    count_reading()
    return told(UPDATES, updates.listed(db.session()), form)


@requires("open311.send")
def create_update(form: str) -> Response:
    """What a partner's user or system says about a report."""
    partner = sending_partner("create_service_request_update")
    sent = read_sent()
    photos = [develop(data, "media") for data in sent_pictures()]
    session = db.session()
    check_jurisdiction(session, sent.one("jurisdiction_id"))
    answer = updates.take_update(session, partner, sent, photos)
    if is_test():
        session.rollback()
    return told(UPDATES, [answer], form)


@requires("open311.read")
def show_bulk(form: str) -> Response:
    """Every public report, or those of a time, in one document."""
    sent_jurisdiction()
    check_limit("open311 bulk", BULKS)
    session = db.session()
    given = Arguments(request.args, city.facts(session).time_zone)
    since, until = given.moment("start_date"), given.moment("end_date", day_ends=True)
    pieces = stream_with_context(bulk.document(session, form, since, until))
    response = Response(pieces, content_type=TYPES.get(form) or bulk.TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="requests.{form}"'
    return response


for _root in ROOTS:
    _path = f"{_root}/servicerequestupdates.{ANY_FORMAT}"
    blueprint.add_url_rule(_path, view_func=list_updates)
    blueprint.add_url_rule(_path, view_func=create_update, methods=["POST"])
blueprint.add_url_rule("/v2/bulk.<any(csv, xml, json):form>", view_func=show_bulk)
