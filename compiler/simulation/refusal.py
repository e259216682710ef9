"""How a simulator backend answers when a design cannot be put in its terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...dsl.diagnostics import Diagnostic, Severity, diagnose
from ..backend import Request
from ..design import Design


def no_workload(design: Design) -> Diagnostic:
    """What every simulator backend says of a design that runs nothing."""
    return diagnose("RW8100", design.elements[0].origin, help="add a `workload` with ranks and a collective")


def answers(diagnostics: Iterable[Diagnostic], request: Request, backend: str) -> Iterator[Diagnostic]:
    """The diagnostics of a backend; errors become warnings if nobody asked for this backend by name.

    So a design that one simulator cannot express still compiles for everything else, and says what is missing.
    """
    for diagnostic in diagnostics:
        if request.named or diagnostic.severity is not Severity.ERROR:
            yield diagnostic
            continue
        at = diagnostic.at
        yield diagnose(
            "RW8109",
            None if at is None else at.span,
            "" if at is None else at.text,
            detail=f"{backend}: {diagnostic.summary}: {diagnostic.detail}",
            help=diagnostic.help,
            also=[(label.span, label.text) for label in diagnostic.also],
        )
