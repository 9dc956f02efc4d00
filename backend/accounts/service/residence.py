"""Proofs of residence: a match with the register, a code by letter, or a visit to a desk."""

import csv
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.accounts.models import Account, RegisterEntry, ResidenceProof
from backend.accounts.service.accounts import (
    STREAM,
    account_by_public_id,
    own_account,
    raise_assurance,
    touch,
)
from backend.accounts.service.profile import district_id_of
from backend.core import ledger
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.crypto import keyring
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.ids import ALPHABET, new_public_id, normalise_id
from backend.core.limits import check_limit
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound

LETTER_LASTS = timedelta(days=30)
CODE_LENGTH = 12
MOST_ATTEMPTS = 5
COLUMNS = ("reference", "birth_date", "postcode", "district")


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How an import of the register went."""

    added: int
    known: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddressedCode:
    """One letter to print: whom it goes to, and its code."""

    public_id: str
    addressee: str
    address: str
    code: str


def _fold(text: str) -> str:
    return "".join(text.split()).casefold()


def _register_text(reference: str, birth_date: date, postcode: str) -> str:
    return f"{_fold(reference)}|{birth_date.isoformat()}|{_fold(postcode)}"


def import_register(session: Session, actor: Actor, lines: Iterable[str]) -> ImportResult:
    """Take over the population register as keyed hashes; a second run adds nothing.

    CSV with the columns reference, birth_date, postcode and, optionally, district (its code).
    """
    authorise(actor, "residence.import")
    reader = csv.DictReader(lines)
    missing = [name for name in COLUMNS[:3] if name not in (reader.fieldnames or ())]
    if missing:
        raise Invalid(errors={name: _("The file needs this column.") for name in missing})
    added = known = 0
    faults: list[str] = []
    districts: dict[str, int] = {}
    for row in reader:
        try:
            born = date.fromisoformat((row["birth_date"] or "").strip())
            code = (row.get("district") or "").strip()
            if code and code not in districts:
                districts[code] = district_id_of(session, code)
            if not (row["reference"] or "").strip():
                raise ValueError
        except Invalid:
            faults.append(f"line {reader.line_num}: district: the city has no such district")
            continue
        except ValueError:
            faults.append(
                f"line {reader.line_num}: reference and birth_date (YYYY-MM-DD) are needed"
            )
            continue
        mark = keyring().mac(
            _register_text(row["reference"], born, row["postcode"] or ""), "register"
        )
        values = {
            "mark": mark,
            "district_id": districts.get(code),
            "imported_on": utcnow().date(),
        }
        if insert_ignore(session, RegisterEntry, values, ("mark",)):
            added += 1
        else:
            known += 1
    return ImportResult(added, known, tuple(faults[:1000]))


def prove_by_register(
    session: Session, actor: Actor, *, reference: str, birth_date: date, postcode: str
) -> bool:
    """Match with a line of the register that nobody else has claimed; whether it did."""
    authorise(actor, "residence.ask", "own")
    check_limit("residence-register", "5 per day", actor.key)
    account = own_account(session, actor)
    text = _register_text(reference, birth_date, postcode)
    entry = session.execute(
        select(RegisterEntry)
        .where(RegisterEntry.mark.in_(keyring().macs(text, "register")))
        .with_for_update()
    ).scalar()
    if entry is None or entry.claimed_by not in (None, account.id):
        return False
    if entry.claimed_by is None:
        session.execute(
            update(RegisterEntry)
            .where(RegisterEntry.claimed_by == account.id)
            .values(claimed_by=None, claimed_at=None)
        )
        entry.claimed_by, entry.claimed_at = account.id, utcnow()
    proof = _new_proof(account, "register", "proven")
    proof.district_id, proof.decided_at = entry.district_id, utcnow()
    session.add(proof)
    _confirm(session, account, "register", entry.district_id, actor)
    return True


def _new_proof(account: Account, method: str, state: str) -> ResidenceProof:
    return ResidenceProof(
        public_id=new_public_id(),
        account_id=account.id,
        method=method,
        state=state,
        attempts=0,
        created_at=utcnow(),
    )


def _confirm(
    session: Session, account: Account, method: str, district_id: int | None, actor: Actor
) -> None:
    raise_assurance(account, "resident_verified", method)
    if district_id is not None:
        account.district_id = district_id
    touch(account)
    payload = {"method": method}
    ledger.append(session, STREAM, account.public_id, "residence_proven", actor.key, payload)


def ask_for_letter(
    session: Session, actor: Actor, *, addressee: str, address: str, district: str | None = None
) -> str:
    """Ask for a letter with a code to one's home address."""
    authorise(actor, "residence.ask", "own")
    check_limit("residence-letter", "3 per day", actor.key)
    account = own_account(session, actor)
    open_letter = session.execute(
        select(ResidenceProof.id).where(
            ResidenceProof.account_id == account.id,
            ResidenceProof.method == "letter",
            ResidenceProof.state.in_(("asked", "sent")),
        )
    ).first()
    if open_letter:
        raise Conflict(_("A letter is on its way already. Wait for it, or withdraw it first."))
    code = "".join(secrets.choice(ALPHABET) for _n in range(CODE_LENGTH))
    proof = _new_proof(account, "letter", "asked")
    proof.district_id = district_id_of(session, district) if district else None
    proof.addressee, proof.address, proof.code = addressee, address, code
    proof.code_mac = keyring().mac(f"{proof.public_id}:{code}", "residence")
    proof.expires_at = utcnow() + LETTER_LASTS
    session.add(proof)
    session.flush()
    return proof.public_id


def withdraw_letter(session: Session, actor: Actor) -> None:
    """Give up the open letter, for example because it never came."""
    authorise(actor, "residence.ask", "own")
    account = own_account(session, actor)
    session.execute(
        update(ResidenceProof)
        .where(
            ResidenceProof.account_id == account.id,
            ResidenceProof.method == "letter",
            ResidenceProof.state.in_(("asked", "sent")),
        )
        .values(state="expired", addressee=None, address=None, code=None, code_mac=None)
    )


def letters_to_print(session: Session, actor: Actor, limit: int = 100) -> list[AddressedCode]:
    """Letters that wait to be printed; names, addresses and codes for the printer alone."""
    authorise(actor, "residence.letters")
    rows = session.execute(
        select(
            ResidenceProof.public_id,
            ResidenceProof.addressee,
            ResidenceProof.address,
            ResidenceProof.code,
        )
        .where(ResidenceProof.method == "letter", ResidenceProof.state == "asked")
        .order_by(ResidenceProof.id)
        .limit(min(limit, 500))
    )
    return [
        AddressedCode(row.public_id, row.addressee or "", row.address or "", _grouped(row.code))
        for row in rows
        if row.code
    ]


def _grouped(code: str) -> str:
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def mark_letters_sent(session: Session, actor: Actor, public_ids: Iterable[str]) -> int:
    """Note that letters went out; name, address and readable code are forgotten."""
    authorise(actor, "residence.letters")
    done = session.execute(
        update(ResidenceProof)
        .where(
            ResidenceProof.public_id.in_(list(public_ids)[:500]),
            ResidenceProof.state == "asked",
        )
        .values(state="sent", addressee=None, address=None, code=None)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def prove_by_letter(session: Session, actor: Actor, code: str) -> bool:
    """Enter the code from the letter; wrong tries are counted, so answer without raising."""
    authorise(actor, "residence.ask", "own")
    check_limit("residence-code", "20 per day", actor.key)
    account = own_account(session, actor)
    proof = session.execute(
        select(ResidenceProof)
        .where(
            ResidenceProof.account_id == account.id,
            ResidenceProof.method == "letter",
            ResidenceProof.state.in_(("asked", "sent")),
        )
        .with_for_update()
    ).scalar()
    if proof is None or proof.expires_at is None or proof.expires_at <= utcnow():
        return False
    proof.attempts += 1
    text = f"{proof.public_id}:{normalise_id(code[:40])}"
    right = proof.code_mac in keyring().macs(text, "residence")
    if right or proof.attempts >= MOST_ATTEMPTS:
        proof.addressee = proof.address = proof.code = proof.code_mac = None
        proof.state = "proven" if right else "refused"
        proof.decided_at = utcnow()
    if right:
        _confirm(session, account, "letter", proof.district_id, actor)
    session.flush()
    return right


def confirm_at_desk(
    session: Session, actor: Actor, public_id: str, *, district: str | None = None
) -> None:
    """A member of staff saw the person and their papers."""
    authorise(actor, "residence.confirm")
    account = account_by_public_id(session, public_id)
    if account.state != "active":
        raise NotFound()
    if account.id == actor.account_id:
        raise Invalid(errors={"account": _("A colleague has to confirm your own residence.")})
    district_id = district_id_of(session, district) if district else None
    proof = _new_proof(account, "desk", "proven")
    proof.decided_by, proof.decided_at, proof.district_id = actor.account_id, utcnow(), district_id
    session.add(proof)
    _confirm(session, account, "desk", district_id, actor)
