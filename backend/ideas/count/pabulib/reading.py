"""Reading Pabulib: three tables in one file, as cities really wrote them. Errors name the line."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from backend.ideas.count.election import (
    APPROVAL,
    BALLOT_KINDS,
    CUMULATIVE,
    ORDINAL,
    SCORING,
    Ballot,
    Cap,
    Election,
    Project,
)
from backend.ideas.count.money import Number, number, simplest

SECTIONS = ("meta", "projects", "votes")
MOST_NOTES = 20
csv.field_size_limit(10_000_000)


class PabulibError(ValueError):
    """A file that cannot be read: which line, and what is wrong with it."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line


@dataclass
class _Reading:
    """What was read so far."""

    meta: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    projects: list[Project] = field(default_factory=list)
    place: dict[str, int] = field(default_factory=dict)
    rows: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    voters: set[str] = field(default_factory=set)
    votes: int = 0
    notes: list[str] = field(default_factory=list)

    def note(self, line: int, what: str) -> None:
        """Something odd that does not stand in the way."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(f"line {line}: {what}")


def read_pabulib(path: Path) -> Election:
    """Read a file."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PabulibError(line, "not UTF-8 text; save the file as UTF-8") from None
    return read_pabulib_text(text)


def read_pabulib_text(text: str) -> Election:
    """Read the text of a file."""
    reading = _Reading()
    seen: set[str] = set()
    section, header, last = "", [""], 0
    votes = _Votes(reading, [])
    for line, row in _rows(text):
        last = line
        word = row[0].strip().lower()
        if word in SECTIONS and not any(cell.strip() for cell in row[1:]):
            if word in seen:
                raise PabulibError(line, f"a second {word.upper()} section")
            if word == "votes" and "projects" not in seen:
                raise PabulibError(line, "VOTES stand before PROJECTS")
            seen.add(word)
            section, header = word, []
        elif not section:
            raise PabulibError(line, "the file does not begin with META")
        elif not header:
            header = _header(line, section, row)
            votes = _Votes(reading, header)
        elif section == "meta":
            _meta_row(reading, line, row)
        elif section == "projects":
            _project_row(reading, line, dict(zip(header, row, strict=False)), len(row) < 2)
        else:
            votes.row(line, row)
    if missing := [name for name in SECTIONS if name not in seen]:
        raise PabulibError(max(last, 1), f"the {missing[0].upper()} section is missing")
    return _election(reading, last)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, each with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    line = 1
    try:
        for row in reader:
            if row and (row[0].strip() or any(cell.strip() for cell in row)):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise PabulibError(line, f"not a table: {error}") from None


def _header(line: int, section: str, row: list[str]) -> list[str]:
    header = [cell.strip().lower() for cell in row]
    needed = {"meta": ("key", "value"), "projects": ("project_id", "cost"), "votes": ("vote",)}
    for name in needed[section]:
        if name not in header:
            raise PabulibError(line, f"{section.upper()} has no column '{name}'")
    return header


def _meta_row(reading: _Reading, line: int, row: list[str]) -> None:
    if len(row) == 1 and ":" in row[0]:
        row = row[0].split(":", 1)
    if len(row) < 2:
        reading.note(line, f"'{row[0][:40]}' has no value")
        return
    key = row[0].strip().lower()
    if key in reading.meta:
        reading.note(line, f"'{key}' stands twice; the first counts")
        return
    reading.meta[key] = ";".join(row[1:]).strip().rstrip(";").strip()
    reading.lines[key] = line


def _amount(line: int, what: str, text: str) -> Number:
    try:
        value = number(text)
    except ValueError as error:
        raise PabulibError(line, f"{what}: {error}") from None
    if value < 0:
        raise PabulibError(line, f"{what}: below zero")
    return value


def _listed(text: str) -> tuple[str, ...]:
    text = text.strip().strip("[]")
    items = (item.strip().strip("'") for item in text.split(","))
    return tuple(dict.fromkeys(item for item in items if item and item.lower() != "none"))


def _first_of(row: dict[str, str], *names: str) -> str:
    for name in names:
        value = row.get(name, "").strip()
        if value and value.lower() != "none":
            return value
    return ""


def _project_row(reading: _Reading, line: int, row: dict[str, str], bare: bool) -> None:
    name = row.get("project_id", "").strip()
    if not name:
        raise PabulibError(line, "a project without an id")
    if "," in name:
        raise PabulibError(line, f"project '{name}': an id cannot hold a comma")
    if name in reading.place:
        raise PabulibError(line, f"project '{name}' stands twice")
    if bare or not row.get("cost", "").strip():
        raise PabulibError(line, f"project '{name}' has no cost")
    reading.place[name] = len(reading.projects)
    reading.projects.append(
        Project(
            id=name,
            cost=_amount(line, f"cost of project '{name}'", row["cost"]),
            name=row.get("name", "").strip(),
            categories=_listed(_first_of(row, "category", "categories")),
            area=_first_of(row, "neighborhood", "neighbourhood", "district", "subdistrict"),
            group=_first_of(row, "exclusion_group"),
            withdrawn=_first_of(row, "withdrawn") == "1",
            facts={key: value.strip() for key, value in row.items() if key},
        )
    )


class _Votes:
    """Gathers equal rows; what they say is looked at once for all of them."""

    def __init__(self, reading: _Reading, header: list[str]) -> None:
        self.reading, self.width = reading, len(header)
        self.voter, self.vote, self.points, self.strength = (
            header.index(name) if name in header else None
            for name in ("voter_id", "vote", "points", "vote_strength")
        )

    def row(self, line: int, row: list[str]) -> None:
        """One ballot."""
        reading = self.reading
        if len(row) != self.width:
            row = self._mended(line, row)
        if self.voter is not None:
            voter = row[self.voter]
            if voter in reading.voters:
                reading.note(line, f"voter '{voter.strip()}' stands twice; both are counted")
            reading.voters.add(voter)
        assert self.vote is not None
        key = (row[self.vote], "" if self.points is None else row[self.points])
        strength = 1 if self.strength is None else self._strength(line, row[self.strength])
        reading.votes += 1
        if found := reading.rows.get(key):
            found[1] += strength
        else:
            reading.rows[key] = [line, strength]

    def _mended(self, line: int, row: list[str]) -> list[str]:
        if any(cell.strip() for cell in row[self.width :]):
            raise PabulibError(line, f"{len(row)} cells, but {self.width} columns")
        return (row + [""] * self.width)[: self.width]

    @staticmethod
    def _strength(line: int, stated: str) -> int:
        if not stated.strip():
            return 1
        amount = _amount(line, "vote_strength", stated)
        if not isinstance(amount, int):
            raise PabulibError(line, f"vote_strength: '{stated}' is not a whole number")
        return amount


def _election(reading: _Reading, last: int) -> Election:
    meta = reading.meta
    for key in ("budget", "vote_type"):
        if key not in meta:
            raise PabulibError(last, f"META has no '{key}'")
    kind = meta["vote_type"].lower()
    kind = APPROVAL if kind == "choose-1" else kind
    if kind not in BALLOT_KINDS:
        what = f"vote_type '{meta['vote_type']}' is not one of {', '.join(BALLOT_KINDS)}, choose-1"
        raise PabulibError(reading.lines["vote_type"], what)
    budget = _amount(reading.lines["budget"], "budget", meta["budget"])
    for key, found in (("num_projects", len(reading.projects)), ("num_votes", reading.votes)):
        if meta.get(key, "").strip() not in {"", str(found)}:
            reading.note(reading.lines[key], f"{key} says {meta[key]}, the file holds {found}")
    caps: tuple[Cap, ...] = ()
    caps_fault = ""
    try:
        caps = tuple(_caps(reading))
    except PabulibError as error:  # matters only to a rule that holds caps
        caps_fault = str(error)
        reading.notes.append(caps_fault)
    ballots: dict[Ballot, int] = {}
    default = _default_score(reading, kind)
    for (vote, points), (line, count) in reading.rows.items():
        ballot = _ballot(reading, line, kind, vote, points)
        if default:
            ballot = _with_default(ballot, default, len(reading.projects))
        ballots[ballot] = ballots.get(ballot, 0) + count
    projects, cast = tuple(reading.projects), tuple(ballots.items())
    return Election(kind, budget, projects, cast, caps, meta, tuple(reading.notes), caps_fault)


def _ballot(reading: _Reading, line: int, kind: str, vote: str, points: str) -> Ballot:
    names = [name.strip() for name in vote.split(",") if name.strip()]
    if vote.strip().lower() == "none" and "none" not in reading.place:
        names = []
    try:
        choices = [reading.place[name] for name in names]
    except KeyError as error:
        raise PabulibError(line, f"no project has the id {error}") from None
    stated = [cell.strip() for cell in points.split(",") if cell.strip()]
    if kind == APPROVAL or (kind == ORDINAL and not stated):
        if len(set(choices)) < len(choices):
            reading.note(line, "a project is chosen twice; once counts")
            choices = list(dict.fromkeys(choices))
        return Ballot(tuple(sorted(choices) if kind == APPROVAL else choices))
    if len(stated) != len(choices):
        raise PabulibError(line, f"{len(choices)} projects, but {len(stated)} points")
    given: dict[int, Number] = {}
    for at, cell in zip(choices, stated, strict=True):
        given[at] = given.get(at, 0) + _points(line, kind, cell)
    if len(given) < len(choices):
        reading.note(line, "a project is chosen twice; its points are added")
    return Ballot(tuple(given), tuple(simplest(value) for value in given.values()))


def _points(line: int, kind: str, cell: str) -> Number:
    try:
        value = number(cell)
    except ValueError as error:
        raise PabulibError(line, f"points: {error}") from None
    if value < 0 and kind == CUMULATIVE:
        raise PabulibError(line, f"points: {cell} is below zero")
    return value


def _default_score(reading: _Reading, kind: str) -> Number:
    text = reading.meta.get("default_score", "")
    if kind != SCORING or not text:
        return 0
    return _points(reading.lines["default_score"], kind, text)


def _with_default(ballot: Ballot, default: Number, projects: int) -> Ballot:
    rest = tuple(at for at in range(projects) if at not in ballot.choices)
    return Ballot(ballot.choices + rest, ballot.points + (default,) * len(rest))


def _caps(reading: _Reading) -> Iterable[Cap]:
    """Caps from two lists side by side: the names, and an amount for each (or one for all)."""
    for kind, names, amounts in (
        ("category", ("categories",), ("budget_per_category",)),
        (
            "area",
            ("neighborhoods", "neighbourhoods", "subdistricts"),
            ("budget_per_neighborhood", "budget_per_neighbourhood", "budget_per_subdistrict"),
        ),
    ):
        stated = next((key for key in amounts if reading.meta.get(key)), None)
        if not stated:
            continue
        line = reading.lines[stated]
        values = [_amount(line, stated, item) for item in _listed_all(reading.meta[stated])]
        listed = next((reading.meta[key] for key in names if reading.meta.get(key)), "")
        named = list(_listed(listed)) or _in_use(reading, kind)
        if len(values) == 1:
            values *= len(named)
        if len(values) != len(named):
            raise PabulibError(line, f"{stated}: {len(values)} amounts for {len(named)} names")
        yield from (Cap(kind, name, value) for name, value in zip(named, values, strict=True))


def _listed_all(text: str) -> list[str]:
    return [item.strip() for item in text.strip().strip("[]").split(",") if item.strip()]


def _in_use(reading: _Reading, kind: str) -> list[str]:
    """The names that projects carry, in the order of the file, when META does not list them."""
    if kind == "area":
        return list(dict.fromkeys(p.area for p in reading.projects if p.area))
    return list(dict.fromkeys(name for p in reading.projects for name in p.categories))
