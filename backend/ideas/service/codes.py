"""Single-use codes: made and printed in one go, kept as keyed hashes only."""

import csv
import io
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.crypto import keyring
from backend.core.fields import clean_text
from backend.core.i18n import _
from backend.core.ids import ALPHABET, new_public_id
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound
from backend.ideas.models.ballot import CodeBatch, Mark, Vote, VotingCode
from backend.ideas.queries.votes import STREAM, vote_by_id
from backend.ideas.secrecy import mark_of
from backend.ideas.service.voters import CODE_LENGTH, CODE_PURPOSE

MOST_CODES = 5000
LONGEST_LIST = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a letter goes to; kept nowhere but on the letter."""

    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedBatch:
    """Codes with their addressees, for the printer, once."""

    public_id: str
    label: str
    codes: tuple[tuple[str, Addressee], ...]


def new_code() -> str:
    """A code of 13 characters: 65 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def spoken_code(code: str) -> str:
    """A code in groups, as it stands on the letter."""
    return f"{code[:4]}-{code[4:9]}-{code[9:]}".upper()


def read_addressees(data: bytes) -> list[Addressee]:
    """A list of addressees: a line each, name and address separated by semicolons."""
    if len(data) > LONGEST_LIST:
        raise Invalid(errors={"addressees": _("This list is too long. Send it in parts.")})
    try:
        words = data.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(words), delimiter=";"))
        cleaned = [[clean_text(cell, line=True)[:80] for cell in row] for row in rows]
    except (ValueError, csv.Error) as error:
        raise Invalid(
            errors={"addressees": _("Send a text file in UTF-8, one addressee a line.")}
        ) from error
    found = [Addressee(tuple(cell for cell in row if cell)[:6]) for row in cleaned if any(row)]
    if not 1 <= len(found) <= MOST_CODES:
        raise Invalid(
            errors={"addressees": _("Between 1 and %(n)s addressees at a time.", n=MOST_CODES)}
        )
    return found


def make_codes(  # noqa: PLR0917 - what a batch is
    session: Session, actor: Actor, vote_id: str, label: str, addressees: list[Addressee],
    district: str | None = None,
) -> PrintedBatch:  # fmt: skip
    """Make a batch of codes for these addressees; only hashes stay in the house."""
    authorise(actor, "vote.codes")
    vote = vote_by_id(session, vote_id, drafts=True)
    if vote["state"] not in ("draft", "open", "suspended"):
        raise Conflict(_("Codes are made before the vote closes."))
    if not label.strip():
        raise Invalid(errors={"label": _("Name the batch.")})
    public_id = new_public_id()
    batch = session.execute(
        insert(CodeBatch)
        .values(
            public_id=public_id, vote_id=vote["id"], label=label[:120], district=district,
            number=len(addressees), made_by=actor.account_id, made_at=utcnow(),
        )
        .returning(CodeBatch.id)
    ).scalar_one()  # fmt: skip
    codes = [new_code() for _each in addressees]
    rows = [
        {"code_mac": keyring().mac(f"{vote['id']} {code}", CODE_PURPOSE), "batch_id": batch}
        for code in codes
    ]
    session.execute(insert(VotingCode), sorted(rows, key=lambda row: str(row["code_mac"])))
    content = {"batch": public_id, "label": label[:120], "codes": len(codes)}
    append(session, STREAM, vote["public_id"], "codes_made", actor.key, content)
    return PrintedBatch(public_id, label[:120], tuple(zip(codes, addressees, strict=True)))


def revoke_batch(session: Session, actor: Actor, batch_id: str, reason: str) -> None:
    """Take back codes that were lost or stolen; what was cast with them before stays."""
    authorise(actor, "vote.codes")
    row = session.execute(
        select(CodeBatch.id, CodeBatch.revoked_at, Vote.public_id)
        .join(Vote, Vote.id == CodeBatch.vote_id)
        .where(CodeBatch.public_id == batch_id)
    ).first()
    if row is None:
        raise NotFound()
    if row.revoked_at is not None:
        raise Conflict(_("These codes were taken back already."))
    if not reason.strip():
        raise Invalid(errors={"reason": _("Say why.")})
    session.execute(update(CodeBatch).where(CodeBatch.id == row.id).values(revoked_at=utcnow()))
    content = {"batch": batch_id, "reason": reason[:500]}
    append(session, STREAM, row.public_id, "codes_revoked", actor.key, content)


def code_batches(session: Session, vote_key: int) -> list[dict[str, Any]]:
    """The batches of a vote with how many of their codes were used, while that can be known."""
    rows = session.execute(
        select(CodeBatch.__table__).where(CodeBatch.vote_id == vote_key)
        .order_by(CodeBatch.id.desc()).limit(500)
    )  # fmt: skip
    found = [dict(row) for row in rows.mappings()]
    used = _used_by_batch(session, vote_key)
    for batch in found:
        batch["used"] = used.get(batch["id"], 0) if used is not None else None
    return found


def _used_by_batch(session: Session, vote_key: int) -> dict[int, int] | None:
    key = session.execute(select(Vote.mark_key).where(Vote.id == vote_key)).scalar()
    if key is None:
        return None
    total = session.execute(
        select(func.sum(CodeBatch.number)).where(CodeBatch.vote_id == vote_key)
    ).scalar()
    if not total:
        return {}
    marks = set(session.execute(select(Mark.mark).where(Mark.vote_id == vote_key)).scalars())
    rows = session.execute(
        select(VotingCode.code_mac, VotingCode.batch_id)
        .join(CodeBatch, CodeBatch.id == VotingCode.batch_id)
        .where(CodeBatch.vote_id == vote_key)
    )
    used: dict[int, int] = {}
    for row in rows:
        if mark_of(key, f"code:{row.code_mac}") in marks:
            used[row.batch_id] = used.get(row.batch_id, 0) + 1
    return used
