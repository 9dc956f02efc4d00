"""The REST habits of the house: documents, keyset pages, versions, repeated sends."""

import base64
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

import flask_smorest
import orjson
from flask import Flask, Response, request, url_for
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException

from backend.core.clock import parse_rfc3339, rfc3339
from backend.core.fastjson import dumps
from backend.core.i18n import _
from backend.core.problems import Invalid, PreconditionRequired, Stale

P = ParamSpec("P")
R = TypeVar("R")

API_PREFIX = "/api/v1"


class ProblemItem(Schema):
    """A field at fault."""

    field = fields.String()
    message = fields.String()


class ProblemSchema(Schema):
    """An error, as RFC 9457 writes it."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    instance = fields.String()
    errors = fields.List(fields.Nested(ProblemItem))


class Api(flask_smorest.Api):
    """flask-smorest, speaking problem+json and leaving errors to the one handler of the house."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Errors are rendered by core.errors alone."""

    def _register_responses(self) -> None:
        original: str = flask_smorest.Api.DEFAULT_RESPONSE_CONTENT_TYPE
        self.DEFAULT_RESPONSE_CONTENT_TYPE = "application/problem+json"
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = original


class ApiBlueprint(Blueprint):
    """A room's part of the API; paths are given without the common prefix."""

    ERRORS = (400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 428, 429, 503)

    def __init__(
        self, name: str, import_name: str, *, path: str = "", description: str = ""
    ) -> None:
        super().__init__(
            f"api_{name}", import_name, url_prefix=API_PREFIX + path, description=description
        )
        self._prepare_doc_cbks.append(self._prepare_errors)

    def arguments(self, schema: Any, **rest: Any) -> Any:
        """What a view takes; its schema is made once, not for every request."""
        made = schema() if isinstance(schema, type) and issubclass(schema, Schema) else schema
        return super().arguments(made, **rest)

    def _prepare_errors(self, doc: Any, doc_info: Any, *, api: Any, spec: Any, **_rest: Any) -> Any:
        from http import HTTPStatus

        responses = doc.setdefault("responses", {})
        for status in self.ERRORS:
            if status not in responses and str(status) not in responses:
                responses[str(status)] = {
                    "$ref": f"#/components/responses/{HTTPStatus(status).name}"
                }
                api.spec.components.get_ref("response", HTTPStatus(status).name)
        return doc


def init_api(app: Flask) -> Api:
    """Open the API's document at /openapi.json."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        release = version("vox-urbis")
    except PackageNotFoundError:
        release = "0.0.0"
    app.config.update(
        API_TITLE="Vox Urbis",
        API_VERSION=release,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,
        OPENAPI_JSON_PATH=None,
    )
    api = Api(
        app,
        spec_kwargs={
            "info": {
                "description": "Report what is wrong, propose what could be better, and see what "
                "came of it. Errors are RFC 9457; times are RFC 3339 in UTC; places are GeoJSON.",
            },
        },
    )
    api.spec.components.security_scheme(
        "session", {"type": "http", "scheme": "bearer", "description": "A session's token."}
    )
    app.extensions["vox-api"] = api
    return api


def register_api(app: Flask, blueprint: ApiBlueprint) -> None:
    """Add a room's blueprint to the application and to the document."""
    app.extensions["vox-api"].register_blueprint(blueprint)


def json_response(value: object, status: int = 200, **headers: str) -> Response:
    """A JSON answer from plain values; header names are written with underscores."""
    body = value if isinstance(value, bytes) else dumps(value)
    response = Response(body, status=status, mimetype="application/json")
    for name, content in headers.items():
        response.headers[name.replace("_", "-")] = content
    return response


def encode_cursor(values: Sequence[object]) -> str:
    """The place in a list after which the next page begins."""
    plain = [rfc3339(v) if hasattr(v, "isoformat") else v for v in values]  # type: ignore[arg-type]
    return base64.urlsafe_b64encode(orjson.dumps(plain)).decode().rstrip("=")


def decode_cursor(cursor: str | None, kinds: Sequence[str]) -> list[Any] | None:
    """Read a cursor; kinds are 'time', 'int', 'float' or 'text'. A foreign one is refused."""
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor[:400] + "=" * (-len(cursor) % 4))
        values = orjson.loads(raw)
        if not isinstance(values, list) or len(values) != len(kinds):
            raise ValueError
        readers: dict[str, Callable[[Any], Any]] = {
            "time": parse_rfc3339,
            "int": _whole,
            "float": float,
            "text": str,
        }
        return [readers[kind](value) for kind, value in zip(kinds, values, strict=True)]
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise Invalid(
            errors={"cursor": _("Take the cursor from the answer before, unchanged.")}
        ) from error


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**62:
        raise ValueError
    return value


def next_link(cursor: str) -> str:
    """The address of the next page: this request's with another cursor."""
    arguments = {k: v for k, v in request.args.to_dict(flat=False).items() if k != "cursor"}
    return url_for(
        str(request.endpoint), **{**(request.view_args or {}), **arguments, "cursor": cursor}
    )


def page_response(items: list[Any] | bytes, cursor: str | None, **headers: str) -> Response:
    """One page of a list: items, and where the next one begins, in the body and in Link."""
    link = next_link(cursor) if cursor else None
    if isinstance(items, bytes):
        body: object = b'{"items":' + items + b',"next":' + dumps(link) + b"}"
    else:
        body = {"items": items, "next": link}
    response = json_response(body, 200, **headers)
    if link:
        response.headers["Link"] = f'<{link}>; rel="next"'
    return response


def check_version(current: int | str) -> None:
    """Demand If-Match for a change, and that it names the present version."""
    sent = request.headers.get("If-Match")
    if sent is None:
        raise PreconditionRequired()
    if sent.strip() != "*" and f'"{current}"' not in [t.strip() for t in sent.split(",")]:
        raise Stale(headers={"ETag": f'"{current}"'})


def with_version(response: Response, current: int | str) -> Response:
    """Give an answer its ETag; 304 when the reader has this version already."""
    response.headers["ETag"] = f'"{current}"'
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if request.method in ("GET", "HEAD"):
        response.make_conditional(request)
    return response


def validation_errors(error: HTTPException) -> dict[str, str]:
    """Flatten what marshmallow found into field → message."""
    data = getattr(error, "data", None) or {}
    messages = data.get("messages") or {}
    flat: dict[str, str] = {}

    def walk(path: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(f"{path}.{key}" if path else str(key), inner)
        elif isinstance(value, list):
            flat[path or "body"] = " ".join(str(item) for item in value)
        else:
            flat[path or "body"] = str(value)

    for location, found in messages.items():
        walk("", found) if isinstance(found, dict) else walk(str(location), found)
    return {field.removesuffix("._schema") or "body": text for field, text in flat.items()}


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of the whole application."""
    result: dict[str, Any] = app.extensions["vox-api"].spec.to_dict()
    return result
