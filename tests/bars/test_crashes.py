"""Power cuts: whatever was acknowledged is there, once, and its history holds.

Server and worker are killed at random moments while people write. `VOX_TEST_KILLS` sets how often.
"""

from __future__ import annotations

import itertools
import os
import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests

from tests.bars.letters import body_of
from tests.support.process import Served
from tests.support.reading import exported_ids, history_of

KILLS = int(os.environ.get("VOX_TEST_KILLS", "100"))
WRITES_PER_SECOND = 20
PEOPLE = 8


@dataclass
class Crowd:
    """People who send reports at a steady pace, and remember what they were told."""

    address: str
    headers: dict[str, str]
    told: dict[str, str] = field(default_factory=dict)  # key → id that was acknowledged
    open: dict[str, int] = field(default_factory=dict)  # key → number, sent but not acknowledged
    wrong: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    numbers: itertools.count = field(default_factory=itertools.count)

    def send(self, key: str, number: int) -> None:
        """Send one report; remember the answer, or that there was none."""
        self.open[key] = number
        try:
            answer = requests.post(
                f"{self.address}/api/v1/reports",
                json=body_of(number),
                headers=self.headers | {"Idempotency-Key": key},
                timeout=20,
            )
        except requests.RequestException:
            return
        if answer.status_code == 201:
            self.told[key] = answer.json()["id"]
            del self.open[key]
        elif answer.status_code not in (429, 503):
            self.wrong.append(f"{answer.status_code} {answer.text[:300]}")

    def person(self) -> None:
        """One of the people."""
        pause = PEOPLE / WRITES_PER_SECOND
        while not self.over.is_set():
            begun = time.monotonic()
            self.send(str(uuid.uuid4()), next(self.numbers))
            self.over.wait(max(0.0, pause - (time.monotonic() - begun)))

    def retry_all(self) -> None:
        """As a phone does when it is back: everything that was not acknowledged, again."""
        with ThreadPoolExecutor(PEOPLE) as people:
            list(people.map(lambda item: self.send(*item), list(self.open.items())))


def _kill_at_random_moments(served: Served, dice: random.Random) -> None:
    for _ in range(KILLS):
        served.wait_ready()
        time.sleep(dice.uniform(0.05, 1.0))
        victims = dice.choice([["serve"], ["worker"], ["serve", "worker"]])
        for victim in victims:
            served.kill(victim)
        for victim in victims:
            served.start(*(["serve", "--no-worker"] if victim == "serve" else ["worker"]))
    served.wait_ready()


def test_nothing_acknowledged_is_lost_or_doubled_by_power_cuts(
    served: Served, machine: dict[str, str]
) -> None:
    seed = int(os.environ.get("VOX_TEST_SEED", str(random.randrange(10**6))))
    print(f"VOX_TEST_SEED={seed} repeats the moments of the kills")
    crowd = Crowd(served.address, machine)
    served.start("serve", "--no-worker")
    served.start("worker")
    served.wait_ready()
    people = [threading.Thread(target=crowd.person) for _ in range(PEOPLE)]
    for person in people:
        person.start()
    try:
        _kill_at_random_moments(served, random.Random(seed))
    finally:
        crowd.over.set()
        for person in people:
            person.join()
    crowd.retry_all()
    assert not crowd.wrong
    assert not crowd.open, "after the last start everything can be sent"
    print(f"{KILLS} kills, {len(crowd.told)} reports acknowledged")

    served.kill("worker")
    served.run("worker", "--once")
    ids = exported_ids(served)
    assert len(ids) == len(set(ids)), "exported twice"
    assert len(set(crowd.told.values())) == len(crowd.told), "two keys, one report"
    assert set(ids) == set(crowd.told.values())
    assert "holds" in served.run("ledger", "verify").stdout
    assert served.run("jobs", "dead").stdout.strip() == ""
    doubled = {k: n for k, n in history_of(served, "submitted").items() if n != 1}
    assert not doubled
