"""The private return link of who reported without an account."""

from typing import Any

from flask import Response, request, url_for

from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import current_language
from backend.core.limits import limit
from backend.core.pages import forms
from backend.core.policy import requires
from backend.core.problems import Conflict, Invalid, NotFound
from backend.media.queries import find_photo, read_bytes
from backend.reports import service
from backend.web import answering
from backend.web.blueprint import blueprint
from backend.web.routes.single import page_values
from backend.web.routes.voices import (
    LONGEST,
    VOICES,
    kept_photos,
    said,
    sent_photos,
    sent_rating,
    show_dispute,
)

OPENED = "60 per minute"


def _shown(secret: str, errors: dict[str, str] | None = None, text: str | None = None) -> Response:
    report = service.read_by_return(db.session, current_actor(), secret)
    response = forms.page(
        "web/report.html",
        422 if errors else 200,
        **page_values(report),
        base=url_for("web.return_link", secret=secret),
        secret=secret,
        errors=errors or {},
        text=text,
    )
    return answering.secretly(response)


def _back(secret: str, done: str) -> Response:
    return answering.secretly(forms.go(url_for("web.return_link", secret=secret, done=done)))


@blueprint.get("/r/<secret>")
@requires("report.return")
@limit("return links", OPENED)
def return_link(secret: str) -> Response:
    """The report as its reporter sees it."""
    return _shown(secret)


@blueprint.get("/r/<secret>/photos/<photo_id>/<size>")
@requires("report.return")
@limit("return photos", "300 per minute")
def return_photo(secret: str, photo_id: str, size: str) -> Response:
    """A photo of one's own report, also when nobody else may see it."""
    public_id = service.report_behind(db.session, secret)
    photo = find_photo(db.session, photo_id[:40])
    if photo is None or photo.target_id != public_id or photo.hidden:
        raise NotFound()
    data = read_bytes(photo, size)
    if data is None:
        raise NotFound()
    return answering.secretly(Response(data, mimetype="image/jpeg"))


@blueprint.post("/r/<secret>/add")
@requires("report.return")
@limit("voices", VOICES)
def add_by_return(secret: str) -> Response:
    """Answer the city's question, or add something."""
    try:
        photos = sent_photos()
        words = said()
    except Invalid as problem:
        return _shown(secret, forms.messages(problem), request.form.get("text", ""))
    if forms.first_time(db.session):
        service.add_by_return(
            db.session, current_actor(), secret, words,
            language=current_language(), photos=kept_photos(photos),
        )  # fmt: skip
    return _back(secret, "added")


@blueprint.get("/r/<secret>/dispute")
@requires("report.return")
@limit("return links", OPENED)
def dispute_form_by_return(secret: str) -> Response:
    """Ask what is still wrong."""
    report = service.read_by_return(db.session, current_actor(), secret)
    return answering.secretly(show_dispute(report, url_for("web.return_link", secret=secret)))


@blueprint.post("/r/<secret>/dispute")
@requires("report.return")
@limit("voices", VOICES)
def dispute_by_return(secret: str) -> Response:
    """Say with evidence that it is not done."""
    try:
        photos = sent_photos()
        words = forms.text("text", LONGEST)
        if forms.first_time(db.session):
            service.dispute_by_return(
                db.session, current_actor(), secret, words, kept_photos(photos)
            )
    except (Invalid, Conflict) as problem:
        db.session.rollback()
        report: dict[str, Any] = service.read_by_return(db.session, current_actor(), secret)
        base = url_for("web.return_link", secret=secret)
        return answering.secretly(show_dispute(report, base, forms.messages(problem)))
    return _back(secret, "disputed")


@blueprint.post("/r/<secret>/withdraw")
@requires("report.return")
@limit("voices", VOICES)
def withdraw_by_return(secret: str) -> Response:
    """Take it back."""
    reason = forms.text("reason", 1000) or None
    service.withdraw_by_return(db.session, current_actor(), secret, reason)
    return _back(secret, "withdrawn")


@blueprint.post("/r/<secret>/rate")
@requires("report.return")
@limit("voices", VOICES)
def rate_by_return(secret: str) -> Response:
    """Say how content one is with the outcome."""
    try:
        score, words = sent_rating()
    except Invalid as problem:
        return _shown(secret, forms.messages(problem))
    service.rate_by_return(db.session, current_actor(), secret, score, words)
    return _back(secret, "rated")


@blueprint.get("/returns/<secret>")
@requires("report.return")
def return_link_of_letters(secret: str) -> Response:
    """The same page under the address that letters carry."""
    return answering.secretly(forms.go(url_for("web.return_link", secret=secret[:64])))
