"""How the checks of cooling write their figures, and find the worst device of a class."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ...dsl.units import format_number
from ..cooling.failover import Strain
from ..plant import DeviceClass, Ints
from .facts import Facts
from .wording import watts


def litres(millilitres: int) -> str:
    """A coolant flow: `148.9 L/min`, rounded up to a tenth."""
    return f"{_tenths(Fraction(int(millilitres), 1000))} L/min"


def cubic_feet(thousandths: int) -> str:
    """An airflow: `1461 CFM`, rounded up to a tenth."""
    return f"{_tenths(Fraction(int(thousandths), 1000))} CFM"


def kilopascals(pascals: int) -> str:
    """A pressure with its value in psi, which makers of couplings and pumps print: `100 kPa (14.5 psi)`."""
    value = Fraction(int(pascals), 1000)
    return f"{_tenths(value)} kPa ({float(value) * 0.1450377:.1f} psi)"


def degrees(thousandths: int) -> str:
    """A temperature: `30.5 degC`."""
    return f"{format_number(Fraction(int(thousandths), 1000))} degC"


def strain(found: Strain) -> str:
    """What carries how much of which limit: `cdu1 takes 240 kW of 200 kW`."""
    if found.sort == "heat":
        return f"{found.where} takes {watts(found.load)} of {watts(found.limit)}"
    if found.sort == "air":
        return f"{watts(found.load)} is left in the air of {found.where}, of {watts(found.limit)} that may be"
    if found.sort == "airflow":
        return f"the devices in {found.where} move {cubic_feet(found.load)} of {cubic_feet(found.limit)}"
    if found.sort == "pressure":
        return f"the loop of {found.where} needs {kilopascals(found.load)} of {kilopascals(found.limit)}"
    carries = "delivers" if found.sort == "flow" else "carries"
    return f"{found.where} {carries} {litres(found.load)} of {litres(found.limit)}"


def _tenths(value: Fraction) -> str:
    return format_number(Fraction(-(-value.numerator * 10 // value.denominator), 10))


def worst(facts: Facts, over: Ints) -> Iterator[tuple[DeviceClass, int, int]]:
    """Of each class with a positive `over` (one row a device): the device with the most, and how many there are."""
    for cls in facts.plant.classes:
        own = over[cls.first : cls.first + cls.count]
        if (own > 0).any():
            yield cls, cls.first + int(own.argmax()), int((own > 0).sum())
