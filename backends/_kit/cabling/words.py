"""What cables, their ends and their places are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from ....compiler.names import segment_ids
from ....compiler.plant import Ints, Plant
from ..columns import TerminalNames, device_names, interfaces, locations, terminals

ROWS = 1 << 17
"""Rows that are put together at a time: all text columns of a million cables at once would take gigabytes."""


@dataclass(frozen=True)
class Words:
    """What numbers of the plant are called."""

    device: pl.Series
    location: pl.Series
    port: TerminalNames
    interface: TerminalNames
    cable_id: pl.Series

    def end(self, cls: Ints, device: Ints, port: Ints) -> pl.Series:
        """Device and port, such as `pod0-gpu117-tor eth5`, for columns of ends."""
        return self.device.gather(device) + " " + self.port.gather(cls[device], port)


def words(plant: Plant) -> Words:
    """All of them, each once."""
    return Words(device_names(plant), locations(plant), terminals(plant, "port"), interfaces(plant), segment_ids(plant))


def slices(count: int) -> Iterator[slice]:
    """Slices of at most `ROWS` rows; one empty slice where there is no row, so the header is written."""
    for start in range(0, max(count, 1), ROWS):
        yield slice(start, min(start + ROWS, count))
