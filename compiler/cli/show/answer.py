"""Which sheet answers a query."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from ....dsl.diagnostics import Diagnostic, diagnose
from ...plant import Plant
from ...trace import FIGURES, Subject, explain, figures_of, subject_of
from ...trace.subjects import Cable, Definition, Instances, nearest, subject_name
from .sheet import Sheet


def answer(plant: Plant, query: str | None, figure: str | None) -> tuple[Sheet | None, Diagnostic | None]:
    """The answer to `show SPEC [QUERY [FIGURE]]`, or what is wrong with the question."""
    if query is None:
        from .overview import overview

        return overview(plant), None
    subject = subject_of(plant, query)
    if subject is None:
        near = nearest(plant, query)
        help = f"did you mean {near}?" if near else "`rackwright show SPEC` counts what there is"
        return None, diagnose("RW0018", None, detail=query, help=help)
    if figure is None:
        return _sheet(plant, subject), None
    known = list(FIGURES)
    if figure not in FIGURES:
        return None, diagnose("RW0019", None, detail=figure, help=_suggested(figure, known))
    found = explain(plant, subject, figure)
    if found is None:
        known = list(figures_of(plant, subject))
        help = f"it has {', '.join(known)}" if known else "nothing is known of it"
        return None, diagnose("RW0020", None, detail=f"{figure} of {query}", help=help)
    return Sheet(f"{figure} of {query}", derivation=found), None


def _suggested(figure: str, known: Sequence[str]) -> str:
    near = get_close_matches(figure, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"


def _sheet(plant: Plant, subject: Subject) -> Sheet:
    if isinstance(subject, Cable):
        from .cable import cable

        return cable(plant, subject)
    if isinstance(subject, Definition):
        from .goods import goods

        return goods(plant, subject)
    assert isinstance(subject, Instances)
    element = plant.design.elements[subject.element]
    if subject.instance is not None and plant.design.device_of(element.index) == element.index:
        from .device import device

        return device(plant, subject)
    if subject.instance is not None and element.kind == "rack":
        from .rack import rack

        return rack(plant, subject)
    from .element import element_sheet

    return element_sheet(plant, subject, subject_name(plant, subject))
