"""An independent reader of Chakra traces: protocol buffers by hand, fields by their numbers in et_def.proto."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value += (byte % 128) * 2**shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def read_fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        value, at = read_varint(data, at)
        if key % 8 == 2:
            yield key // 8, data[at : at + value]
            at += value
        else:
            assert key % 8 == 0
            yield key // 8, value
    assert at == len(data)


def read_messages(data: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(data):
        size, at = read_varint(data, at)
        found.append(data[at : at + size])
        at += size
    assert at == len(data)
    return found


@dataclass
class Node:
    """One node; `of` has its attributes, a list of bools for `involved_dim`, text for `pg_name`."""

    number: int = 0
    name: str = ""
    kind: int = 0
    micros: int = 0
    after: list[int] = field(default_factory=list)
    of: dict[str, int | str | list[bool]] = field(default_factory=dict)


def read_nodes(data: bytes) -> list[Node]:
    """The nodes of a trace, whose metadata is checked."""
    metadata, *rest = read_messages(data)
    assert list(read_fields(metadata)) == [(1, b"0.0.4")]
    return [_node(message) for message in rest]


def _node(message: bytes) -> Node:
    node = Node()
    for number, value in read_fields(message):
        if number == 1:
            assert isinstance(value, int)
            node.number = value
        elif number == 3:
            assert isinstance(value, int)
            node.kind = value
        elif number == 7:
            assert isinstance(value, int)
            node.micros = value
        else:
            assert isinstance(value, bytes)
            if number == 2:
                node.name = value.decode()
            elif number == 5:
                at = 0
                while at < len(value):
                    before, at = read_varint(value, at)
                    node.after.append(before)
            else:
                assert number == 10
                name, content = _attribute(value)
                node.of[name] = content
    return node


def _attribute(data: bytes) -> tuple[str, int | str | list[bool]]:
    (one, name), (kind, content) = read_fields(data)
    assert one == 1 and isinstance(name, bytes)
    if isinstance(content, int):
        assert kind in (9, 27)
        return name.decode(), content
    if kind == 29:
        return name.decode(), content.decode()
    assert kind == 28
    ((one, values),) = read_fields(content)
    assert one == 1 and isinstance(values, bytes)
    return name.decode(), [bool(value) for value in values]
