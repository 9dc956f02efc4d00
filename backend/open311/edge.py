"""In front of Flask: what clients get wrong about addresses and boundaries is put right."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from backend.open311.answering import PREFIX

_BOUNDARY = re.compile(r"(;\s*boundary=)([^\";,\s][^\";\s]*)", re.IGNORECASE)
_SLASHES = re.compile(r"/{2,}")
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def quoted_boundary(content_type: str) -> str:
    """The header with its boundary in quotes: a bare one with = in it would read as none at all."""
    return _BOUNDARY.sub(lambda found: f'{found[1]}"{found[2]}"', content_type, count=1)


class Forgiving:
    """Lets through addresses with doubled slashes and forms with a bare boundary."""

    def __init__(self, inner: Wsgi) -> None:
        self.inner = inner

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Mend the request and pass it on."""
        path = environ.get("PATH_INFO", "")
        if path.lstrip("/").startswith(PREFIX[1:] + "/"):
            if "//" in path:
                environ["PATH_INFO"] = _SLASHES.sub("/", path)
            kind = environ.get("CONTENT_TYPE", "")
            if "multipart/" in kind.lower():
                environ["CONTENT_TYPE"] = quoted_boundary(kind)
        return self.inner(environ, start_response)
