"""The indicators' page from a warm store: the first page of a reader, answered from memory."""

import time
from collections.abc import Callable, Iterator
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

GOAL_MS = 50.0
TIMES = 40
PAGES = ("/indicators/", "/indicators/?profile=official", "/indicators/SG-PS")


def measure() -> Iterator[tuple[str, float, float, str]]:
    """Each page: the median of its answers in milliseconds, the goal, and a remark."""
    from backend.app import create_app
    from backend.core.db import db
    from backend.core.settings import Settings

    with TemporaryDirectory(prefix="vox-bench-") as folder:
        app = create_app(Settings.from_env({"VOX_DATA_DIR": folder, "VOX_LOG_LEVEL": "error"}))
        with app.app_context():
            db.create_all()
            _fill(db.session())
        client = app.test_client()

        def ask(address: str) -> Callable[[], object]:
            return lambda: client.get(address)

        for address in PAGES:
            taken, work = _times(ask(address))
            yield address, taken, GOAL_MS, f"ms in process, {work:.0f} of them computing"


def _fill(session: Session) -> None:
    """A year and its quarters with official figures, as the store holds them."""
    from backend.core.actor import SYSTEM
    from backend.indicators.demo import fill_demo
    from backend.indicators.periods import Period
    from backend.indicators.service.storing import compute_now

    fill_demo(session, SYSTEM)
    list(compute_now(session, SYSTEM, [*(Period(2025, n) for n in range(1, 5)), Period(2025)]))
    session.commit()


def _times(act: Callable[[], object]) -> tuple[float, float]:
    act()
    taken, work = [], []
    for _n in range(TIMES):
        wall, own = time.perf_counter(), time.process_time()
        act()
        taken.append(1000 * (time.perf_counter() - wall))
        work.append(1000 * (time.process_time() - own))
    return median(taken), median(work)
