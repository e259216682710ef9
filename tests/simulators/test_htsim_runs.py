"""Both htsims run what is written, and one flow alone takes what the README says.

Binaries: `csg-htsim/htsim_roce` and `htsim_ndp`, `uet-htsim/htsim_uec`.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from simulators.binaries import binary
from unit.htsim_cases import files
from unit.htsim_text import SERVERS, job, read_matrix

from rackwright.compiler.pipeline import Compilation

pytestmark = pytest.mark.simulators

Compile = Callable[..., Compilation]

PROGRAMS = {
    "htsim_roce": "csg-htsim/htsim_roce",
    "htsim_ndp": "csg-htsim/htsim_ndp",
    "htsim_uec": "uet-htsim/htsim_uec",
}


def written(folder: Path, result: Compilation) -> Path:
    for name, text in files(result).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def commands(folder: Path) -> list[list[str]]:
    return [found.split() for found in re.findall(r"Run `(htsim_.*?)`", (folder / "README.md").read_text())]


def run(folder: Path, command: list[str]) -> list[float]:
    """When each flow finished, in us. The exit code tells nothing, so every flow must say that it did."""
    program = binary(PROGRAMS[command[0]])
    done = subprocess.run([program, *command[1:]], cwd=folder, capture_output=True, text=True, timeout=300)
    assert "Topology load done" in done.stdout, done.stdout[-2000:] + done.stderr[-2000:]
    found = [float(time) for time in re.findall(r"^Flow .* finished at ([0-9.e+]+)", done.stdout, re.M)]
    matrix = command[command.index("-tm") + 1]
    assert len(found) == len(read_matrix((folder / matrix).read_text()))
    return found


@pytest.mark.parametrize("program", ["htsim_roce", "htsim_uec"])
@pytest.mark.parametrize(
    ("ends", "size", "meets"),
    [
        ("sender = 0, receiver = 2", "1 MB", "under one leaf"),
        ("sender = 0, receiver = 31", "1 MB", "farthest apart"),
        ("sender = 0, receiver = 31", "131072 B", "farthest apart"),
    ],
)
def test_one_flow_alone(tmp_path: Path, spec: Compile, program: str, ends: str, size: str, meets: str) -> None:
    result = spec(SERVERS + job("w", "pod[*].box[*]", f"    collective = point_to_point {size} {{ {ends} }}"))
    folder = written(tmp_path, result)
    (command,) = [c for c in commands(folder) if c[0] == program]
    (line,) = [n for n in (folder / "README.md").read_text().splitlines() if n.startswith(f"Run `{program} ")]
    (wanted,) = re.findall(rf"([0-9.]+) us (?:between leaves )?{meets}", line)
    (time,) = run(folder, command)
    # The programs print six digits.
    assert time == pytest.approx(float(wanted), rel=5e-6)


def test_the_lab(tmp_path: Path, compiled: Compile) -> None:
    folder = written(tmp_path, compiled("lab_4x2"))
    for command in commands(folder):
        last = max(run(folder, command))
        # 14 steps of 128 KiB at 100 Gbps on the wire.
        assert 146.8 < last < 260


@pytest.mark.parametrize(
    "lines",
    [
        ("    placement = rail", "    collective = all_reduce 1 MiB"),
        ("    collective = all_reduce 1 MiB { algorithm = direct }",),
        ("    collective = all_reduce 1 MiB { algorithm = halving_doubling }",),
        ("    collective = all_reduce 1 MiB { algorithm = ring }",),
        ("    collective = all_gather 1 MiB { group = 4, stride = 2 }",),
        ("    collective = all_to_all 1 MiB",),
        (
            "    approximate = true",
            "    model { layers = 4, hidden = 512, heads = 8, ffn = 2048, vocabulary = 1000 }",
            "    step = training { tensor = 2, pipeline = 2, sequence = 128, batch = 32 }",
        ),
        (
            "    approximate = true",
            "    model { layers = 4, hidden = 512, heads = 8, ffn = 2048, vocabulary = 1000 }",
            "    step = inference { tensor = 2, prompt = 64, output = 8, batch = 4, prefill = 8 }",
        ),
    ],
)
def test_every_flow_finishes(tmp_path: Path, spec: Compile, lines: tuple[str, ...]) -> None:
    folder = written(tmp_path, spec(SERVERS + job("w", "pod[*].box[*]", *lines)))
    for command in commands(folder):
        run(folder, command)


def test_jobs_at_the_same_time(tmp_path: Path, spec: Compile) -> None:
    first = job("a", "pod[0].box[*]", "    collective = all_reduce 1 MiB")
    second = job("b", "pod[1].box[*]", "    start = 400 us", "    collective = all_to_all 1 MiB")
    folder = written(tmp_path, spec(SERVERS + first + second)) / "combined-jobs"
    found = commands(folder)
    assert [command[0] for command in found] == ["htsim_ndp", "htsim_uec"]
    for command in found:
        times = run(folder, command)
        # Units of the start differ, and so would these times: the second job begins when the first one is done.
        late = [time for time in times if time > 400]
        assert len(late) == 16 * 7 and max(late) < 900
