"""How a mistake leaves the middle of an evaluation.

A stage collects diagnostics and returns them. Inside a stage, a mistake deep in an expression is raised
as `Mistake` and caught at the statement it belongs to, so that the next statement is still looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span


class Mistake(Exception):
    """A user's mistake on its way to the statement that reports it."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.summary)
        self.diagnostic = diagnostic


def mistake(
    code: str,
    at: Span,
    label: str = "",
    *,
    detail: str = "",
    help: str = "",
    also: Iterable[tuple[Span, str]] = (),
) -> Mistake:
    """A `Mistake` from its parts; see `dsl.diagnostics.diagnose`."""
    return Mistake(diagnose(code, at, label, detail=detail, help=help, also=also))


@contextmanager
def collected(diagnostics: list[Diagnostic]) -> Iterator[None]:
    """Catch a mistake of the enclosed statement into the list; a mistake already there is not repeated."""
    try:
        yield
    except Mistake as error:
        if error.diagnostic not in diagnostics:
            diagnostics.append(error.diagnostic)


def article(word: str) -> str:
    """The word with its indefinite article."""
    return f"an {word}" if word[0] in "aeiou" and not word.startswith("u") else f"a {word}"


def suggest(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """`did you mean …?` if something known is near, else a list of what is known (if it is short)."""
    names = sorted(set(known))
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    if names and len(names) <= 12:
        return "known here: " + ", ".join(f"`{n}`" for n in names)
    return otherwise
