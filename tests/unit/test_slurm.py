"""Slurm's files hold every node once, under the switches that the plant has, in lists that Slurm reads as we do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.fabrics import SPECS, built, rendered
from unit.slurm_files import agrees, expand, read_blocks, read_tree, read_yaml, records
from unit.walks import servers

from rackwright.backends.slurm import Slurm
from rackwright.backends.slurm.files import cluster_name
from rackwright.backends.slurm.hostlist import compress
from rackwright.compiler.backend import Request
from rackwright.compiler.plant import Plant

NAMES = st.from_regex(r"[a-z0-9]{1,2}[0-9]{0,3}([-._a-z][0-9]{0,2}){0,2}[a-z0-9]", fullmatch=True)


def files_of(path: Path, **settings: str) -> tuple[dict[str, str], Plant]:
    design, plant = built(path, settings)
    return {path.rpartition("/")[2]: text for path, text in rendered(Slurm(), design, plant).items()}, plant


@given(st.lists(st.tuples(NAMES, st.integers(-1, 2)), unique_by=lambda pair: pair[0], max_size=40))
def test_lists_hold_each_name_once(pairs: list[tuple[str, int]]) -> None:
    names = pl.Series([name for name, _ in pairs], dtype=pl.String)
    texts = compress(names, np.array([group for _, group in pairs], dtype=np.int64), 3)
    for group, text in enumerate(texts):
        assert sorted(expand(text)) == sorted(name for name, number in pairs if number == group)
        assert not text.startswith("[")


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["n0"], "n0"),
        (["n0", "n1", "n2", "n4"], "n[0-2,4]"),
        (["n08", "n09", "n10", "n11"], "n[08-11]"),
        (["n8", "n9", "n10"], "n[8-10]"),
        (["n08", "n9", "n010"], "n08,n9,n010"),
        (["a0-b0", "a0-b1", "a1-b0", "a1-b1"], "a[0-1]-b[0-1]"),
        (["a0-b0", "a0-b1", "a1-b0"], "a0-b[0-1],a1-b0"),
        (["p0-a0-b0", "p0-a1-b0", "p1-a0-b0", "p1-a1-b0"], "p0-a[0-1]-b0,p1-a[0-1]-b0"),
        (["t0-tor", "t1-tor"], "t0-tor,t1-tor"),  # Slurm takes no text behind a bracket
        (["0", "1"], "0,1"),
        (["0a1", "0a2", "1a1"], "0a[1-2],1a1"),
        (["n1234567890"], "n1234567890"),
    ],
)
def test_lists(names: list[str], text: str) -> None:
    assert compress(pl.Series(names), np.zeros(len(names), dtype=np.int64), 1) == [text]


def test_ranges_end_before_slurm_refuses_them() -> None:
    names = pl.Series([f"n{i}" for i in range(70_000)])
    (text,) = compress(names, np.zeros(len(names), dtype=np.int64), 1)
    assert text == "n[0-65535,65536-69999]"
    assert expand(text) == names.to_list()


@pytest.mark.parametrize(
    ("name", "network", "settings"),
    [
        ("lab_4x2", "", {}),
        ("lab_3tier", "", {}),
        ("lab_trunks", "", {}),
        ("superpod_h100", "compute", {"su": "2"}),
        ("ocp_opg", "backend", {"single_homed": "true"}),
        ("mtia_v2", "", {"compute": "3"}),
        ("llama3_24k", "backend", {"pods": "2"}),
    ],
)
def test_two_nodes_meet_where_the_plant_says(name: str, network: str, settings: dict[str, str]) -> None:
    """Their lowest common switch is as high as the lowest tier at which switches join them."""
    files, plant = files_of(SPECS / f"{name}.rack", **settings)
    agrees(read_tree(files["topology.conf"]), plant, network or plant.design.networks[0].name)


def test_nvl72_is_a_block_a_rack() -> None:
    files, plant = files_of(SPECS / "catalina_nvl72.rack")
    blocks, sizes = read_blocks(files["topology-block.conf"])
    assert {name: len(nodes) for name, nodes in blocks.items()} == {f"pod{p}-it": 18 for p in range(4)}
    assert sizes == [18]  # no fabric joins the racks
    assert sorted(node for nodes in blocks.values() for node in nodes) == sorted(servers(plant))
    both = read_yaml(files["topology.yaml"])
    assert both == {"fabric": read_tree(files["topology.conf"]), "scale-up": (blocks, sizes)}
    assert "AutoDetect=nvml" in files["gres.conf"]


def test_blocks_that_a_fabric_joins_are_one_large_block(tmp_path: Path) -> None:
    """Three domains of two trays under one leaf: the sizes are two and, as Slurm wants a power of two, four blocks."""
    text = (Path(__file__).parents[1] / "errors" / "RW8238-no-block.rack").read_text()
    for old, new in (
        ("tray[4] :", "tray[6] :"),
        ("inner   :", "inner[3] :"),
        ("inner.eth[2*t + g]", "inner[t div 2].eth[2*(t mod 2) + g]"),
        ("leaf.eth[4 + b]", "leaf.eth[6 + b]"),
    ):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "case.rack"
    path.write_text(text)
    files, _ = files_of(path)
    blocks, sizes = read_blocks(files["topology-block.conf"])
    assert list(blocks.values()) == [["tray0", "tray1"], ["tray2", "tray3"], ["tray4", "tray5"]]
    assert sizes == [2, 8]
    tree = read_tree(files["topology.conf"])
    assert {name: tree["leaf"][1] == [*blocks, name] for name in tree if name.endswith("-nodes")} == {
        "leaf-nodes": True
    }
    assert tree["leaf-nodes"] == (["box0", "box1"], [])


def test_what_a_node_has() -> None:
    files, plant = files_of(SPECS / "llama3_24k.rack")
    (node,) = records(files["nodes.conf"])
    assert (node["sockets"], node["corespersocket"], node["gres"]) == ("2", "56", "gpu:h100:8")
    assert expand(node["nodename"]) == servers(plant)
    (partition,) = records(files["partitions.conf"])
    assert partition["nodes"] == node["nodename"] and partition["default"] == "YES"
    conf = files["slurm.conf"]
    assert "include nodes.conf" in conf and "SlurmctldHost=%server:slurmctld%" in conf


def test_growth_adds_switches_and_changes_no_leaf() -> None:
    few, _ = files_of(SPECS / "llama3_24k.rack", pods="2")
    more, _ = files_of(SPECS / "llama3_24k.rack", pods="3")
    before, after = (set(f["topology.conf"].splitlines()) for f in (few, more))
    assert {line for line in before - after if "Nodes=" in line} == set()


def test_a_name_that_slurm_cannot_have_leaves_its_files_out() -> None:
    design, plant = built(Path(__file__).parents[1] / "errors" / "RW8230-slurm-name.rack")
    assert [d.code for d in Slurm().accepts(design, plant, Request())] == ["RW8232"]
    assert list(Slurm().render(design, plant, Request())) == []


@pytest.mark.parametrize("name", ["All", "localhost", "DEFAULT"])
def test_words_of_slurm_are_no_names(tmp_path: Path, name: str) -> None:
    case = (Path(__file__).parents[1] / "errors" / "RW8230-slurm-name.rack").read_text()
    path = tmp_path / "case.rack"
    path.write_text(
        case.replace("node[2]", "node[1]").replace("node{node}-", name).replace("        # error: [RW8230]", "")
    )
    design, plant = built(path)
    assert [d.code for d in Slurm().accepts(design, plant, Request(named=True))] == ["RW8230"]


def test_names_of_clusters() -> None:
    assert cluster_name("My Hall; x=1") == "my_hall__x_1"
    assert cluster_name("") == "cluster"


POOLS = """
use generic.lab as parts

nic test_nic {
    tdp = 20 W
    p   : port { speed = 400 Gbps, cage = osfp, lanes = 4 }
}

accelerator old_gpu { vendor = "NVIDIA", tdp = 100 W }
accelerator new_gpu { vendor = "AMD", tdp = 100 W }

server old {
    peak_power     = 1 kW
    accelerator[4] : old_gpu
    front          : parts.lab_nic
    nic[2]         : test_nic
}

server box {
    peak_power = 1 kW
    nic[1]     : parts.lab_nic
}

server new {
    peak_power     = 1 kW
    accelerator[8] : new_gpu
    front          : parts.lab_nic
    nic[2]         : test_nic
}

switch leaf {
    peak_power = 1 kW
    eth[16] : port { speed = 400 Gbps, cage = osfp, lanes = 4 }
}

hall h {
    a[3]   : old
    b[2]   : new
    left   : leaf
    right  : leaf
    front  : parts.lab_switch
    store  : box

    link a[n].nic[r].p -> left.eth[2*n + r]   on one
    link b[n].nic[r].p -> right.eth[2*n + r]  on other
    link a[n].front.p  -> front.eth[n]        on frontend
    link b[n].front.p  -> front.eth[4 + n]    on frontend
    link store.nic[0]  -> front.eth[15]       on frontend
}

network one      { routing = none }
network other    { routing = none }
network frontend { routing = none }
"""


def test_pools_with_fabrics_of_their_own_are_trees_side_by_side(tmp_path: Path) -> None:
    """A front-end that joins them makes them no one fabric, and a server without accelerators is no node."""
    path = tmp_path / "pools.rack"
    path.write_text(POOLS)
    files, _ = files_of(path)
    assert read_tree(files["topology.conf"]) == {
        "left": (["a0", "a1", "a2"], []),
        "right": (["b0", "b1"], []),
    }
    partitions = {r["partitionname"]: (r["nodes"], "default" in r) for r in records(files["partitions.conf"])}
    assert partitions == {"a": ("a[0-2]", True), "b": ("b[0-1]", False)}
    assert [r["gres"] for r in records(files["nodes.conf"])] == ["gpu:old_gpu:4", "gpu:new_gpu:8"]
    assert [r["autodetect"] for r in records(files["gres.conf"])] == ["nvml", "rsmi"]
