"""Both ends of a feed, and its whip, are of one voltage and one wiring."""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.units import Quantity
from ..design import Rule
from ..power.limits import inlet_of, outlet_of, voltage_of, whip_of
from ..schema import InletAttributes
from .facts import Facts
from .wording import in_all, instance

_WORDS = {"dc": "direct current", "single_phase": "one phase", "three_phase": "three phases"}


def feed_ends(facts: Facts) -> Iterator[Diagnostic]:
    """RW5011 and RW5012: voltage and wiring at both ends and in the whip; once a statement."""
    for rule, rows in facts.rules("feed"):
        where = instance(facts.plant, facts.plant.feeds, ("outlet", "inlet"), rows.start, _many(rows))
        yield from _voltages(facts, rule, where)
        yield from _wirings(facts, rule, where)


def _many(rows: slice) -> str:
    return in_all(rows.stop - rows.start, "feeds")


def _voltages(facts: Facts, rule: Rule, where: str) -> Iterator[Diagnostic]:
    outlet, given = outlet_of(facts.design, rule)
    inlet, wanted = inlet_of(facts.design, rule)
    whip, voltage = whip_of(facts.design, rule), voltage_of(facts.design, rule)
    takes = _range(wanted)
    if given.voltage is not None and takes is not None and not takes[0].value <= given.voltage.value <= takes[1].value:
        text = f"takes {takes[0]}" if takes[0] == takes[1] else f"takes {takes[0]} to {takes[1]}"
        yield diagnose(
            "RW5011",
            rule.origin,
            f"{given.voltage} into an inlet that {text}",
            detail=where,
            help="feed it at its voltage, or state its `lowest_voltage` and `highest_voltage` by its data sheet",
            also=[
                (outlet.stated.get("voltage", outlet.origin), f"gives {given.voltage}"),
                (inlet.stated.get("voltage", inlet.origin), text),
            ],
        )
    highest = whip.attributes.voltage if whip is not None else None
    if whip is not None and highest is not None and voltage is not None and voltage.value > highest.value:
        yield diagnose(
            "RW5011",
            rule.origin,
            f"{voltage} through a whip made for {highest}",
            detail=where,
            help="take a whip for a higher voltage",
            also=[(whip.stated.get("voltage", whip.origin), f"at most {highest}")],
        )


def _range(inlet: InletAttributes) -> tuple[Quantity, Quantity] | None:
    """The voltages that an inlet takes; the nominal one stands for a limit that is not stated."""
    low, high = inlet.lowest_voltage or inlet.voltage, inlet.highest_voltage or inlet.voltage
    return None if low is None or high is None else (low, high)


def _wirings(facts: Facts, rule: Rule, where: str) -> Iterator[Diagnostic]:
    outlet, given = outlet_of(facts.design, rule)
    inlet, wanted = inlet_of(facts.design, rule)
    whip = whip_of(facts.design, rule)
    parts = [
        (given.wiring, outlet.stated.get("wiring", outlet.origin), "outlet"),
        (wanted.wiring, inlet.stated.get("wiring", inlet.origin), "inlet"),
    ]
    if whip is not None:
        parts.append((whip.attributes.wiring, whip.stated.get("wiring", whip.origin), "whip"))
    told = [(wiring, span, what) for wiring, span, what in parts if wiring is not None]
    if len({wiring for wiring, _, _ in told}) > 1:
        yield diagnose(
            "RW5012",
            rule.origin,
            " and ".join(f"{_WORDS[wiring]} at the {what}" for wiring, _, what in told),
            detail=where,
            help="take one phase out of three by a part with single-phase outlets that tell their `phase`",
            also=[(span, _WORDS[wiring]) for wiring, span, _ in told],
        )


def unreckoned(facts: Facts) -> Iterator[Diagnostic]:
    """RW5015: a limit in amperes at a place whose voltage nobody tells; once an outlet or statement."""
    seen: set[int] = set()
    for rule, rows in facts.rules("feed"):
        outlet, given = outlet_of(facts.design, rule)
        whip = whip_of(facts.design, rule)
        limited = given.current or given.breaker
        name = instance(facts.plant, facts.plant.feeds, ("outlet", "inlet"), rows.start, _many(rows))
        if limited is not None and given.voltage is None and outlet.index not in seen:
            seen.add(outlet.index)
            yield diagnose(
                "RW5015",
                outlet.stated.get("breaker", outlet.stated.get("current", outlet.origin)),
                f"{limited} at a voltage that is not told",
                detail=name,
                help="state the `voltage` and the `wiring` of the outlet",
            )
        if whip is not None and voltage_of(facts.design, rule) is None:
            yield diagnose(
                "RW5015",
                rule.origin,
                f"a whip for {whip.attributes.current} at a voltage that is not told",
                detail=name,
                help="state the `voltage` of the outlet",
            )


def unfed_phases(facts: Facts) -> Iterator[Diagnostic]:
    """RW5016: single-phase outlets of a three-phase part that do not tell their phase; once an outlet."""
    for index in facts.currents.wires.untold:
        element = facts.design.elements[index]
        yield diagnose(
            "RW5016",
            element.origin,
            detail=f"{facts.design.path(index)} has one phase of three and does not tell which",
            help="such as `phase = out mod 3`; until then its loads count a third in each phase",
        )
