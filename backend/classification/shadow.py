"""A candidate in the shadow: what it would have proposed is written down and shown to nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from backend.classification.models import Correction, ModelSuggestion, ShadowSuggestion
from backend.classification.promotion import candidate, keep_out, promote
from backend.classification.running import Place, load_from, running_model
from backend.classification.service import Subject
from backend.core.actor import SYSTEM
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.problems import Conflict
from backend.core.settings import current_settings

if TYPE_CHECKING:
    from ml.model import Model

log = structlog.get_logger(__name__)
LEAST_DECIDED = 20
TOLERANCE = 0.02
_kept: dict[Place, "Model | None"] = {}


@dataclass(frozen=True, slots=True)
class Record:
    """How a candidate did in the shadow beside the running model."""

    suggestions: int
    agreed: int
    decided: int
    right_running: int
    right_candidate: int


def shadow(session: Session, kind: str, public_id: str, subject: Subject) -> None:
    """Write down what the waiting candidate would propose, if there is one."""
    waiting = candidate(session)
    if waiting is None:
        return
    version, place, _, _ = waiting
    model = _model(place)
    if model is None:
        return
    found = model.suggest(subject.text, subject.language, subject.hint, reasons=False)
    values = {
        "model_version": version,
        "target_kind": kind,
        "target_id": public_id,
        "component": found.component,
        "confidence": found.confidence,
        "unsure": found.unsure,
        "created_at": utcnow(),
    }
    insert_ignore(session, ShadowSuggestion, values, ("model_version", "target_kind", "target_id"))


def _model(place: Place) -> "Model | None":
    if place not in _kept:
        _kept.clear()
        try:
            _kept[place] = load_from(place)
        except (OSError, ValueError) as error:
            log.error("candidate_refused", error=type(error).__name__)
            _kept[place] = None
    return _kept[place]


def record_of(session: Session, version: str) -> Record:
    """What a candidate proposed beside the running model, and who was right where known."""
    same = and_(
        ModelSuggestion.target_kind == ShadowSuggestion.target_kind,
        ModelSuggestion.target_id == ShadowSuggestion.target_id,
    )
    last = (
        select(func.max(Correction.id).label("id"))
        .group_by(Correction.target_kind, Correction.target_id)
        .subquery()
    )
    decided = (
        select(Correction.target_kind, Correction.target_id, Correction.component)
        .join(last, last.c.id == Correction.id)
        .subquery()
    )
    theirs = and_(
        decided.c.target_kind == ShadowSuggestion.target_kind,
        decided.c.target_id == ShadowSuggestion.target_id,
    )

    def count(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = session.execute(
        select(
            func.count(),
            count(ModelSuggestion.component == ShadowSuggestion.component),
            count(decided.c.component.is_not(None)),
            count(decided.c.component == ModelSuggestion.component),
            count(decided.c.component == ShadowSuggestion.component),
        )
        .select_from(ShadowSuggestion)
        .join(ModelSuggestion, same)
        .outerjoin(decided, theirs)
        .where(ShadowSuggestion.model_version == version)
    ).one()
    return Record(*(int(value) for value in row))


def settle(session: Session) -> str | None:
    """Decide on the candidate that has been in the shadow long enough; what became of it.

    It is kept out where it did worse than the running model on what people decided meanwhile,
    and where it was judged beside a model that no longer runs.
    """
    waiting, settings = candidate(session), current_settings()
    if waiting is None or settings.learning != "promote":
        return None
    version, _, since, figures = waiting
    if utcnow() - since < timedelta(days=settings.shadow_days):
        return None
    reason = _against(record_of(session, version), figures, running_model(session).version)
    if reason is not None:
        keep_out(session, version, reason)
        return "kept_out"
    try:
        promote(session, SYSTEM, version)
    except Conflict as problem:
        keep_out(session, version, str(problem.detail))
        return "kept_out"
    return "promoted"


def _against(found: Record, figures: Mapping[str, Any], running: str) -> str | None:
    if figures.get("beside") != running:
        return f"judged beside {figures.get('beside')}, but {running} runs now"
    if found.decided < LEAST_DECIDED:
        return None
    mine, theirs = found.right_candidate / found.decided, found.right_running / found.decided
    if mine < theirs - TOLERANCE:
        return (
            f"in the shadow: right in {mine:.2f} of {found.decided}, the running model {theirs:.2f}"
        )
    return None
