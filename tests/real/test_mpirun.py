"""Open MPI places ranks by our host files as the workload does; it maps the job and starts nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from unit.fabrics import built, rendered
from unit.test_nccl import SWITCHED

from rackwright.backends.nccl import Nccl

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("mpirun") is None, reason="needs mpirun (Debian: openmpi-bin)"),
]


def mapped(hostfile: Path, ranks: int, by: str) -> list[str]:
    """The host of each rank, as mpirun says that it would be."""
    options = f"--allow-run-as-root --map-by {by} --bind-to none -np {ranks} --do-not-launch --display-map".split()
    done = subprocess.run(
        ["mpirun", *options, "--hostfile", str(hostfile), "true"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    found: dict[int, str] = {}
    host = ""
    for line in done.stdout.splitlines():
        if node := re.search(r"Data for node: (\S+)", line):
            host = node[1]
        elif process := re.search(r"Process rank: (\d+)", line):
            found[int(process[1])] = host
    return [found[rank] for rank in range(len(found))]


@pytest.mark.parametrize(("placement", "by"), [("packed", "slot"), ("rail", "node")])
def test_mpirun_places_ranks_as_the_workload_does(tmp_path: Path, placement: str, by: str) -> None:
    path = tmp_path / "case.rack"
    text = SWITCHED.replace("node[2] :", "node[6] :").replace("placement  = packed", f"placement  = {placement}")
    path.write_text(text)
    design, plant = built(path)
    files = rendered(Nccl(), design, plant)
    (tmp_path / "hostfile").write_text(files["schedulers/nccl/workloads/train/hostfile"])
    ranks = files["schedulers/nccl/workloads/train/ranks.txt"].splitlines()
    assert len(ranks) == 24
    assert mapped(tmp_path / "hostfile", len(ranks), by) == ranks
