"""A foreign city's Open311 endpoint, written by somebody else: XML or JSON, and its moods."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from tests.open311.receiver import Heard, Receiver, receiving

CHILD = {"services": "service", "service_requests": "request", "errors": "error",
         "attributes": "attribute", "values": "value",
         "service_request_updates": "request_update"}  # fmt: skip


def now() -> str:
    """The present moment."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_xml(name: str, value: Any) -> str:
    """A document as this city's server writes it."""
    if isinstance(value, list):
        inner = "".join(as_xml(CHILD[name], one) for one in value)
    elif isinstance(value, dict):
        inner = "".join(as_xml(key, one) for key, one in value.items())
    else:
        inner = escape(str(value).lower() if isinstance(value, bool) else str(value))
    return f"<{name}>{inner}</{name}>"


@dataclass
class Elsewhere:
    """The endpoint with what it keeps."""

    receiver: Receiver
    formats: tuple[str, ...] = ("json", "xml")
    services: list[dict[str, Any]] = field(default_factory=list)
    definitions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] | None = field(default_factory=list)
    batch: bool = False
    tokens_ready: bool = True
    mood: str = "well"
    """well, down (503), cut_before, cut_after (it takes the report and says nothing), forbidden."""

    @property
    def url(self) -> str:
        """Where it is."""
        return self.receiver.url + "/open311/v2"

    def answer(self, heard: Heard) -> tuple[int, dict[str, str], bytes]:
        """Answer one request."""
        split = urlsplit(heard.path)
        path, _dot, form = split.path.removeprefix("/open311/v2/").rpartition(".")
        query = {k: v[0] for k, v in parse_qs(split.query).items()}
        if form not in self.formats:
            return 404, {}, b"<html>nothing here</html>"
        if self.mood == "down":
            return 503, {}, b"busy"
        if heard.method == "POST":
            return self._post(heard, form)
        if path == "services":
            return self._told("services", self.services, form)
        if path.startswith("services/"):
            code = path.removeprefix("services/")
            found = {"service_code": code, "attributes": self.definitions.get(code, [])}
            return self._told("service_definition", found, form)
        if path == "requests":
            wanted = query.get("service_request_id", "").split(",")
            rows = [r for r in self.requests if wanted == [""] or r["service_request_id"] in wanted]
            return self._told("service_requests", rows, form)
        if path.startswith("tokens/"):
            return self._told("service_requests", [self._token(path.removeprefix("tokens/"))], form)
        if path == "servicerequestupdates" and self.updates is not None:
            first, last = query["start_date"], query["end_date"]
            rows = [u for u in self.updates if first <= u["updated_datetime"] <= last]
            return self._told("service_request_updates", rows, form)
        return self._error(404, "no such resource", form)

    def _post(self, heard: Heard, form: str) -> tuple[int, dict[str, str], bytes]:
        if self.mood == "cut_before":
            return 0, {}, b""
        fields, files = read_form(heard)
        if self.mood == "forbidden" or fields.get("api_key") != ["their-key"]:
            return self._error(403, "wrong api_key", form)
        if "servicerequestupdates" in heard.path:
            return self._take_update(fields, form)
        code = fields.get("service_code", [""])[0]
        if code not in {one["service_code"] for one in self.services}:
            return self._error(404, f"service_code {code} not found", form)
        number = str(len(self.requests) + 1)
        self.requests.append({
            "service_request_id": number, "status": "open", "status_notes": "",
            "service_code": code, "description": fields["description"][0],
            "requested_datetime": now(), "updated_datetime": now(),
            "_fields": fields, "_files": files,
        })  # fmt: skip
        if self.mood == "cut_after":
            return 0, {}, b""
        given = {"token": "t" + number} if self.batch else {"service_request_id": number}
        return self._told("service_requests", [given], form)

    def _take_update(
        self, fields: dict[str, list[str]], form: str
    ) -> tuple[int, dict[str, str], bytes]:
        if self.updates is None:
            return self._error(404, "no such resource", form)
        theirs = fields["update_id"][0]
        known = [one for one in self.updates if one.get("_sender") == theirs]
        if not known:
            self.say(fields["service_request_id"][0], "open", fields["description"][0])
            self.updates[-1]["_sender"] = theirs
            known = [self.updates[-1]]
        if self.mood == "cut_after":
            return 0, {}, b""
        given = [{"update_id": known[0]["update_id"]}]
        return self._told("service_request_updates", given, form)

    def _token(self, token: str) -> dict[str, Any]:
        found: dict[str, Any] = {"token": token}
        return found | {"service_request_id": token[1:]} if self.tokens_ready else found

    def _told(
        self, root: str, value: Any, form: str, status: int = 200
    ) -> tuple[int, dict[str, str], bytes]:
        if isinstance(value, list):
            value = [{k: v for k, v in one.items() if k[0] != "_"} for one in value]
        kind = {"json": "application/json", "xml": "text/xml"}[form]
        body = json.dumps(value) if form == "json" else as_xml(root, value)
        return status, {"Content-Type": f"{kind}; charset=utf-8"}, body.encode()

    def _error(self, status: int, text: str, form: str) -> tuple[int, dict[str, str], bytes]:
        return self._told("errors", [{"code": status, "description": text}], form, status)

    def say(self, number: str, status: str, text: str = "", update_id: str = "") -> None:
        """Let this city say something about a request."""
        assert self.updates is not None
        self.updates.append({
            "update_id": update_id or str(len(self.updates) + 1), "service_request_id": number,
            "status": status, "updated_datetime": now(), "description": text, "media_url": "",
        })  # fmt: skip


def read_form(heard: Heard) -> tuple[dict[str, list[str]], list[bytes]]:
    """The fields and the files of a form."""
    kind = heard.headers.get("content-type", "")
    if not kind.startswith("multipart/"):
        return parse_qs(heard.body.decode(), keep_blank_values=True), []
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    fields: dict[str, list[str]] = {}
    files = []
    for part in BytesParser().parsebytes(head + heard.body).walk():
        name = part.get_param("name", header="content-disposition")
        if part.get_filename():
            files.append(part.get_payload(decode=True))
        elif name:
            fields.setdefault(str(name), []).append(part.get_payload(decode=True).decode())
    return fields, files  # type: ignore[return-value]


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """The endpoint, for as long as the block lasts."""
    with receiving() as receiver:
        city = Elsewhere(receiver)
        city.services = [
            {"service_code": "P1", "service_name": "Pothole", "metadata": True},
            {"service_code": "tree", "service_name": "Trees and parks", "metadata": False},
        ]
        city.definitions["P1"] = [
            {"code": "where", "variable": True, "datatype": "singlevaluelist", "required": True,
             "description": "Where?", "values": []},
            {"code": "DEPTH", "variable": True, "datatype": "number", "required": False,
             "description": "How deep?"},
        ]  # fmt: skip
        receiver.answer = city.answer
        yield city
