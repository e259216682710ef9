"""The ASTRA-sim backend: files that its analytical network takes, and the cycles it reports.

The cycles here were read off runs of ASTRA-sim itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any

import pytest
import yaml
from unit.chakra_reader import read_fields, read_messages, read_varint

from rackwright.backends.astra_sim import AstraSim
from rackwright.backends.astra_sim.chakra import trace, varint
from rackwright.backends.astra_sim.network import FREE_MEMORY, Level, levels
from rackwright.backends.astra_sim.oracle import cycles
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.simulation import Dimension

Compile = Callable[..., Compilation]

PLACE = "sim/astra_sim"


def files(result: Compilation) -> dict[str, bytes]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    return {a.path.removeprefix(f"{PLACE}/"): a.data for a in AstraSim().render(result.design, result.plant, Request())}


def codes(result: Compilation, request: Request) -> list[str]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    return [d.code for d in AstraSim().accepts(result.design, result.plant, request)]


def read_trace(data: bytes) -> dict[str, Any]:
    metadata, node = read_messages(data)
    assert list(read_fields(metadata)) == [(1, b"0.0.4")]
    found: dict[str, Any] = {}
    for field, value in read_fields(node):
        if field == 10:
            assert isinstance(value, bytes)
            (name_field, name), (_, content) = read_fields(value)
            assert name_field == 1 and isinstance(name, bytes)
            found[name.decode()] = content
        else:
            found[{2: "name", 3: "type"}[field]] = value
    return found


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**31, 2**63 - 1])
def test_varints_read_back(value: int) -> None:
    assert read_varint(varint(value) + b"\xff", 0) == (value, len(varint(value)))


@pytest.mark.parametrize(
    ("kind", "number"), [("all_reduce", 0), ("all_gather", 2), ("all_to_all", 6), ("reduce_scatter", 7)]
)
def test_a_trace_is_one_collective(kind: str, number: int) -> None:
    assert read_trace(trace(kind, 2**33)) == {
        "name": kind.encode(),
        "type": 7,
        "is_cpu_op": 0,
        "comm_type": number,
        "comm_size": 2**33,
    }


# --- the closed form, against runs of the simulator ---


def level(topology: str, size: int, bandwidth: float, latency: float) -> Level:
    shape = {"Ring": "ring", "FullyConnected": "direct", "Switch": "ring"}[topology]
    hops = 2 if topology == "Switch" else 1
    return Level("", topology, size, bandwidth, latency, hops, shape, "direct1" if topology == "Switch" else shape)


@pytest.mark.parametrize(
    ("topology", "kind", "size", "memory", "expected"),
    [
        ("Ring", "all_reduce", 4, FREE_MEMORY, 120256),
        ("Ring", "all_reduce", 8, 1600, 150727),
        ("Ring", "all_gather", 8, 1600, 550455),
        ("Ring", "reduce_scatter", 3, 100, 136998),
        ("Ring", "all_to_all", 8, 1600, 287710),
        ("FullyConnected", "all_reduce", 8, 1600, 21541),
        ("FullyConnected", "all_gather", 4, 1600, 78645),
        ("FullyConnected", "reduce_scatter", 3, 1600, 29180),
        ("FullyConnected", "all_to_all", 8, 1600, 10285),
        ("Switch", "all_reduce", 8, 1600, 157727),
        ("Switch", "all_gather", 3, 1600, 158280),
        ("Switch", "reduce_scatter", 8, 100, 185517),
        ("Switch", "all_to_all", 8, 1600, 75435),
    ],
)
def test_closed_form_of_one_dimension(topology: str, kind: str, size: int, memory: float, expected: int) -> None:
    """4 MiB at 50 x 2^30 B/s and 500 ns a link."""
    assert cycles(kind, 2**22, (level(topology, size, 50.0, 500.0),), memory) == expected


def test_closed_form_of_the_textbook_example() -> None:
    assert cycles("all_reduce", 2**20, (level("Ring", 4, 50.0, 500.0),), FREE_MEMORY) == 32362


# --- files of designs ---


def test_the_lab(compiled: Compile) -> None:
    made = files(compiled("lab_4x2"))
    assert yaml.safe_load(made["network.yml"]) == {
        "topology": ["Switch"],
        "npus_count": [8],
        "bandwidth": [12.5e9 / 2**30],
        "latency": [31.5769475],
    }
    assert json.loads(made["remote_memory.json"]) == {"memory-type": "NO_MEMORY_EXPANSION"}
    assert sorted(n for n in made if n.endswith(".et")) == [f"workload/ping.{rank}.et" for rank in range(8)]
    assert read_trace(made["workload/ping.0.et"])["comm_size"] == 2**20
    assert b"run 'ping' network.yml system.json empty 147822 ''" in made["run.sh"]
    assert b"147822 cycles" in made["README.md"]
    assert len(made["README.md"].splitlines()) <= 14


@pytest.mark.parametrize("name", ["superpod_h100", "llama3_24k", "scale_350k"])
def test_folders_agree_with_themselves(compiled: Compile, name: str) -> None:
    made = files(compiled(name))
    traces = [n for n in made if n.startswith("workload/")]
    assert 2 <= len(traces) <= 1024
    for suffix in ("", "_full"):
        if f"network{suffix}.yml" not in made:
            continue
        network = yaml.safe_load(made[f"network{suffix}.yml"])
        system = json.loads(made[f"system{suffix}.json"])
        lengths = {len(network[k]) for k in ("topology", "npus_count", "bandwidth", "latency")}
        assert lengths == {len(network["topology"])}
        for collective in ("all-reduce", "all-gather", "reduce-scatter", "all-to-all"):
            assert len(system[f"{collective}-implementation"]) == len(network["topology"])
        assert "halvingDoubling" not in str(system)
        result = compiled(name)
        assert result.design is not None
        total = prod(d.size for d in result.design.dims(result.design.workloads[0].ranks))
        whole = suffix == "_full" or "network_full.yml" not in made
        assert prod(network["npus_count"]) == (total if whole else len(traces))


def test_large_designs_are_cut_by_name(compiled: Compile) -> None:
    result = compiled("llama3_24k")
    made = files(result)
    assert yaml.safe_load(made["network.yml"])["npus_count"] == [8, 128]
    assert yaml.safe_load(made["network_full.yml"])["npus_count"] == [8, 384, 8]
    assert b"pod[0].gpu[0..63].node[*].accelerator[*]: 1024 ranks" in made["network.yml"]
    assert codes(result, Request(named=True)) == ["RW8103", "RW8104", "RW8110", "RW8110", "RW8115"]


def test_only_shard_0_writes(compiled: Compile) -> None:
    result = compiled("lab_4x2")
    assert result.design is not None and result.plant is not None
    assert list(AstraSim().render(result.design, result.plant, Request(shard=1, shards=2))) == []


SERVER = """
use generic.lab as parts
accelerator gpu is parts.lab_accelerator {{ scale_up = 90 GB/s, memory_bandwidth = 2 TB/s }}
server box {{
    scale_up = {shape}
    scale_up_latency = 300 ns
    accelerator[4] : gpu
}}
hall h {{ box : box }}
workload w {{ ranks = h.box.accelerator[*]
    collective = {collective}
}}
"""


@pytest.mark.parametrize(
    ("shape", "topology", "bandwidth", "latency", "algorithm"),
    [
        ("switch", "Switch", 90e9, 150.0, "ring"),
        ("mesh", "FullyConnected", 30e9, 300.0, "direct"),
        ("ring", "Ring", 45e9, 300.0, "ring"),
    ],
)
def test_scale_up_shapes(
    spec: Compile, shape: str, topology: str, bandwidth: float, latency: float, algorithm: str
) -> None:
    made = files(spec(SERVER.format(shape=shape, collective="all_reduce 8 MB")))
    network = yaml.safe_load(made["network.yml"])
    assert network == {
        "topology": [topology],
        "npus_count": [4],
        "bandwidth": [bandwidth / 2**30],
        "latency": [latency],
    }
    system = json.loads(made["system.json"])
    assert system["all-reduce-implementation"] == [algorithm]
    assert system["local-mem-bw"] == 2000.0


def test_two_neighbours_in_a_ring_are_one() -> None:
    (found,) = levels((Dimension("", "ring", 2, Fraction(2**30), Fraction(1)),))
    assert found.bandwidth == 1.0


def test_an_all_gather_is_counted_by_the_shard(spec: Compile) -> None:
    made = files(spec(SERVER.format(shape="switch", collective="all_gather 8 MB")))
    assert read_trace(made["workload/w.0.et"])["comm_size"] == 2_000_000


def test_what_cannot_be_written_is_an_error_if_asked_for_and_else_a_warning(spec: Compile) -> None:
    tiny = spec(SERVER.format(shape="switch", collective="all_reduce 3 B"))
    assert codes(tiny, Request(named=True)) == ["RW8108"]
    assert codes(tiny, Request()) == ["RW8109"]
    assert files(tiny) == {}
    shapeless = spec(SERVER.format(shape="switch", collective="all_reduce 3 MB").replace("    scale_up = switch\n", ""))
    assert codes(shapeless, Request(named=True)) == ["RW8105"]
    assert codes(shapeless, Request()) == ["RW8109"]
    assert files(shapeless) == {}


def test_without_a_workload_there_is_a_note(spec: Compile) -> None:
    text = SERVER.format(shape="switch", collective="all_reduce 3 MB")
    result = spec(text[: text.index("workload")])
    assert codes(result, Request(named=True)) == ["RW8100"]
    assert files(result) == {}


def test_workloads_over_other_ranks_have_their_own_folder(spec: Compile) -> None:
    text = SERVER.format(shape="switch", collective="all_reduce 8 MB")
    text = text.replace("ranks = h.box.", "ranks = h.other.").replace(
        "hall h { box : box }", "hall h {\n    box : box\n    other : box\n}"
    )
    more = "workload {0} {{ ranks = h.{1}.accelerator[*]\n collective = all_to_all 8 MB\n }}\n"
    made = files(spec(text + more.format("v", "other") + more.format("a", "box")))
    assert {"workload/a.3.et", "v/network.yml", "v/workload/v.3.et", "v/workload/w.3.et"} <= set(made)
