"""A source line as the cells of a terminal.

A character may take no cell, one or two, and a tab up to four; control characters, which could move the
cursor or reorder the text, are shown as a replacement sign.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right

TAB = 4
LIMIT = 140
"""Widest piece of a line that is shown; a longer line is cut around the place that matters."""

_BEFORE = 40  # cells kept before the place


def clean(text: str) -> str:
    """The text on one line, without what could disturb a terminal."""
    return "".join(_shown(c) if c != "\n" else " " for c in text) if not text.isprintable() else text


class Cells:
    """The cells of one line; columns count from 0."""

    def __init__(self, line: str) -> None:
        self._shown: list[str] = []
        self._starts: list[int] = []
        at = 0
        for char in line:
            shown = " " * (TAB - at % TAB) if char == "\t" else _shown(char)
            self._shown.append(shown)
            self._starts.append(at)
            at += len(shown) if char == "\t" else _width(shown)
        self.width = at

    def column(self, index: int) -> int:
        """The cell at which the character begins; characters past the end follow one a cell."""
        if index < len(self._starts):
            return self._starts[index]
        return self.width + index - len(self._starts)

    def character(self, column: int) -> int:
        """The character (counted from 1) that covers a cell."""
        return max(bisect_right(self._starts, column), 1)

    def window(self, start: int, end: int) -> tuple[str, int, int]:
        """What to show of the line so that the cells of `start` are seen: text, cells cut off, cells shown."""
        if self.width <= LIMIT:
            return "".join(self._shown), 0, max(self.width, end)
        low = min(max(start - _BEFORE, 0), max(self.width - LIMIT, 0))
        first = bisect_right(self._starts, low) - 1
        low = self._starts[first]
        kept = [i for i in range(first, len(self._starts)) if self.column(i + 1) <= low + LIMIT]
        cut = kept[-1] + 1 < len(self._starts)
        text = "".join(self._shown[i] for i in kept)
        text = f"… {text}" if low else text
        # The sign for what was cut off on the left takes two cells itself.
        shift = low - 2 if low else 0
        return (f"{text} …" if cut else text), shift, LIMIT + 2


def _shown(char: str) -> str:
    if char.isprintable() or unicodedata.category(char) in ("Mn", "Me", "Zs"):
        return char
    return "�"


def _width(shown: str) -> int:
    if shown.isascii():
        return 1
    if unicodedata.combining(shown) or unicodedata.category(shown) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(shown) in ("W", "F") else 1
