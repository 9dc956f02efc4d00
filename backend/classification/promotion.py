"""Which model runs: candidates registered, promoted, kept out with a reason, rolled back."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.classification.models import TrainedModel
from backend.classification.running import Place, load_from, look_again
from backend.core import ledger
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.i18n import _
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound

STREAM = "classification"
SHIPPED = "shipped"


def register(
    session: Session, folder: Path, figures: Mapping[str, Any], kept_out: str | None = None
) -> str:
    """Put a trained model on record: a candidate, or kept out with the reason; its version."""
    from ml import load_model

    model = load_model(folder)
    found = session.execute(
        select(TrainedModel.id).where(TrainedModel.version == model.version)
    ).scalar()
    if found is not None:
        return model.version
    session.execute(
        insert(TrainedModel).values(
            version=model.version,
            path=str(folder),
            sha256=model.sha256,
            size=model.bytes,
            state="kept_out" if kept_out else "candidate",
            reason=kept_out[:500] if kept_out else None,
            figures=dict(figures),
            created_at=utcnow(),
        )
    )
    told = {"sha256": model.sha256, "reason": kept_out}
    ledger.append(session, STREAM, model.version, "kept_out" if kept_out else "offered", "system",
                  {k: v for k, v in told.items() if v})  # fmt: skip
    return model.version


def shipped_folder() -> Path:
    """Where the model lies that is part of the program."""
    from ml.model import PACKAGED

    return PACKAGED


def keep_out(session: Session, version: str, reason: str) -> None:
    """Keep a candidate from running, with the reason."""
    _write(session, version, state="kept_out", reason=reason[:500])
    ledger.append(session, STREAM, version, "kept_out", "system", {"reason": reason[:500]})


def promote(
    session: Session, actor: Actor, version: str, *, reason: str | None = None, force: bool = False
) -> None:
    """Let a candidate run in place of the present model.

    One that was kept out may be forced by a person who says why. The file is read first: what
    is damaged or foreign is not promoted.
    """
    authorise(actor, "model.promote")
    row = _of(session, version)
    if row.state == "running":
        raise Conflict(_("This model runs already."))
    if row.state != "candidate" and not force:
        told = _("This model is no candidate: %(reason)s", reason=row.reason or row.state)
        raise Conflict(told, extra={"state": row.state})
    if force and len((reason or "").strip()) < 3:
        raise Invalid(errors={"reason": _("Say why this model should run all the same.")})
    try:
        load_from(Place(row.path, row.sha256))
    except (OSError, ValueError) as error:
        raise Conflict(
            _("The model file is missing, damaged or foreign. It was refused.")
        ) from error
    _retire(session, "retired", None)
    _write(session, version, state="running", reason=reason, promoted_at=utcnow())
    ledger.append(session, STREAM, version, "promoted", actor.key,
                  {"reason": reason} if reason else None)  # fmt: skip
    look_again()


def rollback(session: Session, actor: Actor, reason: str | None = None) -> str:
    """Put the model that ran before back into its place; the version that runs now."""
    authorise(actor, "model.promote")
    present = session.execute(
        select(TrainedModel.version).where(TrainedModel.state == "running").with_for_update()
    ).scalar()
    if present is None:
        raise Conflict(_("The shipped model runs. There is nothing to go back to."))
    before = session.execute(
        select(TrainedModel.version)
        .where(TrainedModel.state == "retired")
        .order_by(TrainedModel.promoted_at.desc(), TrainedModel.id.desc())
        .limit(1)
    ).scalar()
    _retire(session, "withdrawn", reason or _("rolled back"))
    if before is not None:
        _write(session, before, state="running", reason=None)
    told = {"to": before or SHIPPED, "reason": reason}
    ledger.append(session, STREAM, present, "rolled_back", actor.key,
                  {k: v for k, v in told.items() if v})  # fmt: skip
    look_again()
    return before or SHIPPED


def candidate(session: Session) -> tuple[str, Place, datetime, Mapping[str, Any]] | None:
    """The model that waits for promotion: version, file, since when, and how it was judged."""
    row = session.execute(
        select(
            TrainedModel.version,
            TrainedModel.path,
            TrainedModel.sha256,
            TrainedModel.created_at,
            TrainedModel.figures,
        )
        .where(TrainedModel.state == "candidate")
        .order_by(TrainedModel.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return row.version, Place(row.path, row.sha256), row.created_at, row.figures


def _of(session: Session, version: str) -> Any:
    row = session.execute(
        select(TrainedModel.state, TrainedModel.path, TrainedModel.sha256, TrainedModel.reason)
        .where(TrainedModel.version == version)
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound(_("There is no such model."))
    return row


def _retire(session: Session, state: str, reason: str | None) -> None:
    session.execute(
        update(TrainedModel)
        .where(TrainedModel.state == "running")
        .values(state=state, reason=reason)
        .execution_options(synchronize_session=False)
    )


def _write(session: Session, version: str, **values: Any) -> None:
    session.execute(
        update(TrainedModel)
        .where(TrainedModel.version == version)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
