"""Who may open which pages of the desk; what can be done there is ruled by the rooms below."""

from backend.core.policy import PolicyTable

HANDLERS = frozenset({"department", "triage", "administrator"})

policy = PolicyTable("console")
policy.allow("console.start", {"any": HANDLERS | {"organiser", "jury"}})
policy.allow("console.inbox", {"any": HANDLERS})
policy.allow("console.report", {"any": HANDLERS})
policy.allow("console.prove", {"own": HANDLERS | {"organiser"}})
policy.allow("console.operate", {"any": {"administrator"}})
policy.allow("console.audit", {"any": {"administrator"}})
policy.allow("console.jury", {"any": {"jury", "organiser", "administrator"}})
