"""The pages of the desk; each module registers its own on the blueprint."""

from backend.console.routes import (
    classifier,
    handling,
    inbox,
    indicators,
    intake,
    operating,
    people,
    proof,
    start,
    votes,
    votes_paper,
)

__all__ = [
    "classifier",
    "handling",
    "inbox",
    "indicators",
    "intake",
    "operating",
    "people",
    "proof",
    "start",
    "votes",
    "votes_paper",
]
