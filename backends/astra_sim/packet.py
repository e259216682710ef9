"""The same ranks for ASTRA-sim's packet network, ns-3: topology, configuration, logical dimensions.

Nodes are the ranks, then one switch for each scale-up domain of several ranks, then the fabric's switches. Hosts do not
forward, so a domain without a switch cannot be said; if the workload takes an approximation, a switch stands for it.

ns-3 sends over every shortest path. Where two ranks of a domain are linked to one leaf, the way over it would be as
short as that through scale-up and take half of the traffic; so there each adapter is a node of its own between its
rank and the leaf. It adds the time of one packet on the wire to either end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...compiler.backend import Artifact
from ...compiler.plant import Ints
from ...compiler.simulation import Graph
from .._kit.hpcc import Servers, as_servers, config, link_lines
from .network import Level

OUTPUT = "output"
"""Folder that the simulator writes to, below where it runs. It does not make it."""

_VALUES = {
    "TOPOLOGY_FILE": "topology.txt",
    "FLOW_FILE": "0",
    "TRACE_FILE": "0",
    "TRACE_OUTPUT_FILE": f"{OUTPUT}/mix.tr",
    "FCT_OUTPUT_FILE": f"{OUTPUT}/fct.txt",
    "PFC_OUTPUT_FILE": f"{OUTPUT}/pfc.txt",
    "QLEN_MON_FILE": f"{OUTPUT}/qlen.txt",
    "QLEN_MON_START": "0",
    "QLEN_MON_END": "20000",
    "PACKET_PAYLOAD_SIZE": "1000",
    "CC_MODE": "12",
    "NIC_TOTAL_PAUSE_TIME": "0",
}


@dataclass(frozen=True)
class Packets:
    """Columns of links, as in `Servers`. `hosts` ranks come first, then `domains` switches of scale-up, then those of
    the fabric, then `adapters`; `total` counts all nodes."""

    hosts: int
    domains: int
    adapters: int
    total: int
    a: Ints
    z: Ints
    rate: Ints
    delay: Ints


def packets(graph: Graph) -> Packets:
    """The network of a graph whose domains have as many ranks each and whose ranks are in order."""
    found = as_servers(graph)
    a, z, rate, delay = found.a, found.z, found.rate, found.delay
    domains = found.servers
    if found.each == 1:
        # No scale-up, no switch for it.
        inner, domains = found.inner, 0
        a, z, rate, delay = a[inner:], z[inner:], rate[inner:], delay[inner:]
        a, z = (np.where(node >= found.gpus, node - found.servers, node) for node in (a, z))
    total = found.gpus + domains + found.switches
    own = np.flatnonzero((a < found.gpus) & (z >= found.gpus + domains)) if _shared_leaf(found) else a[:0]
    new = total + np.arange(len(own))
    leaf, far, wait = z[own], rate[own], delay[own]
    z = z.copy()
    z[own] = new
    near = delay.copy()
    near[own] = 0
    columns = zip((a, z, rate, near), (new, leaf, far, wait), strict=True)
    a, z, rate, delay = (np.concatenate(pair) for pair in columns)
    return Packets(found.gpus, domains, len(own), total + len(own), a, z, rate, delay)


def _shared_leaf(found: Servers) -> bool:
    """Whether two ranks of a domain are linked to the same switch of the fabric."""
    rows = np.arange(found.inner, len(found.a))
    rows = rows[found.a[rows] < found.gpus]
    pairs = np.stack([found.a[rows] // found.each, found.z[rows]])
    return found.each > 1 and len(np.unique(pairs, axis=1).T) < len(rows)


def files(place: str, found: Packets, logical: Sequence[tuple[str, tuple[Level, ...]]]) -> Iterator[Artifact]:
    """The folder; `logical` has the names and levels of files of logical dimensions."""
    switches = np.arange(found.hosts, found.total)
    head = [f"{found.total} {len(switches)} {len(found.a)}", " ".join(map(str, switches.tolist()))]
    lines = link_lines(found.a, found.z, found.rate, found.delay)
    yield Artifact(f"{place}/topology.txt", "\n".join([*head, ""]).encode() + lines)
    yield Artifact(f"{place}/config.txt", config(found.rate, _VALUES))
    for name, levels in logical:
        dims = {"logical-dims": [str(level.size) for level in levels]}
        yield Artifact(f"{place}/{name}", (json.dumps(dims) + "\n").encode())
