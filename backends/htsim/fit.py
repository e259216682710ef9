"""What of a fat tree htsim can hold: its limits, its integer ratios, and which part of the fabric that leaves.

`FatTreeTopology` wants integers where a fabric has ratios. With D hosts of speed s0 under a leaf and u uplinks of
speed s1 it must hold, for a whole number o (`Oversubscribed`), that D * s0 = u * s1 * o and floor(D / u) = o. Where
the hosts do not fill that, idle hosts do: they neither send nor receive, as an unused port. Likewise T leaves of a pod
with b links to each spine, of which v uplinks of speed s2 lead on, must give T * b * s1 = v * s2 * o.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...compiler.plant import Ints
from .fat_tree import Planes, Pods

HOSTS = 8192
"""Most hosts, idle ones included: htsim needs some 2 GB and seconds for as many in three tiers, 17 GB for 27,648."""


@dataclass(frozen=True)
class Limits:
    """Most ports of a switch that the programs were built for (assertions in `init_network`). `spine` holds for two
    tiers, `middle` for a spine below a core, both directions together."""

    programs: tuple[str, ...]
    leaf: int
    leaf_hosts: int
    spine: int
    middle: int
    core: int


BOTH = Limits(("csg-htsim", "uet-htsim"), leaf=96, leaf_hosts=96, spine=64, middle=64, core=64)
UET = Limits(("uet-htsim",), leaf=128, leaf_hosts=96, spine=128, middle=64, core=64)


@dataclass(frozen=True)
class Core:
    """The top of three tiers: `bundle` links a pair, `ratio` the pods' oversubscription."""

    uplinks: int
    bundle: int
    speed: int
    ratio: int


@dataclass(frozen=True)
class Fit:
    """A tree in htsim's numbers. `leaves` are the devices taken, a row a pod. `hosts` and `leaves_each` count idle
    ones too: hosts under a leaf, and leaves in a pod."""

    limits: Limits
    leaves: Ints
    hosts: int
    leaves_each: int
    uplinks: int
    bundle: int
    ratio: int
    host_speed: int
    speed: int
    core: Core | None

    @property
    def pods(self) -> int:
        return len(self.leaves)

    @property
    def nodes(self) -> int:
        return self.pods * self.leaves_each * self.hosts

    def node_of_leaf(self) -> Ints:
        """Number of the first host of each leaf taken, in the order of `leaves`."""
        pod, place = np.indices(self.leaves.shape)
        return (((pod * self.leaves_each + place) * self.hosts)[self.leaves >= 0]).astype(np.int64)


def fit(pods: Pods, planes: Planes | None, members: Ints) -> Fit | str:
    """The largest tree for both programs, else for the roomier one; or why there is none.

    `members` are the ranks under each leaf of `pods`.
    """
    spines = int((pods.spine_pod == 0).sum())
    uplinks = spines * pods.bundle
    padded = _padded(int(members.max()), pods.host_speed, uplinks, pods.speed)
    if padded is None:
        return (
            f"leaves have ports of {pods.host_speed / 1e9:g} Gbps down and {pods.speed / 1e9:g} Gbps up, "
            "and no whole number of hosts fills the uplinks"
        )
    hosts, ratio = padded
    for limits in (BOTH, UET):
        if hosts + uplinks > limits.leaf or hosts > limits.leaf_hosts:
            continue
        found = _three_tiers(pods, planes, limits, hosts, uplinks, ratio) or _two_tiers(
            pods, limits, hosts, uplinks, ratio
        )
        if found is not None:
            return found
    return f"a leaf needs {hosts} ports down and {uplinks} up, and htsim is built for {UET.leaf}"


def _three_tiers(pods: Pods, planes: Planes | None, limits: Limits, hosts: int, uplinks: int, ratio: int) -> Fit | None:
    if planes is None:
        return None
    sizes = np.bincount(pods.leaf_pod)
    steps = _leaves(int(sizes.max()) * pods.bundle, pods.speed, planes, pods.bundle)
    if steps is None or steps[0] * pods.bundle + planes.uplinks > limits.middle:
        return None
    leaves_each, over = steps
    count = min(pods.count, limits.core // planes.bundle, HOSTS // (leaves_each * hosts))
    if count < 2:
        return None
    leaves = np.full((count, leaves_each), -1, dtype=np.int64)
    for pod in range(count):
        mine = pods.leaves[pods.leaf_pod == pod]
        leaves[pod, : len(mine)] = mine
    core = Core(planes.uplinks, planes.bundle, planes.speed, over)
    return Fit(limits, leaves, hosts, leaves_each, uplinks, pods.bundle, ratio, pods.host_speed, pods.speed, core)


def _two_tiers(pods: Pods, limits: Limits, hosts: int, uplinks: int, ratio: int) -> Fit | None:
    mine = pods.leaves[pods.leaf_pod == 0]
    count = min(len(mine), limits.spine // pods.bundle, HOSTS // hosts)
    if count < 1:
        return None
    leaves = mine[None, :count]
    return Fit(limits, leaves, hosts, count, uplinks, pods.bundle, ratio, pods.host_speed, pods.speed, None)


def _padded(hosts: int, speed: int, uplinks: int, up_speed: int) -> tuple[int, int] | None:
    """Hosts under a leaf, idle ones included, and the ratio that they make."""
    for ratio in range(1, hosts + 1):
        padded, rest = divmod(uplinks * up_speed * ratio, speed)
        if not rest and padded >= hosts and padded // uplinks == ratio:
            return padded, ratio
    return None


def _leaves(down: int, speed: int, planes: Planes, bundle: int) -> tuple[int, int] | None:
    """Leaves of a pod, idle ones included, and the ratio that they make; `down` are the ports down of a spine."""
    for ratio in range(1, down + 1):
        padded, rest = divmod(planes.uplinks * planes.speed * ratio, speed * bundle)
        if not rest and padded * bundle >= down:
            return padded, ratio
    return None
