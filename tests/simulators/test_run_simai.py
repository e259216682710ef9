"""SimAI runs what is written for it: bytes to the byte, times within a few per cent of the closed form.

Needs `$RACKWRIGHT_SIMS/simai/SimAI_simulator`.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from simulators.binaries import binary
from unit.test_astra_steps import MODEL, PLANT, RANKS

from rackwright.backends.simai import SimAI
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation

Compile = Callable[..., Compilation]

pytestmark = pytest.mark.simulators

LINE = re.compile(r"^(\S+): (\d+) of (\d+) GPUs sent ([\d ]*)\((\d+) expected\), (\d+) ns \(at least (\d+)\)$")


def run(result: Compilation, folder: Path) -> tuple[int, int]:
    """Nanoseconds of the one workload, and the least; that every GPU sent what it should, run.sh sees to."""
    simulator = binary("simai/SimAI_simulator")
    assert result.design is not None and result.plant is not None, result.diagnostics
    for artifact in SimAI().render(result.design, result.plant, Request(named=True)):
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.data)
    done = subprocess.run(["sh", folder / "sim/simai/run.sh", simulator], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    match = LINE.match(done.stdout.splitlines()[-1])
    assert match, done.stdout
    assert match[2] == match[3]
    return int(match[6]), int(match[7])


SERVER = """
use generic.lab as parts
accelerator gpu is parts.lab_accelerator {{ scale_up = 360 GB/s }}
server box {{
    scale_up = switch
    scale_up_latency = 50 ns
    accelerator[8] : gpu
}}
hall h {{ box : box }}
workload w {{ ranks = h.box.accelerator[*]
    collective = {kind} {size} MiB
}}
"""


@pytest.mark.parametrize(
    ("kind", "size"),
    [("all_reduce", 16), ("all_reduce", 64), ("all_gather", 16), ("reduce_scatter", 16), ("all_to_all", 16)],
)
def test_a_server_of_eight(spec: Compile, tmp_path: Path, kind: str, size: int) -> None:
    time, least = run(spec(SERVER.format(kind=kind, size=size)), tmp_path)
    assert least == (2 if kind == "all_reduce" else 1) * 7 * (size << 20) // 8 * 8 // 2880
    assert least <= time <= 1.04 * least


@pytest.mark.parametrize(
    "collective",
    [
        "all_reduce 16 MiB",
        "all_reduce { size = 16 MiB, group = 4, stride = 4 }",
        "all_reduce { size = 16 MiB, group = 4 }",
    ],
)
def test_collectives_across_servers(spec: Compile, tmp_path: Path, collective: str) -> None:
    time, least = run(spec(PLANT + f"workload w {{ {RANKS}\n collective = {collective} }}"), tmp_path)
    assert time >= least


def test_a_training_step(spec: Compile, tmp_path: Path) -> None:
    text = f"{MODEL}\n step = training {{ tensor = 4, sequence = 128, batch = 8 }}"
    time, _ = run(spec(PLANT + f"workload w {{ {RANKS}\n {text} }}"), tmp_path)
    assert time > 0
