"""Lists by text: full text search, last arrived first."""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, bindparam, column, func, literal_column, select, table
from sqlalchemy.dialects.postgresql import REGCONFIG
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.api import decode_cursor, encode_cursor
from backend.core.db import is_postgresql
from backend.core.i18n import _
from backend.core.problems import Invalid
from backend.reports.ddl import STEMMERS
from backend.reports.models import Report
from backend.reports.naming import lookup
from backend.reports.queries.filters import (
    AnySelect,
    Filters,
    clause,
    narrowing,
    others,
    visible_to,
)
from backend.reports.queries.listing import COLUMNS, Page
from backend.reports.queries.places import in_box

LONGEST = 200
MOST_WORDS = 8
LOOKED_AT = 4000
_WORD = re.compile(r"\w+")
_ENDINGS = {
    "nl": ("", "e", "en", "s", "er"),
    "de": ("", "e", "en", "er", "es", "s", "n", "em"),
    "ro": ("", "ul", "ului", "a", "i", "ii", "ile", "le", "lor", "uri", "e", "ei"),
}
_SHORTEST_STEM = 4


def words_of(text: str) -> list[str]:
    """The words that are searched for."""
    words = [word.casefold() for word in _WORD.findall(text[:LONGEST])]
    found = list(dict.fromkeys(word for word in words if word.strip("_")))[:MOST_WORDS]
    if not found:
        raise Invalid(errors={"q": _("Type a word to search for.")})
    return found


def forms_of(word: str, languages: Iterable[str]) -> list[str]:
    """A word with its likely endings; English ones are stemmed by FTS5 itself."""
    forms = {word}
    for language in languages:
        endings = _ENDINGS.get(language, ())
        stems = {
            word.removesuffix(ending)
            for ending in endings
            if len(word) - len(ending) >= _SHORTEST_STEM and word.endswith(ending)
        }
        if language == "nl":
            stems |= {found for stem in stems for found in _other_vowel(stem)}
        forms |= {stem + ending for stem in stems for ending in endings}
    return sorted(forms)


def _other_vowel(stem: str) -> set[str]:
    """Dutch writes a long vowel twice in a closed syllable: straat, straten."""
    if len(stem) < 3 or stem[-1] in "aeiou":
        return set()
    if stem[-3] == stem[-2] and stem[-2] in "aeou":
        return {stem[:-3] + stem[-2:]}
    if stem[-2] in "aeou" and stem[-3] not in "aeiou":
        return {stem[:-1] + stem[-2:]}
    return set()


def fts5_query(words: list[str], languages: Iterable[str]) -> str:
    """The words for FTS5: all of them, each in any of its forms."""
    found = []
    for word in words:
        forms = " OR ".join(f'"{form}"' for form in forms_of(word, languages))
        found.append(f"({forms})")
    return " AND ".join(found)


def search_page(
    session: Session, actor: Actor, filters: Filters, limit: int, cursor: str | None
) -> Page:
    """The reports that hold all words, last arrived first."""
    words = words_of(filters.text or "")
    conditions = [clause(c, v) for c, v in narrowing(actor, filters, lookup(session)).items()]
    conditions += [*others(filters), *visible_to(actor, mine=filters.mine)]
    if filters.bbox is not None:
        conditions += in_box(filters.bbox)
    values = decode_cursor(cursor, ("int",))
    before = values[0] if values else None
    if is_postgresql(session):
        return _by_tsvector(session, words, conditions, before, limit)
    return _by_fts5(session, words, conditions, before, limit)


def tsquery(words: list[str], languages: tuple[str, ...]) -> ColumnElement[Any]:
    """The words for PostgreSQL, stemmed as each language does; any of these may match."""
    text = " ".join(words)
    configurations = sorted({STEMMERS[code] for code in languages if code in STEMMERS})
    queries = [
        func.plainto_tsquery(
            literal_column(f"'{name}'::regconfig", REGCONFIG),
            bindparam("words", text, literal_execute=True),
        )
        for name in (*configurations, "simple")
    ]
    found: ColumnElement[Any] = queries[0]
    for query in queries[1:]:
        found = found.op("||")(query)
    return found


def _by_tsvector(
    session: Session,
    words: list[str],
    conditions: list[ColumnElement[bool]],
    before: int | None,
    limit: int,
) -> Page:
    """A common word fills a page from what arrived last; a rarer one is looked up in its index.

    PostgreSQL keeps no figures of rare words, so it cannot choose between the two by itself.
    """
    languages = lookup(session).facts.languages
    conditions = [*conditions, Report.search.op("@@")(tsquery(words, tuple(languages)))]
    newest = session.execute(select(func.max(Report.id))).scalar() or 0
    before = newest + 1 if before is None else before
    recent = _newest_first([*conditions, Report.id >= before - LOOKED_AT], before, limit)
    rows = session.execute(recent).all()
    if len(rows) > limit or before <= LOOKED_AT:
        return _page(rows, limit)
    # OFFSET 0 keeps the order from reaching into the search for matches.
    hits = select(Report.id).where(*conditions, Report.id < before).offset(0).subquery()
    last = select(hits.c.id).order_by(hits.c.id.desc()).limit(limit + 1)
    statement = select(*COLUMNS).where(Report.id.in_(last)).order_by(Report.id.desc())
    return _page(session.execute(statement).all(), limit)


def _by_fts5(
    session: Session,
    words: list[str],
    conditions: list[ColumnElement[bool]],
    before: int | None,
    limit: int,
) -> Page:
    """FTS5 gives matches in the order of arrival; a bounded number is looked at for one page."""
    index = table("report_fts", column("rowid"), column("report_fts"))
    query = fts5_query(words, lookup(session).facts.languages)
    hits = select(index.c.rowid).where(index.c.report_fts.op("MATCH")(query))
    if before is not None:
        hits = hits.where(index.c.rowid < before)
    hits = hits.order_by(index.c.rowid.desc())
    number = 4 * limit
    while True:
        looked_at = hits.limit(number).subquery()
        statement = _newest_first(conditions, None, limit).where(
            Report.id.in_(select(looked_at.c.rowid))
        )
        rows = session.execute(statement).all()
        if len(rows) > limit:
            return _page(rows, limit)
        seen = session.execute(select(func.count(), func.min(looked_at.c.rowid))).one()
        if seen[0] < number:
            return Page(rows, None)
        if number >= LOOKED_AT:
            return Page(rows, encode_cursor([seen[1]]))
        number = min(number * 5, LOOKED_AT)


def _newest_first(
    conditions: list[ColumnElement[bool]], before: int | None, limit: int
) -> AnySelect:
    statement = select(*COLUMNS).where(*conditions)
    if before is not None:
        statement = statement.where(Report.id < before)
    return statement.order_by(Report.id.desc()).limit(limit + 1)


def _page(rows: Any, limit: int) -> Page:
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], encode_cursor([rows[limit - 1][2]]))
