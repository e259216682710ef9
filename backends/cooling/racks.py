"""racks.csv: what every rack asks of coolant and air, and how far it is from its limits."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl

from ...compiler.cooling import UNKNOWN, Cooling
from ...compiler.cooling.rises import AIR, COOLANT, NONE, capacity_of_air, capacity_taken, mean_rise
from ...compiler.plant import Ints
from .._kit.csv import harmless
from .._kit.numbers import fixed, known

_FAR = np.iinfo(np.int64).max


def racks(found: Cooling) -> pl.DataFrame:
    """One line a rack, in the order of the plant."""
    plant = found.plant
    size, rack = len(plant.racks), plant.devices.rack
    inside = np.flatnonzero(rack >= 0)

    def total(column: Ints) -> Ints:
        out = np.zeros(size, dtype=np.int64)
        np.add.at(out, rack[inside], column[inside])
        return out

    def most(column: Ints) -> Ints:
        out = np.zeros(size, dtype=np.int64)
        np.maximum.at(out, rack[inside], column[inside])
        return out

    def least(column: Ints, given: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Ints:
        out = np.full(size, _FAR, dtype=np.int64)
        rows = inside[given[inside]]
        np.minimum.at(out, rack[rows], column[rows])
        return out

    cooler = found.column([t.cooler for t in found.traits]) > 0
    taking = found.column([t.takes != "air" for t in found.traits]) > 0
    limit = found.column([UNKNOWN if t.coolant_limit is None else t.coolant_limit for t in found.traits])
    air_limit = found.column([UNKNOWN if t.air_limit is None else t.air_limit for t in found.traits])
    inlet, air = found.temperatures.inlet, found.temperatures.air
    loads = ~cooler & (found.liquid_mw > 0)
    cold, margin = (
        -least(-inlet, loads & (inlet != UNKNOWN)),
        least(limit - inlet, (limit != UNKNOWN) & (inlet != UNKNOWN)),
    )
    warm = -least(-air, air != UNKNOWN)
    air_margin = least(air_limit - air, (air_limit != UNKNOWN) & (air != UNKNOWN))
    wet_capacity = np.where(loads, capacity_taken(found), 0)
    warming = found.air_mw + found.loops.to_air[0]
    dry_capacity = np.where(taking, capacity_of_air(found), 0)
    wet = total(loads.astype(np.int64))
    thirsty = total((loads & ~found.loops.flow_known).astype(np.int64))
    still = total((taking & ~found.airflow_known).astype(np.int64))
    return pl.DataFrame(
        {
            "rack": pl.Series([harmless(name) for name in plant.racks.names], dtype=pl.String),
            "definition": pl.Series(
                [plant.design.elements[e].definition for e in plant.racks.element.tolist()], dtype=pl.String
            ),
            "heat_w": fixed(total(found.heat_mw), 3),
            "liquid_w": fixed(total(found.liquid_mw), 3),
            "air_w": fixed(total(found.air_mw + found.loops.to_air[0]), 3),
            "taken_from_air_w": fixed(total(found.air_taken[0]), 3),
            "coolant_l_min": fixed(total(np.where(loads, found.flow_ml_min, 0)), 3),
            "coolant_unknown": pl.Series(thirsty),
            "pressure_kpa": known(fixed(_pressure(found, most), 3), wet > 0),
            "pressure_unknown": pl.Series(total((loads & ~found.loops.drop_known).astype(np.int64))),
            "coolant_degc": known(fixed(np.where(cold == -_FAR, 0, cold), 3), cold != -_FAR),
            "coolant_margin_k": known(fixed(np.where(margin == _FAR, 0, margin), 3), margin != _FAR),
            "coolant_rise_k": _rise(
                total(np.where(loads, found.liquid_mw, 0)), np.where(thirsty, 0, total(wet_capacity)), COOLANT
            ),
            "airflow_cfm": fixed(total(np.where(taking, found.airflow, 0)), 3),
            "airflow_unknown": pl.Series(still),
            "air_rise_k": _rise(total(np.where(taking, warming, 0)), np.where(still, 0, total(dry_capacity)), AIR),
            "air_degc": known(fixed(np.where(warm == -_FAR, 0, warm), 3), warm != -_FAR),
            "air_margin_k": known(fixed(np.where(air_margin == _FAR, 0, air_margin), 3), air_margin != _FAR),
        }
    )


def _rise(heat: Ints, capacity: Ints, factor: Fraction) -> pl.Series:
    rise = mean_rise(heat, capacity, factor)
    return known(fixed(np.maximum(rise, 0), 3), rise != NONE)


def _pressure(found: Cooling, most: object) -> Ints:
    """Pressure that a rack needs where coolant enters it: of all that is not supplied from inside, the most."""
    assert callable(most)
    plant = found.plant
    pipes, rack = plant.pipes, plant.devices.rack
    entering = np.zeros(len(plant.devices), dtype=np.bool_)
    entering[pipes.z_device[rack[pipes.a_device] != rack[pipes.z_device]]] = True
    own_loop = np.zeros(len(plant.devices), dtype=np.bool_)
    own_loop[pipes.a_device[rack[pipes.a_device] == rack[pipes.z_device]]] = True
    separates = found.column([t.separates for t in found.traits]) > 0
    need = np.where(entering & ~separates, found.loops.drop, 0)
    pressure: Ints = most(np.where(own_loop & separates, found.loops.below, need))
    return pressure
