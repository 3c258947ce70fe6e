"""`gongkai sql` answers any query as a table, csv or JSON, and can do nothing but read the published file."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command import ROOT, Gongkai, gongkai_environment
from helpers.processes import PATIENCE

LEVELS = "select level_code, level_rank, null as nothing from dim_level order by level_rank limit 2"


def test_a_table_keeps_han_characters_in_line_and_shows_null(built_samples: Path, gongkai: Gongkai) -> None:
    told = gongkai(
        "sql", "select name_zh, level_rank, null as nothing from dim_level order by 2", published=built_samples
    )
    assert told.stdout.splitlines()[:4] == [
        "name_zh  level_rank  nothing",
        "-------  ----------  -------",
        "国家级            1     NULL",
        "省级              2     NULL",
    ]  # fmt: skip
    assert told.stdout.endswith("6 rows\n")
    cut = gongkai("sql", "from dim_level", "--rows", "2", published=built_samples).stdout
    assert cut.endswith("2 rows, and more: --rows 0 shows all\n")


def test_csv_and_json_have_every_row_as_it_is(built_samples: Path, gongkai: Gongkai) -> None:
    lines = gongkai("sql", LEVELS, "--format", "csv", published=built_samples).stdout
    assert lines == "level_code,level_rank,nothing\nnational,1,\nprovince,2,\n"
    rows = json.loads(gongkai("sql", LEVELS, "--format", "json", published=built_samples).stdout)
    assert rows[0] == {"level_code": "national", "level_rank": 1, "nothing": None}
    query = "select observation_ids, difference, period_start from findings join dim_report using (report_id) limit 1"
    [row] = json.loads(gongkai("sql", query, "--format", "json", published=built_samples).stdout)
    assert isinstance(row["observation_ids"], list) and row["period_start"][4] == "-"
    [_, cells] = csv.reader(io.StringIO(gongkai("sql", query, "--format", "csv", published=built_samples).stdout))
    assert json.loads(cells[0]) == row["observation_ids"]
    assert json.loads(gongkai("sql", f"{LEVELS[:-1]}0", "--format", "json", published=built_samples).stdout) == []


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_csv('{file}')",
        "select content from read_text('{file}')",
        "select * from glob('{folder}/*')",
        "copy dim_level to '{folder}/out.csv'",
        "export database '{folder}/out'",
        "attach '{folder}/out.duckdb'",
        "load httpfs",
        "install httpfs",
        "set enable_external_access = true",
        "reset lock_configuration",
        "insert into marts.dim_level select * from marts.dim_level",
        "drop table marts.dim_level",
        "create table marts.mine as select 1",
    ],
)
def test_it_reads_nothing_else_and_writes_nothing(
    built_samples: Path, gongkai: Gongkai, tmp_path: Path, query: str
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nhidden\n", encoding="utf-8")
    before = built_samples.read_bytes()
    done = gongkai("sql", query.format(file=secret, folder=tmp_path), published=built_samples)
    assert done.returncode == 1 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and "hidden" not in done.stderr
    assert list(tmp_path.iterdir()) == [secret] and built_samples.read_bytes() == before


def test_what_is_wrong_is_one_line_with_the_nearest_names(built_samples: Path, gongkai: Gongkai) -> None:
    told = gongkai("sql", "select nam from dim_level", published=built_samples).stderr
    assert len(told.splitlines()) == 1 and '"nam" not found' in told and '"name_zh"' in told
    assert "syntax error" in gongkai("sql", "selec 1", published=built_samples).stderr


def test_a_query_may_come_by_a_pipe(built_samples: Path) -> None:
    done = run_with(built_samples, subprocess.PIPE, LEVELS, "--format", "csv")
    assert done.splitlines()[1] == "national,1,"


def test_the_prompt_goes_on_after_a_mistake_and_tells_what_there_is(built_samples: Path) -> None:
    ours, its = pty.openpty()
    typed = (
        ".tables\n.columns dim_level\n.columns nothing\nselect nam from dim_level;\nselect\n7 * 6 as answer;\n.quit\n"
    )
    os.write(ours, typed.encode())
    told = run_with(built_samples, its, None)
    os.close(ours)
    os.close(its)
    assert "dim_level" in told and "level_rank integer" in told
    assert "answer\n------\n    42\n1 row" in told
    assert "there is no table nothing" in told and '"nam" not found' in told


def run_with(published: Path, stdin: int, typed: str | None, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "gongkai.cli", "sql", *arguments],
        cwd=ROOT,
        env=gongkai_environment(published),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
        **({"input": typed} if typed is not None else {"stdin": stdin}),
    )
    assert done.returncode == 0, done.stdout
    return done.stdout.replace("...> ", "").replace("gongkai> ", "")
