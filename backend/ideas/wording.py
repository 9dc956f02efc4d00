"""How the competition's things are called and coloured wherever people read of them."""

from collections.abc import Mapping
from typing import Any

from backend.core.i18n import lazy

STATES: Mapping[str, Any] = {
    "draft": lazy("Draft"),
    "proposed": lazy("Proposed"),
    "feasible": lazy("Feasible"),
    "infeasible": lazy("Not feasible"),
    "on_ballot": lazy("On the ballot"),
    "winner": lazy("Winner"),
    "not_selected": lazy("Not selected"),
    "withdrawn": lazy("Withdrawn"),
    "merged": lazy("Merged"),
    "split": lazy("Split"),
}
HUES = {
    "draft": "waiting",
    "proposed": "new",
    "feasible": "busy",
    "on_ballot": "busy",
    "winner": "done",
}
OUTCOMES: Mapping[str, Any] = {
    "feasible": lazy("Feasible"),
    "with_conditions": lazy("Feasible with conditions"),
    "infeasible": lazy("Not feasible"),
}
SIDES: Mapping[str, Any] = {
    "for": lazy("For"),
    "against": lazy("Against"),
    "neutral": lazy("Neither"),
}
PHASE_STATES: Mapping[str, Any] = {
    "planned": lazy("To come"),
    "open": lazy("Open now"),
    "suspended": lazy("Suspended"),
    "closed": lazy("Over"),
    "annulled": lazy("Annulled"),
}
PHASE_HUES = {"open": "busy", "suspended": "waiting", "planned": "new"}
ACTIONS: Mapping[str, Any] = {
    "opened": lazy("opened"),
    "closed": lazy("closed"),
    "extended": lazy("extended"),
    "suspended": lazy("suspended"),
    "resumed": lazy("goes on"),
    "annulled": lazy("annulled"),
}
PARTS: Mapping[str, Any] = {
    "title": lazy("Title"),
    "summary": lazy("In one sentence"),
    "text": lazy("The idea"),
    "benefit": lazy("Who is helped"),
}
ROLES: Mapping[str, Any] = {
    "author": lazy("Author"),
    "co_author": lazy("Co-author"),
    "sponsor": lazy("Sponsor"),
}
PARTIES: Mapping[str, Any] = {"team": lazy("Team"), "city": lazy("City hall")}
EDITION_STATES: Mapping[str, Any] = {
    "draft": lazy("Draft"),
    "running": lazy("Running"),
    "annulled": lazy("Annulled"),
    "archived": lazy("Archived"),
}


def hue_of(state: str) -> str:
    """The hue and shape in which an idea's state is shown."""
    return HUES.get(state, "closed")
