"""Quantities: exact numbers with a dimension.

A value is a `Fraction` of a base unit, so watts and metres never pass through a float. A dimension
is a vector of exponents over base dimensions. Bits and bytes are different base dimensions, as are
a temperature (a point, degC) and a temperature difference (K), so neither pair mixes silently.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

Dimension = tuple[tuple[str, int], ...]
"""Base dimension names with their exponents, sorted by name, no zero exponents."""

NUMBER: Dimension = ()


def dimension(**exponents: int) -> Dimension:
    """A dimension from exponents: `dimension(bit=1, s=-1)` is a data rate in bits."""
    return tuple(sorted((name, power) for name, power in exponents.items() if power))


LENGTH = dimension(m=1)
MASS = dimension(kg=1)
TIME = dimension(s=1)
POWER = dimension(W=1)
ENERGY = dimension(W=1, s=1)
CURRENT = dimension(A=1)
VOLTAGE = dimension(W=1, A=-1)
DATA_BITS = dimension(bit=1)
DATA = dimension(byte=1)
RATE = dimension(bit=1, s=-1)
BYTE_RATE = dimension(byte=1, s=-1)
TEMPERATURE = dimension(degC=1)
TEMPERATURE_DIFFERENCE = dimension(K=1)
FLOW = dimension(m=3, s=-1)
PRESSURE = dimension(W=1, s=1, m=-3)
FREQUENCY = dimension(s=-1)
OPERATIONS = dimension(op=1)
OPERATION_RATE = dimension(op=1, s=-1)
COST = dimension(USD=1)
ENERGY_COST = dimension(USD=1, W=-1, s=-1)
LOSS = dimension(dB=1)
ATTENUATION = dimension(dB=1, m=-1)
LINEAR_WEIGHT = dimension(kg=1, m=-1)

_NAMES: dict[Dimension, str] = {
    NUMBER: "a plain number",
    LENGTH: "a length",
    MASS: "a mass",
    TIME: "a time",
    POWER: "a power",
    ENERGY: "an energy",
    CURRENT: "a current",
    VOLTAGE: "a voltage",
    DATA_BITS: "an amount of data in bits",
    DATA: "an amount of data in bytes",
    RATE: "a data rate in bits",
    BYTE_RATE: "a data rate in bytes",
    TEMPERATURE: "a temperature",
    TEMPERATURE_DIFFERENCE: "a temperature difference",
    FLOW: "a flow",
    PRESSURE: "a pressure",
    FREQUENCY: "a frequency",
    OPERATIONS: "a count of operations",
    OPERATION_RATE: "operations a second",
    COST: "a price",
    ENERGY_COST: "a price of energy",
    LOSS: "an optical loss",
    ATTENUATION: "a loss by length",
    LINEAR_WEIGHT: "a weight by length",
}


def describe(dim: Dimension) -> str:
    """A dimension in words, for messages."""
    return _NAMES.get(dim) or "a quantity in " + "·".join(n if p == 1 else f"{n}^{p}" for n, p in dim)


def _units() -> dict[str, tuple[Fraction, Dimension]]:
    one = Fraction(1)
    table: dict[str, tuple[Fraction, Dimension]] = {}

    def add(dim: Dimension, **units: Fraction | int | str) -> None:
        for name, scale in units.items():
            table[name.replace("_per_", "/")] = (Fraction(scale), dim)

    add(POWER, W=1, kW=10**3, MW=10**6, GW=10**9, mW="1/1000")
    add(ENERGY, J=1, kJ=1000, Wh=3600, kWh=3600 * 10**3, MWh=3600 * 10**6)
    add(CURRENT, A=1, mA="1/1000", kA=1000)
    add(VOLTAGE, V=1, mV="1/1000", kV=1000)
    add(LENGTH, m=1, mm="1/1000", cm="1/100", km=1000, ft="0.3048")
    # "in" is a word of many languages, so inches are spelt out.
    add(LENGTH, inch="0.0254")
    # OpenU: 48 mm (OCP Open Rack); rack unit: 1.75 in = 44.45 mm (EIA-310).
    add(LENGTH, OU="0.048", RU="0.04445")
    add(MASS, kg=1, g="1/1000", t=1000, lb="0.45359237")
    add(TIME, s=1, ms="1/1000", us="1/1000000", ns="1/1000000000", ps=Fraction(1, 10**12), min=60, h=3600)
    add(DATA_BITS, bit=1, kbit=10**3, Mbit=10**6, Gbit=10**9)
    add(DATA, B=1, kB=10**3, MB=10**6, GB=10**9, TB=10**12, PB=10**15)
    add(DATA, KiB=2**10, MiB=2**20, GiB=2**30, TiB=2**40)
    add(RATE, bps=1, kbps=10**3, Mbps=10**6, Gbps=10**9, Tbps=10**12)
    add(BYTE_RATE, B_per_s=1, kB_per_s=10**3, MB_per_s=10**6, GB_per_s=10**9, TB_per_s=10**12)
    add(BYTE_RATE, MiB_per_s=2**20, GiB_per_s=2**30, TiB_per_s=2**40)
    add(TEMPERATURE, degC=1)
    add(TEMPERATURE_DIFFERENCE, K=1)
    add(FLOW, L_per_min=Fraction(1, 60000), L_per_s="1/1000", m3_per_h=Fraction(1, 3600))
    add(FLOW, CFM=Fraction("0.3048") ** 3 / 60, GPM=Fraction("0.003785411784") / 60)
    add(PRESSURE, Pa=1, kPa=1000, mbar=100, bar=10**5, psi=Fraction("6894.757293168"))
    add(FREQUENCY, Hz=1, kHz=10**3, MHz=10**6, GHz=10**9)
    add(OPERATION_RATE, GFLOPS=10**9, TFLOPS=10**12, PFLOPS=10**15, TOPS=10**12)
    add(COST, USD=1)
    add(ENERGY_COST, USD_per_kWh=Fraction(1, 3600 * 10**3), USD_per_MWh=Fraction(1, 3600 * 10**6))
    add(dimension(m=-1, s=1), ns_per_m=Fraction(1, 10**9))
    add(LOSS, dB=1)
    add(ATTENUATION, dB_per_km=Fraction(1, 1000), dB_per_m=1)
    add(LINEAR_WEIGHT, kg_per_m=1, g_per_m=Fraction(1, 1000), kg_per_km=Fraction(1, 1000))
    table["%"] = (Fraction(1, 100), NUMBER)
    table[""] = (one, NUMBER)
    return table


UNITS = _units()
"""Unit name to (size in the base unit, dimension)."""


class UnitError(ValueError):
    """Two quantities that do not go together; the message says why in a user's words."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact value in the base unit of its dimension.

    `unit` is the spelling it was written in; it serves printing only and takes no part in
    comparisons, but for positions, where `3 OU` is the third unit from below.
    """

    value: Fraction
    dim: Dimension = NUMBER
    unit: str = field(default="", compare=False)

    @classmethod
    def of(cls, number: Fraction | int | str, unit: str = "") -> Quantity:
        """`Quantity.of(700, "W")`. Raises KeyError for an unknown unit."""
        scale, dim = UNITS[unit]
        return cls(Fraction(number) * scale, dim, unit)

    def to(self, unit: str) -> Fraction:
        """The exact number of that unit. Raises UnitError if the dimension differs."""
        scale, dim = UNITS[unit]
        if dim != self.dim:
            raise UnitError(f"{self} is {describe(self.dim)}, not {describe(dim)}")
        return self.value / scale

    def whole(self, unit: str) -> int:
        """The number of that unit, which must be whole (for columns of integers)."""
        number = self.to(unit)
        if number.denominator != 1:
            raise UnitError(f"{self} is not a whole number of {unit}")
        return number.numerator

    def __str__(self) -> str:
        unit = _unit(self)
        return f"{format_number(self.value / (UNITS[unit][0] if unit in UNITS else 1))} {unit}".rstrip()


def format_number(number: Fraction) -> str:
    """Exact decimal if nine digits after the point do, else six digits in all and a tilde."""
    billionths = abs(number) * 10**9
    if billionths.denominator != 1:
        return f"~{float(number):.6g}"
    # By whole numbers: a float has too few digits for the thousandths of millions.
    whole, rest = divmod(billionths.numerator, 10**9)
    digits = f"{whole}.{rest:09}".rstrip("0").rstrip(".")
    return f"-{digits}" if number < 0 else digits


def _unit(quantity: Quantity) -> str:
    """The unit to write a quantity in: its own; else, of a computed one, the base unit, or the first that there is."""
    if quantity.unit in UNITS and UNITS[quantity.unit][1] == quantity.dim:
        return quantity.unit
    known = [name for name, (_, dim) in UNITS.items() if dim == quantity.dim]
    base = next((name for name in known if UNITS[name][0] == 1), known[0] if known else None)
    return "·".join(n if p == 1 else f"{n}^{p}" for n, p in quantity.dim) if base is None else base


def parse_quantity(text: str) -> Quantity:
    """Read `"700 W"`, `"1/3 m"` or `"8"` back; the inverse of `write_quantity`. Raises UnitError."""
    number, _, unit = text.partition(" ")
    try:
        return Quantity.of(Fraction(number), unit)
    except (ValueError, ZeroDivisionError, KeyError) as error:
        raise UnitError(f"`{text}` is not a quantity") from error


def write_quantity(quantity: Quantity) -> str:
    """An exact spelling: a fraction or integer of the unit that it was written in."""
    unit = _unit(quantity)
    return f"{quantity.value / UNITS[unit][0]} {unit}".rstrip()


def _same(a: Quantity, b: Quantity, verb: str) -> None:
    if a.dim != b.dim:
        raise UnitError(f"cannot {verb} {a} ({describe(a.dim)}) and {b} ({describe(b.dim)})")


def add(a: Quantity, b: Quantity) -> Quantity:
    """Sum; a temperature plus a difference is a temperature."""
    if {a.dim, b.dim} == {TEMPERATURE, TEMPERATURE_DIFFERENCE}:
        return Quantity(a.value + b.value, TEMPERATURE, "degC")
    if a.dim == b.dim == TEMPERATURE:
        raise UnitError(f"cannot add two temperatures, {a} and {b}: one of them must be a difference in K")
    _same(a, b, "add")
    return Quantity(a.value + b.value, a.dim, a.unit or b.unit)


def subtract(a: Quantity, b: Quantity) -> Quantity:
    """Difference; of two temperatures it is in K."""
    if a.dim == b.dim == TEMPERATURE:
        return Quantity(a.value - b.value, TEMPERATURE_DIFFERENCE, "K")
    if (a.dim, b.dim) == (TEMPERATURE, TEMPERATURE_DIFFERENCE):
        return Quantity(a.value - b.value, TEMPERATURE, "degC")
    _same(a, b, "subtract")
    return Quantity(a.value - b.value, a.dim, a.unit or b.unit)


def multiply(a: Quantity, b: Quantity) -> Quantity:
    """Product; dimensions add up."""
    return Quantity(a.value * b.value, _combine(a.dim, b.dim, 1), _kept_unit(a, b))


def divide(a: Quantity, b: Quantity) -> Quantity:
    """Exact quotient. Raises UnitError on division by zero."""
    if b.value == 0:
        raise UnitError(f"{a} is divided by zero")
    unit = a.unit if b.dim == NUMBER else ""
    return Quantity(a.value / b.value, _combine(a.dim, b.dim, -1), unit)


def compare(a: Quantity, b: Quantity) -> int:
    """-1, 0 or 1. Raises UnitError if the dimensions differ."""
    _same(a, b, "compare")
    return (a.value > b.value) - (a.value < b.value)


def _kept_unit(a: Quantity, b: Quantity) -> str:
    if a.dim == NUMBER:
        return "" if b.dim == NUMBER else b.unit
    return a.unit if b.dim == NUMBER else ""


def _combine(a: Dimension, b: Dimension, sign: int) -> Dimension:
    powers = dict(a)
    for name, power in b:
        powers[name] = powers.get(name, 0) + sign * power
    return tuple(sorted((name, power) for name, power in powers.items() if power))
