"""Time and memory of whole commands, as a Markdown table on stdout.

    .venv/bin/python benchmarks/run.py [--runs N]

Every command runs as a process of its own; CPU time and peak memory are what the kernel counted for it and for the
workers that it waited for, wall time is the clock's. Of several runs the median is shown. Modules are compiled before
anything is timed, as pip does when it installs a package.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-P", "-c", "from rackwright.compiler.cli import main; main()"]
SIMULATORS = ("astra_sim", "goal", "ns3", "omnetpp", "simai")
CABLES = {"llama3_24k": 56_256, "scale_350k": 1_050_624}


@dataclass(frozen=True)
class Cost:
    """What one process took: seconds and bytes."""

    wall: float
    cpu: float
    peak: int


@contextmanager
def installed() -> Iterator[None]:
    """An environment in which modules stay compiled and the tables of the grammar are kept, away from the user's own.

    Without it each run of a checkout may compile some hundred modules anew (PYTHONDONTWRITEBYTECODE).
    """
    with tempfile.TemporaryDirectory(prefix="rackwright-benchmark-") as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ |= {"PYTHONPYCACHEPREFIX": folder, "XDG_CACHE_HOME": folder}
        yield


def run(command: list[str]) -> Cost:
    """Run to the end and return what it cost; a failure ends the benchmark."""
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        actions = [(os.POSIX_SPAWN_DUP2, said.fileno(), 1), (os.POSIX_SPAWN_DUP2, said.fileno(), 2)]
        pid = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        wall = time.perf_counter() - began
        if status:
            said.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{said.read().decode()}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def median(costs: list[Cost]) -> Cost:
    return Cost(
        statistics.median(c.wall for c in costs), statistics.median(c.cpu for c in costs), max(c.peak for c in costs)
    )


def check(name: str, runs: int) -> Cost:
    spec = str(ROOT / "specs" / f"{name}.rack")
    return median([run([*COMMAND, "check", "-q", spec]) for _ in range(runs)])


def compile_spec(name: str, runs: int, *only: str) -> Cost:
    """Every run writes a new directory, so nothing is found unchanged. All backends, or those that are named."""
    costs = []
    for _ in range(runs):
        folder = Path(tempfile.mkdtemp(prefix="rackwright-benchmark-"))
        try:
            spec = str(ROOT / "specs" / f"{name}.rack")
            names = [word for one in only for word in ("--only", one)]
            costs.append(run([*COMMAND, "compile", "-q", spec, "-o", str(folder / "out"), *names]))
        finally:
            shutil.rmtree(folder)
    return median(costs)


def startup(runs: int) -> tuple[Cost, Cost]:
    """A small check against importing what it needs, in turn, so that both see the same machine."""
    imports, checks = [], []
    for _ in range(runs):
        imports.append(run([sys.executable, "-P", "-c", "import click, lark, pydantic"]))
        checks.append(run([*COMMAND, "check", "-q", str(ROOT / "specs" / "lab_4x2.rack")]))
    return median(imports), median(checks)


def row(name: str, cost: Cost) -> str:
    return f"| {name} | {cost.wall:.2f} s | {cost.cpu:.2f} s | {cost.peak / 2**20:,.0f} MiB |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure whole commands.")
    parser.add_argument("--runs", type=int, default=3, help="runs of each command (default 3)")
    runs = parser.parse_args().runs
    with installed():
        compile_spec("lab_4x2", 1)
        measure(runs)


def measure(runs: int) -> None:
    """Everything, printed as it comes."""
    costs: dict[tuple[str, str], Cost] = {}
    print("| command | wall | CPU | peak memory |\n|---|---:|---:|---:|")
    for name, cables in CABLES.items():
        for word, timed in (("check", check), ("compile", compile_spec)):
            costs[word, name] = timed(name, runs)
            what = "compile, all backends" if word == "compile" else word
            print(row(f"{what}: `{name}`, {cables:,} cables", costs[word, name]), flush=True)
    cost = compile_spec("llama3_24k", runs, "sonic", "eos")
    print(row("compile, all switches: `llama3_24k`, 1,708 switches", cost), flush=True)
    cost = compile_spec("llama3_24k", runs, *SIMULATORS)
    print(row("compile, all simulators that can have it: `llama3_24k`, two workloads", cost), flush=True)
    cost = compile_spec("scale_350k", runs, "simai")
    print(row("compile, SimAI's topology of all ranks: `scale_350k`, 350,208 ranks", cost), flush=True)
    imports, small = startup(4 * runs)
    print(row("`import click, lark, pydantic`", imports))
    print(row("check: `lab_4x2`, 16 cables", small))

    few, many = CABLES
    print()
    for word in ("check", "compile"):
        exponent = math.log(costs[word, many].cpu / costs[word, few].cpu) / math.log(CABLES[many] / CABLES[few])
        print(f"- CPU time of {word} grows with the number of cables to the power of {exponent:.2f}.")
    print(f"- The small check takes {small.wall / imports.wall:.2f} times as long as the imports alone.")
    print(f"- Python {platform.python_version()}, {os.cpu_count()} cores, {runs} runs each, median.")


if __name__ == "__main__":
    main()
