"""The endpoint over HTTP: the standard's addresses, for production and for trying out."""

from flask import Blueprint, Response, g, request

from backend.core.actor import ANONYMOUS
from backend.open311.answering import PREFIX, open_to_all, zipped

blueprint = Blueprint("open311", __name__, url_prefix=PREFIX, template_folder="../templates")
FRONT = PREFIX + "/"
ROOTS = ("/v2", "/test/v2")


@blueprint.before_request
def _as_a_stranger() -> None:
    """Everybody is told the same: who is signed in with a cookie counts for nothing here."""
    if request.path != FRONT:
        g.actor = ANONYMOUS
    g.open311_test = request.path.startswith(PREFIX + "/test/")


@blueprint.after_request
def _open(response: Response) -> Response:
    return response if request.path == FRONT else zipped(open_to_all(response))


from backend.open311.routes import front, requests, services, updates  # noqa: E402, F401 - routes
