"""Scale-up: which ranks share memory or links of their own, in which shape, how fast.

Three cases, told apart by the design alone:

1. Links lead from ports of the accelerators to switches (NVLink through switch trays): a domain is what hangs together,
   and joins its ranks as one switch.
2. Links lead from accelerator to accelerator (ICI, xGMI as cables): rings, if the ports pair up so that following one
   of them leads in circles: a torus. If every two ranks are joined alike, a mesh. Else a plain graph.
3. There are none: the accelerators of one server are a domain, joined as its `scale_up` says. Where not all of them
   are ranks, each has in a mesh only the links to the others; a part of a ring is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Literal

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..plant import Ints, Plant
from ..schema import AcceleratorAttributes, ServerAttributes
from .components import components, numbered
from .own_ports import own_links, own_ports
from .ranks import Ranks, all_accelerators
from .torus import Ring, find_rings

Shape = Literal["switch", "mesh", "ring", "graph"]


@dataclass(frozen=True)
class Domains:
    """The scale-up domains of a workload's ranks.

    `domain` numbers the domain of each rank in the order in which ranks meet them, and `place` its place there:
    coordinates with the first of `sizes` fastest. A torus has a size for each of its rings, any other shape one size.
    `bandwidth` in byte/s is one direction of all links of one rank, for each of `sizes`. `links` are the plant's links
    that it consists of (none where a server's inside is not modelled). `problem` tells why they cannot be dimensions
    of a grid, if they cannot.
    """

    domain: Ints
    place: Ints
    shape: Shape
    sizes: tuple[int, ...]
    bandwidth: tuple[Fraction, ...]
    links: Ints
    problem: Diagnostic | None = None

    @property
    def count(self) -> int:
        return int(self.domain.max(initial=-1)) + 1


@dataclass(frozen=True)
class OwnLinks:
    """Scale-up links of a workload's ranks, one row each: the rank at one end; at the other a rank, or -1 and the
    device of a switch. `label` and `peer_label` tell which port of the accelerators it is (-1 on a switch)."""

    link: Ints
    rank: Ints
    peer: Ints
    switch: Ints
    label: Ints
    peer_label: Ints


def find_domains(plant: Plant, ranks: Ranks) -> Domains | Diagnostic:
    """The domains, or what the design does not tell of them."""
    own = find_own_links(plant, ranks)
    if not len(own.link):
        return _inside_servers(plant, ranks)
    far = np.where(own.peer >= 0, own.peer, len(ranks) + own.switch)
    domain = numbered(components(len(ranks) + len(plant.devices), own.rank, far)[: len(ranks)])
    sizes = np.bincount(domain)
    if sizes.min() != sizes.max():
        return _plain(plant, ranks, own, domain, _unequal(plant, ranks, domain))
    if (own.peer < 0).any():
        return _through_switches(plant, ranks, own, domain)
    return _direct(plant, ranks, own, domain)


def find_own_links(plant: Plant, ranks: Ranks) -> OwnLinks:
    """The scale-up links among the ranks; those that lead to accelerators outside of the workload are left out."""
    links = plant.links
    own = own_ports(plant.design, ranks.cls, ranks.workload.ranks)
    a_own, z_own = own_links(plant, ranks.workload.ranks)
    total = int(own.slot.max(initial=-1)) + 1
    rank_of = np.full((len(plant.devices), max(total, int(ranks.slot.max()) + 1)), -1, dtype=np.int64)
    rank_of[ranks.device, ranks.slot] = np.arange(len(ranks))

    def ends(rows: Ints, mine: tuple[Ints, Ints], far: tuple[Ints, Ints], far_own: bool) -> OwnLinks:
        (device, port), (there, terminal) = mine, far
        rank = rank_of[device[rows], own.slot[port[rows]]]
        nobody = np.full(len(rows), -1, dtype=np.int64)
        peer = rank_of[there[rows], own.slot[terminal[rows]]] if far_own else nobody
        keep = (rank >= 0) & ((peer >= 0) if far_own else True)
        switch = nobody if far_own else there[rows]
        peer_label = own.label[terminal[rows]] if far_own else nobody
        columns = (rows, rank, peer, switch, own.label[port[rows]], peer_label)
        return OwnLinks(*(column[keep] for column in columns))

    a, z = (links.a_device, links.a_terminal), (links.z_device, links.z_terminal)
    parts = [
        ends(np.flatnonzero(a_own & z_own), a, z, True),
        ends(np.flatnonzero(a_own & ~z_own), a, z, False),
        ends(np.flatnonzero(z_own & ~a_own), z, a, False),
    ]
    names = OwnLinks.__dataclass_fields__
    return OwnLinks(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _inside_servers(plant: Plant, ranks: Ranks) -> Domains | Diagnostic:
    nothing = np.zeros(0, dtype=np.int64)
    if ranks.per_server == 1:
        each = np.arange(len(ranks), dtype=np.int64)
        return Domains(each, np.zeros_like(each), "switch", (1,), (Fraction(0),), nothing)
    server, accelerator = plant.element_of(ranks.cls), plant.design.elements[ranks.workload.ranks]
    joined = server.attributes.scale_up if isinstance(server.attributes, ServerAttributes) else None
    rate = accelerator.attributes.scale_up if isinstance(accelerator.attributes, AcceleratorAttributes) else None
    if joined is None or rate is None:
        lacking = f"`{server.definition}` has no scale_up" if joined is None else ""
        lacking = lacking or f"`{accelerator.definition}` has no scale_up bandwidth"
        return diagnose(
            "RW8105",
            (server if joined is None else accelerator).origin,
            detail=f"{ranks.per_server} accelerators share a server, and {lacking}",
            help="give the server `scale_up = switch`, `mesh` or `ring`, and the accelerator its bandwidth, such as "
            "`scale_up = 450 GB/s`",
            also=[(ranks.workload.origin, "the workload")],
        )
    bandwidth = rate.to("B/s")
    _, total = all_accelerators(plant.design, ranks.cls, ranks.workload.ranks)
    if joined == "ring" and ranks.per_server < total:
        return _open_ring(ranks, total)
    if joined == "mesh":
        bandwidth *= Fraction(ranks.per_server - 1, total - 1)
    return Domains(ranks.server, turns(ranks.server), joined, (ranks.per_server,), (bandwidth,), nothing)


def _open_ring(ranks: Ranks, total: int) -> Diagnostic:
    return diagnose(
        "RW8111",
        ranks.workload.at("ranks"),
        "these ranks",
        detail=f"the {total} accelerators of a server are a ring, and {ranks.per_server} of them are none",
        help="take all accelerators of each server, or one",
    )


def _rates(plant: Plant, ranks: Ranks, own: OwnLinks) -> Ints:
    """Bit/s of all scale-up links of each rank together."""
    rate = np.zeros(len(ranks), dtype=np.int64)
    np.add.at(rate, own.rank, plant.links.speed[own.link])
    between = own.peer >= 0
    np.add.at(rate, own.peer[between], plant.links.speed[own.link[between]])
    return rate


def _plain(plant: Plant, ranks: Ranks, own: OwnLinks, domain: Ints, problem: Diagnostic) -> Domains:
    rate = Fraction(int(_rates(plant, ranks, own).min()), 8)
    return Domains(domain, turns(domain), "graph", (int(np.bincount(domain).min()),), (rate,), own.link, problem)


def _through_switches(plant: Plant, ranks: Ranks, own: OwnLinks, domain: Ints) -> Domains:
    direct = np.flatnonzero(own.peer >= 0)
    if len(direct):
        return _plain(plant, ranks, own, domain, _mixed(plant, ranks, own, int(direct[0])))
    rate = Fraction(int(_rates(plant, ranks, own).min()), 8)
    return Domains(domain, turns(domain), "switch", (int(np.bincount(domain)[0]),), (rate,), own.link)


def _direct(plant: Plant, ranks: Ranks, own: OwnLinks, domain: Ints) -> Domains:
    size, count = int(np.bincount(domain)[0]), int(domain.max()) + 1
    speed = plant.links.speed[own.link]
    rings = find_rings(len(ranks), own.rank, own.peer, own.label, own.peer_label, speed)
    if isinstance(rings, tuple) and prod(ring.size for ring in rings) == size:
        place, step = np.zeros(len(ranks), dtype=np.int64), 1
        for ring in rings:
            place, step = place + step * ring.place, step * ring.size
        sizes, rates = tuple(r.size for r in rings), tuple(_both_ways(r) for r in rings)
        return Domains(domain, place, "ring", sizes, rates, own.link)
    low, high = np.minimum(own.rank, own.peer), np.maximum(own.rank, own.peer)
    pairs, inverse = np.unique(low * len(ranks) + high, return_inverse=True)
    between = np.zeros(len(pairs), dtype=np.int64)
    np.add.at(between, inverse.reshape(-1), speed)
    if len(pairs) == count * size * (size - 1) // 2 and between.min() == between.max():
        rate = Fraction(int(between[0]) * (size - 1), 8)
        return Domains(domain, turns(domain), "mesh", (size,), (rate,), own.link)
    why = rings if isinstance(rings, str) else "its circles do not meet in every accelerator"
    return _plain(plant, ranks, own, domain, _irregular(plant, ranks, own, why))


def _irregular(plant: Plant, ranks: Ranks, own: OwnLinks, why: str) -> Diagnostic:
    return diagnose(
        "RW8111",
        plant.design.rules[int(plant.links.rule[own.link[0]])].origin,
        "these links",
        detail=f"it is neither a torus nor a mesh: {why}",
        help="simulators that read plain graphs have it; those of dimensions cannot",
        also=[(ranks.workload.origin, "the workload")],
    )


def _both_ways(ring: Ring) -> Fraction:
    """Byte/s of a rank to its neighbours: two, or one in a ring of two."""
    return Fraction(ring.speed * ring.neighbours, 8)


def turns(domain: Ints) -> Ints:
    """For each rank how many of its domain come before it."""
    order = np.argsort(domain, kind="stable")
    place = np.empty(len(domain), dtype=np.int64)
    place[order] = np.arange(len(domain)) - np.searchsorted(domain[order], domain[order])
    return place


def _unequal(plant: Plant, ranks: Ranks, domain: Ints) -> Diagnostic:
    sizes = np.bincount(domain)
    names = plant.devices.names
    few, most = (int(np.argmax(domain == d)) for d in (np.argmin(sizes), np.argmax(sizes)))
    return diagnose(
        "RW8112",
        ranks.workload.at("ranks"),
        "these ranks",
        detail=f"{int(sizes.min())} are joined around {names[int(ranks.device[few])]} and {int(sizes.max())} around "
        f"{names[int(ranks.device[most])]}",
        help="take whole domains, or as many ranks of each",
    )


def _mixed(plant: Plant, ranks: Ranks, own: OwnLinks, row: int) -> Diagnostic:
    names = plant.devices.names
    one, other = int(own.rank[row]), int(own.peer[row])
    return diagnose(
        "RW8111",
        plant.design.rules[int(plant.links.rule[own.link[row]])].origin,
        "this link",
        detail=f"accelerators of {names[int(ranks.device[one])]} and {names[int(ranks.device[other])]} are joined "
        "without a switch, and others through one",
        help="a simulator of plain graphs can read it; one of dimensions cannot",
        also=[(ranks.workload.origin, "the workload")],
    )
