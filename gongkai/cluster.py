"""Reading and building on a Ray cluster, with the functions and the limits of one machine.

Reading: an actor for each core holds a reading process in its sandbox (and with it the OCR models), is handed a few
files at a time, fetches those of object storage itself, and gives back what a process of this machine would. Building:
a task for each shard, which goes there as Parquet and comes back as a work file. An actor or a node that is lost costs
what it was at; this process lands and merges what comes back, so a run that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import platform
import re
import shutil
import tempfile
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import ingest
from gongkai import interrupts
from gongkai.building.compiled import Compiled, read_compiled
from gongkai.building.shard_processes import ShardProcesses
from gongkai.building.sharding import SHARED_TABLES, Shard, Sharding
from gongkai.project import rules_fingerprint
from ingest.errors import GongkaiError, RejectReason, UsageError
from ingest.found import Found
from ingest.limits import Limits
from ingest.pool import FileDone, Pool
from ingest.results import Place, Rejected
from ingest.shipped import project_folder
from ingest.taking import Event, read_files

_FILES_AT_ONCE = 16
"""Files that an actor is handed at once, and that are read again where it is lost."""
_PARTS_AT_ONCE = 2
"""One lies ready at an actor while it reads the other."""
_DOCUMENTS_OF_SHARD = 10_000
"""A shard of so many goes through the memory of this machine and of the one that builds it."""
_TRIES = 3
"""So often a file may lose the actor that reads it, and a shard its task."""
_SECONDS_TO_CLOSE = 10
_FOLDER = "gongkai-of-"
"""What the name of a process's temporary folder begins with, before its number."""
_PASSED_ON = ("GONGKAI_PROJECT", "GONGKAI_RULES")
"""What processes of ours are told by the environment; keys of storage are no business of the cluster's."""


@dataclass(frozen=True, slots=True)
class RayCluster:
    """A cluster that this process is connected to. `rules`: what all of it must go by, as a hash of rules and code."""

    ray: Any
    rules: str
    cores: int

    def reading(self, workers: int | None) -> ReadOnRay:
        """Who reads there, on all of its cores or so many."""
        return ReadOnRay(self, min(workers or self.cores, self.cores))

    def sharding(self, shards: int | None) -> Sharding:
        """So many shards, built there: one a core, where it is not said, and more where they would be too large."""
        return Sharding(shards, self.build) if shards else Sharding(self.cores, self.build, _DOCUMENTS_OF_SHARD)

    def build(self, project: Path, compiled: Compiled, shards: list[Shard]) -> Iterator[Shard]:
        """Build shards there, as many at once as there are cores: see `gongkai.building.sharding.Run`."""
        build = self.ray.remote(num_cpus=1, max_retries=_TRIES)(_build_shard)
        rules = self.ray.put(compiled.file.read_bytes())
        waiting = deque(shards)
        building: dict[Any, Shard] = {}
        try:
            while waiting or building:
                while waiting and len(building) <= self.cores:  # one lies ready for whoever is done first
                    shard = waiting.popleft()
                    given = build.remote(self.rules, rules, compiled.fingerprint, shard.number, _landed(shard))
                    building[given] = shard
                [done], _ = self.ray.wait(list(building), num_returns=1)
                shard = building.pop(done)
                aside = shard.warehouse.unfinished_work
                aside.write_bytes(self._get(done))
                aside.replace(shard.warehouse.work)
                yield shard
        finally:
            for given in building:
                self.ray.cancel(given, force=True)

    def _get(self, given: Any) -> Any:
        """What came of a task. GongkaiError with what was wrong there, or that it was lost each time."""
        errors = self.ray.exceptions
        try:
            return self.ray.get(given)
        except errors.RayTaskError as error:
            raise GongkaiError(f"on the cluster: {_in_a_line(error.cause)}") from error
        except errors.RayError as error:
            raise GongkaiError(
                f"the cluster lost a shard {_TRIES + 1} times ({_in_a_line(error)}); what was built is kept: run the "
                "command again, with more --shards where memory was short"
            ) from error


@dataclass(frozen=True, slots=True)
class ReadOnRay:
    """Reading by actors: see `ingest.taking.Reading`."""

    cluster: RayCluster
    actors: int

    def __call__(
        self, files: Iterable[Found], *, known: BinaryIO, limits: Limits, temp_folder: Path
    ) -> Generator[Event]:
        """GongkaiError where a node has other rules, or not the files."""
        ray = self.cluster.ray
        known.seek(0)
        shared = ray.put(known.read())
        reader = ray.remote(num_cpus=1)(_Reader)
        drawn = iter(files)
        again: deque[tuple[list[Found], int]] = deque()
        starting: dict[Any, Any] = {}
        idle: list[Any] = []
        """Those that may be handed a part, each as often as it may have one more."""
        lost: list[Any] = []
        failed_starts = 0
        reading: dict[Any, tuple[Any, list[Found], int]] = {}

        def start() -> None:
            actor = reader.remote(limits, shared)
            starting[actor.rules.remote()] = actor

        try:
            for _ in range(self.actors):
                start()
            while True:
                while idle and (part := again.popleft() if again else _next_part(drawn)) is not None:
                    actor = idle.pop()
                    reading[actor.read.remote(part[0])] = (actor, *part)
                if not reading and idle:  # nothing is left to read
                    closing = [actor.close.remote() for actor in dict.fromkeys(idle)]
                    ray.wait(closing, num_returns=len(closing), timeout=_SECONDS_TO_CLOSE)
                    return
                [done], _ = ray.wait([*reading, *starting], num_returns=1)
                if done in starting:
                    actor = starting.pop(done)
                    try:
                        self._require_same_rules(*ray.get(done))
                    except ray.exceptions.RayError as error:
                        failed_starts += 1
                        if failed_starts > _TRIES * self.actors:
                            raise GongkaiError(f"nobody on the cluster can read ({_in_a_line(error)})") from error
                        start()
                    else:
                        failed_starts = 0
                        idle += [actor] * _PARTS_AT_ONCE
                    continue
                actor, part_read, tries = reading.pop(done)
                try:
                    events = ray.get(done)
                except ray.exceptions.RayTaskError as error:
                    raise GongkaiError(f"on the cluster: {_in_a_line(error.cause)}") from error
                except ray.exceptions.RayError:  # the actor was lost, or what it gave
                    if actor not in lost:  # with the first of its parts
                        lost.append(actor)
                        ray.kill(actor)
                        start()
                    idle = [each for each in idle if each not in lost]
                    yield from _lost(part_read, tries, again)
                else:
                    idle += [actor] if actor not in lost else []
                    yield from events
        finally:
            for actor in [*idle, *starting.values(), *(each[0] for each in reading.values())]:
                ray.kill(actor)

    def _require_same_rules(self, node: str, rules: str) -> None:
        if rules != self.cluster.rules:
            raise other_rules(node)


def other_rules(node: str) -> GongkaiError:
    return GongkaiError(
        f"{node} has another version of gongkai, or other rules, than this machine; install the same on every machine "
        "of the cluster (rules of your own: in a folder that all of them have)"
    )


def _in_a_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]


def _next_part(files: Iterator[Found]) -> tuple[list[Found], int] | None:
    part = list(islice(files, _FILES_AT_ONCE))
    return (part, 0) if part else None


def _lost(part: list[Found], tries: int, again: deque[tuple[list[Found], int]]) -> Iterator[Event]:
    """Put back files whose actor was lost, each by itself, as one of them may be to blame."""
    if len(part) > 1 or tries + 1 < _TRIES:
        again.extend(([found], tries + 1) for found in part)
        return
    [found] = part
    detail = f"the worker that read it was lost {_TRIES} times"
    yield Rejected(Place(found.source_file), None, RejectReason.READER_DIED.value, detail)
    yield FileDone(found.source_file, found.path)


def _landed(shard: Shard) -> dict[str, list[bytes]]:
    """What is landed of a share: the Parquet files of each raw table."""
    return {
        table: [path.read_bytes() for path in sorted(shard.landed(table).glob("*.parquet"))] for table in SHARED_TABLES
    }


class _Reader:
    """The actor: a reading process, kept from one part to the next."""

    def __init__(self, limits: Limits, known: bytes) -> None:
        self._limits = limits
        self._folder = _own_folder()
        self._known = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the actor is there
        self._known.write(known)
        self._known.flush()
        self._pool = Pool(limits, self._known, 1, Path(self._folder.name))

    def rules(self) -> tuple[str, str]:
        """The name of this machine, and a hash of the rules that it goes by."""
        return platform.node(), _rules_here()

    def close(self) -> None:
        """End the reading process, and remove what lies aside."""
        self._pool.__exit__()
        self._folder.cleanup()

    def read(self, files: list[Found]) -> list[Event]:
        """GongkaiError where this machine has not the folder of a file."""
        for found in files:
            folder = Path(found.path).parent
            if found.reason is None and not found.is_stored and not folder.is_dir():
                raise GongkaiError(
                    f"{platform.node()} has no {folder}; put the files where every machine of the cluster has them, or "
                    "into object storage (s3://bucket/folder)"
                )
        return list(read_files(self._pool, files, Path(self._folder.name), self._limits))


def _own_folder() -> tempfile.TemporaryDirectory[str]:
    """A temporary folder for this process. What one that was killed left on this machine is removed."""
    for left in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*-*"):
        number = left.name.removeprefix(_FOLDER).partition("-")[0]
        if number.isdigit() and not _is_there(int(number)):
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=f"{_FOLDER}{os.getpid()}-")


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is somebody else's
        pass
    return True


def _rules_here() -> str:
    """A hash of the rules that this machine goes by, and of the code that reads and builds by them."""
    packages = Path(__file__).parent, Path(ingest.__file__).parent
    code = b"".join(path.read_bytes() for package in packages for path in sorted(package.rglob("*.py")))
    try:
        return f"{rules_fingerprint(project_folder())} {hashlib.sha256(code).hexdigest()}"
    except OSError:  # the folder of somebody's own rules, which only the other machine has
        return ""


def _build_shard(
    rules: str, compiled_file: bytes, fingerprint: str, number: int, landed: dict[str, list[bytes]]
) -> bytes:
    """The task: what is landed of a share to the bytes of its work file."""
    if _rules_here() != rules:
        raise other_rules(platform.node())
    with _own_folder() as name:
        folder = Path(name)
        file = folder / "compiled.duckdb"
        file.write_bytes(compiled_file)
        compiled = read_compiled(file, fingerprint)
        if compiled is None:
            raise other_rules(platform.node())
        shard = Shard(folder, number)
        for table, files in landed.items():
            for place, data in enumerate(files):
                shard.landed(table).mkdir(parents=True, exist_ok=True)
                (shard.landed(table) / f"{place}.parquet").write_bytes(data)
        [built] = ShardProcesses(beside=os.cpu_count() or 1)(project_folder(), compiled, [shard])
        return built.warehouse.work.read_bytes()


@contextmanager
def connected(address: str) -> Iterator[RayCluster]:
    """A cluster: `ray` for the one that RAY_ADDRESS names, or one of this machine alone; else by its address.

    GongkaiError where the extra is missing, or nobody answers. Called when the project to go by is settled.
    """
    if address != "ray" and not re.fullmatch(r"ray://[\w.\[\]:-]+:\d+", address):
        raise UsageError(f"--on {address}: write ray, or ray://host:port")
    # It tells its makers how it is used, unless it is told not to: nothing but the cluster is spoken to.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        ray: Any = importlib.import_module("ray")
    except ImportError as error:
        raise GongkaiError("--on needs Ray; install it: pip install 'gongkai-warehouse[ray]'") from error
    named = os.environ.get("RAY_ADDRESS") if address == "ray" else address
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        ray.init(
            address=named,
            runtime_env={"env_vars": passed_on},
            log_to_driver=False,
            logging_level="ERROR",
            **({} if named else {"include_dashboard": False}),
        )
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise GongkaiError(
            f"no Ray cluster answers at {named or 'this machine'} ({_in_a_line(error)}); start one: ray start --head"
        ) from error
    try:
        interrupts.listen()  # Ray has put its own way of ending in the place of ours
        yield RayCluster(ray, _rules_here(), max(1, int(ray.cluster_resources().get("CPU", 1))))
    finally:
        ray.shutdown()
