"""A line between two machines that is bad one time in five: it drops, delays, doubles and cuts."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

TROUBLES = ("drop", "delay", "double", "cut_before", "cut_answer", "cut_after")
"""drop: the call is not taken; delay: it comes late; double: it is sent on twice; cut_before: it
breaks halfway there; cut_after: it arrives and the answer is lost; cut_answer: the answer breaks
off in its middle."""


@dataclass
class BadLine:
    """The line: where it listens, where it leads, how bad it is, and what it did."""

    upstream: int
    share: float = 0.2
    delay: float = 0.15
    port: int = 0
    dice: random.Random = field(default_factory=lambda: random.Random(1))
    done: Counter[str] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """The address of this end."""
        return f"http://127.0.0.1:{self.port}"

    def serve(self, listening: socket.socket) -> None:
        """Take calls until it is over."""
        while not self.over.is_set():
            try:
                caller, _address = listening.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            bad = self.dice.random() < self.share
            trouble = self.dice.choice(TROUBLES) if bad else "well"
            self.done[trouble] += 1
            threading.Thread(target=self._call, args=(caller, trouble), daemon=True).start()

    def _call(self, caller: socket.socket, trouble: str) -> None:
        with caller, contextlib.suppress(OSError):
            caller.settimeout(60)
            if trouble == "drop":
                return
            request = read_message(caller)
            if trouble == "cut_before":
                self._ask(request[: len(request) // 2], wait=False)
                return
            if trouble == "delay":
                self.over.wait(self.delay)
            if trouble == "double":
                self._ask(request)
            answer = self._ask(request)
            if trouble == "cut_answer":
                caller.sendall(answer[: len(answer) // 2])
            elif trouble != "cut_after":
                caller.sendall(answer)

    def _ask(self, request: bytes, *, wait: bool = True) -> bytes:
        with socket.create_connection(("127.0.0.1", self.upstream), timeout=60) as there:
            there.sendall(request)
            if not wait:
                return b""
            answer = b""
            while piece := there.recv(65536):
                answer += piece
            return answer


def read_message(caller: socket.socket) -> bytes:
    """A whole request: its head, and as much body as the head announces."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = caller.recv(65536)
        if not piece:
            return data
        data += piece
    head, _blank, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next((int(line[15:]) for line in lines if line.startswith("content-length:")), 0)
    while len(body) < length:
        piece = caller.recv(65536)
        if not piece:
            break
        data, body = data + piece, body + piece
    return data


@contextlib.contextmanager
def bad_line(upstream: int, **how: float) -> Iterator[BadLine]:
    """A line to a port of this machine, for as long as the block lasts."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    listening.settimeout(0.2)
    line = BadLine(upstream, port=int(listening.getsockname()[1]), **how)  # type: ignore[arg-type]
    thread = threading.Thread(target=line.serve, args=(listening,), daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.over.set()
        thread.join(5)
        listening.close()
