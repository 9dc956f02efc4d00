"""The third step: what it is about, as the model proposes and the person decides; its questions."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for

from backend.city import queries as city
from backend.city.facts import ServiceFacts
from backend.city.rendering import service_document
from backend.classification.service import SuggestionOut, suggest_now
from backend.core.db import db
from backend.core.i18n import _, current_language, in_language
from backend.core.pages import forms
from backend.core.policy import requires
from backend.core.problems import Invalid
from backend.reports.service.answers import check_answers
from backend.web.blueprint import blueprint
from backend.web.drafts import Draft
from backend.web.routes.report.begin import step_values
from backend.web.routes.report.place import gone_already, keep, opened
from backend.web.words import honest_share, words_for

MOST_PROPOSED = 3
SOMEBODY, LIST = "city", "list"


def offered(draft: Draft) -> list[ServiceFacts]:
    """The services that take messages of this kind."""
    return [s for s in city.catalogue(db.session) if draft.kind in s.kinds]


def service_of(draft: Draft) -> ServiceFacts | None:
    """The service that was chosen."""
    if draft.service is None:
        return None
    found = city.service_by_code(db.session, draft.service)
    return None if found is None or found.retired else found


@blueprint.get("/report/<draft_id>/about")
@requires("report.submit")
def report_about(draft_id: str) -> Response:
    """Propose a service, with how sure we are and why."""
    draft = opened(draft_id)
    if (elsewhere := gone_already(draft)) is not None:
        return elsewhere
    return _show(draft)


def _show(draft: Draft, errors: dict[str, str] | None = None) -> Response:
    services = offered(draft)
    suggestion = suggest_now(db.session, draft.text)
    proposed = _proposed(suggestion, services)
    sure = bool(proposed) and not suggestion.unsure
    return forms.page(
        "web/report/about.html",
        422 if errors else 200,
        **step_values(draft),
        errors=errors or {},
        sure=sure,
        best=proposed[0] if sure else None,
        confidence=honest_share(suggestion.confidence),
        reasons=words_for(suggestion.reasons),
        choices=_choices(proposed),
        chosen=_preset(draft, proposed, sure=sure),
        chosen_in_list=draft.service if draft.service_chosen else None,
        groups=grouped(services),
    )


def _proposed(suggestion: SuggestionOut, services: list[ServiceFacts]) -> list[ServiceFacts]:
    by_code = {service.code: service for service in services}
    return [by_code[code] for code in suggestion.services if code in by_code][:MOST_PROPOSED]


def _choices(proposed: list[ServiceFacts]) -> list[dict[str, Any]]:
    language = current_language()
    return [
        {"value": s.code, "label": s.name(language), "hint": s.description(language)}
        for s in proposed
    ]


def _preset(draft: Draft, proposed: list[ServiceFacts], *, sure: bool) -> str | None:
    if draft.service_chosen:
        if draft.service is None:
            return SOMEBODY
        return draft.service if any(s.code == draft.service for s in proposed) else LIST
    return proposed[0].code if sure else None


def grouped(services: list[ServiceFacts]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The services under the names of their groups, as a list to choose from."""
    language = current_language()
    names = {g["code"]: in_language(g["name"], language) for g in city.facts(db.session).groups}
    groups: dict[str, list[tuple[str, str]]] = {}
    for service in services:
        word = names.get(service.group or "") or _("Other")
        groups.setdefault(word, []).append((service.code, service.name(language)))
    return list(groups.items())


@blueprint.post("/report/<draft_id>/about")
@requires("report.submit")
def choose_service(draft_id: str) -> Response:
    """Keep the service and go on to its questions, if it has any."""
    draft = opened(draft_id, lock=True)
    if (elsewhere := gone_already(draft)) is not None:
        return elsewhere
    wish = request.form.get("service", "")
    if wish == LIST:
        wish = request.form.get("service_list", "")
        if not wish:
            return _show(draft, {"service_list": _("Choose from the list.")})
    if not wish:
        return _show(draft, {"service": _("Choose what it is about, or let city hall decide.")})
    known = {service.code for service in offered(draft)}
    if wish != SOMEBODY and wish not in known:
        return _show(draft, {"service": _("The city does not offer this service. Choose another.")})
    decided = None if wish == SOMEBODY else wish
    if decided != draft.service:
        draft.answers, draft.answered = {}, False
    draft.service, draft.service_chosen = decided, True
    keep(draft)
    return forms.go(after_service(draft))


def after_service(draft: Draft) -> str:
    """Where the chosen service leads: to a place it needs, to its questions, or to the end."""
    service = service_of(draft)
    here = draft.place
    if service and service.place == "required" and (here is None or here.kind == "none"):
        return url_for("web.report_place", draft_id=draft.public_id, needed=1)
    if service and service.questions:
        return url_for("web.report_questions", draft_id=draft.public_id)
    return url_for("web.report_send", draft_id=draft.public_id)


@blueprint.get("/report/<draft_id>/questions")
@requires("report.submit")
def report_questions(draft_id: str) -> Response:
    """Ask what the service needs to know."""
    draft = opened(draft_id)
    if (elsewhere := gone_already(draft)) is not None:
        return elsewhere
    service = service_of(draft)
    if service is None or not service.questions:
        return forms.go(url_for("web.report_about", draft_id=draft_id))
    return _ask(draft, service)


def _ask(
    draft: Draft,
    service: ServiceFacts,
    errors: dict[str, str] | None = None,
    given: Mapping[str, Any] | None = None,
) -> Response:
    document = service_document(city.facts(db.session), service, current_language())
    return forms.page(
        "web/report/questions.html",
        422 if errors else 200,
        **step_values(draft),
        errors=errors or {},
        service=document,
        questions=asked(document["questions"]),
        given=draft.answers if given is None else given,
    )


def asked(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each question with the words of the condition under which it is asked."""
    by_code = {question["code"]: question for question in questions}
    shown = []
    for question in questions:
        when, words = question.get("when"), ""
        if when and (other := by_code.get(when["question"])):
            names = [v["name"] for v in other["values"] if v["key"] in when["is"]]
            words = _("Only if: %(question)s %(answer)s", question=other["text"],
                      answer=" / ".join(names))  # fmt: skip
        shown.append({**question, "condition": words})
    return shown


@blueprint.post("/report/<draft_id>/questions")
@requires("report.submit")
def answer_questions(draft_id: str) -> Response:
    """Keep the answers."""
    draft = opened(draft_id, lock=True)
    if (elsewhere := gone_already(draft)) is not None:
        return elsewhere
    service = service_of(draft)
    if service is None:
        return forms.go(url_for("web.report_about", draft_id=draft_id))
    given = _given(service)
    try:
        draft.answers = check_answers(service.questions, given)
    except Invalid as problem:
        errors = {f.removeprefix("answers."): m for f, m in forms.messages(problem).items()}
        return _ask(draft, service, errors, given)
    draft.answered = True
    keep(draft)
    return forms.go(url_for("web.report_send", draft_id=draft_id))


def _given(service: ServiceFacts) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for question in service.questions:
        code = str(question["code"])
        if question["datatype"] == "multivaluelist":
            given[code] = request.form.getlist(f"answer_{code}")
        else:
            given[code] = request.form.get(f"answer_{code}", "").strip()
    return given


def told_answers(draft: Draft, service: ServiceFacts | None) -> list[tuple[str, str]]:
    """The answers in words: question and answer."""
    if service is None:
        return []
    document = service_document(city.facts(db.session), service, current_language())
    return answers_in_words(document["questions"], draft.answers)


def answers_in_words(
    questions: list[dict[str, Any]], answers: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Answers as they were asked for: the question's text, and the answer's names."""
    told = []
    for question in questions:
        if question["code"] not in answers:
            continue
        value = answers[question["code"]]
        names = {v["key"]: v["name"] for v in question["values"]}
        chosen = value if isinstance(value, list) else [value]
        words = ", ".join(str(names.get(one, one)) for one in chosen)
        if question["datatype"] == "datetime":
            words = words.replace("T", " ")
        told.append((question["text"], words))
    return told
