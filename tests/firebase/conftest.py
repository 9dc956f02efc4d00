"""The Firebase Auth emulator, which tools/firebase.sh starts around these tests."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import firebase_admin
import pytest
import requests

PROJECT = "demo-vox"
Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def emulator() -> str:
    """The emulator's address; its absence is a mistake, since these tests run on demand only."""
    address = os.environ.get("FIREBASE_AUTH_EMULATOR_HOST")
    if not address:
        pytest.fail("no emulator: run tools/firebase.sh, which starts it around these tests")
    return f"http://{address}"


@pytest.fixture
def ask(emulator: str) -> Iterator[Ask]:
    """Ask the emulator as a phone would; every account is gone afterwards."""

    def ask(action: str, **body: Any) -> dict[str, Any]:
        url = f"{emulator}/identitytoolkit.googleapis.com/v1/accounts:{action}?key=demo"
        answer = requests.post(url, json={"returnSecureToken": True} | body, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    yield ask
    requests.delete(f"{emulator}/emulator/v1/projects/{PROJECT}/accounts", timeout=10)


@pytest.fixture
def firebase(emulator: str) -> Iterator[firebase_admin.App]:
    """The city's own view of the project, with the real client library."""
    app = firebase_admin.initialize_app(options={"projectId": PROJECT}, name="tests")
    yield app
    firebase_admin.delete_app(app)
