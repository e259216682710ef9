"""Heat, coolant, air, temperatures and pressure, worked out by hand and by plain loops."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from rackwright.compiler.cooling import UNKNOWN, Cooling, complete, cooling
from rackwright.compiler.cooling.properties import air_density, air_factor, coolant_factor
from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.plant import Plant
from rackwright.compiler.power.flow import flow
from rackwright.compiler.schema import CoolingAttributes, PartAttributes
from rackwright.compiler.shares import layers, part, scaled, small, turns
from rackwright.dsl.format import format_source
from rackwright.dsl.source import Source
from rackwright.dsl.units import Quantity

Spec = Callable[..., Compilation]

PARTS = """
server wet {
    peak_power = 10 kW, typical_power = 7 kW, liquid = 80 %, rise = 10 K, pressure_drop = 50 kPa, air_rise = 12 K
    water : coolant_in
}
server pair {
    peak_power = 10 kW, liquid = 100 %, coolant_flow = 13 L/min, pressure_drop = 30 kPa
    water[2] : coolant_in
}
manifold rail {
    flow = 100 L/min, pressure_drop = 20 kPa
    in_[2]  : coolant_in
    out[16] : coolant_out
}
cdu pump {
    heat = 100 kW, flow = 200 L/min, head = 150 kPa, coolant = pg25, approach = 4 K, rise = 6 K, peak_power = 2 kW
    water   : coolant_in
    out[16] : coolant_out
}
chiller plant {
    heat = 500 kW, coolant = water, supply_temperature = 20 degC, peak_power = 50 kW
    out[16] : coolant_out
}
"""


def made(spec: Spec, body: str) -> Cooling:
    result = spec(PARTS + body)
    assert result.plant is not None, result.diagnostics
    return cooling(result.plant)


def at(found: Cooling, name: str) -> int:
    return found.plant.devices.names.index(name)


def test_flow_of_100_kw_of_pg25_at_10_k() -> None:
    # 100 kW / (1020 kg/m3 * 3950 J/kgK * 10 K) = 2.48201 L/s = 148.9 L/min.
    millilitres = Fraction(10**8) * coolant_factor("pg25", Fraction(10))
    assert round(float(millilitres) / 1000, 1) == 148.9
    # Water: 1.44 L/min a kW.
    assert round(float(Fraction(10**6) * coolant_factor("water", Fraction(10))) / 1000, 2) == 1.44


def test_air_agrees_with_published_limits() -> None:
    """Meta's switch specification: 0.146 CFM/W and 12 K at the sea, 0.18 CFM/W at 6,000 ft with at least 12 K."""
    assert air_density(Fraction(0)) == 1204
    thousandths = air_factor(1204, Fraction(12)) * 1000
    assert round(float(thousandths) / 1000, 3) == 0.146
    high = air_density(Fraction(6000) * Fraction("0.3048"))
    assert high == 964
    assert round(1 / (0.18 * 4.719474e-4 * high / 1000 * 1005), 2) == 12.15
    # ISO 2533: 89.875 kPa at 1,000 m.
    assert air_density(Fraction(1000)) == int(89875 / (287.0529 * 293.15) * 1000)


def test_project_deschutes(spec: Spec) -> None:
    """Google's published cdu: 2,000 kW, 500 GPM, 3 K approach, 80 psi; 0.95 L/min a kW is a rise of 15.7 K."""
    found = made(
        spec,
        """
        cdu deschutes { heat = 2000 kW, flow = 500 GPM, approach = 3 K, head = 80 psi, coolant = pg25
            peak_power = 74 kW
            out[40] : coolant_out }
        server load { peak_power = 50 kW, liquid = 100 %, rise = 15.75 K, coolant_limit = 40 degC
            water : coolant_in }
        hall h { water_temperature = 30 degC
            c      : deschutes
            s[40]  : load
            pipe c.out[i] -> s[i] }
        """,
    )
    c = at(found, "c")
    assert int(found.loops.taken[0, c]) == 2 * 10**9
    assert found.loops.delivered[c] <= 1892706  # 500 GPM
    assert round(int(found.loops.delivered[c]) / 2_000_000, 2) == 0.95
    assert int(found.temperatures.supply[c]) == 33_000
    assert int(found.temperatures.inlet[at(found, "s0")]) == 33_000


def test_heat_is_split_by_the_box_or_by_its_members(spec: Spec) -> None:
    found = made(
        spec,
        """
        accelerator chip { tdp = 1 kW, liquid = 90 %, coolant_flow = 1.5 L/min }
        server open { chip[4] : chip
            cpu : cpu { tdp = 300 W } }
        server boxed { peak_power = 6 kW, liquid = 50 %
            chip[4] : chip }
        server capped { peak_power = 3 kW
            chip[4] : chip }
        shelf psu { supply = 30 kW, efficiency = 90 %
            out : outlet }
        server fed { peak_power = 900 W
            inlet : inlet }
        rack r { a : open
            b : boxed
            c : capped
            p : psu
            f : fed
            feed p -> f }
        """,
    )
    heat, liquid = found.heat_mw, found.liquid_mw
    assert (int(heat[at(found, "a")]), int(liquid[at(found, "a")])) == (4_300_000, 3_600_000)
    assert (int(heat[at(found, "b")]), int(liquid[at(found, "b")])) == (6_000_000, 3_000_000)
    # Members give no more than the box takes.
    assert (int(heat[at(found, "c")]), int(liquid[at(found, "c")])) == (3_000_000, 3_000_000)
    # 900 W out at 90 % are 100 W of loss, in the air.
    assert (int(heat[at(found, "p")]), int(liquid[at(found, "p")])) == (100_000, 0)
    # Four cold plates in parallel of 1.5 L/min each; the box that states `liquid` itself speaks for all.
    assert int(found.flow_ml_min[at(found, "a")]) == 6_000
    assert not found.loops.flow_known[at(found, "b")]


TWO_CDUS = """
rack r {
    s[3] : wet
    p    : pair
    m    : rail
    pipe m.out[i]     -> s[i]
    pipe m.out[3 + i] -> p.water[i]
}
hall h {
    supply_temperature = 25 degC
    r[2]   : r
    cdu[2] : pump
    ch     : plant
    pipe cdu[c].out[r] -> r[r].m.in_[c]
    pipe ch.out[c]     -> cdu[c]
}
"""


def test_sums_go_up_to_the_chiller(spec: Spec) -> None:
    found = made(spec, TWO_CDUS)
    rail = at(found, "r0-m")
    each = 11_914  # 8 kW at 10 K: 11.9136 L/min, rounded up
    assert int(found.flow_ml_min[at(found, "r0-s0")]) == each
    assert int(found.loops.delivered[rail]) == 3 * each + 13_000
    assert int(found.loops.taken[0, rail]) == 34_000_000
    cdu = at(found, "cdu0")
    assert int(found.loops.taken[0, cdu]) == 34_000_000
    assert int(found.loops.taken[1, cdu]) == (3 * 5_600_000 + 10_000_000)
    # On the water side 34 kW at 6 K.
    assert int(found.flow_ml_min[cdu]) == -(-34_000_000 * 60_000 // (997 * 4181 * 6))
    assert int(found.loops.taken[0, at(found, "ch")]) == 68_000_000
    # What leaves the building: the heat of the loads for coolant and the chiller's own power.
    assert int(found.loops.rejected[0].sum()) == 68_000_000 + 50_000_000
    assert int(found.rooms.left[0][0, 0]) == 2 * 3 * 2_000_000 + 2 * 2_000_000
    assert complete(found.plant) == [
        "what takes the heat out of the room's air: the parts in the spec leave some of it there"
    ]


def test_pressure_grows_with_the_square_of_the_flow(spec: Spec) -> None:
    found = made(spec, TWO_CDUS)
    rail = at(found, "r0-m")
    through = int(found.loops.delivered[rail])
    own = -(-20_000 * through * through // 100_000**2)
    assert int(found.loops.drop[rail]) == own + 50_000
    assert int(found.loops.below[at(found, "cdu0")]) == own + 50_000
    assert int(found.loops.below[at(found, "ch")]) == 0 and not found.loops.below_known[at(found, "ch")]


def test_temperatures_come_from_the_source(spec: Spec) -> None:
    found = made(spec, TWO_CDUS)
    assert int(found.temperatures.inlet[at(found, "cdu1")]) == 20_000
    assert int(found.temperatures.supply[at(found, "cdu1")]) == 24_000
    assert int(found.temperatures.inlet[at(found, "r1-s2")]) == 24_000
    assert int(found.temperatures.air[at(found, "r1-s2")]) == 25_000
    assert int(found.temperatures.inlet[at(found, "ch")]) == UNKNOWN


def test_an_aalc_gives_heat_to_the_room_and_doors_take_theirs_first(spec: Spec) -> None:
    found = made(
        spec,
        """
        aalc side { heat = 60 kW, flow = 90 L/min, coolant = pg25, approach = 15 K, peak_power = 1 kW
            out[8] : coolant_out }
        door rear { heat = 3 kW, gives = outside, peak_power = 100 W }
        crah unit { heat = 20 kW, gives = outside, peak_power = 500 W }
        crah small { heat = 5 kW, gives = outside, peak_power = 500 W }
        rack r { a : side
            s[4] : wet
            d : rear
            pipe a.out[i] -> s[i] }
        hall h { supply_temperature = 25 degC
            r : r
            big : unit
            little : small }
        """,
    )
    a = at(found, "r-a")
    assert int(found.loops.to_air[0, a]) == 32_000_000
    assert int(found.temperatures.supply[a]) == 40_000
    # In the rack: 8 kW of the servers, 32 kW of coolant, 1.1 kW of the aalc and the door; the door takes 3 kW.
    rack = next(e.index for e in found.plant.design.elements if e.name == "r" and e.kind == "rack")
    assert int(found.rooms.given[rack][0, 0]) == 41_100_000
    assert int(found.rooms.left[rack][0, 0]) == 38_100_000
    # In the hall both units are full: 38.1 + 1 kW, of which 25 kW are taken.
    assert int(found.air_taken[0, at(found, "big")]) == 20_000_000
    assert int(found.air_taken[0, at(found, "little")]) == 5_000_000
    assert int(found.rooms.left[0][0, 0]) == 14_100_000


def test_takers_share_in_proportion(spec: Spec) -> None:
    found = made(
        spec,
        """
        server box { peak_power = 10 kW }
        crah unit { heat = 20 kW, gives = outside }
        crah small { heat = 5 kW, gives = outside }
        hall h { b : box
            big[2] : unit
            little : small }
        """,
    )
    # 10 kW over 20 + 20 + 5: 4.444… each and 1.111… kW.
    taken = [int(found.air_taken[0, at(found, name)]) for name in ("big0", "big1", "little")]
    assert sum(taken) == 10_000_000
    for got, want in zip(taken, (4_444_444, 4_444_444, 1_111_111), strict=True):
        assert abs(got - want) <= 2


def test_what_is_not_known_stays_unknown(spec: Spec) -> None:
    found = made(
        spec,
        """
        server dark { peak_power = 5 kW, liquid = 60 %
            water : coolant_in }
        cdu silent { heat = 50 kW, peak_power = 1 kW
            out[4] : coolant_out }
        rack r { c : silent
            d : dark
            w : wet
            pipe c.out[0] -> d
            pipe c.out[1] -> w }
        """,
    )
    assert not found.loops.flow_known[at(found, "d")]
    # A rise without a coolant tells nothing.
    assert not found.loops.flow_known[at(found, "w")] and int(found.flow_ml_min[at(found, "w")]) == 0
    assert not found.loops.delivered_known[at(found, "c")]
    assert not found.airflow_known[at(found, "d")] and found.airflow_known[at(found, "w")]
    assert int(found.loops.taken[0, at(found, "c")]) == 11_000_000


def test_shares_of_whole_numbers() -> None:
    import numpy as np

    z = np.array([3, 4, 3, 3, 4])
    assert turns(z).tolist() == [0, 0, 1, 2, 1]
    assert part(np.array([10, 10, 10]), np.array([3, 3, 3]), np.array([0, 1, 2])).tolist() == [4, 3, 3]
    assert scaled(np.array([7, 8]), 3, 2).tolist() == [11, 12]
    huge = Fraction(10**12 + 1, 10**12 + 7)
    numerator, denominator = small(huge)
    assert max(numerator, denominator) < 2**31 and huge <= Fraction(numerator, denominator) < huge * Fraction(
        1001, 1000
    )
    groups, rest = layers(np.array([0, 1, 1]), np.array([1, 2, 3]), 4)
    assert [g.tolist() for g in groups] == [[1, 2], [0]] and not len(rest)
    groups, rest = layers(np.array([0, 1, 2]), np.array([1, 0, 0]), 3)
    assert rest.tolist() == [0, 1, 2]


def recomputed(plant: Plant) -> dict[str, tuple[int, int]]:
    """Heat that each device takes and coolant that it delivers, by plain recursion over pipes.

    For trees of manifolds and cdus whose loads state `liquid` and `rise` or `coolant_flow`, with one coolant each.
    """
    drawn = flow(plant)
    supplies: dict[int, list[tuple[int, int]]] = {}
    ways: dict[int, int] = {}
    for a, z in zip(plant.pipes.a_device.tolist(), plant.pipes.z_device.tolist(), strict=True):
        turn = ways.get(z, 0)
        ways[z] = turn + 1
        supplies.setdefault(a, []).append((z, turn))

    def attributes(device: int) -> PartAttributes:
        found = plant.element_of(plant.class_of(device)).attributes
        assert isinstance(found, PartAttributes)
        return found

    def source(device: int) -> str:
        own = attributes(device)
        if isinstance(own, CoolingAttributes) and own.coolant is not None:
            return own.coolant
        above = [a for a, on in supplies.items() if any(z == device for z, _ in on)]
        return source(above[0])

    def need(device: int, coolant: str) -> tuple[int, int]:
        """Heat and flow that a device takes from its pipes."""
        own, kind = attributes(device), plant.element_of(plant.class_of(device)).kind
        taken, delivered = below(device)
        if kind == "manifold":
            return taken, delivered
        power = int(drawn.input[0, device] - drawn.output[0, device])
        share = own.liquid.value if own.liquid is not None else Fraction(0)
        heat = int(power * share) + taken
        if own.coolant_flow is not None:
            return heat, int(1000 * own.coolant_flow.to("L/min"))
        assert own.rise is not None
        carried = {"water": 997 * 4181, "pg25": 1020 * 3950}[coolant]
        litres = Fraction(heat, 1000) / (carried * own.rise.value) * 60_000_000
        return heat, -(-litres.numerator // litres.denominator)

    def below(device: int) -> tuple[int, int]:
        heat = amount = 0
        for z, turn in supplies.get(device, []):
            carried, needed = need(z, source(device))
            heat += (carried + ways[z] - 1 - turn) // ways[z]
            amount += (needed + ways[z] - 1 - turn) // ways[z]
        return heat, amount

    return {plant.devices.names[d]: below(d) for d in supplies}


@pytest.mark.parametrize("racks", [1, 3])
def test_columns_agree_with_plain_loops(spec: Spec, racks: int) -> None:
    found = made(spec, TWO_CDUS.replace("r[2]", f"r[{racks}]"))
    again = recomputed(found.plant)
    assert len(again) == racks + 3
    for name, (heat, amount) in again.items():
        device = at(found, name)
        assert (int(found.loops.taken[0, device]), int(found.loops.delivered[device])) == (heat, amount), name


def test_the_example_of_the_reference(spec: Spec, root: Path) -> None:
    """The hall of docs/reference/cooling.md has the figures that the page calculates."""
    page = (root / "docs" / "reference" / "cooling.md").read_text("utf-8")
    block = re.search(r"```rack\n(.*?)```", page, re.DOTALL)
    assert block is not None
    assert format_source(Source("block.rack", block[1])) == (block[1], ())
    result = spec(block[1])
    assert [d.code for d in result.diagnostics] == ["RW0006"], result.diagnostics
    assert result.plant is not None
    found = cooling(result.plant)
    litres = 8500 / (1020 * 3950 * 10) * 60_000
    assert round(litres, 3) == 12.658 and int(found.flow_ml_min[at(found, "k0-tray0")]) == 12_659
    figures = {
        "12.659": found.flow_ml_min[at(found, "k0-tray0")] / 1000,
        "101.272": found.loops.delivered[at(found, "k0-rail")] / 1000,
        "202.544": found.loops.delivered[at(found, "cdu0")] / 1000,
        "136 kW": found.loops.taken[0, at(found, "cdu0")] / 10**6,
        "66 kW": found.rooms.given[0][0, 0] / 10**6,
        "33 kW": found.air_taken[0, at(found, "handler0")] / 10**6,
        "218.9 CFM": round(int(found.airflow[at(found, "k0-tray0")]) / 1000, 1),
    }
    for text, value in figures.items():
        assert text in page.replace("\n", " ")
        assert float(text.split()[0]) == float(value), text


def test_quantities_of_a_limit() -> None:
    assert Quantity.of(500, "GPM").to("L/min") == Fraction("1892.705892")
