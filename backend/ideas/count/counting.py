"""Counting an election by a rule: the one door to all rules."""

from fractions import Fraction
from typing import Any

from backend.ideas.count.completion import count_by_shares
from backend.ideas.count.election import Election
from backend.ideas.count.money import Number, plain, simplest
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
) -> Outcome:
    """Who wins, and why everybody else did not.

    `exact` keeps whole numbers throughout; without it, floating numbers are used wherever they
    tell the candidates of a round apart. `explain=False` leaves out what losers lacked. With
    `endowment`, Add1 begins there instead of at the budget's equal share.
    """
    if "lot" in rule.tie and not rule.seed:
        raise RuleError("tie: the seed of the lot has not been drawn")
    state = State(election, rule)
    if rule.name == "equal-shares":
        state, run = count_by_shares(state, exact=exact, start=endowment)
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


def lacking_in_order(state: State) -> dict[int, dict[str, Any]]:
    """How many more votes (or points) each loser needed, all others being as they are."""
    fresh = State(state.election, state.rule)
    unit = "points" if fresh.merit_is_points else "votes"
    lacks: dict[int, dict[str, Any]] = {}
    for at in range(len(fresh.costs)):
        if at in state.selected:
            continue
        lacks[at] = {unit: _votes_needed(fresh, at)}
        if state.reasons[at][0] in {"budget", "partly"}:
            facts = state.reasons[at][1]
            left = facts["amount"] if "amount" in facts else facts["left"]
            lacks[at]["money"] = plain(Fraction(state.costs[at]) - Fraction(left))
    return lacks


def _votes_needed(fresh: State, at: int) -> int | float | None:
    """The fewest further votes with which a project wins; None if no number would do."""
    project = fresh.election.projects[at]
    if project.withdrawn or project.cost > fresh.election.budget:
        return None
    merit = fresh.points if fresh.merit_is_points else fresh.votes
    support = fresh.rule.min_support.votes_needed(
        project.cost, fresh.election.budget, fresh.election.voters
    )
    least = max(0, -(-support // 1) - fresh.votes[at])
    steps = {Fraction(least)}
    for other in fresh.open:
        ahead = Fraction(merit[other]) - Fraction(merit[at])
        steps |= {step for step in (ahead, ahead + 1) if step >= least}
    tries = sorted(steps)
    if not _wins_with(fresh, at, tries[-1]):
        return None
    low, high = 0, len(tries) - 1
    while low < high:
        middle = (low + high) // 2
        if _wins_with(fresh, at, tries[middle]):
            high = middle
        else:
            low = middle + 1
    return plain(tries[low])


def _wins_with(fresh: State, at: int, more: Fraction) -> bool:
    trial = fresh.fork()
    trial.votes, trial.points = list(fresh.votes), list(fresh.points)
    trial.votes[at] += int(-(-more // 1))
    trial.points[at] += more
    if at not in trial.open:
        trial.open = [*trial.open, at]
    count_in_order(trial)
    return at in trial.selected
