"""Types of thrift as checks of what JSON holds: each yields `path: what is wrong`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Faults = Iterator[str]
Type = Callable[[Any, str], Faults]
"""Yields `path: what is wrong` for a value."""


def whole(bits: int) -> Type:
    """A signed number."""

    def check(value: Any, path: str) -> Faults:
        if type(value) is not int:
            yield f"{path}: {value!r} is no whole number"
        elif not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
            yield f"{path}: {value} does not fit i{bits}"

    return check


def text(value: Any, path: str) -> Faults:
    if type(value) is not str:
        yield f"{path}: {value!r} is no string"


def truth(value: Any, path: str) -> Faults:
    if type(value) is not bool:
        yield f"{path}: {value!r} is no bool"


def enum(name: str, *values: int) -> Type:
    def check(value: Any, path: str) -> Faults:
        if type(value) is not int or value not in values:
            yield f"{path}: {value!r} is no {name}"

    return check


def listed(item: Type) -> Type:
    def check(value: Any, path: str) -> Faults:
        if type(value) is not list:
            yield f"{path}: no list"
            return
        for number, each in enumerate(value):
            yield from item(each, f"{path}[{number}]")

    return check


def mapped(key: Type, item: Type, numeric: bool = False) -> Type:
    """A map. In SimpleJSON its keys are strings, also those that are numbers."""

    def check(value: Any, path: str) -> Faults:
        if type(value) is not dict:
            yield f"{path}: no map"
            return
        for name, each in value.items():
            if numeric and not name.lstrip("-").isdecimal():
                yield f"{path}: the key {name!r} is no number"
                continue
            yield from key(int(name) if numeric else name, f"{path} key {name}")
            yield from item(each, f"{path}.{name}")

    return check


def struct(name: str, /, **fields: Type) -> Type:
    """A struct. A field whose name ends in `_` here is required."""
    known = {field.removesuffix("_"): kind for field, kind in fields.items()}
    required = [field.removesuffix("_") for field in fields if field.endswith("_")]

    def check(value: Any, path: str) -> Faults:
        if type(value) is not dict:
            yield f"{path}: no {name}"
            return
        for field, each in value.items():
            if field in known:
                yield from known[field](each, f"{path}.{field}")
            else:
                yield f"{path}: {name} has no field {field}"
        for field in required:
            if field not in value:
                yield f"{path}: {name} lacks {field}"

    return check


def union(name: str, /, **members: Type) -> Type:
    """A union: one member, or none at all."""
    inner = struct(name, **members)

    def check(value: Any, path: str) -> Faults:
        yield from inner(value, path)
        if type(value) is dict and len(value) > 1:
            yield f"{path}: a union of {len(value)} members"

    return check


byte, i16, i32, i64 = whole(8), whole(16), whole(32), whole(64)
