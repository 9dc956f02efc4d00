"""Reads of the room: suggestions, the taxonomy, how often people disagreed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from backend.classification.models import (
    Correction,
    LearningRun,
    ModelSuggestion,
    ModelWatch,
    TrainedModel,
)
from backend.classification.running import running_model

_COLUMNS = (
    ModelSuggestion.target_id,
    ModelSuggestion.domain,
    ModelSuggestion.component,
    ModelSuggestion.second,
    ModelSuggestion.confidence,
    ModelSuggestion.unsure,
    ModelSuggestion.urgent,
    ModelSuggestion.service_code,
    ModelSuggestion.judged_by,
    ModelSuggestion.detail,
    ModelSuggestion.model_version,
    ModelSuggestion.created_at,
)


def suggestion_of(session: Session, kind: str, public_id: str) -> Mapping[str, Any] | None:
    """What the model proposed for one thing, with its reasons."""
    row = session.execute(
        select(*_COLUMNS).where(
            ModelSuggestion.target_kind == kind, ModelSuggestion.target_id == public_id
        )
    ).first()
    return _flat(row) if row else None


def suggestions_of(session: Session, kind: str, ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """What the model proposed for many things, by id."""
    rows = session.execute(
        select(*_COLUMNS).where(
            ModelSuggestion.target_kind == kind, ModelSuggestion.target_id.in_(list(ids)[:500])
        )
    )
    return {row.target_id: _flat(row) for row in rows}


def _flat(row: Any) -> dict[str, Any]:
    values = dict(row._mapping)
    return values | (values.pop("detail") or {})


def urgent_ids(kind: str) -> Select[str]:
    """The ids of what the model takes for urgent, as a part of another room's question."""
    return select(ModelSuggestion.target_id).where(
        ModelSuggestion.target_kind == kind, ModelSuggestion.urgent.is_(True)
    )


def domain_codes() -> tuple[str, ...]:
    """The six domains."""
    from ml import taxonomy

    return tuple(taxonomy.domain_codes())


def component_codes() -> tuple[str, ...]:
    """The components of the founding document."""
    from ml import taxonomy

    return tuple(taxonomy.component_codes())


def domain_of(component: str) -> str:
    """The domain of a component."""
    from ml import taxonomy

    return str(taxonomy.domain_of(component))


def name_of(code: str, language: str) -> str:
    """The name of a domain or component in a language; the code itself when it is foreign."""
    from ml import taxonomy

    entry = taxonomy.domains().get(code) or taxonomy.components().get(code)
    return entry.name(language) if entry else code


def taxonomy_document(language: str) -> list[dict[str, Any]]:
    """Domains with their components, named and defined in a language."""
    from ml import taxonomy

    return [
        {
            "code": code,
            "name": domain.name(language),
            "components": [
                {
                    "code": part.code,
                    "name": part.name(language),
                    "definition": part.definition(language),
                }
                for part in taxonomy.components(code).values()
            ],
        }
        for code, domain in taxonomy.domains().items()
    ]


def override_rates(session: Session, since: datetime) -> list[Mapping[str, Any]]:
    """Per suggested component: how many decisions there were and how many disagreed."""
    disagreed = func.sum(case((Correction.agrees.is_(False), 1), else_=0))
    rows = session.execute(
        select(
            Correction.suggested.label("component"),
            func.count().label("decisions"),
            disagreed.label("overridden"),
        )
        .where(Correction.created_at >= since, Correction.suggested.is_not(None))
        .group_by(Correction.suggested)
        .order_by(func.count().desc())
    )
    return [dict(row) for row in rows.mappings()]


def rates_by(session: Session, what: str, since: datetime) -> list[Mapping[str, Any]]:
    """Per service, language or district: how often the model was unsure, and people disagreed.

    A text counts once, by the last decision on it.
    """
    column = {
        "service": ModelSuggestion.service_code,
        "language": ModelSuggestion.language,
        "district": ModelSuggestion.district,
    }[what]
    last = (
        select(func.max(Correction.id).label("id"))
        .group_by(Correction.target_kind, Correction.target_id)
        .subquery()
    )
    decided = (
        select(Correction.target_kind, Correction.target_id, Correction.agrees)
        .join(last, last.c.id == Correction.id)
        .subquery()
    )
    theirs = and_(
        decided.c.target_kind == ModelSuggestion.target_kind,
        decided.c.target_id == ModelSuggestion.target_id,
    )

    def count(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    rows = session.execute(
        select(
            column.label("name"),
            func.count().label("suggestions"),
            count(ModelSuggestion.unsure.is_(True)).label("unsure"),
            count(decided.c.agrees.is_not(None)).label("decisions"),
            count(decided.c.agrees.is_(False)).label("overridden"),
        )
        .select_from(ModelSuggestion)
        .outerjoin(decided, theirs)
        .where(ModelSuggestion.created_at >= since)
        .group_by(column)
        .order_by(func.count().desc())
        .limit(200)
    )
    return [dict(row) for row in rows.mappings()]


def last_watch(session: Session) -> Mapping[str, Any] | None:
    """How what people write last looked to the model, beside the month before."""
    row = session.execute(
        select(ModelWatch.at, ModelWatch.model_version, ModelWatch.summary, ModelWatch.drift,
               ModelWatch.queue)
        .order_by(ModelWatch.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    return dict(row._mapping) if row else None


def last_runs(session: Session, limit: int = 10) -> list[Mapping[str, Any]]:
    """The last nights of learning, newest first."""
    columns = [c for c in LearningRun.__table__.columns if c.name != "doubts"]
    rows = session.execute(select(*columns).order_by(LearningRun.id.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]


def doubted_corrections(session: Session) -> list[Mapping[str, Any]]:
    """Corrections that the models of the last night did not believe, the surest first."""
    found = session.execute(
        select(LearningRun.doubts)
        .where(LearningRun.outcome.in_(("candidate", "kept_out")))
        .order_by(LearningRun.id.desc())
        .limit(1)
    ).scalar()
    return list(found or [])


def unsure_share(session: Session, since: datetime) -> Mapping[str, int]:
    """How many suggestions were made since, and for how many of them the model was unsure."""
    row = session.execute(
        select(
            func.count().label("suggestions"),
            func.coalesce(func.sum(case((ModelSuggestion.unsure.is_(True), 1), else_=0)), 0).label(
                "unsure"
            ),
        ).where(ModelSuggestion.created_at >= since)
    ).one()
    return {"suggestions": int(row.suggestions), "unsure": int(row.unsure)}


def running_card(session: Session) -> Mapping[str, Any]:
    """The card of the model that serves: version, file, data, and how it was judged."""
    model = running_model(session)
    found = {"version": model.version, "sha256": model.sha256, "bytes": model.bytes}
    return {**model.card, **found}


def models(session: Session, limit: int = 50) -> list[Mapping[str, Any]]:
    """Models that were offered, newest first, with what became of them."""
    columns = [c for c in TrainedModel.__table__.columns if c.name != "path"]
    rows = session.execute(select(*columns).order_by(TrainedModel.id.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]
