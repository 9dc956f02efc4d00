"""Who may do what with follows, preferences and news."""

from backend.core.policy import EVERYONE, PolicyTable

PEOPLE = frozenset({"citizen", "department", "triage", "jury", "organiser", "administrator"})

policy = PolicyTable("notifications")
policy.allow("follow.list", {"own": PEOPLE})
policy.allow("follow.change", {"own": PEOPLE})
policy.allow("preference.read", {"own": PEOPLE})
policy.allow("preference.change", {"own": PEOPLE})
policy.allow("news.read", {"own": PEOPLE})
policy.allow("news.mark", {"own": PEOPLE})
policy.allow("push.key", {"any": EVERYONE})
policy.allow("letter.stop", {"any": EVERYONE})
