"""LogGOPSim and ATLAHS run the schedules, and LogGOPSim takes the ticks that the README says.

Binaries: `LogGOPSim/LogGOPSim` and `LogGOPSim/txt2bin`, `atlahs/htsim_uec`.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from simulators.binaries import VARIABLE, binary
from unit.htsim_text import SERVERS, job
from unit.test_goal import TWO

from rackwright.backends.goal import Goal
from rackwright.backends.htsim import Htsim
from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation

pytestmark = pytest.mark.simulators

Compile = Callable[..., Compilation]

STEP = (
    "    model { layers = 4, hidden = 512, heads = 8, ffn = 2048, vocabulary = 1000 }",
    "    step = training { tensor = 2, pipeline = 2, sequence = 128, batch = 32 }",
)


def written(folder: Path, result: Compilation) -> Path:
    """Both backends' files, as they lie beside each other in an output directory."""
    assert result.design is not None and result.plant is not None, result.diagnostics
    for backend in (Goal(), Htsim()):
        for artifact in backend.render(result.design, result.plant, Request(named=True)):
            path = folder / artifact.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(artifact.data)
    return folder / "sim/goal"


def shell(folder: Path, command: str, *programs: Path) -> str:
    """Run a command of the README, with these programs where they are looked for."""
    path = os.pathsep.join([*(str(program.parent) for program in programs), os.environ["PATH"]])
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True, timeout=300, env=os.environ | {"PATH": path}
    )
    return done.stdout + done.stderr


def found(*names: str) -> list[Path]:
    """Programs by the names that the README calls them."""
    for name in names:
        binary(name)
    return [Path(os.environ[VARIABLE]) / name for name in names]


def check(folder: Path) -> int:
    """Run LogGOPSim as the README says; how long it took, in ticks."""
    readme = (folder / "README.md").read_text()
    (command,) = re.findall(r"Run `(awk .*?2147483647)`", readme)
    output = shell(folder, command, *found("LogGOPSim/LogGOPSim", "LogGOPSim/txt2bin"))
    (events,) = re.findall(r"`Events: (\d+)`", readme)
    assert re.search(rf"Events: {events}\s", output), output
    times = [int(time) for time in re.findall(r"(?:^Host \d+|finishing time at host \d+): (\d+)", output, re.M)]
    expected = re.search(r"done at (at least )?(\d+) ticks", readme)
    if expected and expected[1]:
        assert max(times) >= int(expected[2])
    elif expected:
        assert max(times) == int(expected[2])
    return max(times)


@pytest.mark.parametrize("name", ["lab_4x2", "superpod_h100", "tpu_v4_pod"])
def test_designs_take_the_ticks_of_the_formula(tmp_path: Path, compiled: Compile, name: str) -> None:
    assert check(written(tmp_path, compiled(name))) > 0


@pytest.mark.parametrize("ranks", [2, 6, 8, 72])
def test_rings(tmp_path: Path, spec: Compile, ranks: int) -> None:
    each = 12
    leaves = -(-ranks // each)
    text = f"""
use generic.lab as parts
switch tor is parts.lab_switch {{ latency = 300 ns }}
nic card is parts.lab_nic {{ latency = 200 ns }}
server box {{
    accelerator[1] : parts.lab_accelerator
    nic[1]         : card
}}
hall h {{
    leaf[{leaves}] : tor
    spine   : tor
    host[{ranks}] : box
    link host[h].nic[0] -> leaf[h div {each}].eth[h mod {each}]
    link leaf[l].eth[15] -> spine.eth[l]
}}
workload w {{
    ranks      = h.host[*].accelerator[*]
    collective = all_reduce 16 MiB {{ algorithm = ring }}
}}
"""
    took = check(written(tmp_path, spec(text)))
    way = 2 * 200 + 300 if leaves == 1 else 2 * 200 + 3 * 300
    # 8 bits at 100 Gbps; above full leaves, at what a leaf's one uplink leaves to each of its hosts.
    gap = 80 if leaves == 1 else 80 * each
    part = -(-(2**24) // ranks)
    assert took == 2 * (ranks - 1) * (way * 1000 + (part - 1) * gap)


@pytest.mark.parametrize(
    "lines",
    [
        ("    placement = spread", "    collective = all_reduce 1 MiB"),
        ("    collective = all_reduce 1 MiB { algorithm = halving_doubling }",),
        ("    collective = reduce_scatter 1 MiB { group = 4, stride = 2 }",),
        ("    collective = all_to_all 1 MiB { algorithm = direct }",),
        ("    collective = all_to_all 1 MiB",),
        ("    collective = point_to_point 5 GB",),
        STEP,
        (STEP[0], "    step = inference { tensor = 2, prompt = 64, output = 8, batch = 4, prefill = 8 }"),
    ],
)
def test_workloads(tmp_path: Path, spec: Compile, lines: tuple[str, ...]) -> None:
    check(written(tmp_path, spec(SERVERS + job("w", "pod[*].box[*]", *lines))))


@pytest.mark.parametrize(
    "lines", [("    placement = rail", "    collective = all_reduce 1 MiB"), STEP], ids=["rail", "step"]
)
def test_atlahs(tmp_path: Path, spec: Compile, lines: tuple[str, ...]) -> None:
    folder = written(tmp_path, spec(SERVERS + job("w", "pod[*].box[*]", *lines)))
    readme = (folder / "README.md").read_text()
    (command,) = re.findall(r"`(txt2bin -i w.hosts.goal .*?)`", readme)
    output = shell(folder, command, *found("atlahs/htsim_uec", "LogGOPSim/txt2bin"))
    assert "Finished all" in output, output[-2000:]
    (sends,) = re.findall(r"(\d+) lines `F …", readme)
    assert len(re.findall(r"^F \d+ - ST \d+ - ET \d+", output, re.M)) == int(sends)


def test_jobs_at_the_same_time(tmp_path: Path, spec: Compile) -> None:
    first = job("a", "pod[0].box[*]", "    collective = all_reduce 1 MiB")
    second = job("b", "pod[1].box[*]", "    start = 400 us", "    collective = all_to_all 1 MiB")
    folder = written(tmp_path, spec(SERVERS + first + second)) / "combined-jobs"
    readme = (folder / "README.md").read_text()
    (command,) = re.findall(r"Run `(txt2bin .*?)`", readme)
    output = shell(folder, command, *found("atlahs/htsim_uec", "LogGOPSim/txt2bin"))
    assert "Finished all" in output, output[-2000:]
    (sends,) = re.findall(r"(\d+) lines `F …", readme)
    starts = [int(start) for start in re.findall(r"^F \d+ - ST (\d+) - ET \d+", output, re.M)]
    assert len(starts) == int(sends) and sum(start >= 400 for start in starts) == 16 * 7


def test_a_design_without_a_fat_tree_has_a_schedule(tmp_path: Path, spec: Compile) -> None:
    one = "workload w {\n    ranks = h.host[*].accelerator[*]\n    collective = all_gather 1 MiB\n}\n"
    check(written(tmp_path, spec(TWO + one)))
