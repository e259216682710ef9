"""Jobs that run at the same time, as one schedule by the hosts of htsim's common tree.

In LogGOPSim jobs would not meet; in ATLAHS's htsim they share links.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...compiler.plant import Plant
from ...compiler.simulation import Simulation
from ...compiler.workloads import Program
from .._kit.fat_tree import Tree, find_common_tree
from .._kit.rounds import UnfitError
from .part import HOST_ROWS, choose
from .rows import Rows, joined, make_rows, started


@dataclass(frozen=True)
class Together:
    """The rows of all jobs, by rank of the first, then those of the second, …; and how many ranks each has there."""

    tree: Tree
    rows: Rows
    ranks: tuple[int, ...]


def find_together(plant: Plant, jobs: Sequence[tuple[Simulation, Program]]) -> Together | None:
    """The jobs in one schedule; None if their ranks overlap or have no fat tree, or one of them no schedule in it."""
    tree = find_common_tree(plant, [simulation.ranks for simulation, _ in jobs])
    if isinstance(tree, str) or not tree.whole:
        return None
    found, ranks, first = [], [], 0
    for simulation, program in jobs:
        domains, start = simulation.domains, program.workload.attributes.start
        try:
            part = choose(program, domains.domain, HOST_ROWS // len(jobs), program.ranks).program
            waiting = started(part, round(start.to("ns"))) if start.value else part
            found.append((make_rows(waiting, domains, simulation.latencies.scale_up), first))
        except UnfitError:
            return None
        ranks.append(part.ranks)
        first += len(simulation.ranks)
    return Together(tree, joined(found), tuple(ranks))
