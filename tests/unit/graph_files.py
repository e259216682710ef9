"""Independent readers of the networks of ns-3, BookSim and OMNeT++, written from notes on the formats."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from fractions import Fraction

from unit.packet_files import Line

RATES = {"bps": 1, "Gbps": 10**9}
UNITS = {"fs": 1}


@dataclass(frozen=True)
class Network:
    """Nodes are numbered from 0; `hosts` of them are ranks, where the file tells."""

    nodes: int
    hosts: int
    lines: list[Line]


@dataclass(frozen=True)
class Probe:
    """A row of `expected.csv`."""

    to: int
    path: str
    ports: list[int]
    rtt_fs: int


def number(text: str, units: dict[str, int]) -> int:
    found = re.fullmatch(r"(\d+)([a-zA-Z]+)", text)
    assert found, text
    return int(found[1]) * units[found[2]]


def read_topology(text: str) -> Network:
    """HPCC: three counts; the switches; then source, destination, rate, delay and error rate of each link."""
    head, switches, *rows = text.removesuffix("\n").split("\n")
    nodes, many, links = map(int, head.split(" "))
    assert len(rows) == links
    listed = [int(word) for word in switches.split()]
    assert listed == list(range(nodes - many, nodes))
    lines = []
    for row in rows:
        a, z, rate, delay, error = row.split(" ")
        assert error == "0" and int(a) < nodes and int(z) < nodes
        lines.append(Line(int(a), int(z), number(rate, RATES), number(delay, UNITS)))
    return Network(nodes, nodes - many, lines)


def read_anynet(text: str) -> tuple[Network, dict[tuple[int, int], int]]:
    """BookSim: the routers from 0 with at most one node each, and the latency of each channel in cycles, from router to
    router. Both directions of a link must be there, with one latency. Rates are none: a line has 1."""
    routers: list[int] = []
    nodes: list[int] = []
    channels: dict[tuple[int, int], int] = {}
    assert text.endswith("\n") and not re.search(r"[\t#/]|  | \n", text)
    for row in text.splitlines():
        words = row.split(" ")
        assert words[0] == "router"
        here = int(words[1])
        routers.append(here)
        rest = words[2:]
        if rest[0] == "node":
            assert int(rest[1]) == here
            nodes.append(here)
            rest = rest[2:]
        for at in range(0, len(rest), 3):
            assert rest[at] == "router"
            pair = here, int(rest[at + 1])
            # A second channel between the same two replaces the first.
            assert pair not in channels
            channels[pair] = int(rest[at + 2])
    assert routers == list(range(len(routers))) and nodes == list(range(len(nodes)))
    assert all(latency >= 1 and channels[z, a] == latency for (a, z), latency in channels.items())
    lines = [Line(a, z, 1, latency) for (a, z), latency in channels.items() if a < z]
    return Network(len(routers), len(nodes), lines), channels


_CONNECTION = re.compile(
    r"        node\[(\d+)\]\.port\+\+ <--> Cable \{ datarate = (\w+); delay = (\w+); \} <--> node\[(\d+)\]\.port\+\+;"
)


def read_ned(text: str) -> Network:
    """OMNeT++: the vector of nodes, and the connections."""
    head, body = text.split("    connections:\n")
    found = re.search(r"^        node\[(\d+)\]: Node", head, re.MULTILINE)
    assert found and body.endswith("\n}\n")
    lines = []
    for row in body.removesuffix("}\n").splitlines():
        parts = _CONNECTION.fullmatch(row)
        assert parts, row
        lines.append(Line(int(parts[1]), int(parts[4]), number(parts[2], RATES), number(parts[3], UNITS)))
    return Network(int(found[1]), -1, lines)


def read_probes(text: str) -> list[Probe]:
    rows = csv.DictReader(io.StringIO(text))
    return [
        Probe(int(r["to"]), r["path"], [int(p) for p in r["ports"].split()], int(Fraction(r["rtt_ns"]) * 10**6))
        for r in rows
    ]


def read_nodes(text: str) -> tuple[dict[int, str], int]:
    """The device of every node that stands for one, and how many are ranks."""
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [int(row["node"]) for row in rows] == list(range(len(rows)))
    return {int(row["node"]): row["device"] for row in rows if row["device"]}, sum(r["kind"] == "rank" for r in rows)


def walked(network: Network, probe: Probe, size: int) -> tuple[int, Fraction]:
    """Where a probe's ports lead to from node 0, and what an echo of so many bytes takes there and back, in fs."""
    ports: dict[int, list[Line]] = {}
    for line in network.lines:
        ports.setdefault(line.a, []).append(line)
        ports.setdefault(line.z, []).append(line)
    node, total = 0, Fraction(0)
    for port in probe.ports:
        line = ports[node][port]
        total += line.delay + Fraction(8 * size * 10**15, line.rate)
        node = line.a + line.z - node
    return node, 2 * total
