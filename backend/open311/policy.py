"""Who may ask what of the Open311 endpoint; what a report shows is ruled by the reports."""

from backend.core.policy import EVERYONE, PolicyTable

policy = PolicyTable("open311")
policy.allow("open311.read", {"any": EVERYONE})
policy.allow("open311.send", {"any": EVERYONE})  # a key is asked for in the form of the standard
policy.allow("feed.read", {"any": EVERYONE})
policy.allow("open311.manage", {"any": {"administrator"}})
