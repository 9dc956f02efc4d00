"""Suggestions and the taxonomy over HTTP."""

from typing import Any

from flask import Response

from backend.classification import queries, service
from backend.classification.schemas import SuggestIn, SuggestionResult, TaxonomyOut
from backend.core.api import ApiBlueprint, json_response
from backend.core.db import db
from backend.core.i18n import current_language
from backend.core.limits import limit
from backend.core.policy import requires

blueprint = ApiBlueprint(
    "classification", __name__, description="Where a text belongs, how sure the model is, and why"
)


@blueprint.route("/suggestions", methods=["POST"])
@requires("suggestion.ask")
@blueprint.arguments(SuggestIn)
@blueprint.response(200, SuggestionResult)
@limit("suggestions", "120 per minute")
def suggest(body: dict[str, Any]) -> Response:
    """Ask where a text belongs, while it is being written; nothing is stored."""
    out = service.suggest_now(db.session, body["text"], body["language"])
    return json_response(out.document())


@blueprint.route("/taxonomy", methods=["GET"])
@requires("taxonomy.read")
@blueprint.response(200, TaxonomyOut)
def taxonomy() -> Response:
    """The six domains and their components, in the reader's language."""
    response = json_response({"items": queries.taxonomy_document(current_language())})
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response
