"""The pages of the desk; each module registers its own on the blueprint."""

from backend.console.routes import (
    classifier,
    competitions,
    handling,
    ideas,
    inbox,
    indicators,
    intake,
    operating,
    people,
    proof,
    registers,
    start,
    votes,
    votes_paper,
)

__all__ = [
    "classifier",
    "competitions",
    "handling",
    "ideas",
    "inbox",
    "indicators",
    "intake",
    "operating",
    "people",
    "proof",
    "registers",
    "start",
    "votes",
    "votes_paper",
]
