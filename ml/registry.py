"""Model files: written and audited by skops, never pickle, and refused when anything is off.

A model is a folder with ``model.skops`` and ``manifest.json``. The file holds one flat mapping of
texts and plain numeric arrays, which needs no trusted type of our own; serving reads exactly that
shape and nothing else, so it needs neither scikit-learn nor skops in memory.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = 1
FILE, MANIFEST = "model.skops", "manifest.json"
MAX_BYTES = 64 * 1024 * 1024
MAX_UNPACKED = 512 * 1024 * 1024
TRUSTED_TYPES: tuple[str, ...] = ()  # beyond the plain types that skops itself trusts
_PLAIN = {("builtins", "str", "JsonNode"), ("numpy", "ndarray", "NdArrayNode")}
_DTYPES = {"float16", "float32", "float64", "int8", "int32", "int64"}


class ModelRefused(ValueError):
    """The file is damaged, foreign or not what its manifest says; it was not loaded."""


class ModelMissing(FileNotFoundError):
    """There is no model in the folder."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a model file holds: its description, its arrays, and how large and which it is."""

    meta: dict[str, Any]
    arrays: dict[str, NDArray[Any]]
    sha256: str
    bytes: int


def _canonical(packed: bytes) -> bytes:
    """The same skops file with numbers that do not depend on the process that wrote it."""
    source = zipfile.ZipFile(io.BytesIO(packed))
    schema = json.loads(source.read("schema.json"))
    names: dict[str, str] = {}
    ids: dict[int, int] = {}

    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: _renamed(key, walk(value), names, ids) for key, value in node.items()}
        return [walk(item) for item in node] if isinstance(node, list) else node

    schema = walk(schema)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for old, new in names.items():
            info = zipfile.ZipInfo(new, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(old))
        info = zipfile.ZipInfo("schema.json", (1980, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        target.writestr(info, json.dumps(schema, sort_keys=True))
    return out.getvalue()


def _renamed(key: str, value: Any, names: dict[str, str], ids: dict[int, int]) -> Any:
    if key == "file":
        return names.setdefault(value, f"{len(names)}.npy")
    return ids.setdefault(value, len(ids)) if key == "__id__" else value


def save(folder: Path, meta: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> str:
    """Write a model and its manifest; returns the hash of the file."""
    import skops.io

    meta = {**meta, "format": FORMAT}
    content = {"meta": json.dumps(meta, sort_keys=True, ensure_ascii=False), **dict(arrays)}
    packed = _canonical(skops.io.dumps(content))
    digest = hashlib.sha256(packed).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {
        "format": FORMAT,
        "version": meta.get("version", ""),
        "file": FILE,
        "sha256": digest,
        "bytes": len(packed),
        "data_hash": meta.get("data_hash", ""),
    }
    _replace(folder / FILE, packed)
    _replace(folder / MANIFEST, (json.dumps(manifest, indent=1) + "\n").encode())
    return digest


def _replace(path: Path, content: bytes) -> None:
    part = path.with_suffix(path.suffix + ".part")
    part.write_bytes(content)
    part.replace(path)


def load(folder: Path, sha256: str | None = None) -> Stored:
    """Read a model; anything unexpected raises ``ModelRefused``.

    Parameters
    ----------
    folder : Path
        Folder of the model and its manifest.
    sha256 : str, optional
        Hash that the caller knows from elsewhere; the file must have it too.
    """
    if not (folder / FILE).is_file():
        raise ModelMissing(f"no model in {folder}")
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        size = (folder / FILE).stat().st_size
        if manifest["format"] != FORMAT or size > MAX_BYTES:
            raise ModelRefused(f"{folder}: not a model of format {FORMAT}")
        packed = (folder / FILE).read_bytes()
        digest = hashlib.sha256(packed).hexdigest()
        if digest != manifest["sha256"] or (sha256 is not None and digest != sha256):
            raise ModelRefused(f"{folder}: the model's hash is not the one on record")
        meta, arrays = _unpack(packed)
    except ModelRefused:
        raise
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError) as error:
        raise ModelRefused(f"{folder}: unreadable: {error}") from error
    return Stored(meta, arrays, digest, len(packed))


def _unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    archive = zipfile.ZipFile(io.BytesIO(packed))
    if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED:
        raise ModelRefused("the model unpacks to too much")
    schema = json.loads(archive.read("schema.json"))
    if schema.get("__loader__") != "DictNode" or schema.get("__class__") != "dict":
        raise ModelRefused("the file does not hold a mapping")
    arrays: dict[str, NDArray[Any]] = {}
    meta: dict[str, Any] | None = None
    for name, node in schema["content"].items():
        if (node["__module__"], node["__class__"], node["__loader__"]) not in _PLAIN:
            raise ModelRefused(f"the file holds a {node['__module__']}.{node['__class__']}")
        if node["__loader__"] == "JsonNode":
            if name == "meta":
                meta = json.loads(json.loads(node["content"]))
            continue
        if node["type"] != "numpy":
            raise ModelRefused("the file holds pickled objects")
        raw = io.BytesIO(archive.read(node["file"]))
        array = np.lib.format.read_array(raw, allow_pickle=False)
        if array.dtype.name not in _DTYPES or not np.isfinite(array).all():
            raise ModelRefused(f"the array {name!r} is not of plain finite numbers")
        arrays[name] = array
    if not isinstance(meta, dict) or meta.get("format") != FORMAT:
        raise ModelRefused("the file does not describe itself")
    return meta, arrays


def audit(folder: Path) -> list[str]:
    """Types in the file that skops would not trust; promotion asks for none."""
    import skops.io

    found = skops.io.get_untrusted_types(file=folder / FILE)
    return sorted(set(found) - set(TRUSTED_TYPES))
