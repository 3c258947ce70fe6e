"""Waiting for what the cluster does, with a word where nobody is there to do it."""

from __future__ import annotations

from typing import Any

from gongkai.console import err

SECONDS = 20.0
"""So long nothing may come before it is looked at whether anybody works."""
NOBODY = (
    "no machine of the cluster has a core to work on; waiting for one: ray start --address HEAD:6379 on a machine, or "
    "end this command, which goes on from here another time"
)


def first_done(ray: Any, waiting: list[Any]) -> Any:
    """The first of them that is done, or lost."""
    told = False
    while True:
        done, _ = ray.wait(waiting, num_returns=1, timeout=SECONDS)
        if done:
            return done[0]
        if not told and not ray.cluster_resources().get("CPU"):
            tell(NOBODY)
            told = True


def tell(line: str) -> None:
    err.print(line, markup=False)
