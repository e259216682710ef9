"""BookSim 2 reads our networks, and takes as long as we say: from every rank to every other one, and on average."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from simulators.binaries import binary
from unit.fabrics import SPECS, rendered
from unit.graph_files import read_anynet
from unit.test_graph_backends import Compile, graph
from unit.test_simulation import RAILS

from rackwright.backends.booksim import BookSim
from rackwright.backends.booksim.cycles import count_cycles
from rackwright.backends.booksim.expected import shortest
from rackwright.compiler.pipeline import Compilation, compile_spec

pytestmark = pytest.mark.simulators

RING = """
accelerator chip { e : port { speed = 100 Gbps, cage = backplane }
    w : port { speed = 100 Gbps, cage = backplane }
    n : port { speed = 100 Gbps, cage = backplane }
    s : port { speed = 100 Gbps, cage = backplane } }
server board { chip : chip }
network ici { routing = none }
rack r { board[3, 4] : board
    link board[x, y].chip.e -> board[(x + 1) mod 3, y].chip.w
    link board[x, y].chip.n -> board[x, (y + 1) mod 4].chip.s }
workload w { ranks = r.board[*, *].chip
    collective = all_reduce 1 MB }
"""


def unpacked(result: Compilation, folder: Path) -> Path:
    assert result.design is not None and result.plant is not None, result.diagnostics
    for path, text in rendered(BookSim(), result.design, result.plant).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return folder / "sim/booksim"


def run(at: Path, *settings: str) -> str:
    """What BookSim prints; its exit code tells nothing."""
    command = [str(binary("booksim/src/booksim")), "fabric.cfg", *settings]
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, timeout=600)
    assert "(1 samples)" in done.stdout and "unstable" not in done.stdout, done.stdout[-2000:] + done.stderr
    return done.stdout


def average(output: str, what: str = "Packet latency") -> float:
    found = re.search(rf"^{what} average = (\S+) \(1 samples\)$", output, re.MULTILINE)
    assert found, output[-2000:]
    return float(found[1])


@pytest.fixture(params=["lab", "rails", "torus"])
def result(request: pytest.FixtureRequest, spec: Compile) -> Compilation:
    if request.param == "lab":
        return compile_spec(str(SPECS / "lab_4x2.rack"), {})
    return spec(
        RING if request.param == "torus" else RAILS.replace("workload w {", "workload w { approximate = true\n")
    )


def test_every_pair_takes_what_we_say(tmp_path: Path, result: Compilation) -> None:
    at = unpacked(result, tmp_path)
    rate = re.search(r"^injection_rate = (\S+);", (at / "fabric.cfg").read_text(), re.MULTILINE)
    assert rate
    # So few packets that hardly two meet; each pair has several.
    output = run(
        at, "pair_stats=1", "stats_out=stats.m", f"injection_rate={float(rate[1]) / 20}", "sample_period=2000000"
    )
    table = re.search(r"pair_plat\(1,:\) = \[ (.*) \];", (at / "stats.m").read_text())
    assert table and "Packet latency" in output
    net = graph(result).bundled()
    cycles = count_cycles(net)
    measured = np.array([float(word) for word in table[1].split()]).reshape(net.hosts, net.hosts)
    expected = shortest(net, cycles.latency, np.arange(net.hosts))[:, : net.hosts] + cycles.packet + 4
    seen = ~np.isnan(measured) & (measured > 0)
    assert seen.mean() > 0.9
    # Where two packets did meet, one of them waited.
    assert (measured[seen] >= expected[seen]).all() and (measured[seen] == expected[seen]).mean() > 0.5
    assert np.median(measured[seen] / expected[seen]) == 1


def test_the_average_is_the_readmes(tmp_path: Path, result: Compilation) -> None:
    at = unpacked(result, tmp_path)
    told = re.search(r"on average over all pairs (\S+): ", (at / "README.md").read_text())
    assert told
    assert average(run(at)) == pytest.approx(float(told[1]), rel=0.04)


def test_latency_grows_with_the_channels(tmp_path: Path) -> None:
    """`latency(a) - latency(b) = E[channels on the way] * (a - b)`, where all channels have one latency."""
    result = compile_spec(str(SPECS / "lab_4x2.rack"), {})
    at = unpacked(result, tmp_path)
    text = (at / "network.anynet").read_text()
    found: dict[int, tuple[float, float]] = {}
    for latency in (1, 10):
        network = re.sub(r"( router \d+) \d+(?= |$)", rf"\1 {latency}", text, flags=re.MULTILINE)
        assert set(read_anynet(network)[1].values()) == {latency}
        (at / "network.anynet").write_text(network)
        output = run(at, "injection_rate=0.002")
        found[latency] = average(output), average(output, "Hops")
    # Of 64 pairs 8 stay, 8 meet at their leaf, 48 at a spine; BookSim counts routers as hops.
    assert (8 * 0 + 8 * 2 + 48 * 4) / 64 == 3.25
    assert found[10][1] - 1 == pytest.approx(3.25, rel=0.03)
    assert found[10][0] - found[1][0] == pytest.approx((found[10][1] - 1) * 9, rel=0.02)
