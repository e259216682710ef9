"""Chakra execution traces: the workload format of ASTRA-sim, one file a rank.

A file is a sequence of protocol buffer messages, each after its length as a varint; the first is the metadata,
the rest are nodes (`et_def.proto` of Chakra 1.0.0, package ChakraProtoMsg). The few message types used here are
written by hand, which saves a dependency and a generated module.
"""

from __future__ import annotations

VERSION = "0.0.4"
"""Schema version that the metadata names; ASTRA-sim's own examples name the same."""

COMM_COLL = 7
"""`NodeType.COMM_COLL_NODE`: one collective operation."""

COMM_TYPES = {"all_reduce": 0, "all_gather": 2, "all_to_all": 6, "reduce_scatter": 7}
"""`CollectiveCommType` by our word for the collective."""

# Field numbers and wire types of et_def.proto.
_VARINT, _BYTES = 0, 2
_METADATA_VERSION = 1
_NODE_ID, _NODE_NAME, _NODE_TYPE, _NODE_ATTR = 1, 2, 3, 10
_ATTR_NAME, _ATTR_INT64, _ATTR_BOOL = 1, 9, 27


def trace(kind: str, size: int) -> bytes:
    """A trace of one collective of `size` bytes, the same for every rank.

    `size` follows ASTRA-sim: the shard of one rank for an all_gather, else the whole buffer.
    """
    metadata = _text(_METADATA_VERSION, VERSION)
    # Field values of zero are left out, as proto3 has it, but not those of a oneof, which tell the type.
    node = _text(_NODE_NAME, kind) + _number(_NODE_TYPE, COMM_COLL)
    for name, field, value in (
        ("is_cpu_op", _ATTR_BOOL, 0),
        ("comm_type", _ATTR_INT64, COMM_TYPES[kind]),
        ("comm_size", _ATTR_INT64, size),
    ):
        node += _bytes(_NODE_ATTR, _text(_ATTR_NAME, name) + _number(field, value))
    return varint(len(metadata)) + metadata + varint(len(node)) + node


def varint(value: int) -> bytes:
    """A base 128 varint: seven bits a byte, lowest first, the high bit set on all but the last."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return varint(field << 3 | _VARINT) + varint(value)


def _bytes(field: int, data: bytes) -> bytes:
    return varint(field << 3 | _BYTES) + varint(len(data)) + data


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())
