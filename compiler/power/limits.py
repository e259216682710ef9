"""What outlets, inlets and whips may carry, and why, in mW or mVA.

- `rating` is real power. `current` and `breaker` are currents: apparent power, V·I in one phase, √3·V·I in three
  phases (V between two of them), rounded down. Direct current has no apparent power of its own: V·I is in watts, and
  the power factor is 1.
- A breaker is loaded continuously to 80 % of its rating under `nec` (NEC 210.20(A), 215.3: the rating is at least
  125 % of the continuous load) and to all of it under `iec` (IEC 60898-1: rated current is carried continuously).
  The rule is that of the nearest enclosing assembly that names one; `nec`, the safer one, where none does.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor, isqrt
from typing import Literal

from ...dsl.source import Span
from ...dsl.units import Quantity, format_number
from ..design import Design, Element, Rule, Whip
from ..schema import AssemblyAttributes, InletAttributes, OutletAttributes
from .loads import milliwatts

_RULES = {"nec": (Fraction(4, 5), "NEC 80 %"), "iec": (Fraction(1), "IEC 100 %")}


@dataclass(frozen=True)
class Limit:
    """`amount` in mW, or mVA where `unit` is `VA`; `current_ma` in each phase (-1: it is not one of current).

    `kind` is what it limits by.

    `rule` names what it follows from, such as `NEC 80 % of 60 A at 415 V, three phases`; `stated` is where.
    """

    kind: Literal["rating", "current", "breaker", "whip"]
    amount: int
    unit: Literal["W", "VA"]
    current_ma: int
    rule: str
    stated: Span


def breaker_rule(design: Design, element: int) -> str:
    """`nec` or `iec`, as it is in force at an element."""
    for e in reversed(design.chain(element)):
        if isinstance(e.attributes, AssemblyAttributes) and e.attributes.breaker_rule is not None:
            return e.attributes.breaker_rule
    return "nec"


def outlet_limits(design: Design, element: Element) -> tuple[Limit, ...]:
    """All that limits one outlet; a current without a voltage limits no power (see `unreckoned`)."""
    outlet = element.attributes
    assert isinstance(outlet, OutletAttributes)
    found = []
    if outlet.rating is not None:
        found.append(rated(outlet.rating, _place(element, "rating")))
    if outlet.voltage is not None and outlet.current is not None:
        found.append(
            by_current(
                "current",
                outlet.voltage,
                outlet.current,
                outlet.wiring,
                str(outlet.current),
                _place(element, "current"),
            )
        )
    if outlet.voltage is not None and outlet.breaker is not None:
        share, words = _RULES[breaker_rule(design, element.index)]
        carried = Quantity(outlet.breaker.value * share, outlet.breaker.dim)
        text = f"{words} of {outlet.breaker}"
        found.append(by_current("breaker", outlet.voltage, carried, outlet.wiring, text, _place(element, "breaker")))
    return tuple(found)


def inlet_limits(element: Element) -> tuple[Limit, ...]:
    """All that limits one inlet."""
    inlet = element.attributes
    assert isinstance(inlet, InletAttributes)
    return () if inlet.rating is None else (rated(inlet.rating, _place(element, "rating")),)


def whip_of(design: Design, rule: Rule) -> Whip | None:
    """The whip that a feed is made with."""
    return design.whips.get(rule.using[0]) if rule.using else None


def whip_limits(design: Design, rule: Rule) -> tuple[Limit, ...]:
    """What limits one whip of a feed, at the voltage that it is fed with."""
    whip, voltage = whip_of(design, rule), voltage_of(design, rule)
    if whip is None or voltage is None:
        return ()
    current = whip.attributes.current
    place = whip.stated.get("current", whip.origin)
    return (by_current("whip", voltage, current, wiring_of(design, rule), f"whip {whip.name}, {current}", place),)


def outlet_of(design: Design, rule: Rule) -> tuple[Element, OutletAttributes]:
    """The outlet of a feed."""
    element = design.elements[rule.a.element]
    assert isinstance(element.attributes, OutletAttributes)
    return element, element.attributes


def inlet_of(design: Design, rule: Rule) -> tuple[Element, InletAttributes]:
    """The inlet of a feed."""
    assert rule.z is not None
    element = design.elements[rule.z.element]
    assert isinstance(element.attributes, InletAttributes)
    return element, element.attributes


def voltage_of(design: Design, rule: Rule) -> Quantity | None:
    """The voltage of a feed: its outlet's, else its inlet's nominal one."""
    return outlet_of(design, rule)[1].voltage or inlet_of(design, rule)[1].voltage


def wiring_of(design: Design, rule: Rule) -> str | None:
    """The wiring of a feed: its outlet's, else its whip's, else its inlet's."""
    whip = whip_of(design, rule)
    return (
        outlet_of(design, rule)[1].wiring
        or (whip.attributes.wiring if whip is not None else None)
        or inlet_of(design, rule)[1].wiring
    )


def rated(power: Quantity, stated: Span) -> Limit:
    """A rating in watts."""
    return Limit("rating", milliwatts(power), "W", -1, f"rated {power}", stated)


def by_current(
    kind: Literal["current", "breaker", "whip"],
    voltage: Quantity,
    current: Quantity,
    wiring: str | None,
    words: str,
    stated: Span,
) -> Limit:
    """What a current makes at a voltage, rounded down to the mVA; unknown wiring counts as one phase, the safe way."""
    product = voltage.value * current.value * 1000
    amount = isqrt(floor(3 * product * product)) if wiring == "three_phase" else floor(product)
    phases = ", three phases" if wiring == "three_phase" else ""
    text = f"{words} at {voltage}{phases}"
    return Limit(kind, amount, "W" if wiring == "dc" else "VA", floor(current.value * 1000), text, stated)


def power_text(amount: int, unit: str) -> str:
    """`34.5 kW` or `34.5 kVA`: in the largest unit that keeps three digits before the point."""
    value = Fraction(int(amount), 1000)
    for prefix, scale in (("M", 10**6), ("k", 10**3)):
        if abs(value) >= scale:
            return f"{format_number(round(value / scale, 6))} {prefix}{unit}"
    return f"{format_number(value)} {unit}"


def _place(element: Element, attribute: str) -> Span:
    return element.stated.get(attribute, element.origin)
