"""elevations.csv, one row a device in a rack, and racks.csv, one row a rack."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl

from ...compiler.design import Element
from ...compiler.plant import Bools, Ints, Plant
from ...compiler.schema import PartAttributes
from ...compiler.space import Elevations, FloorPlan, Weights
from ...dsl.units import format_number
from .._kit.columns import by_unit, decimals, device_names, pick
from .._kit.csv import harmless

_MM, _METRE, _KG = 1000, 10**6, 1000


def elevation_frame(found: Elevations) -> pl.DataFrame:
    """Rows of elevations.csv: by rack, then from the bottom up, then those without a position."""
    plant = found.plant
    elements = [plant.element_of(cls) for cls in plant.classes]
    cls = plant.devices.cls[found.device]

    def of_class(column: Ints, scale: int) -> pl.Series:
        """A figure that devices of a class have in common."""
        figures = np.full(len(plant.classes), -1, dtype=np.int64)
        figures[cls] = column
        return decimals(figures, scale).gather(cls)

    unit = _by_rack_element(found, plant, [e.unit_um for e in found.racks.values()])[found.rack]
    return pl.DataFrame(
        {
            "rack": _racks(plant).gather(found.rack),
            "unit": by_unit(plant, lambda _, number: format_number(number)).gather(found.device),
            "units": _quotients(found.height, unit),
            "unit_type": _unit_types(found, plant).gather(found.rack),
            "device": device_names(plant).gather(found.device),
            "kind": pl.Series([e.kind for e in elements], dtype=pl.String).gather(cls),
            "definition": pl.Series([harmless(e.definition) for e in elements], dtype=pl.String).gather(cls),
            "model": pl.Series([_model(e) for e in elements], dtype=pl.String).gather(cls),
            "bottom_mm": decimals(found.bottom, _MM),
            "height_mm": of_class(found.height, _MM),
            "width_mm": of_class(found.width, _MM),
            "depth_mm": of_class(found.depth, _MM),
            "weight_kg": of_class(found.weight, _KG),
            "side": pl.Series(["front and rear", "front"]).gather(found.front_only.astype(np.int64)),
        }
    )


def rack_frame(found: Elevations, plan: FloorPlan, weights: Weights) -> pl.DataFrame:
    """Rows of racks.csv, in the order of the plant's racks."""
    plant, racks = found.plant, found.plant.racks
    elements = plant.design.elements
    own = list(found.racks.values())

    def of_element(values: list[int]) -> Ints:
        return _by_rack_element(found, plant, values)

    def words(values: list[str]) -> pl.Series:
        return pl.Series([harmless(v) for v in values], dtype=pl.String).gather(of_element(list(range(len(own)))))

    unplaced = (plan.x < 0) | (plan.y < 0)
    unanchored = np.array([not r.anchored for r in plan.rooms] or [True])[plan.halls.room][plan.hall]
    facing = np.where(plan.facing == 0, -1, np.where(plan.facing > 0, 1, 0))
    counted = of_element([0 if e.vague else 1 for e in own]) == 1
    return pl.DataFrame(
        {
            "rack": _racks(plant),
            "element": words([plant.design.path(e.element) for e in own]),
            "definition": words([elements[e.element].definition for e in own]),
            "hall": pl.Series([harmless(name) for name in plan.halls.names], dtype=pl.String).gather(plan.hall),
            "row": decimals(racks.row, 1),
            "bay": decimals(racks.bay, 1),
            "x_m": decimals(np.where(unplaced, -1, plan.x), _METRE),
            "y_m": decimals(np.where(unplaced, -1, plan.y), _METRE),
            "from": _from(unplaced, unanchored),
            "front_faces": pick(pl.Series(["y-", "y+"]), facing),
            "width_mm": decimals(plan.width, _MM),
            "depth_mm": decimals(plan.depth, _MM),
            "height_mm": decimals(of_element([e.outer_height for e in own]), _MM),
            "weight_kg": decimals(weights.total, _KG),
            "weight_unknown_parts": pl.Series(weights.unknown),
            "kg_per_tile": decimals(weights.per_tile, _KG),
            "unit_type": _unit_types(found, plant),
            "units": decimals(of_element([e.units for e in own]), 1),
            "units_used": decimals(of_element([e.used for e in own]), 1),
            "units_kept": decimals(of_element([e.kept for e in own]), 1),
            "units_free": decimals(np.where(counted, of_element([e.free for e in own]), -1), 1),
            "devices": pl.Series(np.diff(found.start)),
            "devices_without_position": pl.Series(_unplaced(found)),
        }
    )


def _from(unplaced: Bools, unanchored: Bools) -> pl.Series:
    """Where coordinates are counted from."""
    words = pl.Series(["corner of the hall", "middle of row 0, bay 0"])
    return pick(words, np.where(unplaced, -1, np.where(unanchored, 1, 0)))


def _racks(plant: Plant) -> pl.Series:
    return pl.Series([harmless(name) for name in plant.racks.names], dtype=pl.String)


def _by_rack_element(found: Elevations, plant: Plant, values: list[int]) -> Ints:
    """A figure of each rack element, one in the order of `found.racks`, as a column of racks."""
    column = np.zeros(len(plant.design.elements), dtype=np.int64)
    column[list(found.racks)] = values
    return column[plant.racks.element]


def _unit_types(found: Elevations, plant: Plant) -> pl.Series:
    units = ("OU", "RU")
    numbers = [units.index(e.unit) if e.unit else -1 for e in found.racks.values()]
    return pick(pl.Series(units), _by_rack_element(found, plant, numbers))


def _unplaced(found: Elevations) -> Ints:
    """Devices of each rack that have no position in it."""
    return np.bincount(found.rack[found.bottom < 0], minlength=len(found.plant.racks)).astype(np.int64)


def _model(element: Element) -> str | None:
    model = element.attributes.model if isinstance(element.attributes, PartAttributes) else None
    return None if model is None else harmless(model)


def _quotients(length: Ints, unit: Ints) -> pl.Series:
    """Lengths in units of a rack, as exact decimals (`~` before rounded ones); null where either is unknown."""
    known = (length >= 0) & (unit > 0)
    pairs = np.stack([np.where(known, length, -1), np.where(known, unit, 1)])
    distinct, number = np.unique(pairs, axis=1, return_inverse=True)
    words = [format_number(Fraction(a, b)) if a >= 0 else None for a, b in distinct.T.tolist()]
    return pl.Series(words, dtype=pl.String).gather(np.ravel(number))
