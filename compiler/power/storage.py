"""How long batteries and other storage last."""

from __future__ import annotations

from math import floor

from ..design import Element
from ..schema import SupplyAttributes
from .loads import milliwatts


def lasts_ms(element: Element, load: int) -> int:
    """Milliseconds that the storage of one feeder carries a load in mW; 0 where its part does not say.

    By its `runtime`: the time of the next larger load in the table. Else its `ride_through`, up to its `supply` (or
    `installed`). Time between two points of a table is not interpolated: less is safe.
    """
    attributes = element.attributes
    if not isinstance(attributes, SupplyAttributes):
        return 0
    times = [(milliwatts(row.load), floor(row.time.value * 1000)) for row in attributes.runtime]
    if times:
        return next((time for most, time in sorted(times) if most >= load), 0)
    whole = attributes.supply or attributes.installed
    if attributes.ride_through is None or whole is None or load > milliwatts(whole):
        return 0
    return floor(attributes.ride_through.value * 1000)
