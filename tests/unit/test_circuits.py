"""Links through panels and trunks: what they join, how long they are, what they lose, what they are made with."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from unit.chain_walker import check
from unit.counts import Compiled, plant_of
from unit.fabrics import SPECS, built, rendered

from rackwright.backends.cabling import Cabling
from rackwright.backends.frr import Frr
from rackwright.compiler.backend import Request
from rackwright.compiler.cages import link_media, segment_media
from rackwright.compiler.checks.loss import link_losses
from rackwright.compiler.cli import main
from rackwright.compiler.names import terminal_names
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.plant import Plant
from rackwright.compiler.trunks import trunks

Spec = Callable[..., Compilation]


def port(plant: Plant, device: int, number: int) -> str:
    return f"{plant.devices.names[device]} {terminal_names(plant, plant.class_of(device), 'port')[number]}"


def joined(plant: Plant) -> set[frozenset[str]]:
    links = plant.links
    return {
        frozenset({port(plant, int(a), int(p)), port(plant, int(z), int(q))})
        for a, p, z, q in zip(links.a_device, links.a_terminal, links.z_device, links.z_terminal, strict=True)
    }


def test_every_link_of_the_lab_is_what_its_statements_say(compiled: Compiled) -> None:
    """From leaf l of rack k, uplink 4h + s goes to spine s as that spine's port 4k + 2l + h."""
    wanted = {
        frozenset({f"leaves{k}-leaf{n} eth{8 + 4 * h + s}", f"spines{s // 2}-spine{s % 2} eth{4 * k + 2 * n + h}"})
        for k in range(2)
        for n in range(2)
        for h in range(2)
        for s in range(4)
    }
    hosts = {
        frozenset({f"leaves{k}-host{h} nic0", f"leaves{k}-leaf{h // 2} eth{h % 2}"}) for k in (0, 1) for h in range(4)
    }
    plant = plant_of(compiled("lab_trunks"))
    assert joined(plant) == wanted | hosts
    assert len(plant.links) == 40 and len(plant.segments) == 8 + 32 * 4


@pytest.mark.parametrize("racks", ["1", "2", "4"])
def test_chains_walked_by_hand(compiled: Compiled, racks: str) -> None:
    plant = plant_of(compiled("lab_trunks", leaf_racks=racks))
    check(plant)


def test_a_trunk_is_one_pull_from_rack_to_rack(compiled: Compiled) -> None:
    """Both ends drop from 2.7 m; box and cassettes are 1 RU. A rack without `base` counts from its unit 1."""
    plant = plant_of(compiled("lab_trunks"))
    found = trunks(plant)
    unit = Fraction("44.45") / 1000
    for row, device in enumerate(found.device.tolist()):
        k, r = (int(i) for i in plant.devices.names[device].removeprefix("trunk").split("_"))
        base = next(e.attributes.base for e in plant.design.elements if e.kind == "rack")  # type: ignore[union-attr]
        low = base.to("m") if base is not None else Fraction(0)
        drops = [Fraction("2.7") - (low + unit * (at - 1) + unit / 2) for at in (41, 39 + k)]
        along = Fraction("0.6") * (k + r) + 2 * Fraction(1) + 3
        length = sum(drops) + along + Fraction("1.5")
        assert int(found.length_um[row]) == length * 10**6
        assert int(found.sold_um[row]) == ceil(length) * 10**6
        assert plant.racks.names[int(found.a_rack[row])] == f"leaves{k}"
        assert plant.racks.names[int(found.z_rack[row])] == f"spines{r}"
        assert (int(found.legs[row]), int(found.used[row])) == (12, 8)


def test_loss_by_hand(compiled: Compiled) -> None:
    """Two cassettes of two mated pairs each: 4 x 0.35 dB; and 1 dB/km of what is bought."""
    plant = plant_of(compiled("lab_trunks"))
    found, pulls = link_losses(plant), trunks(plant)
    ways, segments = plant.circuits, plant.segments
    assert ways is not None
    optical = [row for row in range(len(plant.links)) if int(ways.head[row]) != int(ways.tail[row])]
    assert len(optical) == 32
    for row in optical:
        cords = [int(n) for n in segments.length_um[ways.circuit == row] if n]
        assert len(cords) == 2
        inside = np.flatnonzero(ways.passages.circuit == row)
        trunk = next(d for d in ways.passages.a_device[inside].tolist() if d in pulls.device.tolist())
        metres = sum(ceil(Fraction(n, 10**6)) for n in cords)
        metres += int(pulls.sold_um[pulls.device.tolist().index(trunk)]) // 10**6
        assert int(found.pairs[row]) == 4
        assert int(found.least[row]) == 4 * 350_000 + metres * 1_000


def test_the_media_at_both_ends(compiled: Compiled) -> None:
    """Optics stand where active ports are; a host's link is one cable, copper up to 3 m."""
    plant = plant_of(compiled("lab_trunks"))
    names, media = link_media(plant)
    _, plugs = segment_media(plant)
    assert len(names) == 3
    for row in range(len(plant.links)):
        used = {names[int(m)].rpartition(".")[2] for m in media[row]}
        assert len(used) == 1
        if plant.devices.names[int(plant.links.a_device[row])].partition("-")[2].startswith("host"):
            far = int(plant.links.length_um[row]) > 3_000_000
            assert used == {"aoc_400g" if far else "dac_400g_qsfp_dd"}
        else:
            assert used == {"dr4_400g"}
    assert (plugs >= 0).sum() == 2 * len(plant.links)


def test_growth_changes_nothing_that_is_there(tmp_path: Path) -> None:
    """A third leaf rack: every file of an existing switch and every row of an existing cable stay."""
    before, after = (built(SPECS / "lab_trunks.rack", {"leaf_racks": n}) for n in ("2", "3"))
    one, two = (rendered(Frr(), *design, Request(named=True)) for design in (before, after))
    assert one and one.items() <= two.items()
    rows = [rendered(Cabling(), *design, Request())["cabling/cables.csv"].splitlines() for design in (before, after)]
    assert set(rows[0]) < set(rows[1])


CHOICE = """
use eia.racks as eia
use optics.ethernet as optic

switch sw {{
    peak_power = 1 kW
    height     = 1 RU

    eth[2] : port {{ speed = 800 Gbps, cage = osfp, lanes = 8, max_split = 2 }}

    split eth[*] into 2 x 400 Gbps
}}

cable near {{
    speed = 400 Gbps, ends = [osfp], medium = dac, reach = 2 m
}}

cable far {{
    speed = 400 Gbps, ends = [osfp], medium = aec, reach = 7 m
}}

choice by_length {{ prefer = {prefer} }}

rack r is eia.rack_42ru {{
    floor {{ row_pitch = 3 m, bay_pitch = 0.6 m, tray = 2.7 m, cross_aisle = 1 m, slack = 1 m }}

    low : sw  at 1 RU
    mid : sw  at 10 RU
    top : sw  at 40 RU

    link low.eth[0, 0] -> mid.eth[0, 0]  using by_length
    link low.eth[0, 1] -> top.eth[0, 1]  using by_length
    link mid.eth[1, 0] -> top.eth[1, 0]  using {other}
}}
"""


def test_all_links_of_one_plug_take_the_same(spec: Spec) -> None:
    """The far one of the two links in a cage needs the longer cable, so the near one takes it too."""
    plant = plant_of(spec(CHOICE.format(prefer="[near, far]", other="by_length")))
    names, media = link_media(plant)
    assert [names[int(m)] for m in media[:, 0]] == ["far", "far", "far"]
    assert [round(n / 10**6, 2) for n in plant.links.length_um.tolist()] == [1.4, 2.73, 2.33]


def test_a_link_takes_the_first_that_is_long_enough(spec: Spec) -> None:
    text = CHOICE.format(prefer="[near, far]", other="far").replace("low.eth[0, 1] -> top", "low.eth[1, 1] -> top")
    plant = plant_of(spec(text))
    names, media = link_media(plant)
    assert [names[int(m)] for m in media[:, 0]] == ["near", "far", "far"]
    swapped = plant_of(spec(text.replace("[near, far]", "[far, near]")))
    names, media = link_media(swapped)
    assert [names[int(m)] for m in media[:, 0]] == ["far", "far", "far"]


def test_without_passive_parts_segments_are_links(compiled: Compiled) -> None:
    plant = plant_of(compiled("lab_3tier"))
    assert plant.circuits is None
    assert plant.segments is plant.links
    assert plant.circuit.tolist() == list(range(len(plant.links)))


def test_a_trunk_is_shown_with_its_legs(root: Path) -> None:
    """Leg 5 of the trunk from leaf rack 0 to spine rack 1 is for spine 3 and uplink 0 of the leaf's second group."""
    done = CliRunner().invoke(main, ["show", str(root / "specs" / "lab_trunks.rack"), "trunk0_1"])
    assert done.exit_code == 0, done.output
    shown = [line.split() for line in done.output.splitlines()]
    assert ["ports", "16", "of", "24", "used"] in shown
    row = next(line for line in shown if line[:1] == ["a5"])
    assert row[1:4] == ["leaves0-box", "rear3_1", "z5"]
    far = CliRunner().invoke(main, ["show", str(root / "specs" / "lab_trunks.rack"), row[4]])
    assert "leaves0-leaf0 eth15 to spines1-spine1 eth1" in far.output


SHELF = """
use optics.ethernet as optic

switch sw {
    peak_power = 1 kW

    eth[16] : port { speed = 400 Gbps, cage = qsfp_dd, lanes = 8 }
}

patch cassette {
    loss = 0.1 dB, fiber = smf

    front[4] : port { connector = mpo12_apc, fibers = 12 }
    rear[4]  : port { connector = mpo12_apc, fibers = 12 }

    link front[i] -> rear[3 - i]
}

patch shelf {
    slot[2, 2] : cassette
    spare      : cassette
}

rack r {
    cabling { smf_loss = 1 dB/km, mated_loss = 0.5 dB }

    a        : sw
    z        : sw
    shelf[2] : shelf

    link a.eth[8*f + 4*c + i] -> shelf[f].slot[c, 1].front[i]  using optic.dr4_400g
    link shelf[f].slot[c, 1].rear[i] -> z.eth[8*f + 4*c + i]   using optic.dr4_400g
}
"""


def test_cassettes_in_a_shelf_are_each_their_own(spec: Spec) -> None:
    """Inside every cassette of the array port i leads to 3 - i, and the shelf itself states no loss."""
    result = spec(SHELF)
    assert [d.code for d in result.diagnostics if d.severity != "note"] == []
    plant = plant_of(result)
    wanted = {frozenset({f"a eth{4 * n + i}", f"z eth{4 * n + 3 - i}"}) for n in range(4) for i in range(4)}
    assert joined(plant) == wanted
    check(plant)
    found = link_losses(plant)
    assert set(found.parts.tolist()) == {100_000}
    assert set(found.mated.tolist()) == {1_000_000}
