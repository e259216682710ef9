"""The htsim backend: what fits its fat tree, what fits in part, and what is refused.

The times here were read off runs of csg-htsim and uet-htsim.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from rackwright.backends._kit.fat_tree.fit import BOTH, UET, Fit, _padded
from rackwright.backends.htsim import Htsim
from rackwright.backends.htsim.flows import LARGEST
from rackwright.backends.htsim.times import one_flow_us
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.simulation import Latencies
from rackwright.dsl.diagnostics import Diagnostic

Compile = Callable[..., Compilation]
Tier = dict[str, int]

PLACE = "sim/htsim"


def files(result: Compilation) -> dict[str, str]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    made = Htsim().render(result.design, result.plant, Request())
    return {a.path.removeprefix(f"{PLACE}/"): a.data.decode() for a in made}


def notes(result: Compilation, request: Request | None = None) -> list[Diagnostic]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    found = Htsim().accepts(result.design, result.plant, request or Request(named=True))
    return [d for d in found if d.code not in ("RW8103", "RW8104")]


def codes(result: Compilation) -> list[str]:
    return [d.code for d in notes(result)]


def read_topology(text: str) -> list[Tier]:
    """What `FatTreeTopology::load` reads: the head, then a table a tier. One blank, no indents."""
    found: list[Tier] = [{}]
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        key, value = line.split(" ")
        if key == "Tier":
            assert int(value) == len(found) - 1
            found.append({})
        else:
            assert key not in found[-1]
            found[-1][key] = int(value)
    return found


def check_topology(text: str) -> list[Tier]:
    """The checks of `FatTreeTopology::set_custom_params` and the port assertions of uet-htsim's network."""
    head, tor, agg, *above = tiers = read_topology(text)
    pods, rest = divmod(head["Nodes"], head["Podsize"])
    assert not rest and head["Podsize"] % tor["Radix_Down"] == 0
    assert head["Tiers"] == len(tiers) - 1
    s0, s1, over = tor["Downlink_speed_Gbps"], agg["Downlink_speed_Gbps"], tor["Oversubscribed"]
    assert head["Nodes"] * s0 % (s1 * over) == 0
    uplinks = head["Nodes"] * s0 // (s1 * over)
    assert tor["Radix_Down"] // tor["Radix_Up"] == over
    assert uplinks % (pods * agg["Radix_Down"]) == 0
    spines = uplinks // (pods * agg["Radix_Down"])
    assert spines * agg.get("Bundle", 1) == tor["Radix_Up"]
    assert tor["Radix_Down"] <= 96 and tor["Radix_Down"] + tor["Radix_Up"] <= 128
    assert agg["Radix_Down"] + agg.get("Radix_Up", 0) <= (64 if above else 128)
    if above:
        (core,) = above
        s2, over = core["Downlink_speed_Gbps"], agg["Oversubscribed"]
        assert uplinks * s1 % (s2 * over) == 0
        links = uplinks * s1 // (s2 * over)
        assert links % core["Radix_Down"] == 0
        cores = links // core["Radix_Down"]
        assert cores % spines == 0
        assert cores * core.get("Bundle", 1) // spines == agg["Radix_Up"]
        assert core["Radix_Down"] <= 64
    assert all(tier["Downlink_Latency_ns"] > 0 for tier in tiers[1:])
    return tiers


Connection = tuple[int, int, int | None, int, int | None]


def read_matrix(text: str) -> dict[int, Connection]:
    """Flows by id: source, destination, the trigger that starts it, bytes, the trigger that it fires."""
    lines = text.splitlines()
    head = dict(line.split(" ") for line in lines if re.fullmatch(r"(Nodes|Connections|Triggers) \d+", line))
    flows: dict[int, Connection] = {}
    for line in lines:
        shape = r"(\d+)->(\d+) id (\d+) (start 0|trigger \d+) size (\d+)(?: send_done_trigger (\d+))?"
        match = re.fullmatch(shape, line)
        if match:
            source, target, number, start, size, fires = match.groups()
            trigger = None if start == "start 0" else int(start.split()[1])
            assert int(number) not in flows and int(source) != int(target) and int(size) <= LARGEST
            assert max(int(source), int(target)) < int(head["Nodes"])
            flows[int(number)] = (int(source), int(target), trigger, int(size), int(fires) if fires else None)
    triggers = re.findall(r"^trigger id (\d+) oneshot$", text, re.M)
    assert len(flows) == int(head["Connections"]) and len(triggers) == int(head.get("Triggers", 0))
    fired = {flow[4] for flow in flows.values() if flow[4] is not None}
    assert fired == {int(t) for t in triggers} >= {flow[2] for flow in flows.values() if flow[2] is not None}
    assert len(lines) == len(head) + len(flows) + len(triggers)
    return flows


def hosts(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# --- shipped designs ---


def test_the_lab_is_whole(compiled: Compile) -> None:
    result = compiled("lab_4x2")
    assert codes(result) == []
    made = files(result)
    head, tor, agg = check_topology(made["topology.topo"])
    assert (head["Nodes"], tor["Radix_Down"], tor["Radix_Up"], agg["Radix_Down"]) == (8, 2, 2, 4)
    assert (tor["Downlink_Latency_ns"], agg["Downlink_Latency_ns"]) == (7, 25)
    flows = read_matrix(made["ping.cm"])
    assert len(flows) == 8 * 14 and {f[3] for f in flows.values()} == {2**20 // 8}
    # A flow of step k starts when the flow that brings its data is done.
    for source, _, trigger, _, _ in flows.values():
        if trigger is not None:
            assert flows[trigger][1] == source and flows[trigger][4] == trigger
    assert "takes 13.2006 us" in made["README.md"] and "112 lines" in made["README.md"]


def test_a_superpod_is_whole_but_for_idle_hosts(compiled: Compile) -> None:
    result = compiled("superpod_h100")
    made = files(result)
    head, tor, agg = check_topology(made["topology.topo"])
    assert (head["Nodes"], tor["Radix_Down"], tor["Radix_Up"]) == (1024, 32, 32)
    assert (agg["Radix_Down"], agg["Bundle"]) == (64, 2)
    assert codes(result) == ["RW8122", "RW8123"]
    rows = hosts(made["hosts.csv"])
    assert len(rows) == 1016 and len({r["host"] for r in rows}) == 1016
    # Host 31 of the leaves of the last unit is idle: its node is missing.
    assert {int(r["host"]) // 32: r["leaf"] for r in rows}[0] == "unit0-leaf0"
    assert all(int(r["rank"]) % 8 == int(r["accelerator"]) for r in rows)
    leaf_of = {int(r["host"]) // 32: r["leaf"] for r in rows}
    assert leaf_of[1] == "unit0-leaf1" and rows[0]["server"] == "node0"


def test_llama3_is_a_part_of_a_pod(compiled: Compile) -> None:
    result = compiled("llama3_24k")
    made = files(result)
    head, tor, agg = check_topology(made["topology.topo"])
    # 16 hosts and 18 uplinks: two idle hosts make the ratio whole. 64 leaves, for the ports of a spine.
    assert (tor["Radix_Down"], tor["Radix_Up"], tor["Oversubscribed"]) == (18, 18, 1)
    assert (head["Nodes"], agg["Radix_Down"]) == (64 * 18, 64)
    assert [int(r["host"]) for r in hosts(made["hosts.csv"])][14:18] == [14, 15, 18, 19]
    assert codes(result) == ["RW8121", "RW8122", "RW8123"]
    assert "linked to several spines of one pod" in notes(result)[0].detail


def test_the_largest_design_is_one_rail(compiled: Compile) -> None:
    result = compiled("scale_350k")
    made = files(result)
    head, tor, _ = check_topology(made["topology.topo"])
    assert (head["Nodes"], tor["Radix_Down"], tor["Radix_Up"]) == (57 * 64, 64, 64)
    assert {r["accelerator"] for r in hosts(made["hosts.csv"])} == {"0"}
    assert codes(result) == ["RW8121", "RW8123"]
    assert "htsim_roce" not in made["README.md"] and "htsim_uec" in made["README.md"]
    assert sum(map(len, made.values())) < 10**6


# --- three tiers ---

PLANES = """
use generic.lab as parts
group pod {
    leaf[2]  : parts.lab_switch
    spine[2] : parts.lab_switch
    host[4]  : parts.lab_host
    link host[h].nic[0] -> leaf[h div 2].eth[h mod 2]
    link leaf[l].eth[8 + s] -> spine[s].eth[l]
}
site campus {
    pod[3]  : pod
    core[4] : parts.lab_switch
    link pod[p].spine[s].eth[8 + c] -> core[2*s + c].eth[p]    for c in 0..1
}
network fabric { routing = none }
workload w {
    ranks      = campus.pod[*].host[*].accelerator[*]
    collective = all_reduce 1 MiB
}
"""


def test_three_tiers_of_planes_are_whole(spec: Compile) -> None:
    result = spec(PLANES)
    assert codes(result) == []
    head, _, agg, core = check_topology(files(result)["topology.topo"])
    assert (head["Nodes"], head["Podsize"], agg["Radix_Up"], core["Radix_Down"]) == (12, 4, 2, 3)


def test_idle_leaves_and_hosts_make_ratios_whole(spec: Compile) -> None:
    text = PLANES.replace("leaf[2]", "leaf[3]").replace("host[4]", "host[9]")
    text = text.replace("h div 2", "h div 3").replace("h mod 2", "h mod 3")
    result = spec(text)
    (note,) = notes(result)
    assert note.code == "RW8122" and "21 of 48" in note.detail
    made = files(result)
    head, tor, agg, _ = check_topology(made["topology.topo"])
    assert (head["Podsize"], tor["Oversubscribed"], agg["Radix_Down"], agg["Oversubscribed"]) == (16, 2, 4, 2)
    assert [int(r["host"]) for r in hosts(made["hosts.csv"])][:10] == [0, 1, 2, 4, 5, 6, 8, 9, 10, 16]


def test_cores_outside_of_planes_leave_a_pod(spec: Compile) -> None:
    text = PLANES.replace("eth[8 + c] -> core[2*s + c].eth[p]    for c in 0..1", "eth[8 + c] -> core[c].eth[2*p + s]")
    result = spec(text)
    assert codes(result) == ["RW8121"]
    assert check_topology(files(result)["topology.topo"])[0]["Nodes"] == 4


def test_what_is_no_fat_tree_is_refused(spec: Compile) -> None:
    # The second leaf of every pod lacks its link to the second spine.
    odd = "link leaf[l].eth[8 + s] -> spine[s].eth[l]    where l + s < 2"
    result = spec(PLANES.replace("link leaf[l].eth[8 + s] -> spine[s].eth[l]", odd))
    uneven, problem = notes(result)
    assert uneven.code == "RW8107"
    assert problem.code == "RW8120" and "not linked alike" in problem.detail and problem.at is not None
    uneven, problem = notes(result, Request())
    assert problem.code == "RW8109" and "not linked alike" in problem.detail
    assert files(result) == {}


def test_two_ports_of_a_rank_are_refused(spec: Compile) -> None:
    text = PLANES.replace("group pod {", "server two is parts.lab_host { extra : parts.lab_nic }\ngroup pod {")
    text = text.replace("host[4]  : parts.lab_host", "host[4] : two\n    far : parts.lab_switch")
    text = text.replace("    link leaf[l]", "    link host[h].extra -> far.eth[h]\n    link leaf[l]")
    (problem,) = notes(spec(text))
    assert problem.code == "RW8120" and "2 ports" in problem.detail


LONE_LEAF = """
use generic.lab as parts
accelerator gpu is parts.lab_accelerator { scale_up = 100 GB/s }
server box {
    scale_up = switch
    accelerator[2] : gpu
    nic[2] : parts.lab_nic
}
hall h {
    leaf[2]  : parts.lab_switch
    far      : parts.lab_switch
    box[4]   : box
    spine[2] : parts.lab_switch
    link box[n].nic[0] -> leaf[n div 2].eth[n mod 2]
    link box[n].nic[1] -> far.eth[n]
    link leaf[l].eth[8 + s] -> spine[s].eth[l]
}
network fabric { routing = none }
workload w { ranks = h.box[*].accelerator[*]
    collective = all_reduce 1 MB
}
"""


def test_a_leaf_without_uplinks_stays_outside(spec: Compile) -> None:
    result = spec(LONE_LEAF)
    part = notes(result)[-1]
    assert part.code == "RW8121" and "4 of 8 ranks" in part.detail and "no link up" in part.detail
    check_topology(files(result)["topology.topo"])
    assert [row["accelerator"] for row in hosts(files(result)["hosts.csv"])] == ["0"] * 4


ONE_TIER = """
use generic.lab as parts
hall h {
    leaf : parts.lab_switch
    host[4] : parts.lab_host
    link host[n].nic[0] -> leaf.eth[n]
}
workload w { ranks = h.host[*].accelerator[*]
    collective = all_reduce 1 MB
}
"""


def test_one_tier_is_refused(spec: Compile) -> None:
    (problem,) = notes(spec(ONE_TIER))
    assert problem.code == "RW8120" and "one tier" in problem.detail


@pytest.mark.parametrize(
    ("hosts", "speed", "uplinks", "up_speed", "expected"),
    [
        (16, 400, 18, 400, (18, 1)),
        (32, 400, 32, 400, (32, 1)),
        (48, 400, 32, 400, (64, 2)),
        (1, 100, 8, 100, (8, 1)),
        (8, 300, 6, 400, (8, 1)),
        (32, 400, 16, 800, None),
        (16, 800, 32, 400, None),
    ],
)
def test_whole_ratios(hosts: int, speed: int, uplinks: int, up_speed: int, expected: tuple[int, int] | None) -> None:
    assert _padded(hosts, speed, uplinks, up_speed) == expected


# --- flows and times ---


def collective(spec: Compile, words: str) -> dict[int, Connection]:
    return read_matrix(files(spec(PLANES.replace("all_reduce 1 MiB", words)))["w.cm"])


def test_other_collectives(spec: Compile) -> None:
    assert len(collective(spec, "all_gather 12 MB")) == 12 * 11
    assert {f[3] for f in collective(spec, "reduce_scatter 12 MB").values()} == {10**6}
    flows = collective(spec, "all_to_all 12 MB")
    assert len({f[:2] for f in flows.values()}) == 12 * 11
    # Each sender's flows follow each other.
    for source, _, trigger, _, _ in flows.values():
        assert trigger is None or flows[trigger][0] == source


def test_flows_that_are_too_large_are_refused(spec: Compile) -> None:
    result = spec(PLANES.replace("all_reduce 1 MiB", "all_reduce 100 GB"))
    assert codes(result) == ["RW8108"]
    assert files(result) == {}


@pytest.mark.parametrize(
    ("program", "size", "wires", "expected"),
    [
        ("htsim_roce", 131072, (7, 25), 13.2006),
        ("htsim_roce", 1_000_000, (7, 25), 83.5373),
        ("htsim_roce", 4086, (7, 25), 3.04896),
        ("htsim_uec", 4086, (7, 25), 1.47648),
        ("htsim_uec", 131072, (500, 1000), 17.6712),
        ("htsim_uec", 1_000_000, (500, 1000), 88.2709),
    ],
)
def test_one_flow_alone(program: str, size: int, wires: tuple[int, int], expected: float) -> None:
    zero = Fraction(0)
    latencies = Latencies(zero, zero, tuple(map(Fraction, wires)), (zero, zero), (), ())
    tree = Fit(BOTH, np.zeros((1, 4), dtype=np.int64), 2, 4, 2, 1, 1, 10**11, 10**11, None, "")
    assert one_flow_us(program, size, tree, latencies) == pytest.approx(expected, rel=5e-6)


def test_the_roomier_program_has_no_less_room() -> None:
    assert UET.leaf >= BOTH.leaf and UET.spine >= BOTH.spine and UET.core >= BOTH.core
