"""Who may ask the model, correct it, and see how it does."""

from backend.core.policy import EVERYONE, STAFF, PolicyTable

policy = PolicyTable("classification")
policy.allow("suggestion.ask", {"any": EVERYONE})
policy.allow("taxonomy.read", {"any": EVERYONE})
policy.allow("suggestion.correct", {"any": {"triage", "department", "organiser", "administrator"}})
policy.allow("model.read", {"any": STAFF})
policy.allow("model.promote", {"any": {"administrator"}})
