"""The switches of a workload's fabric as the fat tree that htsim builds, where they are one.

htsim's tree (`FatTreeTopology`), with every adapter a host of its own:
- a pod is a set of leaves and a set of spines, every leaf linked to every spine by the same number of links;
- in three tiers, spine j of every pod is linked to the same cores, each by the same number of links; such spines
  and their cores are a plane, and no core belongs to two.
Hosts, leaves, spines and cores are numbered pod by pod, so they may stand anywhere: rails are leaves like others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....compiler.plant import Bools, Ints, Plant
from ....compiler.simulation import Simulation, components
from ....dsl.source import Span

GBPS = 10**9


@dataclass(frozen=True)
class Misfit:
    """Why a fabric is no fat tree, and the statement to show."""

    why: str
    at: Span


@dataclass(frozen=True)
class Pods:
    """The lower two tiers. Pods are numbered by their first leaf; `leaf_pod` and `spine_pod` give the pod of each
    leaf and spine. `lone` leaves have no link up and are in no pod. `bundle` links join a leaf and a spine of the
    first pod. Speeds are in bit/s."""

    leaves: Ints
    leaf_pod: Ints
    spines: Ints
    spine_pod: Ints
    lone: int
    bundle: int
    host_speed: int
    speed: int

    @property
    def count(self) -> int:
        return int(self.leaf_pod.max()) + 1


@dataclass(frozen=True)
class Planes:
    """The upper tier. `cores` of one plane; `bundle` links join a spine and a core; `uplinks` are those of a spine."""

    cores: int
    bundle: int
    uplinks: int
    speed: int


def find_pods(plant: Plant, simulation: Simulation) -> Pods | Misfit:
    """The pods, of which the first is regular, or why there are none."""
    tree, ranks = simulation.tree, simulation.ranks
    workload = ranks.workload
    if not ranks.links.shape[1]:
        return Misfit("its ranks are joined by scale-up alone, and htsim has no such network", workload.origin)
    if ranks.links.shape[1] != 1:
        return Misfit(f"a rank has {ranks.links.shape[1]} ports, and a host of htsim has one", workload.origin)
    speeds = np.unique(plant.links.speed[ranks.links])
    rows = np.flatnonzero((tree.upper >= 0) & (tree.level[tree.upper] == 2))
    if not len(rows):
        return Misfit("its switches stand in one tier, and htsim has two or three", workload.origin)
    if len(speeds) > 1:
        return Misfit(f"its hosts have ports of {_gbps(speeds)}, and htsim has one speed a tier", workload.origin)
    lower, upper = tree.lower[rows], tree.upper[rows]
    label = components(len(plant.devices), lower, upper)
    every, spines = np.unique(tree.upper[ranks.links]), np.unique(upper)
    leaves = every[np.isin(every, lower)]
    first, leaf_pod = np.unique(label[leaves], return_inverse=True)
    # A component is labelled by its smallest device, which may be a spine; pods count by their first leaf.
    order = np.argsort(np.unique(leaf_pod, return_index=True)[1])
    place = np.argsort(order)
    leaf_pod = place[leaf_pod.reshape(-1)]
    spine_pod = place[np.searchsorted(first, label[spines])]
    names = plant.devices.names
    inside = rows[label[lower] == first[order[0]]]
    lower, upper = tree.lower[inside], tree.upper[inside]
    speeds_up = np.unique(plant.links.speed[inside])
    at = plant.design.rules[int(plant.links.rule[inside[0]])].origin
    bundle = _bundle(lower, upper)
    if bundle is None:
        return Misfit(f"the leaves around {names[int(lower[0])]} are not linked alike to every spine there", at)
    if len(speeds_up) > 1:
        return Misfit(f"its uplinks have {_gbps(speeds_up)}, and htsim has one speed a tier", at)
    if speeds[0] % GBPS or speeds_up[0] % GBPS:
        odd = np.array([speeds[0], speeds_up[0]])
        return Misfit(f"its links have {_gbps(odd[odd % GBPS > 0])}, and htsim reads whole numbers of Gbps", at)
    lone = len(every) - len(leaves)
    return Pods(leaves, leaf_pod, spines, spine_pod, lone, bundle, int(speeds[0]), int(speeds_up[0]))


def find_planes(plant: Plant, simulation: Simulation, pods: Pods) -> Planes | Misfit:
    """The upper tier over several pods, or why they are no planes."""
    tree = simulation.tree
    rows = np.flatnonzero((tree.upper >= 0) & (tree.level[tree.upper] == 3))
    rows = rows[_between(pods, tree.lower[rows], tree.upper[rows])]
    names = plant.devices.names
    if not len(rows):
        return Misfit("no switches join its parts", simulation.workload.origin)
    at = plant.design.rules[int(plant.links.rule[rows[0]])].origin
    odd = _odd_pod(simulation, pods)
    if odd is not None:
        lone = names[int(pods.leaves[pods.leaf_pod == odd][0])]
        return Misfit(f"the leaves around {lone} are not linked like those of the first pod", at)
    if len(set(np.bincount(pods.spine_pod, minlength=pods.count).tolist())) > 1:
        return Misfit("its pods differ in spines", at)
    spine, core = tree.lower[rows], tree.upper[rows]
    pairs, links = _pairs(spine, core)
    spine, core = pairs
    speeds = np.unique(plant.links.speed[rows])
    if links.min() != links.max() or len(speeds) > 1 or speeds[0] % GBPS:
        return Misfit("links to the cores differ in number or speed, or are no whole number of Gbps", at)
    pod = pods.spine_pod[np.searchsorted(pods.spines, spine)]
    per_core = np.bincount(np.searchsorted(np.unique(core), core))
    in_pod = len(_pairs(core, pod)[1])
    if in_pod != len(core) or (per_core != pods.count).any():
        twice = _first_shared(core, pod)
        where = "" if twice is None else f": {names[twice]} is linked to several spines of one pod"
        return Misfit(f"a core of htsim is linked to one spine of every pod{where}", at)
    plane = np.full(len(plant.devices), len(plant.devices), dtype=np.int64)
    np.minimum.at(plane, spine, core)
    low, high = plane.copy(), np.full(len(plant.devices), -1, dtype=np.int64)
    np.minimum.at(low, core, plane[spine])
    np.maximum.at(high, core, plane[spine])
    up = np.bincount(np.searchsorted(pods.spines, spine), minlength=len(pods.spines))
    if (low[core] != high[core]).any() or up.min() != up.max():
        return Misfit("its spines and cores do not fall into planes", at)
    cores, bundle = int(up[0]), int(links[0])
    return Planes(cores, bundle, cores * bundle, int(speeds[0]))


def _between(pods: Pods, spine: Ints, upper: Ints) -> Bools:
    """Which links lead to a switch of several pods; what has spines of one pod only is a leaf without ranks."""
    pod = pods.spine_pod[np.searchsorted(pods.spines, spine)]
    low, high = np.full((2, int(upper.max(initial=-1)) + 1), pods.count)
    high[:] = -1
    np.minimum.at(low, upper, pod)
    np.maximum.at(high, upper, pod)
    return low[upper] < high[upper]


def _odd_pod(simulation: Simulation, pods: Pods) -> int | None:
    """The first pod that is not wired like the first one, or None."""
    tree = simulation.tree
    rows = np.flatnonzero((tree.upper >= 0) & (tree.level[tree.upper] == 2))
    pairs, links = _pairs(tree.lower[rows], tree.upper[rows])
    pod = pods.spine_pod[np.searchsorted(pods.spines, pairs[1])]
    complete = np.bincount(pods.leaf_pod) * np.bincount(pods.spine_pod, minlength=pods.count)
    odd = np.bincount(pod, minlength=pods.count) != complete
    odd[pod[links != pods.bundle]] = True
    return int(np.argmax(odd)) if odd.any() else None


def _bundle(lower: Ints, upper: Ints) -> int | None:
    """Links of each pair if every lower is joined to every upper by equally many, else None."""
    pairs, links = _pairs(lower, upper)
    complete = pairs.shape[1] == len(np.unique(lower)) * len(np.unique(upper))
    return int(links[0]) if complete and len(links) and links.min() == links.max() else None


def _pairs(a: Ints, z: Ints) -> tuple[Ints, Ints]:
    """The distinct pairs, shape (2, pairs), in order, and how often each occurs."""
    span = int(z.max(initial=0)) + 1
    # One number a pair: sorting numbers is far quicker than sorting rows.
    keys, counts = np.unique(a * span + z, return_counts=True)
    return np.stack(np.divmod(keys, span)), counts


def _first_shared(core: Ints, pod: Ints) -> int | None:
    """The first core with several spines in one pod."""
    pairs, count = _pairs(core, pod)
    shared = pairs[0][count > 1]
    return int(shared[0]) if len(shared) else None


def _gbps(speeds: Ints) -> str:
    return " and ".join(f"{speed / 1e9:g} Gbps" for speed in speeds.tolist())
