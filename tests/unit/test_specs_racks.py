"""The designs with power, coolant and floor: Catalina's NVL72, MTIA, and the hall of 24,576 GPUs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from unit.counts import Compiled, count, devices, elements, links_between, plant_of, plugs, racks

from rackwright.compiler.cooling import cooling
from rackwright.compiler.instances import sum_by_instance
from rackwright.compiler.plant import Plant
from rackwright.compiler.power.budget import Budget, Table, budget
from rackwright.compiler.power.failover import failover
from rackwright.compiler.space import floor_plan


def table(found: Budget, plant: Plant, path: str) -> Table:
    return next(t for t in found.tables if plant.design.path(t.element.index) == path)


def element(plant: Plant, path: str) -> int:
    return next(e.index for e in plant.design.elements if plant.design.path(e.index) == path)


# Catalina: https://docs.nvidia.com/dgx/dgxgb200-user-guide/hardware.html, a rack.

PODS = 4
TRAY, SWITCH_TRAY, FRONT = 6300, 800, 1400
"""Peak of a compute tray, an NVLink switch tray and a Wedge400 in W."""


def catalina(compiled: Compiled) -> Plant:
    return plant_of(compiled("catalina_nvl72"))


def test_an_nvl72(compiled: Compiled) -> None:
    plant = catalina(compiled)
    assert elements(plant, "accelerator") == 72 * PODS
    assert elements(plant, "cpu") == 36 * PODS
    assert count(plant)["pod.it.tray"] == 18 * PODS
    assert count(plant)["pod.it.nvswitch"] == 9 * PODS
    assert count(plant)["pod.it.shelf"] == 8 * PODS
    # Four ConnectX-7 and two BlueField-3 a tray, two chips a switch tray.
    assert elements(plant, "nic") == (4 + 2) * 18 * PODS
    assert sum(2 * c.count for c in plant.classes if plant.design.path(c.element) == "pod.it.nvswitch") == 18 * PODS
    assert links_between(plant, "pod.it.tray", "pod.it.nvswitch") == 1296 * PODS
    assert links_between(plant, "pod.it.tray", "pod.it.front") == 18 * PODS
    # 900 GB/s a GPU each way, 1.8 TB/s both ways: 129.6 TB/s a rack.
    nvlink = next(r.index for r in plant.design.rules if "nvlink" in str(r.network))
    rate = plant.links.speed[plant.links.rule == nvlink]
    assert int(rate.sum()) * 2 // 8 // PODS == Fraction("129.6") * 10**12


def test_every_gpu_reaches_every_chip_once(compiled: Compiled) -> None:
    plant = catalina(compiled)
    names, links = plant.devices.names, plant.links
    seen: dict[tuple[str, int], set[tuple[str, int]]] = {}
    used: set[tuple[str, int]] = set()
    for a, p, z, q in zip(
        links.a_device.tolist(),
        links.a_terminal.tolist(),
        links.z_device.tolist(),
        links.z_terminal.tolist(),
        strict=True,
    ):
        if "nvswitch" in names[z]:
            # Ports of a tray are numbered GPU by GPU, 18 each; those of a switch tray chip by chip, 72 each.
            seen.setdefault((names[a], p // 18), set()).add((names[z], q // 72))
            used.add((names[z], q))
    assert len(seen) == 72 * PODS
    assert {len(chips) for chips in seen.values()} == {18}
    assert len(used) == 1296 * PODS
    assert all(a[:4] == z[:4] for (a, _), chips in seen.items() for z, _ in chips)  # pod0, pod1, …


def test_scale_up_is_no_routed_network(compiled: Compiled) -> None:
    result = compiled("catalina_nvl72")
    assert result.design is not None
    assert [(n.name, n.attributes.routing.kind) for n in result.design.networks] == [
        ("frontend", "none"),
        ("nvlink", "none"),
    ]
    assert {r.network for r in result.design.rules if r.medium == "link"} == {"nvlink", "frontend"}


def test_power_of_an_nvl72(compiled: Compiled) -> None:
    plant = catalina(compiled)
    found = budget(plant)
    load = 18 * TRAY + 9 * SWITCH_TRAY + FRONT
    assert table(found, plant, "pod.it").peak.tolist() == [load * 1000] * PODS
    assert 120_000 <= load <= 140_000
    # Eight shelves share it: 46.2 % of 33 kW each, between 97 % (at 30 %) and 97.5 % (at 50 %).
    each = Fraction(load, 8)
    share = each / 33_000
    efficiency = Fraction("0.97") + Fraction("0.005") * (share - Fraction("0.3")) / Fraction("0.2")
    efficiency = Fraction(int(efficiency * 10**6), 10**6)
    taken = sum_by_instance(plant, element(plant, "pod.it.shelf"), found.flow.input[0])
    assert abs(Fraction(int(taken[0]), 1000) - each / efficiency) < Fraction(1, 100)
    assert 124_000 < 8 * int(taken[0]) / 1000 < 126_000


def test_heat_of_an_nvl72(compiled: Compiled) -> None:
    plant = catalina(compiled)
    found = cooling(plant)
    rack = element(plant, "pod.it")
    liquid = sum_by_instance(plant, rack, found.liquid_mw)
    air = sum_by_instance(plant, rack, found.air_mw)
    # 5.4 kW of superchips in each tray, 85 % of each switch tray; all else and the shelves' losses into the air.
    expected = 18 * 5400 + 9 * SWITCH_TRAY * Fraction("0.85")
    assert abs(int(liquid[0]) - expected * 1000) <= 27
    assert 18_000_000 < int(air[0]) < 23_000_000
    # Published: 1.5 L/min a kW; here PG25 at 10 K, 60000 / (1020 x 3950 x 10) L/min a W.
    flow = sum_by_instance(plant, element(plant, "pod.it.manifold"), found.flow_ml_min)
    per_watt = Fraction(60_000, 1020 * 3950 * 10)
    assert abs(int(flow[0]) - 1000 * per_watt * expected) < 100
    assert Fraction(int(flow[0]), 1000) / (expected / 1000) < Fraction("1.5")
    tray = found.flow_ml_min[plant.devices.names.index("pod0-it-tray0")]
    assert 8_000 < int(tray) <= 9_000  # ORv3 BMQC: 9 L/min at most


def test_a_busway_of_an_nvl72_may_fail(compiled: Compiled) -> None:
    plant = catalina(compiled)
    cases = [c for c in failover(plant) if c.kind == "feeder" and c.element in ("busway", "board", "grid")]
    assert cases
    for case in cases:
        assert (case.verdict, case.overloads, case.dark_power) == ("holds", (), 0), case


@pytest.mark.parametrize("pods", ["1", "5", "8"])
def test_rows_of_catalina(compiled: Compiled, pods: str) -> None:
    result = compiled("catalina_nvl72", pods=pods)
    assert [d for d in result.diagnostics if d.severity != "note"] == []
    assert elements(plant_of(result), "accelerator") == 72 * int(pods)


# MTIA: Meta's Second Generation AI Chip, ISCA 2025, section 3.4, and Meta's blog of 2024-04-10.


def test_mtia(compiled: Compiled) -> None:
    plant = plant_of(compiled("mtia_v2"))
    assert elements(plant, "accelerator") == 72 * 8
    chassis = count(plant)["compute.chassis"]
    assert chassis == 3 * 8
    boards = [e for e in plant.design.elements if e.name == "board"]
    assert [e.dims[0].size for e in boards] == [12]
    assert elements(plant, "accelerator") == chassis * 12 * 2
    # Two processors of two adapters of 200 Gbps for 24 accelerators: 4.17 GB/s each.
    assert links_between(plant, "compute.chassis", "compute.tor") == 4 * chassis
    assert round(4 * 200 / 8 / 24, 2) == 4.17
    assert elements(plant, "cpu") == 2 * chassis


def test_mtia_racks_scale_each_by_itself(compiled: Compiled) -> None:
    small = plant_of(compiled("mtia_v2"))
    large = plant_of(compiled("mtia_v2", compute="16", storage="4", planes="6"))
    for plant, compute, storage, planes in ((small, 8, 2, 4), (large, 16, 4, 6)):
        assert (racks(plant, "compute"), racks(plant, "storage"), racks(plant, "net")) == (compute, storage, 1)
        assert links_between(plant, "compute.tor", "net.plane") == compute * planes
        assert links_between(plant, "storage.tor", "net.plane") == storage * planes
        # Switches at the top of the racks plug into all planes; planes have an optic for each.
        assert plugs(plant, "switch")["dr4_400g"] == 2 * (compute + storage) * planes
    # What stands already keeps its cables.
    assert small.links.length_um.min() > 0


def test_mtia_is_cooled_by_air(compiled: Compiled) -> None:
    plant = plant_of(compiled("mtia_v2"))
    found = cooling(plant)
    assert int(found.liquid_mw.sum()) == 0
    assert int(found.air_mw.sum()) == int(found.heat_mw.sum()) > 0
    assert found.airflow_known.all()


def test_an_mtia_rack_fits_its_shelf(compiled: Compiled) -> None:
    plant = plant_of(compiled("mtia_v2"))
    peak = table(budget(plant), plant, "compute").peak
    # Three chassis of 3.6 kW, a switch of 1.4 kW with four optics of 12 W.
    assert set(peak.tolist()) == {(3 * 3600 + 1400 + 4 * 12) * 1000}
    assert int(peak.max()) <= 15_000_000


@pytest.mark.parametrize("settings", [{"compute": "0"}, {"compute": "17"}, {"storage": "0"}, {"planes": "7"}])
def test_mtia_ends_where_its_row_ends(compiled: Compiled, settings: dict[str, str]) -> None:
    assert any(d.severity == "error" for d in compiled("mtia_v2", **settings).diagnostics)


# 24,576 GPUs: the rack by FBOSS network hardware specs, section 1.1 (ORv3-600A, about 29 kW).


def test_a_rack_of_24k_fits_the_600a_busbar(compiled: Compiled) -> None:
    plant = plant_of(compiled("llama3_24k"))
    peak = table(budget(plant), plant, "pod.gpu").peak
    # Two servers of 10.2 kW, a switch of 2 kW with 18 optics of 12 W; copper takes none.
    assert set(peak.tolist()) == {(2 * 10_200 + 2_000 + 18 * 12) * 1000}
    assert int(peak.max()) <= 600 * 48 * 1000 <= 29_000_000


def test_the_hall_of_24k(compiled: Compiled) -> None:
    """Every rack inside the walls, and a row's racks 600 mm apart."""
    plant = plant_of(compiled("llama3_24k"))
    plan = floor_plan(plant)
    assert (plant.racks.row >= 0).all() and (plant.racks.bay >= 0).all()
    assert len(plant.racks) == 8 * (192 + 9) + 14
    places = np.stack([plant.racks.row, plant.racks.bay], axis=1)
    assert len(np.unique(places, axis=0)) == len(plant.racks)
    assert plan is not None


def test_lengths_of_24k(compiled: Compiled) -> None:
    """One cable of each sort by the rule of docs/explanation/lengths.md, in mm."""
    plant = plant_of(compiled("llama3_24k"))
    names, links = plant.devices.names, plant.links
    of_pair = {
        (names[a], names[z]): length
        for a, z, length in zip(links.a_device.tolist(), links.z_device.tolist(), links.length_um.tolist(), strict=True)
        if names[a].startswith("pod0-")
    }
    orv3, eia, half_server = 90, 100, Fraction(8 * 48, 2)
    tor = orv3 + 21 * 48 + Fraction(4) * Fraction("44.45") / 2
    server = orv3 + 2 * 48 + half_server
    assert of_pair["pod0-gpu0-node0", "pod0-gpu0-tor"] == (tor - server + 1000) * 1000
    # Rack 100 is in row 2, bay 3 + 4; spine 3 in rack 1, row 1, bay 0, from 22 RU: rows 1 and 2 face each other over a
    # cold aisle of 3 m. Both go to the aisle beside bay 0.
    spine = eia + 21 * Fraction("44.45") + 16 * Fraction("44.45") / 2
    way = (2800 - tor) + (2800 - spine) + (7 * 600 + 1200) + 1200 + 3000 + 1000
    assert of_pair["pod0-gpu100-tor", "pod0-net1-chassis1"] == way * 1000
    assert int(links.length_um.min()) > 0


def test_heat_of_24k_leaves_with_the_air(compiled: Compiled) -> None:
    """Fan walls of 5 MW a pod carry all of it, their own power too; Meta tells of a PUE of 1.08 (2023)."""
    plant = plant_of(compiled("llama3_24k"))
    heat, power = cooling(plant), budget(plant)
    fans = element(plant, "fans")
    taken = sum_by_instance(plant, fans, heat.air_taken[0])
    assert len(taken) == 8
    assert int(taken.sum()) == int(heat.heat_mw.sum()) == int(power.whole.peak[0]) + int(power.whole.loss[0])
    assert int(taken.max()) <= 5_000_000_000
    machines = int(power.whole.peak[0]) - 8 * 150_000_000
    assert 1.06 < int(heat.heat_mw.sum()) / machines < 1.08


def test_power_of_24k_comes_from_the_grid(compiled: Compiled) -> None:
    plant = plant_of(compiled("llama3_24k"))
    found = budget(plant)
    assert devices(plant, "shelf") == 2 * 1536
    grid = table(found, plant, "grid")
    whole = found.whole
    # Everything is fed: what leaves the grid is all loads and all losses.
    assert int(grid.peak[0]) == int(whole.peak[0]) + int(whole.loss[0])
    # "Low 10s of megawatts" a building, and all nameplates together.
    assert 30_000_000_000 < int(grid.peak[0]) < 40_000_000_000
