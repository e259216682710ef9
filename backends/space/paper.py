"""Drawings on paper: a true scale, and coordinates in millimetres of the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from ...dsl.units import format_number

_RULERS = ("1", "1.5", "2", "2.5", "3", "4", "5", "7.5")

SCALES: tuple[Fraction, ...] = tuple(Fraction(number) * 10**power for power in range(8) for number in _RULERS)
"""Scales that a ruler has, or nearly so."""

MARGIN = 10
"""Of the sheet, in millimetres."""

COLOURS = ("#cfe3f7", "#d8efd2", "#fbe3bd", "#f7cfd3", "#e3d7f3", "#cdeeee", "#eeeac0", "#e6dcd2")
"""Fills that black text is read on, and that a grey printer keeps apart from white."""


@dataclass(frozen=True)
class Paper:
    """A sheet (in millimetres) and the part of the building on it: lengths shrink by `scale`, and the place `left`,
    `bottom` (in micrometres) comes to lie at `at` on the sheet, whose y runs downwards."""

    width: int
    height: int
    scale: Fraction
    left: int
    bottom: int
    at: tuple[int, int]

    def length(self, micrometres: int) -> str:
        """A length on the sheet."""
        return _number(self._hundredths(micrometres))

    def x(self, micrometres: int) -> str:
        """A place along the sheet."""
        return _number(self.at[0] * 100 + self._hundredths(micrometres - self.left))

    def y(self, micrometres: int) -> str:
        """A place down the sheet; larger y of the building are further up."""
        return _number(self.at[1] * 100 - self._hundredths(micrometres - self.bottom))

    def millimetres(self, micrometres: int) -> int:
        """A length on the sheet in whole millimetres, rounded up."""
        return -(-self._hundredths(micrometres) // 100)

    def _hundredths(self, micrometres: int) -> int:
        """Hundredths of a millimetre on the sheet, the nearest whole number."""
        whole = 10 * self.scale.numerator
        return (2 * micrometres * self.scale.denominator + whole) // (2 * whole)


def plain(thousandths: int) -> int | float:
    """A whole number of thousands as an int, any other as a float: at most 12 digits and 3 after the point, which
    a float tells apart."""
    return thousandths / 1000 if thousandths % 1000 else thousandths // 1000


def _number(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def fitting(extent: tuple[int, int], room: tuple[int, int]) -> Fraction:
    """The smallest scale at which an extent in micrometres has room in so many millimetres; at least 1:1."""
    need = max(Fraction(extent[way], 1000 * room[way]) for way in (0, 1))
    return min([scale for scale in SCALES if scale >= need] or SCALES[-1:])


def scale_text(scale: Fraction) -> str:
    """`1 : 150`."""
    return f"1 : {format_number(scale)}"


def metres(micrometres: int) -> str:
    """A length: `2.4 m`."""
    return f"{format_number(Fraction(micrometres, 10**6))} m"


def millimetres(micrometres: int) -> str:
    """A length: `600 mm`."""
    return f"{format_number(Fraction(micrometres, 1000))} mm"


def kilograms(grams: int) -> str:
    """A weight: `1360.5 kg`."""
    return f"{format_number(Fraction(grams, 1000))} kg"


def text(words: str) -> str:
    """Any text, as it stands in a drawing: no markup, no control characters."""
    return escape("".join(c if c.isprintable() else " " for c in words))


def font_size(words: Sequence[str], along: Fraction, across: Fraction) -> Fraction:
    """Height of letters, in millimetres, with which the longest text has room; letters are 0.6 of it wide."""
    longest = max((len(word) for word in words), default=1)
    return min(across * Fraction(4, 5), along / (Fraction(3, 5) * max(1, longest)))
