"""Answers of the endpoint as plain values, whatever their form."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from backend.open311 import spark


def read(answer: TestResponse) -> Any:
    """The document of an answer; its form must be what its type says."""
    kind = answer.headers["Content-Type"]
    if kind == "application/json; charset=utf-8":
        return answer.json
    assert kind == "text/xml; charset=utf-8", kind
    return spark.from_xml(answer.data)[1]
