"""What a requirement can ask of racks and of the floor."""

from __future__ import annotations

from fractions import Fraction

from ...dsl.units import NUMBER, Quantity
from ..design import Measure
from .facts import Facts
from .measured import Measured, Unavailable


def free_units(facts: Facts, asked: Measure) -> Measured:
    """Units of a rack that no device touches and no zone keeps; the fewest of all racks inside."""
    answers = []
    for index in _racks(facts, asked):
        elevation = facts.elevations.racks[index]
        rack = facts.design.elements[index]
        if elevation.free < 0:
            raise Unavailable(f"{rack.definition} does not state both `unit` and `height`")
        if elevation.vague:
            raise Unavailable(
                f"not both position and height are told of what stands in {rack.definition} ({elevation.vague})"
            )
        answers.append((elevation.free, facts.plant.racks.names[elevation.first]))
    value, note = min(answers)
    return Measured(Quantity(Fraction(value), NUMBER), note)


def floor_load(facts: Facts, asked: Measure) -> Measured:
    """Weight on a tile below a rack, spread evenly over its footprint; the largest of all racks inside."""
    answers = []
    for index in _racks(facts, asked):
        weight, elevation = facts.weights.racks[index], facts.elevations.racks[index]
        rack = facts.design.elements[index]
        if weight.unknown:
            raise Unavailable(f"a weight is not stated of {rack.definition} or of what stands in it")
        load = int(facts.weights.per_tile[elevation.first])
        if load < 0:
            raise Unavailable(f"the `width` or `depth` of {rack.definition} is not stated, or the floor's `tile`")
        answers.append((load, facts.plant.racks.names[elevation.first]))
    value, note = max(answers)
    return Measured(Quantity(Fraction(value, 1000), Quantity.of(1, "kg").dim, "kg"), note)


def _racks(facts: Facts, asked: Measure) -> list[int]:
    """Rack elements that what is asked of encloses, or is. Raises `Unavailable` if there is none."""
    found = [
        index
        for index in facts.elevations.racks
        if any(element.index in asked.targets for element in facts.design.chain(index))
    ]
    if not found:
        raise Unavailable("there is no rack in it")
    return found
