"""From a workload's ranks to the plain graph under them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ...dsl.diagnostics import Diagnostic
from ...dsl.units import Quantity
from ..cages import link_media
from ..design import Workload
from ..plant import Ints, Plant
from ..schema import CableAttributes, NicAttributes, ServerAttributes, SwitchAttributes
from .domains import Domains, OwnLinks, find_domains, find_own_links
from .graph import FS_PER_NS, RANK, SCALE_UP, SWITCH, Graph
from .latency import NS_PER_METRE
from .ranks import Ranks, adapters, find_ranks
from .tiers import fabric_links, levels

_FS_PER_10_UM = int(NS_PER_METRE * FS_PER_NS / 10**5)
"""49: femtoseconds that 10 micrometres of cable take."""

Columns = tuple[Ints, Ints, Ints, Ints, Ints]
"""Node a, node z, bit/s, wire latency in fs, link of the plant."""


def find_graph(plant: Plant, workload: Workload) -> Graph | Diagnostic:
    """The graph of a workload's ranks and all that joins them, or what the design does not tell."""
    ranks = find_ranks(plant, workload)
    if isinstance(ranks, Diagnostic):
        return ranks
    domains = find_domains(plant, ranks)
    if isinstance(domains, Diagnostic):
        return domains
    return wire(plant, ranks, domains)


def wire(plant: Plant, ranks: Ranks, domains: Domains) -> Graph:
    """The graph of ranks and domains that are known."""
    zeros: dict[str, None] = {}
    count, waits = len(ranks), _Waits(plant, zeros)
    if len(domains.links):
        own = find_own_links(plant, ranks)
        inner = np.unique(own.switch[own.switch >= 0])
        scale_up, inner_wait = _own(plant, count, own, inner, waits), waits.switches(inner)
    else:
        latency = _scale_up_latency(plant, ranks, domains, waits)
        virtual = domains.count if domains.shape == "switch" and domains.sizes[0] > 1 else 0
        inner, inner_wait = np.full(virtual, -1, dtype=np.int64), np.full(virtual, latency, dtype=np.int64)
        scale_up = _inside(domains, count, latency)
    outer, tier, fabric = _fabric(plant, ranks, count + len(inner), waits)
    adapter = waits.adapters(ranks) if len(fabric[0]) else 0
    a, z, rate, wire_, link = (np.concatenate(pair) for pair in zip(scale_up, fabric, strict=True))
    sizes = [count, len(inner), len(outer)]
    return Graph(
        ranks,
        domains,
        np.repeat(np.array([RANK, SCALE_UP, SWITCH], dtype=np.int64), sizes),
        np.concatenate([ranks.device, inner, outer]),
        np.concatenate([np.repeat(np.array([0, 1], dtype=np.int64), sizes[:2]), tier]),
        np.concatenate([np.full(count, adapter, dtype=np.int64), inner_wait, waits.switches(outer)]),
        domains.domain,
        a,
        z,
        rate,
        wire_,
        link,
        np.repeat(np.array([1, 0], dtype=np.int64), [len(scale_up[0]), len(fabric[0])]),
        tuple(zeros),
    )


class _Waits:
    """Latencies of parts in femtoseconds; what is not stated is zero, and noted."""

    def __init__(self, plant: Plant, zeros: dict[str, None]) -> None:
        self._plant, self._zeros = plant, zeros

    def switches(self, devices: Ints) -> Ints:
        """Of each of some switches."""
        table = np.zeros(len(self._plant.classes), dtype=np.int64)
        for number in np.unique(self._plant.devices.cls[devices]).tolist():
            element = self._plant.element_of(self._plant.classes[number])
            if isinstance(element.attributes, SwitchAttributes):
                table[number] = self.of(f"latency of {element.definition}", element.attributes.latency)
        return np.asarray(table[self._plant.devices.cls[devices]], dtype=np.int64)

    def adapters(self, ranks: Ranks) -> int:
        """Of the slowest adapter that serves ranks."""
        nics = adapters(self._plant, ranks)
        if not nics:
            return self.of(f"adapter latency of {self._plant.element_of(ranks.cls).definition}", None)
        found = [(e, e.attributes.latency) for e in nics if isinstance(e.attributes, NicAttributes)]
        return max(self.of(f"latency of {e.definition}", latency) for e, latency in found)

    def links(self, rows: Ints, where: str) -> Ints:
        """Of cables with the transceivers at their ends, one row each."""
        lengths = self._plant.links.length_um[rows]
        unknown = int((lengths < 0).sum())
        if unknown:
            self._zeros[f"length of {unknown:,} links {where}"] = None
        names, made_with = link_media(self._plant)
        used = np.unique(made_with[rows]).tolist()
        table = np.zeros(len(names) + 1, dtype=np.int64)
        for number in used:
            if number < 0:
                self._zeros[f"latency of unnamed transceivers {where}"] = None
            else:
                table[number] = self._transceiver(names[number])
        return np.asarray(np.maximum(lengths, 0) * _FS_PER_10_UM // 10 + table[made_with[rows]].sum(axis=1))

    def _transceiver(self, name: str) -> int:
        attributes = self._plant.design.media[name].attributes
        if not isinstance(attributes, CableAttributes):
            return self.of(f"latency of {name}", attributes.latency)
        # Passive copper has no transceiver; the ends of active cables have one whose latency nobody states.
        return self.of(f"latency of {name}", None) if attributes.medium in ("aec", "aoc") else 0

    def of(self, name: str, stated: Quantity | None) -> int:
        if stated is None:
            self._zeros[name] = None
            return 0
        return round(stated.to("ns") * FS_PER_NS)


def _scale_up_latency(plant: Plant, ranks: Ranks, domains: Domains, waits: _Waits) -> int:
    server = plant.element_of(ranks.cls)
    if domains.sizes[0] == 1 or not isinstance(server.attributes, ServerAttributes):
        return 0
    return waits.of(f"scale_up_latency of {server.definition}", server.attributes.scale_up_latency)


def _own(plant: Plant, count: int, own: OwnLinks, inner: Ints, waits: _Waits) -> Columns:
    """Scale-up that the design has links for."""
    far = np.where(own.peer >= 0, own.peer, count + np.searchsorted(inner, np.maximum(own.switch, 0)))
    return own.rank, far, plant.links.speed[own.link], waits.links(own.link, "of scale-up"), own.link


def _inside(domains: Domains, count: int, latency: int) -> Columns:
    """Scale-up of which only the shape is told: a switch whose latency is its node's, or links that have it."""
    size, shape = domains.sizes[0], domains.shape
    # Ranks as a table: a row a domain, in the order of their places.
    table = np.lexsort((domains.place, domains.domain)).reshape(-1, size)
    if size == 1:
        a = z = np.zeros(0, dtype=np.int64)
        each = Fraction(0)
    elif shape == "switch":
        a, z, each = table.reshape(-1), np.repeat(count + np.arange(len(table)), size), Fraction(1)
        latency = 0
    elif shape == "mesh":
        low, high = np.triu_indices(size, 1)
        a, z, each = table[:, low].reshape(-1), table[:, high].reshape(-1), Fraction(1, size - 1)
    else:
        here = np.arange(size if size > 2 else 1)
        a, z = table[:, here].reshape(-1), table[:, (here + 1) % size].reshape(-1)
        each = Fraction(1, min(2, size - 1))
    bits = int(domains.bandwidth[0] * 8 * each) if len(a) else 0
    return a, z, np.full(len(a), bits), np.full(len(a), latency), np.full(len(a), -1)


def _fabric(plant: Plant, ranks: Ranks, first: int, waits: _Waits) -> tuple[Ints, Ints, Columns]:
    """Switches of the fabric, their tiers, and the links among them and to the ranks; node numbers from `first` on."""
    links, rows = plant.links, fabric_links(plant, ranks)
    level = levels(len(plant.devices), ranks.servers, links.a_device[rows], links.z_device[rows])
    rows = rows[level[links.a_device[rows]] >= 0]
    ends, keep = [], np.ones(len(rows), dtype=np.bool_)
    outer = np.flatnonzero(level > 0)
    number = np.full(len(plant.devices), -1, dtype=np.int64)
    number[outer] = first + np.arange(len(outer))
    served = np.repeat(np.arange(len(ranks)), ranks.links.shape[1])
    for device in (links.a_device, links.z_device):
        # Which rank a link serves at this end, where it ends at that rank's server.
        rank = np.full(len(links), -1, dtype=np.int64)
        mine = device[ranks.links.reshape(-1)] == ranks.device[served]
        rank[ranks.links.reshape(-1)[mine]] = served[mine]
        node = np.where(level[device[rows]] == 0, rank[rows], number[device[rows]])
        keep &= node >= 0  # links of accelerators that are no ranks
        ends.append(node)
    rows, (a, z) = rows[keep], (end[keep] for end in ends)
    return outer, level[outer], (a, z, links.speed[rows], waits.links(rows, "of the fabric"), rows)
