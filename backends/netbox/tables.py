"""All files of an import together, so that what one refers to by name is there under that name in another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from ...compiler.plant import Plant
from ...compiler.schema import RackAttributes
from .._kit.planned import members
from .._kit.yaml_text import Value
from . import addresses, building, cables
from .modules import module_frame, module_type, optics
from .places import places
from .ports import ports
from .power import power
from .types import device_types, maker


@dataclass(frozen=True)
class Import:
    """`tables` are the CSV files in the order of their import; frames of one file come one after the other."""

    device_types: list[dict[str, Value]]
    module_types: list[dict[str, Value]]
    tables: Iterator[tuple[str, Iterable[pl.DataFrame]]]
    open_rack: bool


def import_of(plant: Plant) -> Import:
    """Everything."""
    port, fed, place = ports(plant), power(plant), places(plant)
    types, plugs = device_types(plant, port, fed, place), optics(plant)
    media = plant.design.media
    elements = [plant.design.elements[index].attributes for index in place.units]
    known = members(plant)
    built = building.building(plant, place)
    roles = building.roles(plant, known)
    unique = {(t.manufacturer, t.model): t for cls, t in zip(plant.classes, types, strict=True) if cls.count}
    makers = [t.manufacturer for t in unique.values()] + [names[0] for names in plugs.values()]
    makers += [maker(e.vendor) for e in elements if isinstance(e, RackAttributes)]

    def tables() -> Iterator[tuple[str, Iterable[pl.DataFrame]]]:
        yield "01-manufacturers", [building.manufacturers(makers)]
        yield "02-platforms", [building.platforms(plant)]
        yield "03-sites", [building.sites(built, plant.design.doc)]
        yield "04-locations", [building.locations(built)]
        yield "05-rack-roles", [building.rack_roles(built)]
        yield "06-rack-types", [building.rack_types(plant, built, place)]
        yield "07-racks", [building.racks(plant, built)]
        yield "08-device-roles", [building.device_roles(roles)]
        yield "09-devices", [building.devices(plant, built, types, place, roles, known.asn)]
        yield "10-interfaces", [addresses.interface_frame(plant, known, port)]
        yield "11-modules", [module_frame(plant, port, plugs)]
        yield "12-rirs", [addresses.rir_frame(plant, known)]
        yield "13-asns", [addresses.asn_frame(plant, known)]
        yield "14-prefixes", [addresses.prefix_frame(plant)]
        yield "15-ip-addresses", addresses.address_frames(plant, known, port)
        yield "16-power-panels", [cables.panel_frame(plant, built, fed)]
        yield "17-power-feeds", [cables.feed_frame(plant, built, fed)]
        yield "18-cables", cables.cable_frames(plant, built, port)
        yield "19-power-cables", cables.power_frames(plant, built, fed)

    return Import(
        [t.document for t in unique.values()],
        [module_type(media[name], names) for name, names in plugs.items()],
        tables(),
        any(isinstance(e, RackAttributes) and e.unit == "OU" for e in elements),
    )
