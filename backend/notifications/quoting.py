"""What somebody wrote themselves in a letter: without what they quoted, without their signature.

Pure and linear: every rule looks at one line of bounded length.
"""

import re

from backend.notifications.channels.letter import REPLY_LINE

LONGEST_LINE = 500
_WROTE = re.compile(
    r"^(on|op|pe|în|la|am|le|el|il|em|dne|den)\b.{5,300}"
    r"(wrote|schreef|schrieb|scris|écrit|escribió|scritto|escreveu)\b.{0,80}:\s*$",
    re.IGNORECASE,
)
_WROTE_END = re.compile(
    r"(wrote|schreef|schrieb|scris|écrit|escribió|scritto|escreveu)\b.{0,80}:\s*$", re.IGNORECASE
)
_ORIGINAL = re.compile(
    r"^[-_ ]{2,40}\s?(original message|oorspronkelijk bericht|ursprüngliche nachricht|"
    r"mesaj original|mesajul original|message d'origine|forwarded message|doorgestuurd bericht)"
    r"[\s_-]{0,40}$",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^\W{0,3}(from|van|von|de la|de|sent|verzonden|gesendet|trimis|to|aan|an|către|subject|"
    r"onderwerp|betreff|subiect|date|datum|data)\s?:\W{0,3}\s?\S",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[_-]{8,}\s*$")
_SENT_FROM = re.compile(
    r"^(sent from my|sent from outlook|get outlook for|verstuurd vanaf|verzonden vanaf|"
    r"von meinem .{2,40} gesendet|gesendet von|trimis de pe|trimis din|envoyé de mon)\b",
    re.IGNORECASE,
)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _is_header_block(lines: list[str], at: int) -> bool:
    """Whether a copied letter head begins here: three of From, Sent, To, Subject in a row."""
    following = [line[:LONGEST_LINE] for line in lines[at : at + 6] if line.strip()][:3]
    return len(following) == 3 and all(_HEADER.match(line) for line in following)


def _begins_quote(lines: list[str], at: int) -> bool:
    line = lines[at].strip()[:LONGEST_LINE]
    if not line:
        return False
    if REPLY_LINE in line or _WROTE.match(line) or _ORIGINAL.match(line):
        return True
    if _RULE.match(line) and _is_header_block(lines, at + 1):
        return True
    if _is_header_block(lines, at):
        return True
    # The line that names the author is often broken in two.
    if re.match(r"(on|op|pe|am|în)\b", line, re.IGNORECASE) and at + 1 < len(lines):
        following = lines[at + 1].strip()[:LONGEST_LINE]
        return bool(_WROTE_END.search(following)) and any(c.isdigit() for c in line)
    return False


def without_signature(text: str) -> str:
    """The text up to the signature mark, or to the telephone's own line at its end."""
    lines = _lines(text)
    for at, line in enumerate(lines):
        if line.rstrip("\n") in ("-- ", "--") and at > 0:
            lines = lines[:at]
            break
    while lines and (not lines[-1].strip() or _SENT_FROM.match(lines[-1].strip()[:LONGEST_LINE])):
        lines.pop()
    return "\n".join(lines).strip()


def without_quotes(text: str) -> str:
    """The text without what it quotes; answers written between quoted lines are kept."""
    lines, kept = _lines(text), []
    for at, line in enumerate(lines):
        if _begins_quote(lines, at) and not _answers_follow(lines, at):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip()


def _answers_follow(lines: list[str], at: int) -> bool:
    """Whether the quote from here is of lines with '>' and something else is written below it."""
    rest = [line for line in lines[at + 1 : at + 400] if line.strip()]
    marked = [line.lstrip().startswith(">") for line in rest]
    if REPLY_LINE in lines[at] or not any(marked):
        return False
    first = marked.index(True)
    return first <= 1 and not all(marked[first:])


def own_words(text: str, *, reply: bool) -> str:
    """What the sender wrote; all of it where the rules would leave nothing."""
    if not reply:
        return without_signature(text) or text.strip()
    return without_signature(without_quotes(text)) or without_signature(text) or text.strip()
