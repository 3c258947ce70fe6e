"""On a real Ray cluster of several nodes, some of which are lost, a warehouse is what one machine makes of it."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from helpers.command import ROOT, Gongkai, gongkai_environment
from helpers.marts import different, shape
from helpers.processes import PATIENCE, hear_signals, wait_until
from helpers.project import compiled_of
from helpers.raw import ingest, raw, report, rows, write, zip_file
from helpers.storage import BUCKET, put
from PIL import Image, ImageDraw

from gongkai import interrupts
from gongkai.building.compiled import Compiled
from gongkai.building.direct import build_directly
from gongkai.building.sharding import Shard, Sharding
from gongkai.cluster import RayCluster, connected, waiting
from gongkai.cluster.actors import Part, Reader, put_back
from gongkai.warehouse import Warehouse
from gongkai.warehouse.work import make_work
from ingest.errors import GongkaiError, UsageError
from ingest.found import Found
from ingest.intake import Summary
from ingest.limits import Limits
from ingest.pool import FileDone
from ingest.results import Rejected
from ingest.storage import Stored
from ingest.taking import Event

pytestmark = pytest.mark.skipif(find_spec("ray") is None, reason="the extra ray is not installed")

SAMPLES = ROOT / "samples" / "reports"
SHARDS = 3
TRIES = 10


class Nodes:
    """A cluster on this machine: a head that does no work, and nodes of one core that do."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster  # here, as it takes a second, and every worker imports this file

        self.cluster = Cluster()
        self.working: list[Any] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self._start(num_cpus=0, include_dashboard=False, ray_client_server_port=port)
        self.outside = f"ray://127.0.0.1:{port}"

    def add(self) -> None:
        self.working.append(self._start(num_cpus=1, object_store_memory=80 << 20))

    def _start(self, **options: Any) -> Any:
        """Ray waits half a minute for a node, and has no kind of error for it; a loaded machine may need longer."""
        for _ in range(TRIES):
            try:
                return self.cluster.add_node(**options)
            except Exception as error:
                if "timed out during startup" not in str(error):
                    raise
        raise AssertionError(f"no node of a cluster started in {TRIES} tries")

    def lose(self) -> None:
        """The oldest, without a word of farewell."""
        self.cluster.remove_node(self.working.pop(0), allow_graceful=False)


@pytest.fixture(scope="module")
def nodes(storage: dict[str, str]) -> Iterator[Nodes]:
    """With one node that works. What leads to storage is known to all of it; tests find it by RAY_ADDRESS."""
    before = dict(os.environ)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    # By itself Ray has its workers wait for all else that a machine does: on a busy one they never come to an end.
    # And what its head starts for a client dies in the fork now and then, unless gRPC takes no part in forks.
    ray = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0", "GRPC_ENABLE_FORK_SUPPORT": "0"}
    ray |= {"RAY_prestart_worker_first_driver": "0", "RAY_num_prestart_python_workers": "0"}  # nobody needs them yet
    os.environ.update(storage | ray)
    nodes = Nodes()
    os.environ["RAY_ADDRESS"] = nodes.cluster.address
    nodes.add()
    yield nodes
    nodes.cluster.shutdown()
    os.environ.clear()
    os.environ.update(before)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def picture(words: str) -> bytes:
    """A scan, for OCR."""
    page = Image.new("RGB", (800, 400), "white")
    ImageDraw.Draw(page).text((60, 150), words, fill="black", font_size=90)
    buffer = io.BytesIO()
    page.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports, a scan, an archive, and files that are rejected."""
    files = {f"{number:02}.txt": report(number) for number in range(40)}
    files |= {name: (SAMPLES / name).read_bytes() for name in ("2017-liji-zhen.pdf", "2015-yueyang-shuiwu.docx")}
    files |= {"archive.zip": zip_file({"in.txt": report(90), "empty.txt": b""}), "empty.txt": b""}
    files |= {"bomb.zip": zip_file({"zeros.txt": bytes(80_000_000)}), "scan.png": picture("2016")}
    return write(tmp_path_factory.mktemp("cluster") / "files", files)


def test_reading_goes_on_where_it_was_stopped_and_where_a_node_is_lost(
    nodes: Nodes, storage: dict[str, str], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(storage, "all", folder)
    here, there = tmp_path / "here.duckdb", tmp_path / "there.duckdb"
    ingest(here, folder)
    lost: list[int] = []

    def noted(part: Part, again: deque[Part]) -> Iterator[Event]:
        lost.append(len(part[0]))
        yield from put_back(part, again)

    def stop(summary: Summary) -> None:
        raise KeyboardInterrupt

    def lose(summary: Summary) -> None:
        if len(nodes.working) == 1:
            nodes.add()
            nodes.add()
            nodes.lose()

    monkeypatch.setattr("gongkai.cluster.actors.put_back", noted)
    stored = Stored(f"{BUCKET}/all")
    with connected("ray") as cluster:
        with pytest.raises(KeyboardInterrupt):
            ingest(there, stored, reading=cluster.reading(None), on_progress=stop)
        landed = len(rows(there, "from raw.documents"))
        summary = ingest(there, stored, reading=cluster.reading(None), on_progress=lose)
    assert 0 < landed == summary.unchanged < summary.landed
    assert lost, "the only actor was on the node that was lost"
    one, other = raw(here), raw(there)
    assert {table: other[table] == one[table] for table in one} == dict.fromkeys(one, True)


def test_a_shard_whose_node_is_lost_is_built_by_another(nodes: Nodes, built_samples: Path, tmp_path: Path) -> None:
    published = tmp_path / "gongkai.duckdb"
    make_work(Warehouse(published), Warehouse(built_samples).work)
    while len(nodes.working) < 3:
        nodes.add()
    compiled = compiled_of(ROOT)
    alone = [node for node in compiled.of_documents_alone() if node.materialized == "by_document"]
    others = compiled.nodes.keys() - {node.unique_id for node in compiled.of_documents_alone()}

    with connected("ray") as cluster:

        def run(project: Path, compiled: Compiled, shards: list[Shard]) -> Iterator[Shard]:
            for shard in cluster.sharding(None).run(project, compiled, shards):
                if len(nodes.working) == 3:
                    nodes.lose()
                yield shard

        outcome = build_directly(
            *(ROOT, Warehouse(published), compiled),
            left_out=others,
            sharding=Sharding(SHARDS, run),
            progress=lambda *_: None,
        )
    assert outcome.failures == []
    assert {each.message for each in outcome.results if each.unique_id in {node.unique_id for node in alone}} == {
        "built in shards"
    }, "something was left to this process"
    for table in ("intermediate.int_candidates_chosen", "marts.quantities"):
        query = f"from {table} order by all"
        assert rows(published, query) == rows(built_samples, query)


def test_a_run_on_a_cluster_makes_the_marts_of_one_machine(
    nodes: Nodes, storage: dict[str, str], built_samples: Path, tmp_path: Path, gongkai: Gongkai
) -> None:
    """Here as a client from outside, which sees none of it but the head."""
    if not nodes.working:
        nodes.add()
    put(storage, "samples", SAMPLES)
    published = tmp_path / "gongkai.duckdb"
    done = gongkai("run", f"s3://{BUCKET}/samples", "--on", nodes.outside, published=published)
    assert done.returncode == 0, done.stderr
    assert shape(published) == shape(built_samples)
    assert different(published, built_samples) == {}


def test_where_nobody_works_it_is_said_and_waited_for(
    nodes: Nodes, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    while nodes.working:
        nodes.lose()
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        nodes.add()

    monkeypatch.setattr(waiting, "tell", tell)
    monkeypatch.setattr(waiting, "SECONDS", 1.0)
    with connected("ray") as cluster:
        wait_until(lambda: not cluster.ray.cluster_resources().get("CPU"), "a cluster that has lost its nodes")
        summary = ingest(tmp_path / "w.duckdb", folder / "01.txt", reading=cluster.reading(None))
    assert (summary.landed, told) == (1, [waiting.NOBODY])


def files_by_inode(shards: Path) -> set[int]:
    """What tells the work files of shards from those that another command left."""
    found = set()
    for file in shards.glob("*.work.duckdb"):
        with suppress(FileNotFoundError):  # it has been merged
            found.add(file.stat().st_ino)
    return found


def stopped_in_building(published: Path, number: signal.Signals) -> tuple[int, str]:
    """Run on the cluster until a shard came back, then send a signal; the exit status, and the last line on stderr."""
    shards = Warehouse(published).shards_folder
    left_behind = files_by_inode(shards)
    run = subprocess.Popen(
        [sys.executable, "-m", "gongkai.cli", "run", str(SAMPLES), "--on", "ray", "--shards", "3"],
        env=gongkai_environment(published),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_signals,
    )
    wait_until(lambda: run.poll() is not None or files_by_inode(shards) - left_behind, "a shard that came back")
    run.send_signal(number)
    _, errors = run.communicate(timeout=PATIENCE)
    return run.returncode, (errors.splitlines() or [""])[-1]


def test_a_driver_that_is_stopped_goes_on(nodes: Nodes, built_samples: Path, tmp_path: Path, gongkai: Gongkai) -> None:
    """Ray has its own way of ending: a run on it ends as any other, in a line."""
    published = tmp_path / "w.duckdb"
    if not nodes.working:
        nodes.add()
    line = f"gongkai: {interrupts.STOPPED}"
    assert stopped_in_building(published, signal.SIGTERM) == (143, line)
    assert stopped_in_building(published, signal.SIGHUP) == (129, line)
    assert stopped_in_building(published, signal.SIGKILL)[0] == -signal.SIGKILL
    done = gongkai("run", SAMPLES, published=published)
    assert done.returncode == 0, done.stderr
    assert "18 known already" in done.stdout
    assert different(published, built_samples) == {}


def test_a_node_with_other_rules_is_told(nodes: Nodes, folder: Path, tmp_path: Path) -> None:
    with connected("ray") as cluster:
        other = RayCluster(cluster.ray, "other rules", 1)
        with pytest.raises(GongkaiError, match="other rules, than the machine that began"):
            ingest(tmp_path / "w.duckdb", folder, reading=other.reading(None))


def test_a_client_whose_server_died_in_the_fork_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ray-project/ray#63202 tells it; where each try ends so, or otherwise, that is told."""
    died = "Initialization failure from server: Starting Ray client server failed. See ray_client_server_23000.err"
    answers: list[str | None] = [died, died, None]

    def answer(**_: Any) -> None:
        if told := answers.pop(0):
            raise ConnectionAbortedError(told)

    monkeypatch.setattr("ray.init", answer)
    monkeypatch.setattr("ray.cluster_resources", lambda: {"CPU": 3.0})
    with connected("ray://localhost:1") as cluster:
        assert (cluster.cores, answers) == (3, [])
    for tries in (["nobody listens"], [died] * 4):
        answers[:] = tries
        with (
            pytest.raises(GongkaiError, match=f"no Ray cluster answers at ray://localhost:1 .*{tries[-1][-9:]}"),
            connected("ray://localhost:1"),
        ):
            pass
        assert answers == []


def test_a_folder_that_a_machine_has_not_is_told(tmp_path: Path) -> None:
    reader = Reader(Limits(), b"")
    with pytest.raises(GongkaiError, match=r"has no .*lost; put the files where every machine"):
        reader.read([Found(str(tmp_path / "lost" / "a.txt"), "a.txt")])


def test_what_a_killed_process_left_aside_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = subprocess.Popen(["true"])
    gone.wait()
    for number in (gone.pid, os.getppid()):
        write(tmp_path / f"gongkai-of-{number}-x", {"fetched": b"x"})
    reader = Reader(Limits(), b"")
    names = sorted(path.name.rpartition("-")[0] for path in tmp_path.iterdir())
    assert names == sorted(f"gongkai-of-{number}" for number in (os.getpid(), os.getppid()))
    reader.close()
    assert [path.name for path in tmp_path.iterdir()] == [f"gongkai-of-{os.getppid()}-x"]


def test_a_file_that_ends_whatever_reads_it_is_rejected_in_the_end() -> None:
    again: deque[Part] = deque()
    part = [Found(f"/x/{name}", name) for name in ("a.txt", "b.txt")]
    assert list(put_back((part, 0), again)) == []
    assert [([found.source_file for found in files], tries) for files, tries in again] == [
        (["a.txt"], 1),
        (["b.txt"], 1),
    ]
    assert list(put_back(again.popleft(), again)) == []
    rejected, done = put_back(again.pop(), again)
    assert isinstance(rejected, Rejected)
    assert (rejected.place.source_file, rejected.reason_code, done) == (
        "a.txt",
        "reader_died",
        FileDone("a.txt", "/x/a.txt"),
    )


def test_what_cannot_be_meant_is_told(gongkai: Gongkai, tmp_path: Path) -> None:
    for options, told in (
        (["--on", "http://x"], "--on http://x: write ray, or ray://host:port"),
        (["--on", "ray", "--keep"], "leave one of --keep and --on out"),
    ):
        done = gongkai("run", SAMPLES, *options, published=tmp_path / "w.duckdb")
        assert done.returncode == 2
        assert told in done.stderr
    with pytest.raises(UsageError), connected("spark"):
        pass
