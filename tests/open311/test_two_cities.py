"""Two instances of the house over a bad line: each report and each answer arrives once."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image, ImageDraw
from sqlalchemy import func, select
from sqlalchemy import text as sql
from werkzeug.serving import make_server

from backend.accounts.service.partners import create_api_key
from backend.core.actor import ANONYMOUS, SYSTEM
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.jobs import Job, enqueue, run_pending
from backend.media.develop import develop
from backend.media.models import Photo
from backend.media.service import keep
from backend.open311.partners import service
from backend.open311.partners.models import Dispatch, OutsidePartner
from backend.reports.models import Report, ReportUpdate
from backend.reports.service import NewReport, Step, assign, change_status, submit_report
from tests.reports.conftest import HERE, TRIAGE, found_city
from tests.support.badline import BadLine, bad_line
from tests.support.databases import PostgresDatabase, make_schema
from tests.support.house import build, dispose
from tests.support.process import Served
from tests.support.servers import Missing, free_port, postgres_server, skip_or_fail

MOST_ROUNDS = 80


@dataclass
class Pair:
    """The city that sends, in this process, and the one that receives, a server of its own."""

    ours: Flask
    theirs: Flask
    line: BadLine
    partner: str


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Two databases of the same kind: one with the schema, and a bare one."""
    if request.param == "sqlite":
        ours = f"sqlite:///{tmp_path / 'ours.sqlite3'}"
        make_schema(ours)
        yield ours, f"sqlite:///{tmp_path / 'theirs.sqlite3'}"
        return
    try:
        server = postgres_server()
    except Missing as missing:
        skip_or_fail(missing)
        raise
    first = PostgresDatabase(server, make_schema)
    second = PostgresDatabase(server, lambda _url: None)
    yield first.url, second.url
    first.drop()
    second.drop()


@contextmanager
def at(app: Flask) -> Iterator[Any]:
    """A session of one of the two cities."""
    with app.app_context():
        try:
            yield db.session()
        finally:
            db.session.remove()


@contextmanager
def in_this_process(app: Flask) -> Iterator[int]:
    """The other city's server as threads of this process, at whose port."""
    server = make_server("127.0.0.1", free_port(), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextmanager
def as_an_operator_runs_it(url: str, folder: Path) -> Iterator[int]:
    """The other city's server as a process of its own, at whose port."""
    served = Served(url, folder, VOX_EMBEDDED_WORKER="0")
    served.start("serve")
    try:
        served.wait_ready(180)
        yield served.port
    finally:
        served.stop()


@pytest.fixture
def pair(request: pytest.FixtureRequest, urls: tuple[str, str], tmp_path: Path) -> Iterator[Pair]:
    """Both cities, joined by a bad line."""
    whole = request.node.get_closest_marker("bars") is not None
    folder = tmp_path / "theirs"
    if whole:
        Served(urls[1], folder).run("migrate")
    else:
        make_schema(urls[1])
    theirs = build(urls[1], folder)
    with at(theirs) as session:
        found_city(session)
        _id, key = create_api_key(
            session, SYSTEM, "neighbours", scopes=("read", "write"), rate="1000000 per hour"
        )
        session.commit()
    ours = build(urls[0], tmp_path / "ours", outward_hosts=("127.0.0.1",))
    serving = as_an_operator_runs_it(urls[1], folder) if whole else in_this_process(theirs)
    try:
        with serving as port, bad_line(port) as line:
            with at(ours) as session:
                found_city(session)
                values = {"name": "Parks next door", "department": "parks", "api_key": key,
                          "url": line.url + "/open311/v2", "photos": "multipart"}  # fmt: skip
                partner = service.add_partner(session, SYSTEM, values)
                session.commit()
            yield Pair(ours, theirs, line, partner)
    finally:
        dispose(ours)
        dispose(theirs)


def let_time_pass(session: Any) -> None:
    """What is due later is due now."""
    session.query(Job).filter(Job.state == "waiting").update({"run_at": utcnow()})
    session.query(OutsidePartner).update({"rests_until": None})
    session.commit()
    run_pending(session, limit=20_000)


def send_all(session: Any, partner: str, number: int) -> list[str]:
    """Report so many things, each with a photo, and work until nothing is under way."""
    picture = Image.new("RGB", (320, 240), "olive")
    ImageDraw.Draw(picture).ellipse((60, 40, 260, 200), fill="brown")
    file = BytesIO()
    picture.save(file, "JPEG")
    developed = develop(file.getvalue())
    while not session.execute(select(func.max(OutsidePartner.checked_at))).scalar():
        enqueue(session, "open311.check_partner", {"partner": partner})
        let_time_pass(session)
    sent = []
    for index in range(number):
        photo = keep(session, ANONYMOUS, developed)
        new = NewReport(f"Fallen tree number {index}", service="tree", place=HERE, photos=[photo])
        sent.append(submit_report(session, ANONYMOUS, new).public_id)
        session.commit()
    for _round in range(MOST_ROUNDS):
        let_time_pass(session)
        left = select(func.count()).where(Dispatch.state.in_(("waiting", "unclear", "token")))
        known = session.execute(select(func.count()).select_from(Dispatch)).scalar_one()
        if known == number and not session.execute(left).scalar_one():
            break
    return sent


def exchange(pair: Pair, number: int) -> dict[str, Any]:
    """Send reports over, let the other city answer each, and hear it; what was measured."""
    began = time.monotonic()
    with at(pair.ours) as session:
        sent = send_all(session, pair.partner, number)
        states = Counter(session.execute(select(Dispatch.state)).scalars())
        numbers = dict(session.execute(select(Dispatch.report, Dispatch.remote_id)).all())
    assert states == {"sent": number}, states
    over = time.monotonic() - began
    answers = {}
    with at(pair.theirs) as session:
        rows = session.execute(select(Report.public_id, Report.source_id, Report.photos)).all()
        assert sorted(row.source_id for row in rows) == sorted(sent)
        assert {row.source_id: row.public_id for row in rows} == numbers
        assert {row.photos for row in rows} == {1}
        attached = select(func.count()).where(Photo.target_id.is_not(None))
        assert session.execute(attached).scalar_one() == number
        for index, row in enumerate(rows):
            answers[row.source_id] = f"The crew comes on day {index}."
            step = Step("in_progress", answers[row.source_id])
            assign(session, TRIAGE, row.public_id, department="parks")
            change_status(session, TRIAGE, row.public_id, step)
            session.commit()
    began = time.monotonic()
    with at(pair.ours) as session:
        for _round in range(MOST_ROUNDS):
            enqueue(session, "open311.fetch", {"partner": pair.partner})
            let_time_pass(session)
            heard = session.execute(
                sql("select count(*) from open311_partner_update where outcome = 'taken'")
            ).scalar_one()
            if heard >= number:
                break
        for _again in range(3):
            enqueue(session, "open311.fetch", {"partner": pair.partner})
            let_time_pass(session)
        told = session.execute(
            select(Report.public_id, Report.status, ReportUpdate.text)
            .join(ReportUpdate, ReportUpdate.report_id == Report.id)
            .where(ReportUpdate.kind != "note", ReportUpdate.text != "")
        ).all()
    assert sorted((row.public_id, row.text) for row in told) == sorted(answers.items())
    assert {row.status for row in told} == {"in_progress"}
    return {"reports": number, "updates": len(told), "line": dict(pair.line.done),
            "sending_s": round(over), "hearing_s": round(time.monotonic() - began)}  # fmt: skip


def test_twenty_reports_and_answers_arrive_once_over_a_bad_line(pair: Pair) -> None:
    pair.line.share = 0.5
    found = exchange(pair, 20)
    assert sum(found["line"].values()) > found["line"]["well"] > 0


@pytest.mark.bars
@pytest.mark.timeout(3600)
def test_a_thousand_reports_and_answers_arrive_once_over_a_bad_line(
    pair: Pair, record_property: Any
) -> None:
    found = exchange(pair, int(os.environ.get("VOX_TEST_EXCHANGED", "1000")))
    for name, value in found.items():
        record_property(name, value)
    print(found)
