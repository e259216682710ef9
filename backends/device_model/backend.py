"""The vendor-neutral model of each switch as JSON: what our own templates print, for templates of yours.

`device-model/switches/<device>.json`, one file a switch, and `device-model/schema.json`, the JSON Schema of them.
Written only when asked for by name; then for every switch of a routed network, whatever its operating system.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.names import terminal_names
from ...compiler.plant import DeviceClass, Plant
from ...dsl.diagnostics import Diagnostic
from .._kit.device_model import SwitchModel
from .._kit.fleet import fleet, models
from .._kit.ports import own_names
from .._kit.refusals import bad_host_names
from .._kit.safe import folder
from .schema import schema

OS = "device-model"

VERSION = 1
"""Raised when a field is taken away or changes its meaning; new fields do not raise it."""


class DeviceModel:
    """The backend `device-model`."""

    name = OS
    summary = "The vendor-neutral model of each switch as JSON, for templates of your own (only when named)"
    per_device = True

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        return list(bad_host_names(fleet(design, plant, request, OS)))

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        mine = fleet(design, plant, request, OS)
        if mine.networks and not request.shard:
            yield Artifact(f"{OS}/schema.json", _dump(schema(VERSION)))
        for switch in models(mine, names):
            yield Artifact(f"{OS}/switches/{folder(switch.name)}.json", document(switch))


def names(plant: Plant, cls: DeviceClass) -> list[str]:
    """The names that the switch's own operating system has; ours where it has none."""
    return own_names(plant, cls) or terminal_names(plant, cls, "port")


def document(switch: SwitchModel) -> bytes:
    """One switch as JSON. Tuples with names become objects."""
    return _dump({"version": VERSION, "switch": switch})


def _dump(value: object) -> bytes:
    return orjson.dumps(value, default=_named, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _named(value: Any) -> dict[str, Any]:
    if hasattr(value, "_asdict"):
        found: dict[str, Any] = value._asdict()
        return found
    raise TypeError(f"{type(value).__name__} has no place in the model")
