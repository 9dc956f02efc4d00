"""What happens to votes by themselves: closing to the second, settling, counting, reminding."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.core.jobs import job, periodic
from backend.ideas.service import closing, counting, reminding


@job(closing.CLOSE)
def close(session: Session, payload: dict[str, Any]) -> None:
    """A vote's time is over."""
    closing.close_vote(session, payload["vote"])


@job(closing.SETTLE)
def settle(session: Session, payload: dict[str, Any]) -> None:
    """Write ballots and marks anew in the order of their random keys."""
    closing.settle_ballots(session, payload["vote"])
    closing.clear_traces_later(session, payload["vote"])


@job(closing.CLEAR)
def clear(session: Session, _payload: dict[str, Any]) -> None:
    """Rewrite the files of ballots and marks."""
    closing.clear_traces(session)


@job(counting.COUNT, retries=2)
def count(session: Session, payload: dict[str, Any]) -> None:
    """Count the ballots of a closed vote."""
    counting.run_count(session, payload["count"])


@periodic("ideas.close_due_votes", every=timedelta(minutes=1))
def close_due(session: Session, _payload: dict[str, Any]) -> None:
    """Close what a lost job left open; ballots are refused by the clock all the same."""
    for vote_id in closing.due_to_close(session):
        closing.close_vote(session, vote_id)


@periodic("ideas.remind_of_ballots", every=timedelta(hours=1))
def remind(session: Session, _payload: dict[str, Any]) -> None:
    """Remind who began a ballot and did not cast it."""
    reminding.remind(session)
