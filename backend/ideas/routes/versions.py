"""Which version a change was made on, as requests say it."""

from flask import request

from backend.core.problems import PreconditionRequired

IF_MATCH = [
    {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "The ETag of the version that was read; without it 428, with another 412.",
    }
]


def sent_versions() -> frozenset[int] | None:
    """The versions that If-Match names; None for any; a change without it is refused."""
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired()
    if header.strip() == "*":
        return None
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in header[:400].split(",")]
    return frozenset(int(tag) for tag in tags if tag.isascii() and tag.isdigit() and len(tag) < 10)
