"""How the checks name things: one concrete instance out of thousands, with real names and figures."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from ...dsl.units import Quantity, format_number
from ..design import Rule
from ..evaluate.relations import TIMES
from ..names import terminal_names
from ..plant import Plant, Relations


def terminal(plant: Plant, kind: str, device: int, number: int) -> str:
    """A terminal by its device's host name and its own name: `pod0-gpu3-tor eth16`."""
    return f"{plant.devices.names[device]} {terminal_names(plant, plant.class_of(device), kind)[number]}"


def variables(plant: Plant, rule: Rule, rank: int) -> str:
    """The values that the named variables of a rule take in one of its rows: `n = 0, r = 3`."""
    sizes = [v.capacity for v in rule.variables]
    rank %= max(1, prod(sizes))
    values = []
    for variable in reversed(rule.variables):
        rank, value = divmod(rank, variable.capacity)
        if variable.name.isidentifier() and variable.name != TIMES:
            values.append(f"{variable.name} = {variable.low + value}")
    return ", ".join(reversed(values))


def pair(plant: Plant, relations: Relations, kinds: tuple[str, str], row: int) -> str:
    """Both ends of one row: `pod0-gpu3-tor eth16 and pod0-net0-chassis0 eth3`."""
    a = terminal(plant, kinds[0], int(relations.a_device[row]), int(relations.a_terminal[row]))
    z = terminal(plant, kinds[1], int(relations.z_device[row]), int(relations.z_terminal[row]))
    return f"{a} and {z}"


def instance(plant: Plant, relations: Relations, kinds: tuple[str, str], row: int, many: str) -> str:
    """`here n = 0: … and …; 16 links in all`; `many` is that last part (see `in_all`)."""
    rule = plant.design.rules[int(relations.rule[row])]
    values = variables(plant, rule, int(relations.rank[row]))
    return f"here {values + ': ' if values else ''}{pair(plant, relations, kinds, row)}{many}"


def in_all(count: int, what: str) -> str:
    """`; 16 links in all`, or nothing if it is the only one."""
    return f"; {count} {what} in all" if count > 1 else ""


def watts(milliwatts: int) -> str:
    """A power in the largest unit that keeps three digits before the point, exact: `13.2 kW`."""
    value = Fraction(int(milliwatts), 1000)
    for unit, scale in (("MW", 10**6), ("kW", 10**3)):
        if abs(value) >= scale:
            return f"{format_number(value / scale)} {unit}"
    return f"{format_number(value)} W"


def rate(bits: int) -> str:
    """A data rate: `400 Gbps`."""
    return str(Quantity(Fraction(int(bits)), Quantity.of(1, "Gbps").dim, "Gbps"))


def metres(micrometres: int) -> str:
    """A length: `2.5 m`."""
    return f"{format_number(Fraction(int(micrometres), 10**6))} m"


def kilograms(grams: int) -> str:
    """A weight: `812.5 kg`."""
    return f"{format_number(Fraction(int(grams), 1000))} kg"
