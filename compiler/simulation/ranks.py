"""Which accelerators a workload runs on, and which ports of the fabric serve each.

Rank r is the r-th instance of the workload's accelerator in row-major order, so it is accelerator
`r % per_server` of server `r // per_server`. A server is the outermost part around the accelerator.

Which port serves which accelerator is not written in a spec. The rule: a server with L accelerators has k * L
data ports linked into one network; in the order of their numbers, ports `i*k … i*k + k - 1` serve accelerator i.
If several networks qualify, the one with most bandwidth is the fabric.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..design import Design, Workload
from ..instances import instance_count
from ..plant import DeviceClass, Ints, Plant
from ..views.fabric import data_links


@dataclass(frozen=True)
class Ranks:
    """The accelerators of a workload.

    `network` is a row of the design's networks, or -1. `links` has shape (ranks, k): the links of the plant
    that serve each rank; k is 0 where a lone server needs none.
    """

    workload: Workload
    cls: DeviceClass
    per_server: int
    network: int
    links: Ints

    def __len__(self) -> int:
        return len(self.links)

    @property
    def servers(self) -> Ints:
        """Device ids of the servers, in the order of ranks."""
        return np.arange(self.cls.first, self.cls.first + self.cls.count, dtype=np.int64)


def find_ranks(plant: Plant, workload: Workload) -> Ranks | Diagnostic:
    """The ranks of a workload with their ports, or what is wrong."""
    design = plant.design
    server = design.device_of(workload.ranks)
    cls = next(c for c in plant.classes if c.element == server)
    inner = [e for e in design.chain(workload.ranks) if e.index > cls.element]
    per_server = prod(dim.size for e in inner for dim in e.dims)
    near, port, link = _ends(plant, cls)
    network = plant.links.network[link]
    best: tuple[int, int, Ints] | None = None
    for number in np.unique(network).tolist():
        rows = np.flatnonzero(network == number)
        counts = np.bincount(near[rows] - cls.first, minlength=cls.count)
        if counts.min() != counts.max() or counts[0] % per_server:
            continue
        rows = rows[np.lexsort((port[rows], near[rows]))]
        total = int(plant.links.speed[link[rows]].sum())
        if best is None or total > best[0]:
            best = (total, number, link[rows])
    if best is not None:
        return Ranks(workload, cls, per_server, best[1], best[2].reshape(cls.count * per_server, -1))
    if cls.count == 1 and not len(link):
        return Ranks(workload, cls, per_server, -1, np.zeros((per_server, 0), dtype=np.int64))
    counts = np.bincount(near - cls.first, minlength=cls.count)
    odd = int(np.argmax(counts % per_server != 0)) if (counts % per_server).any() else int(np.argmin(counts))
    return diagnose(
        "RW8101",
        workload.origin,
        "these ranks",
        detail=f"{plant.devices.names[cls.first + odd]} has {per_server} accelerators, "
        f"and {int(counts[odd])} of its data ports are linked",
        help="link as many ports of one network as each server has accelerators, or a multiple of that",
        also=[(design.elements[cls.element].origin, "the server")],
    )


def by_ranks(design: Design) -> list[list[Workload]]:
    """The workloads, those over the same accelerators together; over most ranks first, then by name."""
    groups: dict[int, list[Workload]] = {}
    for workload in sorted(design.workloads, key=lambda w: w.name):
        groups.setdefault(workload.ranks, []).append(workload)
    return sorted(groups.values(), key=lambda group: -instance_count(design, group[0].ranks))


def _ends(plant: Plant, cls: DeviceClass) -> tuple[Ints, Ints, Ints]:
    """Device, port and link of every data link that ends at the class."""
    links, keep = plant.links, data_links(plant)
    found: list[tuple[Ints, Ints, Ints]] = []
    for device, port in ((links.a_device, links.a_terminal), (links.z_device, links.z_terminal)):
        rows = np.flatnonzero(keep & (device >= cls.first) & (device < cls.first + cls.count))
        found.append((device[rows], port[rows], rows))
    return (
        np.concatenate([f[0] for f in found]),
        np.concatenate([f[1] for f in found]),
        np.concatenate([f[2] for f in found]),
    )


def prefix(design: Design, element: int, limit: int) -> tuple[int, ...]:
    """Sizes of ever larger runs of ranks from rank 0 that a path with ranges can name, all at most `limit`,
    ascending: whole inner arrays, then 1, 2, 3, … of the array that does not fit whole."""
    sizes = [dim.size for dim in design.dims(element)]
    runs = [1]
    for size in reversed(sizes):
        inner = runs[-1]
        if inner * size > limit:
            runs.extend(inner * many for many in range(2, limit // inner + 1))
            break
        if size > 1:
            runs.append(inner * size)
    return tuple(runs)


def name_prefix(design: Design, element: int, count: int) -> str:
    """The path of the first `count` ranks, such as `pod[0].gpu[0..63].node[*].accelerator[*]`.

    `count` is one of `prefix`.
    """
    pieces: list[str] = []
    rest = prod(dim.size for dim in design.dims(element))
    for e in design.chain(element)[1:]:
        indices = []
        for dim in e.dims:
            rest //= dim.size
            taken = min(dim.size, max(1, count // rest))
            indices.append("*" if taken == dim.size and dim.size > 1 else "0" if taken == 1 else f"0..{taken - 1}")
        pieces.append(e.name + (f"[{', '.join(indices)}]" if indices else ""))
    return ".".join(pieces) or design.path(element)
