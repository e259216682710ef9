"""ASTRA-sim: groups, algorithms and steps of models, read back from the traces by an independent reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import yaml
from unit.chakra_reader import Node, read_nodes

from rackwright.backends.astra_sim import AstraSim
from rackwright.backends.astra_sim.network import FREE_MEMORY, Level, flattened, levels, told
from rackwright.backends.astra_sim.oracle import cycles
from rackwright.backends.astra_sim.places import coordinates, phases, refined
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.simulation import Dimension

Compile = Callable[..., Compilation]

PLANT = """
use generic.lab as parts
accelerator gpu is parts.lab_accelerator {
    scale_up = 100 GB/s
    bf16 = 100 TFLOPS
    memory = 80 GB
    memory_bandwidth = 1 TB/s
}
server box {
    scale_up = switch
    scale_up_latency = 300 ns
    accelerator[4] : gpu
    nic[4] : parts.lab_nic
}
switch sw is parts.lab_switch { latency = 700 ns }
network fabric { routing = none }
group unit {
    box[4] : box
    leaf[4] : sw
    link box[n].nic[r] -> leaf[r].eth[n]
}
site hall { unit : unit
    spine : sw
    link unit.leaf[r].eth[8] -> spine.eth[r]
}
"""
RANKS = "ranks = hall.unit.box[*].accelerator[*]"
MODEL = "model { layers = 4, hidden = 512, heads = 8, ffn = 1024, vocabulary = 1000 }"


def made(result: Compilation) -> dict[str, bytes]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    found = AstraSim().render(result.design, result.plant, Request(named=True))
    return {a.path.removeprefix("sim/astra_sim/"): a.data for a in found}


def codes(result: Compilation) -> list[str]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    found = AstraSim().accepts(result.design, result.plant, Request(named=True))
    return [d.code for d in found if d.code not in ("RW8103", "RW8104", "RW8116")]


def network(files: dict[str, bytes], name: str = "network.yml") -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(files[name])
    return found


def nodes(files: dict[str, bytes], rank: int, name: str = "w") -> list[Node]:
    return read_nodes(files[f"workload/{name}.{rank}.et"])


# --- oracles: ring all-reduce to the cycle, by the formula written out here ---


@pytest.mark.parametrize("ranks", [2, 6, 8, 72, 1024])
@pytest.mark.parametrize(("shape", "hops"), [("switch", 2), ("ring", 1)])
def test_ring_all_reduce_is_the_oracles(ranks: int, shape: Any, hops: int) -> None:
    """50 GB/s and 500 ns one way: 2 (n - 1) messages of a part each, a ns-exact hop, 10 ns at every end."""
    size, dimension = 2**24, Dimension("", shape, ranks, Fraction(50 * 10**9), Fraction(500))
    (level,) = levels((dimension,))
    links = 1 if shape == "switch" else min(2, ranks - 1)
    hop = int(500 + (size // ranks) / (50 / links))
    assert level.latency * hops == 500
    expected = 2 * (ranks - 1) * hop + (2 * (ranks - 1) + 1) * 10
    assert abs(cycles("all_reduce", size, (level,), FREE_MEMORY) - expected) <= 2 * (ranks - 1)


# --- where groups lie ---


def switch(size: int, origin: int = 0) -> Level:
    return Level("", "Switch", size, 50.0, 100.0, 2, "ring", "direct1", origin)


def test_strided_groups_split_a_switch() -> None:
    groups = np.arange(24).reshape(4, 6)[:, ::2]  # 0 2 4, 6 8 10, …
    found = refined((switch(24),), [groups])
    assert [level.size for level in found] == [2, 3, 4]
    (phase,) = phases("all_reduce", 600, groups, found)
    assert phase.whole and phase.levels == (1,)


def test_groups_over_parts_of_dimensions_go_one_by_one() -> None:
    # 2 of 4 inside, 3 of 6 outside, not in even strides.
    inner, outer = np.array([0, 1]), np.array([0, 1, 4])
    groups = (inner[None, :] + 4 * outer[:, None]).reshape(1, -1)
    found = refined((switch(4), switch(6, 1)), [groups])
    made = phases("all_reduce", 600, groups, found)
    assert [(p.kind, p.size, p.groups.tolist()) for p in made][:1] == [
        ("reduce_scatter", 600, [[0, 1], [4, 5], [16, 17]])
    ]
    assert [(p.kind, p.size, p.groups.shape) for p in made][1:] == [
        ("all_reduce", 300, (2, 3)),
        ("all_gather", 300, (3, 2)),
    ]


def test_coordinates_count_innermost_first() -> None:
    assert coordinates(np.array([47]), [2, 8, 4])[:, 0].tolist() == [1, 7, 2]


# --- algorithms ---


def test_algorithms_on_one_level() -> None:
    direct = told(switch(8), "direct")
    assert direct is not None
    assert (direct.topology, direct.bandwidth, direct.latency, direct.algorithm) == (
        "FullyConnected",
        50 / 7,
        200.0,
        "direct",
    )
    halving = told(switch(8), "halving_doubling")
    assert halving is not None and halving.algorithm == "halvingDoubling"
    assert told(Level("", "Ring", 8, 50.0, 100.0, 1, "ring", "ring"), "direct") is None
    assert flattened((switch(4), switch(8))).size == 32


@pytest.mark.parametrize(
    ("algorithm", "topology", "implementation"),
    [
        ("ring", "Switch", "ring"),
        ("direct", "FullyConnected", "direct"),
        ("halving_doubling", "Switch", "halvingDoubling"),
    ],
)
def test_an_algorithm_on_a_dimension_of_its_own(
    spec: Compile, algorithm: str, topology: str, implementation: str
) -> None:
    text = (
        PLANT
        + f"workload w {{ {RANKS}\n collective = all_reduce {{ size = 4 MB, algorithm = {algorithm}, group = 4 }} }}"
    )
    files = made(spec(text))
    name = "system_w.json" if "system_w.json" in files else "system.json"
    net = network(files, "network_w.yml" if "network_w.yml" in files else "network.yml")
    assert net["topology"][0] == topology
    assert json.loads(files[name])["all-reduce-implementation"][0] == implementation
    (node,) = nodes(files, 5)
    assert node.of["involved_dim"] == [True, False]


def test_an_algorithm_across_dimensions_is_refused_or_approximate(spec: Compile) -> None:
    text = PLANT + f"workload w {{ {RANKS}\n collective = all_reduce {{ size = 4 MB, algorithm = ring }} }}"
    assert codes(spec(text)) == ["RW8113"]
    assert made(spec(text)) == {}
    accepted = spec(text.replace(RANKS, RANKS + "\n approximate = true"))
    assert codes(accepted) == ["RW8114"]
    net = network(made(accepted), "network_w.yml")
    # As slow as the slowest: a port of 100 Gbps, 25 of it on the one uplink of four ranks.
    assert net["npus_count"] == [16] and net["topology"] == ["Switch"]


def test_no_halving_all_to_all(spec: Compile) -> None:
    text = PLANT + f"workload w {{ {RANKS}\n collective = all_to_all {{ size = 4 MB, algorithm = halving_doubling }} }}"
    assert codes(spec(text)) == ["RW8113"]


# --- messages ---


def test_a_message_within_a_dimension(spec: Compile) -> None:
    text = PLANT + f"workload w {{ {RANKS}\n collective = point_to_point {{ size = 1 MB, receiver = 3 }} }}"
    files = made(spec(text))
    (sent,), (received,), (idle,) = nodes(files, 0), nodes(files, 3), nodes(files, 9)
    assert (sent.kind, received.kind) == (5, 6)
    assert sent.of == received.of == {
        "is_cpu_op": 0, "comm_size": 10**6, "comm_src": 0, "comm_dst": 3, "comm_tag": 500_000,
    }  # fmt: skip
    assert (idle.kind, idle.micros) == (4, 1)


def test_a_message_across_dimensions_is_charged_wrongly_so_refused(spec: Compile) -> None:
    text = PLANT + f"workload w {{ {RANKS}\n collective = point_to_point 1 MB }}"
    assert codes(spec(text)) == ["RW8113"]
    accepted = spec(text.replace("collective", "approximate = true\n collective"))
    assert codes(accepted) == ["RW8114"]
    # 700 ns and 1 MB at 12.5 GB/s: by the ports, not by scale-up.
    assert b"80700 cycles" in made(accepted)["README.md"]


# --- steps ---

TRAIN = f"""workload w {{ {RANKS}
    {MODEL}
    step = training {{ tensor = 2, pipeline = 2, sequence = 128, batch = 16 }}
}}
"""


def test_a_training_step_is_complete(spec: Compile) -> None:
    files = made(spec(PLANT + TRAIN))
    # Groups of two within four, of two boxes within four.
    assert network(files, "network_w.yml")["npus_count"] == [2, 2, 4]
    everything = [nodes(files, rank) for rank in range(16)]
    for trace in everything:
        numbers = [node.number for node in trace]
        assert numbers == list(range(len(trace)))
        assert all(before < node.number for node in trace for before in node.after)
    what = ("src", "dst", "tag", "size")
    sends, receives = (
        sorted(str([n.of[f"comm_{one}"] for one in what]) for t in everything for n in t if n.kind == kind)
        for kind in (5, 6)
    )
    # 4 replicas of 4 micro-batches, 2 ranks a stage, there and back.
    assert sends == receives and len(sends) == len(set(sends)) == 4 * 4 * 2 * 2
    # Every rank of a group names the same collectives in the same order.
    assert [n.of for n in everything[0] if n.kind == 7] == [n.of for n in everything[1] if n.kind == 7]


def test_idle_and_equal_ranks_share_traces(spec: Compile) -> None:
    text = PLANT + f"workload w {{ {RANKS}\n collective = all_reduce {{ size = 4 MB, group = 4 }} }}"
    files = made(spec(text))
    assert len({files[f"workload/w.{rank}.et"] for rank in range(16)}) == 1


def test_groups_of_no_even_stride_are_communicators(spec: Compile) -> None:
    # Three boxes of four replicas train: the rest of the dimension is no member.
    text = (
        PLANT.replace("box[4]", "box[6]")
        + f"""workload w {{ {RANKS}
    {MODEL}
    step = inference {{ tensor = 4, prompt = 64, output = 8, batch = 4, prefill = 8 }}
}}
"""
    )
    files = made(spec(text))
    assert codes(spec(text)) in ([], ["RW8115"])
    for rank in range(24):
        assert nodes(files, rank)


def test_repeated_operations_are_merged_when_traces_grow(compiled: Compile) -> None:
    result = compiled("catalina_nvl72")
    assert "RW8115" in codes(result)
    files = made(result)
    assert sum(len(data) for name, data in files.items() if name.endswith(".et")) < 8 << 20


def test_many_ranks_of_a_step_are_cut_to_whole_replicas(compiled: Compile) -> None:
    files = made(compiled("llama3_24k"))
    steps = [name for name in files if name.endswith(".et") and not name.startswith("workload/")]
    assert len(steps) == 256
    assert len([name for name in files if name.startswith("workload/")]) == 1024


def test_traces_of_a_torus_are_whole_rings(compiled: Compile) -> None:
    files = made(compiled("tpu_v4_pod"))
    full, part = network(files, "network_full.yml"), network(files)
    assert full["topology"] == ["Ring"] * 3 and full["npus_count"] == [16] * 3
    # Some of a ring would be no ring.
    assert part["topology"] == ["Ring"] * 2 and part["npus_count"] == [16] * 2
    assert json.loads(files["system_full.json"])["all-reduce-implementation"] == ["ring"] * 3


# --- ns-3 ---


def test_ns3_has_every_speed_and_no_host_that_forwards(spec: Compile) -> None:
    text = PLANT + f"workload w {{ {RANKS}\n collective = all_reduce 4 MB }}"
    files = made(spec(text))
    head, switches, *lines = files["ns3/topology.txt"].decode().splitlines()
    total, many, links = map(int, head.split())
    assert list(map(int, switches.split())) == list(range(16, total)) and many == total - 16
    assert len(lines) == links == 16 + 16 + 4
    assert all(int(line.split()[1]) >= 16 for line in lines)
    speeds = {line.split()[2] for line in lines}
    maps = files["ns3/config.txt"].decode()
    for name in ("KMAX_MAP", "KMIN_MAP", "PMAX_MAP"):
        (line,) = [one for one in maps.splitlines() if one.startswith(name)]
        assert {f"{int(rate) // 10**9}Gbps" for rate in line.split()[2::2]} == speeds
    assert json.loads(files["ns3/logical_topology.json"]) == {"logical-dims": ["4", "4"]}


def test_ns3_puts_adapters_between_ranks_that_share_a_leaf(spec: Compile) -> None:
    text = PLANT.replace("box[4]", "box[3]").replace("leaf[4] : sw", "leaf : sw")
    text = text.replace("-> leaf[r].eth[n]", "-> leaf.eth[4*n + r]").replace(
        "unit.leaf[r].eth[8]", "unit.leaf.eth[12 + r]"
    )
    text = text.replace("-> spine.eth[r]", "-> spine.eth[r] for r in 0..3")
    files = made(spec(text + f"workload w {{ {RANKS}\n collective = all_reduce 4 MB }}"))
    head, _, *lines = files["ns3/topology.txt"].decode().splitlines()
    # 12 ranks, 3 domains, leaf and spine, 12 adapters; each adapter has two links, and the uplinks are one.
    assert head == f"{12 + 3 + 2 + 12} {3 + 2 + 12} {12 + 24 + 1}"
    ends = [int(end) for line in lines for end in line.split()[:2]]
    assert all(ends.count(node) == 2 for node in range(17, 29))


def test_hostile_names_leave_no_folder(spec: Compile) -> None:
    text = PLANT + f"workload w {{ {RANKS}\n collective = all_reduce 4 MB }}"
    for name, data in made(spec(text)).items():
        assert ".." not in name and not name.startswith("/")
        if name.endswith("run.sh"):
            assert b"run 'w' " in data
