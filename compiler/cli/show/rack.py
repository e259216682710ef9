"""A rack: its elevation from the top, what it draws, weighs and gives off."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from ....dsl.units import format_number
from ...design import Element
from ...plant import Plant
from ...schema import PartAttributes, RackAttributes
from ...space import elevations
from ...trace import Books, Instances, figures_of, place_of, readable
from ...trace.subjects import instance_path
from .position import height_of, unit_of, unit_um
from .sheet import Sheet, Table
from .words import stated_table, words_of

_MOST = 120
"""Units that are drawn; a rack is never as tall."""


def rack(books: Books, subject: Instances) -> Sheet:
    """The sheet of one rack."""
    assert subject.instance is not None
    plant = books.plant
    element = plant.design.elements[subject.element]
    number = int(np.flatnonzero(plant.racks.element == element.index)[subject.instance])
    row, bay = int(plant.racks.row[number]), int(plant.racks.bay[number])
    facts = {
        "path": instance_path(plant.design, element.index, subject.instance),
        "member": str(place_of(plant.design, element.origin)),
        "floor": f"row {row}, bay {bay}" if row >= 0 else "-",
    }
    boxes = _boxes(plant, element, number)
    return Sheet(
        f"{plant.racks.names[number]}: rack {element.definition}",
        facts,
        figures_of(books, subject),
        (_devices(books, element, boxes), stated_table(plant.design, element)),
        drawing=tuple(_elevation(plant, element, boxes)),
        notes=words_of(element),
    )


def _boxes(plant: Plant, rack: Element, number: int) -> list[tuple[int, int, int]]:
    """Device, bottom and top (above the bottom of unit 1) in micrometres, from the top; -1 where unknown."""
    inside = np.flatnonzero(plant.devices.rack == number)
    found = []
    for device in inside[np.argsort(-plant.devices.bottom_um[inside], kind="stable")].tolist():
        bottom = int(plant.devices.bottom_um[device])
        attributes = plant.element_of(plant.class_of(device)).attributes
        height = attributes.height if isinstance(attributes, PartAttributes) else None
        if bottom < 0:
            found.append((device, -1, -1))
        else:
            size = Fraction(unit_um(unit_of(rack))) if height is None else height.to("m") * 1_000_000
            found.append((device, bottom, int(bottom + size)))
    return found


def _devices(books: Books, rack: Element, boxes: list[tuple[int, int, int]]) -> Table:
    plant, unit = books.plant, unit_of(rack)
    rows = []
    for device, bottom, _ in boxes:
        cls = plant.class_of(device)
        part = plant.element_of(cls)
        figures = figures_of(books, Instances(part.index, device - cls.first))
        peak, weight = (readable(figures[f].total) if f in figures else "-" for f in ("peak_power", "weight"))
        at = format_number(Fraction(bottom, unit_um(unit)) + 1) if bottom >= 0 else "-"
        rows.append((at, height_of(part), plant.devices.names[device], part.kind, part.definition, peak, weight))
    return Table("devices", (unit, "height", "device", "kind", "part", "peak", "weight"), rows)


def _elevation(plant: Plant, rack: Element, boxes: list[tuple[int, int, int]]) -> Iterator[str]:
    """The front, a line a unit from the top. A box is named at its top unit; what nothing fills is a dot."""
    attributes = rack.attributes
    if not isinstance(attributes, RackAttributes) or not any(bottom >= 0 for _, bottom, _ in boxes):
        return
    unit = unit_of(rack)
    size = unit_um(unit)
    highest = max(top for _, _, top in boxes)
    own = -(-int(attributes.height.to("m") * 1_000_000) // size) if attributes.height is not None else 0
    units = min(max(own, -(-highest // size)), _MOST)
    names = {device: plant.devices.names[device] for device, _, _ in boxes}
    width = max(len(name) for name in names.values())
    free = 0
    yield f"{unit:>3} +-{'-' * width}-+"
    for number in range(units, 0, -1):
        low, high = (number - 1) * size, number * size
        here = [(device, top) for device, bottom, top in boxes if 0 <= bottom < high and top > low]
        free += not here
        label = " / ".join(names[device] for device, top in here if low < top <= high)
        yield f"{number:>3} | {(label or ('|' if here else '.')).ljust(width)} |"
    # What has a height and no place, or a place and no height, takes units that nobody can tell.
    most = "at most " if elevations(plant).racks[rack.index].vague else ""
    yield f"    +-{'-' * width}-+  {most}{free} of {units} {unit} free"
