"""Inputs of simulators have the ranks, hosts and cables of the specs."""

from __future__ import annotations

import math
import re

from unit.agreement import Built


def dimensions(text: str) -> int:
    found = re.search(r"^npus_count: \[ (.*) \]$", text, re.MULTILINE)
    assert found
    return math.prod(int(n) for n in found[1].split(","))


def test_simulators(built: Built) -> None:
    astra = built.at / "sim/astra_sim"
    traces = len(list((astra / "workload").glob("*.et")))
    assert dimensions((astra / "network.yml").read_text()) == traces
    full = astra / "network_full.yml"
    assert dimensions(full.read_text()) == built.wanted.ranks if full.exists() else traces == built.wanted.ranks

    hosts = built.rows("sim/htsim/hosts.csv")
    cables = {(row["a_device"], row["z_device"]) for row in built.rows("cabling/cables.csv")}
    assert all((host["server"], host["leaf"]) in cables for host in hosts)
    assert len({host["rank"] for host in hosts}) == len({host["host"] for host in hosts}) == len(hosts)
    topology = built.text("sim/htsim/topology.topo")
    nodes, down, up, spine_down = (
        int(found) for found in re.findall(r"^(?:Nodes|Radix_Down|Radix_Up) (\d+)$", topology, re.MULTILINE)
    )
    assert max(int(host["host"]) for host in hosts) < nodes
    spines = {far for near, far in cables if near in {host["leaf"] for host in hosts}}
    assert nodes == down * len({host["leaf"] for host in hosts})
    assert up * len({host["leaf"] for host in hosts}) == spine_down * len(spines)
    matrices = [path.read_text() for path in (built.at / "sim/htsim").glob("*.cm")]
    assert matrices and all(matrix.startswith(f"Nodes {nodes}\n") for matrix in matrices)

    heads = [path.read_text().split("\n", 1)[0] for path in (built.at / "sim/goal").glob("*.goal")]
    assert heads and all(0 < int(head.removeprefix("num_ranks ")) <= max(nodes, built.wanted.ranks) for head in heads)
