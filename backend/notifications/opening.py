"""Reading a stranger's letter: bounded in parts, depth, size and time, whatever it claims to be."""

import html
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from backend.core.fields import clean_text

MOST_PARTS = 60
MOST_BOUNDARIES = 40
MOST_HEAD = 64 * 1024
LONGEST_TEXT = 10_000
LONGEST_RAW = 400_000
LONGEST_HEADER = 2_000
MOST_FILES = 5
IMAGE_TYPES = (
    "image/jpeg",
    "image/jpg",
    "image/pjpeg",
    "image/png",
    "image/webp",
    "image/heic",
    "image/heif",
)
IMAGE_NAMES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")
SMALLEST_IMAGE = 4_096  # logos and tracking dots of mail programs are no evidence
BLOCKS = frozenset(
    "p div br li tr h1 h2 h3 h4 h5 h6 blockquote table ul ol hr pre".split()  # noqa: SIM905
)
UNSEEN = frozenset(("head", "script", "style", "title", "template"))
BULK = frozenset(("bulk", "junk", "list", "auto_reply"))


class UnreadableError(Exception):
    """A letter that cannot be taken apart safely."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is read of a letter before it is accepted."""

    message_id: str
    sender: str = field(repr=False)
    automatic: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A letter that was read."""

    sender: str = field(repr=False)
    name: str | None = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    language: str | None
    images: tuple[bytes, ...] = field(repr=False)
    refused: int


def _decoded(value: object) -> str:
    """A header's words, whatever charset they claim; one line."""
    text = str(value or "")[:LONGEST_HEADER]
    try:
        parts = [
            piece.decode(charset or "latin-1", "replace") if isinstance(piece, bytes) else piece
            for piece, charset in decode_header(text)
        ]
    except (LookupError, ValueError):
        parts = [text]
    return _clean("".join(parts), line=True)


def _clean(text: str, *, line: bool = False) -> str:
    text = text.replace("\x00", "").encode("utf-8", "replace").decode()
    return clean_text(text, line=line)


def address_in(value: object) -> tuple[str, str]:
    """The name and the address of a header such as From; empty where there is none."""
    name, address = parseaddr(str(value or "")[:LONGEST_HEADER])
    address = "".join(address.split()).lower()
    valid = address.count("@") == 1 and len(address) <= 254 and address.isprintable()
    return _decoded(name), address if valid else ""


def read_head(content: bytes) -> Head:
    """The few headers that decide whether a letter is taken in."""
    head = content[:MOST_HEAD].replace(b"\r\n", b"\n").split(b"\n\n", 1)[0]
    message = BytesHeaderParser().parsebytes(head + b"\n\n")
    submitted = str(message.get("Auto-Submitted", "no")).strip().lower()[:40]
    precedence = str(message.get("Precedence", "")).strip().lower()[:40]
    automatic = (
        submitted.partition(";")[0].strip() != "no"
        or precedence in BULK
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
        or str(message.get_content_type()) == "multipart/report"
    )
    return Head(
        message_id=str(message.get("Message-ID", "")).strip()[:500],
        sender=address_in(message.get("From"))[1],
        automatic=automatic,
    )


def is_bounded(content: bytes) -> bool:
    """Whether a letter has few enough parts that taking it apart is harmless."""
    lower = content.lower()
    return lower.count(b"boundary=") <= MOST_BOUNDARIES and lower.count(b"message/rfc822") <= 10


def open_letter(content: bytes) -> Opened:
    """Take a letter apart; UnreadableError when that is not possible."""
    if not is_bounded(content):
        raise UnreadableError("too many parts")
    try:
        message = message_from_bytes(content)
        leaves = _leaves(message)
    except (RecursionError, ValueError, LookupError, TypeError) as error:
        raise UnreadableError(type(error).__name__) from error
    name, sender = address_in(message.get("From"))
    images, refused = _images(leaves)
    language = _decoded(message.get("Content-Language"))[:2].lower() or None
    return Opened(
        sender, name[:120] or None, _decoded(message.get("Subject"))[:200], _text(leaves), language,
        images, refused,
    )  # fmt: skip


def _leaves(message: Message) -> list[Message]:
    """The parts that hold something, in order; letters within the letter are left closed."""
    found: list[Message] = []
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if len(found) > MOST_PARTS:
            break
        if part.get_content_maintype() == "message":
            continue
        inside = part.get_payload() if part.is_multipart() else None
        if isinstance(inside, list):
            waiting.extend(p for p in reversed(inside[:MOST_PARTS]) if isinstance(p, Message))
        else:
            found.append(part)
    return found


def _content(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"


def _words(part: Message) -> str:
    raw = _content(part)[:LONGEST_RAW]
    charset = str(part.get_content_charset() or "utf-8")[:40]
    try:
        return raw.decode(charset, "replace")
    except (LookupError, ValueError):
        return raw.decode("utf-8", "replace")


def _text(leaves: list[Message]) -> str:
    """The letter's text: the plain part, else the HTML's words."""
    for kind, reading in (("text/plain", str), ("text/html", text_of_html)):
        for part in leaves:
            if part.get_content_type() == kind and not _is_attached(part):
                text = _clean(reading(_words(part)))
                if text:
                    return text[: LONGEST_TEXT * 4]
    return ""


def text_of_html(source: str) -> str:
    """The words of an HTML page, in one pass; what is quoted is marked with '>'."""
    pieces = source.split("<")
    words, hidden, quoted = [html.unescape(pieces[0])], "", 0
    for piece in pieces[1:]:
        tag, closed, rest = piece.partition(">")
        if not closed:
            continue
        name = (
            tag.strip().lstrip("/").split(None, 1)[0].rstrip("/").lower() if tag.strip("/ ") else ""
        )
        closing = tag.lstrip().startswith("/")
        if hidden:
            if not (closing and name == hidden):
                continue
            hidden = ""
        elif name in UNSEEN and not closing:
            hidden = name
            continue
        if name == "blockquote":
            quoted = max(0, quoted + (-1 if closing else 1))
        if name in BLOCKS:
            words.append("\n> " if quoted else "\n")
        # Line ends of the source are spaces; those of the page were written by its blocks.
        words.append(" ".join(html.unescape(rest).replace("\n", " ").split(" ")))
    lines = (" ".join(line.split()) for line in "".join(words).split("\n"))
    return "\n".join(_squeezed(lines)).strip()


def _squeezed(lines: object) -> list[str]:
    kept: list[str] = []
    for line in lines:  # type: ignore[attr-defined]
        bare = "" if line == ">" else line
        if bare or (kept and kept[-1]):
            kept.append(bare)
    return kept


def _images(leaves: list[Message]) -> tuple[tuple[bytes, ...], int]:
    """The photos of a letter, and how many attachments were refused."""
    images: list[bytes] = []
    refused = 0
    for part in leaves:
        if part.get_content_maintype() == "text" and not _is_attached(part):
            continue
        name = _decoded(part.get_filename()).lower()
        if part.get_content_type() in IMAGE_TYPES or name.endswith(IMAGE_NAMES):
            data = _content(part)
            if len(data) < SMALLEST_IMAGE and not _is_attached(part):
                continue
            if len(images) < MOST_FILES:
                images.append(data)
                continue
        refused += 1
    return tuple(images), refused
