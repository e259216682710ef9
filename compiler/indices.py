"""Index expressions: integers over named indices, evaluated on single values or on whole columns."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Operator = Literal["+", "-", "*", "div", "mod", "<", "<=", ">", ">=", "==", "!=", "and", "or", "not"]


class Operation(BaseModel):
    """An operator over one or two index expressions; comparisons yield truth values."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    op: Operator
    args: tuple[Index, ...]


Index = Annotated[int | str | Operation, Field(union_mode="smart")]
"""A number, the name of an index, or an operation."""


def operation(op: Operator, *args: Index) -> Operation:
    """An operation from parts that are known to be sound, without pydantic's validation."""
    return Operation.model_construct(op=op, args=args)


T = TypeVar("T")

_FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": operator.floordiv,
    "mod": operator.mod,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "and": operator.and_,
    "or": operator.or_,
}


def evaluate(index: Index, values: Mapping[str, T]) -> T | int:
    """The value of an expression, of a single integer or of a whole numpy column of them.

    `div` and `mod` round down, as in Python. Raises ZeroDivisionError for plain integers and KeyError for
    a name without a value.
    """
    if isinstance(index, int):
        return index
    if isinstance(index, str):
        return values[index]
    if index.op == "not":
        result: Any = evaluate(index.args[0], values)
        return not result if isinstance(result, bool) else ~result
    left, right = (evaluate(arg, values) for arg in index.args)
    found: Any = _FUNCTIONS[index.op](left, right)
    return found  # type: ignore[no-any-return]


def names(index: Index) -> Iterator[str]:
    """The names that an expression uses, in order of appearance, repeats included."""
    if isinstance(index, str):
        yield index
    elif isinstance(index, Operation):
        for arg in index.args:
            yield from names(arg)


def write(index: Index) -> str:
    """An expression as text, for messages and identifiers."""
    if not isinstance(index, Operation):
        return str(index)
    parts = [f"({write(a)})" if isinstance(a, Operation) else str(a) for a in index.args]
    return f"not {parts[0]}" if index.op == "not" else f"{parts[0]} {index.op} {parts[1]}"


def ravel(indices: list[Index], sizes: list[int]) -> Index:
    """The row-major number of a multi-index as one expression: `(i*n2 + j)*n3 + k`."""
    total: Index = 0
    for index, size in zip(indices, sizes, strict=True):
        if total == 0:
            total = index
        else:
            total = operation("+", operation("*", total, size), index)
    return total
