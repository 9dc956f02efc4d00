"""The population register from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.support.process import Served

REGISTER = "reference,birth_date,postcode\n999 01,1980-02-03,1234 AB\n99902,yesterday,1234AB\n"


def test_a_register_is_taken_over_once_and_bad_lines_are_named(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "register.csv"
    file.write_text("\ufeff" + REGISTER, encoding="utf-8")  # as spreadsheets save it
    house = Served(database_url, tmp_path / "data")
    first = house.run("import", "register", str(file))
    assert "1 lines added, 0 known already, 1 faulty." in first.stdout
    assert "line 3" in first.stderr
    assert "0 lines added, 1 known already" in house.run("import", "register", str(file)).stdout
