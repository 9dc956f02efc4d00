"""The house as an operator runs it: processes that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import requests

from tests.support.house import SECRET
from tests.support.servers import free_port, wait_until
from tests.support.source import ROOT

VOX = str(Path(sys.executable).with_name("vox"))


class Served:
    """`vox serve` and `vox worker` on one database; each in a process group of its own."""

    def __init__(self, url: str, data_dir: Path, **environ: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environ = {
            name: value for name, value in os.environ.items() if not name.startswith("VOX_")
        } | {
            "VOX_ENV": "test",
            "VOX_DATABASE_URL": url,
            "VOX_DATA_DIR": str(data_dir),
            "VOX_SECRET_KEY": SECRET,
            "VOX_LOG_FILE": str(data_dir / "log.jsonl"),
            "PORT": str(self.port),
        }
        self.environ |= environ
        data_dir.mkdir(parents=True, exist_ok=True)
        self.output = data_dir / "output.txt"
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """One command of `vox`, to its end."""
        done = subprocess.run(
            [VOX, *words],
            env=self.environ,
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert not check or done.returncode == 0, f"vox {' '.join(words)}: {done.stderr[-2000:]}"
        return done

    def start(self, *words: str) -> None:
        """Start a command that goes on, in a process group of its own."""
        with self.output.open("ab") as output:
            self.running[words[0]] = subprocess.Popen(
                [VOX, *words],
                env=self.environ,
                cwd=ROOT,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_ready(self, seconds: float = 60) -> None:
        """Wait until the house says that it is ready."""

        def ready() -> bool:
            process = self.running.get("serve")
            if process is not None and process.poll() is not None:
                raise AssertionError(self.output.read_text()[-2000:])
            try:
                return requests.get(f"{self.address}/health/ready", timeout=2).status_code == 200
            except requests.RequestException:
                return False

        wait_until(ready, "vox serve", seconds)

    def kill(self, word: str) -> None:
        """kill -9, as a power cut or the kernel does it: the whole group, at once."""
        process = self.running.pop(word, None)
        if process is None:
            return
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End everything that still runs."""
        for word in list(self.running):
            self.kill(word)
