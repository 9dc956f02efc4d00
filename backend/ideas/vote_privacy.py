"""One person's data in votes: the mark of a reminder and objections; a ballot belongs to nobody."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.core.privacy import erases, exports
from backend.ideas.models.after import BenefitReport, BenefitVoice
from backend.ideas.models.ballot import CodeBatch, Objection, PaperBatch, UnfinishedBallot, Vote
from backend.ideas.models.jury import Juror


@exports("votes")
def export_person(session: Session, account_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is held of a person: ballots that were begun, and objections. What somebody cast is
    held apart from them and can be found with the receipt alone."""
    begun = session.execute(
        select(Vote.public_id.label("vote"), UnfinishedBallot.begun_at)
        .join(Vote, Vote.id == UnfinishedBallot.vote_id)
        .where(UnfinishedBallot.account_id == account_id)
    )
    for row in begun.mappings():
        yield "unfinished_ballot", dict(row)
    objections = session.execute(
        select(Objection.text, Objection.state, Objection.answer, Objection.made_at).where(
            Objection.account_id == account_id
        )
    )
    for row in objections.mappings():
        yield "objection", dict(row)
    voices = session.execute(
        select(BenefitVoice.confirms, BenefitVoice.text, BenefitVoice.said_at).where(
            BenefitVoice.account_id == account_id
        )
    )
    for row in voices.mappings():
        yield "benefit_voice", dict(row)


@erases("votes")
def erase_person(session: Session, account_id: int) -> int:
    """Forget who began a ballot, objected or keyed; what was cast counts without them."""
    session.execute(delete(UnfinishedBallot).where(UnfinishedBallot.account_id == account_id))
    session.execute(delete(BenefitVoice).where(BenefitVoice.account_id == account_id))
    touched = 0
    for column in (Objection.account_id, PaperBatch.first_by, PaperBatch.second_by,
                   Vote.destruction_asked_by, CodeBatch.made_by, BenefitReport.author_id,
                   Juror.account_id):  # fmt: skip
        done = session.execute(
            update(column.class_)
            .where(column == account_id)
            .values({column.key: None})
            .execution_options(synchronize_session=False)
        )
        touched += int(done.rowcount)  # type: ignore[attr-defined]
    return touched
