"""Tokens together with what the parser passes over: comments, line breaks and blank lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .parse import tokens
from .source import Source

_GAP = re.compile(r"#[^\n]*|\n")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment from its `#` on. `trails` if it stands behind a token on the same line."""

    text: str
    trails: bool
    blank: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A token and what stands between it and the one before.

    `breaks` and `blank` say that a line break or an empty line is directly before it, `ends` that a line
    break after it ends its statement.
    """

    type: str
    text: str
    start: int
    comments: tuple[Comment, ...]
    breaks: bool
    blank: bool
    ends: bool


def scan(source: Source) -> list[Piece]:
    """All pieces of a text without syntax errors; the last has the type `$END`."""
    pieces: list[Piece] = []
    kind, text, start, at = "", "", 0, 0
    ends = False
    gap: tuple[tuple[Comment, ...], bool, bool] = ((), False, False)
    for token in tokens(source):
        if token.type == "_NL":
            ends = True
            continue
        if kind:
            pieces.append(Piece(kind, text, start, *gap, ends))
        ends = False
        kind, text, start = token.type, str(token), token.start_pos or 0
        gap = _gap(source.text[at:start], first=not pieces and at == 0)
        at = start + len(text)
    if kind:
        pieces.append(Piece(kind, text, start, *gap, True))
    pieces.append(Piece("$END", "", len(source.text), *_gap(source.text[at:], first=not kind), True))
    return pieces


def _gap(text: str, *, first: bool) -> tuple[tuple[Comment, ...], bool, bool]:
    """What stands in a gap: its comments, and whether a break and an empty line follow the last of them."""
    comments: list[Comment] = []
    breaks = 0
    fresh = first  # nothing stands before on this line
    for match in _GAP.finditer(text):
        if match[0] == "\n":
            breaks += 1
            continue
        trails = not fresh and not breaks and not comments
        comments.append(Comment(match[0].rstrip(), trails, breaks > 1))
        breaks = 0
    return tuple(comments), breaks > 0, breaks > 1
