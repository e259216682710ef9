"""How long ranks take to send what they send at the same time: the alpha-beta model on the plant's own capacities.

A round is a set of flows that begin together. It takes alpha + beta: alpha is the longest latency of a flow; beta the
longest time that any of these needs for what passes it (the rest is faster, and waits):

- the scale-up links of a rank, of a domain's mesh or rings;
- the ports of a rank, in and out;
- all links up from a group of ranks that meet at a tier, for what leaves or enters the group.

Flows spread evenly over the links of such a cut, which is what load balancing aims at and never exceeds: times are
lower bounds. alpha and beta as in Hockney, "The communication challenge for MPP", Parallel Computing 20(3), 1994.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from ..plant import Ints, Plant
from ..simulation import Simulation

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Time:
    """`alpha` and `beta` in ns; `loads` are the times that the bytes need on everything that they pass, by its name.
    Of one round beta is the longest of them; of several it is the sum of what each round waits for."""

    alpha: float = 0.0
    beta: float = 0.0
    loads: Mapping[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        return self.alpha + self.beta

    @property
    def limit(self) -> str:
        """What the bytes wait for."""
        return max(self.loads, key=lambda name: self.loads[name], default="nothing")

    def __mul__(self, times: float) -> Time:
        return Time(self.alpha * times, self.beta * times, {name: load * times for name, load in self.loads.items()})

    def __add__(self, other: Time) -> Time:
        """One after the other."""
        names = dict.fromkeys([*self.loads, *other.loads])
        loads = {name: self.loads.get(name, 0.0) + other.loads.get(name, 0.0) for name in names}
        return Time(self.alpha + other.alpha, self.beta + other.beta, loads)


NOTHING = Time()


def load(name: str, beta: float, alpha: float = 0.0) -> Time:
    """The time of one thing that bytes pass."""
    return Time(alpha, beta, {name: beta})


@dataclass(frozen=True)
class Cut:
    """The links up from a tier: `group` of each rank there, `up` in byte/ns of each group, `latency` in ns from rank to
    rank that meet at this tier."""

    name: str
    group: Ints
    up: Floats
    latency: float


@dataclass(frozen=True)
class Roads:
    """Columns over ranks: `domain`, `place` there. Rates in byte/ns, one direction: `inner` of a rank in scale-up, for
    each of its rings if it is a torus, `port` of its ports. `cuts` are the tiers, the lowest first; the last has one
    group and nothing above."""

    domain: Ints
    place: Ints
    shape: str
    sizes: tuple[int, ...]
    inner: tuple[float, ...]
    inner_latency: float
    port: float
    cuts: tuple[Cut, ...]

    @property
    def members(self) -> int:
        """Ranks of a domain."""
        return prod(self.sizes)

    def shared(self, ranks: Ints) -> Roads:
        """What is left for some ranks if all others use the links up from their group just as much: as large a part as
        they are of the group. Ports and scale-up are each rank's own."""
        cuts = []
        for cut in self.cuts:
            many = len(cut.up)
            mine = np.bincount(cut.group[np.unique(ranks)], minlength=many)
            everyone = np.bincount(cut.group, minlength=many)
            cuts.append(replace(cut, up=cut.up * np.where(mine > 0, mine / everyone, 1.0)))
        return replace(self, cuts=tuple(cuts))


def find_roads(plant: Plant, simulation: Simulation) -> Roads:
    """The capacities under a workload."""
    ranks, tree, domains = simulation.ranks, simulation.tree, simulation.domains
    speed = plant.links.speed
    cuts = []
    meeting = tree.meeting
    for tier in meeting:
        above = next((t for t in meeting if t.number == tier.number + 1), None)
        group = tier.group[ranks.server]
        up = np.full(int(group.max(initial=0)) + 1, np.inf)
        name = f"tier {tier.number}"
        if above is not None:
            # A switch belongs to the group of the servers below it.
            member = np.full(len(plant.devices), -1, dtype=np.int64)
            member[ranks.servers] = tier.group
            for below in tree.tiers[: tier.number]:
                lower, upper = tree.lower[below.links], tree.upper[below.links]
                member[upper] = member[lower]
            owner = member[tree.lower[above.links]]
            mine = owner >= 0
            up = np.bincount(owner[mine], weights=speed[above.links[mine]], minlength=len(up)) / 8e9
            name = f"links up from tier {tier.number}"
        cuts.append(Cut(name, group, up, float(simulation.latencies.one_way(tier.number))))
    port = int(speed[ranks.links].sum(axis=1).min(initial=2**62)) / 8e9 if ranks.links.shape[1] else 0.0
    return Roads(
        domains.domain,
        domains.place,
        domains.shape,
        domains.sizes,
        tuple(float(rate) / 1e9 for rate in domains.bandwidth),
        float(simulation.latencies.scale_up),
        port,
        tuple(cuts),
    )


def flows(roads: Roads, source: Ints, target: Ints, size: float) -> Time:
    """Time of a round in which every source sends `size` bytes to its target."""
    moved = source != target
    source, target = source[moved], target[moved]
    if not len(source):
        return NOTHING
    inside = roads.domain[source] == roads.domain[target]
    found = [_scale_up(roads, source[inside], target[inside], size)]
    source, target = source[~inside], target[~inside]
    if len(source):
        busiest = max(int(np.bincount(source).max()), int(np.bincount(target).max()))
        found.append(load("ports of the ranks", busiest * size / roads.port))
        alpha = 0.0
        apart = np.ones(len(source), dtype=np.bool_)
        for cut in roads.cuts:
            a, z = cut.group[source], cut.group[target]
            here = apart & (a == z)
            alpha = max(alpha, cut.latency) if here.any() else alpha
            apart &= a != z
            if apart.any():
                many = len(cut.up)
                out = np.bincount(a[apart], minlength=many)
                into = np.bincount(z[apart], minlength=many)
                found.append(load(cut.name, float((np.maximum(out, into) / cut.up).max()) * size))
        found.append(Time(alpha))
    return together(found)


def pairs(roads: Roads, groups: Ints, size: float) -> Time:
    """Time of a round in which every member of a group sends `size` bytes to every other one; shape (groups, members).

    The flows are counted, not listed: a group of n has n (n - 1) of them.
    """
    many, members = groups.shape
    if members < 2:
        return NOTHING
    number = np.repeat(np.arange(many, dtype=np.int64), members)
    ranks = groups.reshape(-1)
    near = _shared(number, roads.domain[ranks])
    found = []
    if near.max() > 1:
        listed = roads.shape == "ring" and near.min() < roads.members and many * members * members <= MOST_LISTED
        found.append(_around(roads, groups, size) if listed else _within(roads, int(near.max()), size))
    far = members - near
    if far.max() > 0:
        found.append(load("ports of the ranks", float(far.max()) * size / roads.port))
        alpha, met = 0.0, near
        for cut in roads.cuts:
            group = cut.group[ranks]
            here = _shared(number, group)
            if (here > met).any():
                alpha, met = cut.latency, here
            leaving = np.bincount(group, weights=members - here, minlength=len(cut.up))
            if leaving.any():
                found.append(load(cut.name, float((leaving / cut.up).max()) * size))
        found.append(Time(alpha))
    return together(found)


def together(found: list[Time]) -> Time:
    """The longest alpha and the longest beta of what happens at once."""
    loads = {name: beta for time in found for name, beta in time.loads.items()}
    return Time(max((time.alpha for time in found), default=0.0), max(loads.values(), default=0.0), loads)


def _shared(number: Ints, label: Ints) -> Ints:
    """For each rank how many of its group have its label, itself included."""
    key = number * (int(label.max(initial=0)) + 1) + label
    _, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse.reshape(-1)], dtype=np.int64)


MOST_LISTED = 1_000_000
"""Most flows of groups in a torus that are followed link by link; those of larger groups count as spread evenly."""


def _around(roads: Roads, groups: Ints, size: float) -> Time:
    """Groups that are parts of a torus: everyone to the next of its group, to the one after that, and so on."""
    loads: list[Floats] = [np.zeros(1)] * len(roads.sizes)
    hops, source = 0, groups.reshape(-1)
    for distance in range(1, groups.shape[1]):
        target = np.roll(groups, -distance, axis=1).reshape(-1)
        inside = roads.domain[source] == roads.domain[target]
        passed, most = _passes(roads, source[inside], target[inside])
        loads, hops = [a + b for a, b in zip(loads, passed, strict=True)], max(hops, most)
    return load("scale-up", _busiest(roads, loads) * size, hops * roads.inner_latency)


def _within(roads: Roads, members: int, size: float) -> Time:
    """Everyone to all others of its domain, so many of them."""
    hops = sum(length // 2 for length in roads.sizes) if roads.shape == "ring" else 1
    return load("scale-up", (members - 1) * size / _all_pairs(roads, members), hops * roads.inner_latency)


def _all_pairs(roads: Roads, members: int) -> float:
    """Byte/ns that a rank sends to all others of its domain at once. Through a ring of n a byte takes n/4 links on
    average (short ways, itself counted), and the links of a rank carry what is on its way through as well."""
    if roads.shape == "ring":
        share = (members - 1) / members
        hops = [size / 4 if size % 2 == 0 else (size * size - 1) / (4 * size) for size in roads.sizes]
        rates = [rate * share / many for rate, many in zip(roads.inner, hops, strict=True) if many]
        return min([sum(roads.inner), *rates])
    if roads.shape == "mesh":
        return roads.inner[0] * (members - 1) / (roads.members - 1)
    return sum(roads.inner)


def _scale_up(roads: Roads, source: Ints, target: Ints, size: float) -> Time:
    """Flows inside domains."""
    if not len(source):
        return NOTHING
    if roads.shape == "mesh":
        _, between = np.unique(np.stack([source, target]), axis=1, return_counts=True)
        rate = roads.inner[0] / (roads.members - 1)
        return load("scale-up", int(between.max()) * size / rate, roads.inner_latency)
    if roads.shape == "ring":
        return _rings(roads, source, target, size)
    busiest = max(int(np.bincount(source).max()), int(np.bincount(target).max()))
    return load("scale-up", busiest * size / sum(roads.inner), roads.inner_latency)


def _rings(roads: Roads, source: Ints, target: Ints, size: float) -> Time:
    """Flows along rings, one dimension after the other, each the short way; a link's load is counted exactly."""
    loads, hops = _passes(roads, source, target)
    return load("scale-up", _busiest(roads, loads) * size, hops * roads.inner_latency)


def _busiest(roads: Roads, loads: list[Floats]) -> float:
    """Time in ns of a byte of each flow on the busiest link of all rings."""
    each = (
        float(passed.max()) * min(2, length - 1) / rate
        for passed, length, rate in zip(loads, roads.sizes, roads.inner, strict=True)
        if length > 1
    )
    return max(each, default=0.0)


def _passes(roads: Roads, source: Ints, target: Ints) -> tuple[list[Floats], int]:
    """How many flows pass each link of every ring, as (direction, place): a flow whose two ways round are as long has
    half of its bytes on either. And the most links that one passes."""
    many, found, step = len(roads.domain), [], 1
    here, hops = roads.place[source], np.zeros(len(source), dtype=np.int64)
    domain = roads.domain[source]
    for length in roads.sizes:
        at, to = here // step % length, roads.place[target] // step % length
        forward = (to - at) % length
        way = np.minimum(forward, length - forward)
        either = (2 * forward == length) & (length > 2)  # two ranks have one way
        share = np.where(either, 0.5, 1.0)
        # A ring is a row of the links at its places: the place in all others, then that in this one.
        row = domain * (roads.members // length) + here // (step * length) * step + here % step
        passed = np.zeros((2, many // length, length))
        for direction, there in ((0, 2 * forward <= length), (1, (2 * forward > length) | either)):
            rows = np.flatnonzero(there & (way > 0))
            first = at[rows] if direction == 0 else (at[rows] - way[rows] + 1) % length
            last = first + way[rows]
            # Each flow begins at its first link and ends after its last; what goes over the row's end begins again.
            over = last > length
            ends = np.zeros((many // length) * (length + 1))
            for place, weight in ((first, share[rows]), (np.minimum(last, length), -share[rows])):
                ends += np.bincount(row[rows] * (length + 1) + place, weights=weight, minlength=len(ends))
            turned = row[rows][over] * (length + 1)
            for place, weight in ((turned, share[rows][over]), (turned + last[over] - length, -share[rows][over])):
                ends += np.bincount(place, weights=weight, minlength=len(ends))
            passed[direction] = np.cumsum(ends.reshape(-1, length + 1), axis=1)[:, :length]
        found.append(passed)
        hops += way
        here = here + (to - at) * step
        step *= length
    return found, int(hops.max(initial=0))
