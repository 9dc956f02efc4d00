"""Who may do what with partners."""

from backend.core.policy import PolicyTable

OPERATORS = frozenset({"administrator"})

policy = PolicyTable("partners")
policy.allow("partner.read", {"any": OPERATORS})
policy.allow("partner.change", {"any": OPERATORS})
policy.allow("partner.retry", {"any": OPERATORS})
