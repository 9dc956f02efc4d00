"""Who told the reports of the demo city: invented people, given to reports of one source."""

from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.policy import authorise
from backend.reports.models import Report, table_of

Choice = Callable[[int | None], int | None]


def give_reporters(session: Session, actor: Actor, source: str, choose: Choice) -> int:
    """Let `choose` name the account behind each report of a source, by its district; how many."""
    authorise(actor, "report.import")
    rows = session.execute(
        select(Report.id, Report.district_id)
        .where(Report.source == source, Report.reporter_id.is_(None))
        .order_by(Report.created_at, Report.id)
    ).all()
    given = [(row.id, choose(row.district_id)) for row in rows]
    table = table_of(Report)
    for report_id, account_id in given:
        if account_id is not None:
            session.execute(
                update(table).where(table.c.id == report_id).values(reporter_id=account_id)
            )
    return sum(1 for _id, account_id in given if account_id is not None)
