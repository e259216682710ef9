"""Lark's parse tree to our syntax classes."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, cast

from lark import Token, Tree
from lark.visitors import Transformer_NonRecursive, v_args

from . import syntax as s
from .diagnostics import Diagnostic, diagnose
from .source import Source, Span

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}


class Builder:
    """Builds the tree of one source; collects what only shows on the way (depth, bad escapes)."""

    def __init__(self, source: Source) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._to_syntax = _ToSyntax(source, self.diagnostics)

    def file(self, tree: object) -> s.File:
        return cast(s.File, self._to_syntax.transform(cast(Tree[Any], tree)))

    def expression(self, tree: object) -> s.Expr:
        return cast(s.Expr, self._to_syntax.transform(cast(Tree[Any], tree)))


def _by_type(items: list[Any], *types: type) -> list[Any]:
    return [item for item in items if isinstance(item, types)]


def _one(items: list[Any], *types: type) -> Any:
    return next(iter(_by_type(items, *types)), None)


@v_args(meta=True)
class _ToSyntax(Transformer_NonRecursive[Token, Any]):
    """One method a rule or alias of grammar.lark; children arrive built."""

    def __init__(self, source: Source, diagnostics: list[Diagnostic]) -> None:
        super().__init__(visit_tokens=False)
        self._source = source
        self._diagnostics = diagnostics

    # --- helpers ---

    def _span(self, meta: Any) -> Span:
        if getattr(meta, "empty", True):
            return Span(self._source.name, 0, 0)
        return Span(self._source.name, meta.start_pos, meta.end_pos)

    def _name(self, token: Token) -> s.Name:
        start = token.start_pos or 0
        return s.Name(str(token), Span(self._source.name, start, start + len(token)))

    def _depth(self, span: Span, *inner: Any) -> int:
        depth = 1 + max((part.depth for part in inner if part is not None), default=0)
        if depth == s.MAX_DEPTH + 1:
            self._diagnostics.append(
                diagnose("RW1004", span, f"more than {s.MAX_DEPTH} levels", help="split it with `let`")
            )
        return depth

    def _string(self, token: Token) -> s.String:
        text = str(token)
        start = token.start_pos or 0
        span = Span(self._source.name, start, start + len(text))
        if text.startswith('"""'):
            return s.String(text[3:-3], start + 3, span)
        if "\\" not in text:
            return s.String(text[1:-1], start + 1, span)
        return s.String(self._unescape(text, span), start + 1, span)

    def _unescape(self, text: str, span: Span) -> str:
        def one(match: re.Match[str]) -> str:
            if match[1] not in _ESCAPES:
                at = span.start + match.start()
                self._diagnostics.append(
                    diagnose(
                        "RW1006", Span(span.file, at, at + 2), "this escape is not known", help=r"use \" \\ \n or \t"
                    )
                )
            return _ESCAPES.get(match[1], match[0])

        return _ESCAPE.sub(one, text)[1:-1]

    # --- file and statements ---

    def file(self, meta: Any, items: list[Any]) -> s.File:
        return s.File(
            tuple(i for i in items if not isinstance(i, Token)), Span(self._source.name, 0, len(self._source.text))
        )

    def expression(self, meta: Any, items: list[Any]) -> Any:
        return next(i for i in items if not isinstance(i, Token))

    def docstring(self, meta: Any, items: list[Any]) -> s.Docstring:
        string = self._string(items[0])
        return s.Docstring(string.text, string.span)

    def use(self, meta: Any, items: list[Any]) -> s.Use:
        first, *rest = items
        alias = self._name(rest[0]) if rest else None
        if isinstance(first, Token):
            return s.Use((), self._string(first), alias, self._span(meta))
        return s.Use(first.names, None, alias, self._span(meta))

    def param(self, meta: Any, items: list[Any]) -> s.Param:
        return s.Param(self._name(items[0]), items[1] if len(items) > 1 else None, self._span(meta))

    def let(self, meta: Any, items: list[Any]) -> s.Let:
        return s.Let(self._name(items[0]), items[1], self._span(meta))

    def declaration(self, meta: Any, items: list[Any]) -> s.Declaration:
        rest = items[2:]
        parameters = next((tuple(i) for i in rest if isinstance(i, list)), ())
        return s.Declaration(
            self._name(items[0]),
            self._name(items[1]),
            parameters,
            _one(rest, s.TypeRef),
            _one(rest, s.Block),
            self._span(meta),
        )

    def member(self, meta: Any, items: list[Any]) -> s.Member:
        rest = items[1:]
        dims = next((tuple(i) for i in rest if isinstance(i, list)), ())
        at = next((i for i in rest if isinstance(i, tuple)), ())
        return s.Member(self._name(items[0]), dims, _one(rest, s.TypeRef), at, _one(rest, s.Block), self._span(meta))

    def attributes(self, meta: Any, items: list[Any]) -> s.Attributes:
        return s.Attributes(tuple(items), self._span(meta))

    def attribute(self, meta: Any, items: list[Any]) -> s.Attribute:
        assumed = len(items) > 2
        return s.Attribute(self._name(items[0]), items[1], assumed, self._span(meta))

    def named_block(self, meta: Any, items: list[Any]) -> s.NamedBlock:
        return s.NamedBlock(self._name(items[0]), items[1], self._span(meta))

    def relation(self, meta: Any, items: list[Any]) -> s.Relation:
        medium, sources, targets, *clauses = items
        return s.Relation(self._name(medium), sources, targets, tuple(clauses), self._span(meta))

    def place(self, meta: Any, items: list[Any]) -> s.Place:
        clauses = tuple(_by_type(items[1:], s.Using, s.Times, s.Binder, s.Where, s.On))
        positions = tuple(i for i in items[1:] if i not in clauses)
        return s.Place(items[0], positions, clauses, self._span(meta))

    def view(self, meta: Any, items: list[Any]) -> s.View:
        return s.View(self._name(items[0]), tuple(items[1]), items[2], tuple(items[3:]), self._span(meta))

    def split(self, meta: Any, items: list[Any]) -> s.Split:
        target, count, cross, rate = items
        if isinstance(count, Token):
            count = self.number(None, [count])
        if str(cross) != "x":
            self._diagnostics.append(
                diagnose("RW1001", self._name(cross).span, "not expected here", help="write `into 2 x 400 Gbps`")
            )
        return s.Split(target, count, rate, self._span(meta))

    def require(self, meta: Any, items: list[Any]) -> s.Require:
        message = self._string(items[1]) if len(items) > 1 else None
        return s.Require(items[0], message, self._span(meta))

    def parameters(self, meta: Any, items: list[Any]) -> list[s.Parameter]:
        return list(items)

    def parameter(self, meta: Any, items: list[Any]) -> s.Parameter:
        return s.Parameter(self._name(items[0]), items[1] if len(items) > 1 else None, self._span(meta))

    def base(self, meta: Any, items: list[Any]) -> s.TypeRef:
        return cast(s.TypeRef, items[0])

    def type_ref(self, meta: Any, items: list[Any]) -> s.TypeRef:
        arguments = tuple(items[1]) if len(items) > 1 else ()
        return s.TypeRef(items[0].names, arguments, self._span(meta))

    def dotted(self, meta: Any, items: list[Any]) -> s.TypeRef:
        return s.TypeRef(tuple(self._name(t) for t in items), (), self._span(meta))

    def arguments(self, meta: Any, items: list[Any]) -> list[s.Argument]:
        return list(items)

    def argument(self, meta: Any, items: list[Any]) -> s.Argument:
        return s.Argument(None, items[0], self._span(meta))

    def named_argument(self, meta: Any, items: list[Any]) -> s.Argument:
        return s.Argument(self._name(items[0]), items[1], self._span(meta))

    def dims(self, meta: Any, items: list[Any]) -> list[s.DimSpec]:
        return list(items)

    def dim(self, meta: Any, items: list[Any]) -> s.DimSpec:
        return s.DimSpec(items[0], items[1] if len(items) > 1 else None, self._span(meta))

    def at(self, meta: Any, items: list[Any]) -> tuple[s.Expr, ...]:
        return tuple(items)

    def block(self, meta: Any, items: list[Any]) -> s.Block:
        inner = tuple(i for i in items if not isinstance(i, Token))
        return s.Block(inner, self._span(meta))

    # --- clauses ---

    def using(self, meta: Any, items: list[Any]) -> s.Using:
        return s.Using(items[0], items[1] if len(items) > 1 else None, self._span(meta))

    def times(self, meta: Any, items: list[Any]) -> s.Times:
        return s.Times(items[0], self._span(meta))

    def binder(self, meta: Any, items: list[Any]) -> s.Binder:
        return s.Binder(self._name(items[0]), items[1], items[2], self._span(meta))

    def where(self, meta: Any, items: list[Any]) -> s.Where:
        return s.Where(items[0], self._span(meta))

    def on(self, meta: Any, items: list[Any]) -> s.On:
        return s.On(items[0], self._span(meta))

    def paths(self, meta: Any, items: list[Any]) -> tuple[s.Path, ...]:
        return tuple(items)

    # --- values and expressions ---

    def range(self, meta: Any, items: list[Any]) -> s.Range:
        span = self._span(meta)
        return s.Range(items[0], items[1], span, self._depth(span, *items))

    def rated(self, meta: Any, items: list[Any]) -> s.Rated:
        span = self._span(meta)
        return s.Rated(items[0], items[1], span, self._depth(span, *items))

    def rated_range(self, meta: Any, items: list[Any]) -> s.Rated:
        low, high, rate = items
        span = self._span(meta)
        return s.Rated(s.Range(low, high, low.span.to(high.span), self._depth(span, low, high)), rate, span, 2)

    def tagged(self, meta: Any, items: list[Any]) -> s.Tagged:
        span = self._span(meta)
        return s.Tagged(
            self._name(items[0]), items[1], items[2] if len(items) > 2 else None, span, self._depth(span, items[1])
        )

    def tagged_block(self, meta: Any, items: list[Any]) -> s.Tagged:
        return s.Tagged(self._name(items[0]), None, items[1], self._span(meta))

    def binary(self, meta: Any, items: list[Any]) -> s.Binary:
        span = self._span(meta)
        return s.Binary(str(items[1]), items[0], items[2], span, self._depth(span, items[0], items[2]))

    def _logic(word: str) -> Callable[[Any, Any, list[Any]], s.Binary]:  # type: ignore[misc]
        def build(self: Any, meta: Any, items: list[Any]) -> s.Binary:
            span = self._span(meta)
            return s.Binary(word, items[0], items[1], span, self._depth(span, *items))

        return build

    binary_or = _logic("or")
    binary_and = _logic("and")

    def unary_not(self, meta: Any, items: list[Any]) -> s.Unary:
        span = self._span(meta)
        return s.Unary("not", items[0], span, self._depth(span, items[0]))

    def unary_minus(self, meta: Any, items: list[Any]) -> s.Unary:
        span = self._span(meta)
        return s.Unary("-", items[1], span, self._depth(span, items[1]))

    def number(self, meta: Any, items: list[Any]) -> s.Number:
        token = items[0]
        return s.Number(_fraction(str(token)), "", self._name(token).span)

    def ratio(self, meta: Any, items: list[Any]) -> s.Number:
        token = items[0]
        left, right = str(token).split(":")
        if int(right) == 0:
            self._diagnostics.append(diagnose("RW2006", self._name(token).span, "the second part is zero"))
            right = "1"
        return s.Number(Fraction(int(left), int(right)), ":", self._name(token).span)

    def quantity(self, meta: Any, items: list[Any]) -> s.Number:
        token = str(items[0])
        end = next(i for i, c in enumerate(token) if not (c.isdigit() or c in "._ \t") and not _is_exponent(token, i))
        return s.Number(_fraction(token[:end].strip()), token[end:], self._name(items[0]).span)

    def string(self, meta: Any, items: list[Any]) -> s.String:
        return self._string(items[0])

    def true(self, meta: Any, items: list[Any]) -> s.Bool:
        return s.Bool(True, self._span(meta))

    def false(self, meta: Any, items: list[Any]) -> s.Bool:
        return s.Bool(False, self._span(meta))

    def call(self, meta: Any, items: list[Any]) -> s.Call:
        span = self._span(meta)
        arguments = tuple(items[1])
        return s.Call(self._name(items[0]), arguments, span, self._depth(span, *(a.value for a in arguments)))

    def group(self, meta: Any, items: list[Any]) -> s.Group:
        span = self._span(meta)
        return s.Group(items[0], span, self._depth(span, items[0]))

    def list_expr(self, meta: Any, items: list[Any]) -> s.ListExpr:
        span = self._span(meta)
        return s.ListExpr(tuple(items), span, self._depth(span, *items))

    def star(self, meta: Any, items: list[Any]) -> s.Star:
        return s.Star(self._name(items[0]).span)

    def path(self, meta: Any, items: list[Any]) -> s.Path:
        span = self._span(meta)
        indices = [index for step in items for index in step.indices]
        return s.Path(tuple(items), span, self._depth(span, *indices))

    def step(self, meta: Any, items: list[Any]) -> s.Step:
        return s.Step(self._name(items[0]), tuple(items[1:]), self._span(meta))


def _is_exponent(token: str, i: int) -> bool:
    """True inside the `e+3` of `2e+3 W`: an `e` after a digit and before a signed or bare digit."""
    if token[i] in "eE":
        rest = token[i + 1 : i + 3].lstrip("+-")
        return i > 0 and token[i - 1].isdigit() and rest[:1].isdigit()
    return token[i] in "+-" and i > 0 and token[i - 1] in "eE"


_TOO_LARGE = 4096
"""Bits of the number that stands for one with too many digits; far above what any value may have."""


def _fraction(text: str) -> Fraction:
    mantissa, _, exponent = text.lower().replace("_", "").partition("e")
    if len(mantissa) > 60 or len(exponent.lstrip("+-").lstrip("0")) > 3:
        return Fraction(2**_TOO_LARGE)  # refused where the value is used, without working it out
    return Fraction(mantissa + ("e" + exponent if exponent else ""))
