"""Showing that one lives in the city."""

from typing import Any

from flask import Response

from backend.accounts import queries, schemas, service
from backend.accounts.routes.edge import listed, me, refusal
from backend.core.actor import current_actor
from backend.core.api import ApiBlueprint, json_response
from backend.core.db import db
from backend.core.i18n import _
from backend.core.policy import requires
from backend.core.problems import Invalid

blueprint = ApiBlueprint(
    "residence", __name__, path="/me/residence", description="Showing that one lives in the city."
)


@blueprint.get("")
@requires("account.read")
@blueprint.response(200, schemas.page_schema(schemas.ResidenceOut))
def list_proofs() -> Response:
    """One's proofs of residence."""
    return listed(schemas.ResidenceOut, queries.residence_of(db.session, me()[1]))


def _latest(status: int = 200) -> Response:
    db.session.flush()
    row = queries.residence_of(db.session, me()[1])[0]
    return json_response(schemas.ResidenceOut().dump(row), status)


@blueprint.post("/register")
@requires("residence.ask")
@blueprint.arguments(schemas.RegisterIn)
@blueprint.response(200, schemas.ResidenceOut)
def by_register(given: dict[str, Any]) -> Response:
    """Match oneself with the city's register."""
    if service.prove_by_register(db.session, current_actor(), **given):
        return _latest()
    message = _("The register has no such line. Check the three answers, or ask for a letter.")
    return refusal(Invalid(errors={"reference": message}))


@blueprint.post("/letter")
@requires("residence.ask")
@blueprint.arguments(schemas.LetterIn)
@blueprint.response(202, schemas.ResidenceOut)
def by_letter(given: dict[str, Any]) -> Response:
    """Ask for a code by letter to one's home."""
    service.ask_for_letter(db.session, current_actor(), **given)
    return _latest(202)


@blueprint.delete("/letter")
@requires("residence.ask")
@blueprint.response(204)
def withdraw_letter() -> Response:
    """Give up the letter that is on its way."""
    service.withdraw_letter(db.session, current_actor())
    return Response(status=204)


@blueprint.post("/letter/confirm")
@requires("residence.ask")
@blueprint.arguments(schemas.LetterCodeIn)
@blueprint.response(200, schemas.ResidenceOut)
def confirm_letter(given: dict[str, Any]) -> Response:
    """Enter the code from the letter; five tries."""
    if service.prove_by_letter(db.session, current_actor(), given["code"]):
        return _latest()
    message = _("This code is not right or no longer valid. After five tries ask for a new letter.")
    return refusal(Invalid(errors={"code": message}))
