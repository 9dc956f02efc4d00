"""Counting (to be completed below)."""

from sqlalchemy.orm import Session

COUNT = "ideas.count"


def run_count(session: Session, count_id: str) -> None:
    """Count."""
