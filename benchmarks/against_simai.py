"""SimAI's topology of a large fabric: this compiler next to SimAI's own generator, as a Markdown table on stdout.

    .venv/bin/python benchmarks/against_simai.py PATH/TO/gen_Topo_Template.py [--runs 3]

The generator is `astra-sim-alibabacloud/inputs/topo/gen_Topo_Template.py` of SimAI, which is fetched, not vendored. It
prints its template Spectrum-X with as many GPUs: rails of leaves with 64 adapters under 64 spines, from ten numbers.
Ours is told in two ways: `whole` is `rackwright compile --only simai`, from the text of the spec, through all checks,
to the files on disk; `text` is the part of it that the generator does, from the plant in memory to the bytes of
topology.txt. Every measurement is a process of its own; seconds are those of a processor, and medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SPECS = {"llama3_24k": 24_576, "scale_350k": 350_208}


def text(name: str) -> None:
    """Print the seconds from the plant of a spec to its topology.txt, and how many links that has."""
    from rackwright.backends._kit.hpcc import as_servers
    from rackwright.backends.simai.text import topology
    from rackwright.compiler.pipeline import compile_spec
    from rackwright.compiler.simulation import Graph, find_graph

    done = compile_spec(str(ROOT / "specs" / f"{name}.rack"), {})
    assert done.plant is not None
    began = time.process_time()
    graph = find_graph(done.plant, done.plant.design.workloads[0])
    assert isinstance(graph, Graph)
    data = topology(as_servers(graph), "NONE")
    print(time.process_time() - began, data.count(b"\n") - 2)


def measured(command: list[str], folder: str) -> tuple[float, int, str]:
    """CPU seconds of one command, its peak memory in bytes, and what it printed."""
    out = Path(folder) / "output"
    with out.open("wb") as file:
        process = subprocess.Popen(command, cwd=folder, stdout=file, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
    assert status == 0, out.read_text()
    scale = 1 if sys.platform == "darwin" else 1024
    return used.ru_utime + used.ru_stime, used.ru_maxrss * scale, out.read_text()


def row(name: str, gpus: int, generator: Path, runs: int) -> str:
    python, rackwright = sys.executable, str(Path(sys.executable).with_name("rackwright"))
    commands = {
        "whole": [rackwright, "compile", str(ROOT / f"specs/{name}.rack"), "-o", "made", "--only", "simai"],
        "text": [python, __file__, "--text", name],
        "theirs": [python, str(generator), "-topo", "Spectrum-X", "-g", str(gpus), "-gps", "8"],
    }
    commands["theirs"] += ["-bw", "400Gbps", "-npa", "64", "-psn", "64", "-app", "100000"]
    seconds: dict[str, list[float]] = {side: [] for side in commands}
    memory: dict[str, int] = {}
    links: dict[str, int] = {}
    for _ in range(runs):
        for side, command in commands.items():
            with tempfile.TemporaryDirectory() as folder:
                spent, most, printed = measured(command, folder)
                memory[side] = max(most, memory.get(side, 0))
                if side == "text":
                    word, count = printed.split()[-2:]
                    spent, links[side] = float(word), int(count)
                if side == "theirs":
                    (made,) = Path(folder).glob("Spectrum-X*")
                    links[side] = made.read_bytes().count(b"\n") - 2
                seconds[side].append(spent)
    whole, mine, theirs = (statistics.median(seconds[side]) for side in commands)
    per_link = 1e6 * mine / links["text"], 1e6 * theirs / links["theirs"]
    return (
        f"| {name} | {gpus:,} | {links['text']:,} | {whole:.2f} | {memory['whole'] / 2**20:.0f} | {mine:.2f} "
        f"| {per_link[0]:.2f} | {links['theirs']:,} | {theirs:.2f} | {per_link[1]:.2f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("generator", nargs="?", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--text", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.text:
        text(options.text)
        return
    if options.generator is None:
        parser.error("name SimAI's gen_Topo_Template.py")
    print("| design | GPUs | links | whole, s | MiB | text, s | us a link | SimAI's links | SimAI's, s | us a link |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, gpus in SPECS.items():
        print(row(name, gpus, options.generator.resolve(), options.runs), flush=True)


if __name__ == "__main__":
    main()
