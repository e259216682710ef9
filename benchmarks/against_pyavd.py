"""CPU seconds a switch for EOS configurations, next to Arista's own generator, as a Markdown table on stdout.

    .venv/bin/python benchmarks/against_pyavd.py [--large]

The same eBGP fabric both times, that of the side-by-side test (tests/real/avd_designs.py): unnumbered sessions, two
hosts a leaf. Ours goes from the text of a spec, checks included, to the text of every configuration; pyavd from its
inputs to the same (`get_avd_facts`, `get_device_structured_config`, `get_device_config`). Every measurement is a
process of its own, and the two take turns; seconds are those that the process had of a processor, so that others on
the machine weigh less. Each process makes a tiny fabric first, which does not count: so starting Python, importing, and
reading grammars, templates and schemas are left out on both sides. `--large` adds 256 leaves and 64
spines, which takes pyavd many minutes.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
SMALL = ((16, 8), (64, 32))
LARGE = (256, 64)
SIDES = ("ours", "pyavd")


WARM_UP = (4, 2)
"""A fabric that each process does first and that does not count: grammars, templates and schemas are read then."""


def ours(leaves: int, spines: int) -> tuple[float, int]:
    """Seconds of one whole compilation, and how many lines it wrote."""
    from real.avd_designs import text_of

    from rackwright.backends.eos import Eos
    from rackwright.compiler.backend import Request
    from rackwright.compiler.pipeline import compile_spec

    request = Request(named=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fabric.rack"
        path.write_text(text_of(True, spines, leaves), "utf-8")
        began = time.process_time()
        done = compile_spec(str(path), {})
        assert done.design is not None and done.plant is not None
        assert list(Eos().accepts(done.design, done.plant, request)) == []
        texts = [a.data.decode() for a in Eos().render(done.design, done.plant, request)]
        return time.process_time() - began, sum(text.count("\n") for text in texts)


def pyavd(leaves: int, spines: int) -> tuple[float, int]:
    """The same of pyavd."""
    from real.avd_designs import inputs, ours, theirs

    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        _configs, switches = ours(Path(folder), True, spines, leaves)
    data = inputs(switches, True)
    began = time.process_time()
    texts = theirs(data)
    return time.process_time() - began, sum(text.count("\n") for text in texts.values())


def child(side: str, leaves: int, spines: int) -> None:
    """Measure in this process."""
    sys.path.insert(0, str(ROOT / "tests"))
    work = {"ours": ours, "pyavd": pyavd}[side]
    work(*WARM_UP)
    print(*work(leaves, spines))


def measure(side: str, leaves: int, spines: int) -> tuple[float, int]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-P", "-W", "ignore", __file__, "--child", side, str(leaves), str(spines)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(said[-2]), int(said[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--child", nargs=3)
    given = parser.parse_args()
    if given.child:
        child(given.child[0], int(given.child[1]), int(given.child[2]))
        return
    found: dict[tuple[str, tuple[int, int]], tuple[float, int]] = {}
    for size in (*SMALL, LARGE) if given.large else SMALL:
        runs: dict[str, list[tuple[float, int]]] = {side: [] for side in SIDES}
        for _ in range(1 if size == LARGE else 3):
            for side in SIDES:
                runs[side].append(measure(side, *size))
        for side in SIDES:
            found[side, size] = (statistics.median(s for s, _ in runs[side]), runs[side][0][1])
    table(found)


def table(found: dict[tuple[str, tuple[int, int]], tuple[float, int]]) -> None:
    """All of it, with the ratio, and how the time of each grows."""
    print("| leaves + spines | links | ours, s a switch | pyavd, s a switch | times |")
    print("|---|---|---|---|---|")
    sizes = sorted({size for _, size in found})
    for leaves, spines in sizes:
        count = leaves + spines
        mine, theirs = (found[side, (leaves, spines)][0] / count for side in SIDES)
        print(f"| {leaves} + {spines} | {leaves * spines:,} | {mine:.5f} | {theirs:.4f} | {theirs / mine:.0f} |")
    print()
    first, last = sizes[-2], sizes[-1]
    for side in SIDES:
        grown = found[side, last][0] / found[side, first][0]
        by_switch = math.log(grown) / math.log(sum(last) / sum(first))
        by_link = math.log(grown) / math.log(math.prod(last) / math.prod(first))
        print(
            f"- {side}: from {sum(first)} to {sum(last)} switches the time grows {grown:.1f} times: with the number of "
            f"switches to the power of {by_switch:.2f}, of links {by_link:.2f}."
        )
    print(f"- Python {platform.python_version()}, pyavd {version('pyavd')}, {os.cpu_count()} cores.")


if __name__ == "__main__":
    main()
