"""Expressions over indices, and the name patterns that hold them (`rsw{gpu:03}.p{pod:02}`)."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from ...dsl import syntax as s
from ...dsl.parse import parse_expression
from ...dsl.source import Source, Span
from ..design import Segment
from ..indices import Index, Operation, Operator, evaluate, operation
from .mistake import Mistake, mistake, suggest
from .scope import Definition, Scope
from .values import Evaluator

_OPERATORS: dict[str, Operator] = {
    "+": "+", "-": "-", "*": "*", "div": "div", "mod": "mod", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
    "==": "==", "!=": "!=", "and": "and", "or": "or",
}  # fmt: skip
_ARITHMETIC = frozenset({"+", "-", "*", "div", "mod"})
_LOGIC = frozenset({"and", "or", "not"})
MAX_INDEX = 2**62
"""Largest value in an index expression: columns are 64-bit integers."""
MAX_VARIABLE = 2**24
"""Largest value that an index name takes."""


def to_number(expr: s.Expr, variables: Collection[str], evaluator: Evaluator, scope: Scope) -> Index:
    """An expression that counts: an index, a place, a number in a name. Raises Mistake."""
    return _wanted(expr, to_index(expr, variables, evaluator, scope), condition=False)


def to_condition(expr: s.Expr, variables: Collection[str], evaluator: Evaluator, scope: Scope) -> Index:
    """An expression that holds or does not. Raises Mistake."""
    return _wanted(expr, to_index(expr, variables, evaluator, scope), condition=True)


def to_index(expr: s.Expr, variables: Collection[str], evaluator: Evaluator, scope: Scope) -> Index:
    """An expression with index names kept symbolic and every other name replaced by its value."""
    match expr:
        case s.Group():
            return to_index(expr.inner, variables, evaluator, scope)
        case s.Path() if expr.bare is not None and expr.bare in variables:
            return expr.bare
        case s.Binary() if expr.operator in _OPERATORS:
            left = to_index(expr.left, variables, evaluator, scope)
            right = to_index(expr.right, variables, evaluator, scope)
            return _fold(expr, _OPERATORS[expr.operator], left, right)
        case s.Binary():
            raise mistake("RW2007", expr.span, "`/` has no meaning for an index", help="use `div` for integer division")
        case s.Unary() if expr.operator == "not":
            return operation("not", to_condition(expr.operand, variables, evaluator, scope))
        case s.Unary():
            zero = s.Number(Fraction(0), "", expr.span)
            return to_index(s.Binary("-", zero, expr.operand, expr.span), variables, evaluator, scope)
        case s.Bool():
            return operation("==", 0, 0 if expr.value else 1)
        case s.Path() if expr.bare is not None:
            value = evaluator.names.find(expr.steps[0].name, scope)
            if isinstance(value, bool):
                return operation("==", 0, 0 if value else 1)
            if value is None or isinstance(value, Definition):
                raise mistake(
                    "RW3006",
                    expr.span,
                    "no array binds this name",
                    help=suggest(expr.bare, variables, "bind it with `for … in …`, or index an array with it"),
                )
            return _bounded(evaluator.integer(expr, scope), expr.span)
        case s.Number():
            return _bounded(evaluator.integer(expr, scope), expr.span)
        case _:
            raise mistake("RW2007", expr.span, "this is not an index expression")


def _bounded(value: int, span: Span) -> int:
    if abs(value) > MAX_INDEX:
        raise mistake("RW2006", span, "this number is too large for an index")
    return value


def _is_condition(index: Index) -> bool:
    return isinstance(index, Operation) and index.op not in _ARITHMETIC


def _wanted(expr: s.Expr, index: Index, *, condition: bool) -> Index:
    """Numbers and truth values never mix: a column of numbers would select rows in place of filtering them."""
    if _is_condition(index) != condition:
        if condition:
            raise mistake("RW2007", expr.span, "this is no condition", help="such as `where i < j`")
        raise mistake("RW2007", expr.span, "this is a condition, not a number")
    return index


def _fold(expr: s.Binary, op: Operator, left: Index, right: Index) -> Index:
    # `==` and `!=` take two of a sort, the others one sort only.
    sort = op in _LOGIC or (op in ("==", "!=") and _is_condition(left))
    _wanted(expr.left, left, condition=sort)
    _wanted(expr.right, right, condition=sort)
    if op in ("div", "mod") and (not isinstance(right, int) or right <= 0):
        what = "zero or negative" if isinstance(right, int) else "not a constant"
        raise mistake("RW2006", expr.right.span, f"the divisor is {what}", help="divide by a positive constant")
    if isinstance(left, int) and isinstance(right, int) and op in _ARITHMETIC:
        return _bounded(int(evaluate(operation(op, left, right), {})), expr.span)
    found = operation(op, left, right)
    if _most(found) > MAX_INDEX:
        raise mistake("RW2006", expr.span, "this number can become too large for an index")
    return found


def _most(index: Index) -> int:
    """Largest magnitude that an index expression can have; columns of 64 bits would wrap round in silence."""
    if isinstance(index, int):
        return abs(index)
    if isinstance(index, str):
        return MAX_VARIABLE
    values = [_most(arg) for arg in index.args]
    match index.op:
        case "+" | "-":
            return sum(values)
        case "*":
            return values[0] * values[1]
        case "div":
            return values[0]
        case "mod":
            return values[1]
        case _:
            return 1


def to_segments(
    text: str, span: Span, start: int, variables: Collection[str], evaluator: Evaluator, scope: Scope
) -> tuple[Segment, ...]:
    """A name pattern cut into fixed text and values. `start` is the offset of the text in its file."""
    segments: list[Segment] = []
    at = 0
    while at < len(text):
        opening = text.find("{", at)
        closing = text.find("}", at)
        if opening == -1:
            if closing != -1:
                raise _pattern(span.file, start + closing, "`}` without `{`")
            segments.append(Segment(text=text[at:]))
            break
        if closing < opening:
            raise _pattern(span.file, start + opening, "`{` is not closed in this pattern")
        if opening > at:
            segments.append(Segment(text=text[at:opening]))
        segments.append(
            _placeholder(text[opening + 1 : closing], span, start + opening + 1, variables, evaluator, scope)
        )
        at = closing + 1
    return tuple(segments)


def _placeholder(
    inner: str, span: Span, start: int, variables: Collection[str], evaluator: Evaluator, scope: Scope
) -> Segment:
    body, colon, width = inner.partition(":")
    if colon and not (width.isdigit() and len(width) <= 2):
        raise _pattern(span.file, start + len(body), "after `:` stands a width, such as `03`")
    expr, problems = parse_expression(Source(span.file, body))
    if expr is None:
        raise _pattern(span.file, start, problems[0].at.text if problems and problems[0].at else "not an expression")
    try:
        value = to_number(expr, variables, evaluator, scope)
    except Mistake as error:
        found = error.diagnostic
        raise mistake(
            "RW2017", Span(span.file, start, start + len(body)), found.at.text if found.at else "", help=found.help
        ) from None
    return Segment(value=value, width=int(width) if colon else 0)


def _pattern(file: str, offset: int, label: str) -> Mistake:
    return mistake("RW2017", Span(file, offset, offset + 1), label)
