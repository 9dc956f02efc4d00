"""A city that learns: things with texts, people who correct, and small models to start from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.classification import duplicates, nightly, promotion, running, service
from backend.core.actor import SYSTEM, Actor
from ml import corpus, load_model, packing
from ml.corpus import Example
from ml.model import Model
from ml.training import Recipe, train

SMALL = Recipe(bits=14, n_folds=2, strange_share=0.0, short_share=0.0)


def clerk(name: str) -> Actor:
    """Somebody of the triage team."""
    number = sum(map(ord, name))
    return Actor("person", number, name.ljust(16, "x"), roles=frozenset({"triage"}))


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """What processes remember of one city must not reach the next one."""
    yield
    running._serving.clear()
    duplicates._learned.clear()


@pytest.fixture
def texts() -> dict[str, service.Subject]:
    """The things that there are to read, by id; tests fill it."""
    found: dict[str, service.Subject] = {}
    service.register_source("thing", lambda _session, public_id: found.get(public_id))
    return found


@pytest.fixture(scope="session")
def small_base() -> list[Example]:
    """A part of the seed corpus that is learned in a moment."""
    return corpus.read_seed(["en"])[::4]


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory, small_base: list[Example]) -> Path:
    """Folder of the model that it makes."""
    folder = tmp_path_factory.mktemp("small")
    trained = train(small_base, SMALL, with_urgency=True)
    packing.write(folder, trained, {}, "small")
    return folder


@pytest.fixture(scope="session")
def small_model(small_folder: Path) -> Model:
    """That model."""
    return load_model(small_folder)


@pytest.fixture
def course(small_base: list[Example], small_model: Model) -> nightly.Course:
    """What these small cities learn from."""
    frozen = [e for e in corpus.read_frozen() if e.lang == "en"]
    return nightly.Course(small_base, SMALL, small_model, frozen)


@pytest.fixture
def start(session: Any, small_folder: Path) -> str:
    """Let the small model run; its version."""
    version = promotion.register(session, small_folder, {})
    promotion.promote(session, SYSTEM, version)
    session.commit()
    return version


@pytest.fixture
def correct(session: Any, texts: dict[str, service.Subject]) -> Callable[..., None]:
    """Have people decide on texts: (text, component, person), each about a thing of its own."""

    def decide(rows: list[tuple[str, str, str]], language: str = "en") -> None:
        for text, component, person in rows:
            public_id = f"t{len(texts):05}"
            texts[public_id] = service.Subject(text, language, None, "north")
            service.correct(session, clerk(person), "thing", public_id, component)
        session.commit()

    return decide


def flipped(rows: list[tuple[str, str, str]], every: int) -> list[tuple[str, str, str]]:
    """The same decisions, one in so many with another label."""
    from ml import taxonomy

    codes = taxonomy.component_codes()
    return [
        (text, codes[(codes.index(code) + 11 + i) % 35] if i % every == 0 else code, person)
        for i, (text, code, person) in enumerate(rows)
    ]


def seed_as_decisions(people: list[str], most: int, start: int = 1) -> list[tuple[str, str, str]]:
    """Texts of the corpus that the small model never saw, rightly placed by several people."""
    rows = corpus.read_seed(["en"])[start::4][:: max(1, 670 // most)][:most]
    return [(e.text, str(e.component), people[i % len(people)]) for i, e in enumerate(rows)]


__all__ = ["SMALL", "clerk", "flipped", "seed_as_decisions"]
