"""The link in every letter that stops them: one press, and a way back."""

from flask import Response, request, url_for

from backend.core.db import db
from backend.core.limits import limit
from backend.core.pages import forms
from backend.core.policy import requires
from backend.notifications import service
from backend.web import answering
from backend.web.blueprint import blueprint

OPENED = "60 per minute"


@blueprint.get("/unsubscribe/<secret>")
@requires("letter.stop")
@limit("unsubscribe", OPENED)
def stop_letters(secret: str) -> Response:
    """What the link would stop; a link alone stops nothing, for programs open links too."""
    found = service.stop_link(db.session, secret)
    page = forms.page("web/unsubscribe.html", secret=secret, found=found)
    return answering.secretly(page)


@blueprint.post("/unsubscribe/<secret>")
@requires("letter.stop")
@limit("unsubscribe", OPENED)
def change_letters(secret: str) -> Response:
    """Stop letters about one thing, or all, or have them again."""
    wish = request.form.get("do", "stop")
    if wish == "again":
        service.resubscribe(db.session, secret)
    else:
        service.unsubscribe(db.session, secret, everything=wish == "all")
    return answering.secretly(forms.go(url_for("web.stop_letters", secret=secret)))
