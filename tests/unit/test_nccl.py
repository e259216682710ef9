"""NCCL's files: what follows from the fabric is set, PCI trees are those of parts, ranks are where they are placed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from unit.fabrics import SPECS, built, rendered

from rackwright.backends.nccl import Nccl
from rackwright.compiler.backend import Request
from rackwright.compiler.plant import Plant
from rackwright.compiler.simulation import Placed, place

SWITCHED = """
use generic.lab as parts
use nvidia.gpus
use nvidia.nics

part pcie_switch {
    accelerator[2] : gpus.h100_sxm {
        pci = ["0000:1b:00.0", "0000:1c:00.0", "0000:9b:00.0", "0000:9c:00.0"]
    }
    nic[2] : nics.connectx7_400g {
        pci = ["0000:1e:00.0", "0000:1d:00.0", "0000:9d:00.0", "0000:9e:00.0"]
    }
}

server box {
    peak_power = 1 kW
    scale_up   = switch
    board[2]   : pcie_switch { pci = ["0000:15:01.0", "0000:95:01.0"], numa = [0, 1] }
}

switch leaf {
    peak_power = 1 kW
    eth[16] : port { speed = 400 Gbps, cage = qsfp112, lanes = 4 }
}

hall h {
    node[2] : box
    leaf[4] : leaf
    link node[n].board[b].nic[r].p -> leaf[2*b + r].eth[n]
}

network fabric {
    routing = ebgp { }
    pools   { loopback = "10.255.0.0/16", host = "10.0.0.0/12" }
    roce    { dscp = 26, ecn = 1 MB .. 2 MB at 5 % }
}

workload train {
    ranks      = h.node[*].board[*].accelerator[*]
    placement  = packed
    collective = all_reduce 1 MiB
}
"""


def files_of(path: Path, **settings: str) -> tuple[dict[str, str], Plant]:
    design, plant = built(path, settings)
    return rendered(Nccl(), design, plant), plant


def written(folder: Path, text: str) -> Path:
    path = folder / "case.rack"
    path.write_text(text)
    return path


def conf(text: str) -> dict[str, str]:
    """Lines of nccl.conf without comments."""
    found = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return {key: value for key, _, value in found}


@pytest.mark.parametrize(
    ("name", "where", "expected"),
    [
        # 4 * 26 + ECT(0); a server of llama3 has one leaf, one of the SuperPOD a leaf for each rail.
        ("llama3_24k", "pod-gpu-node", {"NCCL_IB_TC": "106", "NCCL_CROSS_NIC": "1"}),
        ("superpod_h100", "node", {"NCCL_CROSS_NIC": "0"}),
        ("dual_plane_rail", "k-server", {"NCCL_IB_TC": "106", "NCCL_CROSS_NIC": "0"}),
        ("ocp_opg", "compute", {"NCCL_IB_TC": "106"}),
        ("catalina_nvl72", "pod-it-tray", {}),
    ],
)
def test_settings_follow_from_the_fabric(name: str, where: str, expected: dict[str, str]) -> None:
    files, _ = files_of(SPECS / f"{name}.rack")
    assert conf(files[f"schedulers/nccl/servers/{where}/nccl.conf"]) == expected


def test_rccl_has_the_same_settings(tmp_path: Path) -> None:
    text = SWITCHED.replace("use nvidia.gpus\n", "use nvidia.gpus\nuse amd.instinct\n").replace(
        "gpus.h100_sxm {", "instinct.mi300x {"
    )
    files, _ = files_of(written(tmp_path, text))
    assert conf(files["schedulers/nccl/servers/node/nccl.conf"]) == {"NCCL_IB_TC": "106", "NCCL_CROSS_NIC": "0"}
    assert "schedulers/nccl/servers/node/topology.xml" not in files


def test_ports_of_other_networks_are_for_setting_up(tmp_path: Path) -> None:
    text = SWITCHED.replace("board[2] ", "front : parts.lab_nic\n    board[2] ").replace(
        "    leaf[4] : leaf\n",
        "    leaf[4] : leaf\n    tor : parts.lab_switch\n    link node[n].front.p -> tor.eth[n] on management\n",
    )
    text = text.replace(".eth[n]\n}", ".eth[n] on fabric\n}") + "\nnetwork management { routing = none }\n"
    files, _ = files_of(written(tmp_path, text))
    found = conf(files["schedulers/nccl/servers/node/nccl.conf"])
    assert found == {"NCCL_IB_TC": "106", "NCCL_CROSS_NIC": "0", "NCCL_SOCKET_IFNAME": "=eth1"}


def test_the_pci_tree_is_that_of_the_parts(tmp_path: Path) -> None:
    files, _ = files_of(written(tmp_path, SWITCHED))
    root = ElementTree.fromstring(files["schedulers/nccl/servers/node/topology.xml"])
    assert (root.tag, root.attrib) == ("system", {"version": "1"})
    found = {
        cpu.attrib["numaid"]: {
            bridge.attrib["busid"]: (bridge.attrib["class"], [(d.attrib["busid"], d.attrib["class"]) for d in bridge])
            for bridge in cpu
        }
        for cpu in root
    }
    gpu, nic, bridge = "0x030200", "0x020000", "0x060400"
    assert found == {
        "0": {
            "0000:15:01.0": (
                bridge,
                [("0000:1b:00.0", gpu), ("0000:1c:00.0", gpu), ("0000:1d:00.0", nic), ("0000:1e:00.0", nic)],
            )
        },
        "1": {
            "0000:95:01.0": (
                bridge,
                [("0000:9b:00.0", gpu), ("0000:9c:00.0", gpu), ("0000:9d:00.0", nic), ("0000:9e:00.0", nic)],
            )
        },
    }


def test_no_tree_without_every_address(tmp_path: Path) -> None:
    text = re.sub(r"nics.connectx7_400g \{.*?\}", "nics.connectx7_400g", SWITCHED, flags=re.S)
    design, plant = built(written(tmp_path, text))
    (told,) = Nccl().accepts(design, plant, Request())
    assert told.code == "RW8243" and "`nic` has no `pci`" in told.detail
    assert not [a for a in Nccl().render(design, plant, Request()) if a.path.endswith(".xml")]


def test_nothing_is_said_of_addresses_unless_asked() -> None:
    design, plant = built(SPECS / "superpod_h100.rack")
    assert list(Nccl().accepts(design, plant, Request())) == []


@pytest.mark.parametrize("placement", ["packed", "spread", "rail"])
def test_ranks_are_where_the_workload_places_them(tmp_path: Path, placement: str) -> None:
    files, plant = files_of(written(tmp_path, SWITCHED.replace("= packed", f"= {placement}")))
    at = "schedulers/nccl/workloads/train/"
    (workload,) = plant.design.workloads
    placed = place(plant, workload)
    assert isinstance(placed, Placed)
    hosts = [plant.devices.names[device] for device in placed.device.tolist()]
    assert files[at + "ranks.txt"].splitlines() == hosts
    rows = [f"{r},{host},{slot}" for r, (host, slot) in enumerate(zip(hosts, placed.slot.tolist(), strict=True))]
    assert files[at + "ranks.csv"].splitlines() == ["rank,host,accelerator", *rows]
    assert files[at + "hosts.txt"].splitlines() == ["node0", "node1"]
    assert files[at + "hostfile"].splitlines() == ["node0 slots=4", "node1 slots=4"]
    assert (at + "torchrun.sh" in files) == (placement != "rail")


def test_names_with_dots_are_not_cut_at_the_first(tmp_path: Path) -> None:
    name = "schedulers/nccl/workloads/train/torchrun.sh"
    assert "$(hostname -s)" in files_of(written(tmp_path, SWITCHED))[0][name]
    dotted = SWITCHED.replace("node[2] : box", 'node[2] : box { name = "node{node}.lab" }')
    assert dotted != SWITCHED
    assert "$(hostname)}" in files_of(written(tmp_path, dotted))[0][name]


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs sh")
def test_torchrun_is_told_its_place(tmp_path: Path) -> None:
    """The script under a shell, with a torchrun that prints its arguments."""
    files, _ = files_of(written(tmp_path, SWITCHED))
    for name in ("torchrun.sh", "hosts.txt"):
        (tmp_path / name).write_text(files[f"schedulers/nccl/workloads/train/{name}"])
    fake = tmp_path / "bin" / "torchrun"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    fake.chmod(0o755)
    env = os.environ | {"PATH": f"{fake.parent}:{os.environ['PATH']}", "RACKWRIGHT_HOST": "node1"}
    run = ["sh", str(tmp_path / "torchrun.sh"), "train.py", "a b"]
    done = subprocess.run(run, env=env, capture_output=True, text=True)
    expected = ["--nnodes=2", "--nproc-per-node=4", "--node-rank=1", "--master-addr=node0", "--master-port=29500"]
    assert done.stdout.splitlines() == [*expected, "train.py", "a b"], done.stderr
    lost = subprocess.run(run, env=env | {"RACKWRIGHT_HOST": "node"}, capture_output=True, text=True)
    assert lost.returncode != 0 and "node is not in hosts.txt" in lost.stderr
