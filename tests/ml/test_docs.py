"""The examples in the docstrings run and say what they claim."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import ml

MODULES = [*sorted(m.name for m in pkgutil.walk_packages(ml.__path__, "ml.")), "ml"]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_the_docstrings(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


def test_importing_the_library_is_cheap() -> None:
    import subprocess
    import sys

    code = (
        "import ml, sys; m = ml.load_model; "
        "heavy = {'sklearn', 'skops', 'scipy.optimize', 'py3langid', 'flask'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
