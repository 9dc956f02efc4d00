"""After the secret key was changed: seal what former keys sealed with the present one."""

from sqlalchemy import Table, Text, cast, literal_column, select, type_coerce, update
from sqlalchemy.orm import Session

from backend.core.crypto import keyring
from backend.core.db import Base, Sealed

BATCH = 500


def reseal(session: Session) -> dict[str, int]:
    """Seal every sealed column of every table with the present key; the rows changed per table."""
    done: dict[str, int] = {}
    for table in Base.metadata.sorted_tables:
        columns = [c for c in table.columns if isinstance(c.type, Sealed)]
        for column in columns:
            done[table.name] = done.get(table.name, 0) + _reseal(session, table, column.name)
    return done


def _reseal(session: Session, table: Table, name: str) -> int:
    key, column = table.primary_key.columns.values()[0], table.c[name]
    sealed_as = column.type
    assert isinstance(sealed_as, Sealed)
    raw = type_coerce(cast(column, Text), Text)
    changed, last = 0, None
    while True:
        query = (
            select(key, raw.label("raw"))
            .where(literal_column(name).is_not(None))
            .order_by(key)
            .limit(BATCH)
        )
        rows = session.execute(query if last is None else query.where(key > last)).all()
        if not rows:
            return changed
        for row_key, sealed in rows:
            last = row_key
            if not keyring().is_current(sealed, sealed_as.purpose):
                value = keyring().unseal(sealed, sealed_as.purpose)
                session.execute(update(table).where(key == row_key).values({name: value}))
                changed += 1
