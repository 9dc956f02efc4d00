"""Reading JSON-stat 2.0, SDMX-CSV, Eurostat's TSV and plain CSV into observations.

Every reader keeps what the office said beside a number (estimated, provisional, break in series),
and a missing number stays missing: it is never nought.
"""

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from backend.core.i18n import _
from backend.core.problems import Invalid

MOST_CELLS = 2_000_000
TIMES = ("time", "time_period", "period", "year")
_CELL = re.compile(r"^\s*(:|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)?\s*([A-Za-z]{0,6})\s*$")
_PERIOD = re.compile(r"^(\d{4})(?:[-_ ]?Q([1-4])|[-M](\d{1,2}))?$")


@dataclass(frozen=True, slots=True)
class Observation:
    """One cell of a statistical table: where it stands, its number, and the office's flags."""

    place: Mapping[str, str]
    period: str
    value: float | None
    flags: str | None = None


def _wrong(message: str) -> Invalid:
    return Invalid(errors={"file": message})


def period_name(text: str) -> str:
    """A period as the house writes it: 2024, 2024-Q3; months are told as they are."""
    match = _PERIOD.match(text.strip())
    if not match:
        raise _wrong(_("%(text)s is no period. Write 2024 or 2024-Q3.", text=text[:20]))
    if match[2]:
        return f"{match[1]}-Q{match[2]}"
    return f"{match[1]}-{int(match[3]):02d}" if match[3] else match[1]


def number(text: Any) -> float | None:
    """A finite number; empty, ":" and NaN are missing, anything else is an error."""
    if text is None or isinstance(text, bool):
        return None
    if isinstance(text, str):
        text = text.strip()
        if text in ("", ":", "NaN", "nan", "NA", ".."):
            return None
    try:
        found = float(text)
    except (TypeError, ValueError) as error:
        raise _wrong(_("%(text)s is not a number.", text=str(text)[:20])) from error
    return found if math.isfinite(found) else None


def _cell(text: str) -> tuple[float | None, str | None]:
    """A cell of the TSV: "12.3 e", ": c" or ":"."""
    match = _CELL.match(text)
    if not match:
        raise _wrong(_("%(text)s is not a number.", text=text.strip()[:20]))
    return number(match[1]), match[2] or None


def read_tsv(body: str) -> Iterator[Observation]:
    """Eurostat's TSV: the first header cell names the dimensions, "a,b,c\\TIME_PERIOD"."""
    rows = csv.reader(io.StringIO(body), delimiter="\t", quoting=csv.QUOTE_NONE)
    header = next(rows, None)
    if not header or "\\" not in header[0]:
        raise _wrong(_("The first cell must name the dimensions, as Eurostat writes them."))
    names = [name.strip() for name in header[0].split("\\")[0].split(",")]
    periods = [period_name(cell) for cell in header[1:]]
    for row in rows:
        if not row or not row[0].strip():
            continue
        codes = [code.strip() for code in row[0].split(",")]
        if len(codes) != len(names) or len(row) - 1 > len(periods):
            raise _wrong(_("A line has other dimensions than the header."))
        place = dict(zip(names, codes, strict=True))
        for period, text in zip(periods, row[1:], strict=False):
            value, flags = _cell(text)
            yield Observation(place, period, value, flags)


def read_csv(body: str) -> Iterator[Observation]:
    """SDMX-CSV or plain CSV: a line an observation, columns by name."""
    reader = csv.DictReader(io.StringIO(body.lstrip("\ufeff")))
    columns = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    time = next((columns[name] for name in TIMES if name in columns), None)
    value = columns.get("obs_value") or columns.get("value")
    flags = columns.get("obs_flag") or columns.get("obs_status") or columns.get("flags")
    if time is None or value is None:
        raise _wrong(_("The file needs a column for the period and one for the value."))
    for row in reader:
        if None in row or row.get(value) is None:
            raise _wrong(_("A line has more or fewer cells than the header."))
        place = {
            low: (row[name] or "").strip()
            for low, name in columns.items()
            if name not in (time, value, flags)
        }
        said = (row[flags] or "").strip() if flags else ""
        yield Observation(place, period_name(row[time] or ""), number(row[value]), said or None)


def read_json_stat(body: str) -> Iterator[Observation]:
    """JSON-stat 2.0: a cube with sparse or dense values, and flags in `status`."""
    try:
        cube = orjson.loads(body)
        if not isinstance(cube, dict) or cube.get("class", "dataset") != "dataset":
            raise TypeError
        names, sizes = list(cube["id"]), [int(n) for n in cube["size"]]
        codes = [
            _codes(cube["dimension"][name], size) for name, size in zip(names, sizes, strict=True)
        ]
        values, status = cube.get("value") or {}, cube.get("status")
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise _wrong(_("This is no JSON-stat 2.0 data set.")) from error
    cells = math.prod(sizes)
    if cells > MOST_CELLS:
        raise _wrong(_("The file has too many cells. Ask the office for less at a time."))
    told = cube.get("role", {}).get("time") or [n for n in names if n.lower() in TIMES]
    if len(told) != 1 or told[0] not in names:
        raise _wrong(_("The data set needs one dimension of time."))
    time = names.index(told[0])
    for at in sorted(_known(values, status, cells)):
        place = _position(at, sizes)
        where = {n: codes[i][place[i]] for i, n in enumerate(names) if i != time}
        said = _at(status, at)
        yield Observation(
            where, period_name(codes[time][place[time]]), number(_at(values, at)), said or None
        )


def _codes(dimension: Mapping[str, Any], size: int) -> list[str]:
    index = dimension["category"].get("index")
    if index is None:
        found = list(dimension["category"]["label"])
    elif isinstance(index, dict):
        found = sorted(index, key=lambda code: index[code])
    else:
        found = list(index)
    if len(found) != size:
        raise ValueError("size")
    return [str(code) for code in found]


def _known(values: Any, status: Any, cells: int) -> set[int]:
    """The cells that say something: a value, or at least a flag."""
    found: set[int] = set()
    for source in (values, status):
        keys = range(len(source)) if isinstance(source, list) else source or ()
        if isinstance(source, list | dict):
            found |= {int(key) for key in keys}
    if any(not 0 <= at < cells for at in found):
        raise _wrong(_("The data set has values outside its own size."))
    return found


def _at(source: Any, at: int) -> Any:
    if isinstance(source, list):
        return source[at] if at < len(source) else None
    if isinstance(source, dict):
        return source.get(str(at))
    return source if isinstance(source, str) else None


def _position(at: int, sizes: list[int]) -> list[int]:
    """The position of a cell in row-major order."""
    place = []
    for size in reversed(sizes):
        at, here = divmod(at, size)
        place.append(here)
    return place[::-1]


FORMS: Mapping[str, Callable[[str], Iterator[Observation]]] = {
    "json-stat": read_json_stat,
    "sdmx-csv": read_csv,
    "tsv": read_tsv,
    "csv": read_csv,
}


def read_observations(form: str, body: str) -> Iterator[Observation]:
    """The observations of a file in one of the known forms."""
    if form not in FORMS:
        raise Invalid(errors={"form": _("The form is json-stat, sdmx-csv, tsv or csv.")})
    try:
        yield from FORMS[form](body)
    except (csv.Error, RecursionError) as error:
        raise _wrong(_("This is no table. Check the form of the file.")) from error
