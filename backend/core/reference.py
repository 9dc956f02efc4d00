"""The reference of the API: the OpenAPI document, and the same for people to read."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, request

from backend.core.api import document
from backend.core.fastjson import dumps
from backend.core.policy import EVERYONE, PolicyTable, requires

METHODS = ("get", "post", "put", "patch", "delete")
REFERENCE = "#/components/schemas/"

blueprint = Blueprint("reference", __name__)
policy = PolicyTable("reference")
policy.allow("reference.read", {"any": EVERYONE})


@lru_cache(maxsize=4)
def _written(_app_id: int) -> bytes:
    return dumps(document(current_app))


@blueprint.get("/openapi.json")
@requires("reference.read")
def openapi() -> Response:
    """The document that a client is generated from."""
    response = Response(
        _written(id(current_app.extensions["vox-api"])), mimetype="application/json"
    )
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/docs")
@requires("reference.read")
def docs() -> Response:
    """The same document as a page."""
    spec = document(current_app)
    html = render_template("reference.html", groups=list(_groups(spec)), info=spec["info"])
    response = Response(html, mimetype="text/html")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _groups(spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The operations by tag, in the order of the document."""
    for tag in spec.get("tags", ()):
        operations = [
            _operation(path, method, item[method], spec)
            for path, item in spec["paths"].items()
            for method in METHODS
            if method in item and tag["name"] in item[method].get("tags", ())
        ]
        if operations:
            title = tag["name"].removeprefix("api_").replace("_", " ").capitalize()
            yield {
                "id": tag["name"],
                "title": title,
                "description": tag.get("description", ""),
                "operations": operations,
            }


def _operation(
    path: str, method: str, found: Mapping[str, Any], spec: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "id": f"{method}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}",
        "method": method.upper(),
        "path": path,
        "summary": found.get("summary", ""),
        "description": found.get("description", ""),
        "parameters": [p for p in found.get("parameters", ()) if "name" in p],
        "body": [
            {"type": kind, "fields": list(_fields(content.get("schema", {}), spec))}
            for kind, content in found.get("requestBody", {}).get("content", {}).items()
        ],
        "answers": [
            {"status": status, "description": answer.get("description", "")}
            for status, answer in sorted(found.get("responses", {}).items())
            if status.startswith("2")
        ],
    }


def _fields(schema: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The fields of a body, one level deep."""
    name = schema.get("$ref", "").removeprefix(REFERENCE)
    whole = spec["components"]["schemas"].get(name, schema)
    for field, shape in whole.get("properties", {}).items():
        yield {
            "name": field,
            "type": type_of(shape),
            "required": field in whole.get("required", ()),
        }


def type_of(shape: Mapping[str, Any]) -> str:
    """A shape in a word or two: string, integer, list of X, one of a few words."""
    if "$ref" in shape:
        return str(shape["$ref"]).removeprefix(REFERENCE)
    if "enum" in shape:
        return " | ".join(str(choice) for choice in shape["enum"][:12])
    kind = shape.get("type", "any")
    kinds = [k for k in kind if k != "null"] if isinstance(kind, list) else [str(kind)]
    if kinds == ["array"]:
        return f"list of {type_of(shape.get('items', {}))}"
    text = " or ".join(kinds)
    return f"{text} ({shape['format']})" if "format" in shape else text


def init_reference(app: Flask) -> None:
    """Answer under /openapi.json and /docs."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["type_of"] = type_of
