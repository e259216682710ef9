"""The way from one hall to another, by hand."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from unit.counts import plant_of

from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.plant import Plant

Spec = Callable[..., Compilation]

TEXT = """
use eia.racks as eia
use optics.ethernet as optic

switch sw {
    peak_power = 1 kW
    height     = 1 RU

    eth[8] : port { speed = 400 Gbps, cage = qsfp_dd, lanes = 8 }
}

rack one is eia.rack_42ru {
    base = 100 mm

    s : sw  at 20 RU
}

hall h {
    floor { row_pitch = 3 m, bay_pitch = 0.6 m, tray = 2.7 m, cross_aisle = 1 m, slack = 1 m }

    r[4] : one

    place r[i] at row i div 2, bay 1 + i mod 2
}

building b {
    floor { row_pitch = 40 m, bay_pitch = 60 m, tray = 4 m, cross_aisle = 5 m, slack = 3 m }

    h[4 of 6] : h { %s }

    link h[0].r[0].s.eth[1] -> h[0].r[3].s.eth[1]  using optic.fr4_400g
    link h[0].r[3].s.eth[0] -> h[1].r[2].s.eth[0]  using optic.fr4_400g
    link h[0].r[1].s.eth[2] -> h[3].r[0].s.eth[2]  using optic.fr4_400g

    place h[i] at row i div 2, bay i mod 2
}
"""


def length(plant: Plant, a: str, z: str) -> Fraction:
    names = plant.devices.names
    found = [
        int(plant.links.length_um[row])
        for row in range(len(plant.links))
        if {names[int(plant.links.a_device[row])], names[int(plant.links.z_device[row])]} == {a, z}
    ]
    assert len(found) == 1
    return Fraction(found[0], 10**6)


def test_from_hall_to_hall(spec: Spec) -> None:
    plant = plant_of(spec(TEXT % ""))
    z = Fraction("0.1") + Fraction("0.04445") * 19 + Fraction("0.04445") / 2
    drop = Fraction("2.7") - z
    # In one hall, rows 0 and 1, bays 1 and 2.
    own = 2 * drop + (Fraction("0.6") + 1) + (Fraction("1.2") + 1) + 3 + 1
    assert length(plant, "h0-r0-s", "h0-r3-s") == own
    # Rack 3 stands at row 1, bay 2 and rack 2 at row 1, bay 1; the halls are neighbours in row 0 of the building.
    ends = 2 * drop + (Fraction("1.2") + 1 + 3) + (Fraction("0.6") + 1 + 3) + 2 * Fraction("1.3")
    assert length(plant, "h0-r3-s", "h1-r2-s") == ends + 60 + 3
    # From row 0 of the building to its row 1, bay 1: over the crossing at bay 0.
    ends = 2 * drop + (Fraction("1.2") + 1) + (Fraction("0.6") + 1) + 2 * Fraction("1.3")
    assert length(plant, "h0-r1-s", "h3-r0-s") == ends + (0 + 60 + 2 * 5 + 40) + 3


def test_each_hall_has_its_own_tray(spec: Spec) -> None:
    """With trays 30 cm higher both drops are longer, and the climb to the building's tray is shorter."""
    low = plant_of(spec(TEXT % ""))
    tall = "floor { row_pitch = 3 m, bay_pitch = 0.6 m, tray = 3 m, cross_aisle = 1.5 m, slack = 1 m }"
    high = plant_of(spec(TEXT % tall))
    assert length(high, "h0-r0-s", "h0-r3-s") - length(low, "h0-r0-s", "h0-r3-s") == 2 * Fraction("0.3") + 1
    assert length(high, "h0-r3-s", "h1-r2-s") - length(low, "h0-r3-s", "h1-r2-s") == 1


@pytest.mark.parametrize(
    "change",
    [("    place h[i] at row i div 2, bay i mod 2\n", ""), ("tray = 4 m", "tray = 4 m"), ("row_pitch = 40 m", "")],
)
def test_what_is_not_told_is_not_measured(spec: Spec, change: tuple[str, str]) -> None:
    old, new = change
    text = TEXT % ""
    if old == "row_pitch = 40 m":  # the building's whole plan
        text = text.replace(
            "    floor { row_pitch = 40 m, bay_pitch = 60 m, tray = 4 m, cross_aisle = 5 m, slack = 3 m }\n", ""
        )
    else:
        text = text.replace(old, new)
    plant = plant_of(spec(text))
    across = length(plant, "h0-r3-s", "h1-r2-s")
    assert (across < 0) == (old != new)
    assert length(plant, "h0-r0-s", "h0-r3-s") > 0
