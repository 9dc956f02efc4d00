"""Statements of computed results: reading one, checking one, the key, the withdrawals."""

from typing import Any

import orjson
from flask import Response, request

from backend.core.api import json_response
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.limits import check_limit
from backend.core.pages import forms
from backend.core.policy import requires
from backend.core.problems import NotFound
from backend.core.settings import current_settings
from backend.indicators.queries import papers
from backend.indicators.service.statements import check_statement, issuer, revocations
from backend.web import measuring
from backend.web.blueprint import blueprint

LARGEST = 400_000


@blueprint.get("/verify")
@requires("indicators.verify_statement")
def verify() -> Response:
    """Where a statement can be checked, and those that were issued."""
    return forms.page(
        "web/indicators/verify.html",
        statements=papers.statements(db.session()), now=utcnow(), told=None, why=None,
    )  # fmt: skip


@blueprint.post("/verify")
@requires("indicators.verify_statement")
def verify_text() -> Response:
    """Check a statement that somebody pastes; nothing is kept."""
    check_limit("verify", "30 per minute")
    session = db.session()
    told, why = check_statement(session, request.form.get("statement", "")[:LARGEST])
    return forms.page(
        "web/indicators/verify.html", 200 if told else 422,
        statements=papers.statements(session), now=utcnow(), told=told, why=why,
    )  # fmt: skip


def _known(public_id: str) -> Any:
    found = papers.statement(db.session(), public_id)
    if found is None:
        raise NotFound()
    return found


@blueprint.get("/verify/<public_id>")
@requires("indicators.verify_statement")
def verify_one(public_id: str) -> Response:
    """One statement: whether it holds now, what it says, and its code to print."""
    row = _known(public_id)
    told, why = check_statement(db.session(), row["body"])
    return forms.page(
        "web/indicators/statement.html",
        row=row,
        told=told,
        why=why,
        body=orjson.loads(row["body"]),
        code=_square(f"{current_settings().base_url}/verify/{row['public_id']}"),
        part_name=measuring.part_name,
        profile_name=measuring.profile_name,
    )


def _square(address: str) -> Any:
    """The address as a QR code, drawn in place."""
    import segno
    from markupsafe import Markup

    drawn = segno.make(address, error="m", micro=False).svg_inline(
        omitsize=True,
        border=2,
        dark="#000",
        light="#fff",
        svgclass="qr",
        lineclass=None,
        title=address,
    )
    return Markup(drawn)  # noqa: S704 - made by the library from our own address


@blueprint.get("/verify/<public_id>.json")
@requires("indicators.verify_statement")
def statement_file(public_id: str) -> Response:
    """The signed statement itself."""
    response = json_response(str(_known(public_id)["body"]).encode())
    response.headers["Content-Disposition"] = f'attachment; filename="{public_id[:16]}.json"'
    return response


@blueprint.get("/.well-known/vox-urbis-statements.json")
@requires("indicators.verify_statement")
def statement_key() -> Response:
    """The public key with which statements are signed, and the signed list of withdrawals."""
    session = db.session()
    who = issuer(session)
    return json_response({
        "issuer": who.name, "algorithm": "Ed25519", "public_key": who.public_key,
        "revocations": revocations(session),
    })  # fmt: skip
