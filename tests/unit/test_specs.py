"""The shipped designs build what their sources publish."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from unit.counts import Compiled, count, devices, elements, links_between, plant_of, racks

SPECS = sorted(p.stem for p in (Path(__file__).parents[2] / "specs").glob("*.rack"))


@pytest.mark.parametrize("name", SPECS)
def test_no_errors_and_no_warnings(compiled: Compiled, name: str) -> None:
    assert [d for d in compiled(name).diagnostics if d.severity != "note"] == []


@pytest.mark.parametrize("name", SPECS)
def test_every_port_at_most_once(compiled: Compiled, name: str) -> None:
    ends = plant_of(compiled(name)).ends
    together = np.stack([ends.device, ends.port], axis=1)
    assert len(np.unique(together, axis=0)) == len(together)


def test_llama3(compiled: Compiled) -> None:
    """arXiv 2407.21783, section 3.3.1: 24,576 GPUs, 2 servers of 8 a rack, 192 racks a pod, 8 pods, 1:7 above."""
    plant = plant_of(compiled("llama3_24k"))
    assert elements(plant, "accelerator") == 24_576
    assert racks(plant, "pod.gpu") == 1_536
    assert devices(plant, "server") == 3_072
    assert devices(plant, "switch") == 1_708
    assert len(plant.links) == 56_256
    # Full bisection in the pod: as many uplinks of a rack's switch as its servers have links, and two spare ones.
    assert links_between(plant, "pod.gpu.node", "pod.gpu.tor") == 24_576
    assert links_between(plant, "pod.gpu.tor", "pod.net.chassis") == 1_536 * 18
    # A spine has 192 links down and 28 up, nearly 7 to 1.
    assert links_between(plant, "pod.net.chassis", "agg.chassis") == 144 * 28
    down, up = 192, 28
    assert 6 < down / up < 7


# Table 4 of the NVIDIA DGX SuperPOD reference architecture, DGX H100, network fabrics:
# scalable units: nodes, leaves, spines, cables of nodes and UFM, cables from leaves to spines.
TABLE_4 = {
    1: (31, 8, 4, 252, 256),
    2: (63, 16, 8, 508, 512),
    3: (95, 24, 16, 764, 768),
    4: (127, 32, 16, 1020, 1024),
}


@pytest.mark.parametrize("units", TABLE_4)
def test_superpod(compiled: Compiled, units: int) -> None:
    nodes, leaves, spines, down, up = TABLE_4[units]
    plant = plant_of(compiled("superpod_h100", su=str(units)))
    assert (count(plant)["node"], count(plant)["unit.leaf"], count(plant)["spine"]) == (nodes, leaves, spines)
    assert links_between(plant, "node", "unit.leaf") + links_between(plant, "ufm", "unit.leaf") == down
    assert links_between(plant, "unit.leaf", "spine") == up
    assert elements(plant, "accelerator") == 8 * nodes


def test_superpod_uplinks_are_spread_evenly(compiled: Compiled) -> None:
    plant = plant_of(compiled("superpod_h100", su="3"))
    classes = {plant.design.path(c.element): c for c in plant.classes}
    spine = classes["spine"]
    ends = np.diff(plant.ends.start)[spine.first : spine.first + spine.count]
    assert set(ends.tolist()) == {768 // 16}


@pytest.mark.parametrize("units", ["0", "5"])
def test_superpod_ends_at_four_units(compiled: Compiled, units: str) -> None:
    result = compiled("superpod_h100", su=units)
    assert any(d.severity == "error" for d in result.diagnostics)


def test_scale(compiled: Compiled) -> None:
    plant = plant_of(compiled("scale_350k"))
    assert elements(plant, "accelerator") == 350_208
    assert devices(plant, "server") == 43_776
    assert devices(plant, "switch") == 5_472 + 6_144 + 3_648
    assert len(plant.links) == 1_050_624
    assert links_between(plant, "pod.segment.server", "pod.segment.leaf") == 350_208
    assert links_between(plant, "pod.segment.leaf", "pod.rail.spine") == 350_208
    assert links_between(plant, "pod.rail.spine", "plane.core") == 350_208


def test_lab(compiled: Compiled) -> None:
    plant = plant_of(compiled("lab_4x2"))
    assert (devices(plant, "switch"), devices(plant, "server"), len(plant.links)) == (6, 8, 16)
    assert (plant.links.length_um > 0).all()


def test_lab_of_three_tiers(compiled: Compiled) -> None:
    plant = plant_of(compiled("lab_3tier"))
    assert (devices(plant, "switch"), devices(plant, "server"), len(plant.links)) == (20, 16, 64)
    assert links_between(plant, "pod.k.leaf", "pod.net.spine") == 2 * 4 * 3
    # Two parallel links from each of the six spines to each of the two cores of its plane.
    assert links_between(plant, "pod.net.spine", "plane.core") == 6 * 2 * 2
    assert (plant.links.length_um > 0).all()


def test_dual_plane_rail(compiled: Compiled) -> None:
    """OPG-256 dual-plane of the OCP open cluster designs, connectivity-map.csv: back-end devices, links and cages."""
    plant = plant_of(compiled("dual_plane_rail"))
    assert count(plant) == {"k.server": 32, "plane.leaf": 2 * 4, "plane.spine": 2 * 2}
    assert links_between(plant, "k.server", "plane.leaf") == 256 + 256
    assert links_between(plant, "plane.leaf", "plane.spine") == 128 + 128
    assert elements(plant, "nic") == 256
    ends = plant.ends
    names = plant.devices.names
    joined: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for device, port, peer, peer_port in zip(
        ends.device.tolist(), ends.port.tolist(), ends.peer_device.tolist(), ends.peer_port.tolist(), strict=True
    ):
        joined.setdefault((names[device], names[peer]), []).append((port, peer_port))
    # Server 2, adapters 4 and 5: third leaf of either plane, both halves of the second cage; port p leads to plane p.
    assert joined["compute002", "plane0-leaf2"] == [(2 * 4, 2 * 1), (2 * 5, 2 * 1 + 1)]
    assert joined["compute002", "plane1-leaf2"] == [(2 * 4 + 1, 2 * 1), (2 * 5 + 1, 2 * 1 + 1)]
    # be-plane-a-leaf-02 to be-plane-a-spine-02: E1/49 to E1/64 meet E1/17 to E1/32. A leaf keeps two numbers a cage.
    assert joined["plane0-leaf1", "plane0-spine1"] == [(2 * (48 + t), 16 + t) for t in range(16)]
    assert ("plane0-leaf0", "plane1-spine0") not in joined


def test_dual_plane_lab(compiled: Compiled) -> None:
    plant = plant_of(compiled("dual_plane_rail", servers="4", rails="2", rails_a_leaf="1"))
    assert (devices(plant, "switch"), devices(plant, "server"), len(plant.links)) == (8, 4, 16 + 8)


@pytest.mark.parametrize("settings", [{"servers": "5"}, {"rails": "7"}, {"rails_a_leaf": "4"}, {"spines": "5"}])
def test_dual_plane_says_what_does_not_divide(compiled: Compiled, settings: dict[str, str]) -> None:
    assert any(d.severity == "error" for d in compiled("dual_plane_rail", **settings).diagnostics)
