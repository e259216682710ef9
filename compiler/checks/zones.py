"""Units of a rack that are kept for a purpose: the zones fit the rack, and what stands in them is meant to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from ..design import Element
from ..plant import DeviceClass
from ..schema import RackAttributes
from ..space import Elevation, Shelf, may_stand
from .facts import Facts
from .wording import in_all

_MEANT = {
    "power": "what passes power on, such as `shelf` and `battery`",
    "network": "`switch`, `patch` and `trunk`",
    "cooling": "what takes heat away, such as `manifold` and `cdu`",
    "compute": "`server` and the like",
    "free": "nothing",
}
"""What may stand in a zone, in words; `space.PURPOSES` has all kinds."""


def zones_that_do_not_fit(facts: Facts) -> Iterator[Diagnostic]:
    """RW6008: a zone that is upside down, reaches out of its rack, or shares units with another; once a zone."""
    for rack, elevation in _zoned(facts):
        at = _stated(rack)
        for number, zone in enumerate(elevation.zones):
            name = _written(rack, number)
            clash = next(
                (
                    _written(rack, n)
                    for n, other in enumerate(elevation.zones[:number])
                    if zone.low < other.high and other.low < zone.high
                ),
                None,
            )
            if zone.low >= zone.high:
                yield diagnose("RW6008", at, detail=f"{name} holds no unit", help="name its lowest unit first")
            elif zone.low < 0:
                yield diagnose(
                    "RW6008", at, detail=f"{name} begins below unit 1", help="units count from 1 at the bottom"
                )
            elif 0 <= elevation.height < zone.high:
                yield diagnose("RW6008", at, detail=f"{name} reaches out of the rack", help=_high(rack))
            elif clash is not None:
                yield diagnose("RW6008", at, detail=f"{name} shares units with {clash}", help="end one below the other")


def devices_in_zones(facts: Facts) -> Iterator[Diagnostic]:
    """RW6007: a device in units that are kept for something else; once for each member and zone."""
    zoned = dict((rack.index, (rack, elevation)) for rack, elevation in _zoned(facts))
    if not zoned:
        return
    for cls in facts.plant.classes:
        home = facts.design.rack_of(cls.element)
        if home not in zoned or not cls.count:
            continue
        rack, elevation = zoned[home]
        kind = facts.plant.element_of(cls).kind
        for number, zone in enumerate(elevation.zones):
            if not may_stand(kind, zone.kind):
                yield from _misplaced(facts, cls, rack, number, zone)


def _misplaced(facts: Facts, cls: DeviceClass, rack: Element, number: int, zone: Shelf) -> Iterator[Diagnostic]:
    devices, element = facts.plant.devices, facts.plant.element_of(cls)
    rows = slice(cls.first, cls.first + cls.count)
    bottom, height = devices.bottom_um[rows], facts.heights[rows]
    # A device without a height touches the unit in which it begins.
    wrong = np.flatnonzero((bottom >= 0) & (bottom < zone.high) & (bottom + np.maximum(height, 1) > zone.low))
    if not len(wrong):
        return
    yield diagnose(
        "RW6007",
        element.origin,
        f"a `{element.kind}`",
        detail=f"{devices.names[cls.first + int(wrong[0])]} stands in {_written(rack, number)}"
        + in_all(len(wrong), "devices"),
        help=f"move it, or change the zone: it is for {_MEANT[zone.kind]}",
        also=[(_stated(rack), "the zones of its rack")],
    )


def _zoned(facts: Facts) -> Iterator[tuple[Element, Elevation]]:
    """Rack elements that have zones."""
    for index, elevation in facts.elevations.racks.items():
        if elevation.zones:
            yield facts.design.elements[index], elevation


def _stated(rack: Element) -> Span:
    return rack.stated.get("zones", rack.origin)


def _written(rack: Element, number: int) -> str:
    """A zone as the spec has it: `the power zone from 1 OU to 9 OU`."""
    assert isinstance(rack.attributes, RackAttributes)
    zone = rack.attributes.zones[number]
    return f"the {zone.kind} zone from {zone.first} to {zone.last}"


def _high(rack: Element) -> str:
    assert isinstance(rack.attributes, RackAttributes)
    return f"the rack is {rack.attributes.height} high"
