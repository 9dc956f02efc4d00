"""What works without a network: the page that says so, the report on the way, and its outbox."""

from typing import Any

from flask import Response

from backend.city import queries as city
from backend.city.rendering import service_document
from backend.core.db import db
from backend.core.i18n import current_language
from backend.core.policy import requires
from backend.web import answering, ground
from backend.web.blueprint import blueprint
from backend.web.routes.report.about import asked, grouped
from backend.web.routes.report.begin import LONGEST


@blueprint.get("/offline")
@requires("page.read")
def offline() -> Response:
    """What is shown without a network."""
    return answering.public_page("web/offline.html")


@blueprint.get("/report/quick")
@requires("page.read")
def quick_report() -> Response:
    """A whole report on one page, with the catalogue and its questions inside."""
    session = db.session()
    services = [s for s in city.catalogue(session) if "complaint" in s.kinds]
    facts, language = city.facts(session), current_language()
    documents = [service_document(facts, s, language) for s in services if s.questions]
    return answering.public_page(
        "web/quick.html",
        longest=LONGEST,
        groups=grouped(services),
        asking=[d | {"questions": asked(d["questions"])} for d in documents],
        needs=_needs(services),
        **ground.map_place(session),
    )


def _needs(services: list[Any]) -> dict[str, list[str]]:
    """What a service cannot do without: its place, a photo."""
    return {
        s.code: [what for what in ("place", "photo") if getattr(s, what) == "required"]
        for s in services
        if "required" in (s.place, s.photo)
    }


@blueprint.get("/outbox")
@requires("page.read")
def outbox() -> Response:
    """What was written on this phone; the browser fills it from its own store."""
    return answering.public_page("web/outbox.html")
