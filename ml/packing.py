"""A trained model in the shape of its file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import registry, taxonomy
from ml.training import Trained


def pack(
    trained: Trained, card: dict[str, Any], data_hash: str
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Description and arrays of a trained model; the version is made from its numbers."""
    classifier = trained.classifier
    largest = np.abs(classifier.coef_).max(axis=0, initial=0)
    scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    arrays: dict[str, NDArray[Any]] = {
        "columns": classifier.columns_,
        "idf": classifier.idf_.astype(np.float16),
        "coef": np.rint(classifier.coef_ / scale).astype(np.int8),
        "scale": scale,
        "intercept": classifier.intercept_.astype(np.float32),
    }
    meta: dict[str, Any] = {
        "bits": classifier.bits,
        "word_weight": classifier.word_weight,
        "components": list(taxonomy.component_codes()),
        "calibration": trained.calibration.as_dict(),
        "conformal": round(trained.conformal, 6),
        "data_hash": data_hash,
    }
    if trained.urgency is not None:
        arrays["urgency_idf"] = trained.urgency.idf.astype(np.float16)
        arrays["urgency_coef"] = trained.urgency.coef.astype(np.float16)
        meta["urgency"] = [trained.urgency.intercept, trained.urgency.threshold]
    content = hashlib.sha256(json.dumps(meta, sort_keys=True).encode())
    for name in sorted(arrays):
        content.update(np.ascontiguousarray(arrays[name]).tobytes())
    meta["version"] = f"1-{content.hexdigest()[:12]}"
    meta["card"] = card | {"version": meta["version"]}
    return meta, arrays


def write(folder: Path, trained: Trained, card: dict[str, Any], data_hash: str) -> str:
    """Write a trained model into a folder; returns its version."""
    meta, arrays = pack(trained, card, data_hash)
    registry.save(folder, meta, arrays)
    return str(meta["version"])
