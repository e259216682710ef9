"""What the power checks cannot see: devices that nothing feeds, parts without a figure, feeders without a supply."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from ..instances import instance_count
from ..power.flow import UNKNOWN
from ..schema import FEEDERS
from .facts import Facts


def unfed(facts: Facts) -> Iterator[Diagnostic]:
    """RW5004: a device that nothing feeds, where others of its sort beside it are fed; once a class.

    Beside it means in the same kind of rack, or outside of all racks. Loads are compared with loads and
    feeders with feeders, so a spec may leave out the feeds above its shelves.
    """
    plant = facts.plant
    fed = np.bincount(plant.feeds.z_device, minlength=len(plant.devices)) > 0
    places: dict[tuple[int | None, bool], bool] = {}
    for cls in plant.classes:
        key = _place(facts, cls.element)
        places[key] = places.get(key, False) or bool(fed[cls.first : cls.first + cls.count].any())
    for cls in plant.classes:
        element = plant.element_of(cls)
        rows = slice(cls.first, cls.first + cls.count)
        draws = facts.loads.peak[rows].any() or cls.terminal_count("inlet") > 0
        bare = np.flatnonzero(~fed[rows])
        if places[_place(facts, cls.element)] and draws and len(bare):
            yield diagnose(
                "RW5004",
                element.origin,
                "not fed",
                detail=f"{len(bare)} of {cls.count}, such as {plant.devices.names[cls.first + int(bare[0])]}",
                help="feed it as its neighbours are fed"
                + ("" if cls.terminal_count("inlet") else "; its part has no inlet to feed"),
            )


def _place(facts: Facts, element: int) -> tuple[int | None, bool]:
    return facts.design.rack_of(element), facts.design.elements[element].kind in FEEDERS


def unknown_power(facts: Facts) -> Iterator[Diagnostic]:
    """RW5005: a part or plug that must draw something and states nothing; once a definition."""
    counts: dict[str, int] = {}
    first: dict[str, Span] = {}
    for index in facts.loads.unknown_parts:
        element = facts.design.elements[index]
        counts[element.definition] = counts.get(element.definition, 0) + instance_count(facts.design, index)
        first.setdefault(element.definition, element.origin)
    for definition, span in first.items():
        yield diagnose(
            "RW5005",
            span,
            detail=f"{definition} states no peak_power or tdp; {counts[definition]} built",
            help="state its peak_power, marked `assumed` if nobody publishes it",
        )
    for name in facts.loads.unknown_media:
        yield diagnose(
            "RW5005",
            facts.design.media[name].origin,
            detail=f"{name} states no power",
            help="state its power, marked `assumed` if nobody publishes it",
        )


def unknown_supply(facts: Facts) -> Iterator[Diagnostic]:
    """RW5006: feeders that carry loads and state no supply; once a class."""
    stock, plant = facts.pools, facts.plant
    silent = np.flatnonzero((facts.supply == UNKNOWN) & (stock.of_device >= 0))
    for index in np.unique(plant.devices.cls[silent]):
        element = plant.element_of(plant.classes[int(index)])
        name = plant.devices.names[int(silent[plant.devices.cls[silent] == index][0])]
        yield diagnose(
            "RW5006",
            element.origin,
            detail=f"{element.definition} states no supply, so {name} is not checked",
            help="state its supply, marked `assumed` if nobody publishes it",
        )
