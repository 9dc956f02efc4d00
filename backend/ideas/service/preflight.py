"""What a phase needs before it can open, and what is missing."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.i18n import _
from backend.ideas.models import Edition, FeasibilityCheck, Idea, Phase, Problem
from backend.ideas.service.opening import missing_for_vote

Check = Callable[[Session, Edition, Phase], "list[Missing]"]
_checks: dict[str, list[Check]] = {}


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing: a stable code, what to do about it, and where."""

    code: str
    message: str
    field: str | None = None

    def document(self) -> dict[str, str | None]:
        """As the API writes it."""
        return {"code": self.code, "message": self.message, "field": self.field}


def needed_for(*kinds: str) -> Callable[[Check], Check]:
    """Register what phases of these kinds need."""

    def register(check: Check) -> Check:
        for kind in kinds:
            if check not in _checks.setdefault(kind, []):
                _checks[kind].append(check)
        return check

    return register


def missing_for(session: Session, edition: Edition, phase: Phase) -> list[Missing]:
    """Everything that a phase still needs; empty when it can open."""
    found = [m for check in _checks.get("any", []) for m in check(session, edition, phase)]
    return found + [m for c in _checks.get(phase.kind, []) for m in c(session, edition, phase)]


@needed_for("any")
def edition_runs(session: Session, edition: Edition, phase: Phase) -> list[Missing]:
    """An edition must be published before its phases open."""
    if edition.state == "running" or (edition.rehearsal and edition.state == "draft"):
        return []
    return [Missing("edition_not_running", _("Publish the edition first."), "state")]


@needed_for("any")
def eligibility_is_set(session: Session, edition: Edition, phase: Phase) -> list[Missing]:
    """Everybody must be able to read who may take part."""
    if (phase.who or {}).get("assurance"):
        return []
    return [Missing("eligibility", _("Say who may take part in this phase."), "who")]


@needed_for("propose", "endorse", "feasibility", "jury", "vote", "count")
def budget_is_set(session: Session, edition: Edition, phase: Phase) -> list[Missing]:
    """Whoever proposes must know how much there is."""
    if edition.budget:
        return []
    return [Missing("budget", _("Set the budget of the edition."), "budget")]


@needed_for("endorse")
def threshold_is_set(session: Session, edition: Edition, phase: Phase) -> list[Missing]:
    """Whoever endorses must know how many endorsements are needed."""
    if edition.endorsements_needed is not None:
        return []
    return [
        Missing(
            "endorsements_needed",
            _("Set how many endorsements an idea needs, 0 for none."),
            "endorsements_needed",
        )
    ]


@needed_for("endorse", "feasibility")
def there_are_ideas(session: Session, edition: Edition, phase: Phase) -> list[Missing]:
    """Without ideas there is nothing to support or to check."""
    number = session.execute(
        select(func.count()).where(Idea.edition_id == edition.id, Idea.state != "draft")
    ).scalar_one()
    return [] if number else [Missing("ideas", _("No idea has been proposed yet."))]


@needed_for("jury", "vote")
def checks_are_done(session: Session, edition: Edition, phase: Phase) -> list[Missing]:
    """No idea may come to the ballot without a finding, and none that is feasible without cost."""
    found = []
    waiting = session.execute(
        select(func.count())
        .select_from(FeasibilityCheck)
        .join(Idea, Idea.id == FeasibilityCheck.idea_id)
        .where(
            Idea.edition_id == edition.id,
            FeasibilityCheck.decided_at.is_(None),
            Idea.state == "proposed",
        )
    ).scalar_one()
    if waiting:
        words = _("%(n)s feasibility checks have no finding yet.", n=waiting)
        found.append(Missing("checks", words))
    feasible = select(func.count()).where(
        Idea.edition_id == edition.id, Idea.state.in_(("feasible", "on_ballot"))
    )
    if not session.execute(feasible).scalar_one():
        found.append(Missing("feasible_ideas", _("No idea has been found feasible.")))
    costless = session.execute(feasible.where(Idea.cost.is_(None))).scalar_one()
    if costless:
        words = _("%(n)s feasible ideas have no cost.", n=costless)
        found.append(Missing("costs", words))
    return found


@needed_for("vote")
def ballot_and_rule_are_set(session: Session, edition: Edition, phase: Phase) -> list[Missing]:
    """What a ballot looks like and how it is counted stands before the first vote."""
    ballot, rule = edition.ballot or {}, edition.rule or {}
    found = []
    if not ballot.get("style"):
        words = _("Choose the style of the ballot and its limits.")
        found.append(Missing("ballot", words, "ballot"))
    if not rule.get("name"):
        found.append(Missing("rule", _("Choose the rule by which votes are counted."), "rule"))
    if not rule.get("tie"):
        found.append(Missing("ties", _("Say in which order ties are broken."), "rule.tie"))
    if "quorum" not in rule:
        words = _("Say how many votes make the result valid, 0 for any number.")
        found.append(Missing("quorum", words, "rule.quorum"))
    if found:
        return found
    return [Missing("vote", words) for words in missing_for_vote(session, edition.id)]


@needed_for("propose")
def problems_to_answer(session: Session, edition: Edition, phase: Phase) -> list[Missing]:
    """If the edition asks for problems first, there should be one when ideas are called for."""
    outline = session.execute(
        select(Phase.state).where(Phase.edition_id == edition.id, Phase.kind == "outline")
    ).scalar()
    if outline in (None, "annulled"):
        return []
    number = session.execute(
        select(func.count()).where(Problem.edition_id == edition.id, Problem.state == "open")
    ).scalar_one()
    return [] if number else [Missing("problems", _("No problem has been outlined yet."))]
