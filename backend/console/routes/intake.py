"""Telephone intake: a report on behalf of a caller, on one page, by keyboard alone."""

from typing import Any

from flask import Response, flash, request, url_for

from backend.city.geocoder import geocoder_for
from backend.console.blueprint import blueprint
from backend.console.calls import Call, Seen, call_of_form, look, new_report, questions_of
from backend.console.pane import service_choices
from backend.console.routes.inbox import city_map
from backend.console.words import KINDS
from backend.core.actor import current_actor
from backend.core.api import json_response
from backend.core.crypto import SealError, keyring
from backend.core.db import db
from backend.core.i18n import LANGUAGES, _, current_language
from backend.core.pages.forms import first_time, go, messages, page
from backend.core.policy import requires
from backend.core.problems import Invalid, NotFound, Problem
from backend.core.settings import current_settings
from backend.reports.naming import lookup
from backend.reports.queries import standing_of
from backend.reports.service import submit_report

MOST = 6
PURPOSE = "console intake"


def _form(call: Call, seen: Seen, problem: Problem | None = None) -> Response:
    known = lookup(db.session())
    service = known.services_by_code.get(call.values.get("service") or "")
    language = current_language()
    errors = messages(problem) if problem else {}
    return page(
        "console/intake.html",
        problem.status if problem else 200,
        call=call,
        values=call.values,
        seen=seen,
        errors={_field(name): message for name, message in errors.items()},
        kinds=[(code, str(name)) for code, name in KINDS.items()],
        services=service_choices(known.facts, language),
        questions=questions_of(service),
        languages=[code for code in known.facts.languages if code in LANGUAGES],
        city_map=city_map(),
    )


def _field(name: str) -> str:
    """The field of the form that an error of the report belongs to."""
    if name.startswith("answers."):
        return f"answer-{name.removeprefix('answers.')}"
    return "address" if name == "place" else name


@blueprint.get("/intake")
@requires("report.submit_on_behalf")
def intake() -> Response:
    """The empty form."""
    return _form(Call({"language": current_language(), "news": "1"}), Seen())


@blueprint.post("/intake")
@requires("report.submit_on_behalf")
def intake_send() -> Response:
    """Look what is known while the caller speaks, or take the report in."""
    session, actor = db.session(), current_actor()
    known = lookup(session)
    call = call_of_form(known.services_by_code.get(request.form.get("service", "")))
    if request.form.get("do") == "look":
        return _form(call, look(session, actor, known, call))
    try:
        report = new_report(session, call)
        if not first_time(session):
            flash(_("This call was taken in already."), "warning")
            return go(url_for("console.intake"))
        done = submit_report(session, actor, report, on_behalf=True)
    except Invalid as problem:
        session.rollback()
        return _form(call, look(session, actor, lookup(session), call), problem)
    sealed = keyring().seal(done.return_secret or "", f"{PURPOSE} {actor.public_id}")
    return go(url_for("console.intake_done", report_id=done.public_id, code=sealed))


@blueprint.get("/intake/done/<report_id>")
@requires("report.submit_on_behalf")
def intake_done(report_id: str) -> Response:
    """What to tell the caller: the number, and the code for looking in without an account."""
    found = standing_of(db.session(), report_id)
    try:
        purpose = f"{PURPOSE} {current_actor().public_id}"
        secret = keyring().unseal(request.args.get("code", "")[:400], purpose)
    except (SealError, ValueError) as error:
        raise NotFound() from error
    address = f"{current_settings().base_url}/r/{secret}"
    return page("console/intake_done.html", report_id=found.public_id, secret=secret, link=address)


@blueprint.get("/places")
@requires("report.submit_on_behalf")
def find_places() -> Response:
    """Addresses by words, for the field of the form."""
    geocoder = geocoder_for(db.session(), current_settings(), current_language())
    words = request.args.get("q", "").strip()[:200]
    found = geocoder.search(words, MOST) if words else []
    rows: list[dict[str, Any]] = [{"label": p.label, "lat": p.lat, "lon": p.lon} for p in found]
    return json_response(rows, Cache_Control="no-store")


@blueprint.get("/places/nearest")
@requires("report.submit_on_behalf")
def nearest_place() -> Response:
    """The address of a place, and whether it lies in the city."""
    try:
        lat, lon = float(request.args["lat"][:30]), float(request.args["lon"][:30])
    except (KeyError, ValueError) as error:
        raise Invalid(errors={"lat": _("Give the place as numbers.")}) from error
    inside = lookup(db.session()).facts.ground.check(lon, lat).inside
    geocoder = geocoder_for(db.session(), current_settings(), current_language())
    found = geocoder.reverse(lon, lat) if inside else None
    return json_response({"label": found.label if found else None, "inside": inside})
