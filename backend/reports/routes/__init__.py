"""Reports over HTTP."""

from backend.core.api import ApiBlueprint

blueprint = ApiBlueprint(
    "reports",
    __name__,
    path="/reports",
    description="What people tell the city, and what came of it",
)
returns = ApiBlueprint(
    "returns",
    __name__,
    path="/returns",
    description="The private link of who reported without an account",
)

from backend.reports.routes import handling, intake, links, lists, voices  # noqa: E402, F401 - routes
