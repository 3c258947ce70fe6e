"""Publishing: readers and builds never break each other, whatever is killed when."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pytest
from helpers.command import gongkai_environment
from helpers.of_numbers import ROWS, count, warehouse_of_numbers
from helpers.processes import PATIENCE, cpu_of_whole, kill_after

from gongkai import publications
from gongkai.copying import EVIDENCE_TABLES
from gongkai.publishing import publish, published_fingerprint, raw_fingerprint
from gongkai.warehouse import Warehouse
from gongkai.warehouse.work import open_work
from ingest.errors import GongkaiError


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return warehouse_of_numbers(tmp_path / "w.duckdb")


def leftovers(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir() if "publishing" in each.name)


def test_rows_lie_by_year_region_and_report(published: Path) -> None:
    """In the order in which the file has them, be the mart a table or a view; unknown years and regions come first."""
    with duckdb.connect(str(Warehouse(published).work)) as connection:
        connection.execute(
            "create table marts.facts as select 'r' || lpad((i * 7919 % 50000)::varchar, 6, '0') as report_id,"
            " nullif(2009 + i % 13, 2009) as year, nullif((i % 31)::varchar, '0') as region_code"
            " from range(50000) as rows (i)"
        )
        connection.execute("create view marts.seen as select year, report_id from marts.facts")
    publish(Warehouse(published), "f1")
    with duckdb.connect(str(published), read_only=True) as connection:
        for table, keys in (("facts", "year, region_code, report_id"), ("seen", "year, report_id")):
            rows = connection.sql(f"select {keys} from marts.{table} order by rowid").fetchall()
            assert rows == sorted(rows, key=lambda row: tuple((value is not None, value) for value in row)), table
            assert len(rows) == 50_000


def test_marts_and_evidence_are_published_with_comments_and_nothing_else(published: Path) -> None:
    publish(Warehouse(published), "f1")
    assert published_fingerprint(Warehouse(published)) == "f1"
    with duckdb.connect(str(published), read_only=True) as connection:
        tables = {
            tuple(row) for row in connection.sql("select schema_name, table_name from duckdb_tables()").fetchall()
        }
        comments = connection.sql(
            "select comment from duckdb_tables() where table_name = 'numbers' union all "
            "select comment from duckdb_columns() where table_name = 'numbers' and comment is not null"
        ).fetchall()
        types = connection.sql("describe marts.numbers").fetchall()
    assert tables == {
        ("marts", "numbers"), ("marts", "few"), ("raw", "publication"),
        *(("marts", name) for name in publications.TABLES), *(("raw", name) for name in EVIDENCE_TABLES),
    }  # fmt: skip
    assert comments == [("One row a number. It's 数字.",), ("代码",)]
    assert [row[1] for row in types] == ["VARCHAR", "DECIMAL(20,4)"]
    assert count(published, "raw.blocks") == ROWS
    assert count(published, "marts.few") == 3


def test_a_reader_in_another_process_keeps_its_data_while_builds_are_published(published: Path) -> None:
    publish(Warehouse(published), "f1")
    reader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(
                f"""
                import duckdb, sys
                connection = duckdb.connect({str(published)!r}, read_only=True)
                print(connection.sql("select count(*) from marts.numbers").fetchall()[0][0], flush=True)
                sys.stdin.readline()
                print(connection.sql("select count(*), sum(value)::bigint from marts.numbers").fetchall()[0])
                """
            ),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdin and reader.stdout
    assert reader.stdout.readline().strip() == str(ROWS)
    with open_work(Warehouse(published)) as connection:
        connection.execute("delete from marts.numbers where value >= 10")
    publish(Warehouse(published), "f2")
    assert count(published) == 10
    rest, _ = reader.communicate("go on\n", timeout=PATIENCE)
    assert rest.strip() == str((ROWS, ROWS * (ROWS - 1) // 2))
    assert reader.returncode == 0


def written_and_killed(path: Path, statements: str) -> None:
    """A writing session that never ended: what it wrote is in the log beside the file."""
    writing = f"import duckdb, os; c = duckdb.connect({str(path)!r}); c.execute({statements!r}); os._exit(0)"
    subprocess.run([sys.executable, "-c", writing], check=True)
    assert path.with_name(f"{path.name}.wal").exists()


def tables(path: Path) -> list[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return [
            f"{schema}.{name}"
            for schema, name in connection.sql("select schema_name, table_name from duckdb_tables()").fetchall()
        ]


def test_schemas_of_analysts_go_on_in_the_new_file_even_from_the_log(published: Path) -> None:
    publish(Warehouse(published), "f1")
    with duckdb.connect(str(published)) as connection:
        connection.execute("create table notes (code varchar primary key, note varchar default '无')")
        connection.execute("insert into notes (code) values ('000000001')")
        connection.execute("create schema mine; create macro mine.twice(x) as 2 * x; create sequence mine.ids")
        connection.execute("create view mine.joined as select * from marts.numbers join main.notes using (code)")
    written_and_killed(published, "create table mine.last as select 7 as x")
    with open_work(Warehouse(published)) as connection:
        connection.execute("delete from marts.numbers where value >= 10")
    publish(Warehouse(published), "f2")
    assert not published.with_name("w.duckdb.wal").exists()
    assert leftovers(published) == []
    assert count(published) == 10
    with duckdb.connect(str(published), read_only=True) as connection:
        assert connection.sql("select code, note, value from mine.joined").fetchall() == [("000000001", "无", 1)]
        assert connection.sql("select mine.twice(x) from mine.last").fetchall() == [(14,)]
    publish(Warehouse(published), "f3")
    assert count(published, "mine.last") == 1


def test_a_table_of_an_analyst_among_ours_stops_the_publish(published: Path) -> None:
    publish(Warehouse(published), "f1")
    written_and_killed(published, "create table marts.mine as select 1 as x; create macro raw.twice(x) as 2 * x")
    before = {path.name: path.read_bytes() for path in published.parent.iterdir() if "work" not in path.name}
    with pytest.raises(GongkaiError, match=r"holds marts\.mine and 1 more, .* move it to a schema of your own"):
        publish(Warehouse(published), "f2")
    assert {path.name: path.read_bytes() for path in published.parent.iterdir() if "work" not in path.name} == before
    with duckdb.connect(str(published)) as connection:
        connection.execute("create schema mine; create table mine.mine as from marts.mine; drop table marts.mine")
        connection.execute("drop macro raw.twice")
    publish(Warehouse(published), "f2")
    assert "mine.mine" in tables(published)


def test_a_link_and_mode_and_owner_stay(tmp_path: Path, published: Path) -> None:
    real = tmp_path / "elsewhere" / "real.duckdb"
    real.parent.mkdir()
    published.symlink_to(real)
    publish(Warehouse(published), "f1")
    real.chmod(0o640)
    if os.getuid() == 0:
        os.chown(real, 1234, 4321)
    before = real.stat()
    written_and_killed(real, "create schema mine; create table mine.notes as select 1 as x")
    publish(Warehouse(published), "f2")
    assert published.is_symlink() and published.readlink() == real
    assert published_fingerprint(Warehouse(published)) == "f2"
    after = real.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert [path.name for path in real.parent.iterdir()] == ["real.duckdb"]
    assert count(published, "mine.notes") == 1


def test_killed_publishes_leave_the_old_file_whole_and_their_leftovers_are_cleaned(published: Path) -> None:
    publish(Warehouse(published), "old")
    script = (
        "from pathlib import Path; from gongkai.publishing import publish; from gongkai.warehouse import Warehouse; "
        f"publish(Warehouse(Path({str(published)!r})), 'new')"
    )
    whole = cpu_of_whole(subprocess.Popen([sys.executable, "-c", script], env=gongkai_environment()))
    assert published_fingerprint(Warehouse(published)) == "new"
    publish(Warehouse(published), "old")
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    killed_with_leftovers = 0
    for _ in range(12):
        process = subprocess.Popen([sys.executable, "-c", script], env=gongkai_environment())
        kill_after(process, chance.uniform(0.3, 1.1) * whole)
        killed_with_leftovers += bool(leftovers(published))
        assert published_fingerprint(Warehouse(published)) in {"old", "new"}, f"seed {seed}"
        assert count(published) == ROWS, f"seed {seed}"
        assert count(published, "raw.blocks") == ROWS, f"seed {seed}"
    publish(Warehouse(published), "last")
    assert leftovers(published) == []
    assert published_fingerprint(Warehouse(published)) == "last"


def test_nothing_is_published_where_the_disk_is_full(published: Path) -> None:
    publish(Warehouse(published), "old")
    script = textwrap.dedent(
        f"""
        import resource, signal
        from pathlib import Path
        from ingest.errors import GongkaiError
        from gongkai.publishing import publish
        from gongkai.warehouse import Warehouse
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        try:
            publish(Warehouse(Path({str(published)!r})), "new")
        except GongkaiError as error:
            print(error)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=gongkai_environment(), capture_output=True, text=True, check=False
    )
    assert "cannot publish" in done.stdout and "make room" in done.stdout, done.stderr
    assert len(done.stdout.splitlines()) == 1
    assert published_fingerprint(Warehouse(published)) == "old"
    assert leftovers(published) == []


def test_a_folder_in_the_way_is_named(tmp_path: Path, published: Path) -> None:
    published.mkdir()
    with pytest.raises(GongkaiError, match="is not a file"):
        publish(Warehouse(published), "f")


def test_a_strange_name_is_published_and_its_leftovers_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "it's [a] 公开.duckdb"
    neighbour = tmp_path / "other.publishing-1.duckdb"
    neighbour.write_bytes(b"somebody else's")
    with open_work(Warehouse(path)) as connection:
        connection.execute("create schema marts; create table marts.t as select 1 as x")
    leftover = path.with_name(f"{path.stem}.publishing-99.duckdb")
    leftover.write_bytes(b"of a killed publish")
    publish(Warehouse(path), "f")
    assert published_fingerprint(Warehouse(path)) == "f"
    assert not leftover.exists()
    assert neighbour.exists()


def test_the_fingerprint_of_raw_sees_content_but_not_the_time_of_the_last_look(published: Path) -> None:
    before = raw_fingerprint(Warehouse(published))
    with open_work(Warehouse(published)) as connection:
        connection.execute(
            "insert into raw.documents by name "
            "select 'd1' as document_id, 'a.txt' as source_file, '' as archive_member, "
            "'text/plain' as media_type, 1 as size_bytes, 'txt' as reader, '1' as reader_version, 1 as char_count, "
            "false as ocr_used, '{}' as properties, timestamp '2026-01-01' as first_seen_at, "
            "timestamp '2026-01-01' as last_seen_at, 'v1' as content_version"
        )
    landed = raw_fingerprint(Warehouse(published))
    with open_work(Warehouse(published)) as connection:
        connection.execute("update raw.documents set last_seen_at = timestamp '2026-02-02'")
    seen_again = raw_fingerprint(Warehouse(published))
    with open_work(Warehouse(published)) as connection:
        connection.execute("update raw.documents set content_version = 'v2'")
    read_anew = raw_fingerprint(Warehouse(published))
    assert before != landed == seen_again != read_anew


def test_a_file_that_is_no_warehouse_has_no_fingerprint(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    assert published_fingerprint(Warehouse(path)) is None
    path.write_bytes(os.urandom(5_000))
    assert published_fingerprint(Warehouse(path)) is None
    assert Warehouse(path).work.name == "w.work.duckdb"
