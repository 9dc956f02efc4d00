"""How a report is called and coloured wherever people read of it."""

from collections.abc import Mapping
from typing import Any

from backend.core.i18n import _
from backend.reports.render import excerpt

HUES = {
    "received": "new",
    "triaged": "new",
    "assigned": "busy",
    "in_progress": "busy",
    "waiting_for_reporter": "waiting",
    "waiting_for_third_party": "waiting",
    "planned": "busy",
    "resolved": "done",
    "reopened": "new",
}
LONGEST_TITLE = 90


def hue_of(status: str) -> str:
    """The hue and shape in which a status is shown."""
    return HUES.get(status, "closed")


def title_of(report: Mapping[str, Any], most: int = LONGEST_TITLE) -> str:
    """A report's first words, as its name in lists; reports have no titles of their own."""
    text = " ".join(str(report.get("text") or report.get("summary") or "").split())
    if not text:
        return str(_("Report without words"))
    if len(text) > most:
        for end in (". ", "! ", "? "):
            at = text.find(end, 20, most)
            if at > 0:
                return text[: at + 1]
    return excerpt(text, most)
