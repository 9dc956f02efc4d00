"""Who may do what with votes, ballots and counts: role by action by relation."""

from backend.core.policy import EVERYONE, PolicyTable

ORGANISERS = frozenset({"organiser", "administrator"})
HELPERS = ORGANISERS | {"triage"}

policy = PolicyTable("votes")
policy.allow("vote.read", {"any": EVERYONE})
policy.allow("vote.cast", {"any": EVERYONE})  # a single-use code needs no account
policy.allow("vote.check_receipt", {"any": EVERYONE})
policy.allow("vote.object", {"any": EVERYONE - {"anonymous"}})
policy.allow("vote.organise", {"any": ORGANISERS})
policy.allow("vote.codes", {"any": ORGANISERS})
policy.allow("vote.assist", {"any": HELPERS})
policy.allow("vote.paper", {"any": HELPERS})
policy.allow("vote.count", {"any": ORGANISERS})
policy.allow("vote.answer_objection", {"any": ORGANISERS})
policy.allow("vote.destroy_key", {"any": ORGANISERS})
policy.allow("jury.organise", {"any": ORGANISERS})
policy.allow("jury.judge", {"own": EVERYONE - {"anonymous"}})
policy.allow("after.read", {"any": EVERYONE})
policy.allow("after.carry_out", {"any": ORGANISERS | {"department"}})
policy.allow("after.confirm", {"any": EVERYONE - {"anonymous"}})
policy.allow("after.agree", {"any": ORGANISERS})
policy.allow("after.deliver", {"any": EVERYONE})  # the key of the agreement opens it
