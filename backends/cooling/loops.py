"""loops.csv: what every cdu, manifold, chiller and the like carries, of what it can."""

from __future__ import annotations

import numpy as np
import polars as pl

from ...compiler.cooling import UNKNOWN, Cooling
from ...compiler.cooling.properties import COOLANTS
from ...compiler.cooling.rises import COOLANT, NONE, capacity_delivered, capacity_taken, mean_rise
from ...compiler.cooling.sources import assumed
from ...compiler.plant import DeviceClass, Ints
from ...compiler.schema import CoolingAttributes
from .._kit.numbers import fixed, known


def loops(found: Cooling) -> pl.DataFrame:
    """One line a cooler, in the order of the plant."""
    back = mean_rise(found.loops.taken[0], capacity_delivered(found), COOLANT)
    entering = np.zeros(len(found.plant.devices), dtype=np.int64)
    np.add.at(entering, found.plant.pipes.z_device, found.loops.pipe_heat[0])
    primary = mean_rise(entering, capacity_taken(found), COOLANT)
    frames = [
        _frame(found, cls, back, primary)
        for cls, trait in zip(found.plant.classes, found.traits, strict=True)
        if trait.cooler and cls.count
    ]
    return pl.concat(frames)


def _frame(found: Cooling, cls: DeviceClass, back: Ints, primary: Ints) -> pl.DataFrame:
    plant, trait = found.plant, found.traits[cls.index]
    rows = slice(cls.first, cls.first + cls.count)
    flows = found.loops
    attributes = trait.element.attributes
    assert isinstance(attributes, CoolingAttributes)

    def same(text: str) -> pl.Series:
        return pl.repeat(text or None, cls.count, dtype=pl.String, eager=True)

    def limit(value: int | None) -> pl.Series:
        column = np.full(cls.count, value or 0, dtype=np.int64)
        return known(fixed(column, 3), np.full(cls.count, value is not None))

    def degrees(column: Ints) -> pl.Series:
        return known(fixed(np.where(column == UNKNOWN, 0, column), 3), column != UNKNOWN)

    taken = (flows.taken[0] + found.air_taken[0])[rows]
    inlet = found.coolant[rows]
    piped = np.bincount(plant.pipes.z_device, minlength=len(plant.devices))[rows]
    supplied = np.bincount(plant.pipes.a_device, minlength=len(plant.devices))[rows]
    delivers = COOLANTS[trait.coolant] if trait.coolant is not None and trait.takes == "liquid" else ""
    names = [*COOLANTS, None]
    given = pl.Series([names[i] for i in inlet.tolist()], dtype=pl.String)
    return pl.DataFrame(
        {
            "name": pl.Series(plant.devices.names[rows], dtype=pl.String),
            "kind": same(trait.element.kind),
            "definition": same(trait.element.definition),
            "takes": same(trait.takes),
            "gives": same(trait.gives),
            "heat_w": fixed(taken, 3),
            "heat_limit_w": limit(trait.heat),
            "loads": pl.Series(supplied),
            "coolant": same(delivers) if trait.separates else given,
            "flow_l_min": fixed(flows.delivered[rows], 3),
            "flow_known": pl.Series(flows.delivered_known[rows]),
            "flow_limit_l_min": limit(trait.delivers),
            "supply_degc": degrees(found.temperatures.supply[rows]),
            "coldest_supply_degc": degrees(found.temperatures.floor[rows]),
            "return_degc": degrees(_warmer(found.temperatures.supply[rows], back[rows])),
            "pressure_kpa": fixed(flows.below[rows], 3),
            "pressure_known": pl.Series(flows.below_known[rows]),
            "head_kpa": limit(trait.head),
            "supplied_by": pl.Series(piped),
            "primary_coolant": given if trait.separates else same(""),
            "primary_flow_l_min": known(fixed(flows.flow[rows], 3), flows.flow_known[rows] & (piped > 0)),
            "primary_degc": degrees(found.temperatures.inlet[rows]),
            "primary_return_degc": degrees(_warmer(found.temperatures.inlet[rows], primary[rows])),
            "airflow_cfm": known(fixed(found.airflow[rows], 3), found.airflow_known[rows]),
            "modules": same("" if attributes.modules is None else str(attributes.modules)),
            "redundancy": same(redundancy(attributes)),
            "assumed": same(" ".join(sorted(set(assumed(found, cls))))),
        }
    )


def _warmer(temperature: Ints, rise: Ints) -> Ints:
    """A temperature and a rise together, `UNKNOWN` where either is."""
    known_both = (temperature != UNKNOWN) & (rise != NONE)
    return np.where(known_both, np.where(known_both, temperature, 0) + rise, UNKNOWN)


def redundancy(attributes: CoolingAttributes) -> str:
    """`N+1` and the like of a part's own modules; empty where it states none."""
    if attributes.modules is None:
        return ""
    return f"N+{attributes.spare_modules}" if attributes.spare_modules else "N"
