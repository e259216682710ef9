"""What RFC 7951 JSON is made of.

A name carries its module where the module differs from that of the node above it; the value of an identity always does.
Numbers of 64 bits are strings, because a reader of JSON may hold no more than 53 bits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value]"

Node = dict[str, Value]
"""A container, or one entry of a list."""


def keyed(config: Node, *keys: str, **beside: Value) -> Node:
    """An entry of a list: its keys, which repeat leaves of its `config`; that; and what stands beside it."""
    return {key: config[key] for key in keys} | {"config": config} | beside


def wide(number: int) -> str:
    """A number of 64 bits (RFC 7951 section 6.1)."""
    return str(number)


def texts(values: tuple[str, ...]) -> list[Value]:
    """A leaf-list of strings."""
    return list(values)
