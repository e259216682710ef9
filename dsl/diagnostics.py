"""What the compiler says: one value per mistake, with its place and its cure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .codes import CODES
from .source import Span


class Severity(StrEnum):
    """How grave a diagnostic is. Only an error stops a compilation."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Label:
    """A place and what is to be seen there (may be empty)."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message.

    `code` fixes the summary and severity (see `dsl.codes`). `detail` is the one concrete instance
    and may hold the user's names; the summary never does. `at` is the place; None for messages
    about the run itself. `also` are the other places that matter. `help` says what to do.
    """

    code: str
    detail: str = ""
    at: Label | None = None
    also: tuple[Label, ...] = ()
    help: str = ""

    @property
    def severity(self) -> Severity:
        return Severity(CODES[self.code].severity)

    @property
    def summary(self) -> str:
        return CODES[self.code].summary


def diagnose(
    code: str,
    at: Span | None,
    label: str = "",
    *,
    detail: str = "",
    help: str = "",
    also: Iterable[tuple[Span, str]] = (),
) -> Diagnostic:
    """Build a diagnostic from bare spans; the usual way to write one."""
    return Diagnostic(
        code,
        detail=detail,
        at=None if at is None else Label(at, label),
        also=tuple(Label(span, text) for span, text in also),
        help=help,
    )


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """True if any of them stops the compilation."""
    return any(d.severity is Severity.ERROR for d in diagnostics)
