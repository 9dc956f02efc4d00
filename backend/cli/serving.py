"""The web server and the worker."""

import ctypes
import signal
import subprocess
import sys
import threading

import click
from flask import Flask

from backend.cli.house import open_app
from backend.core.settings import Settings

PR_SET_PDEATHSIG = 1
COMPANION = "from backend.cli.serving import accompany; accompany()"


def _end_with_parent() -> None:
    """Have the kernel end this process when the one that started it is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def application() -> Flask:
    """The application of one web process."""
    _end_with_parent()
    return open_app()


def _work_until_told(app: Flask) -> None:
    """Run jobs, and receive letters where the settings say so, until a signal comes."""
    from backend.core.jobs import Worker
    from backend.notifications.inbound import start_inbound

    helper, letters = Worker(app), start_inbound(app)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: helper.stop())
    thread = threading.Thread(target=helper.run)
    thread.start()
    while thread.is_alive():
        thread.join(0.5)
    if letters:
        letters.stop()


def accompany() -> None:
    """The worker that `vox serve` keeps beside its web processes."""
    _end_with_parent()
    _work_until_told(open_app())


class Companion:
    """Keeps one worker process running beside the web server, and starts it again if it falls.

    It is a process of its own: web processes are forked, and an SQLite connection must never
    be open in the process that forks.
    """

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start the worker and watch over it."""
        self._thread.start()

    def stop(self) -> None:
        """End the worker once its present job is done."""
        self._ended.set()
        self._thread.join(30)

    def _keep(self) -> None:
        # The parent-death signal is bound to the thread that starts the process: this one.
        while not self._ended.is_set():
            self._process = subprocess.Popen([sys.executable, "-c", COMPANION])  # noqa: S603
            while self._process.poll() is None and not self._ended.wait(0.5):
                pass
            if self._process.poll() is None:
                self._process.terminate()
                self._process.wait(20)
            self._ended.wait(1.0)


@click.command()
@click.option("--port", type=int, help="Port to listen on; default: PORT or 8000.")
@click.option("--host", help="Address to listen on; default: VOX_HOST or 127.0.0.1.")
@click.option("--worker/--no-worker", default=None, help="Run jobs inside this process.")
def serve(port: int | None, host: str | None, worker: bool | None) -> None:
    """Serve the city, with a worker and the scheduler beside it."""
    from granian import Granian
    from granian.constants import Interfaces

    settings = Settings.from_env()
    companion = Companion() if (settings.embedded_worker if worker is None else worker) else None
    if companion:
        companion.start()
    address, listen = host or settings.host, port or settings.port
    server = Granian(
        "backend.cli.serving:application",
        factory=True,
        address=address,
        port=listen,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=settings.threads,
        backlog=1024,
        respawn_failed_workers=True,
        workers_kill_timeout=15,
        log_access=False,
        log_level="error",  # type: ignore[arg-type]
        websockets=False,
    )
    click.echo(f"Serving on http://{address}:{listen} (Ctrl+C ends)")
    server.serve()
    if companion:
        companion.stop()


@click.command()
@click.option("--once", is_flag=True, help="Run what is due now, then end.")
def worker(once: bool) -> None:
    """Run jobs and the scheduler; start as many as you like."""
    from backend.core.db import db
    from backend.core.jobs import run_pending, schedule

    app = open_app()
    if once:
        with app.app_context():
            schedule(db.session)  # type: ignore[arg-type]
            names = run_pending(db.session, limit=100_000)  # type: ignore[arg-type]
        click.echo(f"{len(names)} jobs done.")
        return
    click.echo("Working (Ctrl+C ends)")
    _work_until_told(app)
