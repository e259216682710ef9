"""Which sheet answers a query."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from ....dsl.diagnostics import Diagnostic, diagnose
from ...plant import Plant
from ...trace import FIGURES, Books, Subject, explain, figures_of, subject_of
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
    books = Books(plant)
    if figure is None:
        return _sheet(books, subject), None
    known = list(FIGURES)
    if figure not in FIGURES:
        return None, diagnose("RW0019", None, detail=figure, help=_suggested(figure, known))
    found = explain(books, subject, figure)
    if found is None:
        known = list(figures_of(books, subject))
        help = f"it has {', '.join(known)}" if known else "nothing is known of it"
        return None, diagnose("RW0020", None, detail=f"{figure} of {query}", help=help)
    return Sheet(f"{figure} of {query}", derivation=found), None


def _suggested(figure: str, known: Sequence[str]) -> str:
    near = get_close_matches(figure, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"


def _sheet(books: Books, subject: Subject) -> Sheet:
    if isinstance(subject, Cable):
        from .cable import cable

        return cable(books, subject)
    if isinstance(subject, Definition):
        from .goods import goods

        return goods(books, subject)
    assert isinstance(subject, Instances)
    design = books.plant.design
    element = design.elements[subject.element]
    if subject.instance is not None and design.device_of(element.index) == element.index:
        from .device import device

        return device(books, subject)
    if subject.instance is not None and element.kind == "rack":
        from .rack import rack

        return rack(books, subject)
    from .element import element_sheet

    return element_sheet(books, subject, subject_name(books.plant, subject))
