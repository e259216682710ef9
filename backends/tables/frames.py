"""The plant's columns with names for numbers: one frame a table, rows in the order of the plant.

The columns are documented in docs/reference/tables.md; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from ...compiler.cages import link_media
from ...compiler.names import cable_ids
from ...compiler.plant import Ints, Plant, Relations
from ...compiler.schema import PartAttributes, RackAttributes
from .._kit.columns import chosen, device_names, pick, terminals


def devices(plant: Plant) -> pl.DataFrame:
    """One row a device."""
    design, table = plant.design, plant.devices
    elements = [plant.element_of(cls) for cls in plant.classes]
    models = [e.attributes.model if isinstance(e.attributes, PartAttributes) else None for e in elements]
    return pl.DataFrame(
        {
            "device": device_names(plant),
            "class": chosen([design.path(e.index) for e in elements], table.cls),
            "kind": chosen([e.kind for e in elements], table.cls),
            "definition": chosen([e.definition for e in elements], table.cls),
            "model": chosen(models, table.cls),
            "os": chosen([e.os for e in elements], table.cls),
            "rank": table.rank,
            "rack": chosen(list(plant.racks.names), table.rack),
            "bottom_um": _known(table.bottom_um),
        }
    )


def racks(plant: Plant) -> pl.DataFrame:
    """One row a rack."""
    design, table = plant.design, plant.racks
    elements = [e.index for e in design.elements]
    models = [e.attributes.model if isinstance(e.attributes, RackAttributes) else None for e in design.elements]
    return pl.DataFrame(
        {
            "rack": pl.Series(table.names, dtype=pl.String),
            "class": chosen([design.path(e) for e in elements], table.element),
            "definition": chosen([e.definition for e in design.elements], table.element),
            "model": chosen(models, table.element),
            "row": _known(table.row),
            "bay": _known(table.bay),
            "x_um": _known(table.x_um),
            "y_um": _known(table.y_um),
        }
    )


def links(plant: Plant) -> pl.DataFrame:
    """One row a link."""
    table = plant.links
    names, media = link_media(plant)
    networks: list[str | None] = [network.name for network in plant.design.networks]
    using: list[str | None] = list(names)
    return pl.DataFrame(
        {
            "cable_id": cable_ids(plant),
            **_ends(plant, table, ("port", "port")),
            "a_using": chosen(using, media[:, 0]),
            "z_using": chosen(using, media[:, 1]),
            "speed_bps": table.speed,
            "length_um": _known(table.length_um),
            "network": chosen(networks, table.network),
            **_made_by(plant, table),
        }
    )


def feeds(plant: Plant) -> pl.DataFrame:
    """One row a feed: an outlet to an inlet."""
    return pl.DataFrame({**_ends(plant, plant.feeds, ("outlet", "inlet")), **_made_by(plant, plant.feeds)})


def pipes(plant: Plant) -> pl.DataFrame:
    """One row a pipe: a coolant outlet to a coolant inlet."""
    return pl.DataFrame({**_ends(plant, plant.pipes, ("coolant_out", "coolant_in")), **_made_by(plant, plant.pipes)})


FRAMES: dict[str, Callable[[Plant], pl.DataFrame]] = {
    "devices": devices,
    "racks": racks,
    "links": links,
    "feeds": feeds,
    "pipes": pipes,
}
"""Every table by its name."""


def _ends(plant: Plant, table: Relations, kinds: tuple[str, str]) -> dict[str, pl.Series]:
    """Device and terminal at both ends."""
    device, cls = device_names(plant), plant.devices.cls
    a, z = (terminals(plant, kind) for kind in kinds)
    return {
        "a_device": device.gather(table.a_device),
        f"a_{kinds[0]}": a.gather(cls[table.a_device], table.a_terminal),
        "z_device": device.gather(table.z_device),
        f"z_{kinds[1]}": z.gather(cls[table.z_device], table.z_terminal),
    }


def _made_by(plant: Plant, table: Relations) -> dict[str, pl.Series]:
    """The statement that made a row, and the row's number within it over the capacity."""
    tags = pl.Series([rule.tag for rule in plant.design.rules], dtype=pl.String)
    return {
        "rule": pl.Series(table.rule.astype(np.int32)),
        "tag": pick(tags, table.rule),
        "rank": pl.Series(table.rank),
    }


def _known(column: Ints) -> pl.Series:
    """The column with null for -1."""
    series = pl.Series(column, dtype=pl.Int64)
    return series.set(series < 0, None)
