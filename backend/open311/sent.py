"""What a client has sent: its fields under any spelling, and its pictures under any name."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote

import filetype
from flask import request
from werkzeug.datastructures import FileStorage

from backend.core.fields import clean_text
from backend.core.i18n import _
from backend.core.problems import TooLarge
from backend.media.develop import MOST_BYTES, MOST_PHOTOS
from backend.open311.answering import Refused

LONGEST_VALUE = 20_000
LARGEST_FORM = 2 * 1024 * 1024
MOST_FIELDS = 400
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
OLD_CHARSETS = {
    "iso-8859-1": "latin-1", "latin-1": "latin-1", "latin1": "latin-1", "us-ascii": "latin-1",
    "windows-1252": "cp1252", "cp1252": "cp1252", "iso-8859-15": "iso-8859-15",
}  # fmt: skip
_ATTRIBUTE = re.compile(r"attribute\[([^\]]{1,80})\](?:\[\d{0,4}\])?", re.IGNORECASE)
_HEAD = 262
_PAIRS = "vox.open311.pairs"


class Sent:
    """The fields of a request, from its form and its query."""

    def __init__(self, values: Iterable[tuple[str, str]]) -> None:
        self.fields: dict[str, list[str]] = {}
        for number, (name, value) in enumerate(values):
            if number >= MOST_FIELDS:
                raise Refused(400, _("Send at most %(n)s fields.", n=MOST_FIELDS))
            self.fields.setdefault(name.strip(), []).append(_cleaned(name, value))

    def one(self, *names: str) -> str | None:
        """The first of these fields that says something."""
        return next((v for name in names for v in self.fields.get(name, ()) if v), None)

    def many(self, *names: str) -> list[str]:
        """Everything that these fields say."""
        return [v for name in names for v in self.fields.get(name, ()) if v]

    def attributes(self) -> dict[str, list[str]]:
        """The answers by code; several values come with or without brackets."""
        found: dict[str, list[str]] = {}
        for name, values in self.fields.items():
            match = _ATTRIBUTE.fullmatch(name)
            if match:
                found.setdefault(match[1].strip(), []).extend(v for v in values if v)
        return {code: values for code, values in found.items() if values}


def _cleaned(name: str, value: str) -> str:
    """A value as text; some clients leave a line end behind the last one."""
    if len(value) > LONGEST_VALUE:
        raise Refused(400, _("%(name)s is too long.", name=name[:80]))
    if "\ufffd" in value:
        raise Refused(400, _("%(name)s is not UTF-8. Send everything in UTF-8.", name=name[:80]))
    try:
        return clean_text(value)
    except ValueError as error:
        raise Refused(
            400, _("%(name)s holds characters that are not text.", name=name[:80])
        ) from error


def sent_pairs() -> list[tuple[str, str]]:
    """The request's fields as they came, read once; the query may hold some of them.

    What is not UTF-8 is left with marks of its being so, which `Sent` refuses by name.
    """
    found: list[tuple[str, str]] | None = request.environ.get(_PAIRS)
    if found is None:
        query = request.query_string.decode("latin-1")
        found = request.environ[_PAIRS] = [*_form(), *_unquoted(query, "utf-8")]
    return found


def read_sent() -> Sent:
    """The request's fields, checked."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused(400, _("Send the body as it is, without Content-Encoding."))
    if request.mimetype not in FORMS and (request.content_length or 0) > 0:
        raise Refused(400, _("Send a form: application/x-www-form-urlencoded, or multipart."))
    return Sent(sent_pairs())


def _form() -> list[tuple[str, str]]:
    if request.mimetype == FORMS[1]:
        return list(request.form.items(multi=True))
    if request.mimetype != FORMS[0]:
        return []
    if (request.content_length or 0) > LARGEST_FORM:
        raise TooLarge()
    body = request.get_data(cache=True).decode("latin-1")
    said = request.mimetype_params.get("charset", "utf-8").lower()
    return _unquoted(body, OLD_CHARSETS.get(said, "utf-8"))


def _unquoted(text: str, charset: str) -> list[tuple[str, str]]:
    # Bytes that nobody quoted are quoted first, so that they too are read in the charset.
    text = quote(text, safe="".join(map(chr, range(33, 127))) + " ", encoding="latin-1")
    try:
        return parse_qsl(
            text, keep_blank_values=True, encoding=charset, errors="replace", max_num_fields=1000
        )
    except ValueError as error:
        raise Refused(400, _("Send at most %(n)s fields.", n=MOST_FIELDS)) from error


def sent_pictures() -> list[bytes]:
    """Every part that holds a picture, whatever the part is called; other files are left aside."""
    if request.mimetype != "multipart/form-data":
        return []
    parts = [part for _name, part in request.files.items(multi=True) if part.filename]
    found = [part for part in parts if _is_picture(part)]
    if len(found) > MOST_PHOTOS:
        raise Refused(400, _("Send at most %(n)s photos.", n=MOST_PHOTOS))
    return [part.stream.read(MOST_BYTES + 1) for part in found]


def _is_picture(part: FileStorage) -> bool:
    head = part.stream.read(_HEAD)
    part.stream.seek(0)
    kind = filetype.guess(head)
    said = (part.mimetype or "").startswith("image/")
    return said or (kind is not None and kind.mime.startswith("image/"))
