"""The rules that the user writes: every `require` holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from ...dsl import units
from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.units import Quantity, UnitError
from ..design import Condition, Measure, Requirement, Term, Value
from .facts import Facts
from .measured import Measured, Unavailable
from .measures import measure

_ARITHMETIC: dict[str, Callable[[Quantity, Quantity], Quantity]] = {
    "+": units.add,
    "-": units.subtract,
    "*": units.multiply,
    "/": units.divide,
}

_COMPARISONS: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
    "==": lambda order: order == 0,
    "!=": lambda order: order != 0,
}


@dataclass(frozen=True)
class _Answer:
    """A value and the measures that it rests on, as `name = value (where)`.

    `why` is set on a false truth value: the comparison or measure that makes it false.
    """

    value: Quantity | bool
    measures: tuple[str, ...] = ()
    why: str = ""


def requirements(facts: Facts) -> Iterator[Diagnostic]:
    """RW7101 for each requirement that does not hold, RW7102 for each that cannot be decided."""
    for requirement in facts.design.requirements:
        yield from _requirement(facts, requirement)


def _requirement(facts: Facts, requirement: Requirement) -> Iterator[Diagnostic]:
    try:
        answer = _evaluate(facts, requirement.condition)
        if not isinstance(answer.value, bool):
            raise Unavailable(f"it is {answer.value}, neither true nor false")
    except (Unavailable, UnitError) as error:
        yield diagnose("RW7102", requirement.origin, detail=str(error))
        return
    if not answer.value:
        measured = "; ".join(answer.measures)
        yield diagnose("RW7101", requirement.origin, answer.why, detail=measured, help=requirement.message)


def _evaluate(facts: Facts, term: Term) -> _Answer:
    if isinstance(term, Value):
        return _Answer(term.value)
    if isinstance(term, Measure):
        return _measured(facts, term, measure(facts, term))
    return _condition(facts, term)


def _measured(facts: Facts, asked: Measure, found: Measured) -> _Answer:
    target = ", ".join(dict.fromkeys(facts.design.path(i) for i in asked.targets))
    name = f"{asked.function}({target})"
    if isinstance(found.value, bool):
        return _Answer(found.value, (), "" if found.value else found.note)
    note = f" ({found.note})" if found.note else ""
    return _Answer(found.value, (f"{name} is {_shown(found.value)}{note}",))


def _condition(facts: Facts, term: Condition) -> _Answer:
    if term.op in ("and", "or"):
        return _both(facts, term)
    answers = [_evaluate(facts, arg) for arg in term.args]
    measures = tuple(m for answer in answers for m in answer.measures)
    if term.op == "not":
        truth = answers[0].value
        if not isinstance(truth, bool):
            raise Unavailable("`not` takes a truth value")
        return _Answer(not truth, measures, "this holds, and must not" if truth else "")
    numbers = [answer.value for answer in answers]
    if term.op == "negate":
        return _Answer(units.multiply(Quantity(Fraction(-1)), _quantity(numbers[0])), measures)
    left, right = _quantity(numbers[0]), _quantity(numbers[1])
    if term.op in _ARITHMETIC:
        return _Answer(_ARITHMETIC[term.op](left, right), measures)
    holds = _COMPARISONS[term.op](units.compare(left, right))
    return _Answer(holds, measures, "" if holds else f"{_shown(left)} {term.op} {_shown(right)} does not hold")


def _both(facts: Facts, term: Condition) -> _Answer:
    """The second operand is looked at only where it matters."""
    first = _evaluate(facts, term.args[0])
    if not isinstance(first.value, bool):
        raise Unavailable(f"`{term.op}` takes truth values")
    if first.value != (term.op == "and"):
        return first
    second = _evaluate(facts, term.args[1])
    if not isinstance(second.value, bool):
        raise Unavailable(f"`{term.op}` takes truth values")
    return _Answer(second.value, first.measures + second.measures, second.why)


def _quantity(value: Quantity | bool) -> Quantity:
    if isinstance(value, bool):
        raise Unavailable("a truth value is no quantity")
    return value


def _shown(value: Quantity) -> str:
    """Ratios that are no short decimal are shown as fractions: `16/7`."""
    text = str(value)
    return f"{value.value} ({text})" if text.startswith("~") and value.dim == units.NUMBER else text
