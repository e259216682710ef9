"""Transceivers as modules: a type for each optic, and one module in the bay of each cage that one is plugged into."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from ...compiler.cages import plugged
from ...compiler.design import Media
from ...compiler.plant import Plant
from ...compiler.schema import OpticAttributes
from ...compiler.space.elevation import grams
from .._kit.columns import device_names, pick, terminal_table
from .._kit.yaml_text import Value
from .ports import Ports
from .text import DESCRIPTION, MODEL, PART, apart, field
from .types import maker


def optics(plant: Plant) -> dict[str, tuple[str, str]]:
    """Maker and model of every optic that is plugged in somewhere, by its name in the design; no model is there twice,
    because modules are found by it."""
    seen = plugged(plant)
    used = np.unique(seen.media[seen.media >= 0]).tolist()
    names = [seen.names[n] for n in used if plant.design.media[seen.names[n]].kind == "optic"]
    parts = [plant.design.media[name].attributes for name in names]
    models = apart([field(part.model or name, MODEL) for part, name in zip(parts, names, strict=True)], MODEL)
    return {n: (maker(part.vendor), model) for n, part, model in zip(names, parts, models, strict=True)}


def module_type(media: Media, names: tuple[str, str]) -> dict[str, Value]:
    """The file of a module type."""
    attributes = media.attributes
    assert isinstance(attributes, OpticAttributes)
    found: dict[str, Value] = {"manufacturer": names[0], "model": names[1]}
    if attributes.model and field(attributes.model, PART) == attributes.model:
        found["part_number"] = attributes.model
    weight = grams(attributes.weight)
    if weight > 0:
        found |= {"weight": weight, "weight_unit": "g"}
    return found | {"description": field(media.doc.partition("\n")[0] or media.name, DESCRIPTION)}


def module_frame(plant: Plant, ports: Sequence[Ports], types: dict[str, tuple[str, str]]) -> pl.DataFrame:
    """One row a transceiver: `dcim/modules/import/`."""
    seen, ends = plugged(plant), plant.ends
    optic = np.array([name in types for name in seen.names] + [False], dtype=np.bool_)
    rows = np.flatnonzero(seen.leads & optic[seen.media])
    device = ends.device[rows]
    cls = plant.devices.cls[device]
    bays = terminal_table(plant, lambda c: ports[c.index].bays).gather(cls, ends.port[rows])
    models = pl.Series([types[n][1] if n in types else None for n in seen.names], dtype=pl.String)
    return pl.DataFrame(
        {
            "device": device_names(plant).gather(device),
            "module_bay": bays,
            "module_type": pick(models, seen.media[rows]),
            "status": pl.repeat("planned", len(rows), dtype=pl.String, eager=True),
        }
    )
