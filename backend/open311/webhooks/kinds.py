"""The kinds of events that a webhook can hear of."""

from typing import Any

from backend.core.i18n import lazy

KINDS: dict[str, Any] = {
    "report.submitted": lazy("A report has arrived"),
    "report.status_changed": lazy("A report has taken a step"),
    "report.updated": lazy("Something was said publicly about a report"),
    "report.assigned": lazy("A report was given to a department"),
    "report.shown": lazy("A report became public"),
    "report.removed": lazy("A report is no longer public: forget it"),
}
TEST = "test"
"""The event that an operator sends to see whether the receiver understands."""

ERRORS: dict[str, Any] = {
    "address": lazy("The address cannot be used."),
    "private_address": lazy("The address leads into a private network; the setting forbids it."),
    "no_such_host": lazy("There is no such host."),
    "no_connection": lazy("Nobody answers at this address."),
    "tls": lazy("The secure connection could not be made."),
    "no_answer": lazy("The connection broke before an answer came."),
    "cut_off": lazy("The answer broke off."),
    "too_large": lazy("The answer was too large."),
}
