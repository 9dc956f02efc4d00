"""Completing Equal Shares: more money for everybody, one unit at a time, or the rest by order."""

from collections.abc import Callable
from fractions import Fraction
from math import ceil

from backend.ideas.count.order import take_in_order
from backend.ideas.count.shares import Heaps, Market, Poll, Run, Unsure, run_shares
from backend.ideas.count.state import State
from backend.ideas.count.unchanged import Unchanged

MOST_STEPS = 1_000_000
FEW_BALLOTS = 300  # different ones
WORTH_LOOKING = 32  # fewer steps at one stroke are taken one by one
MOST_PAUSE = 255


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

    @property
    def few(self) -> bool:
        """Whether it is worth looking how far the money can grow at one stroke."""
        return len(self.state.election.ballots) <= FEW_BALLOTS

    def unchanged(self, endowment: Fraction) -> Fraction | None:
        """By how much the money can grow before the outcome may change; None: by anything."""
        return Unchanged(self.state, self.poll, endowment).grows_by()

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
    wait = pause = 0
    for _ in range(MOST_STEPS):
        if done(now):
            return endowment
        step = 1
        if wait or not shares.few:
            wait -= 1
        else:
            same = shares.unchanged(endowment)
            if same is None:
                return endowment
            step = max(1, ceil(same))
            pause = 0 if step > WORTH_LOOKING else min(2 * pause + 1, MOST_PAUSE)
            wait = pause
        after, _ = shares.run(endowment + step)
        if after.spent > now.election.budget:
            return endowment + step - 1
        now, endowment = after, endowment + step
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
