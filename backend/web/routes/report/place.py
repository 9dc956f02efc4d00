"""The second step: where it is; and whether somebody has told of it already."""

from typing import Any

from flask import Response, request, url_for

from backend.city.folding import fold
from backend.city.geocoder import FoundPlace
from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import _
from backend.core.limits import check_limit
from backend.core.pages import forms
from backend.core.policy import requires
from backend.core.problems import Invalid
from backend.reports.naming import names_for
from backend.reports.queries import similar_reports
from backend.reports.service import confirm
from backend.web import browsers, drafts, ground, places
from backend.web.blueprint import blueprint
from backend.web.drafts import Draft, Place
from backend.web.routes.report.begin import step_values

MOST_KNOWN = 3


def opened(draft_id: str, *, lock: bool = False) -> Draft:
    """The draft of this step."""
    return drafts.open_draft(db.session, browsers.writing_browser(), draft_id, lock=lock)


def gone_already(draft: Draft) -> Response | None:
    """A report that was sent is not written on: its own page says what comes next."""
    if draft.sent is not None:
        return forms.go(url_for("web.report_sent", draft_id=draft.public_id))
    if not draft.text:
        return forms.go(url_for("web.report_what", draft_id=draft.public_id))
    return None


@blueprint.get("/report/<draft_id>/place")
@requires("report.submit")
def report_place(draft_id: str) -> Response:
    """Ask where it is."""
    draft = opened(draft_id)
    return gone_already(draft) or _show(draft, found=_found(draft))


def _found(draft: Draft) -> list[dict[str, Any]]:
    if "searched" not in request.args or not draft.searched:
        return []
    return [
        {"value": places.choice_value(place), "label": place.label}
        for place in places.search(db.session, draft.searched)
    ]


def _show(
    draft: Draft,
    errors: dict[str, str] | None = None,
    *,
    found: list[dict[str, Any]] | None = None,
    outside: places.Outside | None = None,
) -> Response:
    return forms.page(
        "web/report/place.html",
        422 if errors else 200,
        **step_values(draft),
        errors=errors or {},
        found=found or [],
        searched="searched" in request.args,
        outside=outside,
        photo_address=_photo_address(draft),
        **ground.map_place(db.session),
    )


def _photo_address(draft: Draft) -> str | None:
    """Words for the place of the photo, while no place is chosen; None outside the city."""
    spot = draft.photo_point
    if spot is None or draft.place is not None:
        return None
    try:
        place = places.inside(db.session, *spot, None)
    except Invalid:
        return None
    return place.address or f"{spot[1]:.5f}, {spot[0]:.5f}"


@blueprint.post("/report/<draft_id>/place")
@requires("report.submit")
def choose_place(draft_id: str) -> Response:
    """Keep the place and go on; or look an address up; or go on without a place."""
    draft = opened(draft_id, lock=True)
    if (elsewhere := gone_already(draft)) is not None:
        return elsewhere
    words = request.form.get("address", "")[:300].strip()
    wish = request.form.get("do", "next")
    try:
        place = _chosen(draft, wish, words)
    except Invalid as problem:
        outside = problem.outside if isinstance(problem, places.OutsideCity) else None
        draft.searched = words
        return _show(draft, forms.messages(problem), outside=outside)
    draft.searched = words
    if place is None:
        keep(draft)
        return forms.go(url_for("web.report_place", draft_id=draft_id, searched=1))
    draft.place = place
    keep(draft)
    return forms.go(url_for("web.report_known", draft_id=draft_id))


def keep(draft: Draft) -> None:
    """Store the draft for the browser that writes it."""
    browser = browsers.writing_browser()
    assert browser is not None
    drafts.keep(db.session, browser, draft)


def _chosen(draft: Draft, wish: str, words: str) -> Place | None:
    """The place that the form says; None when its words mean several, so that one is chosen."""
    check_limit("places", "240 per 10 minutes")
    if wish == "none":
        return Place("none")
    if wish == "words":
        if not words:
            raise Invalid(errors={"address": _("Write where it is, in your own words.")})
        return Place("address", address=words)
    if wish == "photo" and (spot := draft.photo_point):
        return places.inside(db.session, *spot, None)
    if wish == "nearest" and (near := places.chosen(request.form.get("nearest", ""))):
        return places.inside(db.session, *near, None)
    if wish == "search":
        return None if words else _missing()
    if (answer := places.chosen(request.form.get("choice", ""))) is not None:
        return places.inside(db.session, *answer, None)
    if (pin := places.pinned()) is not None:
        return places.inside(db.session, *pin, words or None)
    return _looked_up(words) if words else _missing()


def _missing() -> Place:
    raise Invalid(errors={"address": _("Write an address, or say below that it has no place.")})


def _looked_up(words: str) -> Place | None:
    """An address that can mean one place only is taken at once."""
    found = places.search(db.session, words)
    whole = [place for place in found if place.exact and place.number and _is_called(place, words)]
    best = whole or [place for place in found if place.exact and place.number]
    if not best or (not whole and len(found) > 1) or len(whole) > 1:
        return None
    return places.inside(db.session, best[0].lon, best[0].lat, best[0].label)


def _is_called(place: FoundPlace, words: str) -> bool:
    """Whether somebody wrote this very street and number."""
    return f"{fold(words)} ".startswith(fold(f"{place.street} {place.number}") + " ")


@blueprint.get("/report/<draft_id>/known")
@requires("report.check")
def report_known(draft_id: str) -> Response:
    """Open reports nearby that tell of the same; straight on when there are none."""
    draft = opened(draft_id)
    if (elsewhere := gone_already(draft)) is not None:
        return elsewhere
    if draft.place is None:
        return forms.go(url_for("web.report_place", draft_id=draft_id))
    known = _known(draft) if draft.kind == "complaint" else []
    if not known:
        return forms.go(url_for("web.report_about", draft_id=draft_id))
    names = names_for(db.session)
    return forms.page(
        "web/report/known.html", **step_values(draft), known=known, names=names, errors={}
    )


def _known(draft: Draft) -> list[dict[str, Any]]:
    assert draft.place is not None
    return similar_reports(
        db.session, current_actor(), draft.text, draft.place.point, limit=MOST_KNOWN
    )


@blueprint.post("/report/<draft_id>/known")
@requires("report.confirm")
def join_known(draft_id: str) -> Response:
    """Me too, instead of a second report of the same."""
    draft = opened(draft_id, lock=True)
    if (elsewhere := gone_already(draft)) is not None:
        return elsewhere
    public_id = request.form.get("report", "")[:40]
    mark = browsers.device() or browsers.new_mark()
    confirm(db.session, current_actor(), public_id, device=mark)
    drafts.drop(db.session, browsers.writing_browser(), draft_id)
    response = forms.go(url_for("web.single", report_id=public_id, done="joined"))
    if current_actor().is_anonymous:
        browsers.remember_device(response, mark)
    return response
