"""Who may do what with accounts, roles, organisations and proofs of residence."""

from backend.core.policy import EVERYONE, PolicyTable

SIGNED_IN = frozenset({"citizen", "department", "triage", "jury", "organiser", "administrator"})
GRANTABLE = ("department", "triage", "jury", "organiser", "administrator")
"""Roles of city hall: they are granted by an administrator and need a second factor."""

policy = PolicyTable("accounts")

policy.allow("session.start", {"any": EVERYONE})
policy.allow("session.prove", {"own": EVERYONE})
policy.allow("session.end", {"own": EVERYONE})
policy.allow("session.list", {"own": SIGNED_IN})

policy.allow("account.read", {"own": SIGNED_IN, "other": {"administrator"}}, conceal=True)
policy.allow("account.change", {"own": SIGNED_IN})
policy.allow("account.disable", {"other": {"administrator"}})
policy.allow("account.export", {"own": SIGNED_IN})
policy.allow("account.erase", {"own": SIGNED_IN, "other": {"administrator"}}, conceal=True)
policy.allow("account.find", {"any": {"administrator"}})

policy.allow("role.list", {"any": {"administrator"}})
policy.allow("role.grant", {"any": {"administrator"}})

policy.allow("organisation.register", {"any": SIGNED_IN})
policy.allow("organisation.list", {"own": SIGNED_IN})
policy.allow(
    "organisation.read", {"own": SIGNED_IN, "other": {"organiser", "administrator"}}, conceal=True
)
policy.allow("organisation.change", {"own": SIGNED_IN}, conceal=True)
policy.allow("organisation.decide", {"any": {"organiser", "administrator"}})

policy.allow("residence.ask", {"own": SIGNED_IN})
policy.allow("residence.confirm", {"any": {"triage", "administrator"}})
policy.allow("residence.letters", {"any": {"administrator"}})

policy.allow("residence.import", {"any": {"administrator"}})

policy.allow("api_key.manage", {"any": {"administrator"}})
