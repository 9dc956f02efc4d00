"""Order by votes or points: down the list, taking what fits; skip, stop or partly fund the rest."""

from typing import Any

from backend.ideas.count.money import plain
from backend.ideas.count.state import State


def count_in_order(state: State) -> None:
    """The whole count by order, with its caps and their fill step."""
    hold = state.rule.caps != "ignore"
    then_fill = state.rule.caps == "hold-then-fill"
    take_in_order(state, "order", hold_caps=hold, part=not then_fill)
    if then_fill:
        take_in_order(state, "fill", hold_caps=False, part=True)


def take_in_order(state: State, step: str, *, hold_caps: bool, part: bool) -> None:
    """Go down the list once. A full cap or a decided group passes a project over; only a budget
    that is too small skips, stops or part-funds, as the rule says."""
    waiting = [at for at in state.in_order() if at not in state.selected]
    stopped: dict[str, Any] = {}
    for at in waiting:
        if stopped:
            state.reasons[at] = ("stopped", stopped)
        elif bar := state.barred(at, hold_caps):
            state.reasons[at] = bar
        elif state.costs[at] <= state.left:
            state.take(at, step)
        else:
            state.reasons[at] = ("budget", {"left": plain(state.left)})
            if state.rule.leftover != "skip":
                first = state.election.projects[at].id
                stopped = {"first": first, "left": plain(state.left)}
                if part and state.rule.leftover == "partial":
                    state.take_part(at)
