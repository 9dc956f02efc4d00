"""Impatient phones: many retries of one report, at the same time, make one report."""

from __future__ import annotations

import io
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from PIL import Image

from tests.bars.letters import place_of, text_of
from tests.support.process import Served
from tests.support.reading import exported_ids

RETRIES = 200


def _photo() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def busy(served: Served) -> Served:
    """The house with several web processes."""
    served.environ["VOX_WORKERS"] = "2"
    served.start("serve")
    served.wait_ready()
    return served


def _send(served: Served, key: str, number: int, photo: bytes) -> requests.Response:
    lon, lat = place_of(number)
    fields = {"kind": "complaint", "text": text_of(number), "lon": str(lon), "lat": str(lat)}
    return requests.post(
        f"{served.address}/api/v1/reports",
        data=fields,
        files={"photos": ("lamp.jpg", photo, "image/jpeg")},
        headers={"Idempotency-Key": key},
        timeout=300,
    )


def test_many_retries_at_once_make_one_report(busy: Served) -> None:
    key, photo = str(uuid.uuid4()), _photo()
    with ThreadPoolExecutor(RETRIES) as phones:
        answers = list(phones.map(lambda _: _send(busy, key, 1, photo), range(RETRIES)))
    done = [answer for answer in answers if answer.status_code == 201]
    # Who is too impatient may be told to wait; nobody is told anything else.
    assert {answer.status_code for answer in answers} <= {201, 429, 503}
    assert len({answer.content for answer in done}) == 1
    again = _send(busy, key, 1, photo)
    assert (again.status_code, again.content) == (201, done[0].content)
    assert exported_ids(busy) == [done[0].json()["id"]]
    assert _send(busy, key, 2, photo).status_code == 422
