"""One small model for all tests of the library, and where extra data may be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ml import corpus, packing
from ml.corpus import Example
from ml.model import Model, load_model
from ml.training import Recipe, definitions, train


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    """A third of the seed corpus, every component and language in it."""
    return corpus.read_seed()[::3]


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory, examples: list[Example]) -> Path:
    """Folder of a model trained on them."""
    folder = tmp_path_factory.mktemp("model")
    recipe = Recipe(n_folds=2, strange_share=0.0)
    trained = train(examples, recipe, definitions(), with_urgency=True)
    packing.write(folder, trained, {"columns": len(trained.classifier.columns_)}, "test")
    return folder


@pytest.fixture(scope="session")
def model(model_folder: Path) -> Model:
    """That model, loaded."""
    return load_model(model_folder)


@pytest.fixture(scope="session")
def extra_data() -> Path:
    """Folder of real data that is not part of the product; tests of it are an extra."""
    folder = os.environ.get("VOX_TEST_DATA_DIR")
    if not folder:
        pytest.skip("VOX_TEST_DATA_DIR is not set: no real data to measure on")
    return Path(folder)
