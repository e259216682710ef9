"""One compile against the same of another version of the project, in turn, as CPU time and ratios on stdout.

    git clone . /tmp/old && git -C /tmp/old checkout VERSION && /tmp/old/scripts/setup.sh
    .venv/bin/python benchmarks/against_version.py /tmp/old [--spec llama3_24k] [--runs N]

Each version compiles its own `specs/SPEC.rack` with all backends that it has, in one process and with two workers.
What is printed are medians, and medians of the ratios pair by pair, which hold while the speed of the machine drifts.
User time is shown besides: what the kernel takes for thousands of files depends on the disk and on who else uses it.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import tempfile
from pathlib import Path

from run import ROOT, installed, run


def compile_once(checkout: Path, spec: Path, jobs: int) -> tuple[float, float]:
    """User seconds and all CPU seconds of one compile of everything to a new directory."""
    folder = Path(tempfile.mkdtemp(prefix="rackwright-benchmark-"))
    program = [str(checkout / ".venv/bin/python"), "-P", "-c", "from rackwright.compiler.cli import main; main()"]
    # Each has a grammar of its own, and would write its tables over the other's.
    os.environ["XDG_CACHE_HOME"] = os.environ["PYTHONPYCACHEPREFIX"] + str(checkout)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    try:
        cost = run([*program, "compile", "-q", str(spec), "-o", str(folder / "out"), "--jobs", str(jobs)])
    finally:
        shutil.rmtree(folder)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, cost.cpu


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare this version with another.")
    parser.add_argument("old", type=Path, help="a checkout of the other version, set up")
    parser.add_argument("--new", type=Path, default=ROOT, help="a checkout of this version (default: this one)")
    parser.add_argument("--spec", default="llama3_24k", help="a design in specs/ of both")
    parser.add_argument("--runs", type=int, default=5, help="pairs (default 5)")
    given = parser.parse_args()
    checkouts = [checkout.resolve() for checkout in (given.old, given.new)]
    with installed():
        for jobs in (1, min(2, os.cpu_count() or 1)):
            pairs = []
            for _ in range(given.runs + 1):
                pairs.append([compile_once(c, c / "specs" / f"{given.spec}.rack", jobs) for c in checkouts])
            for column, word in enumerate(("user", "CPU")):
                old, new = ([pair[side][column] for pair in pairs[1:]] for side in (0, 1))
                ratios = [n / o for o, n in zip(old, new, strict=True)]
                seconds = f"{statistics.median(old):.2f} s before, {statistics.median(new):.2f} s now"
                times = f"{statistics.median(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f})"
                print(f"--jobs {jobs}, {word}: {seconds}, {times}", flush=True)


if __name__ == "__main__":
    main()
