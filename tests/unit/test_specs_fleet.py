"""The fleet of four kinds of accelerators: its pools, its networks side by side, and what they add up to."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from unit.counts import Compiled, count, elements, links_between, plant_of, racks

from rackwright.compiler.compute import accelerators_inside, total_peak
from rackwright.compiler.names import terminal_names
from rackwright.compiler.plant import Plant

POOLS = {"h100_sxm": 256, "mi300x": 128, "tpu_v4": 128, "mtia_2i": 288}
BF16 = {"h100_sxm": 989, "mi300x": 1307, "tpu_v4": 275, "mtia_2i": 177}
"""Dense BF16 peaks in TFLOPS; where they are from is told in the catalog."""

HOSTS = {"hopper.node": 32, "cdna.node": 16, "cube.tray": 32, "mtia.chassis": 12}


@pytest.fixture
def plant(compiled: Compiled) -> Plant:
    return plant_of(compiled("hetero_fleet"))


def per_network(plant: Plant) -> dict[str, int]:
    names = [network.name for network in plant.design.networks]
    assert (plant.links.network >= 0).all()  # with several networks, one that is forgotten belongs to none
    return dict(Counter(names[n] for n in plant.links.network.tolist()))


def test_pools(plant: Plant) -> None:
    counts: Counter[str] = Counter()
    for element in accelerators_inside(plant.design, [0]):
        counts[element.definition.rpartition(".")[2]] += int(
            np.prod([d.size for d in plant.design.dims(element.index)])
        )
    assert counts == POOLS
    assert elements(plant, "accelerator") == sum(POOLS.values()) == 800
    assert {path: n for path, n in count(plant).items() if path in HOSTS} == HOSTS
    assert count(plant)["store.flash"] == 16
    assert racks(plant, "hopper") == 16 and len(plant.racks) == 16 + 8 + 2 + 4 + 2 + 5


def test_equivalents_of_h100(plant: Plant) -> None:
    """The sum over the pools of count x peak over that of an H100: 256 + 169.2 + 35.6 + 51.5."""
    wanted = sum(Fraction(POOLS[name] * BF16[name], BF16["h100_sxm"]) for name in POOLS)
    peak = total_peak(plant.design, accelerators_inside(plant.design, [0]), "bf16")
    assert peak / (BF16["h100_sxm"] * 10**12) == wanted
    assert round(float(wanted), 1) == 512.3


def test_networks_side_by_side(plant: Plant) -> None:
    """Each pool has a back end; every host has a port in the front end and one in the storage network."""
    hosts = sum(HOSTS.values())
    assert per_network(plant) == {
        "h100_backend": 2 * 256,  # a port a GPU, and as many links up
        "mi300x_backend": 2 * 128,
        "mtia_backend": 12 * 2 + 4 * 4,
        "ici": 3 * 128,
        "frontend": hosts + 4 * 8,
        "storage": hosts + 16 + 4 * 8,
    }
    assert links_between(plant, "hopper.tor", "spines.hspine") == 16 * 16
    assert links_between(plant, "cdnanet.leaf", "cdnanet.spine") == 4 * 32


@pytest.mark.parametrize("network", ["frontend", "storage"])
def test_every_host_has_one_port_in_each_service_network(plant: Plant, network: str) -> None:
    number = next(n for n, found in enumerate(plant.design.networks) if found.name == network)
    rows = plant.links.network == number
    ends = np.concatenate([plant.links.a_device[rows], plant.links.z_device[rows]])
    ports = Counter(ends.tolist())
    for cls in plant.classes_of_kind("server"):
        path = plant.design.path(cls.element)
        wanted = 0 if (path, network) == ("store.flash", "frontend") else 1
        assert {ports[cls.first + n] for n in range(cls.count)} == {wanted}, path
    switches = {plant.design.path(plant.element_of(plant.class_of(d)).index).partition(".")[0] for d in ports} - {
        path.partition(".")[0] for path in (*HOSTS, "store.flash")
    }
    assert switches == {"front" if network == "frontend" else "storagenet"}


def test_rails_of_mi300x(plant: Plant) -> None:
    """Adapter r of every server leads to leaf r div 2."""
    links = plant.links
    names = {cls.index: terminal_names(plant, cls, "port") for cls in plant.classes}
    seen: Counter[int] = Counter()
    for a, p, z in zip(links.a_device.tolist(), links.a_terminal.tolist(), links.z_device.tolist(), strict=True):
        server, leaf = plant.devices.names[a], plant.devices.names[z]
        if server.endswith(("node0", "node1")) and leaf.startswith("cdnanet"):
            rail = int(names[int(plant.devices.cls[a])][p].removeprefix("nic"))
            assert leaf == f"cdnanet-leaf{rail // 2}"
            seen[rail] += 1
    assert seen == {rail: 16 for rail in range(8)}


def test_torus_of_two_cubes(plant: Plant) -> None:
    """8x4x4, each link from `up` of a chip to `down` of the next, around the ends as well."""
    links, size = plant.links, (8, 4, 4)
    names = {cls.index: terminal_names(plant, cls, "port") for cls in plant.classes}

    def at(device: int, port: int) -> tuple[tuple[int, int, int], str]:
        x, y, z = (int(i) for i in plant.devices.names[device].removeprefix("tpu").split("-"))
        chip, way = names[int(plant.devices.cls[device])][port].removeprefix("accelerator").split(".")
        i, j = (int(n) for n in chip.split("_"))
        return (2 * x + i, 2 * y + j, z), way

    ici = next(n for n, network in enumerate(plant.design.networks) if network.name == "ici")
    rows = np.flatnonzero(links.network == ici).tolist()
    found = {
        tuple(
            sorted(
                (
                    at(int(links.a_device[row]), int(links.a_terminal[row])),
                    at(int(links.z_device[row]), int(links.z_terminal[row])),
                ),
                key=lambda end: end[1],
                reverse=True,
            )
        )
        for row in rows
    }
    wanted = set()
    for chip in product(*(range(n) for n in size)):
        for axis, name in enumerate("xyz"):
            after = [*chip]
            after[axis] = (chip[axis] + 1) % size[axis]
            wanted.add(((chip, f"{name}p"), (tuple(after), f"{name}m")))
    assert found == wanted


def test_addresses_of_networks_do_not_meet(plant: Plant) -> None:
    """Pools of the five routed networks are apart, and so are their first AS numbers."""
    from ipaddress import ip_network

    pools = []
    for network in plant.design.networks:
        found = network.attributes.pools
        if found is not None:
            pools += [ip_network(p) for p in (found.loopback, found.host, found.fabric, found.management) if p]
    assert len(pools) == 5 * 3 + 1
    assert not any(a.overlaps(b) for n, a in enumerate(pools) for b in pools[:n])
