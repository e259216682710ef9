"""ns-3, BookSim and OMNeT++: files and times that were worked out by hand."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from unit.fabrics import rendered
from unit.graph_files import read_anynet, read_nodes, read_probes, read_topology
from unit.test_simulation import RAILS

from rackwright.backends._kit.graphs import LIMIT, find_parts, find_probes, find_ways
from rackwright.backends.booksim import BookSim
from rackwright.backends.booksim.cycles import count_cycles
from rackwright.backends.booksim.expected import mean_latency, shortest
from rackwright.backends.ns3 import Ns3
from rackwright.backends.omnetpp import Omnetpp
from rackwright.compiler.backend import Backend, Request
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.simulation import Graph
from rackwright.dsl.diagnostics import Diagnostic

Compile = Callable[..., Compilation]


def files(backend: Backend, result: Compilation) -> dict[str, str]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    return rendered(backend, result.design, result.plant)


def says(backend: Backend, result: Compilation, request: Request | None = None) -> list[Diagnostic]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    return list(backend.accepts(result.design, result.plant, request or Request(named=True)))


def graph(result: Compilation) -> Graph:
    assert result.plant is not None
    part = find_parts(result.plant)[0]
    assert not isinstance(part, Diagnostic), part
    return part.graph


def test_the_lab_in_three_formats(compiled: Compile) -> None:
    lab = compiled("lab_4x2")
    topology = files(Ns3(), lab)["sim/ns3/topology.txt"].splitlines()
    # Host 0 is 1.377825 m of cable under its leaf: 4.9 ns/m.
    assert topology[:3] == ["14 6 16", "8 9 10 11 12 13", "0 8 100Gbps 6751342fs 0"]
    ned = files(Omnetpp(), lab)["sim/omnetpp/Fabric.ned"]
    first = "        node[0].port++ <--> Cable { datarate = 100Gbps; delay = 6751342fs; } <--> node[8].port++;\n"
    assert first in ned and "        node[14]: Node { address = index; }\n" in ned
    booksim = files(BookSim(), lab)
    # A flit of 4 B takes 0.32 ns at 100 Gbps: 21 cycles, two of which are the router's.
    assert booksim["sim/booksim/network.anynet"].startswith(
        "router 0 node 0 router 8 19\nrouter 1 node 1 router 8 18\n"
    )
    assert "// A cycle is 0.32 ns: a flit of 4 B at 100Gbps.\n" in booksim["sim/booksim/fabric.cfg"]


def test_round_trips_of_the_lab(compiled: Compile) -> None:
    expected = files(Ns3(), compiled("lab_4x2"))["sim/ns3/expected.csv"]
    # 1,030 B at 100 Gbps are 82.4 ns: 2 * (6.751342 + 6.315732 + 2 * 82.4).
    assert expected.splitlines()[:2] == ["from,to,path,links,ports,rtt_ns", "0,1,tier 1,2,0 1,355.734148"]


def test_a_message_of_the_lab(compiled: Compile) -> None:
    messages = files(Ns3(), compiled("lab_4x2"))["sim/ns3/messages.csv"]
    # An eighth of 1 MiB in a ring: 132 packets, which take 82.4 ns each on the first link, and one on the second.
    time = Fraction("6.751342") + Fraction("6.315732") + 133 * Fraction("82.4")
    assert messages.splitlines()[1] == f"ping,1,131072,132,0 1,{float(time):.6f}"


def test_messages_of_other_workloads(compiled: Compile, spec: Compile) -> None:
    rows = files(Ns3(), compiled("llama3_24k"))["sim/ns3/messages.csv"].splitlines()
    # An eighth of 1 GiB among the 128 servers of the part is left for each, a hundred and twenty-eighth of it a round;
    # the step of a model is no single message.
    assert [row.split(",")[:4] for row in rows[1:]] == [["pretrain", "8", str(2**30 // 8 // 128), "1049"]]
    alone = RAILS.replace("collective = all_reduce 3 MB", "collective = point_to_point { size = 1 GB, sender = 3 }")
    assert files(Ns3(), spec(alone))["sim/ns3/messages.csv"].count("\n") == 1
    long = RAILS.replace("collective = all_reduce 3 MB", "collective = point_to_point { size = 1 GB, receiver = 5 }")
    row = files(Ns3(), spec(long))["sim/ns3/messages.csv"].splitlines()[1].split(",")
    assert row[:4] == ["w", "5", "1000000000", "10000"]
    # Leaf, spine and leaf wait 700 ns each; four links of 82.4 ns a packet.
    assert Fraction(row[5]) == 2100 + 10_003 * Fraction("82.4")


def test_round_trips_with_latencies(spec: Compile) -> None:
    result = spec(RAILS)
    probes = read_probes(files(Ns3(), result)["sim/ns3/expected.csv"])
    found = {(p.path, len(p.ports)): Fraction(p.rtt_fs, 10**6) for p in probes}
    # Inside a box two links of 150 ns at 800 Gbps; a leaf waits 700 ns; leaf, spine and leaf three times that.
    assert found == {
        ("scale-up", 2): 2 * (300 + 2 * Fraction("10.3")),
        ("tier 1", 2): 2 * (700 + 2 * Fraction("82.4")),
        ("tier 2", 4): 2 * (2100 + 4 * Fraction("82.4")),
    }


def test_round_trips_of_llama(compiled: Compile) -> None:
    result = compiled("llama3_24k")
    made = files(Ns3(), result)
    network = read_topology(made["sim/ns3/topology.txt"])
    # 64 racks of 16 GPUs: 128 servers, 64 leaves, 18 spines.
    assert (network.nodes, network.hosts) == (1024 + 128 + 64 + 18, 1024)
    assert len(network.lines) == 1024 + 1024 + 64 * 18
    probes = read_probes(made["sim/ns3/expected.csv"])
    # 1,030 B at 3.6 Tbps twice, there and back; nobody states the latency of the switch.
    assert [(p.to, p.path, p.rtt_fs) for p in probes][:2] == [
        (1, "scale-up", round(4 * Fraction(8240 * 10**15, 3600 * 10**9))),
        (7, "scale-up", 9155556),
    ]
    assert [p.path for p in probes[2:]] == ["tier 1", "tier 1", "tier 2", "tier 2"]
    assert [d.code for d in says(Ns3(), result)] == ["RW8103", "RW8160"]
    assert says(Ns3(), result, Request())[0].code == "RW8160"


def test_a_torus_passes_ranks(compiled: Compile) -> None:
    net = graph(compiled("tpu_v4_pod"))
    probes = find_probes(find_ways(net))
    assert net.hosts == LIMIT and set(probes.what) == {"scale-up", "scale-up through ranks"}
    # A slab of 4 x 16 x 16: at most 3 + 8 + 8 steps.
    assert max(probes.links) == 19


def test_a_tree_of_probes_never_needs_two_ways(compiled: Compile) -> None:
    for name in ("tpu_v4_pod", "dual_plane_rail", "llama3_24k"):
        net = graph(compiled(name))
        probes = find_probes(find_ways(net))
        nexts: dict[tuple[int, ...], str] = {}
        for ports in probes.ports:
            steps = ports.split()
            for n in range(len(steps)):
                assert nexts.setdefault(tuple(map(int, steps[: n + 1])), steps[n]) == steps[n]
        assert len(set(probes.receiver)) == len(probes)


def by_heap(net: Graph, latency: list[int], source: int) -> list[int]:
    """Least cycles of channels and routers to every node, link by link."""
    near: dict[int, list[tuple[int, int]]] = {}
    for a, z, each in zip(net.a.tolist(), net.z.tolist(), latency, strict=True):
        near.setdefault(a, []).append((z, each))
        near.setdefault(z, []).append((a, each))
    best, heap = {source: (0, 0)}, [(0, 0, source)]
    while heap:
        far, hops, node = heapq.heappop(heap)
        if (far, hops) > best[node]:
            continue
        for peer, each in near[node]:
            new = far + each, hops + 1
            if new < best.get(peer, (2**62, 0)):
                best[peer] = new
                heapq.heappush(heap, (*new, peer))
    return [far + 2 * hops for far, hops in (best[node] for node in range(len(net.kind)))]


@pytest.mark.parametrize("name", ["lab_4x2", "lab_3tier", "dual_plane_rail"])
def test_booksims_ways_against_a_heap(compiled: Compile, name: str) -> None:
    net = graph(compiled(name)).bundled()
    cycles = count_cycles(net)
    sources = np.arange(0, net.hosts, 5)
    ways = shortest(net, cycles.latency, sources)
    assert ways.tolist() == [by_heap(net, cycles.latency.tolist(), source) for source in sources.tolist()]


def test_booksims_mean_by_hand(compiled: Compile) -> None:
    net = graph(compiled("lab_4x2")).bundled()
    cycles = count_cycles(net)
    # 19, 18, 17 and 16 cycles up from the hosts, and 76 to 74 to each of two spines, as network.anynet has them; two
    # more for the router behind each.
    up = [21, 20, 19, 18] * 2
    leaf = [0, 0, 1, 1, 2, 2, 3, 3]
    links = [(78, 77), (77, 76), (78, 77), (77, 76)]
    total = 0
    for a, z in product(range(8), range(8)):
        if a == z:
            continue
        total += up[a] + up[z]
        if leaf[a] != leaf[z]:
            total += min(links[leaf[a]][s] + links[leaf[z]][s] for s in range(2))
    assert mean_latency(net, cycles) == total / 64 + 64 + 4


def test_flits_are_as_large_as_latencies_allow(spec: Compile) -> None:
    # Latencies of 350 ns and more are whole cycles within 2 % even of 64 B: 5.12 ns at 100 Gbps.
    text = RAILS.replace("scale_up = 100 GB/s", "scale_up = 12.5 GB/s").replace("= 300 ns", "= 600 ns")
    cycles = count_cycles(graph(spec(text)).bundled())
    assert (cycles.flit, cycles.packet, cycles.cycle, cycles.short) == (64, 4, Fraction(5_120_000), 0)
    assert set(cycles.latency.tolist()) == {round(300 / 5.12) - 2, round(350 / 5.12) - 2, round(700 / 5.12) - 2}


def test_channels_have_at_least_a_cycle(compiled: Compile) -> None:
    made = files(BookSim(), compiled("lab_4x2"))
    _, channels = read_anynet(made["sim/booksim/network.anynet"])
    assert min(channels.values()) >= 1
    zero = graph(compiled("superpod_h100")).bundled()
    cycles = count_cycles(zero)
    assert set(cycles.latency.tolist()) == {1} and cycles.short == len(zero.a) and cycles.worst == 0


def test_booksim_wants_one_speed(spec: Compile) -> None:
    result = spec(RAILS)
    assert [d.code for d in says(BookSim(), result)] == ["RW8103", "RW8162"]
    assert not files_of_unnamed(result)
    accepted = spec(RAILS.replace("workload w {", "workload w { approximate = true\n"))
    assert [d.code for d in says(BookSim(), accepted)] == ["RW8103", "RW8163"]
    made = files(BookSim(), accepted)
    assert "links of 2 different rates are all as slow as the slowest" in made["sim/booksim/README.md"]
    network, _ = read_anynet(made["sim/booksim/network.anynet"])
    assert (network.nodes, network.hosts) == (16 + 8 + 6, 16)


def files_of_unnamed(result: Compilation) -> list[str]:
    """What is written of a design that BookSim warns of, when all backends run."""
    assert result.design is not None and result.plant is not None
    found = says(BookSim(), result, Request())
    assert [d.code for d in found] == ["RW8109"] and "booksim: " in found[0].detail
    return [a.path for a in BookSim().render(result.design, result.plant, Request())]


APART = """
accelerator chip { e : port { speed = 100 Gbps, cage = backplane }
    w : port { speed = 100 Gbps, cage = backplane } }
server board { chip : chip }
network ici { routing = none }
rack r { board[6] : board
    link board[i].chip.e -> board[i - i mod 3 + (i + 1) mod 3].chip.w }
workload w { ranks = r.board[*].chip
    collective = all_reduce 1 MB }
"""


@pytest.mark.parametrize("backend", [Ns3(), BookSim(), Omnetpp()])
def test_islands_are_refused(spec: Compile, backend: Backend) -> None:
    result = spec(APART)
    (refused,) = [d for d in says(backend, result) if d.severity.value == "error"]
    assert refused.code == "RW8161" and "no links lead from rank 0 at board0 to rank 3 at board3" in refused.detail
    assert result.design is not None and result.plant is not None
    assert not list(backend.render(result.design, result.plant, Request(named=True)))


def test_other_ranks_have_a_folder_of_their_own(spec: Compile) -> None:
    more = RAILS + "workload z { ranks = hall.unit[0].box[*].accelerator[*]\n collective = all_reduce 1 MB }\n"
    made = files(Ns3(), spec(more))
    assert {path.rpartition("/")[0] for path in made} == {"sim/ns3", "sim/ns3/z"}
    assert read_topology(made["sim/ns3/z/topology.txt"]).hosts == 8
    assert read_topology(made["sim/ns3/topology.txt"]).hosts == 16
    assert "written apart, as if each were alone: `sim/ns3/z`." in made["sim/ns3/README.md"]


def test_scripts_are_programs(compiled: Compile) -> None:
    made = files(Ns3(), compiled("lab_4x2"))
    compile(made["sim/ns3/run.py"], "run.py", "exec")
    node = files(Omnetpp(), compiled("lab_4x2"))["sim/omnetpp/node.cc"]
    assert "setByteLength(1030)" in node and node.count("{") == node.count("}")


def test_hostile_names_stay_on_their_lines(spec: Compile) -> None:
    evil = 'b{box}\\n0 1 1bps 0fs 0,\\"x'
    result = spec(RAILS.replace("    box[4] : box\n", f'    box[4] : box {{ name = "{evil}" }}\n'))
    if result.plant is None:
        return  # refused with a code, as it is no host name
    made = files(Ns3(), result)
    assert len(made["sim/ns3/topology.txt"].splitlines()) == 2 + 16 + 16 + 8
    assert read_nodes(made["sim/ns3/nodes.csv"])[1] == 16


@pytest.mark.parametrize("backend", [Ns3(), BookSim(), Omnetpp()])
def test_readmes_say_how_to_know(compiled: Compile, backend: Backend) -> None:
    made = files(backend, compiled("lab_4x2"))
    (readme,) = [text for path, text in made.items() if path.endswith("README.md")]
    assert re.search(r"Success is (the|`).*`", readme)
    assert 8 <= len(readme.splitlines()) <= 17


def test_no_workload(spec: Compile) -> None:
    result = spec("site x { }")
    assert [d.code for d in says(Ns3(), result)] == ["RW8100"]
