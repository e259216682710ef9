"""cables.csv, one row a physical cable, and labels.csv, one row an end of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from ....compiler.cabling.cables import Cables
from ....compiler.cabling.floor import Plans
from ....compiler.cabling.laid import trunk_words
from ....compiler.cabling.ways import ALONG, Ways
from ....compiler.cages import segment_media
from ....compiler.expand.geometry import METRE
from ....compiler.names import cable_ids
from ....compiler.plant import Ints, Plant
from ..columns import chosen, decimals, pick
from ..csv import harmless
from .identifiers import device_places, port_numbers
from .words import Words, slices

_GIGABIT = 10**9


def cable_frames(plant: Plant, cables: Cables, way: Ways, words: Words) -> Iterator[pl.DataFrame]:
    """Rows of cables.csv in the order of the segments, without those that are built in."""
    segments, cls = plant.segments, plant.devices.cls
    cable = cables.words()
    names, media = segment_media(plant)
    optics: list[str | None] = [name if plant.design.media[name].kind == "optic" else None for name in names]
    networks: list[str | None] = [network.name for network in plant.design.networks]
    for rows in slices(len(segments)):
        a, z = segments.a_device[rows], segments.z_device[rows]
        a_port, z_port = segments.a_terminal[rows], segments.z_terminal[rows]
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
                "speed_gbps": decimals(segments.speed[rows], _GIGABIT),
                "cable": _legs(plant, a, z, chosen(cable, cables.media[rows])),
                "a_optic": chosen(optics, media[rows, 0]),
                "z_optic": chosen(optics, media[rows, 1]),
                "length_m": decimals(cables.sold_um[rows], METRE),
                "network": chosen(networks, segments.network[rows]),
                "a_label": a_end + " -> " + z_end,
                "z_label": z_end + " -> " + a_end,
                "a_interface": words.interface.gather(cls[a], a_port),
                "z_interface": words.interface.gather(cls[z], z_port),
                "shared_with": _shared_with(plant, words, cables.item[rows], rows),
                "trays": trays(way.plans, way.kind[rows], way.a_rack[rows], way.z_rack[rows]),
                "bundle": bundles(plant, way.near[rows], way.far[rows]),
                "circuit": _circuit(plant, rows),
            }
        ).filter(pl.Series(~cables.built_in[rows]))


def _shared_with(plant: Plant, words: Words, item: Ints, rows: slice) -> pl.Series:
    """The identifier under which the cable is listed, where that is another row's; of a leg, its trunk."""
    other = np.where(item == np.arange(rows.start, rows.stop), -1, item)
    if plant.circuits is None:
        if (other < 0).all():
            return pl.repeat(None, len(other), dtype=pl.String, eager=True)
        return pick(words.cable_id, other)
    leg = _trunk(plant, plant.segments.a_device[rows], plant.segments.z_device[rows])
    return pick(words.device, leg).fill_null(pick(words.cable_id, other))


def _trunk(plant: Plant, a: Ints, z: Ints) -> Ints:
    """The trunk at an end of each segment; -1 for one that is no leg."""
    trunk = np.array([plant.element_of(cls).kind == "trunk" for cls in plant.classes], dtype=np.bool_)
    of = plant.devices.cls
    return np.where(trunk[of[a]], a, np.where(trunk[of[z]], z, -1))


def _legs(plant: Plant, a: Ints, z: Ints, cable: pl.Series) -> pl.Series:
    """The cable of each segment; of a leg, its trunk's SKU."""
    if plant.circuits is None:
        return cable
    leg = _trunk(plant, a, z)
    of_class = [trunk_words(plant.element_of(cls)) for cls in plant.classes]
    words = chosen([harmless(word) if word else None for word in of_class], plant.devices.cls[np.maximum(leg, 0)])
    return words.set(pl.Series(leg < 0, dtype=pl.Boolean), None).fill_null(cable)


def _circuit(plant: Plant, rows: slice) -> pl.Series:
    """The link that each cable is a part of, where passive parts stand between; null for a link of one cable."""
    if plant.circuits is None:
        return pl.repeat(None, rows.stop - rows.start, dtype=pl.String, eager=True)
    alone = (plant.circuits.head == plant.circuits.tail)[plant.circuit[rows]]
    return pick(cable_ids(plant), np.where(alone, -1, plant.circuit[rows]))


def trays(plans: Plans, kind: Ints, a: Ints, z: Ints) -> pl.Series:
    """The trays between racks a and z, such as `DC.A > DC.CROSS > DC.C`; null where there is none between."""
    rows = np.append(plans.rows, -1)
    count = len(plans.row_names)
    pair = np.where(kind >= ALONG, rows[a] * count + rows[z], -1)
    # Rows are few, so each pair of them is put into words once.
    distinct, number = np.unique(pair, return_inverse=True)
    words = [None if both < 0 else plans.trays(*divmod(both, count)) for both in distinct.tolist()]
    return pl.Series(words, dtype=pl.String).gather(number)


def bundles(plant: Plant, near: Ints, far: Ints) -> pl.Series:
    """Names of bundles: the two racks; null inside one rack and for a cable that leaves the racks."""
    names = [harmless(name) for name in plant.racks.names]
    within = (near == far) | (near < 0) | (far < 0)
    first = pick(pl.Series(names, dtype=pl.String), np.where(within, -1, near))
    return first + pick(pl.Series([f"/{name}" for name in names], dtype=pl.String), np.where(within, -1, far))


def label_frames(plant: Plant, cables: Cables, way: Ways, words: Words) -> Iterator[pl.DataFrame]:
    """Rows of labels.csv: both ends of each row of cables.csv, the a end first, in the same order."""
    segments, cls = plant.segments, plant.devices.cls
    place, number = device_places(plant, way.plans) + ":", port_numbers(plant)
    for rows in slices(len(segments)):
        a, z = segments.a_device[rows], segments.z_device[rows]
        a_port, z_port = segments.a_terminal[rows], segments.z_terminal[rows]
        a_end, z_end = words.end(cls, a, a_port), words.end(cls, z, z_port)
        a_label = place.gather(a) + number.gather(cls[a], a_port)
        z_label = place.gather(z) + number.gather(cls[z], z_port)
        a_at, z_at = words.location.gather(a), words.location.gather(z)
        count = len(a)
        yield pl.DataFrame(
            {
                "cable_id": _alternate(words.cable_id[rows], words.cable_id[rows]),
                "end": pl.Series(["a", "z"]).gather(np.arange(2 * count) % 2),
                "from": _alternate(a_end, z_end),
                "from_location": _alternate(a_at, z_at),
                "to": _alternate(z_end, a_end),
                "to_location": _alternate(z_at, a_at),
                "tia_606": _alternate(a_label + (" / " + z_label), z_label + (" / " + a_label)),
            }
        ).filter(pl.Series(np.repeat(~cables.built_in[rows], 2)))


def _alternate(first: pl.Series, second: pl.Series) -> pl.Series:
    """Row 2k is the k-th of the first column and row 2k + 1 that of the second."""
    return pl.concat([first, second]).gather(np.arange(2 * len(first)).reshape(2, -1).T.ravel())
