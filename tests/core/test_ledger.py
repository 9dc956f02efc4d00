"""The ledger: any change, gap or insertion is found; erasure is not a fault."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import delete, update

from backend.core import ledger
from backend.core.clock import utcnow
from backend.core.ledger import LedgerEntry, LedgerSeal


@pytest.fixture
def written(session):
    for subject in ("one", "two", "three"):
        for number in range(4):
            ledger.append(session, "test", subject, "changed", "system", {"number": number})
    session.commit()
    return session


def seal_now(session) -> None:
    with time_machine.travel(utcnow() + timedelta(minutes=10)):
        ledger.seal(session)
    session.commit()


def test_an_untouched_ledger_holds(written) -> None:
    seal_now(written)
    verdict = ledger.verify(written)
    assert verdict.holds
    assert (verdict.entries, verdict.subjects, verdict.seals) == (12, 3, 1)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda e: update(e).where(e.subject == "two", e.seq == 2).values(action="forged"),
        lambda e: update(e).where(e.subject == "two", e.seq == 2).values(payload={"number": 9}),
        lambda e: update(e).where(e.subject == "two", e.seq == 2).values(actor="somebody"),
        lambda e: update(e).where(e.subject == "two", e.seq == 2).values(at=utcnow()),
        lambda e: delete(e).where(e.subject == "two", e.seq == 2),
        lambda e: update(e).where(e.subject == "two", e.seq == 4).values(seq=5),
    ],
    ids=["action", "payload", "actor", "time", "deleted", "renumbered"],
)
def test_every_kind_of_tampering_is_named(written, tamper) -> None:
    written.execute(tamper(LedgerEntry))
    written.commit()
    fault = ledger.verify(written).fault
    assert fault
    assert "two" in fault


def test_a_subject_that_vanished_whole_is_missed(written) -> None:
    seal_now(written)
    written.execute(delete(LedgerEntry).where(LedgerEntry.subject == "two"))
    written.commit()
    assert "seal" in ledger.verify(written).fault


def test_a_forged_seal_is_found(written) -> None:
    seal_now(written)
    written.execute(update(LedgerSeal).values(entries=11))
    written.commit()
    assert "seal" in ledger.verify(written).fault


def test_erased_content_leaves_a_chain_that_holds(written) -> None:
    seal_now(written)
    assert ledger.forget(written, "test", "two", [1, 2]) == 2
    written.commit()
    assert ledger.verify(written).holds
    entries = ledger.entries_of(written, "test", "two")
    assert [e["payload"] for e in entries] == [None, None, {"number": 2}, {"number": 3}]


def test_fresh_entries_wait_until_no_transaction_can_come_before_them(written) -> None:
    ledger.seal(written)
    written.commit()
    assert ledger.verify(written).seals == 0
