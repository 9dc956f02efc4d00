"""Writing values: append only; what has not changed is not written again."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.jobs import enqueue
from backend.core.ledger import append
from backend.core.policy import authorise
from backend.core.problems import Invalid
from backend.indicators.catalogue import catalogue
from backend.indicators.computing import Computed, Value, compute_period
from backend.indicators.models import IndicatorRun, IndicatorValue, ParticipationTable
from backend.indicators.periods import Period

STREAM = "indicators"
MOST_PERIODS = 120
_Key = tuple[str, str, str]
_COMPARED = ("value", "score", "low", "high", "n", "coverage", "state", "flags", "source_period")


def start_run(session: Session, actor: Actor, periods: Iterable[Period]) -> str:
    """Ask for periods to be computed: a job for each, with its progress; the run's id."""
    authorise(actor, "indicators.compute")
    wanted = [str(period) for period in periods]
    if not 1 <= len(wanted) <= MOST_PERIODS:
        raise Invalid(errors={"periods": _("Ask for 1 to %(n)s periods.", n=MOST_PERIODS)})
    run = open_run(session, actor, wanted)
    for period in wanted:
        enqueue(session, "indicators.compute", {"run": run, "period": period})
    return run


def open_run(session: Session, actor: Actor, periods: list[str]) -> str:
    """Note a computing that begins."""
    public_id = new_public_id()
    values = {
        "public_id": public_id, "periods": periods, "method": catalogue().method,
        "state": "waiting", "done": 0, "total": len(periods), "changed": 0,
        "asked_by": actor.key[:60], "created_at": utcnow(),
    }  # fmt: skip
    session.execute(insert(IndicatorRun).values(**values))
    append(session, STREAM, public_id, "compute", actor.key, {"periods": periods})
    return public_id


def store(session: Session, run: str, computed: Computed) -> int:
    """Write what was computed; the number of values that are new or differ."""
    run_id = session.execute(
        select(IndicatorRun.id).where(IndicatorRun.public_id == run).with_for_update()
    ).scalar_one()
    changed = _store_values(session, run_id, computed)
    changed += _store_tables(session, computed)
    done = session.execute(
        update(IndicatorRun)
        .where(IndicatorRun.id == run_id)
        .values(done=IndicatorRun.done + 1, changed=IndicatorRun.changed + changed, state="running")
        .returning(IndicatorRun.done, IndicatorRun.total)
        .execution_options(synchronize_session=False)
    ).one()
    if done.done >= done.total:
        session.execute(
            update(IndicatorRun)
            .where(IndicatorRun.id == run_id)
            .values(state="done", finished_at=utcnow())
            .execution_options(synchronize_session=False)
        )
    return changed


def _store_values(session: Session, run_id: int, computed: Computed) -> int:
    present = _present(session, computed.period)
    now, method = utcnow(), catalogue().method
    fresh, stale = [], []
    for value in computed.values:
        key = (value.code, value.profile, value.district)
        old = present.get(key)
        if old is not None and _same(old, value, method):
            continue
        if old is not None and old["is_current"]:
            stale.append(old["id"])
        fresh.append(_row(value, old["revision"] + 1 if old else 1) | {
            "method": method, "run_id": run_id, "computed_at": now, "is_current": True,
        })  # fmt: skip
    for start in range(0, len(stale), 500):
        session.execute(
            update(IndicatorValue)
            .where(IndicatorValue.id.in_(stale[start : start + 500]))
            .values(is_current=False)
            .execution_options(synchronize_session=False)
        )
    if fresh:
        session.execute(insert(IndicatorValue), fresh)
    return len(fresh)


def _present(session: Session, period: str) -> dict[_Key, Any]:
    """The last revision of every value of a period."""
    rows = session.execute(
        select(
            IndicatorValue.id, IndicatorValue.code, IndicatorValue.profile,
            IndicatorValue.district, IndicatorValue.revision, IndicatorValue.method,
            IndicatorValue.inputs_hash, IndicatorValue.is_current,
            *(getattr(IndicatorValue, name) for name in _COMPARED),
        )
        .where(IndicatorValue.period == period)
        .order_by(IndicatorValue.revision)
    )  # fmt: skip
    return {(r.code, r.profile, r.district): r._mapping for r in rows}


def _same(old: Any, value: Value, method: str) -> bool:
    return (
        bool(old["is_current"])
        and old["method"] == method
        and old["inputs_hash"] == value.inputs_hash
        and all(old[name] == getattr(value, name) for name in _COMPARED)
    )


def _row(value: Value, revision: int) -> dict[str, Any]:
    return {name: getattr(value, name) for name in Value.__slots__} | {"revision": revision}


def _store_tables(session: Session, computed: Computed) -> int:
    changed = 0
    for attribute, content in computed.tables.items():
        where = (
            ParticipationTable.period == computed.period,
            ParticipationTable.attribute == attribute,
        )
        last = session.execute(
            select(ParticipationTable.content).where(
                *where, ParticipationTable.is_current.is_(True)
            )
        ).scalar()
        if last == content:
            continue
        number = session.execute(select(func.max(ParticipationTable.revision)).where(*where))
        session.execute(
            update(ParticipationTable)
            .where(*where)
            .values(is_current=False)
            .execution_options(synchronize_session=False)
        )
        session.execute(
            insert(ParticipationTable).values(
                period=computed.period, attribute=attribute,
                revision=int(number.scalar() or 0) + 1, is_current=True, content=content,
                inputs_hash=content["inputs_hash"], computed_at=utcnow(),
            )
        )  # fmt: skip
        changed += 1
    return changed


def compute_now(
    session: Session, actor: Actor, periods: Iterable[Period]
) -> Iterator[tuple[str, int]]:
    """Compute periods one after the other and store each; how many values changed."""
    authorise(actor, "indicators.compute")
    wanted = list(periods)
    run = open_run(session, actor, [str(period) for period in wanted])
    for period in wanted:
        yield str(period), store(session, run, compute_period(session, period))


def differences(session: Session, period: Period) -> list[str]:
    """What a computing of today gives otherwise than the store has it, a line a value."""
    present = _present(session, str(period))
    found = []
    for value in compute_period(session, period).values:
        old = present.get((value.code, value.profile, value.district))
        where = f"{value.period} {value.profile} {value.code} {value.district}".strip()
        if old is None:
            found.append(f"{where}: not in the store, now {value.value}")
        elif old["value"] != value.value or old["state"] != value.state:
            found.append(f"{where}: stored {old['value']}, now {value.value}")
    return found
