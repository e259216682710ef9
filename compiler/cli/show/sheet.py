"""An answer of `show`: a title, facts, figures, tables and a drawing, printed as text or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...trace import Figure, readable
from .tree import tree


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text below a head; nothing is printed where there is no row."""

    name: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[str]]

    def lines(self) -> Iterator[str]:
        """Columns, those that hold numbers to the right."""
        widths = [max(len(row[i]) for row in (self.head, *self.rows)) for i in range(len(self.head))]
        numbers = [all(_number(row[i]) for row in self.rows) for i in range(len(self.head))]
        for row in (self.head, *self.rows):
            cells = zip(row, widths, numbers, strict=True)
            yield "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells).rstrip()

    def as_json(self) -> list[dict[str, str]]:
        keys = [key.replace(" ", "_") for key in self.head]
        return [dict(zip(keys, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One answer. `figures` are printed with their totals, `derivation` as a whole tree."""

    title: str
    facts: dict[str, str] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    drawing: tuple[str, ...] = ()
    derivation: Figure | None = None
    notes: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """The answer for people."""
        yield self.title
        width = max((len(key) for key in (*self.facts, *self.figures)), default=0)
        for key, value in self.facts.items():
            yield f"{key.ljust(width)}  {value}"
        for key, figure in self.figures.items():
            yield f"{key.ljust(width)}  {readable(figure.total)}{_short(figure)}"
        if self.drawing:
            yield ""
            yield from self.drawing
        for table in self.tables:
            if table.rows:
                yield ""
                yield from table.lines()
        if self.derivation is not None:
            yield from tree(self.derivation)
        if self.notes:
            yield ""
            yield from self.notes

    def as_json(self) -> dict[str, Any]:
        """The same for a machine; empty fields are left out."""
        found: dict[str, Any] = {
            "title": self.title,
            "facts": self.facts,
            "figures": {key: figure.as_json() for key, figure in self.figures.items()},
            "tables": {table.name: table.as_json() for table in self.tables if table.rows},
            "derivation": None if self.derivation is None else self.derivation.as_json(),
            "notes": list(self.notes),
        }
        return {key: value for key, value in found.items() if value}


def _number(cell: str) -> bool:
    return cell in ("", "-") or cell.replace(",", "").replace(".", "", 1).removeprefix("-").isdigit()


def _short(figure: Figure) -> str:
    """Where a figure was stated, or of what it is the sum."""
    if figure.stated is not None:
        note = f"  ({figure.how})" if figure.how else ""
        return f"{note}  {figure.stated.place}{'  assumed' if figure.stated.assumed else ''}"
    if not figure.parts:
        return f"  ({figure.how})" if figure.how else ""
    guesses = {leaf.stated.owner for leaf in figure.leaves() if leaf.stated is not None and leaf.stated.assumed}
    return f"  (rests on guesses: {', '.join(sorted(guesses))})" if guesses else ""
