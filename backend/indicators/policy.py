"""Who may read, compute, keep the registers, check and sign."""

from backend.core.policy import EVERYONE, STAFF, PolicyTable

KEEPERS = frozenset({"organiser", "administrator"})

policy = PolicyTable("indicators")
policy.allow("indicators.read", {"any": EVERYONE})
policy.allow("indicators.verify_statement", {"any": EVERYONE})
policy.allow("indicators.desk", {"any": STAFF})
policy.allow("indicators.compute", {"any": KEEPERS})
policy.allow("indicators.import", {"any": KEEPERS})
policy.allow("indicators.register", {"any": KEEPERS})
policy.allow("indicators.plan", {"any": KEEPERS})
policy.allow("indicators.watch", {"any": KEEPERS})
policy.allow("indicators.see_alert", {"any": STAFF})
policy.allow("indicators.audit", {"any": KEEPERS})
policy.allow("indicators.check_audit", {"own": (), "other": KEEPERS})
policy.allow("indicators.sign", {"any": {"administrator"}})
