"""What the accelerators of a design can compute: sums of the dense peaks that their parts state.

    sum over accelerators of count * peak;   equivalents of another one: that sum / its peak

Peaks of different makers are not measured alike, and no program reaches them; a sum of them compares what was bought.
Operations a second are exact fractions. A figure that a part does not state is never taken for zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from .design import Condition, Design, Element, Measure, Term
from .instances import instance_count
from .schema import AcceleratorAttributes

PRECISIONS = ("bf16", "fp8", "fp4")
"""Formats of numbers whose dense peak an accelerator states, by its attribute."""


class NotStated(ValueError):
    """An accelerator that does not state the peak that is asked for."""

    def __init__(self, element: Element, precision: str) -> None:
        super().__init__(f"{element.definition} states no {precision}")
        self.element = element


def accelerators_inside(design: Design, elements: Iterable[int]) -> tuple[Element, ...]:
    """The accelerators that are among the elements or inside one of them, each once, in the order of the design.

    One inside of another is a part of that, whose figures are of all in it.
    """
    wanted = frozenset(elements)
    found = []
    for element in design.elements:
        if element.kind == "accelerator":
            *around, _ = chain = design.chain(element.index)
            if wanted & {e.index for e in chain} and all(e.kind != "accelerator" for e in around):
                found.append(element)
    return tuple(found)


def peak(element: Element, precision: str) -> Fraction:
    """Dense peak of one accelerator in operations a second. Raises `NotStated`."""
    assert isinstance(element.attributes, AcceleratorAttributes)
    stated = getattr(element.attributes, precision)
    if stated is None:
        raise NotStated(element, precision)
    return Fraction(stated.value)


def total_peak(design: Design, elements: Iterable[Element], precision: str) -> Fraction:
    """Dense peaks of all that are built of some accelerators, in operations a second. Raises `NotStated`."""
    return sum(
        (instance_count(design, e.index) * peak(e, precision) for e in elements if instance_count(design, e.index)),
        Fraction(0),
    )


def counted_in(design: Design) -> tuple[Element, ...]:
    """The accelerators that the requirements count others in (`like`), each definition once."""
    found: dict[str, Element] = {}
    for requirement in design.requirements:
        for measure in _measures(requirement.condition):
            for element in accelerators_inside(design, measure.like):
                found.setdefault(element.definition, element)
    return tuple(found.values())


def _measures(term: Term) -> Iterator[Measure]:
    if isinstance(term, Measure):
        yield term
    elif isinstance(term, Condition):
        for argument in term.args:
            yield from _measures(argument)
