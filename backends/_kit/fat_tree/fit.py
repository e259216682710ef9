"""What of a fat tree htsim can hold: its limits, its integer ratios, and which part of the fabric that leaves.

`FatTreeTopology` wants integers where a fabric has ratios. With D hosts of speed s0 under a leaf and u uplinks of
speed s1 it must hold, for a whole number o (`Oversubscribed`), that D * s0 = u * s1 * o and floor(D / u) = o. Where
the hosts do not fill that, idle hosts do: they neither send nor receive, as an unused port. Likewise T leaves of a pod
with b links to each spine, of which v uplinks of speed s2 lead on, must give T * b * s1 = v * s2 * o.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....compiler.plant import Ints
from .pods import Misfit, Planes, Pods

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
    """A tree in htsim's numbers. `leaves` are the devices taken, a row a pod (-1: an idle leaf). `hosts` and
    `leaves_each` count idle ones too: hosts under a leaf, and leaves in a pod. `why` says what keeps it from being
    the whole fabric; empty if nothing does."""

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
    why: str

    @property
    def pods(self) -> int:
        return len(self.leaves)

    @property
    def nodes(self) -> int:
        return self.pods * self.leaves_each * self.hosts

    def node_of_leaf(self) -> Ints:
        """Number of the first host of each leaf taken, in the order of `leaves`."""
        first = np.arange(self.leaves.size, dtype=np.int64) * self.hosts
        return first[self.leaves.reshape(-1) >= 0]


def fit(pods: Pods, planes: Planes | Misfit | None, members: Ints) -> Fit | str:
    """The largest tree for both programs, else for the roomier one; or why there is none.

    `members` are the ranks under each leaf of `pods`; `planes` is None for a fabric of one pod.
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
        if hosts + uplinks <= limits.leaf and hosts <= limits.leaf_hosts and pods.bundle <= limits.spine:
            return _fit(pods, planes, limits, hosts, ratio)
    return f"a leaf needs {hosts} ports down and {uplinks} up, and htsim is built for {UET.leaf}"


def _fit(pods: Pods, planes: Planes | Misfit | None, limits: Limits, hosts: int, ratio: int) -> Fit:
    core, why = None, f"{pods.lone} leaves have no link up" if pods.lone else ""
    sizes = np.bincount(pods.leaf_pod)
    leaves_each, count = int(sizes[0]), 1
    if isinstance(planes, Misfit):
        why = planes.why
    elif planes is not None:
        core, leaves_each, count, limit = _three_tiers(pods, planes, limits, hosts)
        why = limit or why
    if core is None:
        most = min(limits.spine // pods.bundle, HOSTS // hosts)
        if sizes[0] > most:
            why += f"{'; ' if why else ''}it takes {most} leaves at most"
        leaves_each = min(int(sizes[0]), most)
    leaves = np.full((count, leaves_each), -1, dtype=np.int64)
    for pod in range(count):
        mine = pods.leaves[pods.leaf_pod == pod][:leaves_each]
        leaves[pod, : len(mine)] = mine
    uplinks = int((pods.spine_pod == 0).sum()) * pods.bundle
    return Fit(limits, leaves, hosts, leaves_each, uplinks, pods.bundle, ratio, pods.host_speed, pods.speed, core, why)


def _three_tiers(pods: Pods, planes: Planes, limits: Limits, hosts: int) -> tuple[Core | None, int, int, str]:
    """The core, the leaves and number of pods, and why not all; no core if two pods do not fit."""
    down = int(np.bincount(pods.leaf_pod).max()) * pods.bundle
    padded = _leaves(down, pods.speed, planes, pods.bundle)
    if padded is None:
        return None, 0, 1, "no whole number of leaves fills the links to the cores"
    leaves_each, ratio = padded
    if leaves_each * pods.bundle + planes.uplinks > limits.middle:
        ports = leaves_each * pods.bundle + planes.uplinks
        return None, 0, 1, f"a spine below a core needs {ports} ports, and htsim is built for {limits.middle}"
    most = min(limits.core // planes.bundle, HOSTS // (leaves_each * hosts))
    if most < 2:
        return None, 0, 1, f"two pods are {2 * leaves_each * hosts:,} hosts, and the limit here is {HOSTS:,}"
    why = f"it takes {most} pods at most, by ports of a core or hosts" if most < pods.count else ""
    return Core(planes.uplinks, planes.bundle, planes.speed, ratio), leaves_each, min(most, pods.count), why


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
