"""A foreign Open311 endpoint as this room asks it: both formats, every error with its meaning."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from backend.core.outward import Answer, OutwardError, ask
from backend.open311 import spark

SECONDS = 20.0
MOST_BYTES = 20_000_000
GEOREPORT = "georeport_v2"
Fields = Sequence[tuple[str, str]]
Files = Sequence[tuple[str, bytes]]


class PeerError(Exception):
    """A question that failed: why, whether it may have arrived, and what the peer said."""

    def __init__(
        self, kind: str, detail: str = "", *, unclear: bool = False, wait: float | None = None
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = "".join(c for c in detail if c.isprintable())[:300]
        self.unclear = unclear
        self.wait = wait

    @property
    def is_final(self) -> bool:
        """Whether asking the same again would be answered the same."""
        return self.kind in ("refused", "refused_key", "private_address", "address")


@dataclass(frozen=True, slots=True)
class Peer:
    """Where an endpoint lies and how it is spoken to."""

    endpoint: str
    form: str = "json"
    jurisdiction: str | None = None
    api_key: str | None = None
    named_hosts: tuple[str, ...] = ()

    def read(self, path: str, root: str, fields: Fields = ()) -> Any:
        """A document of the endpoint as plain values."""
        asked = [(k, v) for k, v in [("jurisdiction_id", self.jurisdiction or ""), *fields] if v]
        query = "?" + urlencode(asked) if asked else ""
        answer = self._ask("GET", f"{self._address(path)}{query}")
        return self._document(answer, root)

    def send(
        self, path: str, root: str, fields: Fields, *, files: Files = (), mark: str = ""
    ) -> Any:
        """Send a form, with files if there are any; the mark is the same at every try."""
        told = [*fields]
        if self.jurisdiction:
            told.append(("jurisdiction_id", self.jurisdiction))
        if self.api_key:
            told.append(("api_key", self.api_key))
        kind, body = multipart(told, files) if files else _form(told)
        headers = {"Content-Type": kind} | ({"Idempotency-Key": mark} if mark else {})
        return self._document(self._ask("POST", self._address(path), headers, body), root)

    def _address(self, path: str) -> str:
        return f"{self.endpoint.rstrip('/')}/{path}.{self.form}"

    def _ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        try:
            answer = ask(
                method, url, headers=headers, body=body, named_hosts=self.named_hosts,
                seconds=SECONDS, most_bytes=MOST_BYTES,
            )  # fmt: skip
        except OutwardError as error:
            raise PeerError(error.kind, unclear=error.sent) from error
        if answer.is_good:
            return answer
        status, said = answer.status, self._said(answer)
        if status in (401, 403):
            raise PeerError("refused_key", said)
        if status in (408, 409, 425, 429) or status >= 500:
            raise PeerError("busy", f"{status} {said}", unclear=True, wait=answer.wait_seconds())
        raise PeerError("refused", f"{status} {said}")

    def _said(self, answer: Answer) -> str:
        try:
            errors = self._document(answer, "errors")
            return "; ".join(str(e.get("description", "")) for e in errors if isinstance(e, dict))
        except PeerError:
            return ""

    def _document(self, answer: Answer, root: str) -> Any:
        try:
            if answer.body.lstrip()[:1] == b"<":
                return spark.from_xml(answer.body)[1]
            return spark.from_json(root, answer.body)
        except spark.Unreadable as error:
            raise PeerError("unreadable", str(error), unclear=True) from error


def requests_of(value: Any) -> list[dict[str, Any]]:
    """The entries of a list, whatever stood between them."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def code_in_path(code: str) -> str:
    """A code as part of an address."""
    return quote(code, safe="")


def _form(fields: Fields) -> tuple[str, bytes]:
    return "application/x-www-form-urlencoded; charset=utf-8", urlencode(list(fields)).encode()


def multipart(fields: Fields, files: Files) -> tuple[str, bytes]:
    """A form with files as bytes."""
    mark = secrets.token_hex(16)
    parts = []
    for name, value in fields:
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n'
        parts += [head.encode(), value.encode(), b"\r\n"]
    for number, (name, data) in enumerate(files, start=1):
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="{_quoted(name)}"; '
            f'filename="photo{number}.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        )
        parts += [head.encode(), data, b"\r\n"]
    parts.append(f"--{mark}--\r\n".encode())
    return f"multipart/form-data; boundary={mark}", b"".join(parts)


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "").replace("\n", "")


def discovered(url: str, named_hosts: tuple[str, ...]) -> tuple[str, str]:
    """The endpoint behind an address and the format that it speaks.

    A discovery document names its endpoint; an endpoint that was given stays as it is.
    """
    for form in ("json", "xml"):
        if url.endswith(f"/discovery.{form}"):
            return _named_in(url.removesuffix(f"/discovery.{form}"), form, named_hosts)
    for form in ("json", "xml"):
        peer = Peer(url, form, named_hosts=named_hosts)
        try:
            found = requests_of(peer.read("services", "services"))
        except PeerError as error:
            if error.kind in ("refused", "unreadable") and form == "json":
                continue
            raise
        if found or form == "xml":
            return url, form
    return url, "xml"


def _named_in(folder: str, form: str, named_hosts: tuple[str, ...]) -> tuple[str, str]:
    found = Peer(folder, form, named_hosts=named_hosts).read("discovery", "discovery")
    listed = requests_of(found.get("endpoints") if isinstance(found, dict) else None)
    fitting = [e for e in listed if GEOREPORT in str(e.get("specification", "")).lower()]
    fitting.sort(key=lambda e: e.get("type") != "production")
    if not fitting or not fitting[0].get("url"):
        raise PeerError("unreadable", "no GeoReport v2 endpoint is named")
    formats = " ".join(str(kind) for kind in fitting[0].get("formats") or ())
    return str(fitting[0]["url"]).strip(), "json" if "json" in formats else "xml"
