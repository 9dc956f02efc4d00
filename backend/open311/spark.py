"""GeoReport documents as plain values, and their two forms: XML, and JSON by the Spark convention.

The root element falls away in JSON, and a container of one repeated child is always an array, also
with no child or one. Plain values know which is which, so both forms tell exactly the same.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import orjson
from defusedxml import ElementTree

from backend.open311.moments import written

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
CONTAINERS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "service_request_updates": "request_update",
    "groups": "group",
    "notes": "note",
    "photos": "photo",
}
"""A container and the child that it repeats."""

FLAGS = frozenset({"metadata", "variable", "required"})
NUMBERS = frozenset({"lat", "long", "bottom", "left", "top", "right"})
WHOLE = frozenset({"order", "width", "height"})
TEXTS_OF_IDS = frozenset(
    {"service_code", "service_request_id", "token", "update_id", "key", "account_id", "address_id",
     "zipcode", "external_status_code", "customer_reference", "keywords"}
)  # fmt: skip
DEEPEST = 12
LARGEST = 20 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Unreadable(ValueError):
    """A document that is not what it should be; the message says why."""


def clean(text: str) -> str:
    """A text as both forms can carry it: no control characters, one kind of line end."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def plain(value: Any) -> Any:
    """A value as it is told: texts cleaned, moments written, what has no value left out."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, datetime):
        return written(value)
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [plain(inner) for inner in value if inner is not None]
    return value


def to_json(value: Any) -> bytes:
    """The JSON form: arrays and objects bare, without the root."""
    return orjson.dumps(plain(value))


def to_xml(root: str, value: Any) -> bytes:
    """The XML form under its root element; neither namespaces nor attributes."""
    parts = [DECLARATION]
    _write(parts, root, plain(value))
    return "".join(parts).encode()


def _write(parts: list[str], name: str, value: Any) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of an element")
    parts.append(f"<{name}>")
    if isinstance(value, dict):
        for key, inner in value.items():
            _write(parts, key, inner)
    elif isinstance(value, list):
        child = CONTAINERS[name]
        for inner in value:
            _write(parts, child, inner)
    else:
        parts.append(_text(value))
    parts.append(f"</{name}>")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # Readers take a number without a point for a whole one, and do not know exponents.
        text = format(Decimal(repr(value)), "f")
        return text if "." in text else text + ".0"
    return escape(str(value))


def from_xml(data: bytes) -> tuple[str, Any]:
    """Read the XML form: the root's name, and the same values as the JSON form has.

    Foreign servers' prefixes, attributes and nil elements are forgiven; a document type is not.
    """
    if len(data) > LARGEST:
        raise Unreadable("the document is too long")
    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except Exception as error:
        raise Unreadable("this is not XML that can be read") from error
    name = _local(root.tag)
    return name, _read(root, name, "", 0)


def _local(tag: Any) -> str:
    return str(tag).rsplit("}", 1)[-1].rsplit(":", 1)[-1]


def _read(element: Any, name: str, parent: str, depth: int) -> Any:
    if depth > DEEPEST:
        raise Unreadable("the document is nested too deeply")
    children = list(element)
    child_name = CONTAINERS.get(name)
    listed = child_name and all(_local(child.tag) == child_name for child in children)
    if listed and (children or not (element.text or "").strip()):
        return [_read(child, str(child_name), name, depth + 1) for child in children]
    if children:
        found: dict[str, Any] = {}
        for child in children:
            key = _local(child.tag)
            if _is_nil(child):
                continue
            value = _read(child, key, name, depth + 1)
            if key in found:  # repeated without a container, as some do
                before = found[key]
                found[key] = [*before, value] if isinstance(before, list) else [before, value]
            else:
                found[key] = value
        return found
    return typed(name, element.text or "", parent)


def _is_nil(element: Any) -> bool:
    return any(_local(key) == "nil" and value == "true" for key, value in element.attrib.items())


def typed(name: str, value: Any, parent: str = "") -> Any:
    """A single value in the type that GeoReport gives its name."""
    if name in FLAGS:
        return value if isinstance(value, bool) else str(value).strip().lower() in ("true", "1")
    if name in NUMBERS and not isinstance(value, bool):
        return _number(value)
    if (name in WHOLE or (name == "code" and parent == "error")) and not isinstance(value, bool):
        text = str(value).strip()
        return int(text) if re.fullmatch(r"[+-]?\d{1,9}", text) else value
    if name in TEXTS_OF_IDS or (name == "code" and parent == "attribute"):
        return value if isinstance(value, str) or value is None else str(value)
    return value


def _number(value: Any) -> Any:
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(str(value).strip()[:400])
    except ValueError:
        return value


def from_json(root: str, data: bytes) -> Any:
    """Read the JSON form; wrapped roots, texts for flags and bare numbers for ids are forgiven."""
    if len(data) > LARGEST:
        raise Unreadable("the document is too long")
    try:
        value = orjson.loads(data)
    except ValueError as error:
        raise Unreadable("this is not JSON") from error
    return normalised(root, value)


def normalised(root: str, value: Any) -> Any:
    """A foreign server's values as the standard has them."""
    child = CONTAINERS.get(root)
    if isinstance(value, dict) and root in value and len(value) <= 2:
        value = value[root]
    if child and isinstance(value, dict):
        value = value[child] if set(value) == {child} else value
        value = value if isinstance(value, list) else [value]
    return _typed_deep(root, value, "", 0)


def _typed_deep(name: str, value: Any, parent: str, depth: int) -> Any:
    if depth > DEEPEST:
        raise Unreadable("the document is nested too deeply")
    child = CONTAINERS.get(name)
    if isinstance(value, list):
        return [_typed_deep(child or name, inner, name, depth + 1) for inner in value]
    if isinstance(value, dict):
        if child and set(value) == {child}:  # {"attributes": {"attribute": …}}
            inner = value[child]
            listed = inner if isinstance(inner, list) else [inner]
            return [_typed_deep(child, one, name, depth + 1) for one in listed]
        return {
            key: _typed_deep(key, inner, name, depth + 1)
            for key, inner in value.items()
            if inner is not None
        }
    return typed(name, value, parent)


__all__ = [
    "CONTAINERS", "Unreadable", "clean", "from_json", "from_xml", "normalised", "plain",
    "to_json", "to_xml", "typed",
]  # fmt: skip
