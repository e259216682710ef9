"""CONFIG_DB: traffic classes and buffers together, made once for switches that have them alike."""

from __future__ import annotations

from ...compiler.network.headroom import Room
from .._kit.device_model import Qos, SwitchModel
from .buffers import buffer_tables
from .platform import Platform
from .qos import qos_tables
from .rows import Tables

Shape = tuple[tuple[str, int, Room | None], ...]
"""Name, length and headroom of every linked port: what these tables of a switch depend on besides its platform."""


class Lossless:
    """These tables of one switch after the other.

    They are two thirds of a file, and neighbours in a row usually have the same; so the last ones of each platform are
    kept, and no more, since on a floor of many lengths hardly two switches are alike.
    """

    def __init__(self) -> None:
        self._last: dict[int, tuple[Shape, Tables]] = {}

    def tables(self, switch: SwitchModel, qos: Qos, platform: Platform) -> Tables:
        """The tables of a switch, which must not be changed."""
        shape = tuple((i.port.name, i.cable_m, i.room) for i in switch.linked)
        last = self._last.get(id(platform))
        if last is None or last[0] != shape:
            found = qos_tables(switch, qos, platform)
            if platform.buffers is not None:
                found |= buffer_tables(switch, qos, platform.buffers, platform.computed)
            last = self._last[id(platform)] = shape, found
        return last[1]
