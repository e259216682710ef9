"""Quantities are exact, and dimensions never mix."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rackwright.dsl import units
from rackwright.dsl.units import Quantity, UnitError


def q(number: str | int, unit: str = "") -> Quantity:
    return Quantity.of(number, unit)


def test_arithmetic_is_exact() -> None:
    third = units.divide(q(10, "kW"), q(3))
    assert units.multiply(third, q(3)) == q(10, "kW")
    assert units.add(q("0.1", "W"), q("0.2", "W")) == q("0.3", "W")


def test_dimensions_combine() -> None:
    assert units.multiply(q(48, "V"), q(600, "A")) == q("28.8", "kW")
    assert units.divide(q(100, "Gbit"), q(2, "s")) == q(50, "Gbps")
    assert units.multiply(q(3, "kW"), q(2, "h")) == q(6, "kWh")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (q(3, "kW"), q(2, "A")),
        (q(1, "Gbps"), q(1, "GB/s")),
        (q(1, "Gbit"), q(1, "GB")),
        (q(30, "degC"), q(1, "m")),
    ],
)
def test_what_does_not_go_together_is_refused(a: Quantity, b: Quantity) -> None:
    with pytest.raises(UnitError):
        units.add(a, b)
    with pytest.raises(UnitError):
        units.compare(a, b)


def test_a_temperature_is_a_point_and_kelvin_a_difference() -> None:
    assert units.add(q(30, "degC"), q(5, "K")) == q(35, "degC")
    assert units.subtract(q(40, "degC"), q(30, "degC")) == q(10, "K")
    with pytest.raises(UnitError):
        units.add(q(30, "degC"), q(30, "degC"))


def test_rack_units_are_lengths() -> None:
    assert q(1, "OU").to("mm") == 48
    assert q(1, "RU").to("mm") == Fraction("44.45")
    assert q(8, "OU").whole("mm") == 384
    with pytest.raises(UnitError):
        q(1, "RU").whole("mm")


@pytest.mark.parametrize("text", ["700 W", "1/3 m", "8", "-5 K", "1048576 B", "419/1000 GB/s"])
def test_a_quantity_is_read_back_as_it_was_written(text: str) -> None:
    assert units.write_quantity(units.parse_quantity(text)) == text


@pytest.mark.parametrize("text", ["", "x W", "1/0 m", "3 parsec"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        units.parse_quantity(text)


@pytest.mark.parametrize(
    ("quantity", "shown"),
    [
        (q("10.2", "kW"), "10.2 kW"),
        (units.divide(q(1, "m"), q(3)), "~0.333333 m"),
        (q(5, "%"), "5 %"),
        (q(7), "7"),
        (q("11306966.178", "CFM"), "11306966.178 CFM"),
        (q("-0.000000001", "m"), "-0.000000001 m"),
        (q("0.0000000005", "m"), "~5e-10 m"),
    ],
)
def test_printing_is_short_and_marks_what_is_rounded(quantity: Quantity, shown: str) -> None:
    assert str(quantity) == shown


def test_every_dimension_of_a_unit_has_a_name() -> None:
    unnamed = [unit for unit, (_, dim) in units.UNITS.items() if "quantity in" in units.describe(dim)]
    assert unnamed == ["ns/m"]


def test_what_is_computed_is_written_in_a_unit_that_is_read_back() -> None:
    """Litres a minute and psi have no unit of size 1 beside them; a computed flow is in the first that there is."""
    flow = units.divide(units.multiply(q(60, "kW"), q("1.5", "L/min")), q(1, "kW"))
    assert str(flow) == "90 L/min"
    assert units.parse_quantity(units.write_quantity(flow)) == flow
    assert str(units.multiply(q(600, "A"), q(48, "V"))) == "28800 W"
