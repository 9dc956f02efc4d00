# ruff: noqa: S608 - the columns are our own, the values are quoted or bound by the driver
"""Lists that are asked for again and again, kept as prepared questions.

Reading what was asked, building the statement and taking rows apart costs ten times what the
database needs to answer. Only the way to the answer is kept here, never an answer: the access rule
and every filter are part of the statement, which is asked anew each time. The answer is byte for
byte that of `list_page`.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.api import encode_cursor
from backend.core.db import is_postgresql
from backend.core.direct import Question, ask, question
from backend.core.fastjson import dumps
from backend.core.policy import authorise
from backend.reports.naming import Lookup, lookup, names_in
from backend.reports.queries.filters import Filters
from backend.reports.queries.listing import newest_statement

BETWEEN = b"\x1e"  # JSON never holds it bare
MOST_NAMES = 20
# One line comes back: with a row each, SQLite's driver lets go of the interpreter at every row, and
# each time other threads get in between. Both databases gather in the order of the inner question.
_KEYS = ("service_id", "district_id", "department_id")
_SQLITE = ", ".join(
    f"CAST(group_concat({what}) AS BLOB)"
    for what in (
        '"row", char(30)',
        "created_at, '|'",
        "id, '|'",
        *(f"ifnull({k}, 0), '|'" for k in _KEYS),
    )
)
_POSTGRESQL = ", ".join(
    f"string_agg({what})"
    for what in (
        '"row", chr(30)', "to_char(created_at, 'YYYY-MM-DD HH24:MI:SS.US'), '|'", "id::text, '|'",
        *(f"coalesce({k}, 0)::text, '|'" for k in _KEYS),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """One page as it stands in the answer."""

    items: bytes
    names: bytes
    cursor: str | None


@dataclass(frozen=True, slots=True)
class PreparedList:
    """The question for one page, ready for the driver, and in which language to name things."""

    question: Question
    limit: int
    language: str
    lookup: Lookup
    names: dict[tuple[frozenset[bytes], ...], bytes] = field(default_factory=dict)

    def page(self, engine: Engine) -> PreparedPage | None:
        """Ask; None when this way is closed and the usual one has to be taken."""
        found = ask(engine, self.question)
        if found is None:
            return None
        rows, times, *keys = (column or b"" for column in found)
        cursor = None
        if times.count(b"|") >= self.limit:
            rows = rows[: rows.rindex(BETWEEN)]
            keys = [kept[: kept.rindex(b"|")] for kept in keys]
            cursor = _cursor(times.rsplit(b"|", 2)[-2], keys[0])
        return PreparedPage(
            b"[%b]" % rows.replace(BETWEEN, b","), self._names(tuple(keys[1:])), cursor
        )

    def _names(self, keys: tuple[bytes, ...]) -> bytes:
        """The names of what stands on the page as JSON, once for each set of keys."""
        sets = tuple(frozenset(kept.split(b"|")) for kept in keys)
        found = self.names.get(sets)
        if found is None:
            services, districts, departments = ([int(k) for k in kept if k] for kept in sets)
            found = dumps(
                names_in(
                    self.lookup, self.language,
                    services=services, districts=districts, departments=departments,
                )
            )  # fmt: skip
            if len(self.names) >= MOST_NAMES:
                self.names.clear()
            self.names[sets] = found
        return found


def prepared(
    session: Session, actor: Actor, asked: tuple[Filters, int, str | None], language: str
) -> PreparedList | None:
    """Prepare a page of a list in order of time; None for what depends on more than the filters."""
    filters, limit, cursor = asked
    moving = filters.text or filters.mine or filters.overdue_at
    if moving or filters.near is not None or filters.bbox is not None:
        return None
    authorise(actor, "report.list")
    statement = newest_statement(session, actor, filters, limit, cursor)
    gathered = _POSTGRESQL if is_postgresql(session) else _SQLITE
    asking = question(session, statement, "SELECT " + gathered + " FROM ({inner}) AS page")
    return PreparedList(asking, limit, language, lookup(session)) if asking else None


def _cursor(time: bytes, ids: bytes) -> str:
    moment = datetime.fromisoformat(time.decode()).replace(tzinfo=UTC)
    return encode_cursor([moment, int(ids[ids.rfind(b"|") + 1 :])])
