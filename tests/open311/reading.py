"""Answers of the endpoint as plain values, whatever their form."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from werkzeug.test import TestResponse

from backend.core.actor import SYSTEM
from backend.open311 import spark


def read(answer: TestResponse) -> Any:
    """The document of an answer; its form must be what its type says."""
    kind = answer.headers["Content-Type"]
    if kind == "application/json; charset=utf-8":
        return answer.json
    assert kind == "text/xml; charset=utf-8", kind
    return spark.from_xml(answer.data)[1]


def make_key(session: Any, scopes: tuple[str, ...], name: str = "A partner") -> str:
    from backend.accounts.service import create_api_key

    _id, found = create_api_key(session, SYSTEM, name, scopes=scopes)
    session.commit()
    return found


def picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (90, 120, 30)).save(out, "JPEG")
    out.seek(0)
    return out
