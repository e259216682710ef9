"""Watts sum up the tree to the watt: no figure is made or lost on its way from a device to the building."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.compiler.plant import Plant
from rackwright.compiler.power.budget import Budget, budget
from rackwright.compiler.power.flow import flow
from rackwright.compiler.power.loads import loads
from rackwright.compiler.schema import FEEDERS


def check_balance(plant: Plant) -> None:
    """Every feeder gives what its loads take, and every device takes its load or what it passes on."""
    drawn = loads(plant)
    found = flow(plant, drawn)
    feeds = plant.feeds
    running = found.feed[0] > 0
    for row in range(3):
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
        for column in ("peak", "typical", "typical_from_peak", "loss"):
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


@pytest.mark.parametrize("name", ["lab_4x2", "llama3_24k", "superpod_h100", "scale_350k"])
def test_shipped_designs_balance(name: str, compiled: Callable[..., Compilation]) -> None:
    plant = compiled(name).plant
    assert plant is not None
    check_balance(plant)
    check_sums(budget(plant))
