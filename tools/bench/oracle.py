"""The same election counted by pabutools, which is here only to compare with."""

from typing import Any

import pabutools.fractions
from pabutools.election import ApprovalBallot, ApprovalProfile, Cost_Sat, Instance, Project
from pabutools.rules import (
    greedy_utilitarian_welfare,
    method_of_equal_shares,
    sequential_phragmen,
)
from pabutools.tiebreaking import TieBreakingRule

from backend.ideas.count import Election


class Oracle:
    """An election as pabutools holds it, with our order of ties: cost, votes, place in the list."""

    def __init__(self, election: Election) -> None:
        pabutools.fractions.FRACTION = "gmpy2"
        listed = [Project(project.id, project.cost) for project in election.projects]
        place = {project.name: at for at, project in enumerate(listed)}
        self.instance = Instance(listed, budget_limit=election.budget)
        self.profile = ApprovalProfile(
            ApprovalBallot(listed[at] for at in ballot.choices)
            for ballot, count in election.ballots
            for _ in range(count)
        )
        votes = {project: self.profile.approval_score(project) for project in listed}
        self.ties = TieBreakingRule(lambda _i, _p, p: (p.cost, -votes[p], place[p.name]))

    def winners(self, rule: str) -> list[str]:
        """Ids of the winners, sorted."""
        if rule == "votes":
            given: dict[str, Any] = {"sat_class": Cost_Sat}
            found = greedy_utilitarian_welfare(
                self.instance, self.profile, tie_breaking=self.ties, **given
            )
        elif rule == "equal-shares":
            found = method_of_equal_shares(
                self.instance,
                self.profile.as_multiprofile(),
                sat_class=Cost_Sat,
                tie_breaking=self.ties,
            )
        else:
            found = sequential_phragmen(
                self.instance, self.profile.as_multiprofile(), tie_breaking=self.ties
            )
        return sorted(project.name for project in found)
