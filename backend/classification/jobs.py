"""Slow work of the room: suggesting after arrival, learning at night, watching."""

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from backend.classification import watching
from backend.classification.nightly import worth_learning
from backend.classification.service import read_subject, record, suggest_now
from backend.classification.shadow import settle, shadow
from backend.core.jobs import job, periodic
from backend.core.settings import current_settings

log = structlog.get_logger(__name__)
_learners: list["subprocess.Popen[bytes]"] = []
LEARNER = "import os; os.nice(15); from backend.cli import main; main()"


@job("classification.suggest")
def suggest(session: Session, payload: dict[str, Any]) -> None:
    """Read the text of something and record what the model proposes."""
    subject = read_subject(session, payload["kind"], payload["id"])
    if subject is None:
        return
    out = suggest_now(session, subject.text, subject.language, subject.hint)
    record(session, payload["kind"], payload["id"], out, subject)
    shadow(session, payload["kind"], payload["id"], subject)


@periodic("classification.watch", every=timedelta(hours=6))
def watch(session: Session, _payload: dict[str, Any]) -> None:
    """Look whether the model still fits what people write."""
    watching.watch(session)


@periodic("classification.learn", every=timedelta(days=1))
def learn(session: Session, _payload: dict[str, Any]) -> None:
    """Decide on the waiting candidate, then start a night of learning where it is worth it.

    Learning runs in a process of its own with a time limit; this job ends at once.
    """
    if current_settings().learning == "off":
        return
    if (became := settle(session)) is not None:
        log.info("candidate_settled", became=became)
    if worth_learning(session):
        start_learning()


def start_learning() -> "subprocess.Popen[bytes]":
    """Start `vox ml learn` beside this process."""
    settings = current_settings()
    own = {
        "VOX_DATABASE_URL": settings.database_url,
        "VOX_DATA_DIR": str(settings.data_dir),
        "VOX_MODEL_DIR": settings.model_dir,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    _learners[:] = [process for process in _learners if process.poll() is None]
    learner = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", LEARNER, "ml", "learn"],
        env=os.environ | own,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    _learners.append(learner)
    return learner
