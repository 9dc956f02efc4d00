"""A night of learning, in a process of its own: train, judge, put on record.

Its steps are committed one by one, because no transaction may stay open while a model trains.
"""

import os
import shutil
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.classification.lessons import (
    Lesson,
    as_judges,
    as_training,
    divide,
    doubted,
    new_since,
    read_lessons,
)
from backend.classification.models import LearningRun, TrainedModel
from backend.classification.promotion import keep_out, register
from backend.classification.running import running_model, shipped_model
from backend.core.clock import utcnow
from backend.core.settings import current_settings

if TYPE_CHECKING:
    from ml.corpus import Example
    from ml.learning import Decision
    from ml.model import Model
    from ml.training import Recipe

log = structlog.get_logger(__name__)
LEAST_NEW = 20
MOST_DOUBTS = 100
KEPT_FILES = 10  # models that were kept out or withdrawn, whose files stay


@dataclass(frozen=True, slots=True)
class Course:
    """What a night learns beside the corrections, how, and what its model may not fall below.

    By default the seed corpus, the recipe of the shipped model, that model, and the frozen set.
    """

    base: "Sequence[Example] | None" = None
    recipe: "Recipe | None" = None
    first: "Model | None" = None
    frozen: "Sequence[Example] | None" = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a night came to."""

    outcome: str
    version: str | None = None
    reason: str | None = None
    corrections: int = 0


def last_run(session: Session) -> datetime | None:
    """When learning was last begun and came to an end."""
    return session.execute(
        select(func.max(LearningRun.started_at)).where(
            LearningRun.outcome.in_(("candidate", "kept_out"))
        )
    ).scalar()


def in_progress(session: Session, now: datetime) -> bool:
    """Whether another process learns at this moment."""
    found = session.execute(
        select(LearningRun.id)
        .where(LearningRun.outcome == "learning", LearningRun.ends_by > now)
        .limit(1)
    ).first()
    return found is not None


def worth_learning(session: Session) -> bool:
    """Whether enough was corrected since the last time, and nobody learns already."""
    enough = new_since(session, last_run(session)) >= LEAST_NEW
    return enough and not in_progress(session, utcnow())


def learn(session: Session, course: Course | None = None, least: int = LEAST_NEW) -> Outcome:
    """Train a candidate on the corrections and judge it beside the running model."""
    run = _begin(session, least)
    if run is None:
        return Outcome("nothing_new")
    try:
        outcome, doubts = _night(session, course or Course())
    except Exception as error:
        session.rollback()
        _end(session, run, Outcome("failed", reason=type(error).__name__), [])
        raise
    _end(session, run, outcome, doubts)
    log.info("learned", outcome=outcome.outcome, version=outcome.version, reason=outcome.reason)
    return outcome


def _begin(session: Session, least: int) -> int | None:
    now = utcnow()
    session.execute(
        update(LearningRun)
        .where(LearningRun.outcome == "learning", LearningRun.ends_by <= now)
        .values(outcome="failed", reason="ran out of time", finished_at=now)
    )
    if in_progress(session, now) or new_since(session, last_run(session)) < least:
        session.commit()
        return None
    limit = timedelta(minutes=current_settings().learning_minutes)
    run = LearningRun(
        started_at=now, ends_by=now + limit, outcome="learning", corrections=0, doubts=[]
    )
    session.add(run)
    session.commit()
    return run.id


def _end(session: Session, run: int, outcome: Outcome, doubts: list[dict[str, Any]]) -> None:
    session.execute(
        update(LearningRun)
        .where(LearningRun.id == run)
        .values(
            finished_at=utcnow(),
            outcome=outcome.outcome,
            version=outcome.version,
            reason=outcome.reason[:500] if outcome.reason else None,
            corrections=outcome.corrections,
            doubts=doubts,
        )
    )
    session.commit()


def _night(session: Session, course: Course) -> tuple[Outcome, list[dict[str, Any]]]:
    from ml.commands.train import train_candidate

    lessons = divide(read_lessons(session))
    running = running_model(session)
    session.rollback()  # nothing stays open while the model trains
    home = Path(current_settings().model_dir)
    home.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".learning-", dir=home))
    try:
        found = train_candidate(
            as_training(lessons.teach), folder, base=course.base, recipe=course.recipe
        )
        place = home / found.version
        if place.exists():  # the same texts give the same model
            shutil.rmtree(folder)
        else:
            folder.rename(place)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    decision = judge(place, lessons.judge, running, course)
    doubts = doubted(lessons.teach, found.doubts[:MOST_DOUBTS])
    return _record(session, place, decision, running.version, len(lessons.teach)), doubts


def judge(
    folder: Path, sets: dict[str, tuple[Lesson, ...]], running: "Model", course: Course
) -> "Decision":
    """Compare a candidate with the running model on the frozen set and on corrections."""
    from ml import load_model
    from ml.corpus import read_frozen
    from ml.learning import compare_models

    frozen = {"frozen": list(course.frozen or read_frozen())}
    frozen |= {name: as_judges(rows) for name, rows in sets.items()}
    return compare_models(running, load_model(folder), frozen, course.first or shipped_model())


def _record(
    session: Session, folder: Path, decision: "Decision", beside: str, corrections: int
) -> Outcome:
    reason = None if decision.promote else "; ".join(decision.reasons)
    figures = {"beside": beside, "table": decision.table, "reasons": list(decision.reasons)}
    for former in session.execute(
        select(TrainedModel.version).where(TrainedModel.state == "candidate")
    ).scalars():
        if decision.promote and former != folder.name:
            keep_out(session, former, "a newer candidate took its place")
    version = register(session, folder, figures, kept_out=reason)
    _tidy(session)
    session.commit()
    return Outcome("kept_out" if reason else "candidate", version, reason, corrections)


def _tidy(session: Session) -> None:
    """Remove the files of models that were kept out long ago; their record stays."""
    old = session.execute(
        select(TrainedModel.path)
        .where(TrainedModel.state.in_(("kept_out", "withdrawn")))
        .order_by(TrainedModel.id.desc())
        .offset(KEPT_FILES)
        .limit(50)
    ).scalars()
    for path in old:
        shutil.rmtree(path, ignore_errors=True)


def bound_process(minutes: int) -> None:
    """Keep this process from outstaying its time."""
    import resource

    seconds = minutes * 60
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    watch = threading.Timer(seconds, os._exit, (3,))
    watch.daemon = True
    watch.start()
