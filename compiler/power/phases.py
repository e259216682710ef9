"""Apparent power and phases: what the feeds carry besides watts.

Apparent power is real power over the inlet's `power_factor`. Parts that pass power on as it comes (busway, tap, panel,
PDU, switchboard, transformer, transfer switch) and state none have that of what they feed, their losses with it; all
others count as 1. Apparent powers are added up as numbers, which is exact for equal power factors and safe for others.

A single-phase outlet with a `phase` loads that phase of a three-phase part. If its voltage is that between a phase and
neutral (V/√3), it loads one phase; if it is that between two phases (V, as 208 V in North America), it loads phases p
and p + 1, and the current of a phase is that of the two loads at it, 60 degrees apart:
√(x² + y² + x·y). Parts that pass power on keep its phases; a UPS, a rectifier, a shelf or a generator loads its
phases alike. A load whose phase nobody tells is shared by all three alike.

What limits a three-phase terminal is its most loaded phase: it is compared as the balanced load that has the same
current in every phase.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod, sqrt

import numpy as np
from numpy.typing import NDArray

from ..indices import evaluate
from ..names import index_keys
from ..plant import Bools, Ints, Plant
from ..schema import InletAttributes, OutletAttributes
from .chain import Batch, Chain
from .limits import inlet_of, outlet_of

Floats = NDArray[np.float64]

PASSING = ("switchboard", "transformer", "transfer", "busway", "tap", "panel", "pdu")
"""Kinds that pass phases and power factor on as they come."""

BALANCED, NEUTRAL, BETWEEN = 0, 1, 4
"""Rows of a load: the balanced part; one row a phase to neutral; one row for each pair of phases p, p + 1."""

ROWS = 7


@dataclass(frozen=True)
class Wires:
    """Columns by feed: `factor` is the power factor of its inlet (0: it states none), `row` where its load goes at
    the feeder: BALANCED where what enters passes as it is, else NEUTRAL + p or BETWEEN + p. `passing` is by device.

    `told` is False if no outlet tells a phase; the rows of phases are then left out. `untold` are outlet elements of
    one phase at three-phase parts that do not tell which.
    """

    factor: Floats
    row: Ints
    passing: Bools
    told: bool
    untold: tuple[int, ...]

    @property
    def rows(self) -> int:
        return ROWS if self.told else 1


def wires(plant: Plant) -> Wires:
    """How each feed loads the phases of its feeder."""
    design, feeds = plant.design, plant.feeds
    factor = np.zeros(len(feeds))
    row = np.zeros(len(feeds), dtype=np.int64)
    untold: list[int] = []
    for rule in design.rules:
        if rule.medium != "feed":
            continue
        low, high = np.searchsorted(feeds.rule, [rule.index, rule.index + 1])
        if low == high:
            continue
        element, outlet = outlet_of(design, rule)
        stated = inlet_of(design, rule)[1].power_factor
        if stated is not None and 0 < stated.value <= 1:
            factor[low:high] = float(stated.value)
        if outlet.wiring != "single_phase":
            continue
        upper = _three_phase(plant, element.index)
        if upper is None:
            continue
        if outlet.phase is None:
            untold.append(element.index)
            continue
        number = _instances(plant, element.index, slice(int(low), int(high)))
        first = BETWEEN if _between_phases(outlet, upper) else NEUTRAL
        row[low:high] = first + _phases(plant, element.index)[number]
    passing = np.zeros(len(plant.devices), dtype=np.bool_)
    for cls in plant.classes_of_kind(*PASSING):
        passing[cls.first : cls.first + cls.count] = True
    return Wires(factor, row, passing, bool(row.any()), tuple(dict.fromkeys(untold)))


def _three_phase(plant: Plant, outlet: int) -> InletAttributes | None:
    """The three-phase inlet of the device that an outlet belongs to."""
    device = plant.design.device_of(outlet)
    for cls in plant.classes:
        if cls.element == device:
            for array in cls.terminals["inlet"]:
                attributes = plant.design.elements[array.element].attributes
                if isinstance(attributes, InletAttributes) and attributes.wiring == "three_phase":
                    return attributes
    return None


def _between_phases(outlet: OutletAttributes, upper: InletAttributes) -> bool:
    """Whether an outlet of one phase is between two: its voltage is the part's own and not that over √3."""
    if outlet.voltage is None or upper.voltage is None:
        return False
    return outlet.voltage.value * 5 > upper.voltage.value * 4


def outlet_phases(plant: Plant, outlet: int) -> Ints | None:
    """The phase (modulo 3) of every instance of an outlet element, in row-major order.

    None if it tells none, or is not between one phase of a three-phase part and neutral.
    """
    attributes = plant.design.elements[outlet].attributes
    if not isinstance(attributes, OutletAttributes) or attributes.wiring != "single_phase" or attributes.phase is None:
        return None
    upper = _three_phase(plant, outlet)
    return None if upper is None or _between_phases(attributes, upper) else _phases(plant, outlet)


def _phases(plant: Plant, outlet: int) -> Ints:
    """The phase (modulo 3) of every instance of an outlet element, in row-major order."""
    design = plant.design
    chain = design.chain(outlet)
    sizes = [dim.size for dim in design.dims(outlet)]
    grid = np.indices(sizes, dtype=np.int64).reshape(len(sizes), -1)
    values = dict(zip(index_keys(chain), grid, strict=True))
    attributes = design.elements[outlet].attributes
    assert isinstance(attributes, OutletAttributes) and attributes.phase is not None
    column = np.asarray(evaluate(attributes.phase, values), dtype=np.int64)
    found: Ints = np.broadcast_to(column, (prod(sizes),)) % 3
    return found


def _instances(plant: Plant, outlet: int, rows: slice) -> Ints:
    """For some feeds the instance of their outlet element, in row-major order over the built sizes."""
    feeds = plant.feeds
    device, terminal = feeds.a_device[rows], feeds.a_terminal[rows]
    cls = plant.class_of(int(device[0]))
    array = next(t for t in cls.terminals["outlet"] if t.element == outlet)
    return (device - cls.first) * array.count + terminal - array.first


def spread(graph: Chain, wire: Wires, batches: tuple[Batch, ...], feed: Ints, given: Ints, leaving: Ints) -> None:
    """Add up apparent power from the loads up, in place.

    `feed` is real power by feed (peak); `given` (rows, feeds) and `leaving` (rows, devices) are apparent, in the same
    unit. What leaves for devices that are not named must be in `leaving` already.
    """
    for batch in batches:
        rows = batch.feeds
        factor = wire.factor[rows]
        passing = wire.passing[batch.devices]
        if passing.any():
            part = _passed_on(graph, batch, passing, factor, feed, leaving)
        else:
            part = np.zeros((len(given), len(rows)))
            part[BALANCED] = feed[rows] / np.where(factor > 0, factor, 1)
        row = wire.row[rows]
        single = row > 0
        if single.any():
            whole = part.sum(axis=0)
            part[:, single] = 0
            part[row[single], np.flatnonzero(single)] = whole[single]
        # A float has 53 bits: a hundredth of what is counted covers its error.
        amount = np.ceil(part - 0.01).astype(np.int64)
        given[:, rows] = amount
        for number in range(len(amount)):
            np.add.at(leaving[number], graph.a[rows], amount[number])


def _passed_on(graph: Chain, batch: Batch, passing: Bools, factor: Floats, feed: Ints, leaving: Ints) -> Floats:
    """Apparent power by feed of a batch in which some devices pass phases and power factor on as they come."""
    mix = np.where(passing, leaving[:, batch.devices], 0).astype(np.float64)
    total = mix.sum(axis=0)
    real = np.maximum(_leaving_real(graph, batch.devices, feed), 1).astype(np.float64)
    # Without a power factor of its own: that of what it feeds, for the losses too.
    inner = np.repeat(np.where(total > 0, np.maximum(total / real, 1.0), 1.0), batch.count)
    apparent = feed[batch.feeds] * np.where(factor > 0, 1 / np.where(factor > 0, factor, 1), inner)
    share = np.divide(mix, total, out=np.zeros_like(mix), where=total > 0)
    share[BALANCED] += np.where(total > 0, 0, 1)
    found: Floats = np.repeat(share, batch.count, axis=1) * apparent
    return found


def _leaving_real(graph: Chain, group: Ints, feed: Ints) -> Ints:
    """Real power that leaves each device of a group."""
    rows, _, count = graph.out.of(group)
    running = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(feed[rows], out=running[1:])
    ends = np.cumsum(count)
    found: Ints = running[ends] - running[ends - count]
    return found


def balanced(load: Ints) -> Ints:
    """The balanced load that has the current of the most loaded phase, of loads (rows, n), rounded up."""
    found: Ints = load[0] if len(load) == 1 else load[BALANCED] + np.max(three(load), axis=0)
    return found


def three(load: Ints) -> Ints:
    """Three times the load of each phase without the balanced part, as currents add up: (3, n), rounded up."""
    neutral = load[NEUTRAL : NEUTRAL + 3]
    x = load[BETWEEN : BETWEEN + 3].astype(np.float64)
    y = np.roll(x, 1, axis=0)
    found: Ints = 3 * neutral + np.ceil(sqrt(3) * np.sqrt(x * x + y * y + x * y) - 0.01).astype(np.int64)
    return found


def watts_by_phase(load: Ints, real: Ints) -> Ints:
    """Real power by phase, (3, n), of apparent loads (7, n) that are `real` in all; the parts sum up to it."""
    between = load[BETWEEN : BETWEEN + 3]
    # Sixths: a load between two phases is half of each.
    parts = 2 * load[BALANCED] + 6 * load[NEUTRAL : NEUTRAL + 3] + 3 * (between + np.roll(between, 1, axis=0))
    total = np.maximum(parts.sum(axis=0), 1).astype(np.float64)
    found: Ints = np.floor(parts * (real / total)).astype(np.int64)
    found[0] += real - found.sum(axis=0)
    return found
