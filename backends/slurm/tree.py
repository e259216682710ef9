"""The groups of nodes as Slurm's switches: a tree for each fabric, and blocks for scale-up domains.

A switch of Slurm has nodes or switches, never both, so nodes that join a level without having been in any group below
get a switch of their own. A group with one group in it says nothing new and is left out. Sources: topology.conf(5) and
the topology guide (slurm.schedmd.com/topology.html): names of at most 64 characters; jobs never span trees that nothing
joins; one switch may stand for all that join the same switches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ...compiler.clusters import Cluster, Level
from ...compiler.plant import Ints, Plant
from .hostlist import compress

MOST_BLOCKS = 1 << 15
"""Blocks that one of the highest level may hold (MAX_BLOCK_LEVELS in src/plugins/topology/block/block_record.h)."""


@dataclass(frozen=True)
class Switches:
    """Switches, children first. `nodes` and `children` are lists of names, one of them empty; `parent` is -1 at the
    root of a tree. `leaf` is the switch of each node of the cluster (-1: none), `level` the level of each switch."""

    names: list[str]
    nodes: list[str]
    children: list[str]
    parent: Ints
    leaf: Ints
    level: Ints

    @property
    def roots(self) -> int:
        return int((self.parent < 0).sum())


@dataclass(frozen=True)
class Blocks:
    """Blocks of nodes, and the sizes that Slurm shall plan with: of the smallest block, and of all that a
    fabric joins."""

    names: list[str]
    nodes: list[str]
    sizes: tuple[int, ...]


def node_names(plant: Plant, cluster: Cluster) -> pl.Series:
    """Host names of the nodes."""
    return pl.Series(plant.devices.names, dtype=pl.String).gather(cluster.nodes)


def make_switches(plant: Plant, cluster: Cluster, names: list[list[str]]) -> Switches:
    """The switches of all levels; `names` are those of their groups."""
    top, leaf = np.full((2, len(cluster)), -1, dtype=np.int64)
    found: list[str] = []
    parent: list[Ints] = []
    level_of: list[Ints] = []
    taken = {name for names_of in names for name in names_of}

    def add(new: list[str], number: int) -> Ints:
        first = len(found)
        found.extend(new)
        parent.append(np.full(len(new), -1, dtype=np.int64))
        level_of.append(np.full(len(new), number, dtype=np.int64))
        return np.arange(first, len(found), dtype=np.int64)

    edges: list[tuple[Ints, Ints]] = []
    for number, (level, names_of) in enumerate(zip(cluster.levels, names, strict=True)):
        below, loose = _children(level, top)
        # A group of loose nodes alone is their switch; beside others they need one below it.
        with_leaf = np.flatnonzero(loose)
        alone = below[with_leaf] == 0
        leaves = add(
            [
                names_of[g] if only else _beside(names_of[g], taken)
                for g, only in zip(with_leaf.tolist(), alone.tolist(), strict=True)
            ],
            number,
        )
        of_group = np.full(level.count + 1, -1, dtype=np.int64)
        of_group[with_leaf] = leaves
        new = (level.group >= 0) & (leaf < 0)
        leaf[new] = of_group[level.group[new]]
        top[new] = leaf[new]
        wide = np.flatnonzero(below + loose > 1)
        uppers = add([names_of[g] for g in wide.tolist()], number)
        of_group[:] = -1
        of_group[wide] = uppers
        upper = of_group[level.group]
        inside = (upper >= 0) & (level.group >= 0)
        edges.append((top[inside], upper[inside]))
        top[inside] = upper[inside]
    parents = np.concatenate([*parent, np.zeros(0, dtype=np.int64)])
    for lower, upper in edges:
        parents[lower] = upper
    levels = np.concatenate([*level_of, np.zeros(0, dtype=np.int64)])
    nodes = compress(node_names(plant, cluster), leaf, len(found))
    children = compress(pl.Series(found, dtype=pl.String), parents, len(found))
    return Switches(found, nodes, children, parents, leaf, levels)


def _children(level: Level, top: Ints) -> tuple[Ints, Ints]:
    """For each group how many switches are in it, and 1 if it has nodes that are in none, else 0."""
    inside = level.group >= 0
    group, upper = level.group[inside], top[inside]
    pairs = np.unique(np.stack([group[upper >= 0], upper[upper >= 0]]), axis=1)
    below = np.bincount(pairs[0], minlength=level.count)
    loose = np.zeros(level.count, dtype=np.int64)
    loose[group[upper < 0]] = 1
    return below, loose


def _beside(name: str, taken: set[str]) -> str:
    """A name for the nodes that are in a group without a group of their own."""
    number = 1
    while True:
        tail = "-nodes" if number == 1 else f"-nodes-{number}"
        found = name[: 63 - len(tail)] + tail
        if found not in taken:
            taken.add(found)
            return found
        number += 1


def make_blocks(plant: Plant, cluster: Cluster, names: list[list[str]]) -> Blocks | None:
    """The scale-up domains of several nodes as blocks; None if there are none."""
    level = cluster.scale_up
    if level is None:
        return None
    base = int(np.bincount(level.group[level.group >= 0], minlength=level.count).min())
    # Blocks that nothing joins are no larger block; the largest tree says how many may be one.
    _, first = np.unique(level.group, return_index=True)
    together = int(np.bincount(cluster.trees[first[level.group[first] >= 0]]).max())
    whole = base
    while whole < base * min(together, MOST_BLOCKS):
        whole *= 2
    sizes = (base, whole) if whole > base else (base,)
    nodes = compress(node_names(plant, cluster), level.group, level.count)
    return Blocks(names[cluster.levels.index(level)], nodes, sizes)
