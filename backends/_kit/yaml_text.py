"""YAML as text: every string in double quotes, so that no value is read as anything else or ends its line.

Source: YAML 1.2.2, sections 5.7 (escapes) and 7.3.1 (double-quoted style); readers of 1.1 take the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

Value = str | int | float | bool | None | Mapping[str, "Value"] | Sequence["Value"]

_PLAIN = re.compile(r"[ !#-\[\]-~]*")
"""Printable ASCII but the quote and the backslash: what stands between quotes as it is."""


def quoted(text: str) -> str:
    """A string, whatever is in it, on one line of ASCII."""
    return f'"{text}"' if _PLAIN.fullmatch(text) else '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    code = ord(character)
    if character in '"\\':
        return "\\" + character
    if 0x20 <= code <= 0x7E:
        return character
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def scalar(value: str | int | float | bool | None) -> str:
    """A value that is neither a mapping nor a sequence."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def document(content: Mapping[str, Value]) -> bytes:
    """A whole document in block style, keys in their order. Keys are ours, so they need no quotes."""
    return ("---\n" + "".join(line + "\n" for line in _mapping(content, ""))).encode()


def _mapping(content: Mapping[str, Value], indent: str) -> Iterator[str]:
    for key, value in content.items():
        yield from _entry(f"{indent}{key}:", value, indent + "  ")


def _entry(head: str, value: Value, indent: str) -> Iterator[str]:
    if isinstance(value, str) or not isinstance(value, (Mapping, Sequence)):
        yield f"{head} {scalar(value)}"
        return
    yield head if value else f"{head} {'{}' if isinstance(value, Mapping) else '[]'}"
    if isinstance(value, Mapping):
        yield from _mapping(value, indent)
        return
    for item in value:
        lines = list(_mapping(item, indent + "  ")) if isinstance(item, Mapping) else [indent + "  " + _flat(item)]
        yield f"{indent}- {lines[0].lstrip()}"
        yield from lines[1:]


def _flat(value: Value) -> str:
    """An item of a list that is a list of scalars."""
    assert isinstance(value, str) or not isinstance(value, (Mapping, Sequence))
    return scalar(value)
