"""Verbs of the room: submit, work on, merge, hide, confirm, return to, import, export."""

from backend.reports.service.exporting import export_reports
from backend.reports.service.handling import (
    Step,
    add_note,
    assign,
    change_status,
    place_in_taxonomy,
    post_update,
    read_contact,
)
from backend.reports.service.importing import Imported, import_reports
from backend.reports.service.intake import Contact, NewReport, Submitted, submit_report
from backend.reports.service.merging import merge, unmerge
from backend.reports.service.partners import say_for_reporter, source_of
from backend.reports.service.returns import (
    add_by_return,
    claim,
    dispute_by_return,
    rate_by_return,
    read_by_return,
    report_behind,
    withdraw,
    withdraw_by_return,
)
from backend.reports.service.visibility import set_visibility
from backend.reports.service.voices import answer_dispute, confirm, dispute, follow, rate, take_back

__all__ = [
    "Contact",
    "Imported",
    "NewReport",
    "Step",
    "Submitted",
    "add_by_return",
    "add_note",
    "answer_dispute",
    "assign",
    "change_status",
    "claim",
    "confirm",
    "dispute",
    "dispute_by_return",
    "export_reports",
    "follow",
    "import_reports",
    "merge",
    "place_in_taxonomy",
    "post_update",
    "rate",
    "rate_by_return",
    "read_by_return",
    "read_contact",
    "report_behind",
    "say_for_reporter",
    "set_visibility",
    "source_of",
    "submit_report",
    "take_back",
    "unmerge",
    "withdraw",
    "withdraw_by_return",
]
