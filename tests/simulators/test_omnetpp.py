"""OMNeT++ builds our module, reads our NED, and measures the round trips that we say."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from simulators.binaries import binary
from unit.fabrics import rendered
from unit.test_graph_backends import Compile
from unit.test_simulation import RAILS

from rackwright.backends.omnetpp import Omnetpp
from rackwright.compiler.pipeline import Compilation

pytestmark = pytest.mark.simulators


def built(result: Compilation, folder: Path) -> tuple[Path, dict[str, str]]:
    """The folder with the program made, and the environment that it runs in."""
    assert result.design is not None and result.plant is not None, result.diagnostics
    at = folder / "sim/omnetpp"
    at.mkdir(parents=True)
    for path, text in rendered(Omnetpp(), result.design, result.plant).items():
        (folder / path).write_text(text)
    tools = binary("omnetpp/bin/opp_makemake").parent
    env = dict(os.environ) | {"PATH": f"{tools}:{os.environ['PATH']}"}
    env["PYTHONPATH"] = f"{tools.parent / 'python'}"
    for command in (["opp_makemake", "-f", "-o", "fabric"], ["make", "MODE=release"]):
        done = subprocess.run(command, cwd=at, env=env, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
    return at, env


def run(at: Path, env: dict[str, str]) -> str:
    done = subprocess.run(["./fabric", "-u", "Cmdenv"], cwd=at, env=env, capture_output=True, text=True, timeout=600)
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", ["lab_4x2", "llama3_24k", "tpu_v4_pod"])
def test_round_trips(tmp_path: Path, compiled: Compile, name: str) -> None:
    at, env = built(compiled(name), tmp_path)
    output = run(at, env)
    many = len((at / "expected.csv").read_text().splitlines()) - 1
    assert f"\n{many} of {many} round trips as expected\n" in output and "<!> Error" not in output, output[-2000:]


def test_a_wrong_latency_is_seen(tmp_path: Path, spec: Compile) -> None:
    at, env = built(spec(RAILS), tmp_path)
    good = run(at, env)
    assert "round trips as expected" in good and "WRONG" not in good
    ned = at / "Fabric.ned"
    ned.write_text(ned.read_text().replace("delay = 150000000fs", "delay = 150001000fs", 1))
    bad = run(at, env)
    assert "WRONG" in bad and "<!> Error" in bad
