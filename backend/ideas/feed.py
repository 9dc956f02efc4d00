"""The calendar of an edition as an iCalendar file that people subscribe to."""

from collections.abc import Mapping
from typing import Any

from icalendar import Calendar, Event

from backend.core.clock import utcnow
from backend.core.i18n import in_language
from backend.ideas.calendar import EXPLAINED, NAMES

STATUS = {"annulled": "CANCELLED", "suspended": "TENTATIVE"}


def calendar_of(edition: Mapping[str, Any], base_url: str) -> bytes:
    """Each phase as an event; a phase that was moved keeps its identity, so phones move it too."""
    calendar = Calendar()
    calendar.add("prodid", "-//Vox Urbis//Competitions//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", in_language(dict(edition["name"])))
    for phase in edition["phases"]:
        event = Event()
        event.add("uid", f"{phase['id']}@{base_url.partition('://')[2] or 'vox-urbis'}")
        event.add("dtstamp", utcnow())
        event.add("sequence", phase["version"])
        event.add("dtstart", phase["starts_at"])
        event.add("dtend", phase["ends_at"])
        event.add("summary", f"{in_language(dict(edition['name']))}: {NAMES[phase['kind']]}")
        event.add("description", str(EXPLAINED[phase["kind"]]))
        event.add("status", STATUS.get(phase["state"], "CONFIRMED"))
        event.add("url", f"{base_url}/competitions/editions/{edition['id']}")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
