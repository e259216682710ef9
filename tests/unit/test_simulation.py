"""What simulators see of a design: figures that were worked out by hand."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.simulation import Simulation, components, name_prefix, prefix, simulate
from rackwright.dsl.diagnostics import Diagnostic

Compile = Callable[..., Compilation]

PARTS = """
use generic.lab as parts
accelerator gpu is parts.lab_accelerator { scale_up = 100 GB/s }
server box {
    scale_up = switch
    scale_up_latency = 300 ns
    accelerator[2] : gpu
    nic[2] : parts.lab_nic
}
switch sw is parts.lab_switch { latency = 700 ns }
network fabric { routing = none }
"""

RAILS = (
    PARTS
    + """
group unit {
    box[4] : box
    leaf[2] : sw
    link box[n].nic[r] -> leaf[r].eth[n]
}
site hall {
    unit[2] : unit
    spine[2] : sw
    link unit[u].leaf[r].eth[8 + s] -> spine[s].eth[2*u + r]
}
workload w { ranks = hall.unit[*].box[*].accelerator[*]
    collective = all_reduce 3 MB
}
"""
)


def view(result: Compilation) -> tuple[Simulation, list[Diagnostic]]:
    assert result.plant is not None, result.diagnostics
    simulation, problems = simulate(result.plant, result.plant.design.workloads[0])
    assert simulation is not None, problems
    return simulation, problems


def refusal(result: Compilation) -> Diagnostic:
    assert result.plant is not None, result.diagnostics
    simulation, problems = simulate(result.plant, result.plant.design.workloads[0])
    assert simulation is None
    (problem,) = problems
    return problem


def sizes(simulation: Simulation) -> list[tuple[str, str, int, Fraction]]:
    """Dimensions with their bandwidth in GB/s."""
    return [(d.what, d.shape, d.size, d.bandwidth / 10**9) for d in simulation.dimensions]


def test_llama3_tapers_above_the_pods(compiled: Compile) -> None:
    simulation, _ = view(compiled("llama3_24k"))
    # 18 spines x 28 uplinks of 400 Gbps for 3,072 ranks: 65.625 Gbps each.
    assert sizes(simulation) == [
        ("scale-up", "switch", 8, Fraction(450)),
        ("tiers 1 to 2", "switch", 384, Fraction(50)),
        ("tier 3", "switch", 8, Fraction(65625, 8000)),
    ]
    assert simulation.in_order and len(simulation.ranks) == 24_576


def test_superpod_counts_uneven_units_as_one_where_nothing_tapers(compiled: Compile) -> None:
    simulation, problems = view(compiled("superpod_h100"))
    assert sizes(simulation) == [
        ("scale-up", "switch", 8, Fraction(450)),
        ("tiers 1 to 2", "switch", 127, Fraction(50)),
    ]
    assert [t.sizes.tolist() for t in simulation.tree.tiers] == [[32, 32, 32, 31], [127]]
    assert [p.code for p in problems] == ["RW8103"]


def test_the_largest_design_takes_little_time(compiled: Compile) -> None:
    simulation, _ = view(compiled("scale_350k"))
    assert [t.sizes[0] for t in simulation.tree.tiers] == [64, 57 * 64, 12 * 57 * 64]
    assert [d.size for d in simulation.dimensions] == [8, 43_776]


def test_lengths_become_latencies(compiled: Compile) -> None:
    simulation, problems = view(compiled("lab_4x2"))
    (dimension,) = simulation.dimensions
    assert (dimension.size, dimension.bandwidth) == (8, Fraction(125 * 10**8))
    longest = [max(simulation_lengths(compiled("lab_4x2"), tier)) for tier in (1, 2)]
    assert dimension.latency == 2 * sum(longest) * Fraction(49, 10) / 10**6
    assert [p.code for p in problems] == ["RW8103", "RW8104"]
    assert "latency of generic.lab.lab_switch" in problems[0].detail
    assert "optic.dac" not in problems[0].detail


def simulation_lengths(result: Compilation, tier: int) -> list[int]:
    simulation, _ = view(result)
    assert result.plant is not None
    found: list[int] = result.plant.links.length_um[simulation.tree.tiers[tier - 1].links].tolist()
    return found


def test_rails_meet_in_the_servers(spec: Compile) -> None:
    simulation, problems = view(spec(RAILS))
    # A unit of 8 ranks has 2 leaves with 2 uplinks each, so half the bandwidth leads on.
    assert sizes(simulation) == [
        ("scale-up", "switch", 2, Fraction(100)),
        ("tier 1", "switch", 4, Fraction(125, 10)),
        ("tier 2", "switch", 2, Fraction(125, 20)),
    ]
    assert [d.latency for d in simulation.dimensions] == [300, 700, 3 * 700]
    assert [p.code for p in problems] == ["RW8103"]
    assert "700" not in problems[0].detail and "latency of test.sw" not in problems[0].detail
    # By index: accelerator 1 of the first box is served by its second adapter, on the second leaf.
    plant = spec(RAILS).plant
    assert plant is not None
    upper = simulation.tree.upper[simulation.ranks.links[:, 0]]
    assert [plant.devices.names[d] for d in upper[:4]] == ["unit0-leaf0", "unit0-leaf1"] * 2


def test_groups_that_ranks_do_not_follow_are_put_in_order(spec: Compile) -> None:
    # Boxes 0, 2, … stand under unit 0 and 1, 3, … under unit 1.
    text = RAILS.replace("    box[4] : box\n", "").replace("    link box[n].nic[r] -> leaf[r].eth[n]\n", "")
    text = text.replace(
        "    spine[2] : sw\n",
        "    spine[2] : sw\n    box[8] : box\n    link box[n].nic[r] -> unit[n mod 2].leaf[r].eth[n div 2]\n",
    ).replace("hall.unit[*].box[*]", "hall.box[*]")
    simulation, _ = view(spec(text))
    assert [d.size for d in simulation.dimensions] == [2, 4, 2]
    assert not simulation.in_order
    assert simulation.order.tolist() == [0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15]


def test_groups_of_different_sizes_that_taper_are_one_with_a_warning(spec: Compile) -> None:
    text = RAILS.replace("    box[4] : box\n", "").replace("    link box[n].nic[r] -> leaf[r].eth[n]\n", "")
    text = text.replace(
        "    spine[2] : sw\n",
        "    spine[2] : sw\n    box[7] : box\n    link box[n].nic[r] -> unit[n div 4].leaf[r].eth[n mod 4]\n",
    ).replace("hall.unit[*].box[*]", "hall.box[*]")
    simulation, problems = view(spec(text))
    assert sizes(simulation)[1:] == [("tiers 1 to 2", "switch", 7, Fraction(125, 20))]
    assert [p.code for p in problems] == ["RW8103", "RW8106", "RW8107"]


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("nic[2] :", "nic[3] :", "RW8101", "2 accelerators, and 3"),
        ("    scale_up = switch\n", "", "RW8105", "has no scale_up"),
        ("{ scale_up = 100 GB/s }", "{ }", "RW8105", "has no scale_up bandwidth"),
        (
            "    spine[2] : sw\n",
            "    spine[2] : sw\n    link spine[0].eth[15] -> spine[1].eth[15]\n",
            "RW8102",
            "1 link",
        ),
        ("    link unit[u].leaf[r].eth[8 + s] -> spine[s].eth[2*u + r]\n", "", "RW8102", "unit0-box0 to unit1-box0"),
    ],
)
def test_what_cannot_be_seen_is_an_error(spec: Compile, old: str, new: str, code: str, words: str) -> None:
    text = RAILS.replace(old, new)
    if "nic[3]" in new:
        text = text.replace("leaf[2]", "leaf[3]")
    assert text != RAILS
    problem = refusal(spec(text))
    assert problem.code == code
    assert words in problem.detail
    assert problem.at is not None


def test_several_ports_of_a_rank_count_together(spec: Compile) -> None:
    text = RAILS.replace("nic[2] :", "nic[4] :").replace("leaf[2]", "leaf[4]").replace("eth[2*u + r]", "eth[4*u + r]")
    simulation, _ = view(spec(text))
    assert simulation.ranks.links.shape == (16, 2)
    assert simulation.dimensions[1].bandwidth == 25 * 10**9


def test_other_networks_do_not_count(spec: Compile) -> None:
    text = RAILS.replace("nic[2] : parts.lab_nic", "nic[2] : parts.lab_nic\n    front : parts.lab_nic")
    text = text.replace(
        "    link box[n].nic[r] -> leaf[r].eth[n]\n",
        "    link box[n].nic[r] -> leaf[r].eth[n] on fabric\n    far : sw\n"
        "    link box[n].front -> far.eth[n] on other\n",
    )
    text = text.replace("eth[2*u + r]", "eth[2*u + r] on fabric") + "\nnetwork other { routing = none }\n"
    simulation, _ = view(spec(text))
    assert [d.size for d in simulation.dimensions] == [2, 4, 2]


def test_one_server_needs_no_fabric(spec: Compile) -> None:
    text = (
        PARTS + "hall h { box : box }\nworkload w { ranks = h.box.accelerator[*]\n collective = all_reduce 1 MB\n }\n"
    )
    simulation, problems = view(spec(text))
    assert sizes(simulation) == [("scale-up", "switch", 2, Fraction(100))]
    assert problems == []


def test_prefixes_have_names(compiled: Compile) -> None:
    design = compiled("llama3_24k").design
    assert design is not None
    workload = next(w for w in design.workloads if w.name == "pretrain")
    runs = prefix(workload, 1024)
    assert runs[:4] == (1, 8, 16, 32) and runs[-1] == 1024
    assert name_prefix(design, workload, 1024) == "pod[0].gpu[0..63].node[*].accelerator[*]"
    assert name_prefix(design, workload, 8) == "pod[0].gpu[0].node[0].accelerator[*]"
    assert name_prefix(design, workload, 24_576) == "pod[*].gpu[*].node[*].accelerator[*]"


@pytest.mark.parametrize("seed", range(20))
def test_components_are_those_of_a_search(seed: int) -> None:
    rng = random.Random(seed)
    size = rng.randint(1, 60)
    edges = [(rng.randrange(size), rng.randrange(size)) for _ in range(rng.randint(0, size))]
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    label = components(size, ends[:, 0], ends[:, 1]).tolist()
    expected = list(range(size))
    for _ in range(size):
        for a, z in edges:
            expected[a] = expected[z] = min(expected[a], expected[z])
    assert label == expected


def test_the_rails_of_other_accelerators_do_not_count(spec: Compile) -> None:
    """One accelerator of each box: 4 ranks of a unit have their own leaf's 2 uplinks, not those of both leaves."""
    simulation, _ = view(spec(RAILS.replace("accelerator[*]", "accelerator[1]")))
    assert sizes(simulation) == [
        ("tier 1", "switch", 4, Fraction(125, 10)),
        ("tier 2", "switch", 2, Fraction(125, 20)),
    ]


def test_a_part_of_a_server_has_a_part_of_its_mesh(spec: Compile) -> None:
    """Three links of 100 GB/s together; of three ranks in a server each has two of them."""
    text = RAILS.replace("[2] : gpu", "[4] : gpu").replace("nic[2]", "nic[4]").replace("leaf[2]", "leaf[4]")
    text = text.replace("eth[2*u + r]", "eth[4*u + r]").replace("accelerator[*]", "accelerator[1..3]")
    assert sizes(view(spec(text))[0])[0] == ("scale-up", "switch", 3, Fraction(100))
    mesh = text.replace("scale_up = switch", "scale_up = mesh")
    assert sizes(view(spec(mesh))[0])[0] == ("scale-up", "mesh", 3, Fraction(200, 3))
    problem = refusal(spec(text.replace("scale_up = switch", "scale_up = ring")))
    assert problem.code == "RW8111" and "the 4 accelerators of a server are a ring, and 3" in problem.detail


def test_leaves_of_other_servers_do_not_stand_above_the_spines(spec: Compile) -> None:
    """Ranks in one box of each unit: the unit's other leaf is no third tier, neither in bandwidth nor in latency."""
    text = (
        PARTS.replace("scale_up = switch\n", "").replace("[2] : gpu", "[1] : gpu").replace("nic[2]", "nic[1]")
        + """
switch core is parts.lab_switch { latency = 300 ns }
group unit {
    box[4] : box
    leaf[2] : sw
    spine[2] : sw
    link box[n].nic[0] -> leaf[n div 2].eth[n mod 2]
    link leaf[l].eth[8 + s] -> spine[s].eth[l]
}
site hall {
    unit[3] : unit
    core : core
    link unit[u].spine[0].eth[8] -> core.eth[u]
    link unit[u].spine[1].eth[8] -> core.eth[8 + u]
}
workload w { ranks = hall.unit[*].box[2..3].accelerator[0]
    collective = all_reduce 3 MB
}
"""
    )
    for ranks in ("box[2..3]", "box[3]", "box[*]"):
        result = spec(text.replace("box[2..3]", ranks))
        simulation, _ = view(result)
        assert result.plant is not None
        above = simulation.tree.tiers[2]
        assert [result.plant.devices.names[d] for d in above.switches] == ["core"] and len(above.links) == 6
        assert simulation.latencies.one_way(3) == 4 * 700 + 300
        assert len(simulation.tree.tiers) == 3
    # Four boxes have two ways up.
    assert above.bandwidth == 10**11 * 2 / 4


def test_accelerators_of_two_kinds_share_the_ports_of_a_server(spec: Compile) -> None:
    """Two of one kind and two of another, four ports: one each, by the members' names, so the second has the last."""
    text = RAILS.replace("nic[2]", "nic[4]").replace("leaf[2]", "leaf[4]").replace("eth[2*u + r]", "eth[4*u + r]")
    text = text.replace("accelerator[2] : gpu", "big[2] : gpu\n    small[2] : gpu").replace("switch\n", "mesh\n")
    for member, first in (("big", 0), ("small", 2)):
        result = spec(text.replace(".accelerator[*]", f".{member}[*]"))
        simulation, _ = view(result)
        assert result.plant is not None
        assert simulation.ranks.links.shape == (16, 1)
        leaves = simulation.tree.upper[simulation.ranks.links[:2, 0]]
        names = [result.plant.devices.names[d] for d in leaves]
        assert names == [f"unit0-leaf{first}", f"unit0-leaf{first + 1}"]
        # Of three links in the mesh one leads to the other rank.
        assert sizes(simulation)[0] == ("scale-up", "mesh", 2, Fraction(100, 3))
