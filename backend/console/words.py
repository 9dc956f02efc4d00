"""Words that several pages of the desk share: views, hues, kinds, titles of reports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel import Locale, UnknownLocaleError

from backend.classification.queries import name_of
from backend.core.clock import parse_rfc3339, utcnow
from backend.core.i18n import _, current_language, lazy
from backend.core.pages.formats import format_date, relative_time
from backend.reports.status import STATUSES
from backend.reports.status import status_name as name_for_the_reporter
from backend.reports.wording import title_of

FOR_STAFF = {
    "triaged": lazy("Read"),
    "assigned": lazy("With the department"),
    "waiting_for_reporter": lazy("Waiting for the reporter"),
    "waiting_for_third_party": lazy("Waiting for somebody outside"),
    "not_ours": lazy("Not ours, forwarded"),
    "duplicate": lazy("Duplicate"),
}
"""Statuses whose name speaks to the reporter; colleagues read these."""
KINDS = {
    "complaint": lazy("Complaint"),
    "question": lazy("Question"),
    "suggestion": lazy("Suggestion"),
    "praise": lazy("Praise"),
}
CHANNELS = {
    "web": lazy("on the website"),
    "app": lazy("by app"),
    "api": lazy("by another system"),
    "open311": lazy("by another system"),
    "mail": lazy("by e-mail"),
    "phone": lazy("by telephone"),
    "desk": lazy("at the counter"),
    "import": lazy("from the system before"),
}
VISIBILITIES = {
    "public": lazy("Public"),
    "private": lazy("Private: city hall alone"),
    "confidential": lazy("Confidential: its department alone"),
    "hidden": lazy("Hidden by a moderator"),
}
ROLES = {
    "department": lazy("Department"),
    "triage": lazy("Triage"),
    "jury": lazy("Jury"),
    "organiser": lazy("Organiser"),
    "administrator": lazy("Administrator"),
}
VIEWS: dict[str, tuple[Any, str, Any]] = {
    "mine": (
        lazy("Mine"),
        "circle-user",
        lazy("Nothing is assigned to you."),
    ),
    "department": (
        lazy("My department"),
        "building-2",
        lazy("Your department has no open reports."),
    ),
    "triage": (
        lazy("To triage"),
        "inbox",
        lazy("Everything that came in has been passed on."),
    ),
    "unsure": (
        lazy("Unsure"),
        "circle-help",
        lazy("The model knew where every open report belongs."),
    ),
    "urgent": (
        lazy("Urgent"),
        "triangle-alert",
        lazy("No open report reads as urgent."),
    ),
    "overdue": (
        lazy("Overdue"),
        "clock",
        lazy("Every open report is within its time."),
    ),
    "waiting": (
        lazy("Waiting"),
        "pause",
        lazy("Nothing waits for an answer from outside."),
    ),
    "disputed": (
        lazy("Disputed"),
        "message-square-warning",
        lazy("Nobody disputes a closing at the moment."),
    ),
    "reopened": (
        lazy("Reopened"),
        "refresh-cw",
        lazy("No report was opened again."),
    ),
    "open": (
        lazy("All open"),
        "list",
        lazy("There are no open reports."),
    ),
    "closed": (
        lazy("Closed"),
        "check-check",
        lazy("No report was closed yet."),
    ),
}
"""View → its name, its icon, and what is said when it is empty."""


def status_name(code: str) -> str:
    """The name of a status as colleagues say it."""
    if code in FOR_STAFF:
        return str(FOR_STAFF[code])
    return name_for_the_reporter(code) if code in STATUSES else code


def kind_name(kind: str) -> str:
    """The name of a kind of report."""
    return str(KINDS.get(kind, kind))


def channel_name(channel: str) -> str:
    """How a report came in."""
    return str(CHANNELS.get(channel, channel))


def visibility_name(visibility: str) -> str:
    """Who may see a report, in words."""
    return str(VISIBILITIES.get(visibility, visibility))


def role_name(role: str) -> str:
    """The name of a role of city hall."""
    return str(ROLES.get(role, role))


def rest_of(report: Mapping[str, Any]) -> str:
    """What a report says after the words that stand as its title."""
    text, title = str(report.get("text") or "").strip(), title_of(report)
    return text[len(title) :].strip() if text.startswith(title) else text


def due_word(due: datetime | None, *, is_open: bool) -> tuple[str, bool]:
    """When something is due, in words, and whether that moment has passed."""
    if due is None or not is_open:
        return "", False
    late = due < utcnow()
    when = relative_time(due)
    return (_("was due %(when)s", when=when) if late else _("due %(when)s", when=when)), late


def component_name(code: str | None) -> str:
    """The name of a component in the reader's language."""
    return name_of(code, current_language()) if code else ""


def language_name(code: str) -> str:
    """The name of a language in the reader's language."""
    try:
        return Locale.parse(code).get_display_name(current_language()) or code
    except (ValueError, UnknownLocaleError):
        return code


def due_markup(view: Any) -> str:
    """When a report was promised: the day, and how far away it is."""
    due = view.report["due_at"]
    moment = parse_rfc3339(due) if isinstance(due, str) else due
    return f"{format_date(moment)} ({relative_time(moment)})"


def assignee_id(view: Any) -> str:
    """The public id of who has a report in hand."""
    wanted = view.report.get("assignee_id")
    return next((p.public_id for p in view.people if p.account_id == wanted), "")


def role_choices(roles: Any) -> list[dict[str, str]]:
    """The roles as answers to choose."""
    return [{"value": role, "label": word} for role, word in roles]
