"""One person's data: everything is given out, and nothing stays when it is erased."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from backend.core.actor import ANONYMOUS
from backend.core.ledger import verify
from backend.core.privacy import erase_person, export_person
from backend.reports import queries, service
from backend.reports.service import Contact, Step
from tests.reports.conftest import CITIZEN, NEIGHBOUR, TRIAGE, Catalogue

CANARY = "canarybird"


def everything(session: Any) -> str:
    """All that the database holds, as one text."""
    if session.get_bind().dialect.name == "postgresql":
        names = "select tablename from pg_tables where schemaname = 'public'"
    else:
        names = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
    tables = session.execute(text(names)).scalars().all()
    return "".join(str(session.execute(text(f'select * from "{t}"')).all()) for t in tables)


def test_erasure_reaches_everything_and_the_chain_still_holds(
    session: Any, city: Catalogue, send: Any
) -> None:
    contact = Contact(CANARY, f"{CANARY}@example.org")
    mine = send(f"A {CANARY} hole", by=CITIZEN, address=f"{CANARY} street", contact=contact)
    hidden = send(f"A private {CANARY}", by=CITIZEN, visibility="private")
    theirs = send("A hole", by=NEIGHBOUR)
    service.post_update(session, CITIZEN, mine.public_id, f"more {CANARY}")
    service.confirm(session, CITIZEN, theirs.public_id)
    service.change_status(session, TRIAGE, theirs.public_id, Step("resolved", "Done"))
    service.dispute(session, CITIZEN, theirs.public_id, f"not done, says {CANARY}")
    session.commit()
    given = dict(list(export_person(session, CITIZEN.account_id)))
    assert {"report", "report_update", "report_confirmation", "report_dispute"} <= set(given)
    assert CANARY in everything(session)

    erase_person(session, CITIZEN.account_id)
    session.commit()
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("insert into report_fts(report_fts) values('optimize')"))
        session.commit()
    assert CANARY not in everything(session)
    assert verify(session, "report").holds
    left = queries.read_report(session, ANONYMOUS, mine.public_id)
    assert (left["text"], left["judged_by"]) == ("", "erased")
    assert queries.read_report(session, TRIAGE, hidden.public_id)["place"] is None
    assert queries.read_report(session, ANONYMOUS, theirs.public_id)["confirmations"] == 0
    assert queries.read_report(session, ANONYMOUS, theirs.public_id)["text"] == "A hole"
    assert queries.list_page(session, ANONYMOUS, queries.Filters(text=CANARY)).rows == []
