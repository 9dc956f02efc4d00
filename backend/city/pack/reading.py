"""Reading a city pack's files so that every fault can name its file, line and field."""

import csv
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from backend.core.fields import clean_text

LARGEST_FILE = 200 * 1024 * 1024
LARGEST_YAML = 5 * 1024 * 1024
MOST_FAULTS = 100

Trail = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a pack: where, and what to do about it."""

    file: str
    line: int
    field: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.field}: {self.remedy}" if self.field else f"{where}: {self.remedy}"


@dataclass
class Faults:
    """The faults found so far; collecting stops where nobody would read on."""

    found: list[Fault] = field(default_factory=list)

    def add(self, file: str, line: int, name: str, remedy: str) -> None:
        """Note one fault."""
        if len(self.found) < MOST_FAULTS:
            self.found.append(Fault(file, line, name, remedy))

    @property
    def full(self) -> bool:
        """Whether there are so many that more would not help."""
        return len(self.found) >= MOST_FAULTS


def field_name(trail: Trail) -> str:
    """A trail as people write it: services[3].name.nl, counted from 1."""
    text = ""
    for part in trail:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


@dataclass
class Document:
    """A YAML file as plain values, with the line on which each of them stands."""

    file: str
    value: Any
    lines: dict[Trail, int]

    def line(self, trail: Trail) -> int:
        """The line of a value, or of the nearest thing around it."""
        while trail and trail not in self.lines:
            trail = trail[:-1]
        return self.lines.get(trail, 1)


class _Converter:
    def __init__(self, file: str, loader: yaml.SafeLoader, faults: Faults) -> None:
        self.file, self.loader, self.faults = file, loader, faults
        self.lines: dict[Trail, int] = {}
        self.seen: set[int] = set()

    def convert(self, node: yaml.Node, trail: Trail) -> Any:
        line = node.start_mark.line + 1
        self.lines[trail] = line
        if id(node) in self.seen:
            self.fault(line, trail, "YAML anchors and aliases are not read here; write it out.")
            return None
        self.seen.add(id(node))
        if len(trail) > 12:
            self.fault(line, trail, "This is nested too deeply.")
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, trail)
        if isinstance(node, yaml.SequenceNode):
            return [self.convert(item, (*trail, i)) for i, item in enumerate(node.value)]
        return self.scalar(node, trail, line)

    def mapping(self, node: yaml.MappingNode, trail: Trail) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag.endswith(":merge"):
                self.fault(line, trail, "Use a plain word as the name of a field.")
            elif key in result:
                self.fault(line, (*trail, key), "This field stands twice; remove one.")
            else:
                result[key] = self.convert(value_node, (*trail, key))
                if isinstance(value_node, yaml.ScalarNode):
                    self.lines[(*trail, key)] = line
        return result

    def scalar(self, node: yaml.Node, trail: Trail, line: int) -> Any:
        try:
            value = self.loader.construct_object(node)
            return clean_text(value) if isinstance(value, str) else value
        except (yaml.YAMLError, ValueError, OverflowError):
            self.fault(line, trail, "This value cannot be read; put it in quotes if it is a text.")
            return None

    def fault(self, line: int, trail: Trail, remedy: str) -> None:
        self.faults.add(self.file, line, field_name(trail), remedy)


def read_text(directory: Path, name: str, faults: Faults, most: int = LARGEST_FILE) -> str | None:
    """The text of a file of the pack, or a fault when there is none that can be read."""
    path = directory / name
    try:
        if path.stat().st_size > most:
            faults.add(name, 0, "", f"The file is larger than {most // 1024 // 1024} MB; split it.")
            return None
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        faults.add(name, 0, "", "The file is missing; docs/city-pack.md shows what belongs in it.")
    except IsADirectoryError:
        faults.add(name, 0, "", "This is a folder; a file is needed.")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        faults.add(name, line, "", "This is not UTF-8 text; save the file as UTF-8.")
    except OSError as error:
        faults.add(name, 0, "", f"The file cannot be read: {error.strerror}.")
    return None


def read_yaml(directory: Path, name: str, faults: Faults) -> Document | None:
    """A YAML file with the line of every value; None when it cannot be read at all."""
    text = read_text(directory, name, faults, LARGEST_YAML)
    if text is None:
        return None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            faults.add(name, 1, "", "The file is empty; docs/city-pack.md says what belongs here.")
            return None
        converter = _Converter(name, loader, faults)
        return Document(name, converter.convert(node, ()), converter.lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        faults.add(name, line, "", f"This is not YAML: {error.problem or 'the form is broken'}.")
    except yaml.reader.ReaderError as error:
        line = text[: int(error.position)].count("\n") + 1
        faults.add(name, line, "", "This character may not stand in YAML; remove it.")
    except RecursionError:
        faults.add(name, 1, "", "This is nested too deeply.")
    return None


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a GeoJSON file and the line on which it begins."""

    line: int
    value: Any


_BEFORE_FEATURES = '"features"'


def read_geojson(directory: Path, name: str, faults: Faults) -> list[Feature] | None:
    """The features of a GeoJSON collection with their lines; None when it is not one."""
    text = read_text(directory, name, faults)
    if text is None:
        return None
    try:
        whole = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        faults.add(name, error.lineno, "", f"This is not JSON: {error.msg}.")
        return None
    except (ValueError, RecursionError):
        faults.add(name, 1, "", "NaN, Infinity and deep nesting are not allowed in GeoJSON.")
        return None
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list) or whole.get("type") != "FeatureCollection":
        faults.add(name, 1, "features", "Give a GeoJSON FeatureCollection with a list of features.")
        return None
    lines = list(_feature_lines(text, len(features)))
    return [Feature(line, value) for line, value in zip(lines, features, strict=True)]


def _refuse_constant(_name: str) -> None:
    raise ValueError("not a number")


def _feature_lines(text: str, count: int) -> Iterator[int]:
    """Walk the list of features once more, only to learn where each begins."""
    decoder = json.JSONDecoder()
    at = text.find("[", text.find(_BEFORE_FEATURES)) + 1
    line, counted = 1, 0
    for index in range(count):
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        line += text.count("\n", counted, at)
        counted = at
        yield line
        try:
            _, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError:  # "features" stood somewhere else first: keep the last line
            yield from [line] * (count - index - 1)
            return


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file and its line."""

    line: int
    values: dict[str, str]


def read_csv(directory: Path, name: str, columns: tuple[str, ...], faults: Faults) -> Iterator[Row]:
    """The rows of a CSV file that has these columns, one after the other."""
    text = read_text(directory, name, faults)
    if text is None:
        return
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = [column.strip().lower() for column in next(reader, [])]
        missing = [column for column in columns if column not in header]
        if missing:
            faults.add(name, 1, ", ".join(missing), "Add this column to the first line.")
            return
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                remedy = f"This row has {len(cells)} cells and the first line {len(header)}."
                faults.add(name, reader.line_num, "", remedy)
                continue
            yield Row(reader.line_num, dict(zip(header, (c.strip() for c in cells), strict=True)))
    except csv.Error as error:
        faults.add(name, reader.line_num, "", f"This is not CSV: {error}.")


def as_date(value: Any) -> dt.date | None:
    """A date that YAML has read, or a text in ISO form; None for anything else."""
    if isinstance(value, dt.datetime):
        return None
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
