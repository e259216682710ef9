"""Text columns of the plant: what its numbers are called, for tables that people read.

A name is written once for each device, or for each terminal of a class, and then gathered: a million
cables cost a million small references, not a million strings built in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import polars as pl

from ...compiler.expand.geometry import micrometres
from ...compiler.names import interface_names, terminal_names
from ...compiler.plant import DeviceClass, Ints, Plant
from ...compiler.schema import RackAttributes
from ...dsl.units import Quantity, format_number
from .csv import harmless


@dataclass(frozen=True)
class TerminalNames:
    """Names of the terminals of all classes, end to end: number n of class c stands at `start[c] + n`."""

    names: pl.Series
    start: Ints

    def gather(self, cls: Ints, number: Ints) -> pl.Series:
        """The names of columns of terminals, given the class of their devices."""
        return self.names.gather(self.start[cls] + number)


def terminals(plant: Plant, kind: str) -> TerminalNames:
    """Our own names of every terminal of a kind."""
    return _flat(plant, kind, lambda cls: terminal_names(plant, cls, kind))


def terminal_table(plant: Plant, names: Callable[[DeviceClass], Sequence[str | None]]) -> TerminalNames:
    """What every port is called, by a list for each class."""
    return _flat(plant, "port", names)


def interfaces(plant: Plant) -> TerminalNames:
    """Names of every port in the operating system of its device; null where there is none or it has none.

    They are free text of the catalog, so they are made harmless for spreadsheets.
    """

    def of(cls: DeviceClass) -> Sequence[str | None] | None:
        os = plant.element_of(cls).os
        names = None if os is None else interface_names(plant, cls, os)
        return None if names is None else [harmless(name) if name else None for name in names]

    return _flat(plant, "port", of)


def _flat(plant: Plant, kind: str, names: Callable[[DeviceClass], Sequence[str | None] | None]) -> TerminalNames:
    flat: list[str | None] = []
    start = np.zeros(len(plant.classes), dtype=np.int64)
    for cls in plant.classes:
        start[cls.index] = len(flat)
        flat.extend(names(cls) or [None] * cls.terminal_count(kind))
    return TerminalNames(pl.Series(flat, dtype=pl.String), start)


def device_names(plant: Plant) -> pl.Series:
    """Host names, by device."""
    return pl.Series(plant.devices.names, dtype=pl.String)


_LABELS = {micrometres(Quantity.of(1, "OU")): "OU", micrometres(Quantity.of(1, "RU")): "U"}
"""How a unit is written on a label: a reader takes a bare U for a rack unit of 44.45 mm."""

_WIDEST = 1 << 20
"""More micrometres than any unit has."""


def locations(plant: Plant) -> pl.Series:
    """Rack and unit of each device, such as `pod0-gpu117 OU22` or `core3 U7`, counted from 1 at the bottom.

    Only the rack where the unit is unknown, null outside any rack.
    """
    devices, racks = plant.devices, plant.racks
    if not len(racks):
        return pl.repeat(None, len(devices), dtype=pl.String, eager=True)
    # Names of racks are free text of the spec, unlike host names.
    rack = pick(pl.Series([harmless(name) for name in racks.names], dtype=pl.String), devices.rack)
    return rack + by_unit(plant, lambda size, unit: f" {_LABELS[size]}{format_number(unit)}").fill_null("")


def by_unit(plant: Plant, word: Callable[[int, Fraction], str]) -> pl.Series:
    """A word for the lowest unit of each device, made of the unit's size in micrometres and its number from 1.

    Null outside of racks, where the height is unknown, and where the rack tells no unit. There must be a rack.
    """
    devices = plant.devices
    size = _unit_sizes(plant)[plant.racks.element[devices.rack]]
    known = (devices.rack >= 0) & (devices.bottom_um >= 0) & (size > 0)
    # Few heights are distinct, so each is put into words once; sizes and heights fit into one number.
    distinct, number = np.unique(np.where(known, devices.bottom_um * _WIDEST + size, -1), return_inverse=True)
    words = [
        None if pair < 0 else word(pair % _WIDEST, Fraction(pair // _WIDEST, pair % _WIDEST) + 1)
        for pair in distinct.tolist()
    ]
    return pl.Series(words, dtype=pl.String).gather(number)


def _unit_sizes(plant: Plant) -> Ints:
    """Size of a rack's unit by element, 0 where it has none or is no rack."""
    sizes = np.zeros(len(plant.design.elements), dtype=np.int64)
    for element in plant.design.elements:
        if isinstance(element.attributes, RackAttributes) and element.attributes.unit is not None:
            sizes[element.index] = micrometres(Quantity.of(1, element.attributes.unit))
    return sizes


def decimals(column: Ints, scale: int) -> pl.Series:
    """A column divided by a scale, as exact decimals without trailing zeros; null where it is negative.

    Meant for columns of few distinct values, such as speeds and lengths that are sold.
    """
    distinct, number = np.unique(column, return_inverse=True)
    words = [format_number(Fraction(value, scale)) if value >= 0 else None for value in distinct.tolist()]
    return pl.Series(words, dtype=pl.String).gather(number)


def chosen(names: list[str | None], number: Ints) -> pl.Series:
    """The name at each number; null for a negative one."""
    return pick(pl.Series(names, dtype=pl.String), number)


def pick(names: pl.Series, number: Ints) -> pl.Series:
    """The text at each number; null for a negative one."""
    with_null = pl.concat([names, pl.Series([None], dtype=pl.String)])
    return with_null.gather(np.where(number >= 0, number, len(names)))
