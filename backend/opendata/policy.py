"""Open data is for everybody."""

from backend.core.policy import EVERYONE, PolicyTable

policy = PolicyTable("opendata")
policy.allow("opendata.read", {"any": EVERYONE})
