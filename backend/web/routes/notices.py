"""What every city must say: privacy, accessibility, contact, licence of the data."""

from typing import Any

from flask import Response

from backend.city import queries as city
from backend.city.rendering import city_document
from backend.core.db import db
from backend.core.i18n import current_language
from backend.core.policy import requires
from backend.core.settings import current_settings
from backend.web import answering, drafts
from backend.web.blueprint import blueprint


def _facts() -> dict[str, Any]:
    document = city_document(city.facts(db.session()), current_language())
    return {"town": document, "contact": document["contact"], "legal": document["legal"],
            "data": document["data"], "settings": current_settings()}  # fmt: skip


@blueprint.get("/privacy")
@requires("page.read")
def privacy() -> Response:
    """What happens to personal data."""
    hours = int(drafts.KEPT.total_seconds() // 3600)
    return answering.public_page("web/notices/privacy.html", draft_hours=hours, **_facts())


@blueprint.get("/accessibility")
@requires("page.read")
def accessibility() -> Response:
    """How far everybody can use these pages, and whom to tell when not."""
    return answering.public_page("web/notices/accessibility.html", **_facts())


@blueprint.get("/contact")
@requires("page.read")
def contact() -> Response:
    """How to reach city hall."""
    return answering.public_page(
        "web/notices/contact.html", departments=city.departments(db.session()), **_facts()
    )


@blueprint.get("/licence")
@requires("page.read")
def licence() -> Response:
    """What anyone may do with the data."""
    return answering.public_page("web/notices/licence.html", **_facts())
