"""The files for validation, each by a strict reader of its own."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from rackwright.backends.validation import Validation
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.dsl.diagnostics import has_errors

SPECS = Path(__file__).parents[2] / "specs"

End = tuple[str, str]
Edge = tuple[End, End]

SMALL = """
switch leaf {
    os = sonic
    eth[4] : port {
        speed = 800 Gbps, cage = osfp, lanes = 8, max_split = 2
        names      { sonic = "Ethernet{8*eth}" }
        lane_names { sonic = "Ethernet{8*eth + 4*lane}" }
    }
    split eth[0..1] into 2 x 400 Gbps
}

switch other {
    os = frr
    eth[4] : port {
        speed = 800 Gbps, cage = osfp, lanes = 8
        names { frr = "swp{eth + 1}" }
    }
    mgmt   : port {
        speed = 1 Gbps, cage = rj45, management = true
        names { frr = "eth0" }
    }
}

nic card { p : port { speed = 400 Gbps, cage = osfp, lanes = 4 } }

server box { nic[2] : card }

group g {
    box[2]  : box
    leaf    : leaf
    spine   : other
    mgmt    : other

    link box[b].nic[i] -> leaf.eth[b, i]
    link leaf.eth[2 + i, 0] -> spine.eth[i]  for i in 0..1
    link spine.mgmt -> mgmt.mgmt
}
"""


def compiled(path: Path) -> Compilation:
    done = compile_spec(str(path), {})
    assert not has_errors(done.diagnostics), done.diagnostics
    return done


def render(done: Compilation, request: Request) -> dict[str, str]:
    assert done.design is not None and done.plant is not None
    return {a.path: a.data.decode() for a in Validation().render(done.design, done.plant, request)}


def small(folder: Path, text: str = SMALL) -> Compilation:
    path = folder / "small.rack"
    path.write_text(text)
    return compiled(path)


def read_dot(text: str) -> tuple[dict[str, dict[str, str]], list[Edge]]:
    """Nodes with their attributes, and edges, of a graph as PTM's manual shows it; anything else is an error."""
    string = r'"((?:[^"\\]|\\.)*)"'
    head, *lines, tail, end = text.split("\n")
    assert (head, tail, end) == ("graph network {", "}", "")
    nodes: dict[str, dict[str, str]] = {}
    edges: list[Edge] = []
    for line in lines:
        edge = re.fullmatch(rf" {string}:{string} -- {string}:{string}", line)
        node = re.fullmatch(rf" {string} \[label={string}(?: role={string})? os={string}\]", line)
        if edge:
            a, a_port, z, z_port = (re.sub(r"\\(.)", r"\1", part) for part in edge.groups())
            edges.append(((a, a_port), (z, z_port)))
        else:
            assert node and not edges, line
            assert node[1] == node[2]
            nodes[node[1]] = {"role": node[3] or "", "os": node[4]}
    return nodes, edges


def read_layer1(text: str) -> list[Edge]:
    """Edges of Batfish's file, each of which stands there both ways; its graph takes no edge twice and no loop."""
    whole = json.loads(text)
    assert list(whole) == ["edges"]
    edges = []
    for edge in whole["edges"]:
        assert list(edge) == ["node1", "node2"]
        ends = []
        for node in edge.values():
            assert list(node) == ["hostname", "interfaceName"]
            ends.append((node["hostname"], node["interfaceName"]))
        edges.append((ends[0], ends[1]))
    assert len(set(edges)) == len(edges)
    assert all(a != z for a, z in edges)
    half = len(edges) // 2
    assert edges[half:] == [(z, a) for a, z in edges[:half]]
    return edges[:half]


def read_p2p(text: str) -> tuple[list[Edge], dict[str, str]]:
    """Edges of UFM's table, and the type of every node."""
    rows = list(csv.DictReader(io.StringIO(text)))
    types: dict[str, str] = {}
    edges = []
    for row in rows:
        assert list(row) == ["A-Node Name", "A-Type", "A-Port", "Z-Node Name", "Z-Type", "Z-Port"]
        for end in "AZ":
            assert row[f"{end}-Type"] in ("Host", "Switch") and row[f"{end}-Port"]
            assert types.setdefault(row[f"{end}-Node Name"], row[f"{end}-Type"]) == row[f"{end}-Type"]
        edges.append(((row["A-Node Name"], row["A-Port"]), (row["Z-Node Name"], row["Z-Port"])))
    return edges, types


def test_a_small_network_word_by_word(tmp_path: Path) -> None:
    files = render(small(tmp_path), Request(named=True))
    nodes, edges = read_dot(files["validation/ptm/topology.dot"])
    assert sorted(edges) == [
        (("leaf", "Ethernet16"), ("spine", "swp1")),
        (("leaf", "Ethernet24"), ("spine", "swp2")),
        (("spine", "eth0"), ("mgmt", "eth0")),
    ]
    assert nodes == {
        "leaf": {"role": "", "os": "sonic"}, "mgmt": {"role": "", "os": "frr"}, "spine": {"role": "", "os": "frr"},
    }  # fmt: skip
    assert read_layer1(files["validation/batfish/layer1_topology.json"]) == edges
    assert read_p2p(files["validation/ufm/p2p_ethernet.csv"])[0] == edges
    assert read_p2p(files["validation/ufm/p2p_infiniband.csv"])[0] == []


def test_what_has_no_name_is_told(tmp_path: Path) -> None:
    done = small(tmp_path)
    assert done.design is not None and done.plant is not None
    (note,) = Validation().accepts(done.design, done.plant, Request(named=True))
    assert (note.code, note.at and note.at.text) == ("RW8203", "4 of 4 links")
    assert "box0 nic0 has no name in `linux`" in note.detail
    assert list(Validation().accepts(done.design, done.plant, Request())) == []


def test_hosts_by_their_linux_names(tmp_path: Path) -> None:
    text = SMALL.replace("nic[2] : card", 'nic[2] : card { p { names { linux = "eth{nic}" } } }')
    done = small(tmp_path, text)
    assert done.design is not None and done.plant is not None
    assert list(Validation().accepts(done.design, done.plant, Request(named=True))) == []
    files = render(done, Request(named=True))
    _, edges = read_dot(files["validation/ptm/topology.dot"])
    assert (("box1", "eth1"), ("leaf", "Ethernet12")) in edges
    assert len(edges) == 7
    assert read_p2p(files["validation/ufm/p2p_ethernet.csv"])[1]["box1"] == "Host"


def test_tiers_are_roles(tmp_path: Path) -> None:
    files = render(compiled(SPECS / "lab_4x2.rack"), Request(named=True))
    nodes, edges = read_dot(files["validation/ptm/topology.dot"])
    assert {name: node["role"] for name, node in nodes.items()} == {
        **{f"compute{k}-leaf{i}": "leaf" for k in range(2) for i in range(2)},
        **{f"net-spine{s}": "spine" for s in range(2)},
    }
    assert len(edges) == 16


def test_infiniband_counts_the_adapters_of_hosts(tmp_path: Path) -> None:
    files = render(compiled(SPECS / "superpod_h100.rack"), Request(named=True))
    edges, types = read_p2p(files["validation/ufm/p2p_infiniband.csv"])
    # Table 4 of the reference architecture: 1020 cables to nodes and UFM, 1024 between leaves and spines.
    assert len(edges) == 2044
    assert {port for (node, port), _ in edges if node == "node5"} == {str(number) for number in range(1, 9)}
    assert (types["node5"], types["unit0-leaf0"], types["spine0"]) == ("Host", "Switch", "Switch")
    assert read_layer1(files["validation/batfish/layer1_topology.json"]) == []
    assert read_dot(files["validation/ptm/topology.dot"]) == ({}, [])


def test_only_when_named_and_once(tmp_path: Path) -> None:
    done = small(tmp_path)
    assert render(done, Request()) == {}
    assert render(done, Request(named=True, shard=1, shards=2)) == {}


@pytest.mark.parametrize("name", ['a"b', "a\\b", "plain"])
def test_a_name_stays_inside_its_quotes(name: str) -> None:
    from rackwright.backends.validation.ptm import _quote

    nodes, _ = read_dot(f"graph network {{\n {_quote(name)} [label={_quote(name)} os={_quote(name)}]\n}}\n")
    assert len(nodes) == 1
