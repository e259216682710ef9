"""ASTRA-sim runs what is written for it, and its cycles are the closed form's.

Needs `$RACKWRIGHT_SIMS/astra_sim/AstraSim_Analytical_Congestion_Unaware`.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from simulators.binaries import binary
from unit.test_astra_steps import MODEL, PLANT, RANKS

from rackwright.backends.astra_sim import AstraSim
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation

Compile = Callable[..., Compilation]

pytestmark = pytest.mark.simulators

LINE = re.compile(r"^(\S+): (\d+) of (\d+) ranks finished, (\d+) cycles, (at least )?(\d+) expected$")


def run(result: Compilation, folder: Path) -> dict[str, tuple[int, int, bool]]:
    """Cycles of each workload of all folders, those expected, and whether these are a bound."""
    simulator = binary("astra_sim/AstraSim_Analytical_Congestion_Unaware")
    assert result.design is not None and result.plant is not None, result.diagnostics
    for artifact in AstraSim().render(result.design, result.plant, Request(named=True)):
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.data)
    found = {}
    for script in sorted(folder.rglob("run.sh")):
        if script.parent.name == "ns3":
            continue
        done = subprocess.run(["sh", script, simulator], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        for line in done.stdout.splitlines():
            match = LINE.match(line)
            assert match, line
            name, ranks, total, cycles, bound, expected = match.groups()
            assert ranks == total
            found[name] = int(cycles), int(expected), bound is not None
    assert found
    return found


def one(result: Compilation, folder: Path) -> tuple[int, int, bool]:
    (found,) = run(result, folder).values()
    return found


ONE_SWITCH = """
use generic.lab as parts
accelerator gpu is parts.lab_accelerator {{ scale_up = 50 GB/s, memory_bandwidth = 1 TB/s }}
server box {{
    scale_up = {shape}
    scale_up_latency = 500 ns
    accelerator[{ranks}] : gpu
}}
hall h {{ box : box }}
workload w {{ ranks = h.box.accelerator[*]
    collective = {collective}
}}
"""


@pytest.mark.parametrize("ranks", [2, 6, 8, 72, 1024])
@pytest.mark.parametrize("shape", ["switch", "ring"])
def test_ring_all_reduce_to_the_cycle(spec: Compile, tmp_path: Path, ranks: int, shape: str) -> None:
    collective = "all_reduce { size = 64 MiB, algorithm = ring }"
    cycles, expected, bound = one(spec(ONE_SWITCH.format(shape=shape, ranks=ranks, collective=collective)), tmp_path)
    assert cycles == expected and not bound


@pytest.mark.parametrize("kind", ["all_reduce", "all_gather", "reduce_scatter", "all_to_all"])
@pytest.mark.parametrize("shape", ["switch", "mesh"])
@pytest.mark.parametrize("algorithm", ["ring", "direct", "halving_doubling", "hierarchical"])
def test_algorithms_to_the_cycle(spec: Compile, tmp_path: Path, kind: str, shape: str, algorithm: str) -> None:
    if kind == "all_to_all" and algorithm == "halving_doubling":
        pytest.skip("there is none")
    collective = f"{kind} {{ size = 16 MiB, algorithm = {algorithm} }}"
    cycles, expected, bound = one(spec(ONE_SWITCH.format(shape=shape, ranks=16, collective=collective)), tmp_path)
    assert cycles == expected and not bound


@pytest.mark.parametrize(
    "collective",
    [
        "all_reduce { size = 16 MiB, group = 4 }",
        "all_reduce { size = 16 MiB, group = 4, stride = 4 }",
        "all_reduce { size = 16 MiB, group = 2, stride = 2 }",
        "all_gather { size = 16 MiB, group = 8 }",
        "reduce_scatter { size = 16 MiB, group = 8, stride = 2 }",
        "all_to_all { size = 16 MiB, group = 8 }",
        "all_reduce { size = 16 MiB, group = 4, stride = 4, algorithm = halving_doubling }",
        "all_reduce { size = 16 MiB, group = 4, stride = 4, algorithm = direct }",
        "point_to_point { size = 16 MiB, sender = 1, receiver = 13 }",
        "point_to_point { size = 16 MiB, sender = 3, receiver = 2 }",
    ],
)
def test_groups_and_messages_to_the_cycle(spec: Compile, tmp_path: Path, collective: str) -> None:
    text = PLANT + f"workload w {{ {RANKS}\n collective = {collective} }}"
    cycles, expected, bound = one(spec(text), tmp_path)
    assert cycles == expected and not bound


@pytest.mark.parametrize(
    "step",
    [
        "training { tensor = 4, sequence = 128, batch = 16 }",
        "training { tensor = 2, pipeline = 2, sequence = 128, batch = 16 }",
        "training { tensor = 2, context = 2, sequence = 128, batch = 16, sharded = false }",
        "inference { tensor = 4, prompt = 64, output = 8, batch = 4 }",
        "inference { tensor = 2, prompt = 64, output = 8, batch = 4, prefill = 4 }",
        "reinforcement { tensor = 4, sequence = 128, prompt = 64, batch = 16 }",
    ],
)
def test_steps_finish_no_sooner_than_their_longest_chain(spec: Compile, tmp_path: Path, step: str) -> None:
    text = PLANT + f"workload w {{ {RANKS}\n {MODEL}\n step = {step}\n approximate = true }}"
    cycles, least, bound = one(spec(text), tmp_path)
    assert bound and least <= cycles <= least * 1.25


@pytest.mark.parametrize(
    ("shape", "collective"),
    [
        ("ring", "point_to_point { size = 999 kB, sender = 3, receiver = 1 }"),
        ("ring", "reduce_scatter { size = 999 kB, group = 2, stride = 2 }"),
        ("mesh", "all_to_all { size = 999 kB, group = 8, stride = 2 }"),
    ],
)
def test_what_passes_several_links(spec: Compile, tmp_path: Path, shape: str, collective: str) -> None:
    text = PLANT.replace("scale_up = switch", f"scale_up = {shape}")
    text += f"workload w {{ {RANKS}\n collective = {collective}\n approximate = true }}"
    cycles, expected, bound = one(spec(text), tmp_path)
    assert cycles >= expected if bound else cycles == expected


@pytest.mark.parametrize("name", ["lab_4x2", "superpod_h100", "llama3_24k", "catalina_nvl72", "tpu_v4_pod"])
def test_shipped_designs(compiled: Compile, tmp_path: Path, name: str) -> None:
    for cycles, expected, bound in run(compiled(name), tmp_path).values():
        assert cycles >= expected if bound else cycles == expected
