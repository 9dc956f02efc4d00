"""Peers of the house in tests: a letter box that speaks SMTP, S3, Redis."""

from __future__ import annotations

import email
import email.policy
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest

from tests.support.servers import (
    Missing,
    free_port,
    redis_server,
    s3_server,
    skip_or_fail,
    wait_until,
)


@dataclass
class MailSink:
    """A letter box: every letter that the server accepted, oldest first."""

    host: str
    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refuse: str = ""

    @property
    def url(self) -> str:
        """The value for VOX_MAIL_URL."""
        return f"smtp://{self.host}:{self.port}"

    def wait_for(self, count: int) -> list[EmailMessage]:
        """The letters, once there are this many."""
        wait_until(lambda: len(self.letters) >= count, f"letter {count}", seconds=10)
        return self.letters

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep one letter, or refuse it with the reply that the test chose."""
        if self.refuse:
            return self.refuse
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.recipients.append(list(envelope.rcpt_tos))
        self.letters.append(letter)  # type: ignore[arg-type]
        return "250 Kept"


@pytest.fixture
def mail_sink() -> Iterator[MailSink]:
    """A real SMTP server on a free port."""
    from aiosmtpd.controller import Controller

    sink = MailSink("127.0.0.1", free_port())
    controller = Controller(sink, hostname=sink.host, port=sink.port)
    controller.start()
    yield sink
    controller.stop()


@pytest.fixture
def redis_url() -> str:
    """The address of an empty Redis."""
    import redis

    try:
        url = redis_server()
    except Missing as missing:
        skip_or_fail(missing)
        raise
    with redis.Redis.from_url(url) as connection:
        connection.flushdb()
    return url


@pytest.fixture(scope="session")
def _s3() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture
def s3_bucket(_s3: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """An empty bucket: (value for VOX_STORAGE_URL, value for VOX_STORAGE_ENDPOINT)."""
    import fsspec

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    bucket = f"photos-{os.urandom(4).hex()}"
    files = fsspec.filesystem("s3", client_kwargs={"endpoint_url": _s3}, skip_instance_cache=True)
    files.mkdir(bucket)
    yield f"s3://{bucket}/city", _s3
    files.rm(bucket, recursive=True)


@pytest.fixture(name="free_port")
def _free_port() -> int:
    """A port that nothing listens on."""
    return free_port()
