"""Completing Equal Shares: more money for everybody, one unit at a time, or the rest by order."""

from fractions import Fraction

from backend.ideas.count.order import take_in_order
from backend.ideas.count.shares import Poll, Run, Unsure, run_shares
from backend.ideas.count.state import State

MOST_STEPS = 1_000_000


class TooManySteps(RuntimeError):
    """Add1 does not come to an end; the budget leaves room for what nobody can ever buy."""


def count_by_shares(
    state: State, *, exact: bool, start: Fraction | None = None
) -> tuple[State, Run]:
    """The whole count by Equal Shares: the last state, and the run that decided. Add1 begins at
    `start` if one is given."""
    voters = state.election.voters
    poll = Poll.of(state)
    if not voters or not poll.groups:
        return _finished(state, Run(Fraction(0)))
    endowment = Fraction(state.election.budget) / voters
    if state.rule.completion == "add1":
        endowment = last_endowment(state, poll, start or endowment)
    decided = state.fork()
    run = settled(decided, poll, endowment, exact=exact)
    return _finished(decided, run)


def settled(state: State, poll: Poll, endowment: Fraction, *, exact: bool = False) -> Run:
    """A run that is right: floating where that settles every round, exact otherwise."""
    if not exact:
        trial = state.fork()
        try:
            run = run_shares(trial, poll, endowment, exact=False)
        except Unsure:
            pass
        else:
            state.__dict__.update(trial.__dict__)
            return run
    return run_shares(state, poll, endowment, exact=True)


def last_endowment(state: State, poll: Poll, endowment: Fraction) -> Fraction:
    """Add1: raise everybody's money by one unit while the outcome stays within the budget; with the
    exhaustive stop, no further than the first outcome that leaves room for nothing more."""
    now = state.fork()
    settled(now, poll, endowment)
    for _ in range(MOST_STEPS):
        if done(now, poll):
            return endowment
        after = state.fork()
        settled(after, poll, endowment + 1)
        if after.spent > state.election.budget:
            return endowment
        now, endowment = after, endowment + 1
    raise TooManySteps


def done(state: State, poll: Poll) -> bool:
    """Whether more money cannot or must not change the outcome."""
    hold = state.rule.caps != "ignore"
    waiting = [
        at
        for at in state.open
        if at not in state.selected and poll.supporters[at] and not state.barred(at, hold)
    ]
    if not waiting:
        return True
    return state.rule.exhaustive_stop and all(state.costs[at] > state.left for at in waiting)


def _finished(state: State, run: Run) -> tuple[State, Run]:
    """The losers' reasons, and the rest of the money by order where the rule says so."""
    endowment = run.endowment
    for at in state.open:
        if at in state.selected or at in state.reasons:
            continue
        if not state.votes[at]:
            state.reasons[at] = ("no_votes", {})
            continue
        cost = Fraction(state.costs[at])
        behind = min(Fraction(run.behind.get(at, 0.0)), cost)
        lacks = {"reached": float(behind / cost) if cost else 0.0, "money": float(cost - behind)}
        if endowment:
            lacks["supporters"] = int(-(-(cost - behind) // endowment))
        state.lacks[at] = lacks
        state.reasons[at] = ("unaffordable", dict(lacks))
    if state.rule.completion == "votes":
        hold = state.rule.caps != "ignore"
        part = state.rule.caps != "hold-then-fill"
        take_in_order(state, "completion", hold_caps=hold, part=part)
    if state.rule.caps == "hold-then-fill":
        take_in_order(state, "fill", hold_caps=False, part=True)
    return state, run
