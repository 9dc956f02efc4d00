"""Whole requests over HTTP: our list and our post beside the barest thing that does the same."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any

import requests
from sqlalchemy import text

from backend.core.db import db
from backend.core.settings import Settings
from tools.bench.bare import bare_application
from tools.bench.places import house

SECONDS, ROUNDS = 3, 5
LIST = "/api/v1/reports?limit=50&status=received"
BODY = (
    '{"text":"The lamp at the corner is broken since Monday","language":"en",'
    '"place":{"type":"Point","coordinates":[%s,%s]}}'
)


def application() -> Callable[[Any, Any], Iterable[bytes]]:
    """Our application beside the bare one; for granian's processes."""
    from backend.app import create_app

    settings = Settings.from_env()
    app = create_app(settings)
    app.extensions["vox-limiter"].hit = lambda *_: (True, 1_000_000, time.time() + 60)
    with app.test_client() as client:
        bare = bare_application(settings, client.get(LIST).get_data())

    def wsgi(environ: Any, start: Any) -> Iterable[bytes]:
        chosen = bare if environ["PATH_INFO"].startswith("/bare/") else app
        return chosen.wsgi_app(environ, start)

    return wsgi


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def server(settings: Settings) -> Iterator[str]:
    """Our application and its bare twins on two granian workers."""
    port = _free_port()
    env = os.environ | {
        "VOX_ENV": "test", "VOX_DATA_DIR": str(settings.data_dir), "VOX_LOG_LEVEL": "error",
        "VOX_DATABASE_URL": settings.database_url, "VOX_SECRET_KEY": settings.secret_key,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }  # fmt: skip
    command = [
        str(Path(sys.executable).with_name("granian")), "tools.bench.web:application", "--factory",
        "--interface", "wsgi", "--workers", "2", "--blocking-threads", str(settings.threads),
        "--port", str(port), "--no-access-log", "--log-level", "error",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=env)
    try:
        yield _ready(process, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ready(process: subprocess.Popen[bytes], address: str) -> str:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"The server ended with {process.returncode} before it was ready.")
        with suppress(requests.ConnectionError):
            if requests.get(address + "/health/ready", timeout=5).ok:
                return address
        time.sleep(0.2)
    raise SystemExit("The server was not ready within a minute.")


def wrk() -> str:
    """The program that asks; it is not a Python package, so it has to be there."""
    found = shutil.which("wrk")
    if found is None:
        raise SystemExit("`wrk` is needed to measure requests: install it (apt install wrk).")
    return found


def rate(url: str, body: str | None = None, seconds: int = SECONDS) -> float:
    """Requests per second, by eight connections; every answer has to be a success."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if body:
            script.write(
                f"wrk.method='POST'\nwrk.body='{body}'\n"
                "wrk.headers['Content-Type']='application/json'\n"
            )
            script.flush()
        done = subprocess.run(
            [wrk(), "-t1", "-c8", f"-d{seconds}s", "-s", script.name, url],
            capture_output=True, text=True, timeout=seconds + 30, check=True,
        )  # fmt: skip
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout or found is None:
        answer = requests.request("POST" if body else "GET", url, data=body, timeout=10,
                                  headers={"Content-Type": "application/json"})  # fmt: skip
        raise SystemExit(f"{url} failed:\n{done.stdout}\n{answer.status_code} {answer.text[:600]}")
    return float(found.group(1))


def fsyncs_per_second(folder: Path, seconds: float = 1.0) -> float:
    """What the disk can do: appended blocks forced to it, one after the other."""
    path, number = folder / "fsync", 0
    started = time.perf_counter()
    with path.open("wb") as file:
        while time.perf_counter() - started < seconds:
            file.write(b"x" * 4096)
            file.flush()
            os.fdatasync(file.fileno())
            number += 1
    path.unlink()
    return number / seconds


def measure(engine: str) -> list[tuple[str, float, float, str]]:
    """(name, share, goal, remark) of the list and of the post on one kind of database."""
    from tools.bench.fill import fill

    wrk()
    with house(engine) as app:
        with app.app_context():
            fill(db.session, 9_000)
            key = "INTEGER PRIMARY KEY" if engine == "sqlite" else "BIGSERIAL PRIMARY KEY"
            db.session.execute(text(f"CREATE TABLE bench_row (id {key}, body TEXT)"))
            db.session.commit()
            inside = "SELECT lon, lat FROM report WHERE district_id IS NOT NULL ORDER BY id LIMIT 1"
            centre = db.session.execute(text(inside)).one()
            db.session.remove()
        body = BODY % (centre[0], centre[1])
        disk = fsyncs_per_second(app.config["VOX"].data_dir)
        with server(app.config["VOX"]) as address:
            rate(address + LIST, seconds=2)
            rate(address + "/api/v1/reports", body, seconds=2)
            lists, posts = [], []
            for _ in range(ROUNDS):
                lists.append((rate(address + LIST), rate(address + "/bare/list")))
                posts.append(
                    (rate(address + "/api/v1/reports", body), rate(address + "/bare/insert", "{}"))
                )
    goal = 0.45 if engine == "sqlite" else 0.6
    return [
        (f"{engine}: list of 50 beside a bare view", *_share(lists, 0.25), _remark(lists)),
        (f"{engine}: post beside a bare durable insert", *_share(posts, goal),
         _remark(posts) + f", disk {disk:.0f} fsyncs/s"),
    ]  # fmt: skip


def _share(pairs: list[tuple[float, float]], goal: float) -> tuple[float, float]:
    return median(ours / bare for ours, bare in pairs), goal


def _remark(pairs: list[tuple[float, float]]) -> str:
    ours, bare = median(p[0] for p in pairs), median(p[1] for p in pairs)
    return f"{ours:.0f}/s beside {bare:.0f}/s"
