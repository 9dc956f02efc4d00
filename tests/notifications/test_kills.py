"""A worker that dies at any moment loses no news, and hardly ever tells it twice."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from backend.core.clock import utcnow
from backend.core.db import db, reading
from backend.core.jobs import Job
from backend.notifications.messages import Recipient
from backend.notifications.models import Delivery
from tests.notifications.news import add_device, tell
from tests.support.house import dispose
from tests.support.process import Served
from tests.support.servers import wait_until

EVENTS = int(os.environ.get("VOX_TEST_EVENTS", "2000"))
KILLS = int(os.environ.get("VOX_TEST_KILLS", "50"))
DEVICES = 4
DUPLICATES = 0.01


@pytest.fixture(autouse=True)
def clock() -> None:
    """The workers are processes of their own: here the clock is the true one."""


def _left() -> int:
    waiting = select(func.count()).select_from(Delivery).where(Delivery.state == "waiting")
    with reading():  # the workers need the writer's place
        left = int(db.session.execute(waiting).scalar_one())
        db.session.rollback()
    return left


def _end_leases() -> None:
    """As five minutes later: what a dead worker had in hand is free again."""
    dead = update(Job).where(Job.state == "running").values(locked_until=utcnow())
    db.session.execute(dead.execution_options(synchronize_session=False))
    db.session.commit()


@pytest.mark.bars
@pytest.mark.timeout(1800)
def test_killed_workers_lose_nothing_and_double_little(
    make_app, database_url: str, tmp_path: Path, push_service, person
) -> None:
    seed = int(os.environ.get("VOX_TEST_SEED", str(random.randrange(10**6))))
    print(f"VOX_TEST_SEED={seed} repeats the moments of the kills")
    dice = random.Random(seed)
    ana = person("ana")
    app = make_app(mail_url="null:")
    with app.app_context():
        for number in range(DEVICES):
            add_device(db.session, ana, "fcm", f"phone-{number}")
        for number in range(EVENTS // DEVICES):
            tell(db.session, Recipient.account(ana.id), key=f"e{number}", at_once=True)
    served = Served(
        database_url,
        tmp_path / "served",
        VOX_FIREBASE_PROJECT="demo-city",
        VOX_FCM_URL=push_service.url,
        VOX_MAIL_URL="null:",
    )
    with app.app_context():
        try:
            for _ in range(KILLS):
                before = len(push_service.calls)
                served.start("worker")
                wait_until(lambda seen=before: len(push_service.calls) > seen, "news", 120)
                time.sleep(dice.uniform(0.05, 1.0))
                served.kill("worker")
            _end_leases()
            served.start("worker")
            wait_until(lambda: not _left(), "all news", 900)
        finally:
            served.stop()
    told = Counter(
        (call["json"]["message"]["data"]["id"], call["json"]["message"]["token"])
        for call in push_service.calls
    )
    doubled = sum(times - 1 for times in told.values())
    print(f"{KILLS} kills, {len(told)} pieces of news, {doubled} twice")
    assert len(told) == EVENTS // DEVICES * DEVICES, "none is lost"
    assert doubled <= max(1, DUPLICATES * EVENTS)
    dispose(app)
