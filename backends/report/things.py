"""What is as large as the building: devices, racks, cables, as columns."""

from __future__ import annotations

import numpy as np

from ...compiler.cabling.cables import cables as ordered
from ...compiler.cages import segment_media
from ...compiler.design import Element
from ...compiler.expand.geometry import micrometres
from ...compiler.names import cable_digits, terminal_names
from ...compiler.plant import TERMINALS, Circuits, DeviceClass, Ints, Plant, Relations
from ...compiler.schema import RackAttributes
from ...dsl.units import Quantity
from .pack import Packed, pack

MOST_CABLES = 400_000
"""Cables that the page holds one by one; of more it holds how many there are from rack to rack."""

Json = dict[str, object]


def classes(plant: Plant) -> list[Json]:
    """Device classes, in their order; sizes in micrometres, -1 where the part tells none."""
    return [_device_class(plant, cls) for cls in plant.classes]


def _device_class(plant: Plant, cls: DeviceClass) -> Json:
    element = plant.element_of(cls)
    return {
        "element": cls.element,
        "first": cls.first,
        "count": cls.count,
        "height": _length(element, "height"),
        "width": _length(element, "width"),
        "depth": _length(element, "depth"),
        "terminals": {kind: terminal_names(plant, cls, kind) for kind in TERMINALS if cls.terminals[kind]},
    }


def _length(element: Element, name: str) -> int:
    value = getattr(element.attributes, name, None)
    return micrometres(value) if isinstance(value, Quantity) else -1


def devices(plant: Plant) -> Json:
    """One row a device; `bottom` in micrometres above unit 1 of its rack."""
    return {
        "names": "\n".join(plant.devices.names),
        "rack": pack(plant.devices.rack),
        "bottom": pack(plant.devices.bottom_um),
    }


def racks(plant: Plant) -> Json:
    """One row a rack, and for each element that is a rack its frame."""
    found = plant.racks
    frames = {}
    for element in plant.design.elements:
        if isinstance(element.attributes, RackAttributes):
            unit = Quantity.of(1, element.attributes.unit or "RU")
            frames[str(element.index)] = {
                "unit": element.attributes.unit or "RU",
                "pitch": micrometres(unit),
                "height": _length(element, "height"),
                "width": _length(element, "width"),
                "depth": _length(element, "depth"),
            }
    return {
        "names": "\n".join(found.names),
        "element": pack(found.element),
        "row": pack(found.row),
        "bay": pack(found.bay),
        "x": pack(found.x_um),
        "y": pack(found.y_um),
        "frames": frames,
    }


def cables(plant: Plant) -> Json:
    """Cables statement by statement, one row each; or, where there are too many, how many join which racks.

    `circuits` are the links that run through passive parts; without such parts each cable is a link of its own.
    """
    links = plant.segments
    made = _Made(plant) if len(links) <= MOST_CABLES else None
    found = []
    for rule in plant.design.rules:
        if rule.medium != "link":
            continue
        low, high = np.searchsorted(links.rule, [rule.index, rule.index + 1]).tolist()
        if low == high:
            continue
        rows = slice(low, high)
        speeds = links.speed[rows]
        found.append(
            {
                "rule": rule.index,
                "first": low,
                "count": high - low,
                "speed": int(speeds[0]) if (speeds == speeds[0]).all() else 0,
                **(_pairs(plant, rows) if made is None else {**_ends(links, rows), **made.columns(rows)}),
            }
        )
    return {
        "count": len(links),
        "links": len(plant.links),
        "whole": made is not None,
        "digits": cable_digits(plant),
        "rules": found,
        "circuits": None if plant.circuits is None or made is None else _circuits(plant, plant.circuits),
    }


def _circuits(plant: Plant, circuits: Circuits) -> Json:
    """The ends of each link; for each cable its link (-1: dark), and 1 if plug meets plug without a cord."""
    links = plant.links
    mated = pack(circuits.mated.astype(np.int64))
    return {**_ends(links, slice(0, len(links))), "of": pack(plant.circuit), "mated": mated}


def _ends(relations: Relations, rows: slice) -> dict[str, Packed]:
    return {
        "a": pack(relations.a_device[rows]),
        "ap": pack(relations.a_terminal[rows]),
        "z": pack(relations.z_device[rows]),
        "zp": pack(relations.z_terminal[rows]),
        "rank": pack(relations.rank[rows]),
    }


class _Made:
    """What every cable is made with, and how long it is."""

    def __init__(self, plant: Plant) -> None:
        self._links = plant.segments
        self._cables = ordered(plant)
        _, self._ends = segment_media(plant)

    def columns(self, rows: slice) -> dict[str, Packed]:
        """The way in micrometres, the length to order, Mbit/s, the medium and what is plugged in at the ends, and how
        many rows before it the cable is listed that it is a part of."""
        place = np.arange(rows.start, rows.stop)
        return {
            "length": pack(self._links.length_um[rows]),
            "sold": pack(self._cables.sold_um[rows]),
            "speeds": pack(self._links.speed[rows] // 1_000_000),
            "media": pack(self._cables.media[rows]),
            "am": pack(self._ends[rows, 0]),
            "zm": pack(self._ends[rows, 1]),
            "back": pack(place - self._cables.item[rows]),
        }


def _pairs(plant: Plant, rows: slice) -> Json:
    """How many cables join each two racks; outside of racks each class of devices stands for itself, below 0."""
    a = _stand(plant, plant.segments.a_device[rows])
    z = _stand(plant, plant.segments.z_device[rows])
    size = len(plant.racks) + len(plant.classes)
    shift = len(plant.classes)
    key, count = np.unique((a + shift) * size + z + shift, return_counts=True)
    return {"pairs": {"a": pack(key // size - shift), "z": pack(key % size - shift), "count": pack(count)}}


def _stand(plant: Plant, device: Ints) -> Ints:
    rack: Ints = plant.devices.rack[device]
    return np.where(rack >= 0, rack, -1 - plant.devices.cls[device])


def relations(plant: Plant, medium: str) -> list[Json]:
    """Feeds or pipes, statement by statement, one row each."""
    rows = plant.feeds if medium == "feed" else plant.pipes
    found = []
    for rule in plant.design.rules:
        if rule.medium != medium:
            continue
        low, high = np.searchsorted(rows.rule, [rule.index, rule.index + 1]).tolist()
        if low < high:
            found.append({"rule": rule.index, "first": low, "count": high - low, **_ends(rows, slice(low, high))})
    return found


def rules(plant: Plant) -> list[Json]:
    """Every relation of the spec: what it joins and where it was written."""
    from .parts import place

    design = plant.design
    return [
        {
            "medium": rule.medium,
            "tag": rule.tag,
            "a": rule.a.element,
            "z": -1 if rule.z is None else rule.z.element,
            "options": [list(pair) for pair in rule.options],
            "network": rule.network or "",
            "at": place(design, rule.origin),
        }
        for rule in design.rules
    ]
