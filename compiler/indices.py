"""Index expressions: integers over named indices, evaluated on single values or on whole columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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

Operation.model_rebuild()
