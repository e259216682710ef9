"""What every device draws, in whole milliwatts.

Rules, in this order:

- Peak of a part: its `peak_power` if stated (it covers all inside), else its `tdp`, else the sum over its
  member parts. Typical: its `typical_power`, else what stands for peak, which `typical_from_peak` keeps apart.
  Idle: its `idle_power`, else what stands for typical, which `idle_from_typical` keeps apart.
- What is plugged into ports adds its power, once a cage: a twin-port optic in a split cage is one module.
  A passive cable (`dac`, `copper`) that states no power takes none.
- A `server` that states its `peak_power` states the maximum input of the whole box, with all that is plugged
  in (it is what a nameplate or a maker's site-preparation guide gives), so optics are not added to it. The
  figure of a switch is without optics, as switch makers publish it, so optics add.
- Fans and pumps inside a part are in the part's figures.
- A feeder (from the utility's meter to the shelf and its battery) has no load of its own; its conversion loss is
  in `flow`.
- A part that must draw something but states nothing is listed in `unknown_parts`; its load is missing from
  the sums and a warning says so. A part that states only `typical_power` is listed too; peak is then that.

A figure that is no whole number of milliwatts is rounded up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, prod

import numpy as np

from ...dsl.units import Quantity
from ..cages import plugged
from ..design import Design, Element, Media
from ..once import once
from ..plant import Ints, Plant
from ..schema import FEEDERS

_CONSUMERS = ("accelerator", "cpu", "nic", "server", "switch", "ocs", "chiller", "tower", "cdu", "aalc", "crah", "fan")
"""Kinds that draw power whether or not they name an inlet."""

_PASSIVE = ("dac", "copper")


@dataclass(frozen=True)
class Figure:
    """Power of one instance of a part or plug in mW. `unknown` are the elements that state nothing."""

    peak: int = 0
    typical: int = 0
    typical_from_peak: int = 0
    unknown: tuple[int, ...] = ()
    idle: int = 0
    idle_from_typical: int = 0

    @property
    def rows(self) -> tuple[int, int, int, int, int]:
        """In the order of `Loads.rows`."""
        return self.peak, self.typical, self.typical_from_peak, self.idle, self.idle_from_typical


@dataclass(frozen=True)
class Loads:
    """One row a device, in mW, without the losses of feeders.

    `typical_from_peak` is the part of `typical` for which only a peak figure is published, `idle_from_typical` the
    part of `idle` for which no figure is; `plugs` the part of `peak` that optics and active cables take. Unknown
    loads are elements and media names.
    """

    peak: Ints
    typical: Ints
    typical_from_peak: Ints
    idle: Ints
    idle_from_typical: Ints
    plugs: Ints
    unknown_parts: tuple[int, ...]
    unknown_media: tuple[str, ...]

    @property
    def rows(self) -> Ints:
        """Peak, typical, typical-from-peak, idle and idle-from-typical as one array of shape (5, devices)."""
        return np.stack([self.peak, self.typical, self.typical_from_peak, self.idle, self.idle_from_typical])


def milliwatts(power: Quantity) -> int:
    """A power in whole mW, rounded up."""
    return ceil(power.to("mW"))


def part_figure(design: Design, element: Element) -> Figure:
    """Power of one instance of a part with all inside it, without what is plugged in."""
    if element.kind in FEEDERS:
        return Figure()
    attributes = element.attributes
    stated = _power(attributes, "peak_power") or _power(attributes, "tdp")
    typical, idle = _power(attributes, "typical_power"), _power(attributes, "idle_power")
    if stated is not None:
        return _stated(stated, typical, idle)
    inside = _members(design, element)
    if typical is not None:
        own = _stated(typical, typical, idle)
        # Nothing is known to lie above the typical figure: it stands for the peak and is reported.
        unknown = inside.unknown if inside.peak else (element.index,)
        return replace(own, peak=max(inside.peak, own.peak), unknown=unknown)
    if not inside.peak and not inside.unknown and _draws(design, element):
        return Figure(unknown=(element.index,))
    return inside if idle is None else replace(inside, idle=milliwatts(idle), idle_from_typical=0)


def _stated(peak: Quantity, typical: Quantity | None, idle: Quantity | None) -> Figure:
    """What is stated; a figure that is not is what the one before it says."""
    highest = milliwatts(peak)
    usual = highest if typical is None else milliwatts(typical)
    return Figure(
        peak=highest,
        typical=usual,
        typical_from_peak=usual if typical is None else 0,
        idle=usual if idle is None else milliwatts(idle),
        idle_from_typical=usual if idle is None else 0,
    )


def _members(design: Design, element: Element) -> Figure:
    total = np.zeros(5, dtype=np.int64)
    unknown: list[int] = []
    for member in design.children(element.index):
        if member.role != "part":
            continue
        figure = part_figure(design, member)
        total += prod(dim.size for dim in member.dims) * np.array(figure.rows, dtype=np.int64)
        unknown.extend(figure.unknown)
    peak, typical, from_peak, idle, from_typical = (int(value) for value in total)
    return Figure(peak, typical, from_peak, tuple(unknown), idle, from_typical)


def _draws(design: Design, element: Element) -> bool:
    return element.kind in _CONSUMERS or any(e.kind == "inlet" for e in design.children(element.index))


def _power(attributes: object, name: str) -> Quantity | None:
    value = getattr(attributes, name, None)
    return value if isinstance(value, Quantity) else None


def plug_figure(media: Media) -> Figure | None:
    """Power of one optic, or of one end of a cable; None if it must draw something and states nothing."""
    attributes = media.attributes
    stated = attributes.power or attributes.peak_power
    if stated is None:
        return Figure() if getattr(attributes, "medium", "") in _PASSIVE else None
    return _stated(stated, attributes.typical_power, attributes.idle_power)


@once
def loads(plant: Plant) -> Loads:
    """The load of every device."""
    design = plant.design
    size = len(plant.devices)
    table = np.zeros((5, size), dtype=np.int64)
    unknown: list[int] = []
    takes = np.ones((5, size), dtype=np.bool_)
    for cls in plant.classes:
        element = plant.element_of(cls)
        figure = part_figure(design, element)
        rows = slice(cls.first, cls.first + cls.count)
        table[:, rows] = np.array(figure.rows)[:, None]
        if cls.count:
            unknown.extend(figure.unknown)
        if element.kind == "server":
            whole = _power(element.attributes, "peak_power") is not None
            usual = whole or _power(element.attributes, "typical_power") is not None
            takes[0, rows] = not whole
            takes[1:3, rows] = not usual
            takes[3:, rows] = not usual and _power(element.attributes, "idle_power") is None
    plugs, unknown_media = _plugs(plant)
    plugs *= takes
    table += plugs
    peak, typical, from_peak, idle, from_typical = table
    names = tuple(dict.fromkeys(unknown))
    return Loads(peak, typical, from_peak, idle, from_typical, plugs[0], names, unknown_media)


def _plugs(plant: Plant) -> tuple[Ints, tuple[str, ...]]:
    """Power of what is plugged into each device, shape (5, devices), and the media that state none."""
    seen = plugged(plant)
    figures = [plug_figure(plant.design.media[name]) for name in seen.names]
    # The last column stands for "no media named" (-1) and is zero.
    table = np.zeros((5, len(figures) + 1), dtype=np.int64)
    for number, figure in enumerate(figures):
        if figure is not None:
            table[:, number] = figure.rows
    used = np.zeros(len(figures) + 1, dtype=np.bool_)
    used[seen.media] = True
    unknown = tuple(n for i, n in enumerate(seen.names) if figures[i] is None and used[i])
    drawn = np.where(seen.leads, table[:, seen.media], 0)
    running = np.zeros((5, drawn.shape[1] + 1), dtype=np.int64)
    np.cumsum(drawn, axis=1, out=running[:, 1:])
    start = plant.ends.start
    return running[:, start[1:]] - running[:, start[:-1]], unknown
