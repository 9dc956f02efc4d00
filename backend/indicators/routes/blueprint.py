"""The room's part of the API."""

from backend.core.api import ApiBlueprint

blueprint = ApiBlueprint(
    "indicators",
    __name__,
    path="/indicators",
    description="What the city computes of itself: values, scores, registers and the plan",
)
