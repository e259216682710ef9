"""Networks for packet simulators of random fabrics: hosts, links, capacities and latencies, recomputed from each file,
are the plant's. What the plant has is counted here link by link, by names."""

from __future__ import annotations

import csv
import io
import math
from collections import defaultdict
from dataclasses import dataclass

import yaml
from hypothesis import given
from hypothesis import strategies as st
from property.designs import Small, small
from pytest import TempPathFactory
from unit.chakra_reader import read_nodes
from unit.packet_files import Line, read_astra, read_simai

from rackwright.backends.astra_sim import AstraSim
from rackwright.backends.simai import SimAI
from rackwright.compiler.backend import Backend, Request
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.compiler.plant import Plant

NS = 10**6
"""Femtoseconds."""


@dataclass(frozen=True)
class Fabric:
    """Units of boxes under a leaf for each accelerator of a box, or under one leaf; leaves under spines, by `parallel`
    links each."""

    units: int
    boxes: int
    each: int
    spines: int
    parallel: int
    rails: bool
    scale_up: int
    switch_ns: int

    @property
    def ranks(self) -> int:
        return self.units * self.boxes * self.each

    @property
    def leaves(self) -> int:
        return self.each if self.rails else 1

    @property
    def text(self) -> str:
        down = "leaf[r].eth[n]" if self.rails else f"leaf[0].eth[{self.each}*n + r]"
        first = self.boxes if self.rails else self.boxes * self.each
        many, per_unit = self.spines * self.parallel, self.leaves * self.parallel
        upper = f"{per_unit}*u + {self.parallel}*l + s div {self.spines}"
        return f"""
use generic.lab as parts
accelerator gpu is parts.lab_accelerator {{ scale_up = {self.scale_up} GB/s }}
server box {{
    scale_up = switch
    scale_up_latency = 300 ns
    accelerator[{self.each}] : gpu
    nic[{self.each}] : parts.lab_nic {{ latency = 250 ns }}
}}
switch sw is parts.lab_switch {{ latency = {self.switch_ns} ns }}
network fabric {{ routing = none }}
group unit {{
    box[{self.boxes}] : box
    leaf[{self.leaves}] : sw
    link box[n].nic[r] -> {down}
}}
site hall {{
    unit[{self.units}] : unit
    spine[{self.spines}] : sw
    link unit[u].leaf[l].eth[{first} + s] -> spine[s mod {self.spines}].eth[{upper}] for s in 0..{many - 1}
}}
workload w {{ ranks = hall.unit[*].box[*].accelerator[*]
    collective = all_reduce {{ size = 1 MB, group = {self.each} }}
}}
"""


def fabrics() -> st.SearchStrategy[Fabric]:
    return st.builds(
        Fabric,
        units=st.integers(1, 2),
        boxes=st.integers(1, 3),
        each=st.integers(2, 4),
        spines=st.integers(1, 2),
        parallel=st.integers(1, 2),
        rails=st.booleans(),
        scale_up=st.sampled_from([90, 450, 900]),
        switch_ns=st.sampled_from([0, 701, 1000]),
    )


def compiled(tmp: TempPathFactory, text: str) -> Compilation:
    path = tmp.mktemp("fabric") / "fabric.rack"
    path.write_text(text)
    result = compile_spec(str(path), {})
    assert result.plant is not None, result.diagnostics
    return result


def files(backend: Backend, result: Compilation) -> dict[str, str]:
    assert result.design is not None and result.plant is not None
    found = backend.render(result.design, result.plant, Request(named=True))
    return {a.path: a.data.decode("latin-1") for a in found}


Ends = frozenset[str]


def cables(plant: Plant, wait: dict[str, int]) -> dict[Ends, tuple[int, int]]:
    """Rate of all links and latency of the longest between two devices; `wait` is what an end of each kind adds."""
    found: dict[Ends, tuple[int, int]] = defaultdict(lambda: (0, 0))
    names, links = plant.devices.names, plant.links
    for row in range(len(links)):
        if links.network[row] < 0:
            continue
        ends = [int(links.a_device[row]), int(links.z_device[row])]
        kinds = [plant.element_of(plant.classes[int(plant.devices.cls[end])]).kind for end in ends]
        delay = max(0, int(links.length_um[row])) * 49 // 10 + sum(wait[kind] for kind in kinds)
        pair = frozenset(names[end] for end in ends)
        rate, longest = found[pair]
        found[pair] = (rate + int(links.speed[row]), max(longest, delay))
    return found


def between(lines: list[Line], named: dict[int, str]) -> dict[Ends, tuple[int, int]]:
    """The same of the lines of a file that join two nodes with names; ranks go by the names of their servers."""
    found: dict[Ends, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for line in lines:
        if line.a in named and line.z in named:
            pair = frozenset((named[line.a], named[line.z]))
            rate, longest = found[pair]
            found[pair] = (rate + line.rate, max(longest, line.delay))
    return found


def nodes_of(text: str) -> tuple[dict[int, str], int]:
    rows = list(csv.DictReader(io.StringIO(text)))
    named = {int(row["simai"]): row["device"] for row in rows if row["kind"] != "scale_up"}
    return named, sum(row["kind"] == "rank" for row in rows)


@given(fabric=fabrics())
def test_simai_has_the_plants_links(tmp_path_factory: TempPathFactory, fabric: Fabric) -> None:
    result = compiled(tmp_path_factory, fabric.text)
    assert result.plant is not None
    made = files(SimAI(), result)
    found = read_simai(made["sim/simai/topology.txt"])
    named, ranks = nodes_of(made["sim/simai/nodes.csv"])
    assert ranks == fabric.ranks and found.header[1:4] == [
        fabric.each,
        fabric.units * fabric.boxes,
        fabric.units * fabric.leaves + fabric.spines,
    ]
    wait = {"switch": fabric.switch_ns * NS // 2, "server": 250 * NS}
    assert between(found.lines, named) == cables(result.plant, wait)
    inner = [line for line in found.lines if fabric.ranks <= max(line.a, line.z) < fabric.ranks + found.header[2]]
    assert {(line.rate, line.delay) for line in inner} == {(fabric.scale_up * 8 * 10**9, 150 * NS)}


@given(fabric=fabrics())
def test_astra_sims_ns3_has_the_plants_links(tmp_path_factory: TempPathFactory, fabric: Fabric) -> None:
    result = compiled(tmp_path_factory, fabric.text)
    assert result.plant is not None
    made = files(AstraSim(), result)
    found = read_astra(made["sim/astra_sim/ns3/topology.txt"])
    domains, switches = fabric.units * fabric.boxes, fabric.units * fabric.leaves + fabric.spines
    first = fabric.ranks + domains + switches
    assert found.header[0] - found.header[1] == fabric.ranks
    # Where the ranks of a box share a leaf, an adapter stands between each and the leaf.
    assert found.header[0] - first == (0 if fabric.rails else fabric.ranks)
    simai = read_simai(files(SimAI(), result)["sim/simai/topology.txt"])
    whole: dict[int, list[Line]] = defaultdict(list)
    for line in found.lines:
        if max(line.a, line.z) >= first:
            whole[max(line.a, line.z)].append(line)
    joined = [line for line in found.lines if max(line.a, line.z) < first]
    for one, other in whole.values():
        ends = sorted({one.a, one.z} ^ {other.a, other.z})
        assert one.rate == other.rate
        joined.append(Line(ends[0], ends[1], one.rate, one.delay + other.delay))

    def sorted_(lines: list[Line]) -> list[tuple[int, int, int, int]]:
        return sorted((min(one.a, one.z), max(one.a, one.z), one.rate, one.delay) for one in lines)

    assert sorted_(joined) == sorted_(simai.lines)


@given(fabric=fabrics())
def test_analytical_dimensions_hold_all_ranks(tmp_path_factory: TempPathFactory, fabric: Fabric) -> None:
    made = files(AstraSim(), compiled(tmp_path_factory, fabric.text))
    network = yaml.safe_load(made["sim/astra_sim/network.yml"])
    traces = [name for name in made if name.endswith(".et")]
    assert math.prod(network["npus_count"]) == len(traces) == fabric.ranks
    assert network["bandwidth"][0] == fabric.scale_up * 10**9 / 2**30 and network["latency"][0] == 150
    for name in traces:
        (node,) = read_nodes(made[name].encode("latin-1"))
        assert node.of["comm_size"] == 10**6


@given(design=small())
def test_lengths_are_the_plants(tmp_path_factory: TempPathFactory, design: Small) -> None:
    result = compiled(tmp_path_factory, design.text)
    assert result.plant is not None
    made = files(SimAI(), result)
    if "sim/simai/topology.txt" not in made:  # one host, or a fabric in pieces
        return
    found = read_simai(made["sim/simai/topology.txt"])
    named, _ = nodes_of(made["sim/simai/nodes.csv"])
    expected = cables(result.plant, {"switch": 0, "server": 0})
    mine = set(named.values())
    assert between(found.lines, named) == {pair: link for pair, link in expected.items() if pair <= mine}
