"""Issuing and revoking the signed statement of computed results."""

from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.crypto import keyring
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound
from backend.indicators.catalogue import catalogue
from backend.indicators.models import ResultStatement
from backend.indicators.periods import parse_period
from backend.indicators.queries.values import values_of
from ml.indicators.statement import Issuer, decimal, issue

STREAM = "indicators"
PURPOSE = "indicator statements"
LONGEST_DAYS = 3 * 366


def issuer(session: Session) -> Issuer:
    """Who signs: the city with its own key for statements."""
    return Issuer(city.facts(session).name("en") or "City", keyring().signing_key(PURPOSE))


def issue_statement(session: Session, actor: Actor, period: str, *, days: int = 366) -> str:
    """Sign what was computed of a period; the statement's public id."""
    authorise(actor, "indicators.sign")
    period = str(parse_period(period))
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(errors={"days": _("A statement holds for 1 to %(n)s days.", n=LONGEST_DAYS)})
    rows = [r for r in values_of(session, period, districts=False) if r["level"] != "sub"]
    measured = [row for row in rows if row["score"] is not None]
    if not measured:
        raise Conflict(_("Nothing of this period has a score yet."))
    public_id, now = new_public_id(), utcnow()
    results: dict[str, Any] = {
        "period": period,
        "method": catalogue().method,
        "catalogue": catalogue().digest,
        "scores": [
            {
                "code": row["code"], "profile": row["profile"],
                "score": decimal(row["score"]), "low": decimal(row["low"]),
                "high": decimal(row["high"]), "coverage": decimal(row["coverage"]),
                "inputs_hash": row["inputs_hash"],
            }
            for row in measured
        ],
        "not_scored": len(rows) - len(measured),
    }  # fmt: skip
    expires = now + timedelta(days=days)
    signed = issue(issuer(session), public_id, results, issued=now, expires=expires)
    session.execute(
        insert(ResultStatement).values(
            public_id=public_id, period=period, body=orjson.dumps(signed).decode(),
            issued_at=now, expires_at=expires,
        )
    )  # fmt: skip
    append(session, STREAM, public_id, "statement_issued", actor.key, {"period": period})
    return public_id


def revoke_statement(session: Session, actor: Actor, public_id: str, reason: str) -> None:
    """Take a statement back, with the reason that everybody may read."""
    authorise(actor, "indicators.sign")
    if len(reason.strip()) < 5:
        raise Invalid(errors={"reason": _("Write why the statement is taken back.")})
    row = session.execute(
        select(ResultStatement.id, ResultStatement.revoked_at)
        .where(ResultStatement.public_id == public_id[:16])
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound()
    if row.revoked_at is not None:
        raise Conflict(_("This statement has been taken back already."))
    session.execute(
        update(ResultStatement)
        .where(ResultStatement.id == row.id)
        .values(revoked_at=utcnow(), revoked_reason=reason.strip()[:300])
    )
    append(
        session, STREAM, public_id[:16], "statement_revoked", actor.key, {"reason": reason[:300]}
    )


def revocations(session: Session) -> dict[str, Any]:
    """The signed list of statements that were taken back."""
    from ml.indicators.statement import revoke

    rows = session.execute(
        select(ResultStatement.public_id, ResultStatement.revoked_reason)
        .where(ResultStatement.revoked_at.is_not(None))
        .order_by(ResultStatement.id)
        .limit(5000)
    )
    return revoke(
        issuer(session), {r.public_id: r.revoked_reason or "" for r in rows}, issued=utcnow()
    )


def check_statement(session: Session, text: str) -> tuple[dict[str, Any] | None, str | None]:
    """A statement's body if it may be relied upon now, or why it may not."""
    from ml.indicators.statement import StatementRefused, read, verify

    rows = session.execute(
        select(ResultStatement.public_id).where(ResultStatement.revoked_at.is_not(None)).limit(5000)
    )
    try:
        found = verify(
            read(text[:500_000]), issuer(session).public_key, now=utcnow(),
            revoked=set(rows.scalars()),
        )  # fmt: skip
    except StatementRefused as refused:
        return None, refused.why
    return found, None
