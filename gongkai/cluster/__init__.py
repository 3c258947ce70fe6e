"""Reading and building on a Ray cluster, with the functions and the limits of one machine.

Reading: an actor for each core holds a reading process in its sandbox (and with it the OCR models), is handed a few
files at a time, fetches those of object storage itself, and gives back what a process of this machine would. Building:
a task for each shard, which goes there as Parquet and comes back as a work file. An actor or a node that is lost costs
what it was at; this process lands and merges what comes back, so a run that was stopped goes on where it was.
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from gongkai import interrupts
from gongkai.building.sharding import Sharding
from gongkai.cluster.actors import ReadOnRay
from gongkai.cluster.building import BuildOnRay
from gongkai.cluster.machine import what_runs_here
from ingest.errors import GongkaiError, UsageError, in_a_line

_DOCUMENTS_OF_SHARD = 10_000
"""A shard of so many goes through the memory of this machine and of the one that builds it."""
_PASSED_ON = ("GONGKAI_PROJECT", "GONGKAI_RULES")
"""What processes of ours are told by the environment; keys of storage are no business of the cluster's."""
_TRIES = 4
_DIED = "Starting Ray client server failed"
"""One in some fifteen of the processes that a head starts for a client dies in the fork (ray-project/ray#63202)."""


@dataclass(frozen=True, slots=True)
class RayCluster:
    """A cluster that this process is connected to. `same`: what every machine of it must run."""

    ray: Any
    same: str
    cores: int

    def reading(self, workers: int | None) -> ReadOnRay:
        """Who reads there, on all of its cores or so many."""
        return ReadOnRay(self.ray, self.same, min(workers or self.cores, self.cores))

    def sharding(self, shards: int | None) -> Sharding:
        """So many shards, built there: one a core, where it is not said, and more where they would be too large."""
        build = BuildOnRay(self.ray, self.same, self.cores)
        return Sharding(shards, build) if shards else Sharding(self.cores, build, _DOCUMENTS_OF_SHARD)


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
    _connect(ray, named, passed_on)
    try:
        interrupts.listen()  # Ray has put its own way of ending in the place of ours
        yield RayCluster(ray, what_runs_here(), max(1, int(ray.cluster_resources().get("CPU", 1))))
    finally:
        ray.shutdown()


def _connect(ray: Any, named: str | None, passed_on: dict[str, str]) -> None:
    """GongkaiError where nobody answers; where it is only that what was started for this client died, again."""
    for left in reversed(range(_TRIES)):
        try:
            ray.init(
                address=named,
                runtime_env={"env_vars": passed_on},
                log_to_driver=False,
                logging_level="ERROR",
                **({} if named else {"include_dashboard": False}),
            )
        except Exception as error:  # of a start that took too long Ray says no more
            if left and _DIED in str(error):
                continue
            raise GongkaiError(
                f"no Ray cluster answers at {named or 'this machine'} ({in_a_line(error)}); start one: ray start --head"
            ) from error
        return
