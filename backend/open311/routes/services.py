"""Discovery, services and their definitions."""

from flask import Response, request

from backend.city import queries as city
from backend.core.db import db
from backend.core.i18n import _
from backend.core.policy import requires
from backend.open311 import catalogue
from backend.open311.answering import ANY_FORMAT, BARE_TYPES, Refused, told
from backend.open311.discovery import discovery
from backend.open311.jurisdiction import check_jurisdiction
from backend.open311.routes import ROOTS, blueprint


def sent_jurisdiction() -> None:
    """Refuse what is meant for another city."""
    check_jurisdiction(db.session(), request.values.get("jurisdiction_id"))


@requires("open311.read")
def show_discovery(form: str) -> Response:
    """Where the endpoints are; validators compare its content type without a charset."""
    response = told("discovery", discovery(db.session()), form)
    response.headers["Content-Type"] = BARE_TYPES[form]
    return response


@requires("open311.read")
def list_services(form: str) -> Response:
    """The services that can be asked for."""
    sent_jurisdiction()
    return told("services", catalogue.services(db.session()), form)


@requires("open311.read")
def show_definition(form: str, code: str | None = None) -> Response:
    """The questions of a service; older clients name it in the query."""
    sent_jurisdiction()
    code = code if code is not None else request.args.get("service_code", "").strip()
    if not code:
        raise Refused(400, _("service_code was not provided."))
    service = catalogue.find_service(db.session(), code)
    if service is None:
        raise Refused(404, _("service_code %(code)s not found.", code=code[:80]))
    return told("service_definition", catalogue.definition(service), form)


@requires("open311.read")
def show_boundaries(form: str) -> Response:
    """The box around the city; none while every place is inside."""
    sent_jurisdiction()
    bounds = city.facts(db.session()).ground.bounds
    if bounds is None:
        raise Refused(404, _("This city has told no boundaries."))
    west, south, east, north = bounds
    box = {"bottom": south, "left": west, "top": north, "right": east}
    return told("boundaries", box, form)


blueprint.add_url_rule(f"/discovery.{ANY_FORMAT}", view_func=show_discovery)
for _root in ROOTS:
    for _path, _view in (
        (f"/discovery.{ANY_FORMAT}", show_discovery),
        (f"/services.{ANY_FORMAT}", list_services),
        (f"/boundaries.{ANY_FORMAT}", show_boundaries),
        (f"/service_definition.{ANY_FORMAT}", show_definition),
        (f"/services/<path:code>.{ANY_FORMAT}", show_definition),
    ):
        blueprint.add_url_rule(_root + _path, view_func=_view)
