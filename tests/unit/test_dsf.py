"""The scheduled fabric: the published rows come out, and every number follows from the capacity.

The figures are those of facebook/fboss at 14ec47ec (VoqConstants.h, SaiPlatform.cpp), not this compiler's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from rackwright.compiler.network.dsf import Scheduled, plan
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.plant import Ints, Plant

Compiled = Callable[..., Compilation]

R128 = {"stages": "1", "zones": "1", "edge_nodes": "16"}
R192 = {"stages": "1", "zones": "1", "rack_nodes": "192", "edge_nodes": "32"}
TWO: dict[str, str] = {}
ROWS = {"R128F40E16": R128, "R192F40E32": R192, "two stages": TWO}

LANES = 4
"""Lanes of a link of 400 Gbps, one in each of the four virtual devices of a fabric node."""


@dataclass
class Row:
    """A fabric with its switches by kind and its fabric links by the kinds at their ends."""

    plant: Plant
    fabric: Scheduled
    kind: list[str]

    def count(self, kind: str) -> int:
        return self.kind.count(kind)

    def links(self, one: str, other: str) -> int:
        return len(self.pairs(one, other)[0])

    def pairs(self, one: str, other: str) -> tuple[Ints, Ints]:
        """Devices at both ends of the links between two kinds of switches."""
        links = self.plant.links
        kind = np.array(["", *self.kind])
        at = np.full(len(self.plant.devices), 0)
        at[self.fabric.devices] = np.arange(len(self.fabric.devices)) + 1
        a, z = kind[at[links.a_device]], kind[at[links.z_device]]
        there, back = (a == one) & (z == other), (a == other) & (z == one)
        return (
            np.concatenate([links.a_device[there], links.z_device[back]]),
            np.concatenate([links.z_device[there], links.a_device[back]]),
        )

    def each(self, of: str, toward: str) -> set[int]:
        """How many links switches of one kind have to another kind."""
        return set(np.unique(self.pairs(of, toward)[0], return_counts=True)[1].tolist())


def row(result: Compilation) -> Row:
    assert result.design is not None and result.plant is not None, result.diagnostics
    (fabric,), told = plan(result.design, result.plant)
    assert not told
    plant = result.plant.at_capacity
    kinds = {(0, False): "rdsw", (0, True): "edsw", (1, False): "fdsw", (2, False): "sdsw"}
    kind = [kinds[n, e] for n, e in zip(fabric.level.tolist(), fabric.edge.tolist(), strict=True)]
    return Row(plant, fabric, kind)


def gpus(r: Row) -> int:
    """Ports of 400 Gbps from rack nodes to adapters."""
    links = r.plant.links
    racks = set(r.fabric.devices[[k == "rdsw" for k in r.kind]].tolist())
    ends = np.isin(links.a_device, list(racks)) ^ np.isin(links.z_device, list(racks))
    return int((ends & ~r.fabric.cells & (links.speed == 400 * 10**9)).sum())


@pytest.mark.parametrize(
    ("settings", "switches", "adapters", "leaf_links", "leaves_of_a_fabric_node"),
    [
        (R128, {"rdsw": 128, "fdsw": 40, "edsw": 16, "sdsw": 0}, 4608, 5760, 144),
        (R192, {"rdsw": 192, "fdsw": 40, "edsw": 32, "sdsw": 0}, 6912, 8960, 224),
        (TWO, {"rdsw": 512, "fdsw": 200, "edsw": 128, "sdsw": 128}, 18432, 25600, 128),
    ],
    ids=ROWS,
)
def test_published_rows(
    compiled: Compiled,
    settings: dict[str, str],
    switches: dict[str, int],
    adapters: int,
    leaf_links: int,
    leaves_of_a_fabric_node: int,
) -> None:
    r = row(compiled("dsf_18k", **settings))
    assert {kind: r.count(kind) for kind in switches} == switches
    assert gpus(r) == adapters
    assert r.links("rdsw", "fdsw") + r.links("edsw", "fdsw") == leaf_links
    assert r.each("rdsw", "fdsw") == r.each("edsw", "fdsw") == {40}
    down = np.concatenate([r.pairs("fdsw", "rdsw")[0], r.pairs("fdsw", "edsw")[0]])
    assert set(np.unique(down, return_counts=True)[1].tolist()) == {leaves_of_a_fabric_node}


@pytest.mark.parametrize(("settings", "lanes"), [(R128, 576), (R192, 896), (TWO, 1024)], ids=ROWS)
def test_lanes_of_a_fabric_node(compiled: Compiled, settings: dict[str, str], lanes: int) -> None:
    r = row(compiled("dsf_18k", **settings))
    ends = np.concatenate([r.plant.links.a_device[r.fabric.cells], r.plant.links.z_device[r.fabric.cells]])
    fdsw = r.fabric.devices[[k == "fdsw" for k in r.kind]]
    used = np.bincount(ends, minlength=len(r.plant.devices))[fdsw] * LANES
    assert set(used.tolist()) == {lanes}
    assert 128 * 8 == 1024


def test_two_stages(compiled: Compiled) -> None:
    r = row(compiled("dsf_18k"))
    assert r.fabric.stages == 2
    assert r.links("fdsw", "sdsw") == 25600
    assert r.each("fdsw", "sdsw") == {128}
    assert r.each("sdsw", "fdsw") == {200}
    assert 200 * LANES == 800
    below = r.fabric.level < 2
    # Four zones of GPUs and the edge, with 40 fabric nodes each.
    assert sorted(set(r.fabric.zone[below].tolist())) == [0, 1, 2, 3, 4]
    assert np.bincount(r.fabric.zone[r.fabric.level == 1]).tolist() == [40] * 5
    assert set(r.fabric.zone[r.fabric.edge].tolist()) == {4}
    assert set(r.fabric.zone[~below].tolist()) == {-1}


def test_one_stage_is_one_zone(compiled: Compiled) -> None:
    r = row(compiled("dsf_18k", **R192))
    assert r.fabric.stages == 1
    assert set(r.fabric.zone.tolist()) == {0}


def test_identifiers_of_two_stages(compiled: Compiled) -> None:
    """As VoqConstants.h allots them: 512 x 4, then 128 x 4, from 2560 on 200 x 4, from 3360 on 128 x 4."""
    r = row(compiled("dsf_18k"))
    found = {kind: np.sort(r.fabric.switch_id[[k == kind for k in r.kind]]).tolist() for kind in set(r.kind)}
    assert found == {
        "rdsw": list(range(0, 2048, 4)),
        "edsw": list(range(2048, 2560, 4)),
        "fdsw": list(range(2560, 3360, 4)),
        "sdsw": list(range(3360, 3872, 4)),
    }


def test_upward_cages(compiled: Compiled) -> None:
    """What leads to the second level is in the cages that FBOSS names for it: 33 to 96."""
    r = row(compiled("dsf_18k"))
    links, level = r.plant.links, np.full(len(r.plant.devices), -1)
    level[r.fabric.devices] = r.fabric.level
    up = (level[links.a_device] == 1) & (level[links.z_device] == 2)
    assert sorted(set((links.a_terminal[up] // 2 + 1).tolist())) == list(range(33, 97))


def test_blocks_of_hosts_do_not_overlap(compiled: Compiled) -> None:
    r = row(compiled("dsf_18k"))
    racks = r.fabric.host_base >= 0
    assert racks.tolist() == [k == "rdsw" for k in r.kind]
    base, size = r.fabric.host_base[racks], 1 << (32 - r.fabric.host_length[racks])
    order = np.argsort(base)
    assert (base[order][1:] >= (base + size)[order][:-1]).all()
    links, of = r.plant.links, np.full(len(r.plant.devices), -1)
    of[r.fabric.devices] = r.fabric.host_base
    mine = of[links.z_device] >= 0
    mine &= r.fabric.z_address >= 0
    assert int(mine.sum()) == 18432
    assert (r.fabric.z_address[mine] // 256 * 256 == of[links.z_device[mine]]).all()
    assert len(np.unique(r.fabric.loopback)) == len(r.fabric.loopback)


def test_growth_keeps_every_number(spec: Callable[[str], Compilation], compiled: Compiled, root: Path) -> None:
    """Without its last zone built, a fabric with room for it numbers the rest as before."""
    text = (root / "specs" / "dsf_18k.rack").read_text()
    assert "zone[zones]" in text
    small, whole = row(spec(text.replace("zone[zones]", "zone[zones - 1 of zones]"))), row(compiled("dsf_18k"))
    assert np.array_equal(small.fabric.switch_id, whole.fabric.switch_id)
    assert np.array_equal(small.fabric.loopback, whole.fabric.loopback)
    assert np.array_equal(small.fabric.host_base, whole.fabric.host_base)
    assert np.array_equal(small.fabric.zone, whole.fabric.zone)


def test_a_fabric_without_links_is_no_fabric(spec: Callable[[str], Compilation]) -> None:
    result = spec(
        """
        switch leaf {
            peak_power = 1 kW, cores = 4
            eth[4] : port { speed = 400 Gbps }
            fab[4] : port { speed = 400 Gbps, fabric = true }
        }
        switch top {
            peak_power = 1 kW, cores = 4
            fab[8] : port { speed = 400 Gbps, fabric = true }
        }
        param wired = false
        rack r {
            leaf[2] : leaf
            top[2]  : top
            link leaf[l].fab -> top[t].fab where wired
        }
        network n {
            routing = dsf
            pools { loopback = "10.0.0.0/24" }
        }
        """
    )
    assert result.design is not None and result.plant is not None, result.diagnostics
    assert plan(result.design, result.plant) == ((), ())
