"""What a stopped or running house holds, read as an operator reads it."""

from __future__ import annotations

import json

from sqlalchemy import create_engine, text

from tests.support.process import Served


def exported_ids(served: Served) -> list[str]:
    """The ids of all reports, as `vox export` prints them."""
    lines = served.run("export", "reports", "--format", "jsonl").stdout.splitlines()
    return [json.loads(line)["id"] for line in lines]


def history_of(served: Served, action: str) -> dict[str, int]:
    """How often an action stands in the ledger for each subject."""
    engine = create_engine(served.environ["VOX_DATABASE_URL"])
    query = (
        "select subject, count(*) as number from ledger_entry"
        " where action like :action group by subject"
    )
    with engine.connect() as connection:
        rows = connection.execute(text(query), {"action": f"%{action}"})
        found = {row.subject: row.number for row in rows}
    engine.dispose()
    return found
