"""Counting an election by a rule: the one door to all rules."""

from fractions import Fraction

from backend.ideas.count.completion import Quick, count_by_shares
from backend.ideas.count.election import Election
from backend.ideas.count.lacking import lacking_in_order
from backend.ideas.count.money import Number, simplest
from backend.ideas.count.order import count_in_order, take_in_order
from backend.ideas.count.outcome import LOST, PARTLY, WON, Outcome, Verdict
from backend.ideas.count.phragmen import count_by_phragmen
from backend.ideas.count.rule import Rule, RuleError
from backend.ideas.count.state import State


def count(
    election: Election,
    rule: Rule,
    *,
    exact: bool = True,
    explain: bool = True,
    endowment: Fraction | None = None,
    quick: Quick | None = None,
) -> Outcome:
    """Who wins, and why everybody else did not.

    `exact` keeps whole numbers throughout; without it, floating numbers are used wherever they
    tell the candidates of a round apart. `explain=False` leaves out what losers lacked. With
    `endowment`, Add1 begins there instead of at the budget's equal share. `quick` is a faster
    market for floating runs.
    """
    if "lot" in rule.tie and not rule.seed:
        raise RuleError("tie: the seed of the lot has not been drawn")
    if rule.caps != "ignore" and election.caps_fault:
        raise RuleError(f"caps: {election.caps_fault}")
    state = State(election, rule)
    if rule.name == "equal-shares":
        state, run = count_by_shares(state, exact=exact, start=endowment, quick=quick)
        endowment = run.endowment
    elif rule.name == "phragmen":
        count_by_phragmen(state)
        _complete(state)
    else:
        count_in_order(state)
        if explain:
            state.lacks = lacking_in_order(state)
    return outcome_of(state, endowment)


def _complete(state: State) -> None:
    if state.rule.completion == "votes":
        hold = state.rule.caps != "ignore"
        part = state.rule.caps != "hold-then-fill"
        take_in_order(state, "completion", hold_caps=hold, part=part)
    if state.rule.caps == "hold-then-fill":
        take_in_order(state, "fill", hold_caps=False, part=True)


def outcome_of(state: State, endowment: Number | None = None) -> Outcome:
    """What stands in the state at the end of a count."""
    projects, won = state.election.projects, set(state.selected)
    verdicts = {}
    for at, project in enumerate(projects):
        code, facts = state.reasons[at]
        result = WON if at in won else PARTLY if code == "partly" else LOST
        verdicts[project.id] = Verdict(
            id=project.id,
            votes=state.votes[at],
            points=state.points[at],
            cost=project.cost,
            outcome=result,
            code=code,
            facts={"supporters": 0, **facts},
            lacked=state.lacks.get(at) if result != WON else None,
        )
    partly = state.partly
    return Outcome(
        rule=state.rule,
        selected=tuple(projects[at].id for at in state.selected),
        partly=(projects[partly[0]].id, partly[1]) if partly else None,
        spent=state.spent,
        rounds=tuple(state.rounds),
        projects=verdicts,
        endowment=simplest(endowment) if endowment is not None else None,
    )
