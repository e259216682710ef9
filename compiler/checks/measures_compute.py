"""What a requirement can ask of the accelerators. Of several elements the sum answers."""

from __future__ import annotations

from fractions import Fraction

from ...dsl.units import NUMBER, Quantity
from ..compute import NotStated, accelerators_inside, peak, total_peak
from ..design import Element, Measure
from ..instances import instance_count
from .facts import Facts
from .measured import Measured, Unavailable

_PETA = 10**15


def operations(facts: Facts, asked: Measure) -> Measured:
    """Dense peak of all accelerators inside together; the measure's name is that of the attribute."""
    found = _inside(facts, asked.targets)
    unit = "PFLOPS" if (value := _total(facts, found, asked.function)) >= _PETA else "TFLOPS"
    return Measured(Quantity(value, Quantity.of(1, unit).dim, unit), _counted(facts, found))


def equivalents(facts: Facts, asked: Measure) -> Measured:
    """How many accelerators `like` have the dense BF16 peak of all inside together."""
    found, like = _inside(facts, asked.targets), _inside(facts, asked.like)
    try:
        peaks = {peak(element, "bf16"): element.definition for element in like}
    except NotStated as error:
        raise Unavailable(str(error)) from error
    if len(peaks) > 1:
        raise Unavailable(f"`like` names accelerators of different peaks: {', '.join(sorted(peaks.values()))}")
    (one,) = peaks
    if not one:
        raise Unavailable(f"{peaks[one]} states a bf16 of zero")
    return Measured(Quantity(_total(facts, found, "bf16") / one, NUMBER), _counted(facts, found))


def _inside(facts: Facts, elements: tuple[int, ...]) -> tuple[Element, ...]:
    found = accelerators_inside(facts.design, elements)
    if not found:
        names = ", ".join(dict.fromkeys(facts.design.path(index) for index in elements))
        raise Unavailable(f"there is no accelerator in {names}")
    return found


def _total(facts: Facts, found: tuple[Element, ...], precision: str) -> Fraction:
    try:
        return total_peak(facts.design, found, precision)
    except NotStated as error:
        raise Unavailable(str(error)) from error


def _counted(facts: Facts, found: tuple[Element, ...]) -> str:
    """How many of which: `64 nvidia.gpus.h100_sxm and 128 google.tpu.tpu_v4`."""
    counts: dict[str, int] = {}
    for element in found:
        counts[element.definition] = counts.get(element.definition, 0) + instance_count(facts.design, element.index)
    return " and ".join(f"{count:,} {name}" for name, count in sorted(counts.items()) if count)
