"""Cables: one row a segment of the plant, then one a feed of power; panels and their feeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from ...compiler.cabling.cables import Cables, cables
from ...compiler.names import segment_ids
from ...compiler.plant import Bools, Ints, Plant
from ...compiler.power.chain import chain
from ...compiler.power.limits import whip_of
from ...compiler.schema import CableAttributes, OpticAttributes
from .._kit.cabling.words import slices
from .._kit.columns import TerminalNames, chosen, device_names, pick, terminal_table
from .building import PLANNED, Building
from .choices import CABLES, COLOURS
from .ports import Ports
from .power import Power, Sides
from .text import DESCRIPTION, field

_CENTIMETRE = 10**4


def cable_frames(plant: Plant, built: Building, ports: Sequence[Ports]) -> Iterator[pl.DataFrame]:
    """`dcim/cables/import/`: rows in the order of the segments.

    A cable that several segments share (a breakout) has a row for each, which name the first one. Two plugs that meet
    with no cord between are a row without a type or a length.
    """
    made, segments, labels = cables(plant), plant.segments, segment_ids(plant)
    names = terminal_table(plant, lambda c: ports[c.index].names)
    kinds = terminal_table(plant, lambda c: [f"dcim.{kind}" for kind in ports[c.index].kinds])
    types = _types(made)
    words = [field(word, DESCRIPTION - 50) if word else None for word in made.words()[: len(types)]]
    mated = np.zeros(len(segments), dtype=np.bool_) if plant.circuits is None else plant.circuits.mated
    colours: list[str | None] = [COLOURS[n % len(COLOURS)] for n in range(len(plant.design.networks))]
    for rows in slices(len(segments)):
        a, z = segments.a_device[rows], segments.z_device[rows]
        item = made.item[rows]
        shared = np.where(item == np.arange(rows.start, rows.stop), -1, item)
        length = _metres(made.sold_um[rows])
        media = np.where(mated[rows], len(types), made.media[rows])
        told = chosen([*words, "two plugs, no cord"], media)
        also = "in one cable with " + pick(labels, shared)
        yield pl.DataFrame(
            {
                **_end("a", built.site, plant, names, kinds, a, segments.a_terminal[rows]),
                **_end("b", built.site, plant, names, kinds, z, segments.z_terminal[rows]),
                "type": chosen([*types, None], media),
                "status": pl.repeat(PLANNED, len(a), dtype=pl.String, eager=True),
                "label": labels[rows],
                "color": chosen(colours, segments.network[rows]),
                "length": length,
                "length_unit": _unit(length),
                "description": pl.select(pl.concat_str([told, also], separator=", ", ignore_nulls=True)).to_series(),
            }
        ).with_columns(pl.col("description").replace("", None))


def _end(
    side: str, site: str, plant: Plant, names: TerminalNames, kinds: TerminalNames, device: Ints, terminal: Ints
) -> dict[str, pl.Series]:
    cls = plant.devices.cls[device]
    return {
        f"side_{side}_site": pl.repeat(site, len(device), dtype=pl.String, eager=True),
        f"side_{side}_device": device_names(plant).gather(device),
        f"side_{side}_type": kinds.gather(cls, terminal),
        f"side_{side}_name": names.gather(cls, terminal),
    }


def _types(made: Cables) -> list[str | None]:
    """The type of a cable by its medium."""
    found: list[str | None] = []
    for name in made.names:
        attributes = made.plant.design.media[name].attributes
        assert isinstance(attributes, CableAttributes | OpticAttributes)
        medium = attributes.medium if isinstance(attributes, CableAttributes) else attributes.fiber
        found.append(CABLES.get(medium))
    return found


def _metres(micrometres: Ints) -> pl.Series:
    """Lengths in metres with two decimals at most, rounded up; null where unknown."""
    known = np.where(micrometres < 0, -1, -(-micrometres // _CENTIMETRE))
    distinct, number = np.unique(known, return_inverse=True)
    words = [None if n < 0 else f"{n // 100}.{n % 100:02}".rstrip("0").rstrip(".") for n in distinct.tolist()]
    return pl.Series(words, dtype=pl.String).gather(number)


def _unit(lengths: pl.Series) -> pl.Series:
    return pl.select(pl.when(lengths.is_not_null()).then(pl.lit("m"))).to_series()


def power_frames(plant: Plant, built: Building, power: Power) -> Iterator[pl.DataFrame]:
    """`dcim/cables/import/` again: one row a feed, in the order of the plant."""
    feeds, cls = plant.feeds, plant.devices.cls
    outlets, inlets = _Parts(plant, power.outlets, "outlet"), _Parts(plant, power.inlets, "inlet")
    paneled = _paneled(plant, power)
    names = device_names(plant)
    whips = [_whip(plant, rule) for rule in range(len(plant.design.rules))]
    lengths = [whip[1] for whip in whips]
    for rows in slices(len(feeds)):
        a, z, rule = feeds.a_device[rows], feeds.z_device[rows], feeds.rule[rows]
        here = pl.Series(paneled[rows], dtype=pl.Boolean)
        source = names.gather(a)
        length = chosen(list(lengths), rule)
        kinds = pl.Series(["dcim.poweroutlet", "dcim.powerfeed"]).gather(paneled[rows].astype(np.int64))
        yield pl.DataFrame(
            {
                "side_a_site": pl.repeat(built.site, len(a), dtype=pl.String, eager=True),
                "side_a_device": source.set(here, None),
                "side_a_power_panel": source.set(~here, None),
                "side_a_type": kinds,
                "side_a_name": outlets.names(cls[a], feeds.a_terminal[rows], power.outlets.nth[rows]),
                "side_b_site": pl.repeat(built.site, len(a), dtype=pl.String, eager=True),
                "side_b_device": names.gather(z),
                "side_b_type": pl.repeat("dcim.powerport", len(a), dtype=pl.String, eager=True),
                "side_b_name": inlets.names(cls[z], feeds.z_terminal[rows], power.inlets.nth[rows]),
                "type": pl.repeat("power", len(a), dtype=pl.String, eager=True),
                "status": pl.repeat(PLANNED, len(a), dtype=pl.String, eager=True),
                "length": length,
                "length_unit": _unit(length),
                "description": chosen([whip[0] for whip in whips], rule),
            }
        )


def _whip(plant: Plant, rule: int) -> tuple[str | None, str | None]:
    """What a feed is made with, and its length in metres."""
    statement = plant.design.rules[rule]
    whip = whip_of(plant.design, statement) if statement.medium == "feed" else None
    if whip is None:
        return None, None
    stated = whip.attributes.length
    length = None if stated is None else _metres(np.array([int(stated.to("m") * 10**6)]))[0]
    return field(whip.attributes.model or whip.name, DESCRIPTION), length


def _paneled(plant: Plant, power: Power) -> Bools:
    """For each feed whether it is the feed of a panel."""
    of_rule = np.zeros(len(plant.design.rules) + 1, dtype=np.bool_)
    of_rule[list(power.circuits)] = True
    found: Bools = of_rule[plant.feeds.rule]
    return found


class _Parts:
    """Names of all terminals of a kind, part by part."""

    def __init__(self, plant: Plant, sides: Sides, kind: str) -> None:
        flat: list[str] = []
        start = np.zeros(len(plant.classes), dtype=np.int64)
        first: list[Ints] = []
        for cls in plant.classes:
            start[cls.index] = len(flat)
            flat += [name for _, name in sides.names(plant, cls, kind)]
            counts = np.array(sides.parts[cls.index], dtype=np.int64)
            first.append(np.cumsum(counts) - counts)
        self._names = pl.Series(flat, dtype=pl.String)
        self._start = start
        widths = np.array([len(f) for f in first], dtype=np.int64)
        self._offset = np.cumsum(widths) - widths
        self._first = np.concatenate([*first, np.zeros(0, dtype=np.int64)])

    def names(self, cls: Ints, terminal: Ints, part: Ints) -> pl.Series:
        """The names of columns of terminals."""
        return self._names.gather(self._start[cls] + self._first[self._offset[cls] + terminal] + part)


def panel_frame(plant: Plant, built: Building, power: Power) -> pl.DataFrame:
    """`dcim/power-panels/import/`: the devices whose outlets are the feeds of a panel."""
    devices = np.unique(plant.feeds.a_device[_paneled(plant, power)])
    return pl.DataFrame(
        {
            "site": pl.repeat(built.site, len(devices), dtype=pl.String, eager=True),
            "name": device_names(plant).gather(devices),
        }
    )


def feed_frame(plant: Plant, built: Building, power: Power) -> pl.DataFrame:
    """`dcim/power-feeds/import/`: what each panel feeds, with the rack that it is for."""
    rows = np.flatnonzero(_paneled(plant, power))
    feeds, cls = plant.feeds, plant.devices.cls
    a, z, rule = feeds.a_device[rows], feeds.z_device[rows], feeds.rule[rows]
    rack = plant.devices.rack[z]
    circuits = [power.circuits.get(n) for n in range(len(plant.design.rules))]

    def told(words: Sequence[str | None]) -> pl.Series:
        return chosen(list(words), rule)

    spare = (~chain(plant).normal.carries[rows]).astype(np.int64)
    outlets = _Parts(plant, power.outlets, "outlet")
    return pl.DataFrame(
        {
            "site": pl.repeat(built.site, len(rows), dtype=pl.String, eager=True),
            "power_panel": device_names(plant).gather(a),
            "location": built.hall_of_rack.gather(rack) if len(plant.racks) else pl.Series([], dtype=pl.String),
            "rack": pick(pl.Series(plant.racks.names, dtype=pl.String), rack),
            "name": outlets.names(cls[a], feeds.a_terminal[rows], power.outlets.nth[rows]),
            "status": pl.repeat(PLANNED, len(rows), dtype=pl.String, eager=True),
            "type": pl.Series(["primary", "redundant"]).gather(spare),
            "supply": told([None if c is None else "dc" if c.direct else "ac" for c in circuits]),
            "phase": told(
                [None if c is None else "three-phase" if c.three_phase else "single-phase" for c in circuits]
            ),
            "voltage": told([None if c is None else str(c.volts) for c in circuits]),
            "amperage": told([None if c is None else str(c.amperes) for c in circuits]),
            "max_utilization": told([None if c is None else str(c.utilization) for c in circuits]),
        }
    )
