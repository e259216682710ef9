"""cables.csv, one row a link, and labels.csv, one row an end of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from ...compiler.cages import link_media
from ...compiler.expand.geometry import METRE
from ...compiler.names import cable_ids
from ...compiler.plant import Ints, Plant
from .._kit.columns import TerminalNames, chosen, decimals, device_names, interfaces, locations, pick, terminals
from .runs import Material, Runs

_ROWS = 1 << 17
"""Rows that are put together at a time: all text columns of a million cables at once would take gigabytes."""

_GIGABIT = 10**9


@dataclass(frozen=True)
class _Words:
    """What numbers of the plant are called."""

    device: pl.Series
    location: pl.Series
    port: TerminalNames
    interface: TerminalNames
    cable_id: pl.Series

    def end(self, cls: Ints, device: Ints, port: Ints) -> pl.Series:
        """Device and port, such as `pod0-gpu117-tor eth5`, for columns of ends."""
        return self.device.gather(device) + " " + self.port.gather(cls[device], port)


def _words(plant: Plant) -> _Words:
    return _Words(device_names(plant), locations(plant), terminals(plant, "port"), interfaces(plant), cable_ids(plant))


def _slices(count: int) -> Iterator[slice]:
    """Slices of at most `_ROWS` rows; one empty slice where there is no row, so the header is written."""
    for start in range(0, max(count, 1), _ROWS):
        yield slice(start, min(start + _ROWS, count))


def cable_frames(plant: Plant, material: Material, runs: Runs) -> Iterator[pl.DataFrame]:
    """Rows of cables.csv in the order of the links."""
    words = _words(plant)
    links, cls = plant.links, plant.devices.cls
    cable = material.words()
    names, media = link_media(plant)
    optics: list[str | None] = [name if plant.design.media[name].kind == "optic" else None for name in names]
    networks: list[str | None] = [network.name for network in plant.design.networks]
    for rows in _slices(len(links)):
        a, z = links.a_device[rows], links.z_device[rows]
        a_port, z_port = links.a_terminal[rows], links.z_terminal[rows]
        a_end, z_end = words.end(cls, a, a_port), words.end(cls, z, z_port)
        yield pl.DataFrame(
            {
                "cable_id": words.cable_id[rows],
                "a_device": words.device.gather(a),
                "a_port": words.port.gather(cls[a], a_port),
                "a_location": words.location.gather(a),
                "z_device": words.device.gather(z),
                "z_port": words.port.gather(cls[z], z_port),
                "z_location": words.location.gather(z),
                "speed_gbps": decimals(links.speed[rows], _GIGABIT),
                "cable": chosen(cable, material.media[rows]),
                "a_optic": chosen(optics, media[rows, 0]),
                "z_optic": chosen(optics, media[rows, 1]),
                "length_m": decimals(runs.sold_um[rows], METRE),
                "network": chosen(networks, links.network[rows]),
                "a_label": a_end + " -> " + z_end,
                "z_label": z_end + " -> " + a_end,
                "a_interface": words.interface.gather(cls[a], a_port),
                "z_interface": words.interface.gather(cls[z], z_port),
                "shared_with": _shared_with(words.cable_id, runs.item[rows], rows),
            }
        )


def _shared_with(cable_id: pl.Series, item: Ints, rows: slice) -> pl.Series:
    """The identifier under which the cable is listed, where that is another row's."""
    other = np.where(item == np.arange(rows.start, rows.stop), -1, item)
    if (other < 0).all():
        return pl.repeat(None, len(other), dtype=pl.String, eager=True)
    return pick(cable_id, other)


def label_frames(plant: Plant) -> Iterator[pl.DataFrame]:
    """Rows of labels.csv: both ends of each cable, the a end first, in the order of the links."""
    words = _words(plant)
    links, cls = plant.links, plant.devices.cls
    for rows in _slices(len(links)):
        # Row 2k is the a end of cable k and row 2k + 1 its z end.
        near = _interleave(links.a_device[rows], links.z_device[rows])
        far = _interleave(links.z_device[rows], links.a_device[rows])
        near_port = _interleave(links.a_terminal[rows], links.z_terminal[rows])
        far_port = _interleave(links.z_terminal[rows], links.a_terminal[rows])
        cable = np.repeat(np.arange(rows.start, rows.stop), 2)
        yield pl.DataFrame(
            {
                "cable_id": words.cable_id.gather(cable),
                "end": pl.Series(["a", "z"]).gather(np.arange(len(cable)) % 2),
                "from": words.end(cls, near, near_port),
                "from_location": words.location.gather(near),
                "to": words.end(cls, far, far_port),
                "to_location": words.location.gather(far),
            }
        )


def _interleave(first: Ints, second: Ints) -> Ints:
    return np.stack([first, second], axis=1).ravel()
