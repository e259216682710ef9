"""The JSON Schema of the model, read off its types, so that it cannot lag behind them."""

from __future__ import annotations

import types
from dataclasses import is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from .._kit.device_model import SwitchModel

_PLAIN = {str: "string", int: "integer", bool: "boolean", type(None): "null"}

Schema = dict[str, Any]


def schema(version: int) -> Schema:
    """JSON Schema (draft 2020-12) of one file."""
    definitions: dict[str, Schema] = {}
    switch = _schema(SwitchModel, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A switch of a Rackwright design",
        "type": "object",
        "properties": {"version": {"const": version}, "switch": switch},
        "required": ["version", "switch"],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _schema(kind: Any, definitions: dict[str, Schema]) -> Schema:
    """The schema of one type; those of classes go to the definitions."""
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(option, definitions) for option in arguments]}
    if origin is tuple and arguments[1:] == (...,):
        return {"type": "array", "items": _schema(arguments[0], definitions)}
    assert is_dataclass(kind) or hasattr(kind, "_fields"), f"the model holds a {kind}"
    name = kind.__name__
    if name not in definitions:
        definitions[name] = {}
        hints = get_type_hints(kind)
        definitions[name] = {
            "description": (kind.__doc__ or "").replace("\n    ", "\n"),
            "type": "object",
            "properties": {field: _schema(hint, definitions) for field, hint in hints.items()},
            "required": list(hints),
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{name}"}
