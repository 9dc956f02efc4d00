"""Completing Equal Shares: more money for everybody, one unit at a time, or the rest by order."""

from collections.abc import Callable
from fractions import Fraction

from backend.ideas.count.order import take_in_order
from backend.ideas.count.shares import Heaps, Market, Poll, Run, Unsure, run_shares
from backend.ideas.count.state import State

MOST_STEPS = 1_000_000


class TooManySteps(RuntimeError):
    """Add1 does not come to an end; the budget leaves room for what nobody can ever buy."""


Quick = Callable[[State], Callable[[Fraction], Market]]


class Shares:
    """Runs of Equal Shares over one election. `quick` makes a floating market from a state; without
    it the heaps serve, which need nothing but the standard library."""

    def __init__(self, state: State, quick: Quick | None = None) -> None:
        self.state = state
        self._poll: Poll | None = None
        self._quick = quick(state) if quick else None

    @property
    def poll(self) -> Poll:
        """The ballots for the heaps, made when they are first needed."""
        if self._poll is None:
            self._poll = Poll.of(self.state)
        return self._poll

    def run(self, endowment: Fraction, *, exact: bool = False) -> tuple[State, Run]:
        """A run that is right: floating where that settles every round, exact otherwise."""
        if not exact:
            trial = self.state.fork()
            try:
                return trial, run_shares(trial, self._floating(endowment), endowment)
            except Unsure:
                pass
        now = self.state.fork()
        return now, run_shares(now, Heaps(self.poll, endowment, exact=True), endowment)

    def _floating(self, endowment: Fraction) -> Market:
        if self._quick:
            return self._quick(endowment)
        return Heaps(self.poll, endowment, exact=False)


def count_by_shares(
    state: State, *, exact: bool, start: Fraction | None = None, quick: Quick | None = None
) -> tuple[State, Run]:
    """The whole count by Equal Shares: the last state, and the run that decided. Add1 begins at
    `start` if one is given."""
    voters = state.election.voters
    if not any(state.votes[at] for at in state.open):
        return _finished(state, Run(Fraction(0)))
    shares = Shares(state, quick)
    endowment = Fraction(state.election.budget) / voters
    if state.rule.completion == "add1":
        endowment = last_endowment(shares, start or endowment)
    return _finished(*shares.run(endowment, exact=exact))


def last_endowment(shares: Shares, endowment: Fraction) -> Fraction:
    """Add1: raise everybody's money by one unit while the outcome stays within the budget; with the
    exhaustive stop, no further than the first outcome that leaves room for nothing more."""
    now, _ = shares.run(endowment)
    for _ in range(MOST_STEPS):
        if done(now):
            return endowment
        after, _ = shares.run(endowment + 1)
        if after.spent > now.election.budget:
            return endowment
        now, endowment = after, endowment + 1
    raise TooManySteps


def done(state: State) -> bool:
    """Whether more money cannot or must not change the outcome."""
    hold = state.rule.caps != "ignore"
    won = set(state.selected)
    waiting = [
        at for at in state.open if at not in won and state.votes[at] and not state.barred(at, hold)
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
