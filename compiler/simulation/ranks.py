"""Which accelerators a workload runs on, in which order, and which ports of the fabric serve each.

The accelerators are those that the workload's path names. A server is the outermost part around an accelerator. Ranks
number them as the workload's `placement` says:

- `packed`: row by row of the path's arrays, so a server's accelerators are neighbours;
- `spread`: the servers of the outermost array that has several are dealt round, as are cards to players;
- `rail`: all first accelerators of the servers, then all second ones, …

Which port serves which accelerator is not written in a spec. The rule: a server with L accelerators, of whatever
kinds, has k * L data ports linked into one network; in the order of their numbers, ports `i*k … i*k + k - 1` serve
accelerator i. If several networks qualify, the one with most bandwidth is the fabric. Ports of the accelerators
themselves that are linked without routing are scale-up (see `domains`) and do not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..design import Design, Element, Workload
from ..plant import DeviceClass, Ints, Plant
from ..views.fabric import data_links
from .own_ports import own_links


@dataclass(frozen=True)
class Ranks:
    """The accelerators of a workload.

    `servers` are the device ids of the servers in use, in the order in which ranks meet them; `server` is a number in
    that list for each rank and `slot` the accelerator's number in its server, both of shape (ranks,). `per_server`
    ranks are in each server.

    `network` is a row of the design's networks, or -1. `links` has shape (ranks, k): the links of the plant
    that serve each rank; k is 0 where the ranks need none.
    """

    workload: Workload
    cls: DeviceClass
    servers: Ints
    server: Ints
    slot: Ints
    per_server: int
    network: int
    links: Ints

    def __len__(self) -> int:
        return len(self.server)

    @property
    def device(self) -> Ints:
        """Device id of the server of each rank."""
        return self.servers[self.server]


def find_ranks(plant: Plant, workload: Workload) -> Ranks | Diagnostic:
    """The ranks of a workload with their ports, or what is wrong."""
    placed = place(plant, workload)
    if isinstance(placed, Diagnostic):
        return placed
    cls, device, slot = placed.cls, placed.device, placed.slot
    names = plant.devices.names
    servers, first, server = np.unique(device, return_index=True, return_inverse=True)
    order = np.argsort(first)
    servers, server = servers[order], np.argsort(order)[server.reshape(-1)]
    counts = np.bincount(server)
    if counts.min() != counts.max():
        few, most = servers[int(np.argmin(counts))], servers[int(np.argmax(counts))]
        return diagnose(
            "RW8130",
            workload.at("count", "ranks"),
            "these ranks",
            detail=f"{int(counts.min())} are on {names[int(few)]} and {int(counts.max())} on {names[int(most)]}",
            help="take as many of each server",
        )
    before, total = all_accelerators(plant.design, cls, workload.ranks)
    network, served = _ports(plant, workload.ranks, cls, servers, total)
    if served is not None:
        links = served[server, before + slot]
    elif len(servers) == 1 or own_links(plant, workload.ranks)[0].any():
        # What joins them, if anything, is scale-up.
        links = np.zeros((len(device), 0), dtype=np.int64)
    else:
        return _unserved(plant, workload, cls, servers, total)
    return Ranks(workload, cls, servers, server, slot, int(counts[0]), network, links)


def accelerators_of(design: Design, cls: DeviceClass, ranks: int) -> int:
    """How many accelerators of a workload's element one server holds."""
    inner = [e for e in design.chain(ranks) if e.index > cls.element]
    return prod(dim.size for e in inner for dim in e.dims)


def all_accelerators(design: Design, cls: DeviceClass, ranks: int) -> tuple[int, int]:
    """How many accelerators of other members of a server come before those of a workload's element, by the members'
    names, and how many there are in all."""
    server = design.elements[cls.element]
    inside = [e.index for e in design.elements if e.kind == "accelerator" and server in design.chain(e.index)]
    many = {element: accelerators_of(design, cls, element) for element in inside}
    return sum(many[element] for element in inside if element < ranks), sum(many.values())


@dataclass(frozen=True)
class Placed:
    """The class of the servers, and for each rank the device id of its server and the accelerator's number there."""

    cls: DeviceClass
    device: Ints
    slot: Ints


def place(plant: Plant, workload: Workload) -> Placed | Diagnostic:
    """Where each rank of a workload is, or that there are not as many, or none."""
    if not named(workload):
        return diagnose(
            "RW8131",
            workload.at("ranks"),
            "these ranks",
            detail="none of the accelerators that the path names is built",
            help="build one, or leave the workload out",
        )
    design = plant.design
    element = design.device_of(workload.ranks)
    cls = next(c for c in plant.classes if c.element == element)
    sizes = [dim.size for dim in design.dims(workload.ranks)]
    taken = [np.arange(low, low + size, dtype=np.int64) for low, size in workload.window]
    instance: Ints = np.zeros((), dtype=np.int64)
    for size, indices in zip(sizes, taken, strict=True):
        instance = instance[..., None] * size + indices
    total, outer = accelerators_of(design, cls, workload.ranks), len(cls.shape)
    shape = [len(indices) for indices in taken]
    per_server = prod(shape[outer:])
    grid: Ints = instance.reshape(-1, per_server)
    placement = workload.attributes.placement
    if placement == "rail":
        grid = grid.T
    elif placement == "spread":
        many = next((size for size in shape[:outer] if size > 1), 1)
        grid = grid.reshape(many, -1, per_server).swapaxes(0, 1)
    instance, count = grid.reshape(-1), workload.attributes.count
    if count is not None and count > len(instance):
        return diagnose(
            "RW8131",
            workload.at("count"),
            f"{count:,} ranks",
            detail=f"the path names {len(instance):,} accelerators",
            help="name more of them, or take fewer",
            also=[(workload.at("ranks"), "these")],
        )
    instance = instance[:count]
    return Placed(cls, cls.first + instance // total, instance % total)


def _ports(plant: Plant, ranks: int, cls: DeviceClass, servers: Ints, total: int) -> tuple[int, Ints | None]:
    """The network that serves the accelerators, and its links of shape (servers, accelerators of a server, k)."""
    near, port, link = _ends(plant, ranks, cls, servers)
    network = plant.links.network[link]
    best: tuple[int, int, Ints] | None = None
    for number in np.unique(network).tolist():
        rows = np.flatnonzero(network == number)
        counts = np.bincount(near[rows], minlength=len(servers))
        if counts.min() != counts.max() or counts[0] % total:
            continue
        rows = rows[np.lexsort((port[rows], near[rows]))]
        speed = int(plant.links.speed[link[rows]].sum())
        if best is None or speed > best[0]:
            best = (speed, number, link[rows])
    if best is None:
        return -1, None
    return best[1], best[2].reshape(len(servers), total, -1)


def _ends(plant: Plant, ranks: int, cls: DeviceClass, servers: Ints) -> tuple[Ints, Ints, Ints]:
    """Server (a number in `servers`), port and link of every data link that ends at one of them, scale-up aside."""
    number = np.full(len(plant.devices), -1, dtype=np.int64)
    number[servers] = np.arange(len(servers))
    links, keep = plant.links, data_links(plant)
    found: list[tuple[Ints, Ints, Ints]] = []
    for device, port, own in zip(
        (links.a_device, links.z_device), (links.a_terminal, links.z_terminal), own_links(plant, ranks), strict=True
    ):
        rows = np.flatnonzero(keep & ~own & (number[device] >= 0))
        found.append((number[device[rows]], port[rows], rows))
    near, terminal, row = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return near, terminal, row


def _unserved(plant: Plant, workload: Workload, cls: DeviceClass, servers: Ints, total: int) -> Diagnostic:
    near, _, _ = _ends(plant, workload.ranks, cls, servers)
    counts = np.bincount(near, minlength=len(servers))
    odd = int(np.argmax(counts % total != 0)) if (counts % total).any() else int(np.argmin(counts))
    return diagnose(
        "RW8101",
        workload.origin,
        "these ranks",
        detail=f"{plant.devices.names[int(servers[odd])]} has {total} accelerators, "
        f"and {int(counts[odd])} of its data ports are linked",
        help="link as many ports of one network as each server has accelerators, or a multiple of that",
        also=[(plant.design.elements[cls.element].origin, "the server")],
    )


def adapters(plant: Plant, ranks: Ranks) -> tuple[Element, ...]:
    """The adapters whose ports serve the ranks. Where cages of the server do, all of it: which of them lead to which
    cage, no spec tells. None if it has none."""
    links, rows = plant.links, ranks.links.reshape(-1)
    mine = np.isin(links.a_device[rows], ranks.servers)
    ports = np.unique(np.where(mine, links.a_terminal[rows], links.z_terminal[rows]))
    design, found = plant.design, {}
    for array in ranks.cls.terminals["port"]:
        if ((ports >= array.first) & (ports < array.first + array.count)).any():
            inside = [e for e in design.chain(array.element) if e.kind == "nic"]
            if not inside:
                server = plant.element_of(ranks.cls)
                return tuple(e for e in design.elements if e.kind == "nic" and server in design.chain(e.index))
            found.update({e.index: e for e in inside})
    return tuple(found.values())


def by_ranks(design: Design) -> list[list[Workload]]:
    """The workloads, those with the same ranks together; over most ranks first, then by name."""
    groups: dict[object, list[Workload]] = {}
    for workload in sorted(design.workloads, key=lambda w: w.name):
        a = workload.attributes
        groups.setdefault((workload.ranks, workload.window, a.placement, a.count), []).append(workload)
    return sorted(groups.values(), key=lambda group: -named(group[0]))


def named(workload: Workload) -> int:
    """How many ranks a workload asks for."""
    many = prod(size for _, size in workload.window)
    return min(many, workload.attributes.count or many)


def prefix(workload: Workload, limit: int) -> tuple[int, ...]:
    """Sizes of ever larger runs of ranks from rank 0, all at most `limit`, ascending: whole inner arrays, then 1, 2,
    3, … of the array that does not fit whole."""
    runs = [1]
    for size in _places(workload):
        inner = runs[-1]
        if inner * size > limit:
            runs.extend(inner * many for many in range(2, limit // inner + 1))
            break
        if size > 1:
            runs.append(inner * size)
    return tuple(run for run in runs if run <= named(workload))


def _places(workload: Workload) -> Iterator[int]:
    """Sizes of the arrays that ranks count through, the fastest first; those of placements other than `packed` only
    as one long row."""
    if workload.attributes.placement == "packed":
        yield from (size for _, size in reversed(workload.window))
    else:
        yield prod(size for _, size in workload.window)


def name_prefix(design: Design, workload: Workload, count: int) -> str:
    """What the first `count` ranks are called, such as `pod[0].gpu[0..63].node[*].accelerator[*]`.

    `count` is one of `prefix`.
    """
    if workload.attributes.placement != "packed" or workload.attributes.count is not None:
        path = design.path(workload.ranks)
        return f"the first {count:,} ranks of {path}, {workload.attributes.placement}"
    pieces: list[str] = []
    rest = prod(size for _, size in workload.window)
    window = iter(workload.window)
    for e in design.chain(workload.ranks)[1:]:
        indices = []
        for dim in e.dims:
            low, size = next(window)
            rest //= size
            taken = min(size, max(1, count // rest))
            whole = taken == dim.size and dim.size > 1
            indices.append("*" if whole else f"{low}" if taken == 1 else f"{low}..{low + taken - 1}")
        pieces.append(e.name + (f"[{', '.join(indices)}]" if indices else ""))
    return ".".join(pieces) or design.path(workload.ranks)
