"""Suggestions for lines of text, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from ml.model import Model, load_model


def predict(lines: Iterable[str], model: Model | None = None) -> Iterator[dict[str, Any]]:
    """One suggestion for each line, ready for JSON."""
    judge = model or load_model()
    for line in lines:
        text = line.rstrip("\r\n")
        yield {"text": text, **asdict(judge.suggest(text))}
