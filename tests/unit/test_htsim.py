"""The htsim backend: what fits its fat tree, what fits in part, and what is refused.

The times here were read off runs of csg-htsim and uet-htsim.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from unit.htsim_cases import codes, files, notes
from unit.htsim_text import PLANES, check_topology, hosts, order, read_matrix

from rackwright.backends._kit.fat_tree.fit import BOTH, UET, Fit, _padded
from rackwright.backends.htsim.times import one_flow_us
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.simulation import Latencies

Compile = Callable[..., Compilation]


# --- shipped designs ---


def test_the_lab_is_whole(compiled: Compile) -> None:
    result = compiled("lab_4x2")
    assert codes(result) == []
    made = files(result)
    head, tor, agg = check_topology(made["topology.topo"])
    assert (head["Nodes"], tor["Radix_Down"], tor["Radix_Up"], agg["Radix_Down"]) == (8, 2, 2, 4)
    assert (tor["Downlink_Latency_ns"], agg["Downlink_Latency_ns"]) == (7, 25)
    flows = read_matrix(made["ping.cm"])
    assert len(flows) == 8 * 14 and {f.size for f in flows.values()} == {2**20 // 8}
    assert max(order(flows).values()) == 13
    # A flow of step k starts when the flow that brings its data is done.
    for flow in flows.values():
        if flow.trigger is not None:
            assert flows[flow.trigger].target == flow.source and flows[flow.trigger].fires == flow.trigger
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
    assert codes(result) == ["RW8121", "RW8122", "RW8124", "RW8123"]
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
