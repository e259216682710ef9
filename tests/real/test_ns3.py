"""ns-3 from PyPI builds our networks, and echoes through them take what the plant says, to the picosecond.

The wheel is for Python 3.11 and its bindings are compiled for minutes, so it has an environment of its own:
`RACKWRIGHT_NS3` names its Python, and `scripts/test.sh` makes one.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from unit.fabrics import rendered
from unit.graph_files import read_probes
from unit.test_graph_backends import Compile
from unit.test_simulation import RAILS

from rackwright.backends.ns3 import Ns3
from rackwright.compiler.pipeline import Compilation

PYTHON = os.environ.get("RACKWRIGHT_NS3", "")

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not PYTHON, reason="needs RACKWRIGHT_NS3, a Python with requirements-ns3.txt"),
]


def unpacked(result: Compilation, folder: Path) -> Path:
    assert result.design is not None and result.plant is not None, result.diagnostics
    at = folder / "sim/ns3"
    at.mkdir(parents=True)
    for path, text in rendered(Ns3(), result.design, result.plant).items():
        (folder / path).write_text(text)
    return at


def run(at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PYTHON, "run.py"], cwd=at, capture_output=True, text=True, timeout=900)


ECHO = re.compile(r"^0 -> (\d+) \((.*)\): ([\d.]+) ns, ([\d.]+) expected$", re.MULTILINE)


@pytest.mark.parametrize("name", ["lab_4x2", "llama3_24k", "tpu_v4_pod"])
def test_round_trips(tmp_path: Path, compiled: Compile, name: str) -> None:
    at = unpacked(compiled(name), tmp_path)
    done = run(at)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    probes = read_probes((at / "expected.csv").read_text())
    assert done.stdout.endswith(f"{len(probes)} of {len(probes)} round trips as expected\n")
    many = len((at / "messages.csv").read_text().splitlines()) - 1
    assert f"{many} of {many} messages as expected\n" in done.stdout if many else "messages" not in done.stdout
    measured = {int(to): float(time) for to, _, time, _ in ECHO.findall(done.stdout)}
    assert measured == {p.to: pytest.approx(p.rtt_fs / 10**6, abs=0.001) for p in probes}


def test_a_wrong_latency_is_seen(tmp_path: Path, spec: Compile) -> None:
    at = unpacked(spec(RAILS), tmp_path)
    topology = at / "topology.txt"
    text = topology.read_text()
    topology.write_text(text.replace("150000000fs", "150001000fs", 1))
    done = run(at)
    assert done.returncode == 1 and "WRONG" in done.stdout
