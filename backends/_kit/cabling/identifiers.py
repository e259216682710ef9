"""Identifiers of ports in the style of ANSI/TIA-606, such as `DC.A03-22:05`: space, cabinet, unit, port.

The style is that of the standard's identifiers for computer rooms (ANSI/TIA-606-A Addendum 1, since then part of
ANSI/TIA-606-B, -C and -D): a cabinet by its place in a grid of lettered rows and numbered positions, behind it the rack
unit counted from the bottom, behind a colon the port; the label of a cable names the near end, then the far one. What
was at hand are public descriptions (T. Fries, "Standardized Labeling of the Data Center", 2010; "The ANSI/TIA/EIA-606-A
Addendum 1", HellermannTyton), not the standard itself. The standard numbers ports of panels; ports of equipment are
numbered here by the same rule, from 1 over the cages of each device.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod

import numpy as np
import polars as pl

from ....compiler.cabling.floor import Plans
from ....compiler.plant import DeviceClass, Ints, Plant
from ....compiler.schema import PASSIVE, PortAttributes
from ....dsl.units import format_number
from ..columns import TerminalNames, by_unit, pick, terminal_table
from ..lanes import cages


def device_places(plant: Plant, plans: Plans) -> pl.Series:
    """Cabinet and unit of each device, such as `DC.A03-22`; null where its place is not known.

    The unit is that of its bottom, as the rack counts. Devices side by side in one unit have a letter behind it, in
    the order of their names' indices.
    """
    devices = plant.devices
    if not len(plant.racks):
        return pl.repeat(None, len(devices), dtype=pl.String, eager=True)
    cabinet = pick(pl.Series(plans.cabinets, dtype=pl.String), devices.rack)
    # As many as may come to stand there, so that growth gives no device a letter.
    beside = _beside(plant.at_capacity)[plant.numbers_at_capacity(np.arange(len(devices)))]
    letters = pl.Series(["", *map(_letter, range(26))]).gather(beside)
    return cabinet + "-" + by_unit(plant, _unit) + letters


def _unit(size_um: int, unit: Fraction) -> str:
    """A unit with two digits at least."""
    text = format_number(unit)
    return text.zfill(2) if text.isdecimal() else text


def _letter(number: int) -> str:
    return chr(ord("A") + number)


def _beside(plant: Plant) -> Ints:
    """0 for a device that is alone at its height in its rack, else which of those there it is, from 1 (26 at most)."""
    rack, bottom = plant.devices.rack, plant.devices.bottom_um
    found = np.zeros(len(rack), dtype=np.int64)
    rows = np.flatnonzero((rack >= 0) & (bottom >= 0))
    if not len(rows):
        return found
    order = rows[np.lexsort((bottom[rows], rack[rows]))]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (rack[order[1:]] != rack[order[:-1]]) | (bottom[order[1:]] != bottom[order[:-1]])
    start = np.flatnonzero(new)
    count = np.diff(np.append(start, len(order)))
    nth = np.arange(len(order)) - np.repeat(start, count)
    found[order] = np.where(np.repeat(count, count) > 1, np.minimum(nth, 25) + 1, 0)
    return found


def port_numbers(plant: Plant) -> TerminalNames:
    """Numbers of ports on the face of a device, from 1 over its cages, such as `05`; of a split cage with the port.

    `05.2` is the second port of the fifth cage. Ports for management are numbered apart, `M1` and so on; those of a
    passive part in each of its arrays, behind the first letter of its name: `F01` and `R01` of `front` and `rear`.
    """
    return terminal_table(plant, lambda cls: _numbers(plant, cls))


def _numbers(plant: Plant, cls: DeviceClass) -> list[str]:
    found: list[str] = []
    passive = plant.element_of(cls).kind in PASSIVE
    data = management = 0
    for array in cls.terminals["port"]:
        element = plant.design.elements[array.element]
        assert isinstance(element.attributes, PortAttributes)
        lanes = array.shape[-1] if element.splits else 1
        own = max(prod(dim.size for dim in element.dims), 1)
        split = {cage for s in element.splits for cage in range(s.first, s.last + 1)}
        for place in range(cages(element, array)):
            if passive:
                # A panel's front and rear ports are numbered each from 1, as they are printed.
                number = f"{element.name[0].upper()}{place + 1:02}"
            elif element.attributes.management:
                management += 1
                number = f"M{management}"
            else:
                data += 1
                number = f"{data:02}"
            for lane in range(lanes):
                found.append(f"{number}.{lane + 1}" if place % own in split else number)
    return found
