"""Who may do what with webhooks."""

from backend.core.policy import PolicyTable

OPERATORS = frozenset({"administrator"})

policy = PolicyTable("webhooks")
policy.allow("webhook.read", {"any": OPERATORS})
policy.allow("webhook.change", {"any": OPERATORS})
policy.allow("webhook.replay", {"any": OPERATORS})
