"""Words of the pages that several of them share: kinds, hues of statuses, titles of reports."""

from collections.abc import Mapping
from typing import Any

from backend.core.i18n import _, lazy
from backend.reports.status import status_name, what_the_reporter_reads

HUES = {
    "received": "new",
    "triaged": "new",
    "assigned": "busy",
    "in_progress": "busy",
    "waiting_for_reporter": "waiting",
    "waiting_for_third_party": "waiting",
    "planned": "busy",
    "resolved": "done",
    "not_ours": "closed",
    "no_action": "closed",
    "duplicate": "closed",
    "reopened": "new",
    "withdrawn": "closed",
}

KINDS: dict[str, dict[str, Any]] = {
    "complaint": {
        "label": lazy("Something is wrong"),
        "hint": lazy("Broken, dirty, unsafe, noisy"),
        "icon": "message-square-warning",
        "name": lazy("Complaint"),
        "ask": lazy("What is wrong?"),
        "example": lazy("For example: the lamp at the playground has been dark since Monday."),
        "done": lazy("Thank you. Your report has reached the city."),
    },
    "question": {
        "label": lazy("A question"),
        "hint": lazy("You want to know something"),
        "icon": "circle-help",
        "name": lazy("Question"),
        "ask": lazy("What do you want to know?"),
        "example": lazy("For example: when is the canal bridge open again?"),
        "done": lazy("Thank you. Your question has reached the city."),
    },
    "suggestion": {
        "label": lazy("A suggestion"),
        "hint": lazy("It could be better"),
        "icon": "lightbulb",
        "name": lazy("Suggestion"),
        "ask": lazy("What could be better?"),
        "example": lazy("For example: a bench on the walk to the health centre."),
        "done": lazy("Thank you. Your suggestion has reached the city."),
    },
    "praise": {
        "label": lazy("Praise"),
        "hint": lazy("Somebody did well"),
        "icon": "hand-heart",
        "name": lazy("Praise"),
        "ask": lazy("What went well?"),
        "example": lazy("For example: the new crossing makes the way to school safe."),
        "done": lazy("Thank you. We pass your praise on."),
    },
}

FOR_OTHERS = {
    "received": lazy("The city has received this. Somebody will read it."),
    "triaged": lazy("Somebody at the city has read this and knows where it belongs."),
    "assigned": lazy("It is with the department that deals with such matters."),
    "in_progress": lazy("Work on this has begun."),
    "waiting_for_reporter": lazy("The city has asked the reporter a question."),
    "duplicate": lazy("Somebody had reported this before."),
    "reopened": lazy("This is open again. The city looks anew."),
    "withdrawn": lazy("The reporter has withdrawn this."),
}
"""What a status means, for readers who did not report themselves."""

LONGEST_TITLE = 90


def status_word(status: str, *, mine: bool = False) -> str:
    """The name of a status; the reporter is spoken to, others are spoken to about the reporter."""
    if status == "waiting_for_reporter" and not mine:
        return str(_("Waiting for the reporter"))
    return status_name(status)


def what_it_means(status: str, *, mine: bool) -> str:
    """The sentence that explains a status to its reader."""
    if not mine and status in FOR_OTHERS:
        return str(FOR_OTHERS[status])
    return what_the_reporter_reads(status)


def hue_of(status: str) -> str:
    """The hue and shape in which a status is shown."""
    return HUES.get(status, "closed")


def kind_choices() -> list[dict[str, Any]]:
    """The kinds of message, as a form offers them."""
    return [
        {"value": code, "label": kind["label"], "hint": kind["hint"], "icon": kind["icon"]}
        for code, kind in KINDS.items()
    ]


def title_of(report: Mapping[str, Any], most: int = LONGEST_TITLE) -> str:
    """A report's first words, as its name in lists; reports have no titles of their own."""
    text = " ".join(str(report.get("text") or report.get("summary") or "").split())
    if not text:
        return str(_("Report without words"))
    if len(text) <= most:
        return text
    for end in (". ", "! ", "? "):
        at = text.find(end, 20, most)
        if at > 0:
            return text[: at + 1]
    cut = text[: most - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > most // 2 else cut).rstrip(" ,;:.") + "…"


def spoken_id(public_id: str) -> str:
    """An id in groups of four, as one reads it aloud."""
    return "-".join(public_id[i : i + 4] for i in range(0, len(public_id), 4))


def words_for(reasons: Any, most: int = 5) -> list[str]:
    """The words that spoke for a suggestion."""
    found = [str(reason["word"]) for reason in reasons or () if reason.get("weight", 1) > 0]
    return list(dict.fromkeys(found))[:most]


def honest_share(confidence: float | None) -> float | None:
    """How sure the model is, as it is told: nothing that computes is wholly sure."""
    return None if confidence is None else min(confidence, 0.99)
