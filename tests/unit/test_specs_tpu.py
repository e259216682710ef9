"""Google's TPU v4 pod: every published count, the torus link by link, and the light through its circuit switches."""

from __future__ import annotations

import csv
import io
from collections import Counter
from fractions import Fraction
from itertools import product
from math import ceil

import numpy as np
import pytest
from unit.chain_walker import check
from unit.counts import Compiled, count, devices, elements, plant_of, plugs, racks
from unit.fabrics import rendered

from rackwright.backends.cabling import Cabling
from rackwright.compiler.checks.loss import link_losses
from rackwright.compiler.names import terminal_names
from rackwright.compiler.plant import Links, Plant
from rackwright.compiler.power.loads import loads

# TPU v4: An Optically Reconfigurable Supercomputer for Machine Learning, ISCA 2023, arXiv 2304.01433, section 2:
# "48 OCSes connect the 48 pairs of cables from 64 4^3 blocks (each 64 chips), yielding 4096 TPU v4 chips".
CUBES, CHIPS_A_CUBE, HOSTS_A_CUBE, CHIPS_A_HOST = 64, 64, 16, 4
FACES, LINKS_A_FACE = 6, 16
SWITCHES, PORTS, SPARE = 48, 136, 8

Chip = tuple[int, int, int]

SLICES: list[tuple[int, int, int]] = [(4, 4, 4), (1, 2, 3), (1, 1, 1)]
"""The whole pod and two slices of it, in cubes."""


def pod(compiled: Compiled, cubes: tuple[int, int, int] = (4, 4, 4)) -> Plant:
    if cubes == (4, 4, 4):
        return plant_of(compiled("tpu_v4_pod"))
    return plant_of(compiled("tpu_v4_pod", **{f"cubes_{axis}": str(n) for axis, n in zip("xyz", cubes, strict=True)}))


def port_names(plant: Plant, links: Links) -> list[tuple[str, str]]:
    """`device port` at both ends of each row."""
    names = {cls.index: terminal_names(plant, cls, "port") for cls in plant.classes}

    def end(device: int, port: int) -> str:
        return f"{plant.devices.names[device]} {names[int(plant.devices.cls[device])][port]}"

    columns = (links.a_device, links.a_terminal, links.z_device, links.z_terminal)
    return [(end(a, p), end(z, q)) for a, p, z, q in zip(*(c.tolist() for c in columns), strict=True)]


def at(name: str) -> tuple[Chip, str]:
    """Place of a chip in the torus, and the direction of its port, of `host03-00-07 accelerator0_1.xp`.

    A host is called by its place among hosts; its board has two chips along x and two along y.
    """
    device, port = name.split(" ")
    x, y, z = (int(i) for i in device.removeprefix("host").split("-"))
    chip, way = port.removeprefix("accelerator").split(".")
    i, j = (int(n) for n in chip.split("_"))
    return (2 * x + i, 2 * y + j, z), way


def test_what_is_published(compiled: Compiled) -> None:
    plant = pod(compiled)
    assert racks(plant, "cube") == CUBES
    assert elements(plant, "accelerator") == CUBES * CHIPS_A_CUBE == 4_096
    assert devices(plant, "server") == CUBES * HOSTS_A_CUBE == 1_024
    assert elements(plant, "accelerator") // devices(plant, "server") == CHIPS_A_HOST
    assert devices(plant, "ocs") == SWITCHES == FACES * LINKS_A_FACE // 2
    assert {cls.terminal_count("port") for cls in plant.classes_of_kind("ocs")} == {PORTS}
    assert plugs(plant, "server")["ici_bidi_osfp"] == CUBES * FACES * LINKS_A_FACE == 6_144


@pytest.mark.parametrize("cubes", SLICES)
def test_every_fibre_from_a_face_to_its_switch(compiled: Compiled, cubes: tuple[int, int, int]) -> None:
    """Each cube has two ports of each switch; those are of one dimension, one place on the face, and opposite faces."""
    plant = pod(compiled, cubes)
    seen: dict[str, dict[Chip, set[tuple[str, Chip]]]] = {}
    fibres = [pair for pair in port_names(plant, plant.segments) if "ocs" in pair[1]]
    assert len({port for _, port in fibres}) == len(fibres) == np.prod(cubes) * FACES * LINKS_A_FACE
    for chip, port in fibres:
        place, way = at(chip)
        cube, within = tuple(i // 4 for i in place), tuple(i % 4 for i in place)
        seen.setdefault(port.split(" ")[0], {}).setdefault(cube, set()).add((way, within))  # type: ignore[arg-type]
    assert len(seen) == SWITCHES
    places = set()
    for switch, of_cube in seen.items():
        assert sorted(of_cube) == list(product(*(range(n) for n in cubes)))
        (faces,) = {frozenset(faces) for faces in of_cube.values()}  # the same two of every cube
        (up, top), (down, bottom) = sorted(faces, key=lambda face: face[0], reverse=True)
        axis = "xyz".index(switch[0])
        assert (up, down) == (f"{switch[0]}p", f"{switch[0]}m")
        assert (top[axis], bottom[axis]) == (3, 0)
        assert [i for n, i in enumerate(top) if n != axis] == [i for n, i in enumerate(bottom) if n != axis]
        places.add((axis, *(i for n, i in enumerate(top) if n != axis)))
    assert places == set(product(range(3), range(4), range(4)))
    if cubes == (4, 4, 4):
        used = Counter(port.split(" ")[0] for _, port in fibres)
        assert set(used.values()) == {PORTS - SPARE}


@pytest.mark.parametrize("cubes", SLICES)
def test_the_torus_link_by_link(compiled: Compiled, cubes: tuple[int, int, int]) -> None:
    """Every chip has six links, and `up` of each leads to `down` of the next one, also around the end."""
    plant = pod(compiled, cubes)
    size = [4 * n for n in cubes]
    wanted = set()
    for chip in product(*(range(n) for n in size)):
        for axis, name in enumerate("xyz"):
            after = [*chip]
            after[axis] = (chip[axis] + 1) % size[axis]
            wanted.add(((chip, f"{name}p"), (tuple(after), f"{name}m")))
    found = set()
    for one, two in port_names(plant, plant.links):
        ends = sorted((at(one), at(two)), key=lambda end: end[1], reverse=True)
        found.add((ends[0], ends[1]))
    assert found == wanted
    assert len(plant.links) == len(wanted) == 3 * np.prod(size)
    degree = Counter(end[0] for link in found for end in link)
    assert set(degree.values()) == {6} and len(degree) == np.prod(size)


def test_copper_inside_fibre_between(compiled: Compiled) -> None:
    """A mesh of 4x4x4 has 144 links; four on each of the 16 boards, the others between trays."""
    plant = pod(compiled)
    made = Counter(plant.design.rules[rule].options[0][0].rpartition(".")[2] for rule in plant.segments.rule.tolist())
    assert made["ici_board"] == CUBES * HOSTS_A_CUBE * 4
    assert made["ici_board"] + made["ici_copper"] == CUBES * 3 * 3 * 16
    assert made["ici_bidi_osfp"] == 6_144
    # 16 cages a board: eight ends of the links of its chips lead to one another.
    assert CHIPS_A_HOST * 6 - 2 * 4 == 16
    on_board = plant.segments.a_device == plant.segments.z_device
    assert int(on_board.sum()) == made["ici_board"]


@pytest.mark.parametrize("cubes", [(4, 4, 4), (2, 1, 1)])
def test_chains_walked_by_hand(compiled: Compiled, cubes: tuple[int, int, int]) -> None:
    check(pod(compiled, cubes))


def test_light_through_a_switch(compiled: Compiled) -> None:
    """Two cords, 2 dB of the mirrors and two pairs of connectors; the budget of 4 dB holds with some to spare."""
    plant = pod(compiled)
    found, ways = link_losses(plant), plant.circuits
    assert ways is not None
    cords = [-(-int(um) // 10**6) for um in ways.segments.length_um]
    metres = Counter[int]()
    for circuit, cord in zip(ways.circuit.tolist(), cords, strict=True):
        metres[circuit] += cord
    optical = np.flatnonzero(found.pairs > 0)
    assert len(optical) == CUBES * FACES * LINKS_A_FACE // 2 == 3_072
    for link in optical.tolist():
        fibre = ceil(Fraction("0.4") * metres[link] * 1000)  # 0.4 dB/km in millionths of a dB
        assert int(found.least[link]) == fibre + 2 * 500_000 + 2_000_000 <= 4_000_000


def test_a_switch_draws_power_and_is_fed(compiled: Compiled) -> None:
    """108 W at most: Mission Apollo, arXiv 2208.10041."""
    plant = pod(compiled)
    drawn = loads(plant)
    for cls in plant.classes_of_kind("ocs"):
        assert set(drawn.peak[cls.first : cls.first + cls.count].tolist()) == {108_000}
    fed = Counter(int(device) for device in plant.feeds.z_device)
    assert all(fed[cls.first + n] == 2 for cls in plant.classes_of_kind("ocs") for n in range(cls.count))
    assert count(plant)["xrack.ocs"] == count(plant)["yrack.ocs"] == count(plant)["zrack.ocs"] == 16


def test_traces_are_not_bought_and_circuits_are_listed(compiled: Compiled) -> None:
    """One cube: 64 links stay on its boards; its 96 fibres are plugged in, and 48 cross-connects join them."""
    plant = pod(compiled, (1, 1, 1))
    tables = {
        path.removeprefix("cabling/").removesuffix(".csv"): list(csv.DictReader(io.StringIO(text)))
        for path, text in rendered(Cabling(), plant.design, plant).items()
    }
    assert len(plant.segments) == 64 + 80 + 96
    assert len(tables["cables"]) == 80 + 96 and len(tables["labels"]) == 2 * (80 + 96)
    bought = Counter[str]()
    for line in tables["bom"]:
        bought[line["category"]] += int(line["quantity"])
    assert (bought["cable"], bought["fibre"], bought["optic"]) == (80, 96, 96)
    assert sum(int(line["quantity"]) for line in tables["pulls"]) == 80 + 96
    # Every ring of a single cube closes in its switch: port 0 of 64 leads to port 64.
    ways = [(line["a_port"], line["z_port"]) for line in tables["patching"]]
    assert ways == [("port0", "port64")] * SWITCHES
    assert all(line["a_cable"] and line["z_cable"] and line["circuit"] for line in tables["patching"])
