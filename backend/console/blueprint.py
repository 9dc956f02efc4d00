"""The blueprint of the desk, and the words that its templates share."""

from typing import Any

from flask import Blueprint

from backend.console import words
from backend.core.actor import current_actor
from backend.core.policy import authorise

blueprint = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")


@blueprint.before_request
def _gate() -> None:
    """Nobody but staff comes in here, whatever they may do with their own reports elsewhere."""
    authorise(current_actor(), "console.start")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "rest_of": words.rest_of,
        "status_name": words.status_name,
        "role_name": words.role_name,
        "kind_name": words.kind_name,
        "channel_name": words.channel_name,
        "visibility_name": words.visibility_name,
        "component_name": words.component_name,
        "language_name": words.language_name,
        "due_markup": words.due_markup,
        "assignee_id": words.assignee_id,
        "role_choices": words.role_choices,
    }
