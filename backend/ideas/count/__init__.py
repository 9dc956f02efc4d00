"""The count engine: ballots in, winners and reasons out. Knows no web and no database.

The way through it, for whoever holds a vote:

    rule = Rule(name="equal-shares", completion="add1", tie=("cost", "votes", "lot"))
    frozen = terms(election, {"kind": "approval", "max": 5}, rule)   # when voting opens
    publish(frozen, terms_hash(frozen))                              # and rule.hash
    ...
    outcome = count(election_of(kind, budget, projects, cast), rule.with_seed(seed))
    write_package(folder, Publication(...))                          # see `package`
"""

from backend.ideas.count import counting
from backend.ideas.count.election import Ballot, Cap, Election, Project, election_of
from backend.ideas.count.outcome import Outcome, Verdict
from backend.ideas.count.rule import (
    Rule,
    RuleError,
    Support,
    canonical,
    parse_tie,
    rule_from,
    terms,
    terms_hash,
)


def count(election: Election, rule: Rule, *, exact: bool = True, explain: bool = True) -> Outcome:
    """Who wins, and why everybody else did not; see `counting.count`."""
    if rule.name != "equal-shares":
        return counting.count(election, rule, exact=exact, explain=explain)
    from backend.ideas.count.vectors import Vectors

    return counting.count(election, rule, exact=exact, explain=explain, quick=Vectors)


__all__ = [
    "Ballot",
    "Cap",
    "Election",
    "Outcome",
    "Project",
    "Rule",
    "RuleError",
    "Support",
    "Verdict",
    "canonical",
    "count",
    "election_of",
    "parse_tie",
    "rule_from",
    "terms",
    "terms_hash",
]
