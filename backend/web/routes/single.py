"""One report: what it says, where it is, what happened, and what a reader can do."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for

from backend.city import queries as city
from backend.city.rendering import service_document
from backend.classification.queries import name_of, suggestion_of
from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.ids import is_public_id, normalise_id
from backend.core.limits import limit
from backend.core.pages import forms
from backend.core.policy import requires
from backend.core.problems import NotFound
from backend.reports.queries import read_report
from backend.reports.wording import hue_of
from backend.web import ground
from backend.web.blueprint import blueprint
from backend.web.routes.report.about import answers_in_words
from backend.web.timeline import timeline_of
from backend.web.words import KINDS, honest_share, status_word, what_it_means, words_for

DISPUTABLE = frozenset({"resolved", "not_ours", "no_action"})
SCORES = (5, 4, 3, 2, 1)


def done_notices() -> dict[str, tuple[str, str]]:
    """What a form's confirmation says: title and text."""
    return {
        "joined": (
            _("Thank you: you are counted."),
            _("The city sees that more people are troubled by this. Here is how it goes on."),
        ),
        "confirmed": (_("Thank you: you are counted."), ""),
        "followed": (_("You follow this report."), _("You hear from us when something happens.")),
        "unfollowed": (_("You no longer follow this report."), ""),
        "disputed": (
            _("Thank you. The city has your objection."),
            _("Somebody looks at it and opens the report again or answers you."),
        ),
        "added": (_("Thank you. What you wrote stands in the timeline."), ""),
        "withdrawn": (_("You have withdrawn this report."), _("It stays readable as withdrawn.")),
        "rated": (_("Thank you for telling us what you think of the outcome."), ""),
        "claimed": (_("This report is now among yours."), ""),
    }


@blueprint.get("/reports/<report_id>")
@requires("report.read")
@limit("lists", "300 per minute")
def single(report_id: str) -> Response:
    """The page of one report."""
    plain = normalise_id(report_id[:64])
    if not is_public_id(plain):
        raise NotFound()
    report = read_report(db.session(), current_actor(), plain)
    return forms.page(
        "web/report.html",
        **page_values(report),
        base=url_for("web.single", report_id=plain),
        secret=None,
    )


def page_values(report: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that a report's page shows, for a reader or for its reporter."""
    session = db.session()
    events, placed_by = timeline_of(session, report)
    mine = report["relation"] == "own"
    done = done_notices().get(request.args.get("done", ""))
    return {
        "report": report,
        "mine": mine,
        "kind": KINDS[report["kind"]],
        "hue": hue_of(report["status"]),
        "status_name": status_word(report["status"], mine=mine),
        "meaning": what_it_means(report["status"], mine=mine),
        "events": events,
        "placing": _placing(report, placed_by),
        "answers": _answers(report) if mine else [],
        "done": done,
        "may_dispute": report["status"] in DISPUTABLE and report["kind"] != "praise",
        "may_rate": mine and not report["is_open"] and report["status"] != "withdrawn",
        "may_withdraw": mine and report["is_open"],
        "scores": _scores(),
        **ground.map_place(session),
    }


def _scores() -> list[dict[str, Any]]:
    words = {
        5: _("Very content"),
        4: _("Content"),
        3: _("So-so"),
        2: _("Not content"),
        1: _("Not content at all"),
    }
    return [{"value": score, "label": words[score]} for score in SCORES]


def _placing(report: Mapping[str, Any], placed_by: str | None) -> dict[str, Any]:
    """Where the report was placed, by whom, and how sure the model was."""
    language = current_language()
    found = suggestion_of(db.session(), "report", report["id"])
    code = report["component"]
    return {
        "by": placed_by,
        "domain": name_of(report["domain"], language) if report["domain"] else None,
        "component": name_of(code, language) if code else None,
        "unsure": report["unsure"] or bool(found and found["unsure"] and not code),
        "share": honest_share(found["confidence"]) if found else None,
        "words": words_for(found.get("reasons")) if found else [],
        "judged_by_name": bool(found and found["judged_by"] not in ("text", None)),
        "proposed": name_of(found["component"], language) if found and found["component"] else None,
    }


def _answers(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    given = report.get("answers") or {}
    service = city.service_by_code(db.session(), report["service"]) if report["service"] else None
    if not given or service is None:
        return []
    document = service_document(city.facts(db.session()), service, current_language())
    return answers_in_words(document["questions"], given)
