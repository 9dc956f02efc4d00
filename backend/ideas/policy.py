"""Who may do what in the competition: role by action by relation."""

from backend.core.actor import Actor
from backend.core.policy import EVERYONE, PolicyTable

ORGANISERS = frozenset({"organiser", "administrator"})
CHECKERS = frozenset({"department", "organiser", "administrator"})
MODERATORS = frozenset({"organiser", "triage", "administrator"})
SIGNED_IN = EVERYONE - {"anonymous"}

policy = PolicyTable("ideas")
policy.allow("competition.read", {"any": EVERYONE})
policy.allow("competition.organise", {"any": ORGANISERS})
policy.allow("edition.read", {"other": EVERYONE, "hidden": ORGANISERS}, conceal=True)
policy.allow("edition.follow", {"other": SIGNED_IN, "hidden": ORGANISERS}, conceal=True)
policy.allow("problem.list", {"any": EVERYONE})
policy.allow(
    "problem.read", {"own": EVERYONE, "other": EVERYONE, "hidden": MODERATORS}, conceal=True
)
policy.allow("problem.outline", {"any": SIGNED_IN})
policy.allow("problem.start_from_reports", {"any": MODERATORS})
policy.allow("problem.support", {"own": EVERYONE, "other": EVERYONE})
policy.allow("problem.bring_evidence", {"own": SIGNED_IN, "other": SIGNED_IN})
policy.allow("problem.change", {"own": SIGNED_IN, "other": MODERATORS, "hidden": MODERATORS})
policy.allow("problem.moderate", dict.fromkeys(("own", "other", "hidden"), MODERATORS))
policy.allow("idea.list", {"any": EVERYONE})
policy.allow(
    "idea.read",
    {"own": EVERYONE, "department": CHECKERS, "other": EVERYONE, "hidden": MODERATORS},
    conceal=True,
)
policy.allow("idea.start", {"any": SIGNED_IN})
policy.allow("idea.check", {"any": EVERYONE})
policy.allow("idea.write", {"own": SIGNED_IN})
policy.allow("idea.withdraw", {"own": SIGNED_IN})
policy.allow("idea.invite", {"own": SIGNED_IN})
policy.allow("idea.answer_invitation", {"any": SIGNED_IN})
policy.allow("idea.endorse", {"department": EVERYONE, "other": EVERYONE})
policy.allow("idea.follow", {"own": SIGNED_IN, "department": SIGNED_IN, "other": SIGNED_IN})
policy.allow("idea.comment", {"own": SIGNED_IN, "department": SIGNED_IN, "other": SIGNED_IN})
policy.allow("comment.judge", {"own": EVERYONE, "department": EVERYONE, "other": EVERYONE})
policy.allow("comment.remove", {"own": SIGNED_IN})
_DESK = ("own", "department", "other", "hidden")
policy.allow("idea.moderate", dict.fromkeys(_DESK, MODERATORS))
policy.allow("idea.place", dict.fromkeys(_DESK, MODERATORS))
policy.allow("idea.join", {"own": SIGNED_IN, "department": ORGANISERS, "other": ORGANISERS})
policy.allow("idea.answer_joining", {"own": SIGNED_IN})
policy.allow("feasibility.ask", dict.fromkeys(_DESK, ORGANISERS))
policy.allow(
    "feasibility.decide",
    {"own": ORGANISERS, "department": CHECKERS, "other": ORGANISERS, "hidden": ORGANISERS},
)
policy.allow("feasibility.appeal", {"own": SIGNED_IN})
policy.allow("feasibility.answer_appeal", dict.fromkeys(_DESK, ORGANISERS))


def is_organiser(actor: Actor) -> bool:
    """Whether somebody runs the competition."""
    return actor.kind == "system" or actor.has(*ORGANISERS)


def edition_relation(state: str, rehearsal: bool) -> str:
    """How everybody stands to an edition: a draft and a rehearsal are out of public sight."""
    return "hidden" if rehearsal or state == "draft" else "other"


def problem_relation(actor: Actor, author_id: int | None, state: str, edition: str) -> str:
    """How an actor stands to a problem."""
    if edition == "hidden" or state == "hidden":
        mine = author_id is not None and author_id == actor.account_id
        return "own" if mine and edition != "hidden" else "hidden"
    return "own" if author_id is not None and author_id == actor.account_id else "other"
