"""Networks of ns-3, BookSim and OMNeT++ of random fabrics and of tori: hosts, links, rates and latencies, read again
from each file, are the plant's. What the plant has is counted link by link, by names."""

from __future__ import annotations

import re
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from property.designs import Small, small
from property.test_packet_networks import NS, Fabric, between, cables, compiled, fabrics, files
from pytest import TempPathFactory
from unit.graph_files import Network, read_anynet, read_ned, read_nodes, read_probes, read_topology, walked

from rackwright.backends.booksim import BookSim
from rackwright.backends.ns3 import Ns3
from rackwright.backends.omnetpp import Omnetpp
from rackwright.compiler.pipeline import Compilation


def alike(result: Compilation, wait: dict[str, int], ranks: int) -> int:
    """Hold the files of ns-3 and OMNeT++ against the plant; how many of its links are in them."""
    assert result.plant is not None
    made, ned = files(Ns3(), result), files(Omnetpp(), result)
    found = read_topology(made["sim/ns3/topology.txt"])
    named, hosts = read_nodes(made["sim/ns3/nodes.csv"])
    assert hosts == found.hosts == ranks
    expected = cables(result.plant, wait)
    mine = set(named.values())
    assert between(found.lines, named) == {pair: link for pair, link in expected.items() if pair <= mine}
    other = read_ned(ned["sim/omnetpp/Fabric.ned"])
    assert (other.nodes, other.lines) == (found.nodes, found.lines)
    assert ned["sim/omnetpp/nodes.csv"] == made["sim/ns3/nodes.csv"]
    assert ned["sim/omnetpp/expected.csv"] == made["sim/ns3/expected.csv"]
    for probe in read_probes(made["sim/ns3/expected.csv"]):
        node, time = walked(found, probe, 1030)
        assert node == probe.to and abs(time - probe.rtt_fs) <= 1
    return len(found.lines)


def in_cycles(result: Compilation) -> None:
    """Hold BookSim's channels against the links of ns-3, which are the plant's: latencies to the cycle."""
    made = files(BookSim(), result)
    network, _ = read_anynet(made["sim/booksim/network.anynet"])
    whole = read_topology(files(Ns3(), result)["sim/ns3/topology.txt"])
    assert (network.nodes, network.hosts) == (whole.nodes, whole.hosts)
    told = re.search(r"a flit of (\d+) B at (\d+)Gbps", made["sim/booksim/fabric.cfg"])
    assert told
    slowest = min(_bundles(whole).values())
    assert int(told[2]) * 10**9 == slowest
    cycle = Fraction(8 * int(told[1]) * 10**15, slowest)
    longest: dict[frozenset[int], int] = {}
    for line in whole.lines:
        pair = frozenset((line.a, line.z))
        longest[pair] = max(longest.get(pair, 0), line.delay)
    assert {frozenset((line.a, line.z)) for line in network.lines} == set(longest)
    for line in network.lines:
        delay = longest[frozenset((line.a, line.z))]
        cycles = line.delay + 2  # a router's own
        if cycles > 3:
            assert abs(cycles * cycle - delay) <= cycle / 2 and abs(cycles * cycle - delay) <= delay / Fraction(50)
        else:
            assert delay <= cycle * Fraction(7, 2)


def _bundles(network: Network) -> dict[frozenset[int], int]:
    """Rate of all links together between two nodes."""
    found: dict[frozenset[int], int] = {}
    for line in network.lines:
        pair = frozenset((line.a, line.z))
        found[pair] = found.get(pair, 0) + line.rate
    return found


@given(fabric=fabrics())
def test_fabrics(tmp_path_factory: TempPathFactory, fabric: Fabric) -> None:
    text = fabric.text.replace("workload w {", "workload w { approximate = true\n   ")
    result = compiled(tmp_path_factory, text)
    links = alike(result, {"switch": fabric.switch_ns * NS // 2, "server": 250 * NS}, fabric.ranks)
    # Two for each accelerator, and all that lead up.
    assert links == 2 * fabric.ranks + fabric.units * fabric.leaves * fabric.spines * fabric.parallel
    in_cycles(result)


@given(design=small())
def test_lengths(tmp_path_factory: TempPathFactory, design: Small) -> None:
    result = compiled(tmp_path_factory, design.text)
    ranks = design.pods * design.racks * design.hosts
    if ranks == 1:
        assert not files(Ns3(), result)
        return
    alike(result, {"switch": 0, "server": 0}, ranks)


TORUS = """
accelerator chip {
    out[DIMS] : port { speed = SPEED Gbps, cage = backplane }
    back[DIMS] : port { speed = SPEED Gbps, cage = backplane }
}
server board { chip : chip }
network ici { routing = none }
rack r {
    board[SIZES] : board
LINKS
}
workload w { ranks = r.board[ALL].chip
    collective = all_reduce 1 MB }
"""


def torus(sizes: list[int], speed: int) -> str:
    """A torus in index notation."""
    names = "xyz"[: len(sizes)]
    links = []
    for n, (name, size) in enumerate(zip(names, sizes, strict=True)):
        far = ", ".join(f"({v} + 1) mod {size}" if v == name else v for v in names)
        links.append(f"    link board[{', '.join(names)}].chip.out[{n}] -> board[{far}].chip.back[{n}]")
    text = TORUS.replace("DIMS", str(len(sizes))).replace("SPEED", str(speed)).replace("LINKS", "\n".join(links))
    return text.replace("SIZES", ", ".join(map(str, sizes))).replace("ALL", ", ".join("*" for _ in sizes))


@given(sizes=st.lists(st.integers(2, 4), min_size=1, max_size=3), speed=st.sampled_from([100, 400]))
def test_tori(tmp_path_factory: TempPathFactory, sizes: list[int], speed: int) -> None:
    result = compiled(tmp_path_factory, torus(sizes, speed))
    ranks = 1
    for size in sizes:
        ranks *= size
    assert alike(result, {"server": 0}, ranks) == ranks * len(sizes)
    made = files(BookSim(), result)
    if 2 in sizes and max(sizes) > 2:  # two links around a ring of two are one channel, twice as fast
        assert not made
        return
    network, _ = read_anynet(made["sim/booksim/network.anynet"])
    assert len(network.lines) == sum(ranks // (2 if size == 2 else 1) for size in sizes)
