"""The yearly audit report as a page and on paper."""

from typing import Any

from flask import Response, request

from backend.core.db import db
from backend.core.limits import check_limit
from backend.core.policy import requires
from backend.core.problems import NotFound
from backend.indicators.catalogue import PROFILES
from backend.indicators.queries.overview import known_period
from backend.indicators.reporting import AuditReport, as_pdf, audit_report, opening
from backend.web import answering, measuring
from backend.web.blueprint import blueprint


def _report() -> AuditReport:
    session = db.session()
    period = known_period(session, request.args.get("period", "")[:10])
    if period is None:
        raise NotFound()
    return audit_report(session, period)


@blueprint.get("/indicators/report")
@requires("indicators.read")
def indicator_report() -> Response:
    """The report as a page."""
    report = _report()
    values: dict[str, Any] = {"part_name": measuring.part_name, "figure": measuring.figure}
    return answering.public_page(
        "web/indicators/report.html", report=report, profiles=PROFILES, opening=opening(report),
        profile_name=measuring.profile_name, provenance=measuring.provenance_name,
        state_of=measuring.project_words(), **values,
    )  # fmt: skip


@blueprint.get("/indicators/report.pdf")
@requires("indicators.read")
def indicator_report_pdf() -> Response:
    """The report on paper."""
    check_limit("report pdf", "10 per minute")
    report = _report()
    response = Response(as_pdf(report), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="audit-{report.period}.pdf"'
    return response
