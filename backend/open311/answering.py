"""How the endpoint answers: in the format that the address asks for, errors too."""

import gzip
from collections.abc import Iterable
from typing import Any

from flask import Response, g, request

from backend.core.problems import Problem
from backend.open311 import spark

FORMATS = ("xml", "json")
TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
BARE_TYPES = {"xml": "text/xml", "json": "application/json"}
ANY_FORMAT = "<any(xml, json):form>"
PREFIX = "/open311"
WORTH_ZIPPING = 1400


class Refused(Problem):
    """A refusal as GeoReport tells it: a status, and a sentence for every fault."""

    kind = "open311-refused"

    def __init__(self, status: int, *descriptions: object) -> None:
        super().__init__(descriptions[0] if descriptions else None)
        self.status = status
        self.descriptions = [str(found) for found in descriptions]


def form_of_path(path: str) -> str:
    """The format that an address asks for by its ending; XML is what everybody reads."""
    return "json" if path.lower().endswith(".json") else "xml"


def told(root: str, value: Any, form: str, status: int = 200) -> Response:
    """A document in one of the two formats."""
    body = spark.to_json(value) if form == "json" else spark.to_xml(root, value)
    return Response(body, status=status, content_type=TYPES[form])


def errors_of(problem: Problem) -> tuple[int, list[dict[str, Any]]]:
    """A problem of the house as GeoReport's status and list of errors."""
    status = {401: 403, 406: 400, 409: 400, 410: 404, 415: 400, 422: 400, 428: 400}.get(
        problem.status, problem.status
    )
    if isinstance(problem, Refused):
        descriptions: Iterable[str] = problem.descriptions
    elif problem.errors:
        descriptions = [f"{_named(f)}: {message}" for f, message in problem.errors.items()]
    else:
        descriptions = [f"{problem.title}: {problem.detail}"]
    return status, [{"code": status, "description": text} for text in descriptions]


def _named(field: str) -> str:
    """A field of ours by the name that the sender knows."""
    if field.startswith("answers."):
        return f"attribute[{field.removeprefix('answers.')}]"
    known = {"text": "description", "service": "service_code", "place": "lat, long",
             "photos": "media", "address": "address_string"}  # fmt: skip
    return known.get(field, field)


def render_error(problem: Problem) -> Response:
    """Any failure below the endpoint, in the format of the address."""
    status, errors = errors_of(problem)
    form = form_of_path(request.path)
    response = told("errors", errors, form, status)
    open_to_all(response)
    return response


def open_to_all(response: Response) -> Response:
    """Let pages of other sites read what everybody may read; cookies count for nothing here."""
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = "Link, X-Total-Count, Retry-After, RateLimit"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, POST")
        headers["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key, Authorization"
        headers["Access-Control-Max-Age"] = "86400"
    return response


def zipped(response: Response) -> Response:
    """Send long answers small to who can unfold them."""
    if (
        response.direct_passthrough
        or response.is_streamed
        or response.status_code != 200
        or "Content-Encoding" in response.headers
        or request.accept_encodings["gzip"] <= 0
    ):
        return response
    data = response.get_data()
    if len(data) >= WORTH_ZIPPING:
        response.set_data(gzip.compress(data, 5))
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def is_test() -> bool:
    """Whether this was sent to the test endpoint, which checks everything and keeps nothing."""
    return bool(g.get("open311_test", False))
