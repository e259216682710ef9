"""Scale-up domains and the plain graph under a workload, against searches that go link by link."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.plant import Plant
from rackwright.compiler.simulation import Graph, find_graph, simulate
from rackwright.compiler.simulation.graph import FS_PER_NS, RANK, SWITCH

Compile = Callable[..., Compilation]


def graph(result: Compilation, name: str | None = None) -> Graph:
    assert result.plant is not None, result.diagnostics
    workload = next(w for w in result.plant.design.workloads if name in (None, w.name))
    found = find_graph(result.plant, workload)
    assert isinstance(found, Graph), found
    return found


def distances(net: Graph, source: int, *, through_ranks: bool = False) -> dict[int, int]:
    """Least sum of link delays in fs from a rank to every node; ranks forward nothing unless told."""
    near: dict[int, list[tuple[int, int]]] = {}
    for a, z, delay in zip(net.a.tolist(), net.z.tolist(), net.delay.tolist(), strict=True):
        near.setdefault(a, []).append((z, delay))
        near.setdefault(z, []).append((a, delay))
    best, heap = {source: 0}, [(0, source)]
    while heap:
        far, node = heapq.heappop(heap)
        if far > best[node] or (node != source and net.kind[node] == RANK and not through_ranks):
            continue
        for peer, delay in near.get(node, []):
            if far + delay < best.get(peer, 2**62):
                best[peer] = far + delay
                heapq.heappush(heap, (far + delay, peer))
    return best


def test_an_nvl72_is_one_domain_of_its_own_links(compiled: Compile) -> None:
    net = graph(compiled("catalina_nvl72"), "exchange")
    assert (net.domains.shape, net.domains.sizes, net.domains.bandwidth) == ("switch", (72,), (Fraction(900 * 10**9),))
    assert (net.hosts, len(net.kind), len(net.a)) == (72, 81, 1296)
    bundled = net.bundled()
    # Two links of 400 Gbps to each tray of two chips.
    assert len(bundled.a) == 72 * 9 and set(bundled.rate.tolist()) == {800 * 10**9}
    assert bundled.rate.sum() == net.rate.sum()


def test_a_tpu_pod_is_a_torus(compiled: Compile) -> None:
    net = graph(compiled("tpu_v4_pod"))
    assert (net.domains.shape, net.domains.sizes) == ("ring", (16, 16, 16))
    assert (net.hosts, len(net.kind), len(net.a)) == (4096, 4096, 3 * 4096)
    degree = np.bincount(np.concatenate([net.a, net.z]))
    assert set(degree.tolist()) == {6}
    # Neighbours differ by one in one coordinate, around the ring.
    a, z = net.domains.place[net.a], net.domains.place[net.z]
    steps = [((z // 16**n % 16 - a // 16**n % 16) % 16) for n in range(3)]
    assert all(sorted(step) in ([0, 0, 1], [0, 0, 15]) for step in zip(*(s.tolist() for s in steps), strict=True))
    assert len(np.unique(net.domains.place)) == 4096


CHIPS = """
accelerator chip { e : port { speed = 100 Gbps, cage = backplane }
    w : port { speed = 100 Gbps, cage = backplane }
    n : port { speed = 100 Gbps, cage = backplane }
    s : port { speed = 100 Gbps, cage = backplane } }
server board { chip : chip }
network ici { routing = none }
rack r { board[SIZE] : board
    LINKS }
workload w { ranks = r.board[ALL].chip
    collective = all_reduce 1 MB }
"""


@pytest.mark.parametrize(
    ("size", "links", "shape", "sizes"),
    [
        ("6", "link board[i].chip.e -> board[(i + 1) mod 6].chip.w", "ring", (6,)),
        ("2", "link board[i].chip.e -> board[(i + 1) mod 2].chip.w", "ring", (2,)),
        (
            "3, 4",
            "link board[x, y].chip.e -> board[(x + 1) mod 3, y].chip.w\n"
            "link board[x, y].chip.n -> board[x, (y + 1) mod 4].chip.s",
            "ring",
            (3, 4),
        ),
        ("2", "link board[0].chip.e -> board[1].chip.e", "mesh", (2,)),
        ("6", "link board[i].chip.e -> board[i + 1].chip.w for i in 0..4", "graph", (6,)),
        (
            "3, 4",
            "link board[x, y].chip.e -> board[(x + 1) mod 3, (y + x div 2) mod 4].chip.w\n"
            "link board[x, y].chip.n -> board[x, (y + 1) mod 4].chip.s",
            "graph",
            (12,),
        ),
    ],
)
def test_shapes_of_direct_links(spec: Compile, size: str, links: str, shape: str, sizes: tuple[int, ...]) -> None:
    result = spec(
        CHIPS.replace("SIZE", size)
        .replace("ALL", ", ".join("*" for _ in size.split(",")))
        .replace("LINKS", links.replace("\n", "\n    "))
    )
    net = graph(result)
    assert (net.domains.shape, net.domains.sizes) == (shape, sizes), net.domains.problem
    assert len(net.kind) == net.hosts and result.plant is not None
    simulation, problems = simulate(result.plant, result.plant.design.workloads[0])
    if shape == "graph":
        assert simulation is None and problems[0].code == "RW8111"
    else:
        assert simulation is not None and [d.size for d in simulation.dimensions] == list(sizes)


@pytest.mark.parametrize("name", ["lab_4x2", "lab_3tier", "superpod_h100", "dual_plane_rail"])
def test_paths_have_the_latency_of_the_plant(compiled: Compile, name: str) -> None:
    """The sum of link delays is that of adapters, cables and switches, between two ranks of different servers."""
    result = compiled(name)
    net = graph(result)
    assert result.plant is not None
    simulation, _ = simulate(result.plant, net.workload)
    assert simulation is not None
    found = distances(net, 0)
    # Of one slot: other pairs may meet higher up, or inside a server.
    others = np.flatnonzero((simulation.ranks.slot == simulation.ranks.slot[0]) & (net.domain != net.domain[0]))
    for rank in others[[0, len(others) // 2, -1]].tolist():
        server = int(simulation.ranks.server[rank])
        tier = next(t for t in simulation.tree.tiers if t.group[server] == t.group[int(simulation.ranks.server[0])])
        # The view takes the longest link of a tier for all of them.
        assert found[rank] <= simulation.latencies.one_way(tier.number) * FS_PER_NS


def test_exact_latencies_by_hand(compiled: Compile) -> None:
    net = graph(compiled("lab_4x2"))
    plant = compiled("lab_4x2").plant
    assert isinstance(plant, Plant)
    lengths = plant.links.length_um[net.link]
    assert (net.wire == lengths * 49 // 10).all()
    assert (net.rate == plant.links.speed[net.link]).all()


@pytest.mark.parametrize(
    ("name", "count"), [("llama3_24k", 16), ("llama3_24k", 64), ("superpod_h100", 8), ("superpod_h100", 512)]
)
def test_the_first_ranks_meet_as_they_do_in_the_whole(compiled: Compile, name: str, count: int) -> None:
    net = graph(compiled(name), "pretrain" if name == "llama3_24k" else None)
    part = net.first(count)
    assert part.hosts == count and (part.kind[:count] == RANK).all()
    assert (part.device[:count] == net.device[:count]).all()
    whole, cut = distances(net, 0), distances(part, 0)
    assert [cut[rank] for rank in range(count)] == [whole[rank] for rank in range(count)]
    switches = np.flatnonzero(part.kind == SWITCH)
    degree = np.bincount(np.concatenate([part.a, part.z]), minlength=len(part.kind))
    assert (degree[switches] >= 2).all()
    if name == "llama3_24k" and count == 64:
        # Four racks, their leaves, and the 18 spines of the pod.
        assert len(switches) == 4 + 18


def test_scale_350k_in_columns(compiled: Compile) -> None:
    net = graph(compiled("scale_350k"))
    assert (net.hosts, len(net.a)) == (350_208, 350_208 * 4)
    up = net.rate[net.scale_up == 0]
    assert set(up.tolist()) == {400 * 10**9}
