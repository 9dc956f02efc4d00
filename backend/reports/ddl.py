"""What the models cannot say: full text search, by triggers on both databases.

A migration runs `statements("create", dialect)` after the tables are made, and
`statements("drop", dialect)` before they go; `metadata.create_all` does the same by itself.
"""

from typing import Any

from sqlalchemy import Connection, Table, event, text

from backend.reports.models import Report

STEMMERS = {
    "en": "english",
    "nl": "dutch",
    "ro": "romanian",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "pt": "portuguese",
}

_SQLITE_CREATE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS report_fts USING fts5("
    "text, summary, address, content='report', content_rowid='id', "
    "tokenize='porter unicode61 remove_diacritics 2')",
    "INSERT INTO report_fts(report_fts, rank) VALUES('secure-delete', 1)",
    "CREATE TRIGGER IF NOT EXISTS report_fts_insert AFTER INSERT ON report BEGIN "
    "INSERT INTO report_fts(rowid, text, summary, address) "
    "VALUES (new.id, new.text, new.summary, new.address); END",
    "CREATE TRIGGER IF NOT EXISTS report_fts_delete AFTER DELETE ON report BEGIN "
    "INSERT INTO report_fts(report_fts, rowid, text, summary, address) "
    "VALUES ('delete', old.id, old.text, old.summary, old.address); END",
    "CREATE TRIGGER IF NOT EXISTS report_fts_update AFTER UPDATE OF text, summary, address "
    "ON report BEGIN "
    "INSERT INTO report_fts(report_fts, rowid, text, summary, address) "
    "VALUES ('delete', old.id, old.text, old.summary, old.address); "
    "INSERT INTO report_fts(rowid, text, summary, address) "
    "VALUES (new.id, new.text, new.summary, new.address); END",
)
_SQLITE_DROP = (
    "DROP TRIGGER IF EXISTS report_fts_update",
    "DROP TRIGGER IF EXISTS report_fts_delete",
    "DROP TRIGGER IF EXISTS report_fts_insert",
    "DROP TABLE IF EXISTS report_fts",
)
_CONFIGURATION = (
    "CASE NEW.language "
    + " ".join(f"WHEN '{language}' THEN '{name}'::regconfig" for language, name in STEMMERS.items())
    + " ELSE 'simple'::regconfig END"
)
_POSTGRESQL_CREATE = (
    "CREATE OR REPLACE FUNCTION report_search_document() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN NEW.search := "
    f"to_tsvector({_CONFIGURATION}, concat_ws(' ', NEW.summary, NEW.text)) "
    "|| to_tsvector('simple'::regconfig, coalesce(NEW.address, '')); "
    "RETURN NEW; END $$",
    "CREATE TRIGGER report_search_insert BEFORE INSERT ON report "
    "FOR EACH ROW EXECUTE FUNCTION report_search_document()",
    "CREATE TRIGGER report_search_update BEFORE UPDATE OF text, summary, address, language "
    "ON report FOR EACH ROW EXECUTE FUNCTION report_search_document()",
)
_POSTGRESQL_DROP = (
    "DROP TRIGGER IF EXISTS report_search_update ON report",
    "DROP TRIGGER IF EXISTS report_search_insert ON report",
    "DROP FUNCTION IF EXISTS report_search_document()",
)


def statements(verb: str, dialect: str) -> tuple[str, ...]:
    """The statements that `create` or `drop` search on 'sqlite' or 'postgresql'."""
    create = _POSTGRESQL_CREATE if dialect == "postgresql" else _SQLITE_CREATE
    drop = _POSTGRESQL_DROP if dialect == "postgresql" else _SQLITE_DROP
    return create if verb == "create" else drop


def _run(verb: str, connection: Connection) -> None:
    for statement in statements(verb, connection.dialect.name):
        connection.execute(text(statement.replace(":", r"\:")))


@event.listens_for(Report.__table__, "after_create")
def _after_create(_table: Table, connection: Connection, **_rest: Any) -> None:
    _run("create", connection)


@event.listens_for(Report.__table__, "before_drop")
def _before_drop(_table: Table, connection: Connection, **_rest: Any) -> None:
    _run("drop", connection)
