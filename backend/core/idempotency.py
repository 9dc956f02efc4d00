"""Repeated sends: the same key from the same sender gives the same answer, once done."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec

import orjson
from flask import Response, g, request
from sqlalchemy import String, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.db import Base, JSONDoc, Sealed, UTCDateTime, db, insert_ignore, intpk
from backend.core.i18n import _
from backend.core.jobs import periodic
from backend.core.problems import Invalid

P = ParamSpec("P")
KEPT = timedelta(days=7)


class IdempotencyKey(Base):
    """A key that a sender has used, what it asked for, and the answer it got."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("scope", "key"),)

    id: Mapped[intpk]
    scope: Mapped[str] = mapped_column(String(160))
    key: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    headers: Mapped[dict[str, str] | None] = mapped_column(JSONDoc)
    body: Mapped[str | None] = mapped_column(Sealed("idempotency"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


def _fingerprint() -> str:
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if request.mimetype == "multipart/form-data":
        for name in sorted(request.form, key=str):
            digest.update(orjson.dumps([name, request.form.getlist(name)]))
        for name in sorted(request.files, key=str):  # a part may come without a name
            for file in request.files.getlist(name):
                digest.update(str(name).encode())
                while chunk := file.stream.read(65536):
                    digest.update(chunk)
                file.stream.seek(0)
    else:
        digest.update(request.get_data(cache=True))
    return digest.hexdigest()


def _sender() -> str:
    actor = current_actor()
    if actor.is_anonymous:
        # Without an account the key itself must be unguessable; a phone makes a random UUID.
        return "anonymous"
    return actor.key


def idempotent(view: Callable[P, Response]) -> Callable[P, Response]:
    """A POST that a phone may send twice: with Idempotency-Key the work is done once.

    The key, the work and the answer are one transaction, so a crash leaves all or nothing, and
    a parallel repeat waits for the first.
    """

    @wraps(view)
    def once(*args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get("Idempotency-Key", "").strip().strip('"')
        if not key:
            return view(*args, **kwargs)
        if not 8 <= len(key) <= 200 or not key.isprintable() or not key.isascii():
            raise Invalid(
                errors={"Idempotency-Key": _("Use 8 to 200 plain characters, best a random UUID.")}
            )
        scope, fingerprint = f"{_sender()} {request.endpoint}", _fingerprint()
        values = {"scope": scope, "key": key, "fingerprint": fingerprint, "created_at": utcnow()}
        if not insert_ignore(db.session, IdempotencyKey, values, ("scope", "key")):
            return _replayed(db.session, scope, key, fingerprint)  # type: ignore[arg-type]
        g.idempotency_scope, g.idempotency_key = scope, key
        response = view(*args, **kwargs)
        kept = {
            name: response.headers[name]
            for name in ("Content-Type", "Location", "ETag", "Link")
            if name in response.headers
        }
        db.session.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.scope == scope, IdempotencyKey.key == key)
            .values(status=response.status_code, headers=kept, body=response.get_data(as_text=True))
        )
        return response

    return once


def _replayed(session: Session, scope: str, key: str, fingerprint: str) -> Response:
    row = session.execute(
        select(
            IdempotencyKey.fingerprint,
            IdempotencyKey.status,
            IdempotencyKey.headers,
            IdempotencyKey.body,
        ).where(IdempotencyKey.scope == scope, IdempotencyKey.key == key)
    ).one()
    if row.fingerprint != fingerprint:
        raise Invalid(
            errors={
                "Idempotency-Key": _("This key came with another request. Use a new key for it.")
            }
        )
    response = Response(row.body or "", status=row.status or 200)
    response.headers.update(row.headers or {})
    response.headers["Idempotency-Replayed"] = "true"
    return response


@periodic("core.forget_idempotency_keys", every=timedelta(hours=1))
def forget_old_keys(session: Session, _payload: dict[str, object]) -> None:
    """Forget keys whose time is over."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < utcnow() - KEPT))
