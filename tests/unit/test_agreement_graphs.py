"""Plain graphs of simulators have the servers, switches and cables of the cable list and of the specs."""

from __future__ import annotations

from collections import Counter

from unit.agreement import Built
from unit.graph_files import read_ned, read_nodes, read_topology


def test_graphs(built: Built) -> None:
    network = read_topology(built.text("sim/ns3/topology.txt"))
    named, hosts = read_nodes(built.text("sim/ns3/nodes.csv"))
    assert hosts == network.hosts == min(built.wanted.ranks, 1024)
    cables = Counter(frozenset((row["a_device"], row["z_device"])) for row in built.rows("cabling/cables.csv"))
    mine = set(named.values())
    drawn = Counter(
        frozenset((named[line.a], named[line.z])) for line in network.lines if line.a in named and line.z in named
    )
    # Every cable among the devices of the part is there, as often as it is in the list, and nothing else.
    assert drawn == Counter({pair: many for pair, many in cables.items() if pair <= mine})
    for a, z, *_ in {(row[0], row[2]) for statement in built.wanted.statements for row, _, there in statement if there}:
        assert not {a, z} <= mine or frozenset((a, z)) in drawn
    assert read_ned(built.text("sim/omnetpp/Fabric.ned")).lines == network.lines
