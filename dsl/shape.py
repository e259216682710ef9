"""What the formatter asks of the syntax tree: which statement begins where, and which operators stand tight.

`*` and `/` stand tight inside a sum, in index brackets and after a tag (`8*n + r`, `eth[2*k]`, `row 4*p`),
unless an operand is a quantity (`2 RU * n`); elsewhere they have a space on each side (`0.9 * supply(x)`).
`..` stands tight (`0..n - 1`) unless an end is a quantity (`1 MB .. 2 MB`).
Words, `+`, `-` and comparisons always have spaces.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass

from . import syntax as s
from .scan import Piece
from .source import Span

_STATEMENTS = (
    s.Docstring, s.Use, s.Param, s.Let, s.Declaration, s.Member, s.Attributes, s.NamedBlock,
    s.Relation, s.Place, s.View, s.Split, s.Require,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """Offsets: the class of the statement that begins there, operators without spaces around, signs."""

    kinds: dict[int, str]
    tight: frozenset[int]
    signs: frozenset[int]


def shape(file: s.File, pieces: Sequence[Piece]) -> Shape:
    """Walk the tree once; with a stack of its own, since blocks and expressions may both be deep."""
    kinds: dict[int, str] = {}
    tight: set[int] = set()
    signs: set[int] = set()
    starts = [piece.start for piece in pieces]
    stack: list[tuple[object, bool]] = [(file, False)]
    while stack:
        node, compact = stack.pop()
        if isinstance(node, _STATEMENTS):
            kinds[node.span.start] = type(node).__name__
        if isinstance(node, s.Binary):
            if node.operator in ("*", "/") and compact and not _is_quantity(node.left) and not _is_quantity(node.right):
                tight.add(_between(pieces, starts, node.left.span, node.operator))
            compact = compact or node.operator in ("+", "-")
        elif isinstance(node, s.Unary) and node.operator == "-":
            signs.add(node.span.start)
        elif isinstance(node, s.Range | s.Binder):
            if not _is_quantity(node.low) and not _is_quantity(node.high):
                tight.add(_between(pieces, starts, node.low.span, ".."))
        elif isinstance(node, s.Step | s.Tagged):
            compact = True
        elif isinstance(node, s.Call | s.Block):
            compact = False
        stack += [(child, compact) for child in _children(node)]
    return Shape(kinds, frozenset(tight), frozenset(signs))


def _children(node: object) -> Iterator[object]:
    assert is_dataclass(node)
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, tuple):
            yield from value
        elif is_dataclass(value) and not isinstance(value, Span):
            yield value


def _between(pieces: Sequence[Piece], starts: list[int], left: Span, operator: str) -> int:
    """The offset of the operator that follows the left operand."""
    at = bisect_left(starts, left.end)
    while pieces[at].text != operator:
        at += 1
    return starts[at]


def _is_quantity(node: s.Expr) -> bool:
    """True at a number with a unit, also at the edge of a product: `a * 2 W / b` must not read as `W/b`."""
    if isinstance(node, s.Binary):
        return _is_quantity(node.left) or _is_quantity(node.right)
    if isinstance(node, s.Unary):
        return _is_quantity(node.operand)
    return isinstance(node, s.Number) and node.unit != ""
