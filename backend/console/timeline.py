"""What happened to a report, in words: public and internal told apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.classification.queries import name_of
from backend.console.words import VISIBILITIES, channel_name, status_name
from backend.core.i18n import _, current_language
from backend.core.ids import spoken_id
from backend.reports.naming import Lookup
from backend.reports.status import STATUSES
from backend.reports.wording import hue_of

INTERNAL = frozenset({"noted", "contact_read", "placed", "suggested"})
ICONS = {
    "noted": "lock",
    "contact_read": "eye",
    "placed": "tag",
    "suggested": "sparkles",
    "assigned": "user-plus",
    "update": "message-circle",
    "merged": "copy",
    "joined": "copy",
    "parted": "undo-2",
    "visibility": "eye-off",
    "confirmed": "thumbs-up",
    "confirmation_withdrawn": "thumbs-up",
    "disputed": "message-square-warning",
    "dispute_answered": "reply",
    "rated": "star",
    "submitted": "megaphone",
    "imported": "download",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline."""

    number: int
    at: datetime
    title: str
    who: str
    text: str = ""
    hue: str | None = None
    icon: str | None = None
    internal: bool = False


Entry = Mapping[str, Any]


class Teller:
    """Puts the entries of a report's history into words."""

    def __init__(self, known: Lookup, people: Mapping[str, str], names: Mapping[int, str]) -> None:
        self._known = known
        self._people = people
        self._names = names
        self._language = current_language()

    def tell(self, history: Sequence[Entry], updates: Sequence[Entry]) -> list[Happening]:
        """The history with what was said beside it, oldest first."""
        told = list(self._entries(history))
        chronicled = {(e["detail"] or {}).get(k) for e in history for k in ("update", "note")}
        status_texts = {(e["detail"] or {}).get("reason") for e in history}
        for update in updates:
            if update["id"] in chronicled or update["text"] in status_texts:
                continue
            told.append(self._said(update))
        return sorted(told, key=lambda line: (line.at, line.number))

    def _entries(self, history: Sequence[Entry]) -> Iterator[Happening]:
        for at, entry in enumerate(history):
            detail = entry["detail"] or {}
            follows = history[at + 1]["action"] if at + 1 < len(history) else ""
            doubled = entry["action"] == "status" and (
                (detail.get("status") == "assigned" and follows == "assigned")
                or (detail.get("status") == "duplicate" and follows == "merged")
            )
            if not doubled:
                yield self._entry(entry, detail)

    def _entry(self, entry: Entry, detail: Mapping[str, Any]) -> Happening:
        action = str(entry["action"])
        title, text = self._words(action, detail)
        if entry["erased"]:
            text = _("What was written here has been erased.")
        status = str(detail.get("status") or "")
        is_status = action == "status" and status in STATUSES
        return Happening(
            number=entry["number"],
            at=entry["at"],
            title=title,
            who=self.who(str(entry["by"])),
            text=text,
            hue=hue_of(status) if is_status else None,
            icon=None if is_status else ICONS.get(action, "circle"),
            internal=action in INTERNAL,
        )

    def _said(self, update: Entry) -> Happening:
        note = update["kind"] == "note"
        title = _("Note") if note else _("Public update")
        if update["status"] in STATUSES:
            title = status_name(update["status"])
        who = {"city": _("City hall"), "reporter": _("The reporter")}.get(update["author"], "")
        return Happening(
            number=0,
            at=update["created_at"],
            title=title,
            who=who,
            text=update["text"],
            hue=hue_of(update["status"]) if update["status"] in STATUSES else None,
            icon="lock" if note else "message-circle",
            internal=note,
        )

    def who(self, key: str) -> str:
        """Who acted, by the name that colleagues know."""
        kind, _colon, public_id = key.partition(":")
        if kind == "person":
            return self._people.get(public_id) or str(_("A former colleague"))
        words = {
            "system": _("The system"),
            "reporter": _("The reporter"),
            "citizen": _("A citizen"),
            "anonymous": _("A citizen"),
            "machine": _("A partner's system"),
        }
        return str(words.get(kind, ""))

    def _words(self, action: str, detail: Mapping[str, Any]) -> tuple[str, str]:
        """The title of an entry, and the text under it."""
        special = {
            "status": self._status,
            "assigned": self._assigned,
            "placed": self._placed,
            "suggested": self._suggested,
            "visibility": self._visibility,
            "dispute_answered": self._dispute_answered,
            "rated": self._rated,
            "submitted": self._submitted,
        }
        if action in special:
            return special[action](detail)
        other = spoken_id(str(detail.get("into") or detail.get("duplicate") or ""))
        titles = {
            "imported": _("Taken over from the system before"),
            "located": _("Found on the map by its address"),
            "update": _("Public update"),
            "noted": _("Note"),
            "contact_read": _("Looked at the reporter's contact"),
            "merged": _("Merged into %(id)s", id=other),
            "joined": _("A duplicate joined: %(id)s", id=other),
            "parted": _("No longer a duplicate: %(id)s", id=other),
            "confirmed": _("Somebody said “me too”"),
            "confirmation_withdrawn": _("Somebody took “me too” back"),
            "disputed": _("The closing is disputed"),
        }
        return titles.get(action, action), str(detail.get("text") or detail.get("reason") or "")

    def _submitted(self, detail: Mapping[str, Any]) -> tuple[str, str]:
        channel = str(detail.get("channel") or "")
        return _("Received %(how)s", how=channel_name(channel)) if channel else _("Received"), ""

    def _status(self, detail: Mapping[str, Any]) -> tuple[str, str]:
        code = str(detail.get("status") or "")
        title = status_name(code) if code in STATUSES else code
        if detail.get("forwarded_to"):
            title = f"{title}: {detail['forwarded_to']}"
        return title, str(detail.get("reason") or "")

    def _assigned(self, detail: Mapping[str, Any]) -> tuple[str, str]:
        department = self._known.departments_by_code.get(str(detail.get("department") or ""))
        name = department.name(self._language) if department else _("a department")
        person = self._names.get(detail.get("assignee") or 0)
        if person:
            return _("Passed to %(person)s, %(department)s", person=person, department=name), ""
        return _("Passed to %(department)s", department=name), ""

    def _placed(self, detail: Mapping[str, Any]) -> tuple[str, str]:
        service = self._known.services_by_code.get(str(detail.get("service") or ""))
        code = str(detail.get("component") or "")
        words = [service.name(self._language) if service else "", self._component(code)]
        where = " · ".join(word for word in words if word)
        return _("Placed: %(where)s", where=where), str(detail.get("reason") or "")

    def _suggested(self, detail: Mapping[str, Any]) -> tuple[str, str]:
        if detail.get("unsure"):
            return _("The model is unsure where this belongs"), ""
        where = self._component(str(detail.get("component") or ""))
        return _("The model suggests %(where)s", where=where), ""

    def _component(self, code: str) -> str:
        return name_of(code, self._language) if code else ""

    def _visibility(self, detail: Mapping[str, Any]) -> tuple[str, str]:
        wish = str(detail.get("visibility") or "")
        return str(VISIBILITIES.get(wish, wish)), str(detail.get("reason") or "")

    def _dispute_answered(self, detail: Mapping[str, Any]) -> tuple[str, str]:
        if detail.get("reopened"):
            return _("Dispute: opened again"), ""
        return _("Dispute: stays closed"), ""

    def _rated(self, detail: Mapping[str, Any]) -> tuple[str, str]:
        score = detail.get("score") or 0
        return _("The reporter gave %(n)s of 5", n=score), str(detail.get("text") or "")
