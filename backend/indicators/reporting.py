"""The yearly audit report as a document: data sheets, completeness and performance kept apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.classification.queries import taxonomy_document
from backend.core.i18n import _, current_language
from backend.core.paper import FONT, printable, styles
from backend.indicators.catalogue import PROFILES, catalogue
from backend.indicators.computing.scoring import band
from backend.indicators.queries.papers import verified_audit
from backend.indicators.queries.registers import projects, targets
from backend.indicators.queries.values import values_of

Row = Mapping[str, Any]
BANDS = {1: "0–33", 2: "33–66", 3: "66–95", 4: "95+"}


@dataclass(frozen=True)
class AuditReport:
    """What the report of a period says."""

    city: str
    period: str
    method: str
    domains: Sequence[Mapping[str, Any]]
    reported: Mapping[str, tuple[int, int]]
    sheets: Sequence[Mapping[str, Any]]
    projects: Sequence[Row]
    targets: Sequence[Mapping[str, Any]]
    audit: Mapping[str, Any] | None

    def completeness(self, profile: str) -> int:
        """The share of a profile's sub-indicators that have a value, in per cent."""
        known, whole = self.reported[profile]
        return round(100 * known / whole) if whole else 0


def audit_report(session: Session, period: str) -> AuditReport:
    """The report: the figures of a verified audit where there is one, else those of today."""
    found = verified_audit(session, period)
    rows: Sequence[Row] = (
        found["content"]["values"] if found else values_of(session, period, districts=False)
    )
    values = {(row["code"], row["profile"]): row for row in rows}
    subs = catalogue().sub_indicators.values()
    return AuditReport(
        city=city.facts(session).name(current_language()),
        period=period,
        method=str(found["content"]["method"]) if found else catalogue().method,
        domains=_domains(values),
        reported={
            profile: (
                sum(_has(values.get((s.code, profile))) for s in subs if s.profile == profile),
                sum(1 for s in subs if s.profile == profile),
            )
            for profile in PROFILES
        },
        sheets=[
            {"sub": sub, "row": values[sub.code, sub.profile]}
            for sub in subs
            if _has(values.get((sub.code, sub.profile)))
        ],
        projects=projects(session),
        targets=[
            {**target, "row": values.get((target["code"], target["profile"]))}
            for target in targets(session)
        ],
        audit=found,
    )


def _has(row: Row | None) -> bool:
    return row is not None and row["value"] is not None


def _domains(values: Mapping[tuple[str, str], Row]) -> list[dict[str, Any]]:
    return [
        {
            "name": domain["name"],
            "components": [
                {
                    "code": part["code"],
                    "name": part["name"],
                    **{
                        profile: _score(values.get((part["code"], profile))) for profile in PROFILES
                    },
                }
                for part in domain["components"]
            ],
            **{profile: _score(values.get((domain["code"], profile))) for profile in PROFILES},
        }
        for domain in taxonomy_document(current_language())
    ]


def _score(row: Row | None) -> dict[str, str]:
    """A score as the report writes it: number, interval, band and coverage."""
    if row is None or row["score"] is None:
        covered = "" if row is None or row["coverage"] is None else f"{row['coverage']:.0%}"
        return {"score": "–", "interval": "", "band": "–", "coverage": covered}
    step = band(row["score"])
    interval = "" if row["low"] is None else f"{row['low']:.0f}–{row['high']:.0f}"
    return {
        "score": f"{row['score']:.0f}",
        "interval": interval,
        "band": BANDS[step] if step else "–",
        "coverage": f"{row['coverage']:.0%}" if row["coverage"] is not None else "",
    }


def as_pdf(report: AuditReport) -> bytes:
    """The report on paper."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    out = BytesIO()
    title = str(_("Audit of %(city)s, %(period)s", city=report.city, period=report.period))
    document = SimpleDocTemplate(
        out, pagesize=A4, title=title, author=report.city, leftMargin=54, rightMargin=54,
        topMargin=60, bottomMargin=54, lang=current_language(),
    )  # fmt: skip
    document.build(_story(report, title), onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def _foot(canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 8)
    canvas.drawRightString(541, 30, str(document.page))
    canvas.restoreState()


def _story(report: AuditReport, title: str) -> list[Any]:
    from reportlab.platypus import PageBreak, Paragraph, Spacer

    style = styles()
    story: list[Any] = [Paragraph(_plain(title), style["Title"])]
    for line in opening(report):
        story += [Paragraph(_plain(line), style["BodyText"]), Spacer(1, 4)]
    for profile in PROFILES:
        name = _("Official figures") if profile == "official" else _("From this platform")
        story.append(Paragraph(_plain(name), style["Heading2"]))
        rows = [[_("Component"), _("Score"), _("Interval"), _("Band"), _("Coverage")]]
        for domain in report.domains:
            rows.append([domain["name"].upper(), *_cells(domain[profile])])
            rows += [[c["name"], *_cells(c[profile])] for c in domain["components"]]
        story.append(_table(rows, (230, 50, 70, 60, 70)))
    story += [PageBreak(), Paragraph(_plain(_("Data sheets")), style["Heading2"])]
    rows = [[_("Sub-indicator"), _("Value"), "n", _("Source"), _("Inputs")]]
    for sheet in report.sheets:
        sub, row = sheet["sub"], sheet["row"]
        value = f"{row['value']:.{sub.digits}f} {sub.unit()}"
        source = f"{sub.source} {row['source_period'] or ''} {row['flags'] or ''}".strip()
        rows.append([f"{sub.component} · {sub.name()}", value, str(row["n"] or ""), source,
                     row["inputs_hash"][:10]])  # fmt: skip
    story.append(_table(rows, (185, 110, 40, 95, 60)))
    return story


def _cells(found: Mapping[str, str]) -> list[str]:
    return [found["score"], found["interval"], found["band"], found["coverage"]]


def _plain(text: Any) -> str:
    """A text in letters of the typeface, with what the writer of documents reads as marks."""
    from xml.sax.saxutils import escape

    return escape(printable(text)) if text else ""


def _table(rows: Sequence[Sequence[Any]], widths: Sequence[float]) -> Any:
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph, Table, TableStyle

    style = styles()["BodyText"].clone("cell", fontSize=8, leading=10)
    cells = [[Paragraph(_plain(cell), style) for cell in row] for row in rows]
    table = Table(cells, colWidths=list(widths), repeatRows=1)
    table.setStyle(TableStyle([
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.lightgrey),
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]))  # fmt: skip
    return table


def opening(report: AuditReport) -> list[str]:
    """The sentences with which the report opens."""
    lines = [
        _("Method %(method)s. This report tells computed results; it is not a certificate of any "
          "standard.", method=report.method),
        _("Completeness and performance are told apart: how much is known says nothing of how "
          "good it is."),
        _("Completeness, platform: %(share)s %% of the sub-indicators have a value.",
          share=report.completeness("platform")),
        _("Completeness, official: %(share)s %% of the sub-indicators have a value.",
          share=report.completeness("official")),
    ]  # fmt: skip
    if report.audit:
        day = report.audit["verified_at"].date().isoformat()
        lines.append(_("Checked by a second person on %(day)s.", day=day))
    else:
        lines.append(_("Not checked by a second person yet."))
    return [str(line) for line in lines]
