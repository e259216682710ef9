"""slurmctld of Debian 12 (Slurm 22.05) starts on our files and knows every node by its switch; planted faults are seen.

It has neither topology/block nor topology.yaml; tests/unit/test_slurm.py reads those by parsers written from
topology.conf(5) and topology.yaml(5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from real import slurm_lab
from unit.fabrics import built, rendered
from unit.slurm_files import Tree, expand, read_tree

from rackwright.backends.slurm import Slurm
from rackwright.compiler.clusters import find_cluster
from rackwright.compiler.plant import Plant

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(bool(slurm_lab.missing()), reason=f"needs {' '.join(slurm_lab.missing())} (Debian: slurm-wlm)"),
]

SPECS = Path(__file__).parents[2] / "specs"


def files_of(name: str) -> tuple[dict[str, str], Plant]:
    design, plant = built(SPECS / f"{name}.rack")
    return {path.rpartition("/")[2]: text for path, text in rendered(Slurm(), design, plant).items()}, plant


def node_names(plant: Plant) -> list[str]:
    return [plant.devices.names[device] for device in find_cluster(plant).nodes.tolist()]


def of_topology(answer: str) -> Tree:
    """`scontrol show topology`: one line a switch, with the nodes under it."""
    found: Tree = {}
    for line in answer.splitlines():
        words = dict(re.findall(r"(\w+)=(\S+)", line))
        found[words["SwitchName"]] = (expand(words.get("Nodes", "")), expand(words.get("Switches", "")))
    return found


@pytest.mark.parametrize("name", ["llama3_24k", "superpod_h100", "catalina_nvl72", "mtia_v2"])
def test_slurmctld_knows_every_node(tmp_path: Path, name: str) -> None:
    files, plant = files_of(name)
    nodes = node_names(plant)
    slurm_lab.prepare(tmp_path, files, nodes)
    with slurm_lab.controller(tmp_path) as slurm:
        told = of_topology(slurm.ask("show", "topology"))
        seen = re.findall(r"NodeName=(\S+) .*?Gres=(\S+)", slurm.ask("show", "node"))
        partitions = re.findall(r"TotalNodes=(\d+)", slurm.ask("show", "partition"))
    ours = read_tree(files["topology.conf"])
    assert told.keys() == ours.keys()
    for switch, (leaf_nodes, children) in ours.items():
        assert told[switch][1] == children
        if leaf_nodes:
            assert sorted(told[switch][0]) == sorted(leaf_nodes)
    assert sorted(node for node, _ in seen) == sorted(nodes)
    assert len({gres for _, gres in seen}) == len(find_cluster(plant).classes)
    assert sum(map(int, partitions)) == len(nodes)
    known = "pmix|state file|be lost|resolve_ctls|Plugin init"  # what any first start says, on a box without PMIx
    errors = [line for line in slurm.log.splitlines() if "error" in line and not re.search(known, line, re.I)]
    assert errors == []


@pytest.mark.parametrize("name", ["llama3_24k", "scale_350k"])
def test_slurm_reads_our_lists_as_we_do(tmp_path: Path, name: str) -> None:
    files, plant = files_of(name)
    slurm_lab.prepare(tmp_path, files, [])
    (names,) = re.findall(r"^NodeName=(\S+)", files["nodes.conf"], re.M)
    found = slurm_lab.hostnames(tmp_path, names)
    assert found == expand(names)
    assert sorted(found) == sorted(node_names(plant))


FAULTS = {
    "topology.conf": ("SwitchName=unit0-leaf Nodes=node[0-31]", "SwitchName=unit0-leaf Nodes=node[0-31],ghost"),
    "nodes.conf": ("Gres=gpu:h100:8", "Gres=fpga:h100:8"),
    "partitions.conf": ("Nodes=node[0-126]", "Nodes=node[0-999]"),
}


@pytest.mark.parametrize("file", FAULTS)
def test_slurmctld_sees_planted_faults(tmp_path: Path, file: str) -> None:
    """The judge itself: what is wrong in a file is told in the log, or it does not start."""
    files, plant = files_of("superpod_h100")
    old, new = FAULTS[file]
    assert old in files[file]
    changed: Mapping[str, str] = files | {file: files[file].replace(old, new)}
    slurm_lab.prepare(tmp_path, changed, node_names(plant))
    try:
        with slurm_lab.controller(tmp_path, 20) as slurm:
            log = slurm.log
    except AssertionError:
        log = (tmp_path / "log").read_text()
    assert re.search(r"ghost|fpga|node(\[127|127)|node999", log), log
