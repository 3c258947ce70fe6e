"""What is still as the last build left it, so that a build need not make it again."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gongkai.building.compiled import Node


class Standing:
    """The nodes that stand as they are: those of the same version whose parents all stand, where they read raw tables
    themselves only if nothing else was landed since."""

    def __init__(self, known: Mapping[str, str], *, raw_is_same: bool, merged: Collection[str] = frozenset()) -> None:
        """`merged`: models by document that have rows of shards since."""
        self.known = known
        self.merged = merged
        self.raw_is_same = raw_is_same
        self.standing: set[str] = set()

    def stands(self, node: Node) -> bool:
        """Whether it does. Its parents are asked before it is."""
        same = self.known.get(node.unique_id) == node.version and (self.raw_is_same or not node.reads_raw)
        if same and self.standing.issuperset(node.parents):
            self.standing.add(node.unique_id)
            return True
        return False

    def keeps_its_rows(self, node: Node) -> bool:
        """Of a model by document that has none to build: it stands, whatever became of its parents for others.

        Not where shards have built it before.
        """
        if node.unique_id in self.merged:
            return False
        if self.raw_is_same:
            self.standing.add(node.unique_id)
        return True
