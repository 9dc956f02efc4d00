"""Why something is stuck, as the operator reads it."""

from typing import Any

from backend.core.i18n import lazy
from backend.open311.webhooks.kinds import ERRORS as OUTWARD

WHY: dict[str, Any] = OUTWARD | {
    "refused_key": lazy("The partner does not accept our API key."),
    "refused": lazy("The partner refused it."),
    "busy": lazy("The partner is busy or broken."),
    "unreadable": lazy("The partner's answer could not be read."),
    "not_read": lazy("What the partner offers could not be read yet."),
    "no_service": lazy("No service of the partner stands for ours. Choose one below."),
    "missing_answer": lazy("The partner asks something that nobody answered."),
    "not_sendable": lazy("The report is hidden, confidential, withdrawn or gone."),
    "no_place": lazy("The report has no place, and the partner needs one."),
    "outcome_unknown": lazy("Nobody can say whether it arrived. Look there before sending again."),
    "no_token": lazy("The partner gave a token and never a number for it."),
    "given_up": lazy("An operator gave it up."),
}
