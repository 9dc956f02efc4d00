"""Who may open the citizen's pages; what can be done on them is ruled by the rooms below."""

from backend.core.policy import EVERYONE, PolicyTable

policy = PolicyTable("web")
policy.allow("page.read", {"any": EVERYONE})
policy.allow("page.sign_in", {"any": EVERYONE})
policy.allow("page.mine", {"own": EVERYONE - {"anonymous"}})
