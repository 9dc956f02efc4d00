"""Statements and audits: signed, checked, taken back; made by one and verified by another."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text as sql

from backend.core.actor import SYSTEM, Actor
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.problems import Conflict, Forbidden, Invalid
from backend.indicators.queries import papers
from backend.indicators.reporting import as_pdf, audit_report
from backend.indicators.service import audits, statements

MAKER = Actor(kind="person", account_id=1, public_id="a" * 16, roles=frozenset({"organiser"}))
CHECKER = Actor(kind="person", account_id=2, public_id="b" * 16, roles=frozenset({"organiser"}))


def test_a_statement_holds_until_it_is_changed_expired_or_taken_back(computed: Flask) -> None:
    client, year = computed.test_client(), str(utcnow().year)
    with computed.app_context():
        session = db.session
        public_id = statements.issue_statement(session, SYSTEM, year)
        with pytest.raises(Forbidden):
            statements.issue_statement(session, MAKER, year)
        session.commit()
        body = papers.statement(session, public_id)["body"]  # type: ignore[index]
        told, why = statements.check_statement(session, body)
        assert told is not None
        assert why is None
        changed = json.loads(body)
        score = changed["results"]["scores"][0]["score"]
        changed["results"]["scores"][0]["score"] = str(float(score) + 1)
        assert statements.check_statement(session, json.dumps(changed))[1] == "signature"
    page = client.get(f"/verify/{public_id}").get_data(as_text=True)
    assert "This statement holds" in page
    assert "<svg" in page
    assert client.get(f"/verify/{public_id}.json").get_json() == json.loads(body)
    key = client.get("/.well-known/vox-urbis-statements.json").get_json()
    assert key["public_key"]
    with computed.app_context():
        statements.revoke_statement(db.session, SYSTEM, public_id, "A source was wrong.")
        db.session.commit()
        assert statements.check_statement(db.session, body)[1] == "revoked"
    assert "A source was wrong." in client.get(f"/verify/{public_id}").get_data(as_text=True)
    answer = client.get("/.well-known/vox-urbis-statements.json").get_json()
    assert public_id in answer["revocations"]["revoked"]


def test_an_expired_statement_is_refused(computed: Flask) -> None:
    with computed.app_context():
        public_id = statements.issue_statement(db.session, SYSTEM, str(utcnow().year), days=1)
        body = papers.statement(db.session, public_id)["body"]  # type: ignore[index]
        from ml.indicators.statement import StatementRefused, read, verify

        who = statements.issuer(db.session)
        with pytest.raises(StatementRefused, match="expired"):
            verify(read(body), who.public_key, now=utcnow() + timedelta(days=2))


def test_an_audit_is_made_by_one_and_verified_by_another(computed: Flask) -> None:
    year = str(utcnow().year)
    with computed.app_context():
        session = db.session
        with pytest.raises(Invalid):
            audits.open_audit(session, MAKER, f"{year}-Q1")
        audit = audits.open_audit(session, MAKER, year)
        audits.add_evidence(session, MAKER, audit, "SG-PS.services_online", title="The register")
        audits.submit_audit(session, MAKER, audit)
        with pytest.raises(Forbidden):
            audits.verify_audit(session, MAKER, audit)
        question = audits.ask(session, CHECKER, audit, "Who keeps the register?")
        with pytest.raises(Conflict):
            audits.submit_audit(session, MAKER, audit)
        audits.answer(session, MAKER, question, "The counter.")
        audits.submit_audit(session, MAKER, audit)
        frozen = papers.audit(session, audit)["content"]["values"]  # type: ignore[index]
        audits.verify_audit(session, CHECKER, audit)
        session.commit()
        session.execute(sql("update indicator_value set value = 1"))
        report = audit_report(session, year)
        online = next(s for s in report.sheets if s["sub"].code == "SG-PS.services_online")
        assert online["row"]["value"] == 45, "a verified report shows what was frozen"
        assert len(frozen) > 200
        session.rollback()
        assert as_pdf(report).startswith(b"%PDF")
    client = computed.test_client()
    page = client.get(f"/indicators/report?period={year}").get_data(as_text=True)
    assert "Who keeps the register?" in page
    assert "Checked by a second person" in page
    assert client.get(f"/indicators/report.pdf?period={year}").mimetype == "application/pdf"
