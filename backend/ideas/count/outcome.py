"""What a count gives: who won in which order, what it cost, and a sentence for every project."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.ideas.count.money import Number, plain
from backend.ideas.count.rule import Rule

WON, PARTLY, LOST = "won", "partly", "lost"

# One sentence for each reason. Pages translate them by their code; the facts fill the braces.
SENTENCES = {
    "won_order": "Won place {place}: it was next in order and its cost fitted the money left.",
    "won_fill": "Won place {place} when the money left was given out without the caps.",
    "won_completion": "Won place {place} by order of votes, with the money that Equal Shares left.",
    "won_shares": "Won place {place}: its supporters paid for it, at most {payment:.2f} each.",
    "won_load": "Won place {place}: its supporters could pay for it before any other's.",
    "partly": "Next in order, but it did not fit: it gets the {amount} that were left.",
    "budget": "Its cost did not fit the {left} left when its turn came.",
    "stopped": "Not reached: the count stopped at {first}, which did not fit the {left} left.",
    "cap": "The cap of {cap} left only {left}.",
    "group": "Only one project of its group can win, and {winner} did.",
    "withdrawn": "It was withdrawn.",
    "too_few_votes": "It stayed below the minimum support of {needed} votes.",
    "no_votes": "Nobody voted for it.",
    "unaffordable": "Its supporters had {reached:.0%} of its cost left; it lacked the money of"
    " about {supporters} more.",
}


@dataclass(frozen=True)
class Verdict:
    """One project's outcome and why. `lacked` says what would have made it win, where known:
    votes (or points) more, money, or the share of its cost that was reached."""

    id: str
    votes: int
    points: Number
    cost: Number
    outcome: str
    code: str
    facts: Mapping[str, Any]
    lacked: Mapping[str, Any] | None

    @property
    def why(self) -> str:
        """The reason as a sentence."""
        return SENTENCES[self.code].format(**self.facts)


@dataclass(frozen=True)
class Outcome:
    """The result of one count."""

    rule: Rule
    selected: tuple[str, ...]
    partly: tuple[str, Number] | None
    spent: Number
    rounds: tuple[Mapping[str, Any], ...]
    projects: Mapping[str, Verdict]
    endowment: Number | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON, with the keys that are promised to outsiders."""
        partly = self.partly
        return {
            "selected": list(self.selected),
            "partly": {"id": partly[0], "amount": plain(partly[1])} if partly else None,
            "spent": plain(self.spent),
            "rounds": [dict(round_) for round_ in self.rounds],
            "projects": {
                name: {
                    "votes": verdict.votes,
                    "points": plain(verdict.points),
                    "cost": plain(verdict.cost),
                    "outcome": verdict.outcome,
                    "why": verdict.why,
                    "lacked": dict(verdict.lacked) if verdict.lacked else None,
                }
                for name, verdict in self.projects.items()
            },
        }
