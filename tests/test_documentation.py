"""What the documents promise is what the code does: settings, commands, words, libraries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

import click
import pytest

from backend.core.settings import Settings
from tests.support.source import ROOT

DOCS = ROOT / "docs"
WORDS = (
    """report, service, public service, domain, component, district, department, triage,
suggestion, assignment, status, deadline, duplicate, confirm, follow, update, internal note,
competition, edition, phase, problem, idea, endorsement, feasibility check, jury, ballot, receipt,
ballot check, count, rule, result, winner, milestone, benefit report, data delivery, consultation,
contribution, integrity report, receipt code, indicator, sub-indicator, goalpost, profile, release
""".replace("\n", " ")
    .strip()
    .split(", ")
)


def _table(page: str) -> dict[str, str]:
    """The rows of a page's tables: what stands in code in the first column → the whole row."""
    rows = {}
    for line in (DOCS / page).read_text().splitlines():
        if match := re.match(r"\|\s*`([^`]+)`", line):
            rows[match.group(1)] = line
    return rows


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.metadata["env"])
def test_every_setting_is_documented_with_its_default(field) -> None:
    rows = _table("settings.md")
    name = field.metadata["env"]
    assert name in rows, f"docs/settings.md does not name {name}: {field.metadata['meaning']}"
    default = field.default
    if isinstance(default, bool):
        shown = "1" if default else "0"
    elif isinstance(default, tuple):
        shown = ", ".join(default)
    else:
        shown = str(default)
    if shown:
        assert f"`{shown}`" in rows[name], f"{name}: the default is `{shown}`"


def test_no_setting_is_documented_that_does_not_exist() -> None:
    known = {field.metadata["env"] for field in fields(Settings)}
    assert {name for name in _table("settings.md") if name.isupper()} <= known


def test_pages_and_files_name_no_setting_that_does_not_exist() -> None:
    known = {field.metadata["env"] for field in fields(Settings)}
    found = set()
    for page in [ROOT / "README.md", *DOCS.rglob("*.md"), ROOT / "Makefile"]:
        named = set(re.findall(r"\bVOX_[A-Z0-9_]+\b", page.read_text()))
        found |= {f"{page.name}: {name}" for name in named - known if "_TEST_" not in name}
    assert not found, found


def _commands(command: click.Command, name: str = "vox") -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for child in command.list_commands(context):
        found = command.get_command(context, child)
        assert found, f"{name} {child} cannot be loaded"
        if not found.hidden:
            yield from _commands(found, f"{name} {child}")


def _all_commands() -> dict[str, click.Command]:
    from backend.cli import vox

    return dict(_commands(vox))


def test_every_command_is_documented() -> None:
    text = (DOCS / "operations.md").read_text()
    missing = [name for name in _all_commands() if f"`{name}" not in text]
    assert not missing, f"docs/operations.md does not name {missing}"


def test_every_command_says_what_it_does() -> None:
    silent = [name for name, command in _all_commands().items() if not (command.help or "").strip()]
    assert not silent, f"These commands have no help: {silent}"


def test_no_command_is_documented_that_does_not_exist() -> None:
    known = set(_all_commands())
    groups = {" ".join(name.split()[:n]) for name in known for n in (1, 2, 3)}
    found = set()
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for words in re.findall(r"`(?:\.venv/bin/)?(vox(?: [a-z][a-z0-9-]+)+)", page.read_text()):
            parts = words.split()
            if not any(" ".join(parts[:n]) in known for n in (2, 3, 4)) and words not in groups:
                found.add(f"{page.name}: {words}")
    assert not found, found


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_the_house_is_in_the_glossary(word: str) -> None:
    text = (DOCS / "glossary.md").read_text().lower()
    assert re.search(rf"^\*\*{re.escape(word)}\b", text, re.MULTILINE), f"docs/glossary.md: {word}"


@pytest.mark.parametrize("name", ["base.in", "dev.in"])
def test_every_library_says_why_it_is_here(name: str) -> None:
    rows = {row.lower() for row in _table("dependencies.md")}
    listed = re.findall(
        r"^([a-z][a-zA-Z0-9_-]*)", (ROOT / "requirements" / name).read_text(), re.MULTILINE
    )
    missing = [library for library in listed if library.lower() not in rows]
    assert not missing, f"docs/dependencies.md does not explain {missing}"


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} → {target}")
    assert not broken, broken


def test_every_make_target_explains_itself() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    silent = [
        t for t in phony.group(1).split() if not re.search(rf"^{t}:.*## \w", makefile, re.MULTILINE)
    ]
    assert not silent, silent
    assert len(makefile.splitlines()) <= 75
