"""Words of the pages that several of them share: kinds, hues of statuses, titles of reports."""

from typing import Any

from backend.core.i18n import _, lazy
from backend.reports.status import status_name, what_the_reporter_reads

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


def kind_choices() -> list[dict[str, Any]]:
    """The kinds of message, as a form offers them."""
    return [
        {"value": code, "label": kind["label"], "hint": kind["hint"], "icon": kind["icon"]}
        for code, kind in KINDS.items()
    ]


def words_for(reasons: Any, most: int = 5) -> list[str]:
    """The words that spoke for a suggestion."""
    found = [str(reason["word"]) for reason in reasons or () if reason.get("weight", 1) > 0]
    return list(dict.fromkeys(found))[:most]


def honest_share(confidence: float | None) -> float | None:
    """How sure the model is, as it is told: nothing that computes is wholly sure."""
    return None if confidence is None else min(confidence, 0.99)
