"""Lossless headroom: by the published formula, by the makers' tables, and against the buffer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rackwright.compiler.network.headroom import PAUSE_QUANTA, doubt, room
from rackwright.compiler.network.lossless import lossless
from rackwright.compiler.network.routing import plan
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.schema.parts import Headroom, HeadroomRow, SwitchAttributes
from rackwright.dsl.units import Quantity

Spec = Callable[..., Compilation]

ASICS = {3: (144, 19), 4: (192, 19), 6: (256, 42)}
"""Cell in bytes and pipeline in KiB of Spectrum generations: sonic-net/sonic-buildimage at 086b03bd, asic_table.j2."""

# sonic-net/sonic-swss at 18913fa3, cfgmgr/buffer_headroom_mellanox.lua, carried out with an MTU of 9100, a lossless MTU
# of 1024 and half of the packets small: generation, Gbps, lanes, metres; then xon, xoff and size in bytes.
FORMULA = [
    (3, 100, 4, 5, 19456, 59392, 78848),
    (3, 100, 4, 300, 19456, 118784, 138240),
    (3, 200, 4, 40, 19456, 80896, 100352),
    (3, 400, 8, 5, 37888, 115712, 162816),
    (3, 400, 8, 300, 37888, 352256, 399360),
    (3, 800, 8, 40, 37888, 176128, 223232),
    (4, 100, 4, 5, 19456, 72704, 92160),
    (4, 100, 4, 300, 19456, 145408, 164864),
    (4, 200, 4, 40, 19456, 99328, 118784),
    (4, 400, 8, 5, 37888, 142336, 189440),
    (4, 400, 8, 300, 37888, 433152, 480256),
    (4, 800, 8, 40, 37888, 216064, 263168),
    (6, 100, 4, 5, 43008, 91136, 134144),
    (6, 100, 4, 300, 43008, 182272, 225280),
    (6, 200, 4, 40, 43008, 123904, 166912),
    (6, 400, 8, 5, 84992, 177152, 271360),
    (6, 400, 8, 300, 84992, 540672, 634880),
    (6, 800, 8, 40, 84992, 269312, 363520),
]


def silicon(**given: Any) -> SwitchAttributes:
    return SwitchAttributes(headroom=Headroom(**given))


def of(number: int | str, unit: str) -> Quantity:
    return Quantity.of(number, unit)


@pytest.mark.parametrize(("generation", "gbps", "lanes", "metres", "xon", "xoff", "size"), FORMULA)
def test_the_published_formula(
    generation: int, gbps: int, lanes: int, metres: int, xon: int, xoff: int, size: int
) -> None:
    cell, pipeline = ASICS[generation]
    switch = silicon(cell=of(cell, "B"), pipeline=of(pipeline, "KiB"), mac_phy=of("0.8", "KiB"))
    found = room(switch, gbps * 10**9, lanes, metres, 9100)
    assert found is not None
    assert (found.xon, found.xoff, found.size) == (xon, xoff, size)
    # What is under way arrives inside the group's own room.
    assert found.total == size


# Dell-Z9864f-O64 (Tomahawk 5), pg_profile_lookup.ini at the same commit.
TABLE = [(800, 5, 729488), (800, 300, 1621536), (400, 40, 446024), (200, 5, 229362), (200, 300, 452374)]


def tomahawk5() -> SwitchAttributes:
    rows = [HeadroomRow(speed=of(s, "Gbps"), length=of(m, "m"), xoff=of(x, "B")) for s, m, x in TABLE]
    return silicon(rows=rows, size=of(18796, "B"), xon=of(0, "B"), xon_offset=of(3556, "B"))


@pytest.mark.parametrize(
    ("gbps", "wanted", "metres", "xoff"),
    [(800, 5, 5, 729488), (800, 6, 300, 1621536), (400, 1, 40, 446024), (200, 5, 5, 229362), (200, 299, 300, 452374)],
)
def test_the_table_gives_the_next_longer_cable(gbps: int, wanted: int, metres: int, xoff: int) -> None:
    found = room(tomahawk5(), gbps * 10**9, 8, wanted, 9100)
    assert found is not None
    assert (found.metres, found.xoff, found.size, found.xon, found.xon_offset) == (metres, xoff, 18796, 0, 3556)
    assert found.total == xoff + 18796


@pytest.mark.parametrize(
    ("switch", "gbps", "metres", "why"),
    [
        (SwitchAttributes(), 400, 5, "does not say what its headroom follows from"),
        (tomahawk5(), 400, 41, "has headroom for 40 m at most, and 41 m are wanted"),
        (tomahawk5(), 100, 5, "has no headroom for 100 Gbps in its table"),
        (silicon(cell=of(144, "B")), 400, 5, "does not say all of `cell`, `pipeline` and `mac_phy`"),
        (
            silicon(cell=of(144, "B"), pipeline=of(19, "KiB"), mac_phy=of(800, "B")),
            1600,
            5,
            "would need the pause time of 1600 Gbps, which no standard gives",
        ),
    ],
)
def test_headroom_is_never_invented(switch: SwitchAttributes, gbps: int, metres: int, why: str) -> None:
    assert room(switch, gbps * 10**9, 8, metres, 9100) is None
    assert doubt(switch, gbps * 10**9, metres) == why


def test_longer_and_faster_is_never_less() -> None:
    """A pause that reaches a faster peer later leaves more under way."""
    switch = silicon(cell=of(192, "B"), pipeline=of(19, "KiB"), mac_phy=of("0.8", "KiB"))
    for gbps in PAUSE_QUANTA:
        rooms = [room(switch, gbps * 10**9, 8, metres, 9100) for metres in (1, 5, 40, 300, 2000)]
        sizes = [r.size for r in rooms if r is not None]
        assert len(sizes) == 5 and sizes == sorted(sizes)


SPEC = """
use optics.ethernet as optic
switch box {{
    peak_power = 1 kW
    buffer     = {buffer}
    headroom {{ rows = [[400 Gbps, 5 m, 100 kB], [400 Gbps, 40 m, 150 kB]], size = 20 kB, xon = 0 B }}
    eth[4] : port {{
        speed = 400 Gbps, cage = osfp, lanes = 8
        names {{ frr = "swp{{eth + 1}}" }}
    }}
}}
nic card {{
    tdp = 10 W
    p : port {{ speed = 400 Gbps, cage = osfp, lanes = 8 }}
}}
server box_host {{
    peak_power = 1 kW
    nic[1] : card
}}
hall h {{
    os = frr
    leaf[2]  : box
    spine    : box
    host[2]  : box_host
    link host[n].nic[0] -> leaf[n].eth[0]
    link leaf[l].eth[1] -> spine.eth[l]
}}
network n {{
    routing = ebgp
    pools {{ loopback = "10.0.0.0/24", host = "10.1.0.0/16" }}
    roce {{
        priority = 3
        {more}
    }}
}}
"""


def test_the_rooms_of_a_switch_add_up(spec: Spec) -> None:
    result = spec(SPEC.format(buffer="100 MB", more=""))
    assert result.plant is not None
    # Lengths are unknown and no media is named: 300 m, for which the table has no row.
    assert [d.code for d in result.diagnostics if d.code == "RW7016"] == ["RW7016"]


@pytest.mark.parametrize(
    ("buffer", "more", "wrong"),
    [
        # Two ports of 20 kB + 100 kB or 150 kB; the leaf and the spine each have two links of at most 3 m (reach).
        ("240 kB", "", False),
        ("239999 B", "", True),
        ("479999 B", "classes { storage { dscp = 10, priority = 4, lossless = true } }", True),
        ("480 kB", "classes { storage { dscp = 10, priority = 4, lossless = true } }", False),
    ],
)
def test_headroom_fits_the_buffer(spec: Spec, buffer: str, more: str, wrong: bool) -> None:
    text = SPEC.format(buffer=buffer, more=more)
    for link in ("leaf[n].eth[0]", "spine.eth[l]"):
        text = text.replace(link, link + " using short")
    text += "cable short { speed = 400 Gbps, ends = [osfp], medium = dac, reach = 3 m }\n"
    result = spec(text)
    assert result.plant is not None
    found = [d for d in result.diagnostics if d.code == "RW7012"]
    assert bool(found) == wrong, result.diagnostics
    if found:
        groups = 2 if more else 1
        total = groups * 2 * 120_000
        assert "2 x 120,000 B (to 5 m)" in found[0].detail and f"= {total:,} B" in found[0].detail
    (routing,), _ = plan(result.plant.design, result.plant)
    rooms = lossless(result.plant, routing)
    assert rooms is not None and (np.unique(rooms.taken) == [rooms.groups * 240_000]).all()
