"""Loads, flows, pools and supplies, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from unit.power_specs import Spec, built, element, plant_of

from rackwright.compiler.pipeline import Compilation
from rackwright.compiler.plant import Plant
from rackwright.compiler.power.flow import flow, pool_draw, pools
from rackwright.compiler.power.loads import loads
from rackwright.compiler.power.supply import effective_supply, supply, taken


def by_name(plant: Plant, column: np.ndarray) -> dict[str, int]:
    return {name: int(value) for name, value in zip(plant.devices.names, column, strict=True)}


def test_stated_figures_cover_what_is_inside(spec: Spec) -> None:
    found = loads(plant_of(spec, "rack r { box : box }"))
    assert found.peak.tolist() == [4_000_000]
    assert found.typical.tolist() == [3_000_000]
    assert found.typical_from_peak.tolist() == [0]


def test_members_are_summed_where_the_box_states_nothing(spec: Spec) -> None:
    found = loads(plant_of(spec, "rack r { box : open_box }"))
    # Three accelerators of 75 W and two adapters of 20 W.
    assert found.peak.tolist() == [265_000]
    assert found.typical.tolist() == found.typical_from_peak.tolist() == [265_000]


def test_typical_alone_stands_for_peak_and_is_reported(spec: Spec) -> None:
    plant = plant_of(spec, "switch quiet { typical_power = 90 W }\nrack r { s : quiet }")
    found = loads(plant)
    assert (found.peak.tolist(), found.typical.tolist()) == ([90_000], [90_000])
    assert found.unknown_parts == (element(plant, "s"),)


def test_what_states_nothing_is_unknown_unless_it_is_passive(spec: Spec) -> None:
    plant = plant_of(
        spec,
        """
        switch silent { eth[2] : port { speed = 100 Gbps } }
        part panel_of_fibre { height = 1 RU }
        part fan { inlet : inlet }
        rack r { s : silent; p : panel_of_fibre; f : fan; shelf : psu }
        """,
    )
    assert {plant.design.elements[i].name for i in loads(plant).unknown_parts} == {"s", "f"}


def test_optics_add_to_switches_and_not_to_servers_that_state_a_maximum(spec: Spec) -> None:
    plant = plant_of(
        spec,
        """
        rack r {
            tor : tor; box : box; open : open_box
            link box.nic[n] -> tor.eth[n]        using optic.aoc_100g
            link open.nic[n] -> tor.eth[2 + n]   using optic.aoc_100g
        }
        """,
    )
    end = plant.design.media["optics.ethernet.aoc_100g"].attributes.power
    assert end is not None
    each = end.whole("mW")
    found = by_name(plant, loads(plant).peak)
    assert found == {"tor": 500_000 + 4 * each, "box": 4_000_000, "open": 265_000 + 2 * each}
    assert by_name(plant, loads(plant).plugs) == {"tor": 4 * each, "box": 0, "open": 2 * each}
    # The optics publish one figure alone.
    assert by_name(plant, loads(plant).typical_from_peak)["tor"] == 4 * each


def test_a_twin_port_optic_in_a_split_cage_counts_once(spec: Spec) -> None:
    plant = plant_of(
        spec,
        """
        switch big { peak_power = 1 kW; cage[4] : port { speed = 800 Gbps, cage = osfp, lanes = 8, max_split = 2 } }
        row w {
            one : big { split cage[0..3] into 2 x 400 Gbps }
            two : big { split cage[0..3] into 2 x 400 Gbps }
            link one.cage[c, l] -> two.cage[c, l]  where c < 3 using optic.dr4_2x400g_osfp
        }
        """,
    )
    each = plant.design.media["optics.ethernet.dr4_2x400g_osfp"].attributes.power
    assert each is not None
    assert len(plant.links) == 6
    assert loads(plant).plugs.tolist() == [3 * each.whole("mW")] * 2


def test_feeds_split_equally_and_the_remainder_goes_to_the_first(spec: Spec) -> None:
    plant = plant_of(
        spec,
        """
        switch odd { peak_power = 100 W; inlet[3] : inlet }
        rack r { a : pdu; b : pdu; c : pdu; s : odd
            feed a.out[0] -> s.inlet[0]; feed b.out[0] -> s.inlet[1]; feed c.out[0] -> s.inlet[2] }
        """,
    )
    found = flow(plant)
    assert found.feed[0].tolist() == [33_334, 33_333, 33_333]
    # A third comes out of a pdu: it takes three times as much.
    assert by_name(plant, found.input[0]) == {"a": 100_002, "b": 99_999, "c": 99_999, "s": 100_000}


def test_losses_are_rounded_up_and_go_to_the_feeder_above(spec: Spec) -> None:
    plant = plant_of(
        spec,
        """
        rack r { shelf[2] : psu; box[2] : box
            feed shelf[s] -> box[b].inlet[s] }
        row w { bar : bar; r[2] : r
            feed bar.tap[2*i + s] -> r[i].shelf[s] }
        """,
    )
    found = flow(plant)
    # Two boxes of 4 kW on two shelves: 4 kW each, 4000 / 0.96 = 4166.66… W in.
    assert by_name(plant, found.output[0])["r0-shelf0"] == 4_000_000
    assert by_name(plant, found.input[0])["r0-shelf0"] == 4_166_667
    assert by_name(plant, found.output[0])["bar"] == 4 * 4_166_667
    # A device's input is its own load; a feeder's output is what it feeds.
    assert found.feed[0].sum() == 4 * 4_000_000 + 4 * 4_166_667


def test_a_busbar_pools_feeders_up_to_the_racks_limit(spec: Spec) -> None:
    plant = plant_of(
        spec,
        """
        rack r { busbar_limit = 15 kW
            shelf[2] : psu; box[2] : box; tor : tor
            feed shelf[s] -> box[b].inlet[s]
            feed shelf[s] -> tor.inlet[s] }
        row w { r[3] : r }
        """,
    )
    stock = pools(plant)
    assert stock.members.tolist() == [2, 2, 2]
    assert stock.unlimited.tolist() == [20_000_000] * 3
    assert stock.supply.tolist() == [15_000_000] * 3
    assert pool_draw(stock, flow(plant))[0].tolist() == [8_500_000] * 3
    effective = effective_supply(plant, stock)
    assert supply(plant, effective, element(plant, "r")).tolist() == [15_000_000] * 3
    assert supply(plant, effective, 0).tolist() == [45_000_000]
    assert taken(plant, flow(plant), 0).tolist() == [25_500_000]


def test_feeders_without_a_busbar_stand_alone(spec: Spec) -> None:
    plant = plant_of(spec, "rack r { p[2] : pdu; box : box\n feed p[i].out[0] -> box.inlet[i] }")
    stock = pools(plant)
    assert len(stock) == 2 and stock.supply.tolist() == [10_000_000] * 2


def test_a_battery_carries_nothing_in_normal_running(spec: Spec) -> None:
    plant = plant_of(spec, "rack r { s : psu; u : bbu; box : box\n feed s -> box.inlet[0]\n feed u -> box.inlet[1] }")
    found = flow(plant)
    assert by_name(plant, found.output[0]) == {"s": 4_000_000, "u": 0, "box": 0}
    assert supply(plant, effective_supply(plant, pools(plant)), 0).tolist() == [10_000_000]


def test_the_supply_of_a_row_is_that_of_its_outermost_feeders(spec: Spec) -> None:
    plant = plant_of(
        spec,
        """
        rack r { s : psu; box : box
            feed s -> box.inlet[0] }
        row w { bar : bar; r[4] : r
            feed bar.tap[i] -> r[i].s }
        """,
    )
    effective = effective_supply(plant, pools(plant))
    assert supply(plant, effective, 0).tolist() == [100_000_000]
    assert taken(plant, flow(plant), 0).tolist() == [4 * 4_166_667]
    assert supply(plant, effective, element(plant, "r.s")).tolist() == [10_000_000] * 4


def test_what_feeds_itself_ends(spec: Spec) -> None:
    result = built(spec, "row w { a : pdu; b : pdu\n feed a.out[0] -> b.inlet\n feed b.out[0] -> a.inlet }")
    assert "RW5007" in {d.code for d in result.diagnostics}


@pytest.mark.parametrize("name", ["llama3_24k", "superpod_h100"])
def test_shipped_designs_know_all_their_power(name: str, compiled: Callable[..., Compilation]) -> None:
    plant = compiled(name).plant
    assert plant is not None
    found = loads(plant)
    assert (found.unknown_parts, found.unknown_media) == ((), ())
    assert (found.typical_from_peak <= found.typical).all() and (found.typical <= found.peak).all()
