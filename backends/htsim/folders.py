"""The folders of a design: one for the workloads over the same ranks, and one for jobs that run at the same time."""

from __future__ import annotations

from dataclasses import dataclass

from ...compiler.design import Workload
from ...compiler.once import once
from ...compiler.plant import Plant
from ...compiler.simulation import Simulation, by_ranks, simulate
from ...compiler.workloads import compile_program
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.fat_tree import Misfit, Tree, find_common_tree, find_fat_tree
from .._kit.safe import folder
from .flows import Hosts
from .plan import File, plan

ROOT = "sim/htsim"


@dataclass(frozen=True)
class Job:
    """A workload with its files, and in a folder of several jobs when it starts, in ps."""

    workload: Workload
    files: tuple[File, ...]
    start: int = 0


@dataclass(frozen=True)
class Folder:
    """Jobs over one tree. Without a tree there are none. `together` if they run at the same time."""

    place: str
    tree: Tree | None
    jobs: tuple[Job, ...]
    problems: tuple[Diagnostic, ...]
    together: bool = False


@once
def find_folders(plant: Plant) -> list[Folder]:
    """All folders, with what there is to say of them."""
    found = []
    groups = by_ranks(plant.design)
    trees: list[tuple[Workload, Tree]] = []
    for group in groups:
        place = ROOT if group is groups[0] else f"{ROOT}/{folder(group[0].name)}"
        simulation, problems = simulate(plant, group[0])
        tree = None if simulation is None else _tree(plant, simulation)
        if isinstance(tree, Diagnostic):
            problems.append(tree)
            tree = None
        if tree is None:
            found.append(Folder(place, None, (), tuple(problems)))
            continue
        trees.append((group[0], tree))
        problems += _notes(plant, tree)
        hosts = Hosts(tree.host(), tree.simulation.domains.domain)
        jobs = []
        for workload in group:
            files, told = plan(workload, compile_program(plant.design, workload), hosts)
            problems += told
            if files:
                jobs.append(Job(workload, tuple(files)))
        found.append(Folder(place, tree, tuple(jobs), tuple(problems)))
    if len(trees) > 1:
        combined = _combined(plant, trees)
        found.append(Folder("", None, (), (_apart(trees, combined),)) if isinstance(combined, str) else combined)
    return found


def _tree(plant: Plant, simulation: Simulation) -> Tree | Diagnostic:
    """The tree to write, or why there is none."""
    misfit = find_fat_tree(plant, simulation)
    if not isinstance(misfit, Misfit):
        return misfit
    workload = simulation.workload
    also = [] if misfit.at == workload.origin else [(workload.origin, "the workload")]
    help = "nothing is written for htsim; the other simulators do not need a fat tree"
    return diagnose("RW8120", misfit.at, detail=misfit.why, help=help, also=also)


def _notes(plant: Plant, tree: Tree) -> list[Diagnostic]:
    at, found, notes = tree.simulation.workload.origin, tree.fit, []
    if not tree.whole:
        detail = f"{len(tree.rank):,} of {len(tree.simulation.ranks):,} ranks, {part(plant, tree)}: {found.why}"
        notes.append(diagnose("RW8121", at, "these ranks", detail=detail))
    idle = found.nodes - len(tree.rank)
    if idle:
        notes.append(diagnose("RW8122", at, "these ranks", detail=f"{idle:,} of {found.nodes:,} hosts are idle"))
    return notes


def part(plant: Plant, tree: Tree) -> str:
    """The leaves that are taken, in words."""
    taken = tree.fit.leaves[tree.fit.leaves >= 0]
    names = plant.devices.names
    spines = int((tree.pods.spine_pod == 0).sum()) * tree.fit.pods
    return (
        f"those under {len(taken):,} of {len(tree.pods.leaves) + tree.pods.lone:,} leaves, {names[int(taken[0])]} to "
        f"{names[int(taken[-1])]}, and the {spines:,} spines above them"
    )


def _apart(trees: list[tuple[Workload, Tree]], why: str) -> Diagnostic:
    return diagnose("RW8128", trees[1][0].origin, "this job", detail=why, help="each has a run of its own")


def _combined(plant: Plant, trees: list[tuple[Workload, Tree]]) -> Folder | str:
    """The first workload of each folder over one tree of all ranks, or why they cannot be."""
    ranks = [tree.simulation.ranks for _, tree in trees]
    tree = find_common_tree(plant, ranks)
    if isinstance(tree, str):
        return tree
    domains = tree.simulation.domains
    host, jobs, first = tree.host(), [], 0
    for (workload, _), own in zip(trees, ranks, strict=True):
        mine = slice(first, first + len(own))
        first += len(own)
        files, _ = plan(workload, compile_program(plant.design, workload), Hosts(host[mine], domains.domain[mine]))
        if len(files) != 1 or files[0].first:
            why = _apart(trees, f"`{workload.name}` is not one file of all its steps")
            return Folder(f"{ROOT}/combined-jobs", tree, (), (why,))
        jobs.append(Job(workload, tuple(files), round(workload.attributes.start.to("s") * 10**12)))
    return Folder(f"{ROOT}/combined-jobs", tree, tuple(jobs), (), True)
