"""The sheets: the tables that the CSV files are written from, racks and what stands in them, power and heat."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property

import numpy as np
import polars as pl

from ...compiler.cabling.bill import Line, bill
from ...compiler.cabling.cables import cables
from ...compiler.cabling.fill import fill
from ...compiler.cabling.laid import laid
from ...compiler.cabling.pulls import pulls
from ...compiler.cabling.ways import ways
from ...compiler.cooling import cooling
from ...compiler.plant import Ints, Plant
from ...compiler.power.budget import Budget, Table, budget
from ...compiler.schema import PartAttributes
from ...compiler.space import elevations, floor_plan, weights
from ...dsl.units import format_number
from .._kit.cabling.bill import bill_frame
from .._kit.cabling.lists import cable_frames, label_frames
from .._kit.cabling.schedule import pull_frame
from .._kit.cabling.trays import tray_frame
from .._kit.cabling.words import words
from .._kit.columns import by_unit, chosen, device_names, pick
from .._kit.csv import harmless
from .._kit.numbers import fixed, known
from .xlsx import Sheet


def sheets(plant: Plant) -> Iterator[Sheet]:
    """All sheets in their order."""
    made = _Made(plant)
    way, pulled = made.way, made.laid
    yield Sheet("Summary", [made.summary()])
    yield Sheet("BOM", [bill_frame(made.lines)])
    yield Sheet("Cables", cable_frames(plant, made.cables, way, made.words))
    yield Sheet("Pulls", [pull_frame(plant, pulled, pulls(plant, pulled))])
    yield Sheet("Trays", [tray_frame(fill(plant, pulled))])
    yield Sheet("Labels", label_frames(plant, made.cables, way, made.words))
    yield Sheet("Racks", [made.racks()])
    yield Sheet("Elevations", [made.elevations()])
    yield Sheet("Power", [_power(table) for table in made.budget.tables])
    yield Sheet("Cooling", [made.cooling()])


class _Made:
    """What several sheets are made from, computed once."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self.cables, self.way, self.words = cables(plant), ways(plant), words(plant)
        self.laid = laid(plant, self.cables, self.way)
        self.lines: tuple[Line, ...] = bill(plant, self.cables)
        self.budget: Budget = budget(plant)

    @cached_property
    def _rack_names(self) -> pl.Series:
        # Names of racks are free text of the spec, unlike host names.
        return pl.Series([harmless(name) for name in self._plant.racks.names], dtype=pl.String)

    @cached_property
    def _cabinets(self) -> pl.Series:
        return pl.Series(self.way.plans.cabinets, dtype=pl.String)

    def summary(self) -> pl.DataFrame:
        """Totals, each of which is the sum of a column of another sheet."""
        plant, sold = self._plant, self.laid.sold_um
        whole = self.budget.whole
        optics = [line for line in self.lines if line.item.category == "optic"]
        watts = [line.power_w for line in optics if line.power_w is not None]
        grams = [line.weight_g for line in self.lines if line.weight_g is not None]
        prices = [line.price_usd for line in self.lines if line.price_usd is not None]
        rows: list[tuple[str, Fraction | int, str]] = [
            ("racks", len(plant.racks), ""),
            ("devices", len(plant.devices), ""),
            ("links", len(plant.links), ""),
            ("cables, fibres and trunks to pull", len(sold), ""),
            ("length of those whose length is known", Fraction(int(sold[sold >= 0].sum()), 10**6), "m"),
            ("cables of unknown length", int((sold < 0).sum()), ""),
            ("optics", sum(line.quantity for line in optics), ""),
            ("power of the optics whose power is known", sum(watts, Fraction(0)), "W"),
            ("weight of all lines whose weight is known", Fraction(sum(grams), 1000), "kg"),
            ("price of all lines that have one", sum(prices, Fraction(0)), "USD"),
            ("peak power", Fraction(int(whole.peak[0]), 1000), "W"),
            ("typical power", Fraction(int(whole.typical[0]), 1000), "W"),
            ("idle power", Fraction(int(whole.idle[0]), 1000), "W"),
        ]
        return pl.DataFrame(
            {
                "figure": ["design", "compiler", "digest of the spec", *(name for name, _, _ in rows)],
                "value": [
                    harmless(plant.design.name),
                    plant.design.compiler,
                    plant.design.digest,
                    *(format_number(Fraction(value)) for _, value, _ in rows),
                ],
                "unit": ["", "", "", *(unit for _, _, unit in rows)],
            }
        )

    def racks(self) -> pl.DataFrame:
        """One row a rack."""
        plant, plan = self._plant, floor_plan(self._plant)
        weight = weights(plant, plan)
        inside = plant.devices.rack[plant.devices.rack >= 0]
        definitions: list[str | None] = [e.definition for e in plant.design.elements]
        return pl.DataFrame(
            {
                "rack": self._rack_names,
                "cabinet": self._cabinets,
                "definition": chosen(definitions, plant.racks.element),
                "devices": np.bincount(inside, minlength=len(plant.racks)),
                "weight_kg": fixed(weight.total, 3),
                "unknown_weights": weight.unknown,
            }
        )

    def elevations(self) -> pl.DataFrame:
        """One row a device in a rack, rack by rack from the bottom up."""
        plant = self._plant
        found = elevations(plant)
        elements = [plant.element_of(cls) for cls in plant.classes]
        models = [e.attributes.model if isinstance(e.attributes, PartAttributes) else None for e in elements]
        cls = plant.devices.cls[found.device]
        unit = pl.Series([None] * len(plant.devices), dtype=pl.String)
        if len(plant.racks):
            unit = by_unit(plant, lambda _, number: format_number(number))
        return pl.DataFrame(
            {
                "rack": pick(self._rack_names, found.rack),
                "cabinet": pick(self._cabinets, found.rack),
                "unit": unit.gather(found.device),
                "device": device_names(plant).gather(found.device),
                "definition": chosen([e.definition for e in elements], cls),
                "model": chosen([None if model is None else harmless(model) for model in models], cls),
                "bottom_mm": _optional(found.bottom, 3),
                "height_mm": _optional(found.height, 3),
                "weight_kg": _optional(found.weight, 3),
            }
        )

    def cooling(self) -> pl.DataFrame:
        """One row a device: its own heat at peak, and what carries it away."""
        plant, found = self._plant, cooling(self._plant)
        return pl.DataFrame(
            {
                "device": device_names(plant),
                "rack": pick(self._rack_names, plant.devices.rack),
                "heat_w": fixed(found.heat_mw, 3),
                "liquid_w": fixed(found.liquid_mw, 3),
                "air_w": fixed(found.air_mw, 3),
                "coolant_l_min": known(fixed(found.loops.flow, 3), found.loops.flow_known),
            }
        )


def _optional(column: Ints, digits: int) -> pl.Series:
    return known(fixed(column, digits), column >= 0)


def _power(table: Table) -> pl.DataFrame:
    """Rows of one table of the power budget."""
    size = len(table.names)
    supplied = table.supply >= 0
    return pl.DataFrame(
        {
            "level": pl.repeat(table.level, size, dtype=pl.String, eager=True),
            "name": pl.Series([harmless(name) for name in table.names], dtype=pl.String),
            "kind": pl.repeat(table.element.kind, size, dtype=pl.String, eager=True),
            "definition": pl.repeat(table.element.definition, size, dtype=pl.String, eager=True),
            "devices": pl.Series(table.devices),
            "idle_w": fixed(table.idle, 3),
            "typical_w": fixed(table.typical, 3),
            "peak_w": fixed(table.peak, 3),
            "loss_w": fixed(table.loss, 3),
            "supply_w": known(fixed(table.supply, 3), supplied),
            "headroom_w": known(fixed(table.headroom, 3), supplied),
        }
    )
