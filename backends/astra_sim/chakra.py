"""Chakra execution traces: the workload format of ASTRA-sim, one file a rank.

A file is a sequence of protocol buffer messages, each after its length as a varint; the first is the metadata,
the rest are nodes (`et_def.proto` of Chakra 1.0.0, package ChakraProtoMsg). The few message types used here are
written by hand, which saves a dependency and a generated module.

A node is written in two parts: its head (number, name, type, dependencies), and its attributes, which many nodes share.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

VERSION = "0.0.4"
"""Schema version that the metadata names; ASTRA-sim's own examples name the same."""

COMP, COMM_SEND, COMM_RECV, COMM_COLL = 4, 5, 6, 7
"""`NodeType`: computing, one side of a message, one collective operation."""

COMM_TYPES = {"all_reduce": 0, "all_gather": 2, "all_to_all": 6, "reduce_scatter": 7}
"""`CollectiveCommType` by our word for the collective."""

# Field numbers and wire types of et_def.proto.
_VARINT, _BYTES = 0, 2
_METADATA_VERSION = 1
_NODE_ID, _NODE_NAME, _NODE_TYPE, _NODE_DATA_DEPS, _NODE_DURATION, _NODE_ATTR = 1, 2, 3, 5, 7, 10
_ATTR_NAME, _ATTR_INT64, _ATTR_BOOL, _ATTR_BOOLS, _ATTR_STRING = 1, 9, 27, 28, 29
_BOOLS_VALUES = 1


def trace(kind: str, size: int) -> bytes:
    """A trace of one collective of `size` bytes over all ranks, the same for each.

    `size` follows ASTRA-sim: the shard of one rank for an all_gather, else the whole buffer.
    """
    return metadata() + message(head(0, kind, COMM_COLL), collective(kind, size))


def metadata() -> bytes:
    """What a trace begins with."""
    return message(_text(_METADATA_VERSION, VERSION))


def head(number: int, name: str, kind: int, after: Sequence[int] = ()) -> bytes:
    """A node without its attributes. `after` are the numbers of nodes of the same trace that come before it."""
    # Field values of zero are left out, as proto3 has it.
    found = _number(_NODE_ID, number) if number else b""
    found += _text(_NODE_NAME, name) + _number(_NODE_TYPE, kind)
    if after:
        found += _bytes(_NODE_DATA_DEPS, b"".join(varint(one) for one in after))
    return found


def computing(micros: int) -> bytes:
    """The rest of a COMP node that takes so many microseconds; ASTRA-sim makes one ns of zero."""
    return (_number(_NODE_DURATION, micros) if micros else b"") + _false("is_cpu_op")


def collective(kind: str, size: int, dimensions: Iterable[bool] | None = None, group: int = 0) -> bytes:
    """The rest of a COMM_COLL node: over `dimensions` if given, else by the ranks of communicator `group` if there is
    one, else by all ranks. Without a list ASTRA-sim assumes four dimensions, whatever their number."""
    found = _false("is_cpu_op") + _integer("comm_type", COMM_TYPES[kind]) + _integer("comm_size", size)
    if dimensions is not None:
        # A packed list of bools.
        values = _bytes(_BOOLS_VALUES, bytes(int(one) for one in dimensions))
        found += _attribute("involved_dim", _bytes(_ATTR_BOOLS, values))
    if group:
        found += _attribute("pg_name", _text(_ATTR_STRING, str(group)))
    return found


def one_side(size: int, sender: int, receiver: int, tag: int) -> bytes:
    """The rest of a COMM_SEND or COMM_RECV node."""
    found = _false("is_cpu_op") + _integer("comm_size", size)
    for name, value in (("comm_src", sender), ("comm_dst", receiver), ("comm_tag", tag)):
        found += _integer(name, value)
    return found


def message(*parts: bytes) -> bytes:
    """One message after its length."""
    data = b"".join(parts)
    return varint(len(data)) + data


def varint(value: int) -> bytes:
    """A base 128 varint: seven bits a byte, lowest first, the high bit set on all but the last."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _false(name: str) -> bytes:
    # A value of a oneof is written even if it is zero: it tells the type.
    return _attribute(name, _number(_ATTR_BOOL, 0))


def _integer(name: str, value: int) -> bytes:
    return _attribute(name, _number(_ATTR_INT64, value))


def _attribute(name: str, value: bytes) -> bytes:
    return _bytes(_NODE_ATTR, _text(_ATTR_NAME, name) + value)


def _number(field: int, value: int) -> bytes:
    return varint(field << 3 | _VARINT) + varint(value)


def _bytes(field: int, data: bytes) -> bytes:
    return varint(field << 3 | _BYTES) + varint(len(data)) + data


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())
