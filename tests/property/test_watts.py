"""Watts sum up the tree to the watt: no figure is made or lost on its way from a device to the building."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.compiler.plant import Plant
from rackwright.compiler.power.budget import Budget, budget
from rackwright.compiler.power.chain import chain
from rackwright.compiler.power.flow import flow
from rackwright.compiler.power.loads import loads
from rackwright.compiler.schema import FEEDERS


def check_balance(plant: Plant) -> None:
    """Every feeder gives what its loads take, and every device takes its load or what it passes on."""
    drawn = loads(plant)
    found = flow(plant)
    feeds = plant.feeds
    running = chain(plant).normal.carries
    for row in range(5):
        entering, leaving = np.zeros_like(drawn.peak), np.zeros_like(drawn.peak)
        np.add.at(entering, feeds.z_device, found.feed[row])
        np.add.at(leaving, feeds.a_device, found.feed[row])
        fed = np.isin(np.arange(len(plant.devices)), feeds.z_device[running])
        assert np.array_equal(entering[fed], found.input[row][fed])
        assert np.array_equal(leaving, found.output[row])
    feeders = np.isin(plant.devices.cls, np.array([c.index for c in plant.classes_of_kind(*FEEDERS)], dtype=np.int64))
    assert np.array_equal(found.input[:, ~feeders], drawn.rows[:, ~feeders])
    assert (found.input[:, feeders] >= found.output[:, feeders]).all()


def check_sums(found: Budget) -> None:
    """Each assembly is the sum of the devices inside; each level of the tree adds up to the one above."""
    plant = found.plant
    tables = {t.element.index: t for t in found.tables}
    whole = found.whole
    assert whole.element.index == 0
    assert whole.peak.tolist() == [int(found.loads.peak.sum())]
    assert whole.typical.tolist() == [int(found.loads.typical.sum())]
    assert whole.devices.tolist() == [len(plant.devices)]
    for table in found.tables:
        if table.element.role != "assembly":
            continue
        members = [tables[e.index] for e in plant.design.children(table.element.index) if e.index in tables]
        for column in ("peak", "typical", "typical_from_peak", "idle", "idle_from_typical", "loss"):
            inside = [getattr(m, column).sum() for m in members if m.level != "feeder" or column == "loss"]
            assert int(getattr(table, column).sum()) == sum(int(i) for i in inside)


@given(
    racks=st.integers(1, 5),
    shelves=st.integers(1, 4),
    boxes=st.integers(1, 6),
    watts=st.integers(1, 99999),
    efficiency=st.fractions(min_value="1/2", max_value=1, max_denominator=97),
    busbar=st.booleans(),
)
def test_a_row_of_racks_balances(
    racks: int, shelves: int, boxes: int, watts: int, efficiency: object, busbar: bool
) -> None:
    spec = f"""
        shelf psu {{
            supply = 15 kW, efficiency = {efficiency}
            out[8] : outlet {{ busbar = {str(busbar).lower()} }}
            inlet  : inlet
        }}
        busway bar {{
            supply = 900 kW, efficiency = 999/1000
            tap[64] : outlet
        }}
        server box {{
            peak_power = {watts} W, typical_power = {watts} W / 7
            inlet[4] : inlet {{ busbar = true }}
        }}
        rack r {{
            shelf[{shelves}] : psu
            box[{boxes}]     : box
            feed shelf[s].out[b] -> box[b].inlet[s]
        }}
        row w {{
            bar      : bar
            r[{racks}] : r
            feed bar.tap[{shelves}*i + s] -> r[i].shelf[s]
        }}
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "test.rack"
        path.write_text(spec, "utf-8")
        result = compile_spec(str(path), {})
    assert result.plant is not None, result.diagnostics
    check_balance(result.plant)
    check_sums(budget(result.plant))


@given(
    racks=st.integers(1, 4),
    shares=st.lists(st.integers(900, 1000), min_size=2, max_size=4),
    loss=st.integers(0, 5000),
    watts=st.integers(1, 99999),
    first=st.booleans(),
    mains=st.booleans(),
)
def test_a_chain_balances(racks: int, shares: list[int], loss: int, watts: int, first: bool, mains: bool) -> None:
    """Curves, fixed losses, transfer switches, generators and batteries, against fractions in plain loops."""
    points = [(Fraction(place + 1, 5), Fraction(share, 1000)) for place, share in enumerate(shares)]
    table = ", ".join(f"[{load}, {efficiency}]" for load, efficiency in points)
    spec = f"""
        utility grid {{ supply = 90 MW, out[9] : outlet }}
        generator diesel {{ supply = 90 MW, out[9] : outlet }}
        transfer ats {{
            supply = 90 MW, efficiency = 999/1000
            inlet[2] : inlet
            out[9]   : outlet
        }}
        ups block {{
            supply = 900 kW, installed = 1 MW, curve = [{table}], loss = {loss} W
            inlet[2] : inlet
            out[9]   : outlet
        }}
        battery cells {{ supply = 900 kW, out[9] : outlet }}
        server box {{
            peak_power = {watts} W, typical_power = {watts} W / 3, idle_power = {watts} W / 11
            inlet[3] : inlet
        }}
        hall h {{
            source : {"grid" if mains else "diesel"}
            spare : diesel
            ats : ats
            ups[2] : block
            cells : cells
            box[{racks}] : box
            feed source.out[0] -> ats.inlet[{0 if first else 1}]
            feed spare.out[0]  -> ats.inlet[{1 if first else 0}]
            feed ats.out[u]    -> ups[u].inlet[0]
            feed ups[u].out[b] -> box[b].inlet[u]
            feed cells.out[b]  -> box[b].inlet[2]
        }}
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "test.rack"
        path.write_text(spec.replace(", out[9]", "\n out[9]"), "utf-8")
        result = compile_spec(str(path), {})
    assert result.plant is not None, result.diagnostics
    check_balance(result.plant)
    check_sums(budget(result.plant))
    found = flow(result.plant)
    at = {name: number for number, name in enumerate(result.plant.devices.names)}
    for row, load in ((0, watts * 1000), (1, -(-watts * 1000 // 3)), (3, -(-watts * 1000 // 11))):
        into_ats = 0
        for ups in range(2):
            output = sum((load + 1 - ups) // 2 for _ in range(racks))
            assert found.output[row, at[f"ups{ups}"]] == output
            efficiency = Fraction(int(_efficiency(points, Fraction(output, 10**9)) * 10**6), 10**6)
            taken = ceil(output / efficiency) + loss * 1000
            # The curve is rounded down to a millionth once or, between whole points, twice.
            assert 0 <= found.input[row, at[f"ups{ups}"]] - taken <= output // 10**6 * 3 + 3
            into_ats += int(found.input[row, at[f"ups{ups}"]])
        entering = ceil(Fraction(into_ats * 1000, 999))
        carrier = "source" if mains or first else "spare"
        assert found.output[row, at[carrier]] == entering
        assert found.output[row, at["spare" if carrier == "source" else "source"]] == 0
        assert found.output[row, at["cells"]] == 0


def _efficiency(points: list[tuple[Fraction, Fraction]], load: Fraction) -> Fraction:
    """Straight lines between the points, held at the ends."""
    if load <= points[0][0]:
        return points[0][1]
    for (x, a), (y, b) in pairwise(points):
        if load <= y:
            return a + (load - x) * (b - a) / (y - x)
    return points[-1][1]


@pytest.mark.parametrize("name", ["lab_4x2", "llama3_24k", "superpod_h100", "scale_350k"])
def test_shipped_designs_balance(name: str, compiled: Callable[..., Compilation]) -> None:
    plant = compiled(name).plant
    assert plant is not None
    check_balance(plant)
    check_sums(budget(plant))
