"""Fabrics of two and three tiers, generated: what htsim's files say of hosts, links, rates and latencies is so.

And schedules in GOAL over them: whatever the workload, they end, and every message is received.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.goal_text import read, run
from unit.htsim_text import check_topology, hosts, order, read_matrix

from rackwright.backends.goal import Goal
from rackwright.backends.htsim import Htsim
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.dsl.diagnostics import has_errors

FEW = settings(max_examples=25)


@dataclass(frozen=True)
class Fabric:
    """Pods of `leaves` leaves with `each` hosts, under `spines` spines by `bundle` links a pair; `uplinks` cores are
    above each spine if there are several pods."""

    pods: int
    leaves: int
    each: int
    spines: int
    bundle: int
    uplinks: int
    switch_ns: int
    nic_ns: int
    collective: str

    @property
    def text(self) -> str:
        hosts = self.leaves * self.each
        core = f"""
    core[{self.spines * self.uplinks}] : tor
    link pod[p].spine[s].eth[{self.leaves * self.bundle} + c] -> core[{self.uplinks}*s + c].eth[p]
        for c in 0..{self.uplinks - 1}"""
        return f"""
use generic.lab as parts
switch tor is parts.lab_switch {{ latency = {self.switch_ns} ns }}
nic card is parts.lab_nic {{ latency = {self.nic_ns} ns }}
server box {{
    accelerator[1] : parts.lab_accelerator
    nic[1]         : card
}}
group pod {{
    leaf[{self.leaves}]  : tor
    spine[{self.spines}] : tor
    host[{hosts}] : box
    link host[h].nic[0] -> leaf[h div {self.each}].eth[h mod {self.each}]
    link leaf[l].eth[{self.each} + {self.bundle}*s + b] -> spine[s].eth[{self.bundle}*l + b]
        for b in 0..{self.bundle - 1}
}}
site all {{
    pod[{self.pods}] : pod{core if self.pods > 1 else ""}
}}
network fabric {{ routing = none }}
workload w {{
    ranks      = all.pod[*].host[*].accelerator[*]
    collective = {self.collective}
}}
"""


@st.composite
def fabrics(draw: st.DrawFn) -> Fabric:
    bundle, spines = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    each = draw(st.integers(1, 16 - bundle * spines))
    leaves = draw(st.integers(2, 4))
    pods = draw(st.integers(1, 3))
    kind = draw(st.sampled_from(["all_reduce", "all_gather", "reduce_scatter", "all_to_all"]))
    algorithm = draw(st.sampled_from(["ring", "direct", "hierarchical"]))
    size = draw(st.integers(10**4, 10**6))
    return Fabric(
        pods,
        leaves,
        each,
        spines,
        bundle,
        draw(st.integers(1, 3)),
        draw(st.integers(0, 2000)),
        draw(st.integers(1, 900)),
        f"{kind} {size} B {{ algorithm = {algorithm} }}",
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fat_trees")


def files(result: Compilation, backend: Htsim | Goal) -> dict[str, str]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    request = Request(named=True)
    if has_errors(backend.accepts(result.design, result.plant, request)):
        return {}
    return {a.path: a.data.decode() for a in backend.render(result.design, result.plant, request)}


@FEW
@given(fabric=fabrics())
def test_a_fat_tree_is_the_plant(folder: Path, fabric: Fabric) -> None:
    path = folder / "test.rack"
    path.write_text(fabric.text)
    result = compile_spec(str(path), {})
    made = files(result, Htsim())
    if not made:
        # Nothing but ratios that are no whole numbers may keep it out, and more flows than a file has.
        assert fabric.each % (fabric.spines * fabric.bundle) or "direct" in fabric.collective
        return
    head, tor, agg, *above = check_topology(made["sim/htsim/topology.topo"])
    plant = result.plant
    assert plant is not None
    names, links = plant.devices.names, plant.links
    rows = hosts(made["sim/htsim/hosts.csv"])
    # Hosts: each rank once, under the leaf that its server's cable leads to.
    cables = {(names[int(a)], names[int(z)]) for a, z in zip(links.a_device, links.z_device, strict=True)}
    assert sorted(int(row["rank"]) for row in rows) == list(range(len(rows)))
    assert all((row["server"], row["leaf"]) in cables for row in rows)
    leaf_of = {int(row["host"]) // tor["Radix_Down"]: row["leaf"] for row in rows}
    assert len(set(leaf_of.values())) == len(leaf_of)
    # Links and rates: of the pods that are in the file, all of the plant's.
    pods = head["Nodes"] // head["Podsize"]
    assert len(rows) == pods * fabric.leaves * fabric.each and pods in (1, fabric.pods)
    ups = np.array([names[int(z)].split("-")[-1].startswith("spine") for z in links.z_device])
    per_pod = int(ups.sum()) // fabric.pods
    assert len(leaf_of) * tor["Radix_Up"] == pods * per_pod
    assert {int(speed) for speed in links.speed} == {t["Downlink_speed_Gbps"] * 10**9 for t in (tor, agg, *above)}
    assert agg.get("Bundle", 1) == fabric.bundle
    if above:
        assert agg["Radix_Up"] == fabric.uplinks and above[0]["Radix_Down"] == fabric.pods
    # Latencies: the adapter below the leaf, each switch its own, cables of unknown length the least that there is.
    assert tor["Downlink_Latency_ns"] == fabric.nic_ns and agg["Downlink_Latency_ns"] == 1
    assert all(tier.get("Switch_Latency_ns", 0) == ceil(fabric.switch_ns) for tier in (tor, agg, *above))
    flows = read_matrix(made["sim/htsim/w.cm"])
    busy = {int(row["host"]) for row in rows}
    assert {flow.source for flow in flows.values()} | {flow.target for flow in flows.values()} <= busy
    if len(flows) < 500:
        order(flows)


@FEW
@given(fabric=fabrics())
def test_schedules_end(folder: Path, fabric: Fabric) -> None:
    path = folder / "test.rack"
    path.write_text(fabric.text)
    result = compile_spec(str(path), {})
    made = files(result, Goal())
    schedule = read(made["sim/goal/w.goal"])
    ranks = fabric.pods * fabric.leaves * fabric.each
    assert len(schedule) == ranks
    ends = run(schedule, 500, 2)
    assert min(ends) > 0
    if "sim/goal/w.hosts.goal" not in made:
        return
    # By hosts it is the same schedule, under other numbers.
    tree = files(result, Htsim())
    rows = csv.DictReader(io.StringIO(tree["sim/htsim/hosts.csv"]))
    host = {int(row["rank"]): int(row["host"]) for row in rows}
    by_host = read(made["sim/goal/w.hosts.goal"])
    count = sum(1 for actions in by_host if actions)
    if count == ranks:
        for rank, actions in enumerate(schedule):
            same = by_host[host[rank]]
            assert [(a.kind, a.size) for a in actions.values()] == [(a.kind, a.size) for a in same.values()]
            assert [host.get(a.peer, -1) for a in actions.values()] == [a.peer for a in same.values()]
