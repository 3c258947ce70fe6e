"""The list of bodies that must report: what is refused, and that a new list takes the place of the one before."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from gongkai.publishing import raw_fingerprint
from gongkai.warehouse import Warehouse
from gongkai.warehouse.work import open_work
from ingest.documents.raw import create_raw
from ingest.errors import UsageError
from ingest.expected import ExpectedBodies, land_expected, read_expected


def listed(folder: Path, text: str, encoding: str = "utf-8") -> ExpectedBodies:
    path = folder / "expected.csv"
    path.write_bytes(text.encode(encoding))
    return read_expected(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_is_read(tmp_path: Path, encoding: str) -> None:
    text = "agency,region_code,from_year,to_year\n德清县水利局, 330521 ,2012,\n\n教育部,,,2020\n"
    assert listed(tmp_path, text, encoding).rows == [
        {"agency": "德清县水利局", "region_code": "330521", "from_year": 2012, "to_year": None},
        {"agency": "教育部", "region_code": None, "from_year": None, "to_year": 2020},
    ]


def test_columns_of_years_may_be_left_out(tmp_path: Path) -> None:
    assert listed(tmp_path, "region_code,agency\n330521100,武康镇\n").rows[0]["region_code"] == "330521100"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name\n甲局\n", "no column agency"),
        ("agency,place\n甲局,1\n", "unknown column 'place'"),
        ("agency,region_code\n,330521\n", "line 2: the agency is empty"),
        ("agency,region_code\n甲局,3305\n", "line 2: region_code '3305'"),
        ("agency,from_year\n甲局,12\n", "line 2: from_year '12'"),
        ("agency,from_year,to_year\n甲局,2012,2010\n", "from_year 2012 is after to_year 2010"),
        ("agency,from_year\n甲局,2012\n甲局,2012\n", "line 3: '甲局' stands there already"),
        ("agency,from_year\n甲局\n", "line 2: 2 fields were expected"),
        ("agency\n", "it names no body"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError, match="--expected") as error:
        listed(tmp_path, text)
    assert told in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_expected(tmp_path / "none.csv")


def test_a_new_list_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        create_raw(connection)
        land_expected(connection, listed(tmp_path, "agency\n甲局\n乙局\n"))
        land_expected(connection, listed(tmp_path, "agency\n丙局\n"))
        assert connection.execute("select agency from raw.expected_bodies").fetchall() == [("丙局",)]


def test_a_new_list_is_something_to_build(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "w.duckdb")
    seen = []
    for agency in ("甲局", "甲局", "乙局"):
        with open_work(warehouse) as connection:
            land_expected(connection, listed(tmp_path, f"agency\n{agency}\n"))
        seen.append(raw_fingerprint(warehouse))
    assert seen[0] == seen[1] != seen[2]
