"""Who may read the city and who may change it."""

from backend.core.policy import EVERYONE, PolicyTable

table = PolicyTable("city")
table.allow("city.read", {"any": EVERYONE})
table.allow("city.import", {"any": {"administrator"}})
