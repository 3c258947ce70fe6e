"""Building shards by tasks of a cluster: each goes there as Parquet, and comes back as a work file."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.building.compiled import Compiled, read_compiled
from gongkai.building.shard_processes import ShardProcesses
from gongkai.building.sharding import Shard
from gongkai.cluster.machine import own_folder, require_same, what_runs_here
from gongkai.cluster.waiting import first_done
from gongkai.warehouse.shares import SHARED_TABLES
from ingest.cores import cores
from ingest.errors import GongkaiError, in_a_line
from ingest.shipped import project_folder

_RETRIES = 3
"""So often a task is begun anew where its worker or its node was lost."""

Landed = dict[str, list[bytes]]
"""What is landed of a share: Parquet files by raw table."""


@dataclass(frozen=True, slots=True)
class BuildOnRay:
    """Building on so many cores: see `gongkai.building.sharding.Run`. `same`: what every machine must run."""

    ray: Any
    same: str
    cores: int

    def __call__(self, project: Path, compiled: Compiled, shards: list[Shard]) -> Iterator[Shard]:
        """GongkaiError where a machine runs something else, or a shard was lost each time."""
        task = self.ray.remote(num_cpus=1, max_retries=_RETRIES)(build_there)
        rules = self.ray.put(compiled.file.read_bytes())
        waiting = deque(shards)
        building: dict[Any, Shard] = {}
        try:
            while waiting or building:
                while waiting and len(building) <= self.cores:  # one lies ready for whoever is done first
                    shard = waiting.popleft()
                    given = task.remote(self.same, rules, compiled.fingerprint, shard.number, _landed(shard))
                    building[given] = shard
                done = first_done(self.ray, list(building))
                shard = building.pop(done)
                aside = shard.warehouse.unfinished_work
                aside.write_bytes(self._get(done))
                aside.replace(shard.warehouse.work)
                yield shard
        finally:
            for given in building:
                self.ray.cancel(given, force=True)

    def _get(self, given: Any) -> bytes:
        try:
            built: bytes = self.ray.get(given)
        except self.ray.exceptions.RayTaskError as error:
            raise GongkaiError(f"on the cluster: {in_a_line(error.cause)}") from error
        except self.ray.exceptions.RayError as error:
            raise GongkaiError(
                f"the cluster lost a shard {_RETRIES + 1} times ({in_a_line(error)}); what was built is kept: run the "
                "command again, with more --shards where memory was short"
            ) from error
        return built


def _landed(shard: Shard) -> Landed:
    return {
        table: [path.read_bytes() for path in sorted(shard.landed(table).glob("*.parquet"))] for table in SHARED_TABLES
    }


def build_there(same: str, compiled_file: bytes, fingerprint: str, number: int, landed: Landed) -> bytes:
    """The task: what is landed of a share to the bytes of its work file."""
    require_same(same, what_runs_here())
    with own_folder() as name:
        folder = Path(name)
        file = folder / "compiled.duckdb"
        file.write_bytes(compiled_file)
        compiled = read_compiled(file, fingerprint)
        if compiled is None:
            raise GongkaiError("the compiled rules came in another shape than they were sent in")
        shard = Shard(folder, number)
        for table, files in landed.items():
            for place, data in enumerate(files):
                shard.landed(table).mkdir(parents=True, exist_ok=True)
                (shard.landed(table) / f"{place}.parquet").write_bytes(data)
        [built] = ShardProcesses(beside=cores())(project_folder(), compiled, [shard])
        return built.warehouse.work.read_bytes()
