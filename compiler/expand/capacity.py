"""A design with everything built that it only reserves.

A switch's configuration is a file, and a file must not change when a reserved neighbour is built. So
configurations are rendered from the plant at capacity: a port that is reserved for the ninth pod is configured for it
from the first day, and its session waits. What cannot be built is found now, not when it is ordered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...dsl.diagnostics import Diagnostic, Severity
from ..design import Design, Dim, Element, End, Rule


def reserves(design: Design) -> bool:
    """True if some array is built in part."""
    return any(dim.size != dim.capacity for element in design.elements for dim in element.dims)


def at_capacity(design: Design) -> Design:
    """The same design with every array built to its capacity."""
    return design.model_copy(
        update={
            "elements": tuple(_element(e) for e in design.elements),
            "rules": tuple(_rule(r) for r in design.rules),
        }
    )


def _element(element: Element) -> Element:
    if all(dim.size == dim.capacity for dim in element.dims):
        return element
    dims = tuple(Dim.model_construct(size=dim.capacity, capacity=dim.capacity) for dim in element.dims)
    return element.model_copy(update={"dims": dims})


def _rule(rule: Rule) -> Rule:
    return rule.model_copy(
        update={
            "variables": tuple(v.model_copy(update={"size": v.capacity}) for v in rule.variables),
            "a": _end(rule.a),
            "z": None if rule.z is None else _end(rule.z),
        }
    )


def _end(end: End) -> End:
    if not end.within:
        return end
    return end.model_copy(update={"within": tuple(w.model_copy(update={"size": w.capacity}) for w in end.within)})


def reserved(problems: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """What is wrong at capacity, told as a mistake of the reservation. Warnings there are of no use."""
    for problem in problems:
        if problem.severity is Severity.ERROR:
            yield Diagnostic(
                "RW3017",
                detail=problem.detail or problem.summary,
                at=problem.at,
                also=problem.also,
                help="make room for what is reserved, or reserve less",
            )
