"""The last step: contact if one wishes, a look at the whole, and off it goes."""

from typing import Any

from flask import Response, request, url_for

from backend.accounts.contacts import normal_email, normal_phone
from backend.accounts.queries import contact_of
from backend.core.actor import ANONYMOUS, Actor, current_actor
from backend.core.clock import parse_rfc3339
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.limits import check_limit
from backend.core.pages import formats, forms
from backend.core.policy import requires
from backend.core.problems import Invalid
from backend.core.settings import current_settings
from backend.reports.service import Contact, NewReport, Submitted, submit_report
from backend.web import answering, ground
from backend.web.blueprint import blueprint
from backend.web.drafts import Draft, Sent
from backend.web.routes.report.about import after_service, service_of, told_answers
from backend.web.routes.report.begin import step_values
from backend.web.routes.report.place import gone_already, keep, opened

STEP_OF = {
    "text": "web.report_what",
    "kind": "web.report_what",
    "photos": "web.report_what",
    "place": "web.report_place",
    "address": "web.report_place",
    "service": "web.report_about",
    "answers": "web.report_questions",
}


@blueprint.get("/report/<draft_id>/send")
@requires("report.submit")
def report_send(draft_id: str) -> Response:
    """Show the whole, ask how to reach the sender, offer to send it."""
    draft = opened(draft_id)
    if (elsewhere := gone_already(draft)) is not None:
        return elsewhere
    if draft.place is None:
        return forms.go(url_for("web.report_place", draft_id=draft_id))
    if not draft.service_chosen:
        return forms.go(url_for("web.report_about", draft_id=draft_id))
    service = service_of(draft)
    if service and service.questions and not draft.answered:
        return forms.go(after_service(draft))
    return _show(draft)


def _show(draft: Draft, errors: dict[str, str] | None = None) -> Response:
    service = service_of(draft)
    actor = current_actor()
    reach = contact_of(db.session, actor.account_id) if actor.account_id else None
    return forms.page(
        "web/report/send.html",
        422 if errors else 200,
        **step_values(draft),
        errors=errors or {},
        error_steps=_error_steps(draft, errors or {}),
        service=service.name(current_language()) if service else None,
        confidential=bool(service and service.confidential),
        working_days=service.working_days if service else None,
        answers=told_answers(draft, service),
        reach=reach,
        **ground.map_place(db.session),
    )


def _error_steps(draft: Draft, errors: dict[str, str]) -> dict[str, str]:
    """Where what was wrong can be mended: the address of its step."""
    found = {}
    for field in errors:
        endpoint = STEP_OF.get(field.split(".")[0])
        if endpoint:
            found[field] = url_for(endpoint, draft_id=draft.public_id)
    return found


@blueprint.post("/report/<draft_id>/send")
@requires("report.submit")
def send_report(draft_id: str) -> Response:
    """Send it: once, however often the button is pressed."""
    draft = opened(draft_id, lock=True)
    if (elsewhere := gone_already(draft)) is not None:
        return elsewhere
    check_limit("reports", "120 per 10 minutes")
    errors = _read_contact(draft)
    if errors:
        return _show(draft, errors)
    actor = ANONYMOUS if request.form.get("without_account") else current_actor()
    try:
        done = submit_report(db.session, actor, _new_report(draft, actor))
    except Invalid as problem:
        db.session.rollback()
        return _show(draft, forms.messages(problem))
    draft.sent = _told(done)
    draft.emergency = done.emergency["message"] if done.emergency else None
    keep(draft)
    return forms.go(url_for("web.report_sent", draft_id=draft_id))


def _read_contact(draft: Draft) -> dict[str, str]:
    """Take the contact out of the form; what is wrong with it, field by field."""
    errors: dict[str, str] = {}
    draft.private = bool(request.form.get("private"))
    for name, most, check in (
        ("name", 120, None),
        ("email", 254, normal_email),
        ("phone", 40, _checked_phone),
    ):
        value = request.form.get(name, "").strip()[: most * 2]
        setattr(draft, name, value)
        try:
            line = forms.line(name, most)
            if line and check:
                check(line)
            setattr(draft, name, line)
        except Invalid as problem:
            errors |= forms.messages(problem)
    return errors


def _checked_phone(number: str) -> None:
    """A number in the form of the country, or in the international one."""
    digits = sum(c.isdigit() for c in number)
    if number.startswith("+"):
        normal_phone(number)
    elif not 5 <= digits <= 15:
        raise Invalid(errors={"phone": _("Write a telephone number, for example 06 1234 5678.")})


def _new_report(draft: Draft, actor: Actor) -> NewReport:
    contact = None
    if draft.email or draft.phone or draft.name:
        contact = Contact(draft.name or None, draft.email or None, draft.phone or None)
    place = draft.place
    return NewReport(
        text=draft.text,
        kind=draft.kind,
        service=draft.service,
        place=place.point if place else None,
        address=place.address if place else None,
        answers=draft.answers,
        language=current_language(),
        client_time=parse_rfc3339(draft.began_at) if draft.began_at else None,
        visibility="private" if draft.private else "public",
        channel="web",
        contact=contact,
        photos=list(draft.photos),
    )


def _told(done: Submitted) -> Sent:
    document = done.document()
    due = document["due_at"]
    return Sent(
        public_id=done.public_id,
        secret=done.return_secret,
        due_at=due.isoformat() if due else None,
        status_text=document["status_text"],
    )


@blueprint.get("/report/<draft_id>/sent")
@requires("report.submit")
def report_sent(draft_id: str) -> Response:
    """It has arrived: the reference, the way back to it, and what happens next."""
    draft = opened(draft_id)
    if draft.sent is None:
        return forms.go(url_for("web.report_send", draft_id=draft_id))
    service = service_of(draft)
    return answering.secretly(
        forms.page(
            "web/report/sent.html",
            **step_values(draft),
            sent=draft.sent,
            service=service.name(current_language()) if service else None,
            link=_link(draft.sent),
            due=_day(draft.sent.due_at),
        )
    )


def _link(sent: Sent) -> str | None:
    if sent.secret is None:
        return None
    return current_settings().base_url + url_for("web.return_link", secret=sent.secret)


def _day(text: str | None) -> Any:
    return formats.format_date(parse_rfc3339(text)) if text else None
