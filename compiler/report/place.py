"""Where a span is, in the numbers that a reader or a machine wants."""

from __future__ import annotations

from dataclasses import dataclass

from ...dsl.source import Sources, Span


@dataclass(frozen=True, slots=True)
class Place:
    """A span as lines and columns, counted from 1; the end is the first character after it."""

    file: str
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int


def locate(span: Span, sources: Sources) -> Place | None:
    """The place of a span, or None if its text is not at hand (a design read back from JSON)."""
    source = sources.get(span.file)
    if source is None:
        return None
    size = len(source.text)
    start = min(max(span.start, 0), size)
    end = min(max(span.end, start), size)
    return Place(span.file, start, end, *source.position(start), *source.position(end))
