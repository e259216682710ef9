"""Answers to what requirements ask, and what all measures share."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ...dsl.units import Quantity
from ..design import Element
from ..names import host_names
from ..plant import Ints
from .facts import Facts


class Unavailable(ValueError):
    """A measure that cannot be taken; the message says why in a user's words."""


@dataclass(frozen=True)
class Measured:
    """An answer and where it comes from, such as `pod0-gpu3, the largest of 1536` (may be empty)."""

    value: Quantity | bool
    note: str = ""


def power(milliwatts: int) -> Quantity:
    """A power in the unit that people write it in."""
    unit = "MW" if milliwatts >= 10**9 else "kW" if milliwatts >= 10**6 else "W"
    return Quantity(Fraction(milliwatts, 1000), Quantity.of(1, unit).dim, unit)


def largest(facts: Facts, element: int, values: Ints) -> tuple[int, str]:
    """The largest value of an element's instances, and which it is."""
    return _at(facts, element, int(values.argmax()), "largest", values)


def smallest(facts: Facts, element: int, values: Ints) -> tuple[int, str]:
    """The smallest value of an element's instances, and which it is."""
    return _at(facts, element, int(values.argmin()), "smallest", values)


def _at(facts: Facts, element: int, place: int, word: str, values: Ints) -> tuple[int, str]:
    name, value = host_names(facts.design, element)[place], int(values[place])
    if len(values) == 1:
        return value, "" if name == facts.design.path(element) else name
    alike = bool((values == values[0]).all())
    return value, f"{name}, as all {len(values)}" if alike else f"{name}, the {word} of {len(values)}"


def lost_with(facts: Facts, target: int, lose: tuple[Element, ...]) -> tuple[int, ...]:
    """Of the elements to lose those inside the target; all of them if none is."""
    inside = [e.index for e in lose if any(c.index == target for c in facts.design.chain(e.index))]
    return tuple(inside or [e.index for e in lose])
