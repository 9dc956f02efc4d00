"""The words of the competition's news; each reader gets them in their language."""

from typing import Any

from backend.core.i18n import lazy

_IDEA = lazy("There is news on an idea.")
_EDITION = lazy("There is news on the competition.")
_REASON = "%(title)s\n\n%(reason)s"

TEMPLATES: dict[str, tuple[Any, Any, Any]] = {
    "edition.phase_opened": (
        lazy("%(edition)s: %(phase)s has opened"),
        lazy("The phase “%(phase)s” of %(edition)s is open now."),
        _EDITION,
    ),
    "edition.phase_closed": (
        lazy("%(edition)s: %(phase)s was closed early"),
        lazy("The phase “%(phase)s” was closed before its time. The reason:\n\n%(reason)s"),
        _EDITION,
    ),
    "edition.phase_extended": (
        lazy("%(edition)s: more time for %(phase)s"),
        lazy("The phase “%(phase)s” was extended. The reason:\n\n%(reason)s"),
        _EDITION,
    ),
    "edition.phase_suspended": (
        lazy("%(edition)s: %(phase)s is suspended"),
        lazy("The phase “%(phase)s” is suspended. The reason:\n\n%(reason)s"),
        _EDITION,
    ),
    "edition.phase_resumed": (
        lazy("%(edition)s: %(phase)s goes on"),
        lazy("The phase “%(phase)s” goes on. The reason:\n\n%(reason)s"),
        _EDITION,
    ),
    "edition.phase_annulled": (
        lazy("%(edition)s: %(phase)s was annulled"),
        lazy("The phase “%(phase)s” was annulled. The reason:\n\n%(reason)s"),
        _EDITION,
    ),
    "edition.phase_ends": (
        lazy("%(edition)s: %(phase)s ends soon"),
        lazy("The phase “%(phase)s” is open until %(until)s."),
        _EDITION,
    ),
    "edition.phase_held_back": (
        lazy("%(phase)s could not open"),
        lazy("The phase “%(phase)s” should have opened. Missing: %(missing)s."),
        _EDITION,
    ),
    "idea.invited": (
        lazy("You are asked to stand behind an idea: %(title)s"),
        lazy("Open the link below to read the idea, and accept or decline."),
        _IDEA,
    ),
    "idea.changed": (
        lazy("An idea has changed: %(title)s"),
        lazy("There is a new version of “%(title)s”. You can read what changed."),
        _IDEA,
    ),
    "idea.endorsed": (
        lazy("Enough support: %(title)s"),
        lazy("“%(title)s” has %(number)s endorsements and goes on to the feasibility check."),
        _IDEA,
    ),
    "idea.withdrawn": (
        lazy("An idea was withdrawn: %(title)s"),
        lazy("The team has withdrawn “%(title)s”.\n\n%(reason)s"),
        _IDEA,
    ),
    "idea.hidden": (
        lazy("Your idea is not shown to others: %(title)s"),
        lazy("“%(title)s” was taken out of public sight. The reason:\n\n%(reason)s"),
        _IDEA,
    ),
    "idea.shown": (
        lazy("Your idea is shown again: %(title)s"),
        lazy("“%(title)s” is public again."),
        _IDEA,
    ),
    "idea.commented": (
        lazy("A comment on %(title)s"),
        lazy("Somebody commented on “%(title)s”:\n\n%(text)s"),
        _IDEA,
    ),
    "idea.comment_hidden": (
        lazy("Your comment is not shown to others"),
        lazy("A comment of yours was taken out of public sight. The reason:\n\n%(reason)s"),
        _IDEA,
    ),
    "idea.merge_asked": (
        lazy("Do you agree to a merge? %(title)s"),
        lazy("It is proposed to merge “%(title)s” with another idea:\n\n%(reason)s"),
        _IDEA,
    ),
    "idea.split_asked": (
        lazy("Do you agree to a split? %(title)s"),
        lazy("It is proposed to split “%(title)s” into several ideas:\n\n%(reason)s"),
        _IDEA,
    ),
    "idea.merge_done": (
        lazy("Merged: %(title)s"),
        lazy("“%(title)s” is now part of a merged idea. Its page leads there."),
        _IDEA,
    ),
    "idea.split_done": (
        lazy("Split: %(title)s"),
        lazy("“%(title)s” has become several ideas. Its page leads there."),
        _IDEA,
    ),
    "idea.merge_ended": (
        lazy("Not merged: %(title)s"),
        lazy("The merge of “%(title)s” does not take place; the idea goes on as it was."),
        _IDEA,
    ),
    "idea.split_ended": (
        lazy("Not split: %(title)s"),
        lazy("The split of “%(title)s” does not take place; the idea goes on as it was."),
        _IDEA,
    ),
    "idea.endorsement_carried": (
        lazy("Does your support still hold? %(title)s"),
        lazy(
            "An idea that you endorsed has become “%(title)s”. Your endorsement was carried along, "
            "and counts once. Open the page to keep it or take it back."
        ),
        _IDEA,
    ),
    "idea.check_asked": (
        lazy("A feasibility check is asked for: %(title)s"),
        lazy("Your department is asked whether “%(title)s” can be done, and at what cost."),
        _IDEA,
    ),
    "idea.check_due": (
        lazy("A finding is due: %(title)s"),
        lazy("The finding on “%(title)s” is due by %(until)s."),
        _IDEA,
    ),
    "idea.checked_feasible": (lazy("Feasible: %(title)s"), lazy(_REASON), _IDEA),
    "idea.checked_with_conditions": (
        lazy("Feasible with conditions: %(title)s"),
        lazy(_REASON),
        _IDEA,
    ),
    "idea.checked_infeasible": (lazy("Not feasible: %(title)s"), lazy(_REASON), _IDEA),
    "idea.appeal_upheld": (lazy("The appeal was upheld: %(title)s"), lazy(_REASON), _IDEA),
    "idea.appeal_rejected": (lazy("The appeal was rejected: %(title)s"), lazy(_REASON), _IDEA),
    "idea.draft_waits": (
        lazy("Your draft is not handed in yet"),
        lazy("You have started an idea. It can be handed in until %(until)s."),
        _IDEA,
    ),
}
