"""What happened to a report, in the order in which it happened, for whoever may read it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.core.actor import SYSTEM
from backend.core.i18n import _
from backend.reports.queries import history
from backend.reports.status import STATUSES
from backend.reports.wording import hue_of
from backend.web.words import status_word, what_it_means

Event = dict[str, Any]


def timeline_of(session: Session, report: Mapping[str, Any]) -> tuple[list[Event], str | None]:
    """The steps, what was said and disputed, oldest first; and who placed the report last.

    The report has been read by somebody who may; of its history only what is public is told.
    """
    entries = history(session, SYSTEM, report["id"])
    events = [event for entry in entries if (event := _of_entry(entry, report)) is not None]
    events += [_of_update(update) for update in report["updates"] if update["kind"] == "update"]
    events += _of_disputes(report)
    events.sort(key=lambda event: event["when"])
    _say_reasons(events, report)
    return events, _placed_by(entries, report)


def _placed_by(entries: list[dict[str, Any]], report: Mapping[str, Any]) -> str | None:
    if report["component"] is None:
        return None
    if any(entry["action"] == "placed" for entry in entries):
        return "person"
    if any(entry["action"] == "suggested" for entry in entries):
        return "model"
    return "service" if report["service"] else None


def _event(when: datetime, title: str, **more: Any) -> Event:
    return {
        "when": when,
        "title": title,
        "hue": None,
        "icon": None,
        "who": None,
        "text": None,
    } | more


def _of_entry(entry: Mapping[str, Any], report: Mapping[str, Any]) -> Event | None:
    detail, action = entry["detail"] or {}, entry["action"]
    if action in ("submitted", "imported"):
        return _event(entry["at"], status_word("received"), hue="new",
                      who=_("the reporter"), about="received")  # fmt: skip
    if action == "status" and detail.get("status") in STATUSES:
        status = str(detail["status"])
        return _event(
            entry["at"],
            status_word(status, mine=report["relation"] == "own"),
            hue=hue_of(status),
            about=status,
            text=detail.get("reason"), who=_who(entry, report),
        )  # fmt: skip
    if action == "disputed":
        return _event(entry["at"], _("Somebody says that this is not done"), icon="flag",
                      about="disputed")  # fmt: skip
    if action == "joined":
        return _event(entry["at"], _("Another report of the same was joined to this one"),
                      icon="users", about="joined")  # fmt: skip
    return None


def _who(entry: Mapping[str, Any], report: Mapping[str, Any]) -> str | None:
    if str(entry["by"]).startswith("reporter"):
        return str(_("the reporter"))
    if str(entry["by"]).startswith("system"):
        return None
    return _department(report)


def _department(report: Mapping[str, Any]) -> str:
    code = report.get("department")
    return str(report["names"]["department"].get(code) or _("City hall"))


def _of_update(update: Mapping[str, Any]) -> Event:
    titles = {
        "city": _("Message from the city"),
        "reporter": _("The reporter adds"),
        "system": _("Message"),
    }
    icons = {"city": "building-2", "reporter": "message-circle", "system": "info"}
    author = str(update["author"])
    return _event(
        update["created_at"], titles.get(author, titles["system"]), text=update["text"],
        icon=icons.get(author, "info"), lang=update["language"], about="update",
    )  # fmt: skip


def _of_disputes(report: Mapping[str, Any]) -> list[Event]:
    """What a dispute said and what was answered; only the reporter and staff read it."""
    return [
        _event(
            d["answered_at"],
            _("The city's answer to the dispute"),
            text=d["answer"],
            icon="reply",
            about="answer",
        )
        for d in report.get("disputes") or ()
        if d["state"] == "answered" and d["answered_at"] and d["answer"]
    ]


def _say_reasons(events: list[Event], report: Mapping[str, Any]) -> None:
    """The last step says what it means; the others are over."""
    steps = [event for event in events if event.get("about") in STATUSES]
    if steps and not steps[-1]["text"]:
        steps[-1]["text"] = what_it_means(str(report["status"]), mine=report["relation"] == "own")
