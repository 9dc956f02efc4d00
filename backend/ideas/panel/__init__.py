"""The mathematics of juries: who judges what, what the scores mean, and a jury drawn by lot.

Knows no web and no database:

    plan = assign(ideas, jurors, per_idea=3, conflicts=..., seed=...)
    result = judge(scores)            # scores[juror][idea]
    jury = draw(people, seats=12, seed="…")
"""

from backend.ideas.panel.assigning import NoPlan, Plan, assign
from backend.ideas.panel.drawing import Person, draw
from backend.ideas.panel.judging import Judgement, NotConnected, judge, weighted

__all__ = [
    "Judgement",
    "NoPlan",
    "NotConnected",
    "Person",
    "Plan",
    "assign",
    "draw",
    "judge",
    "weighted",
]
