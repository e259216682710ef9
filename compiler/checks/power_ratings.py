"""No outlet, inlet, breaker, whip or phase carries more at peak than it may."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.units import format_number
from ..power.limits import Limit, power_text
from ..power.terminals import Side, TerminalNames, Terminals, terminals
from .facts import Facts
from .wording import in_all

_SIDES: tuple[Side, ...] = ("outlet", "inlet", "whip")

_CODES = {"rating": "RW5003", "current": "RW5003", "breaker": "RW5008", "whip": "RW5009"}
_HELP = {
    "RW5003": "spread the loads over more of them, or take one of a higher rating",
    "RW5008": "spread the loads over more breakers, or take a larger one; `breaker_rule` says which code holds",
    "RW5009": "take a whip for a higher current, or feed less through it",
    "RW5010": "spread the single-phase loads evenly over `phase` 0, 1 and 2",
}


def overloaded_terminals(facts: Facts) -> Iterator[Diagnostic]:
    """RW5003, RW5008, RW5009 and RW5010: the worst of each array or statement, once for each sort of limit."""
    for side in _SIDES:
        found = terminals(facts.plant, side)
        if found.limited:
            yield from _side(facts, found)


def _side(facts: Facts, side: Terminals) -> Iterator[Diagnostic]:
    real, mix = side.loads(facts.flow.feed[0], facts.currents.given)
    power, apparent = side.compared(real, mix)
    over = np.flatnonzero((power > side.watts) | (apparent > side.apparent))
    if not len(over):
        return
    feeds, design = facts.plant.feeds, facts.design
    bad = np.zeros(len(side.watts), dtype=np.bool_)
    bad[over] = True
    rows = np.flatnonzero(bad[side.number])
    name = TerminalNames(facts.plant)
    even = mix.sum(axis=0)
    seen: dict[tuple[int, str], list[tuple[float, int, Limit]]] = {}
    for number in np.unique(feeds.rule[rows]).tolist():
        rule = design.rules[number]
        assert rule.z is not None
        element = rule.z.element if side.side == "inlet" else rule.a.element
        own = rows[feeds.rule[rows] == number]
        for limit in side.limits.get(number, ()):
            load = (power if limit.unit == "W" else apparent)[side.number[own]]
            plain = (real if limit.unit == "W" else even)[side.number[own]]
            for code, wrong in (
                (_CODES[limit.kind], plain > limit.amount),
                ("RW5010", (load > limit.amount) & (plain <= limit.amount)),
            ):
                if wrong.any():
                    worst = int(own[wrong][load[wrong].argmax()])
                    key = (number if side.side == "whip" else element, code)
                    ratio = float(load[wrong].max()) / max(limit.amount, 1)
                    seen.setdefault(key, []).append((ratio, worst, limit))
    for (_, code), worst_of in sorted(seen.items()):
        _, row, limit = max(worst_of, key=lambda item: item[0])
        total = int((power if limit.unit == "W" else apparent)[side.number[row]])
        most = power_text(limit.amount, limit.unit)
        several = len(np.unique(side.number[rows]))
        yield diagnose(
            code,
            design.rules[int(feeds.rule[row])].origin,
            _uneven(limit, total) if code == "RW5010" else f"carries {power_text(total, limit.unit)}",
            detail=f"here {name(side.side, row)}: {limit.rule}"
            + ("" if limit.kind == "rating" else f": {most}")
            + (f"; {power_text(int(even[side.number[row]]), 'VA')} in all phases together" if code == "RW5010" else "")
            + in_all(several, f"{side.side}s beyond a limit"),
            help=_HELP[code],
            also=[(limit.stated, f"at most {most}")],
        )


def _uneven(limit: Limit, load: int) -> str:
    """What the phase that is loaded most carries, in amperes where the limit is one of current."""
    if limit.current_ma < 0:
        return f"its worst phase carries as much as with {power_text(load, limit.unit)} in all"
    most = Fraction(limit.current_ma, 1000)
    carried = Fraction(-(-limit.current_ma * load // limit.amount), 1000)
    return f"its worst phase carries {format_number(carried)} A of {format_number(most)} A"
