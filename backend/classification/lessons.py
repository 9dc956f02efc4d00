"""What the corrections teach: which train, which judge, and which are kept apart."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.city.folding import fold
from backend.classification.models import Correction
from backend.classification.service import read_subject
from backend.core.clock import utcnow

if TYPE_CHECKING:
    from ml.corpus import Example

MOST = 20_000  # corrections read, newest first
HELD = 5  # one in so many is never taught and judges every model
RECENT = timedelta(days=60)
UNKNOWN_LANGUAGE = "und"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One correction with the text that it is about."""

    kind: str
    public_id: str
    text: str
    language: str
    component: str
    person: str
    when: datetime
    why: str

    @property
    def held(self) -> bool:
        """Whether it judges models and never teaches them; its text alone decides.

        So copies of a text fall on one side, and on the same one for every model.
        """
        said = "".join(c for c in fold(self.text) if c.isalnum())
        return zlib.crc32(said.encode()) % HELD == 0


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a night's training reads, and what the candidate is judged on."""

    teach: tuple[Lesson, ...]
    judge: dict[str, tuple[Lesson, ...]]

    @property
    def people(self) -> int:
        """How many people have taught."""
        return len({lesson.person for lesson in self.teach})


def new_since(session: Session, since: datetime | None) -> int:
    """How many corrections came after a time."""
    query = select(func.count()).select_from(Correction)
    if since is not None:
        query = query.where(Correction.created_at > since)
    return int(session.execute(query).scalar_one())


def read_lessons(session: Session, most: int = MOST) -> list[Lesson]:
    """The last word on each text that a person has decided on, newest first."""
    return list(_lessons(session, most))


def _lessons(session: Session, most: int) -> Iterator[Lesson]:
    rows = session.execute(
        select(
            Correction.target_kind,
            Correction.target_id,
            Correction.component,
            Correction.person,
            Correction.created_at,
            Correction.reason,
        )
        .order_by(Correction.id.desc())
        .limit(most)
    ).all()
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if (row.target_kind, row.target_id) in seen:
            continue
        seen.add((row.target_kind, row.target_id))
        subject = read_subject(session, row.target_kind, row.target_id)
        text = subject.text or subject.hint or "" if subject else ""
        if subject is None or not text.strip():
            continue
        language = subject.language or UNKNOWN_LANGUAGE
        yield Lesson(
            row.target_kind, row.target_id, text, language, row.component, row.person,
            row.created_at, row.reason or "",
        )  # fmt: skip


def divide(lessons: Sequence[Lesson], now: datetime | None = None) -> Lessons:
    """Part the lessons that teach from those that judge.

    Nobody has more than a fifth of the voices in a set that judges, as nobody has in training.
    """
    from ml.learning import capped_rows

    now = now or utcnow()
    teach = tuple(lesson for lesson in lessons if not lesson.held)
    held = [lesson for lesson in lessons if lesson.held]
    judge: dict[str, tuple[Lesson, ...]] = {}
    for name, recent in (("recent corrections", True), ("earlier corrections", False)):
        own = [lesson for lesson in held if (lesson.when > now - RECENT) == recent]
        rows = capped_rows([lesson.person for lesson in own])
        judge[name] = tuple(own[row] for row in rows)
    return Lessons(teach, judge)


def as_training(lessons: Sequence[Lesson]) -> "list[Example]":
    """Lessons as weighted examples, nobody's weighing more than a fifth of them all."""
    from ml.learning import Correction as Taught
    from ml.learning import as_examples

    return as_examples(
        [Taught(x.text, x.language, x.component, x.person, x.when, x.why) for x in lessons]
    )


def as_judges(lessons: Sequence[Lesson]) -> "list[Example]":
    """Lessons as examples to judge a model on."""
    from ml import taxonomy
    from ml.corpus import Example

    return [
        Example(x.text, x.language, "corrections", taxonomy.domain_of(x.component), x.component)
        for x in lessons
    ]


def doubted(lessons: Sequence[Lesson], doubts: Sequence[Any]) -> list[dict[str, Any]]:
    """The label-error report: corrections that models which had not seen them do not believe."""
    return [
        {
            "kind": lessons[d.row].kind,
            "id": lessons[d.row].public_id,
            "given": d.given,
            "likely": d.likely,
            "belief": d.belief,
        }
        for d in doubts
    ]
