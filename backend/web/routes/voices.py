"""What people do on a report's page: me too, follow, add, dispute, withdraw, rate."""

from flask import Response, request, url_for

from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.limits import check_limit, limit
from backend.core.pages import forms
from backend.core.policy import requires
from backend.core.problems import Conflict, Invalid, Problem, TooLarge, Unavailable
from backend.media.develop import DevelopedPhoto, develop, uploaded_photos
from backend.media.service import keep as keep_photo
from backend.reports import service
from backend.reports.queries import read_report
from backend.reports.wording import title_of
from backend.web import browsers
from backend.web.blueprint import blueprint

LONGEST = 4000
VOICES = "60 per 10 minutes"


def back(report_id: str, done: str) -> Response:
    """Back to the report, which says that it was done."""
    return forms.go(url_for("web.single", report_id=report_id, done=done))


@blueprint.post("/reports/<report_id>/confirm")
@requires("report.confirm")
@limit("voices", VOICES)
def confirm_report(report_id: str) -> Response:
    """Me too."""
    mark = browsers.device() or browsers.new_mark()
    service.confirm(db.session, current_actor(), report_id, device=mark)
    response = back(report_id, "confirmed")
    if current_actor().is_anonymous:
        browsers.remember_device(response, mark)
    return response


@blueprint.post("/reports/<report_id>/follow")
@requires("report.follow")
@limit("voices", VOICES)
def follow_report(report_id: str) -> Response:
    """Hear what happens to it, or no longer."""
    wanted = request.form.get("wanted", "1") == "1"
    service.follow(db.session, current_actor(), report_id, wanted=wanted)
    return back(report_id, "followed" if wanted else "unfollowed")


def sent_photos() -> list[DevelopedPhoto]:
    """The photos of a form, developed before its transaction; Invalid where one cannot be."""
    try:
        sent = uploaded_photos()
        if sent:
            check_limit("photos", "60 per hour")
        return [develop(data) for data in sent]
    except (TooLarge, Unavailable) as problem:
        raise Invalid(errors={"photos": str(problem.detail)}) from problem


def kept_photos(photos: list[DevelopedPhoto]) -> tuple[str, ...]:
    """Keep developed photos until they are attached."""
    actor = current_actor()
    return tuple(keep_photo(db.session, actor, photo).public_id for photo in photos)


@blueprint.get("/reports/<report_id>/dispute")
@requires("report.dispute")
def dispute_form(report_id: str) -> Response:
    """Ask what is still wrong."""
    report = read_report(db.session, current_actor(), report_id)
    return show_dispute(report, url_for("web.single", report_id=report["id"]))


def show_dispute(
    report: dict[str, object], base: str, errors: dict[str, str] | None = None
) -> Response:
    """The form of a dispute, with what was wrong."""
    return forms.page(
        "web/dispute.html",
        422 if errors else 200,
        report=report,
        base=base,
        title=title_of(report),
        errors=errors or {},
        text=request.form.get("text", ""),
        longest=LONGEST,
    )


@blueprint.post("/reports/<report_id>/dispute")
@requires("report.dispute")
@limit("voices", VOICES)
def dispute_report(report_id: str) -> Response:
    """Say with evidence that it is not done."""
    actor = current_actor()
    try:
        photos = sent_photos()
        if forms.first_time(db.session):
            words = forms.text("text", LONGEST)
            service.dispute(db.session, actor, report_id, words, photos=kept_photos(photos))
    except (Invalid, Conflict) as problem:
        db.session.rollback()
        report = read_report(db.session, actor, report_id)
        base = url_for("web.single", report_id=report_id)
        return show_dispute(report, base, forms.messages(problem))
    return back(report_id, "disputed")


@blueprint.post("/reports/<report_id>/add")
@requires("report.update")
@limit("voices", VOICES)
def add_to_report(report_id: str) -> Response:
    """The reporter, signed in, adds something or answers."""
    try:
        photos = sent_photos()
        words = said()
    except Invalid as problem:
        return _not_added(report_id, problem)
    if forms.first_time(db.session):
        service.post_update(
            db.session, current_actor(), report_id, words,
            language=current_language(), photos=kept_photos(photos),
        )  # fmt: skip
    return back(report_id, "added")


def said() -> str:
    """What somebody wrote into the form that adds to a report."""
    words = forms.text("text", LONGEST)
    if not words:
        raise Invalid(errors={"text": _("Write what you want to say.")})
    return words


def _not_added(report_id: str, problem: Problem) -> Response:
    from backend.web.routes.single import page_values

    report = read_report(db.session, current_actor(), report_id)
    return forms.page(
        "web/report.html",
        422,
        **page_values(report),
        base=url_for("web.single", report_id=report_id),
        secret=None,
        errors=forms.messages(problem),
        text=request.form.get("text", ""),
    )


@blueprint.post("/reports/<report_id>/withdraw")
@requires("report.withdraw")
@limit("voices", VOICES)
def withdraw_report(report_id: str) -> Response:
    """The reporter, signed in, takes it back."""
    reason = forms.text("reason", 1000) or None
    service.withdraw(db.session, current_actor(), report_id, reason)
    return back(report_id, "withdrawn")


@blueprint.post("/reports/<report_id>/rate")
@requires("report.rate")
@limit("voices", VOICES)
def rate_report(report_id: str) -> Response:
    """The reporter, signed in, says how content they are."""
    service.rate(db.session, current_actor(), report_id, *sent_rating())
    return back(report_id, "rated")


def sent_rating() -> tuple[int, str | None]:
    """The score and the words of a form."""
    score = request.form.get("score", default=0, type=int)
    if not 1 <= score <= 5:
        raise Invalid(errors={"score": _("Choose how content you are.")})
    return score, forms.text("text", 2000) or None
