"""What is built from the checkout holds all that a running city needs, and nothing it does not."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.source import ROOT

LOCKS = ("base", "dev", "build", "node")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built in a copy so that the checkout stays as it is."""
    copy, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    for name in ("backend", "ml", "migrations", "openapi", "requirements", "setup.cfg"):
        (copy / name).symlink_to(ROOT / name)
    for name in ("pyproject.toml", "README.md"):
        (copy / name).symlink_to(ROOT / name)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(
        [*build, "--wheel-dir", str(out), str(copy)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return zipfile.ZipFile(next(out.glob("*.whl")))


def _expected() -> set[str]:
    kinds = ("*.py", "*.html", "*.yaml", "*.geojson", "*.po", "*.tsv", "*.skops", "*.svg")
    tops = [ROOT / top for top in ("backend", "ml", "migrations")]
    return {
        str(path.relative_to(ROOT))
        for top in tops
        for kind in kinds
        for path in top.rglob(kind)
        if "client" not in path.parts and "node_modules" not in path.parts
    }


def test_the_wheel_holds_all_that_a_city_needs(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    missing = sorted(_expected() - names)
    assert not missing, f"add their kind to package_data in setup.cfg: {missing[:20]}"
    for name in ("openapi/openapi.json", "migrations/.current-alembic-head"):
        assert name in names
    assert any(re.match(r"backend/core/pages/static/dist/.*\.css$", name) for name in names)


def test_the_wheel_holds_no_tests_and_no_sources_of_the_browser(wheel: zipfile.ZipFile) -> None:
    extra = [name for name in wheel.namelist() if re.search(r"(^tests/|/client/|\.ts$)", name)]
    assert not extra


def test_the_wheel_brings_the_command(wheel: zipfile.ZipFile) -> None:
    entry = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    parser = configparser.ConfigParser()
    parser.read_string(wheel.read(entry).decode())
    assert parser["console_scripts"]["vox"] == "backend.cli:main"


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_is_exact_and_hashed(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    pins = re.split(r"\n(?=[a-zA-Z0-9])", text)
    for pin in pins:
        first = pin.splitlines()[0]
        assert "==" in first, f"{name}.txt: {first}"
        assert "--hash=sha256:" in pin, f"{name}.txt: {first}"


@pytest.mark.parametrize("name", LOCKS)
def test_every_library_asked_for_is_pinned(name: str) -> None:
    folder = ROOT / "requirements"
    asked = re.findall(r"^([a-zA-Z][\w-]*)", (folder / f"{name}.in").read_text(), re.MULTILINE)
    pinned = set(re.findall(r"^([a-z0-9._-]+)", (folder / f"{name}.txt").read_text(), re.MULTILINE))
    missing = [library for library in asked if library.lower() not in pinned]
    assert not missing, f"run make lock: {missing}"


def test_the_tests_use_the_versions_that_run() -> None:
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", text, re.MULTILINE))

    base, dev = pins("base"), pins("dev")
    assert {name: dev.get(name) for name in base} == base


def test_shell_scripts_are_well_formed() -> None:
    for path in [*sorted((ROOT / "tools").glob("*.sh")), ROOT / ".ci" / "run"]:
        shell = "bash" if path.name == "run" else "sh"
        done = subprocess.run([shell, "-n", str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_make_knows_what_to_do_without_doing_it() -> None:
    for target in ("help", "demo", "test", "bars", "lint", "bench"):
        done = subprocess.run(
            ["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{target}: {done.stderr}"


def test_scripts_can_be_run() -> None:
    scripts = [p for p in (ROOT / "tools").glob("*.sh") if p.read_text().startswith("#!")]
    not_runnable = [str(p) for p in [*scripts, Path(ROOT / ".ci/run")] if not p.stat().st_mode & 1]
    assert not not_runnable
