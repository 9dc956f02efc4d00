"""A partner's words for where a request stands, as steps of our own statuses."""

from dataclasses import dataclass

from backend.core.i18n import _
from backend.reports.status import REQUIRED, STATUSES, is_open

SHORTEST = 3
WITH_THEM = frozenset({"assigned", "reopened"})
"""Where an open report stands anyhow once a partner has it."""

INTO: dict[str, str | None] = {
    "open": "assigned",
    "investigating": "assigned",
    "for triage": "assigned",
    "confirmed": "assigned",
    "internal referral": "assigned",
    "unchanged": None,
    "in progress": "in_progress",
    "planned": "planned",
    "action scheduled": "planned",
    "closed": "resolved",
    "fixed": "resolved",
    "duplicate": "no_action",
    "no further action": "no_action",
    "unable to fix": "no_action",
    "cancelled": "no_action",
    "not councils responsibility": "not_ours",
    "not responsible": "not_ours",
    "reopen": "reopened",
    "reopened": "reopened",
}
"""Words of GeoReport and of its extension for updates; what is not here changes nothing."""


@dataclass(frozen=True, slots=True)
class Move:
    """One step into a status with what the reporter reads about it."""

    target: str
    reason: str | None
    forwarded_to: str | None = None


def plain_word(status: str | None) -> str:
    """A status word without its spelling: fixed, FIXED and not_councils_responsibility."""
    return " ".join((status or "").replace("_", " ").casefold().split())


def target_of(status: str | None) -> str | None:
    """Our status for a partner's word; None where it changes nothing."""
    word = plain_word(status)
    if word in INTO:
        return INTO[word]
    own = word.replace(" ", "_")
    return own if own in STATUSES and own not in ("withdrawn", "received", "triaged") else None


def moves(ours: str, status: str | None, text: str, partner: str) -> list[Move]:
    """The steps from our status to the partner's; one of them carries the partner's words.

    A closed report is reopened first; what was withdrawn or closed in another way stays so.
    """
    target = target_of(status)
    target = "no_action" if target == "duplicate" else target
    if target is None or target == ours:
        return []
    text = text.strip()
    if is_open(ours):
        if target in WITH_THEM:
            return []
        return [_move(target, status, text, partner)]
    if not is_open(target) or ours == "withdrawn":
        return []
    again = str(_("%(name)s works on it again.", name=partner))
    if target in WITH_THEM:
        return [Move("reopened", text if len(text) >= SHORTEST else again)]
    return [Move("reopened", again), _move(target, status, text, partner)]


def _move(target: str, status: str | None, text: str, partner: str) -> Move:
    reason = text if len(text) >= SHORTEST else None
    if reason is None and "reason" in REQUIRED.get(target, ()):
        reason = _default(target, status, partner)
    return Move(target, reason, partner if target == "not_ours" else None)


def _default(target: str, status: str | None, partner: str) -> str:
    if plain_word(status) == "duplicate":
        return str(_("%(name)s knows of this from another report.", name=partner))
    sentences = {
        "resolved": _("%(name)s says that this is done.", name=partner),
        "no_action": _("%(name)s will not act on this.", name=partner),
        "not_ours": _("%(name)s says that somebody else is responsible.", name=partner),
    }
    return str(sentences.get(target) or _("News from %(name)s.", name=partner))
