"""The house keeps its shape: who imports whom, how long, what it is called, what it says."""

from __future__ import annotations

import ast
import configparser
import os
import re
import statistics
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.support.source import ROOT, Module, modules, rooms, tracked_files

LONGEST_FILE, LONGEST_FUNCTION, MOST_POSITIONAL = 400, 50, 5

# Each exception says why. A path for a file, path:function for a function.
EXCEPTIONS: dict[str, str] = {}


def contracts() -> configparser.ConfigParser:
    """The import contracts of setup.cfg."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    return parser


def _complain(found: list[str], rule: str) -> None:
    assert not found, f"{rule}:\n- " + "\n- ".join(found)


# Who imports whom ------------------------------------------------------------------------


def test_every_floor_imports_only_from_floors_below(monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="setup.cfg", no_cache=True) == os.EX_OK


def test_every_room_stands_on_a_floor() -> None:
    floors = contracts()["importlinter:contract:floors"]["layers"]
    missing = [room for room in rooms() if not re.search(rf"\bbackend\.{room}\b", floors)]
    _complain(missing, "Name these rooms in the contract of floors in setup.cfg")


def test_the_tables_of_every_room_are_its_own() -> None:
    protected = {
        line.strip()
        for name, section in contracts().items()
        if section.get("type") == "protected"
        for line in section["protected_modules"].splitlines()
    }
    with_tables = [
        f"backend.{room}.models"
        for room in rooms()
        if any((ROOT / "backend" / room).glob("models*"))
    ]
    missing = [name for name in with_tables if name not in protected]
    _complain(missing, "Protect these with a contract in setup.cfg")


def test_few_rooms_ask_ml() -> None:
    asked = {"app", "classification", "cli", "consultations", "indicators"}
    kept_away = contracts()["importlinter:contract:who-may-ask-ml"]["source_modules"].split()
    missing = [r for r in rooms() if r not in asked and f"backend.{r}" not in kept_away]
    _complain(missing, "Name these in the contract who-may-ask-ml in setup.cfg")


def test_every_feature_keeps_its_layers() -> None:
    section = contracts()["importlinter:contract:inside-a-feature"]
    containers = {line.strip() for line in section["containers"].splitlines()}
    features = [
        f"backend.{room}"
        for room in rooms()
        if any((ROOT / "backend" / room).glob("models*"))
        and any((ROOT / "backend" / room).glob("service*"))
    ]
    missing = [name for name in features if name not in containers]
    _complain(missing, "Add these to the contract inside-a-feature in setup.cfg")


# How long ----------------------------------------------------------------------------------


def _length(node: ast.AST) -> int:
    return node.end_lineno - node.lineno + 1  # type: ignore[attr-defined]


def test_files_and_functions_are_short() -> None:
    found = []
    for module in modules():
        if module.name.startswith("migrations/versions/"):
            continue  # a schema is as long as it is, and a step is never edited again
        lines = len(module.text.splitlines())
        if lines > LONGEST_FILE and module.name not in EXCEPTIONS:
            found.append(f"{module.name} has {lines} lines, at most {LONGEST_FILE}")
        for name, function, _public in module.functions():
            key = f"{module.name}:{name}"
            if _length(function) > LONGEST_FUNCTION and key not in EXCEPTIONS:
                found.append(f"{key} has {_length(function)} lines, at most {LONGEST_FUNCTION}")
    _complain(found, "Too long")


def test_functions_take_few_positional_parameters() -> None:
    found = []
    for module in modules():
        for name, function, _public in module.functions():
            taken = [*function.args.posonlyargs, *function.args.args]
            count = len([a for a in taken if a.arg not in {"self", "cls", "session", "actor"}])
            if "# noqa: PLR0917 - " in module.text.splitlines()[function.lineno - 1]:
                continue  # with its reason beside it
            if count > MOST_POSITIONAL and f"{module.name}:{name}" not in EXCEPTIONS:
                found.append(f"{module.name}:{name} takes {count}")
    _complain(found, f"More than {MOST_POSITIONAL} positional parameters beside session and actor")


def test_the_exceptions_are_still_needed() -> None:
    names = {module.name for module in modules()}
    names |= {f"{module.name}:{name}" for module in modules() for name, _, _ in module.functions()}
    _complain([key for key in EXCEPTIONS if key not in names], "Exceptions for what is gone")


def test_the_house_as_a_whole_is_made_of_small_pieces() -> None:
    files = [len(module.text.splitlines()) for module in modules()]
    functions = [_length(function) for m in modules() for _, function, _ in m.functions()]
    assert statistics.median(files) <= 150
    assert statistics.median(functions) <= 12


# What it is called ---------------------------------------------------------------------------


def test_no_drawer_for_everything() -> None:
    banned = re.compile(r"(^|_)(utils?|helpers?|managers?|base|common|misc)$")
    found = [m.name for m in modules() if banned.search(m.path.stem)]
    found += [m.name for m in modules() if any(banned.search(part) for part in m.path.parts)]
    for module in modules():
        found += [
            f"{module.name}: class {node.name}"
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ClassDef) and node.name.endswith(("Manager", "Helper", "Util"))
        ]
    _complain(found, "Name what it does, not that it helps")


# What it says ----------------------------------------------------------------------------------


def _documented_part(module: Module) -> bool:
    parts = module.path.relative_to(ROOT).parts
    if parts[0] == "ml" or parts[:2] == ("backend", "core"):
        return True
    inside = {Path(part).stem for part in parts[2:]}
    return bool(inside & {"service", "queries", "policy"})


def test_every_module_says_what_it_is_for() -> None:
    found = [
        module.name
        for module in modules()
        if module.text.strip() and not ast.get_docstring(module.tree)
    ]
    _complain(found, "These modules have no docstring")


def test_public_functions_of_the_domain_have_a_sentence_and_types() -> None:
    found = []
    for module in filter(_documented_part, modules()):
        for name, function, public in module.functions():
            if not public:
                continue
            if not ast.get_docstring(function) and not _is_overload(function):
                found.append(f"{module.name}:{name} has no docstring")
            if _untyped(function):
                found.append(f"{module.name}:{name} lacks types for {_untyped(function)}")
    _complain(found, "Say in one sentence what it does, and with which types")


def _is_overload(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = {ast.unparse(decorator) for decorator in function.decorator_list}
    return any(name.endswith((".setter", "overload")) for name in names)


def _untyped(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    given = function.args
    taken = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    taken += [extra for extra in (given.vararg, given.kwarg) if extra]
    bare = [a.arg for a in taken if a.annotation is None and a.arg not in {"self", "cls"}]
    return bare + (["the return value"] if function.returns is None else [])


# What does not belong ----------------------------------------------------------------------------


def test_no_file_leads_out_of_the_tree() -> None:
    up = re.compile(r"(?<![\w./])(?:\.\./)+[\w.-]+")
    here = re.compile(re.escape(str(ROOT.parent)) + r"/[\w.]") if len(ROOT.parts) > 2 else None
    found = []
    for path in tracked_files():
        text = path.read_text(errors="replace")
        for match in up.finditer(text):
            target = (path.parent / match.group()).resolve()
            if not target.is_relative_to(ROOT):
                found.append(f"{path.relative_to(ROOT)}: {match.group()}")
        if here and str(ROOT.parent) not in {"/tmp", "/home", "/usr"} and here.search(text):
            found.append(f"{path.relative_to(ROOT)}: {here.search(text).group()}…")
    _complain(found, "The product stands alone")


def test_no_file_names_a_package_registry() -> None:
    hosts = (("registry", "npmjs", "org"), ("pypi", "org"), ("files", "pythonhosted", "org"))
    found = [
        f"{path.relative_to(ROOT)}: {'.'.join(host)}"
        for path in tracked_files()
        for host in hosts
        if ".".join(host) in path.read_text(errors="replace")
    ]
    _complain(found, "Where packages come from is the machine's business")


# Templates -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory):
    """Jinja as the application has it; no database is asked."""
    from tests.support.house import build

    folder = tmp_path_factory.mktemp("templates")
    return build(f"sqlite:///{folder / 'none.sqlite3'}", folder).jinja_env


def test_every_template_compiles(environment) -> None:
    found = []
    for name in environment.list_templates(filter_func=lambda n: n.endswith((".html", ".txt"))):
        try:
            environment.get_template(name)
        except Exception as error:
            found.append(f"{name}: {error}")
    _complain(found, "These templates do not compile")


def test_no_template_imports_what_it_does_not_use(environment) -> None:
    found = []
    statement = re.compile(r"{%-?\s*from\s+['\"][^'\"]+['\"]\s+import\s+(.+?)\s*-?%}", re.DOTALL)
    for name in environment.list_templates(filter_func=lambda n: n.endswith(".html")):
        source = environment.loader.get_source(environment, name)[0]
        for imported in statement.finditer(source):
            names = re.sub(r"\s+with(out)? context$", "", imported.group(1)).split(",")
            rest = source[: imported.start()] + source[imported.end() :]
            for each in names:
                used_as = each.strip().split(" as ")[-1].strip()
                if used_as and not re.search(rf"\b{re.escape(used_as)}\b", rest):
                    found.append(f"{name}: {used_as}")
    _complain(found, "Imported and never used")
