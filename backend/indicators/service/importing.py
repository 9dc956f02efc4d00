"""Taking figures in, and raising an alert where one passes a threshold."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound
from backend.indicators.catalogue import series_codes
from backend.indicators.models import SeriesAlert, SeriesImport, SeriesPoint, SeriesWatch
from backend.indicators.official import Figure, Rule, figures_of, read_observations

STREAM = "indicators"
KINDS = ("official", "sensor", "delivery")
MOST_POINTS = 100_000


@dataclass(frozen=True, slots=True)
class SeriesFile:
    """A file of figures: its form, its text, where it is from, and what its cells mean."""

    form: str
    body: str
    name: str
    source: str
    rules: Sequence[Rule] = ()
    kind: str = "official"


def import_series(session: Session, actor: Actor, file: SeriesFile) -> int:
    """Take in a file; a later file's figure takes the place of an earlier one's. How many."""
    authorise(actor, "indicators.import")
    if file.kind not in KINDS:
        raise Invalid(errors={"kind": _("The kind is official, sensor or delivery.")})
    found = {
        (figure.series, figure.city, figure.period): figure
        for figure in figures_of(read_observations(file.form, file.body), file.rules)
    }
    if not found:
        raise Invalid(errors={"file": _("No figure of this file fits the catalogue's series.")})
    if len(found) > MOST_POINTS:
        raise Invalid(errors={"file": _("Take in at most %(n)s figures at once.", n=MOST_POINTS)})
    public_id, digest = new_public_id(), hashlib.sha256(file.body.encode()).hexdigest()
    import_id = session.execute(
        insert(SeriesImport)
        .values(
            public_id=public_id, form=file.form, name=file.name[:200], source=file.source[:300],
            digest=digest, points=len(found), imported_by=actor.key[:60], imported_at=utcnow(),
        )
        .returning(SeriesImport.id)
    ).scalar_one()  # fmt: skip
    _replace(session, list(found.values()), import_id, file.kind)
    told = {"name": file.name[:200], "digest": digest, "points": len(found)}
    append(session, STREAM, public_id, "imported", actor.key, told)
    _look_for_alerts(session, found.values())
    return len(found)


def _replace(session: Session, figures: list[Figure], import_id: int, kind: str) -> None:
    key = tuple_(SeriesPoint.series, SeriesPoint.city, SeriesPoint.period)
    for start in range(0, len(figures), 200):
        part = figures[start : start + 200]
        session.execute(
            delete(SeriesPoint)
            .where(key.in_([(f.series, f.city, f.period) for f in part]))
            .execution_options(synchronize_session=False)
        )
        rows: list[dict[str, Any]] = [
            {
                "series": f.series, "city": f.city, "period": f.period, "value": f.value,
                "flags": f.flags[:20] if f.flags else None, "kind": kind, "import_id": import_id,
            }
            for f in part
        ]  # fmt: skip
        session.execute(insert(SeriesPoint), rows)


def _look_for_alerts(session: Session, figures: Iterable[Figure]) -> None:
    """Raise an alert where a series' newest own figure passes a threshold, once a period."""
    watched: dict[str, list[Any]] = {}
    for row in session.execute(
        select(SeriesWatch.id, SeriesWatch.series, SeriesWatch.above, SeriesWatch.below).where(
            SeriesWatch.retired_at.is_(None)
        )
    ):
        watched.setdefault(row.series, []).append(row)
    newest: dict[str, Figure] = {}
    for figure in figures:
        if figure.city or figure.value is None:
            continue
        if figure.series not in newest or newest[figure.series].period < figure.period:
            newest[figure.series] = figure
    for figure in newest.values():
        for watch in watched.get(figure.series, ()):
            value = figure.value or 0.0
            high = watch.above is not None and value > watch.above
            low = watch.below is not None and value < watch.below
            if high or low:
                values = {
                    "public_id": new_public_id(), "watch_id": watch.id, "period": figure.period,
                    "value": value, "raised_at": utcnow(),
                }  # fmt: skip
                insert_ignore(session, SeriesAlert, values, ("watch_id", "period"))


def watch_series(
    session: Session,
    actor: Actor,
    series: str,
    *,
    above: float | None = None,
    below: float | None = None,
    note: str = "",
) -> str:
    """Watch a series: a figure above or below raises an alert on the desk."""
    authorise(actor, "indicators.watch")
    if series not in series_codes():
        raise Invalid(errors={"series": _("Choose a series of the catalogue.")})
    if above is None and below is None:
        raise Invalid(errors={"above": _("Give a highest or a lowest value.")})
    if above is not None and below is not None and below >= above:
        raise Invalid(errors={"below": _("The lowest value lies below the highest.")})
    public_id = new_public_id()
    session.execute(
        insert(SeriesWatch).values(
            public_id=public_id, series=series, above=above, below=below, note=note[:300],
            created_at=utcnow(),
        )
    )  # fmt: skip
    told = {"series": series, "above": above, "below": below}
    append(session, STREAM, public_id, "watched", actor.key, told)
    return public_id


def change_watch(
    session: Session,
    actor: Actor,
    public_id: str,
    *,
    above: float | None = None,
    below: float | None = None,
    note: str = "",
) -> str:
    """Watch the same series with other limits; alerts keep the limits that they passed."""
    authorise(actor, "indicators.watch")
    series = end_watch(session, actor, public_id)
    return watch_series(session, actor, series, above=above, below=below, note=note)


def end_watch(session: Session, actor: Actor, public_id: str) -> str:
    """Stop watching; which series it was. Its alerts stay."""
    authorise(actor, "indicators.watch")
    found = session.execute(
        update(SeriesWatch)
        .where(SeriesWatch.public_id == public_id[:16], SeriesWatch.retired_at.is_(None))
        .values(retired_at=utcnow())
        .returning(SeriesWatch.series)
    ).scalar()
    if found is None:
        raise NotFound()
    append(session, STREAM, public_id[:16], "watch_ended", actor.key, {"series": found})
    return str(found)


def see_alert(session: Session, actor: Actor, public_id: str, answer: str) -> None:
    """Say what is done about an alert."""
    authorise(actor, "indicators.see_alert")
    if len(answer.strip()) < 3:
        raise Invalid(errors={"answer": _("Write what is done about it.")})
    alert = session.execute(
        select(SeriesAlert).where(SeriesAlert.public_id == public_id[:16]).with_for_update()
    ).scalar_one_or_none()
    if alert is None:
        raise NotFound()
    if alert.seen_at is not None:
        raise Conflict(_("Somebody has looked at this alert already."))
    alert.seen_at, alert.seen_by, alert.answer = utcnow(), actor.key[:60], answer.strip()[:500]
    append(session, STREAM, alert.public_id, "alert_seen", actor.key, {"answer": alert.answer})
