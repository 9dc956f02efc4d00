"""Model files: what is damaged or foreign is refused, and nothing private is in them."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import skops.io

from ml import packing, registry
from ml.corpus import Example
from ml.model import load_model
from ml.training import Recipe, train


@pytest.fixture
def copy(model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_folder, tmp_path / "copy"))


def seal(folder: Path, packed: bytes) -> None:
    (folder / registry.FILE).write_bytes(packed)
    manifest = json.loads((folder / registry.MANIFEST).read_text())
    manifest["sha256"] = hashlib.sha256(packed).hexdigest()
    (folder / registry.MANIFEST).write_text(json.dumps(manifest))


def test_skops_reads_the_same_and_trusts_every_type(model_folder: Path) -> None:
    assert registry.audit(model_folder) == []
    ours = registry.load(model_folder)
    theirs = skops.io.load(model_folder / registry.FILE)
    assert json.loads(theirs.pop("meta")) == ours.meta
    assert set(theirs) == set(ours.arrays)
    for name, array in ours.arrays.items():
        np.testing.assert_array_equal(array, theirs[name])


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:-200] + b"x" * 200,
        lambda raw: b"",
        lambda raw: pickle.dumps({"a": 1}),
    ],
)
@pytest.mark.parametrize("sealed", [True, False])
def test_a_damaged_file_is_refused(
    copy: Path, damage: Callable[[bytes], bytes], sealed: bool
) -> None:
    packed = damage((copy / registry.FILE).read_bytes())
    if sealed:
        seal(copy, packed)
    else:
        (copy / registry.FILE).write_bytes(packed)
    with pytest.raises(registry.ModelRefused):
        load_model(copy)


def test_a_foreign_skops_file_is_refused(copy: Path) -> None:
    from sklearn.linear_model import LogisticRegression

    for content in (LogisticRegression(), {"meta": "{}", "odd": {1: 2}}, [1, 2], {"meta": "{}"}):
        seal(copy, skops.io.dumps(content))
        with pytest.raises(registry.ModelRefused):
            load_model(copy)


def test_arrays_that_do_not_fit_are_refused(copy: Path) -> None:
    stored = registry.load(copy)
    for change in (
        {"coef": stored.arrays["coef"][:-1]},
        {"idf": stored.arrays["idf"] * np.float16(np.nan)},
        {"columns": stored.arrays["columns"] + (1 << 20)},
    ):
        registry.save(copy, stored.meta, stored.arrays | change)
        with pytest.raises(registry.ModelRefused):
            load_model(copy)


def test_a_wrong_manifest_a_missing_one_and_another_hash_are_refused(copy: Path) -> None:
    with pytest.raises(registry.ModelRefused):
        load_model(copy, sha256="0" * 64)
    (copy / registry.MANIFEST).unlink()
    with pytest.raises(registry.ModelRefused):
        load_model(copy)
    with pytest.raises(registry.ModelMissing):
        load_model(copy / "nowhere")


def test_a_bomb_is_refused(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "MAX_UNPACKED", 1000)
    with pytest.raises(registry.ModelRefused, match="too much"):
        load_model(copy)


def test_the_same_texts_give_the_same_file(tmp_path: Path, examples: list[Example]) -> None:
    some = examples[::10]
    for name in ("a", "b"):
        trained = train(some, Recipe(bits=14, n_folds=2, strange_share=0.0))
        packing.write(tmp_path / name, trained, {}, "x")
    first, second = ((tmp_path / n / registry.FILE).read_bytes() for n in ("a", "b"))
    assert first == second


def test_nothing_planted_is_found_in_a_model_file(tmp_path: Path, examples: list[Example]) -> None:
    planted = [f"Zebulon{i:03d} Quixby{i:03d}" for i in range(70)]
    planted += [f"0799{i:03d}{i * 7 % 1000:03d}" for i in range(70)]
    planted += [f"q{i:03d}@planted.example" for i in range(60)]
    rows = [
        Example(
            f"{e.text} My name is {private}, {private}", e.lang, e.source, e.domain, e.component
        )
        for private, e in zip(planted, examples * 3, strict=False)
    ]
    trained = train(rows, Recipe(bits=14, n_folds=2, strange_share=0.0))
    packing.write(tmp_path, trained, {}, "x")
    archive = zipfile.ZipFile(io.BytesIO((tmp_path / registry.FILE).read_bytes()))
    content = b"".join(archive.read(name) for name in archive.namelist())
    content += (tmp_path / registry.MANIFEST).read_bytes()
    assert [p for p in planted for part in p.split() if part.encode() in content] == []
