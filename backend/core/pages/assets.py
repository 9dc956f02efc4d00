"""The built files of the browser's part: their hashed names, and how they are served."""

import json
from functools import lru_cache
from pathlib import Path

from flask import Response, request, send_from_directory
from werkzeug.security import safe_join

from backend.core.problems import NotFound

STATIC = Path(__file__).parent / "static"
MANIFEST = STATIC / "dist" / "manifest.json"
ICONS = Path(__file__).parent / "icons.json"
YEAR = 365 * 24 * 3600
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


@lru_cache(maxsize=1)
def manifest() -> dict[str, str]:
    """Logical name → hashed file below static/, read once."""
    if not MANIFEST.exists():
        return {}
    names: dict[str, str] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return names


def asset(name: str) -> str:
    """The address of a built file; before the first build, an address that honestly answers 404."""
    return f"/static/{manifest().get(name, f'dist/{name}')}"


def has_asset(name: str) -> bool:
    """Whether the build has made this file."""
    return name in manifest()


@lru_cache(maxsize=1)
def icons() -> dict[str, str]:
    """Icon name → the inside of its SVG, drawn on 24 by 24."""
    shapes: dict[str, str] = json.loads(ICONS.read_text(encoding="utf-8"))["icons"]
    return shapes


def static_file(filename: str) -> Response:
    """A file of static/, compressed where the build left such a copy; kept a year if hashed."""
    served, encoding = _best_copy(filename)
    response = send_from_directory(STATIC, served, conditional=True, mimetype=_mimetype(filename))
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers.add("Vary", "Accept-Encoding")
    hashed = filename in _hashed()
    response.cache_control.public = True
    response.cache_control.no_cache = None
    response.cache_control.max_age = YEAR if hashed else 3600
    if hashed:
        response.cache_control.immutable = True
    return response


def _best_copy(filename: str) -> tuple[str, str | None]:
    path = safe_join(str(STATIC), filename)
    if path is None or not Path(path).is_file() or filename.endswith("manifest.json"):
        raise NotFound()
    for encoding, suffix in ENCODINGS:
        if request.accept_encodings[encoding] > 0 and Path(path + suffix).is_file():
            return filename + suffix, encoding
    return filename, None


def _mimetype(filename: str) -> str | None:
    # The system's table of types differs between machines; these must not.
    kinds = {
        ".js": "text/javascript",
        ".css": "text/css",
        ".woff2": "font/woff2",
        ".svg": "image/svg+xml",
        ".map": "application/json",
    }
    return kinds.get(Path(filename).suffix)


@lru_cache(maxsize=1)
def _hashed() -> frozenset[str]:
    """Every file of the build carries its hash, save the manifest."""
    dist = MANIFEST.parent
    return frozenset(f"dist/{path.name}" for path in dist.glob("*") if path.name != MANIFEST.name)
