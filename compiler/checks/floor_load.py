"""What the floor carries: the weight on a tile against its rating."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Diagnostic, diagnose
from ..design import Element
from ..space import RackWeight, Room
from .facts import Facts
from .floor import floor_span, place_span
from .wording import in_all, kilograms


def overloaded_tiles(facts: Facts) -> Iterator[Diagnostic]:
    """RW6013: a rack that puts more on a tile than that carries, by the weights that are known; once a rack member."""
    for room, weight, first, count in _rated(facts):
        load = int(facts.weights.per_tile[first])
        if load <= room.tile_rating:
            continue
        rack = facts.design.elements[weight.element]
        floor = room.floor
        assert floor is not None
        yield diagnose(
            "RW6013",
            place_span(facts, first),
            detail=f"{facts.plant.racks.names[first]} weighs {kilograms(weight.total)}, {kilograms(load)} on a tile of "
            f"{floor.tile} that carries {floor.tile_rating}" + _at_least(weight) + in_all(count, "racks"),
            help=f"`{rack.definition}` needs a stronger floor, a larger footprint, or less in it",
            also=[(floor_span(facts, room), "the floor")],
        )


def unknown_loads(facts: Facts) -> Iterator[Diagnostic]:
    """RW6016: a rack on rated tiles whose load is not known in full; once a rack member."""
    for room, weight, first, count in _rated(facts):
        load = int(facts.weights.per_tile[first])
        rack = facts.design.elements[weight.element]
        missing = [f"the frame `{rack.definition}`"] if weight.frame < 0 else []
        missing += [_shown(facts.design.elements[h.element], h.count) for h in weight.holds if h.each < 0]
        if load > room.tile_rating or (not missing and load >= 0):
            continue
        what = f"no weight is stated for {', '.join(missing)}" if missing else "its width or depth is not stated"
        yield diagnose(
            "RW6016",
            rack.origin,
            detail=f"{facts.plant.racks.names[first]}: {what}" + in_all(count, "racks"),
            help="state it, so that the load on the tiles can be judged",
            also=[(floor_span(facts, room), "the tiles are rated here")],
        )


def _rated(facts: Facts) -> Iterator[tuple[Room, RackWeight, int, int]]:
    """Rack members on rated tiles: room, weight, the first rack, and how many there are."""
    plan = facts.floor_plan
    for element, weight in facts.weights.racks.items():
        elevation = facts.elevations.racks[element]
        room = plan.rooms[int(plan.halls.room[plan.hall[elevation.first]])]
        if room.tile_rating >= 0 and room.tile > 0:
            yield room, weight, elevation.first, elevation.count


def _at_least(weight: RackWeight) -> str:
    return f" (and {weight.unknown} parts of unknown weight)" if weight.unknown else ""


def _shown(element: Element, count: int) -> str:
    return f"{count} {element.name}" if count > 1 else element.name
