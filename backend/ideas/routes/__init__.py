"""The competition over HTTP."""

from backend.core.api import ApiBlueprint

competitions = ApiBlueprint(
    "competitions",
    __name__,
    path="/competitions",
    description="The city's recurring calls for ideas",
)
editions = ApiBlueprint(
    "editions", __name__, path="/editions", description="One year's run of a competition"
)
phases = ApiBlueprint(
    "phases", __name__, path="/phases", description="The calendar of an edition, turned by hand"
)
problems = ApiBlueprint(
    "problems", __name__, path="/problems", description="What the city asks ideas for"
)
ideas = ApiBlueprint(
    "ideas", __name__, path="/ideas", description="What people propose, and what became of it"
)

from backend.ideas.routes import (  # noqa: E402, F401 - routes
    calling,
    checking,
    outlining,
    reading,
    talking,
    turning,
    writing,
)

BLUEPRINTS = (competitions, editions, phases, problems, ideas)
