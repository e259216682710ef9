"""CONFIG_DB: traffic classes and buffers together, each table made once for switches that have it alike."""

from __future__ import annotations

from ...compiler.network.headroom import Room
from .._kit.device_model import Qos, SwitchModel
from .buffers import buffer_tables, headroom_tables
from .platform import Platform
from .qos import cable_lengths, qos_tables
from .rows import Tables

Names = tuple[str, ...]
"""The linked ports: what most of these tables depend on, besides the platform."""

Lengths = tuple[tuple[int, Room | None], ...]
"""Length and headroom at each of them: what the others depend on as well."""


class Lossless:
    """These tables of one switch after the other.

    They are two thirds of a file. Neighbours in a row usually have the same ports, if not cables of the same lengths.
    So the last tables of each platform are kept, and no more: on a floor of many lengths hardly two switches have all
    of them alike.
    """

    def __init__(self) -> None:
        self._ports: dict[int, tuple[Names, Tables]] = {}
        self._lengths: dict[int, tuple[Names, Lengths, Tables]] = {}

    def tables(self, switch: SwitchModel, qos: Qos, platform: Platform) -> Tables:
        """The tables of a switch, which must not be changed."""
        linked = switch.linked
        names = tuple(i.port.name for i in linked)
        lengths = tuple((i.cable_m, i.room) for i in linked)
        ports = self._ports.get(id(platform))
        if ports is None or ports[0] != names:
            made = qos_tables(switch, qos, platform)
            if platform.buffers is not None:
                made |= buffer_tables(switch, qos, platform.buffers, platform.computed)
            ports = self._ports[id(platform)] = names, made
        measured = self._lengths.get(id(platform))
        if measured is None or measured[:2] != (names, lengths):
            made = cable_lengths(switch)
            if platform.buffers is not None:
                made |= headroom_tables(linked, qos, platform.buffers, platform.computed)
            measured = self._lengths[id(platform)] = names, lengths, made
        return ports[1] | measured[2]
