"""Official figures come in with their flags; nothing missing becomes nought."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.actor import SYSTEM
from backend.core.problems import Invalid
from backend.indicators.official import figures_of, read_observations, read_rules
from backend.indicators.queries.registers import alerts, points
from backend.indicators.service.importing import SeriesFile, import_series, watch_series

TSV = (
    "freq,indic_ur,cities\\TIME_PERIOD\t2021 \t2022 \t2023 \n"
    "A,TE2031I,RO001C\t34.1 \t35.2 e\t: \n"
    "A,TE2031I,RO002C\t: c\t28 b\t29.5 p\n"
)
CUBE = {
    "version": "2.0", "class": "dataset", "id": ["indic", "cities", "time"], "size": [1, 2, 3],
    "dimension": {
        "indic": {"category": {"index": {"TE2031I": 0}}},
        "cities": {"category": {"index": ["RO001C", "RO002C"]}},
        "time": {"category": {"index": {"2021": 0, "2022": 1, "2023": 2}}},
    },
    "value": {"0": 34.1, "1": 35.2, "4": 28, "5": 29.5},
    "status": {"1": "e", "3": "c", "4": "b", "5": "p"}, "role": {"time": ["time"]},
}  # fmt: skip
SDMX = (
    "DATAFLOW,freq,indic_ur,cities,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
    "ESTAT:URB_CEDUC(1.0),A,TE2031I,RO001C,2021,34.1,\n"
    "ESTAT:URB_CEDUC(1.0),A,TE2031I,RO001C,2022,35.2,e\n"
    "ESTAT:URB_CEDUC(1.0),A,TE2031I,RO002C,2021,,c\n"
)
RULES = """
- {series: CI1.tertiary, where: {cities: RO001C}}
- {series: CI1.tertiary, where: {cities: RO002C}, city: Elsewhere}
"""


def _read(form: str, body: str) -> dict[tuple[str, str], tuple[float | None, str | None]]:
    found = figures_of(read_observations(form, body), read_rules(RULES))
    return {(f.city, f.period): (f.value, f.flags) for f in found}


def test_eurostat_tsv_keeps_flags_and_gaps() -> None:
    found = _read("tsv", TSV)
    assert found["", "2022"] == (35.2, "e")
    assert found["", "2023"] == (None, None)
    assert found["Elsewhere", "2021"] == (None, "c")
    assert found["Elsewhere", "2022"] == (28.0, "b")


def test_json_stat_reads_sparse_cubes_with_status() -> None:
    found = _read("json-stat", json.dumps(CUBE))
    assert found["", "2021"] == (34.1, None)
    assert found["Elsewhere", "2021"] == (None, "c")
    assert found["Elsewhere", "2023"] == (29.5, "p")
    assert ("", "2023") not in found


def test_sdmx_csv_keeps_flags() -> None:
    found = _read("sdmx-csv", SDMX)
    assert found == {
        ("", "2021"): (34.1, None), ("", "2022"): (35.2, "e"), ("Elsewhere", "2021"): (None, "c"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("tsv", "no header\t2020\nA\t1\n"),
        ("tsv", "a,b\\TIME_PERIOD\t2020\nA\t1\n"),
        ("tsv", "a\\TIME_PERIOD\t2020\nA\tmuch\n"),
        ("csv", "series,value\nCI1.tertiary,3\n"),
        ("csv", "series,period,value\nCI1.tertiary,2020,12,5\n"),
        ("csv", "series,period,value\nNO.such,2020,12\n"),
        ("json-stat", "[]"),
        ("json-stat", json.dumps(CUBE | {"size": [1, 2, 2]})),
        ("json-stat", json.dumps(CUBE | {"value": {"99": 1}})),
        ("json-stat", json.dumps(CUBE | {"size": [10**6, 2, 3]})),
    ],
)
def test_what_is_not_a_table_is_refused_with_a_reason(form: str, body: str) -> None:
    with pytest.raises(Invalid):
        list(figures_of(read_observations(form, body), []))


@given(st.sampled_from(["tsv", "csv", "sdmx-csv", "json-stat"]), st.text(max_size=200))
def test_no_file_breaks_a_reader(form: str, body: str) -> None:
    with contextlib.suppress(Invalid):
        list(read_observations(form, body))


@given(
    st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6, allow_nan=False)), min_size=1, max_size=20)
)
def test_numbers_survive_the_tsv(values: list[float | None]) -> None:
    years = [str(1990 + n) for n in range(len(values))]
    cells = [": " if v is None else f"{v!r} p" for v in values]
    body = "x\\TIME_PERIOD\t" + "\t".join(years) + "\nA\t" + "\t".join(cells) + "\n"
    found = list(read_observations("tsv", body))
    assert [o.value for o in found] == values


def test_a_later_file_replaces_a_figure_and_a_threshold_raises_one_alert(session: Any) -> None:
    watch_series(session, SYSTEM, "MI5.pm25", above=12)
    body = "series,period,value,flags\nMI5.pm25,2023,14,\nMI5.pm25,2024,11,p\n"
    assert import_series(session, SYSTEM, SeriesFile("csv", body, "a.csv", "Stations")) == 2
    assert alerts(session) == []
    body = "series,period,value,flags\nMI5.pm25,2024,12.5,\n"
    for _again in range(2):
        import_series(session, SYSTEM, SeriesFile("csv", body, "b.csv", "Stations, revised"))
    found = {p["period"]: (p["value"], p["flags"], p["source"]) for p in points(session)}
    assert found == {"2023": (14.0, None, "Stations"), "2024": (12.5, None, "Stations, revised")}
    assert [(a["period"], a["value"]) for a in alerts(session, only_open=True)] == [("2024", 12.5)]
