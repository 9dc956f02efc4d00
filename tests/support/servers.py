"""Finding or starting the servers that tests talk to over a real connection."""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest


class Missing(Exception):
    """A server is neither running nor installed here."""


def free_port() -> int:
    """A port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Wait for a server to answer; say which one did not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if ready():
                return
        time.sleep(0.02)
    raise Missing(f"{what} did not answer within {seconds:.0f} s")


def listens(port: int) -> bool:
    """Whether something accepts connections on this port of the loopback address."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def start(
    command: list[str], *, port: int, what: str, **options: object
) -> subprocess.Popen[bytes]:
    """Start a server that dies with this process, and wait until it listens."""
    process = subprocess.Popen(  # type: ignore[call-overload]
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
    )
    atexit.register(stop, process)

    def ready() -> bool:
        if process.poll() is not None:
            raise Missing(f"{what} ended at once with code {process.returncode}")
        return listens(port)

    wait_until(ready, what)
    return process  # type: ignore[no-any-return]


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server politely, then for certain."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def skip_or_fail(missing: Missing) -> None:
    """A newcomer without the server skips, loudly; the build, which must have it, fails."""
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(f"CI needs it: {missing}", pytrace=False)
    pytest.skip(f"{missing} (set CI=true to make this a failure)")


# PostgreSQL ------------------------------------------------------------------------------


def _answers(url: str) -> bool:
    import psycopg

    try:
        with psycopg.connect(url.replace("+psycopg", ""), connect_timeout=3) as connection:
            role = connection.execute("select rolsuper from pg_roles where rolname = current_user")
            return bool((role.fetchone() or [False])[0])
    except psycopg.Error:
        return False


def _postgres_programs() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise Missing("PostgreSQL is not running on 127.0.0.1:5432 and no initdb was found")


def _other_user() -> dict[str, object]:
    """Options that run a child as somebody else: PostgreSQL refuses to serve as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Missing("PostgreSQL refuses root, and there is no user postgres or nobody")


def _private_postgres() -> str:
    programs, other = _postgres_programs(), _other_user()
    folder = tempfile.mkdtemp(prefix="vox-postgres-", dir="/dev/shm" if _roomy_memory() else None)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if other:
        os.chown(folder, other["user"], other["group"])  # type: ignore[arg-type]
    data, port = f"{folder}/data", free_port()
    subprocess.run(  # type: ignore[call-overload]
        [
            programs / "initdb",
            *("-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"),
            "--locale=C.UTF-8",
            "--no-sync",
        ],
        check=True,
        capture_output=True,
        cwd="/",
        timeout=120,
        **other,
    )
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "full_page_writes": "off",
        "max_connections": 200,
    }
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    command = [str(programs / "postgres"), "-D", data, *options]
    start(command, port=port, what="a private PostgreSQL", cwd="/", **other)
    url = f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    wait_until(lambda: _answers(url), "a private PostgreSQL")
    return url


def _roomy_memory() -> bool:
    """Whether the memory disk has room for a test database (containers often give it 64 MB)."""
    with contextlib.suppress(OSError):
        return shutil.disk_usage("/dev/shm").free > 1 << 30
    return False


@cache
def postgres_server() -> str:
    """The address of a PostgreSQL on which tests may create databases."""
    named = os.environ.get("VOX_TEST_POSTGRES_URL")
    if named:
        if not _answers(named):
            raise Missing("VOX_TEST_POSTGRES_URL does not answer as a superuser")
        return named
    for user in ("postgres", os.environ.get("USER", "root")):
        local = f"postgresql+psycopg://{user}@127.0.0.1:5432/postgres"
        if _answers(local):
            return local
    return _private_postgres()


# Redis -----------------------------------------------------------------------------------


@cache
def redis_server() -> str:
    """The address of a Redis of our own (or the one that VOX_TEST_REDIS_URL names)."""
    named = os.environ.get("VOX_TEST_REDIS_URL")
    if named:
        return named
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if not program:
        raise Missing("no redis-server was found")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"]
    start([*command, "--appendonly", "no"], port=port, what="a private Redis")
    return f"redis://127.0.0.1:{port}/0"


# Object storage ----------------------------------------------------------------------------


@contextlib.contextmanager
def s3_server() -> Iterator[str]:
    """A server that speaks S3, in memory, for as long as the block lasts."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
