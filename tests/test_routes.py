"""Every address of the house has a rule, and every address of the API is in its document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.routing import Rule

from backend.core.api import API_PREFIX, document
from backend.core.policy import tables
from tests.support.house import build
from tests.support.source import ROOT

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
WRITTEN = ROOT / "openapi" / "openapi.json"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application; its database is never asked."""
    folder = tmp_path_factory.mktemp("routes")
    return build(f"sqlite:///{folder / 'none.sqlite3'}", folder)


@pytest.fixture(scope="module")
def spec(house: Flask) -> dict:
    """The document as a reader of /openapi.json gets it."""
    with house.test_request_context():
        return json.loads(json.dumps(document(house)))


def _rules(app: Flask) -> Iterator[tuple[Rule, object]]:
    for rule in app.url_map.iter_rules():
        yield rule, app.view_functions[rule.endpoint]


def test_every_route_has_an_access_rule(house: Flask) -> None:
    bare = [
        f"{rule.rule} ({rule.endpoint})"
        for rule, view in _rules(house)
        if not getattr(view, "vox_action", None)
    ]
    assert not bare, "Mark these views with @requires:\n- " + "\n- ".join(bare)


def test_every_rule_that_a_route_names_is_written(house: Flask) -> None:
    written = {action for table in tables().values() for action in table.rules}
    named = {getattr(view, "vox_action", None) for _rule, view in _rules(house)} - {None}
    assert named <= written, f"No policy table writes {sorted(named - written)}"


def test_every_api_route_is_in_the_document(house: Flask, spec: dict) -> None:
    missing = []
    for rule, _view in _rules(house):
        if not rule.rule.startswith(API_PREFIX):
            continue
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        for method in (rule.methods or set()) & METHODS:
            if method.lower() not in spec["paths"].get(path, {}):
                missing.append(f"{method} {path}")
    assert not missing, "Not in the document:\n- " + "\n- ".join(sorted(missing))


def test_the_document_is_valid(spec: dict) -> None:
    errors = list(OpenAPIV31SpecValidator(spec).iter_errors())
    assert not errors, errors[0]


def test_the_document_that_is_checked_in_is_the_one_that_is_served(spec: dict) -> None:
    assert WRITTEN.exists(), "run make spec"
    kept = json.loads(WRITTEN.read_text())
    for changing in (kept, spec):
        changing["info"].pop("version", None)
    assert kept == spec, "The API changed: run make spec and commit openapi/openapi.json"


def test_every_error_of_the_api_is_a_problem(spec: dict) -> None:
    wrong = []
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if method.upper() not in METHODS:
                continue
            for status, response in operation["responses"].items():
                kinds = _content_of(spec, response)
                if status[0] in "45" and kinds and kinds != {"application/problem+json"}:
                    wrong.append(f"{method.upper()} {path} {status}: {sorted(kinds)}")
    assert not wrong, "Not application/problem+json:\n- " + "\n- ".join(wrong)


def _content_of(spec: dict, response: dict) -> set[str]:
    if "$ref" in response:
        response = spec["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    return set(response.get("content", {}))


def test_every_operation_has_a_summary(spec: dict) -> None:
    silent = [
        f"{method.upper()} {path}"
        for path, operations in spec["paths"].items()
        for method, operation in operations.items()
        if method.upper() in METHODS and not operation.get("summary")
    ]
    assert not silent, "Give the view a docstring:\n- " + "\n- ".join(silent)
