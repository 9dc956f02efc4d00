"""The first step: in one's own words, with photos."""

from typing import Any

from flask import Response, request, url_for

from backend.core.actor import current_actor
from backend.core.clock import rfc3339, utcnow
from backend.core.db import db
from backend.core.i18n import _
from backend.core.ids import is_public_id, new_public_id
from backend.core.limits import check_limit
from backend.core.pages import forms
from backend.core.policy import requires
from backend.core.problems import Invalid, NotFound, Problem, TooLarge, Unavailable
from backend.media.develop import DevelopedPhoto, develop, uploaded_photos
from backend.media.queries import find_photo, read_bytes
from backend.media.service import keep as keep_photo
from backend.reports.naming import lookup
from backend.reports.service.intake import emergency_notice
from backend.web import browsers, drafts, places
from backend.web.blueprint import blueprint
from backend.web.drafts import Draft, Place
from backend.web.words import KINDS, kind_choices

LONGEST = 4000
MOST_PHOTOS = 5


@blueprint.get("/report")
@requires("report.submit")
def report() -> Response:
    """Begin a report, or go on with the one that was begun in this browser."""
    begun = None if "new" in request.args else drafts.latest(db.session, browsers.writing_browser())
    draft = begun or _fresh()
    return _show(draft, resumed=begun is not None)


def _fresh() -> Draft:
    kind = request.args.get("kind", "")
    return Draft(new_public_id(), kind=kind if kind in KINDS else "complaint")


@blueprint.get("/report/<draft_id>")
@requires("report.submit")
def report_what(draft_id: str) -> Response:
    """The first step again, with what was said."""
    return _show(drafts.open_draft(db.session, browsers.writing_browser(), draft_id))


def _show(draft: Draft, errors: dict[str, str] | None = None, *, resumed: bool = False) -> Response:
    return forms.page(
        "web/report/what.html",
        422 if errors else 200,
        draft=draft,
        errors=errors or {},
        resumed=resumed,
        kinds=kind_choices(),
        kind=KINDS[draft.kind],
        longest=LONGEST,
        pinned=places.pinned_in_address(),
    )


@blueprint.post("/report")
@requires("report.submit")
def begin_report() -> Response:
    """Keep the words and the photos, and go on to the place."""
    photos, errors = _developed()  # before the transaction: pixels take their time
    browser = browsers.writing_browser()
    draft = _sent_draft(browser)
    draft.kind = request.form.get("kind", draft.kind)
    if draft.kind not in KINDS:
        draft.kind = "complaint"
    try:
        draft.text = forms.text("text", LONGEST)
    except Invalid as problem:
        errors |= forms.messages(problem)
        draft.text = request.form.get("text", "")[: 2 * LONGEST]
    if len(draft.text.strip()) < 3 and "text" not in errors:
        errors["text"] = _("Write in a few words what it is about.")
    removed = set(request.form.getlist("remove"))
    draft.photos = [photo for photo in draft.photos if photo not in removed]
    if len(draft.photos) + len(photos) > MOST_PHOTOS:
        errors["photos"] = _("You can send at most %(number)s photos.", number=MOST_PHOTOS)
    if errors:
        db.session.rollback()
        return _show(draft, errors)
    return _kept(draft, photos, browser)


def _sent_draft(browser: str | None) -> Draft:
    sent_id = request.form.get("draft", "")
    known = drafts.find(db.session, browser, sent_id, lock=True)
    if known is not None and known.sent is None:
        return known
    fresh = sent_id if is_public_id(sent_id) and known is None else new_public_id()
    return Draft(fresh, began_at=rfc3339(utcnow()))


def _developed() -> tuple[list[DevelopedPhoto], dict[str, str]]:
    """The photos of the form, rebuilt; or why one of them cannot be used."""
    try:
        sent = uploaded_photos()
        if sent:
            check_limit("photos", "60 per hour")
        return [develop(data) for data in sent], {}
    except (Invalid, TooLarge, Unavailable) as problem:
        return [], {"photos": next(iter(forms.messages(problem).values()))}


def _kept(draft: Draft, photos: list[DevelopedPhoto], browser: str | None) -> Response:
    check_limit("drafts", "60 per 10 minutes")
    actor = current_actor()
    draft.photos += [keep_photo(db.session, actor, photo).public_id for photo in photos]
    spot = next((photo.gps for photo in photos if photo.gps), None) or _place_of_photo()
    draft.photo_place = list(spot) if spot else draft.photo_place
    pin = places.pinned()
    if pin and draft.place is None:
        draft.place = _from_map(*pin)
    notice = emergency_notice(lookup(db.session), draft.text)
    draft.emergency = notice["message"] if notice else None
    draft.looked_for_known = False
    owner = browser or browsers.new_mark()
    drafts.keep(db.session, owner, draft)
    response = forms.go(url_for("web.report_place", draft_id=draft.public_id))
    if browser is None:
        browsers.begin_writing(response, owner)
    return response


def _place_of_photo() -> tuple[float, float] | None:
    """Where a photo was taken, when the phone read it and the person offered it."""
    lon = places.number(request.form.get("photo_lon"), 180)
    lat = places.number(request.form.get("photo_lat"), 90)
    return None if lon is None or lat is None else (lon, lat)


def _from_map(lon: float, lat: float) -> Place | None:
    try:
        return places.inside(db.session, lon, lat, None)
    except Problem:
        return None


@blueprint.post("/report/<draft_id>/forget")
@requires("report.submit")
def forget_report(draft_id: str) -> Response:
    """Throw away what was begun."""
    drafts.drop(db.session, browsers.writing_browser(), draft_id)
    return forms.go(url_for("web.report", new=1))


@blueprint.get("/report/<draft_id>/photos/<photo_id>")
@requires("report.submit")
def report_photo(draft_id: str, photo_id: str) -> Response:
    """A photo of the report that is being written, for its writer alone."""
    draft = drafts.open_draft(db.session, browsers.writing_browser(), draft_id)
    photo = find_photo(db.session, photo_id) if photo_id in draft.photos else None
    data = read_bytes(photo, "small") if photo else None
    if data is None:
        raise NotFound()
    response = Response(data, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=600"
    return response


def step_values(draft: Draft) -> dict[str, Any]:
    """What every later step shows."""
    return {"draft": draft, "kind": KINDS[draft.kind]}
