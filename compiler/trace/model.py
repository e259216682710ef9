"""A traced number: the values that `explain` returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...dsl import units
from ...dsl.units import Quantity, format_number


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a spec or of the catalog. `file` is the name in `Design.files`, the same on every machine."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Stated:
    """One attribute as a file states it.

    `owner` is the definition that has it, `value` what was read. `source` is what the definition cites and `note` what
    it calls assumed, both empty where another file than theirs states the attribute. `assumed` is true for a guess.
    """

    owner: str
    attribute: str
    value: str
    place: Place
    source: str = ""
    note: str = ""
    assumed: bool = False

    def __str__(self) -> str:
        return f"{self.owner}.{self.attribute} = {self.value}{' assumed' if self.assumed else ''}  {self.place}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it follows from.

    `amount` is that of one, and `count` of them count in the figure above; `parts` are what `amount` follows from:
    their sum where `how` names no other rule. `place` is where what is counted was written. A figure without parts is
    stated, or is a constant of the rule above it, which `how` then names.
    """

    name: str
    amount: Quantity
    count: int = 1
    how: str = ""
    stated: Stated | None = None
    place: Place | None = None
    parts: tuple[Figure, ...] = ()

    @property
    def total(self) -> Quantity:
        """What it adds to the figure above."""
        return Quantity(self.amount.value * self.count, self.amount.dim, self.amount.unit)

    def leaves(self) -> Iterator[Figure]:
        """The figures that nothing is below of, from left to right."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def as_json(self) -> dict[str, Any]:
        """The tree for a machine; empty fields are left out."""
        found: dict[str, Any] = {"name": self.name, "count": self.count, "amount": readable(self.amount)}
        found |= {"total": readable(self.total), "how": self.how}
        if self.stated is not None:
            s = self.stated
            found["stated"] = {
                key: value
                for key, value in (
                    ("owner", s.owner),
                    ("attribute", s.attribute),
                    ("value", s.value),
                    ("at", str(s.place)),
                    ("source", s.source),
                    ("note", s.note),
                    ("assumed", s.assumed),
                )
                if value
            }
        if self.place is not None:
            found["at"] = str(self.place)
        found["parts"] = [part.as_json() for part in self.parts]
        return {key: value for key, value in found.items() if value not in ("", [])}


_SCALES: dict[units.Dimension, tuple[tuple[str, int | Fraction], ...]] = {
    units.POWER: (("MW", 10**6), ("kW", 10**3), ("W", 0)),
    units.LENGTH: (("m", 0),),
    units.MASS: (("kg", 0),),
    units.CURRENT: (("A", 0),),
    units.VOLTAGE: (("V", 0),),
    units.RATE: (("Gbps", 0),),
    units.FLOW: (("L/min", 0),),
    units.TIME: (("s", 0),),
    units.PRESSURE: (("kPa", 0),),
}
"""Units that figures are printed in, each from a size in the base unit on."""

_KEPT = ("CFM", "OU", "RU")
"""Units that people keep to, whatever the size."""


def readable(quantity: Quantity) -> str:
    """A quantity in the unit that people use for its size, every digit kept: `24.132 kW`."""
    if quantity.unit in _KEPT:
        return str(quantity)
    for unit, least in _SCALES.get(quantity.dim, ()):
        if abs(quantity.value) >= least:
            return f"{format_number(quantity.to(unit))} {unit}"
    return plain(quantity)


def plain(quantity: Quantity) -> str:
    """A quantity in its own unit; a ratio that is no short decimal as a fraction, `6/7`."""
    text = str(quantity)
    return str(quantity.value) if quantity.dim == units.NUMBER and text.startswith("~") else text
