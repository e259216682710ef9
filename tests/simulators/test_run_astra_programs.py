"""ASTRA-sim runs programs made by hand: communicator groups, which the steps of models rarely need, and repetitions.

Needs `$RACKWRIGHT_SIMS/astra_sim/AstraSim_Analytical_Congestion_Unaware`.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from simulators.binaries import binary

from rackwright.backends.astra_sim.bound import least_cycles
from rackwright.backends.astra_sim.network import levels, network_yml, system_json
from rackwright.backends.astra_sim.schedule import schedule
from rackwright.backends.astra_sim.traces import traces
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.simulation import Dimension
from rackwright.compiler.workloads import Operation, Program

pytestmark = pytest.mark.simulators

MEMORY = 1000.0
DIMENSIONS = (
    Dimension("", "switch", 4, Fraction(100 * 10**9), Fraction(300)),
    Dimension("", "switch", 6, Fraction(125 * 10**8), Fraction(700)),
)


def run(operations: list[Operation], workload: object, folder: Path) -> tuple[list[int], int, int]:
    """Cycles of the ranks that finished, the least expected, and how many communicator groups there are."""
    simulator = binary("astra_sim/AstraSim_Analytical_Congestion_Unaware")
    program = Program(workload, 24, tuple(operations))  # type: ignore[arg-type]
    made = schedule(program, np.arange(24), 24, levels(DIMENSIONS), MEMORY)
    assert not made.loose and not made.crowded
    (folder / "network.yml").write_bytes(network_yml(made.levels, "test"))
    (folder / "system.json").write_bytes(system_json(made.levels, MEMORY))
    (folder / "memory.json").write_text('{"memory-type": "NO_MEMORY_EXPANSION"}')
    (folder / "groups.json").write_text(json.dumps({str(n): group for group, n in made.groups.items()}))
    for rank, data in enumerate(traces(made)):
        (folder / f"w.{rank}.et").write_bytes(data)
    command = [str(simulator), f"--workload-configuration={folder}/w", f"--system-configuration={folder}/system.json"]
    command += [f"--network-configuration={folder}/network.yml", f"--logging-folder={folder}/log"]
    command += [
        f"--remote-memory-configuration={folder}/memory.json",
        f"--comm-group-configuration={folder}/groups.json",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    found = dict(re.findall(r"sys\[(\d+)\] finished, (\d+) cycles", done.stdout))
    return sorted(map(int, found.values())), least_cycles(made, MEMORY), len(made.groups)


@pytest.fixture(scope="module")
def workload(compiled: Callable[..., Compilation]) -> object:
    design = compiled("lab_4x2").design
    assert design is not None
    return design.workloads[0]


INNER, OUTER = np.arange(4), np.array([0, 1, 4])
UNEVEN = INNER[:, None] + 4 * OUTER[None, :]
"""Groups of boxes 0, 1 and 4: no even stride."""


@pytest.mark.parametrize("kind", ["all_reduce", "all_gather", "reduce_scatter"])
def test_a_group_in_part_of_a_dimension(workload: object, tmp_path: Path, kind: str) -> None:
    cycles, least, groups = run([Operation("g", "g", kind, UNEVEN, 3 << 20)], workload, tmp_path)  # type: ignore[arg-type]
    assert groups == 4 and len(cycles) == 24 and cycles[-1] == least


def test_a_group_in_parts_of_two_dimensions(workload: object, tmp_path: Path) -> None:
    both = (INNER[None, :2] + 4 * OUTER[:, None]).reshape(1, -1)
    cycles, least, groups = run([Operation("g", "g", "all_reduce", both, 3 << 20)], workload, tmp_path)
    assert groups == 2 and len(cycles) == 24 and cycles[-1] == least


def test_members_that_began_different_numbers_of_collectives(workload: object, tmp_path: Path) -> None:
    # Boxes 0 and 1 reduce inside; then boxes 0 to 5 reduce together.
    inside = np.arange(8).reshape(2, 4)
    across = np.arange(24).reshape(6, 4).T.copy()
    operations = [
        Operation("a", "a", "all_reduce", inside, 1 << 20),
        Operation("b", "b", "all_reduce", across, 3 << 20, after=(0,)),
    ]
    cycles, least, groups = run(operations, workload, tmp_path)
    assert groups == 4 and len(cycles) == 24 and cycles[-1] == least


@pytest.mark.parametrize("times", [1, 7, 100_000])
def test_repetitions_take_as_long_merged(workload: object, tmp_path: Path, times: int) -> None:
    inside = np.arange(24).reshape(6, 4)
    operations = [
        Operation("c", "c", "compute", np.arange(24)[:, None], time=Fraction(5000), times=1),
        Operation("a", "a", "all_reduce", inside, 1 << 12, times=times, after=(0,)),
        Operation("s", "s", "send", np.array([[0, 4], [4, 8]]), 1 << 12, times=3, after=(1,)),
    ]
    cycles, least, _ = run(operations, workload, tmp_path)
    assert len(cycles) == 24 and least <= cycles[-1] <= least + 1000
    # 100 GB/s, 300 ns: six messages of a quarter of 4 KiB, and reductions of them in memory.
    once = 6 * (300 + 10) + 7 * 10 + 3 * 3 * 1
    assert abs(cycles[0] - (5000 + times * once)) <= 1000 + cycles[0] // 1000
