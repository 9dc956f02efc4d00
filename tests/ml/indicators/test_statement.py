"""A statement verifies by a script that knows nothing of the library, and nothing else does."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.indicators.statement import (
    Issuer,
    StatementRefused,
    canonical,
    decimal,
    issue,
    read,
    revoke,
    verify,
    verify_revocations,
)
from tests.support.source import ROOT

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CITY = Issuer.from_seed("Vliermonde", bytes(range(32)))
OTHER = Issuer.from_seed("Elsewhere", bytes(32))
RESULTS = {"city": "Vliermonde — șase", "period": "2025", "figures": {"CI5": "61.2", "n": 1042}}


@pytest.fixture
def statement() -> dict:
    return issue(CITY, "s-2026-1", RESULTS, issued=NOW, expires=NOW + timedelta(days=365))


def script(folder: Path, statement: dict, *more: str, key: str = CITY.public_key):
    path = folder / "statement.json"
    path.write_text(json.dumps(statement, indent=2), encoding="utf-8")
    command = [sys.executable, "-I", str(ROOT / "tools/verify_statement.py"), str(path), key]
    done = subprocess.run(
        [*command, "--at", (NOW + timedelta(days=1)).isoformat(), *more],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def test_the_script_stands_alone() -> None:
    text = (ROOT / "tools/verify_statement.py").read_text()
    assert "import ml" not in text
    assert "from ml" not in text
    assert "rfc8785" not in text


def test_a_statement_verifies_by_the_script(statement, tmp_path) -> None:
    code, said = script(tmp_path, statement)
    assert code == 0, said
    assert "VALID: Vliermonde, s-2026-1" in said


def test_one_changed_digit_is_refused(statement, tmp_path) -> None:
    forged = copy.deepcopy(statement)
    forged["results"]["figures"]["CI5"] = "61.3"
    assert script(tmp_path, forged) == (
        1, "REFUSED: the signature does not fit: something was changed\n",
    )  # fmt: skip
    with pytest.raises(StatementRefused, match="something was changed"):
        verify(forged, CITY.public_key, now=NOW)


def test_an_expired_statement_is_refused(statement, tmp_path) -> None:
    later = (NOW + timedelta(days=366)).isoformat()
    code, said = script(tmp_path, statement, "--at", later)
    assert (code, "expired" in said) == (1, True)
    with pytest.raises(StatementRefused) as refusal:
        verify(statement, CITY.public_key, now=NOW + timedelta(days=365))
    assert refusal.value.why == "expired"


def test_a_revoked_statement_is_refused_with_the_reason(statement, tmp_path) -> None:
    revoked = revoke(CITY, {"s-2026-1": "district file was wrong"}, issued=NOW)
    path = tmp_path / "revoked.json"
    path.write_text(json.dumps(revoked))
    code, said = script(tmp_path, statement, "--revocations", str(path))
    assert (code, "district file was wrong" in said) == (1, True)
    ids = verify_revocations(revoked, CITY.public_key)
    with pytest.raises(StatementRefused, match="revoked"):
        verify(statement, CITY.public_key, now=NOW, revoked=ids)


def test_a_list_of_revocations_that_somebody_shortened_is_refused(tmp_path) -> None:
    revoked = revoke(CITY, {"s-2026-1": "wrong"}, issued=NOW)
    revoked["revoked"] = {}
    with pytest.raises(StatementRefused, match="something was changed"):
        verify_revocations(revoked, CITY.public_key)


def test_another_city_cannot_sign_for_this_one(tmp_path) -> None:
    forged = issue(OTHER, "s-2026-1", RESULTS, issued=NOW, expires=NOW + timedelta(days=9))
    forged["issuer"] = "Vliermonde"
    assert script(tmp_path, forged)[0] == 1
    with pytest.raises(StatementRefused) as refusal:
        verify(forged, CITY.public_key, now=NOW)
    assert refusal.value.why == "key"


def test_a_statement_is_not_valid_before_it_is_issued(statement) -> None:
    with pytest.raises(StatementRefused) as refusal:
        verify(statement, CITY.public_key, now=NOW - timedelta(seconds=1))
    assert refusal.value.why == "early"


@pytest.mark.parametrize(
    "results", [{"x": 1.5}, {"x": [0.1]}, {"x": 2**60}, {"é": "x"}, {"x": "\ud800"}]
)
def test_what_readers_could_take_differently_is_not_signed(results) -> None:
    with pytest.raises(StatementRefused):
        issue(CITY, "s", results, issued=NOW, expires=NOW + timedelta(days=1))


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(StatementRefused, match="twice"):
        read('{"kind": "a", "kind": "b"}')


def test_a_statement_never_claims_to_be_a_certificate(statement) -> None:
    text = json.dumps(statement)
    assert "not a certificate" in text
    assert "ISO" not in text
    assert "U4SSC" not in text


plain = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1),
        st.text(st.characters(exclude_categories=["Cs"])),
    ),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abcXYZ_09~ "), inner),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.text("abcXYZ_09~ "), plain))
def test_sorted_compact_json_is_the_canonical_form(body) -> None:
    """What the independent script relies on."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(body) == text.encode()


@given(st.integers(0, 400), st.integers(1, 255))
def test_no_changed_byte_goes_unnoticed(place: int, change: int) -> None:
    statement = issue(CITY, "s-1", RESULTS, issued=NOW, expires=NOW + timedelta(days=1))
    raw = bytearray(json.dumps(statement, separators=(",", ":"), ensure_ascii=False).encode())
    raw[place % len(raw)] ^= change
    try:
        changed = read(bytes(raw))
        body = verify(changed, CITY.public_key, now=NOW)
    except StatementRefused:
        return
    assert body | {"signature": statement["signature"]} == statement  # a space, not a change


@given(st.floats(-1e9, 1e9))
def test_decimals_are_near_and_plain(value: float) -> None:
    text = decimal(value)
    assert float(text) == pytest.approx(value, abs=1e-6)
    assert set(text) <= set("-.0123456789")
