"""Diagnostics for people: the line itself, the place under it, and what to do.

Only a string is made here; who prints it decides about colour by passing a `Style`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from ...dsl.diagnostics import Diagnostic, Label, Severity
from ...dsl.source import Source, Sources
from .cells import Cells, clean
from .place import Place, locate


@dataclass(frozen=True, slots=True)
class Style:
    """The terminal's codes for each part of a message; empty strings are plain text."""

    error: str = ""
    warning: str = ""
    note: str = ""
    bold: str = ""
    gutter: str = ""
    also: str = ""
    reset: str = ""

    def of(self, severity: Severity) -> str:
        """The code of a severity."""
        return {Severity.ERROR: self.error, Severity.WARNING: self.warning, Severity.NOTE: self.note}[severity]

    def paint(self, code: str, text: str) -> str:
        """The text in that code, and back to normal."""
        return f"{code}{text}{self.reset}" if code and text else text


PLAIN = Style()
COLOR = Style(
    error="\x1b[1;31m",
    warning="\x1b[1;33m",
    note="\x1b[1;36m",
    bold="\x1b[1m",
    gutter="\x1b[1;34m",
    also="\x1b[34m",
    reset="\x1b[0m",
)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A label on one line: columns of the cells it covers, and how it is drawn."""

    start: int
    end: int
    sign: str
    text: str
    color: str


def render(diagnostics: Sequence[Diagnostic], sources: Sources, style: Style = PLAIN) -> str:
    """Every diagnostic, with an empty line after each."""
    return "".join(_Message(diagnostic, sources, style).render() + "\n" for diagnostic in diagnostics)


class _Message:
    """One diagnostic on its way to text."""

    def __init__(self, diagnostic: Diagnostic, sources: Sources, style: Style) -> None:
        self._diagnostic = diagnostic
        self._sources = sources
        self._style = style
        self._color = style.of(diagnostic.severity)
        labels = ([] if diagnostic.at is None else [diagnostic.at]) + list(diagnostic.also)
        self._placed = [(label, locate(label.span, sources)) for label in labels]
        numbers = [place.line for _, place in self._placed if place is not None]
        self._width = len(str(max(numbers, default=0)))
        self._lines: list[str] = []

    def render(self) -> str:
        diagnostic, paint = self._diagnostic, self._style.paint
        head = paint(self._color, f"{diagnostic.severity.value}[{diagnostic.code}]")
        self._lines.append(head + paint(self._style.bold, f": {clean(diagnostic.summary)}"))
        self._snippets()
        self._notes()
        return "".join(line.rstrip() + "\n" for line in self._lines)

    # --- snippets ---

    def _snippets(self) -> None:
        arrow = "-->"
        for file in dict.fromkeys(label.span.file for label, _ in self._placed):
            here = [(label, place) for label, place in self._placed if label.span.file == file]
            self._file(arrow, file, here)
            arrow = ":::"
        if self._placed:
            self._gutter("")

    def _file(self, arrow: str, file: str, labels: list[tuple[Label, Place | None]]) -> None:
        if arrow == ":::":
            self._gutter("")
        first = labels[0][1]
        where = clean(file) if first is None else f"{clean(file)}:{first.line}:{first.column}"
        self._lines.append(f"{' ' * self._width}{self._style.paint(self._style.gutter, arrow)} {where}")
        by_line: dict[int, list[tuple[Label, Place]]] = {}
        for label, place in labels:
            if place is None:
                if label.text:
                    self._lines.append(f"{' ' * self._width}   {clean(label.text)}")
            else:
                by_line.setdefault(place.line, []).append((label, place))
        if by_line:
            self._gutter("")
        previous = 0
        for number in sorted(by_line):
            if previous and number > previous + 1:
                self._lines.append("...")
            self._line(self._sources[file], number, by_line[number])
            previous = number

    def _line(self, source: Source, number: int, labels: list[tuple[Label, Place]]) -> None:
        cells = Cells(source.line(number))
        marks = [self._mark(cells, label, place) for label, place in labels]
        shown, shift, width = cells.window(marks[0].start, marks[0].end)
        prefix = self._style.paint(self._style.gutter, f"{number:>{self._width}} |")
        self._lines.append(f"{prefix} {shown}")
        inside = [
            _Mark(max(m.start - shift, 0), max(min(m.end - shift, width), m.start - shift + 1), m.sign, m.text, m.color)
            for m in marks
            if m.end > shift and m.start - shift < width
        ]
        for row in self._rows(inside):
            self._gutter(row)
        for mark in marks:
            if mark.end <= shift or mark.start - shift >= width:
                self._gutter(f"(column {cells.character(mark.start)}: {mark.text or 'here'})")

    def _mark(self, cells: Cells, label: Label, place: Place) -> _Mark:
        start = cells.column(place.column - 1)
        # A span over several lines is marked to the end of its first.
        end = cells.column(place.end_column - 1) if place.end_line == place.line else cells.width
        main = label is self._diagnostic.at
        sign, color = ("^", self._color) if main else ("-", self._style.also)
        return _Mark(start, max(end, start + 1), sign, clean(label.text), color)

    def _rows(self, marks: list[_Mark]) -> Iterable[str]:
        """The line of carets and dashes with the last label beside it; the other labels below, last first."""
        if not marks:
            return
        canvas: dict[int, tuple[str, str]] = {}
        for mark in sorted(marks, key=lambda m: m.sign == "^"):  # the main mark is drawn over the others
            canvas.update({column: (mark.sign, mark.color) for column in range(mark.start, mark.end)})
        waiting = sorted((m for m in marks if m.text), key=lambda m: (m.start, m.sign == "^"))
        end = max(mark.end for mark in marks)
        beside = ""
        if waiting and waiting[-1].end == end and sum(m.start == waiting[-1].start for m in waiting) == 1:
            last = waiting.pop()
            beside = " " + self._style.paint(last.color, last.text)
        yield self._draw(canvas) + beside
        while waiting:
            mark = waiting.pop()
            bars = {m.start: ("|", m.color) for m in waiting if m.start < mark.start}
            drawn = self._draw(bars)
            room = max(bars, default=-1) + 1
            yield drawn + " " * (mark.start - room) + self._style.paint(mark.color, mark.text)

    def _draw(self, canvas: dict[int, tuple[str, str]]) -> str:
        out: list[str] = []
        runs = groupby(range(max(canvas, default=-1) + 1), key=lambda column: canvas.get(column, (" ", "")))
        for (sign, color), columns in runs:
            out.append(self._style.paint(color, sign * len(list(columns))))
        return "".join(out)

    def _gutter(self, text: str) -> None:
        self._lines.append(f"{' ' * self._width} {self._style.paint(self._style.gutter, '|')} {text}")

    # --- notes below ---

    def _notes(self) -> None:
        diagnostic = self._diagnostic
        if diagnostic.detail:
            self._note("", diagnostic.detail)
        if diagnostic.help:
            self._note("help: ", diagnostic.help)
        self._note("explain: ", f"rackwright explain {diagnostic.code}")

    def _note(self, word: str, text: str) -> None:
        first, *rest = [clean(line) for line in text.splitlines()] or [""]
        sign = self._style.paint(self._style.gutter, "=")
        self._lines.append(f"{' ' * self._width} {sign} {self._style.paint(self._style.bold, word)}{first}")
        indent = " " * (self._width + 3 + len(word))
        self._lines += [indent + line for line in rest]
