"""The source as data: what the guard tests read."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("backend", "ml", "migrations", "openapi", "tools")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of Python, read and parsed."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Its path from the top of the tree, as error messages show it."""
        return str(self.path.relative_to(ROOT))

    def functions(self) -> Iterator[tuple[str, Function, bool]]:
        """Every function with its qualified name and whether all its names are public."""
        yield from _functions(self.tree, "", public=True)


def _functions(node: ast.AST, prefix: str, *, public: bool) -> Iterator[tuple[str, Function, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield prefix + child.name, child, public and not child.name.startswith("_")
            yield from _functions(child, f"{prefix}{child.name}.", public=False)
        elif isinstance(child, ast.ClassDef):
            inner = public and not child.name.startswith("_")
            yield from _functions(child, f"{prefix}{child.name}.", public=inner)
        elif isinstance(child, ast.If | ast.Try | ast.With):
            yield from _functions(child, prefix, public=public)


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the product."""
    found = []
    for top in PRODUCT:
        for path in sorted((ROOT / top).rglob("*.py")):
            if "node_modules" not in path.parts:
                text = path.read_text()
                found.append(Module(path, text, ast.parse(text)))
    return tuple(found)


@cache
def rooms() -> tuple[str, ...]:
    """The rooms of the house, as folders and files of the package say."""
    top = ROOT / "backend"
    names = {path.parent.name for path in top.glob("*/__init__.py")}
    return tuple(sorted(names | {path.stem for path in top.glob("[a-z]*.py")}))


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every text file of the tree that is kept, whether git is at hand or not."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else []
    skipped = {".venv", "node_modules", "instance", "dist", "__pycache__"}
    paths = [ROOT / name for name in names if name] or [
        path for path in ROOT.rglob("*") if not skipped & set(path.parts)
    ]
    return tuple(sorted(path for path in paths if path.is_file() and _is_text(path)))


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" not in file.read(4096)
