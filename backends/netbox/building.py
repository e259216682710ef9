"""The building: makers, site, halls, racks and the devices in them, one table a page of NetBox's import."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from ...compiler.plant import Ints, Plant
from ...compiler.schema import RackAttributes
from ...compiler.space import FloorPlan, elevations, floor_plan
from ...compiler.space.elevation import grams, length
from .._kit.columns import chosen, device_names, pick
from .._kit.csv import harmless
from .._kit.planned import Members
from .choices import COLOURS, GREY, slug
from .places import Places, half, rail_width
from .text import DESCRIPTION, field
from .types import DeviceType, maker, model_names

PLANNED = "planned"


@dataclass(frozen=True)
class Building:
    """What tables refer to by name: the site, the hall of each rack and device (null: none), a rack type and a role for
    each rack element."""

    site: str
    plan: FloorPlan
    hall_of_rack: pl.Series
    hall_of_device: pl.Series
    rack_types: dict[int, str]
    rack_roles: dict[int, str]


def building(plant: Plant, places: Places) -> Building:
    """All names. The halls of the floor plan are locations of one site, the design."""
    plan = floor_plan(plant)
    halls = pl.Series(plan.halls.names, dtype=pl.String)
    rack = plant.devices.rack
    hall = np.where(rack >= 0, np.append(plan.hall, -1)[rack], -1)
    elements = [plant.design.elements[index] for index in elevations(plant).racks]
    contents = [(places.units[e.index], *_size(plant, e.index)) for e in elements]
    # Racks find their type by its model alone, whoever makes it.
    models = model_names(plant, elements, [""] * len(elements), contents)
    return Building(
        plant.design.name,
        plan,
        pick(halls, plan.hall),
        pick(halls, hall),
        {e.index: model for e, model in zip(elements, models, strict=True)},
        {e.index: e.definition.rpartition(".")[2] for e in elements},
    )


def _size(plant: Plant, element: int) -> tuple[object, ...]:
    """What a rack type says of a rack."""
    attributes = plant.design.elements[element].attributes
    assert isinstance(attributes, RackAttributes)
    a = attributes
    return a.vendor, a.unit, a.height, a.width, a.depth, a.outer_height, a.inner_depth, a.weight, a.payload


def manufacturers(makers: Iterable[str]) -> pl.DataFrame:
    """`dcim/manufacturers/import/`."""
    return _named(sorted(set(makers)))


def sites(built: Building, doc: str) -> pl.DataFrame:
    """`dcim/sites/import/`: the design."""
    told = field(doc.partition("\n")[0], DESCRIPTION)
    return _named([built.site]).with_columns(status=pl.lit(PLANNED), description=pl.lit(told))


def locations(built: Building) -> pl.DataFrame:
    """`dcim/locations/import/`: the halls."""
    names = built.plan.halls.names
    return _named(names).select(site=pl.lit(built.site), name="name", slug="slug", status=pl.lit(PLANNED))


def rack_roles(built: Building) -> pl.DataFrame:
    """`dcim/rack-roles/import/`: the definition of a rack."""
    return _coloured(sorted(set(built.rack_roles.values())))


def rack_types(plant: Plant, built: Building, places: Places) -> pl.DataFrame:
    """`dcim/rack-types/import/`. Lengths are whole millimetres, weights whole kilograms, both rounded up."""
    rows, seen = [], set()
    for index, model in built.rack_types.items():
        a = plant.design.elements[index].attributes
        assert isinstance(a, RackAttributes)
        if model in seen:
            continue
        seen.add(model)
        inner = a.inner_depth if a.inner_depth is not None else a.depth
        outer = [_millimetres(length(x)) for x in (a.width, a.outer_height, a.depth)]
        weights = [_kilograms(grams(x)) for x in (a.weight, a.payload)]
        size = "units of 48 mm (OU)" if a.unit == "OU" else "units of 44.45 mm (RU)"
        rows.append(
            (
                maker(a.vendor),
                model,
                "4-post-frame",
                str(rail_width(a)),
                str(places.units[index]),
                "1",
                "false",
                *outer,
                "mm" if any(outer) else None,
                _millimetres(length(inner)),
                *weights,
                "kg" if any(weights) else None,
                size,
            )
        )
    columns = (
        "manufacturer", "model", "form_factor", "width", "u_height", "starting_unit", "desc_units", "outer_width",
        "outer_height", "outer_depth", "outer_unit", "mounting_depth", "weight", "max_weight", "weight_unit",
        "description",
    )  # fmt: skip
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    return frame.insert_column(2, pl.Series("slug", _slugs(frame["model"].to_list()), dtype=pl.String))


def racks(plant: Plant, built: Building) -> pl.DataFrame:
    """`dcim/racks/import/`: one row a rack. Its sizes are those of its type; width and height are asked for again."""
    table = plant.racks

    def of_element(words: dict[int, str]) -> pl.Series:
        return chosen([words.get(n) for n in range(len(plant.design.elements))], table.element)

    rows = [_where(row, bay) for row, bay in zip(table.row.tolist(), table.bay.tolist(), strict=True)]
    return pl.DataFrame(
        {
            "site": pl.repeat(built.site, len(table), dtype=pl.String, eager=True),
            "location": built.hall_of_rack,
            "name": pl.Series(table.names, dtype=pl.String),
            "status": pl.repeat(PLANNED, len(table), dtype=pl.String, eager=True),
            "role": of_element(built.rack_roles),
            "rack_type": of_element(built.rack_types),
            "description": pl.Series(rows, dtype=pl.String),
        }
    )


def _where(row: int, bay: int) -> str | None:
    """Where a rack stands; NetBox has no floor plan."""
    return None if row < 0 or bay < 0 else f"row {row}, bay {bay}"


def device_roles(roles: Iterable[str]) -> pl.DataFrame:
    """`dcim/device-roles/import/`."""
    return _coloured(sorted(set(roles))).with_columns(vm_role=pl.lit("false"))


def platforms(plant: Plant) -> pl.DataFrame:
    """`dcim/platforms/import/`: operating systems."""
    return _named(sorted({plant.element_of(cls).os or "" for cls in plant.classes_of_kind("switch")} - {""}))


def roles(plant: Plant, members: Members) -> list[str]:
    """The role of every device: of a switch of a planned network its tier's, else its kind."""
    kinds = [plant.element_of(cls).kind for cls in plant.classes]
    return [role or kinds[cls] for role, cls in zip(members.role, plant.devices.cls.tolist(), strict=True)]


def devices(
    plant: Plant, built: Building, types: Sequence[DeviceType], places: Places, role: Sequence[str], asn: Ints
) -> pl.DataFrame:
    """`dcim/devices/import/`: one row a device."""
    table, count = plant.devices, len(plant.devices)
    rack = pick(pl.Series(plant.racks.names, dtype=pl.String), table.rack)
    systems = [plant.element_of(cls).os if plant.element_of(cls).kind == "switch" else None for cls in plant.classes]
    # Halves from 0 are units from 1.
    heights = [half(n + 2) for n in range(int(places.position.max(initial=0)) + 1)]
    stands = places.position >= 0
    numbers = [f"AS {number}" if number >= 0 else None for number in asn.tolist()]
    return pl.DataFrame(
        {
            "name": device_names(plant),
            "role": pl.Series(role, dtype=pl.String),
            "manufacturer": chosen([t.manufacturer for t in types], table.cls),
            "device_type": chosen([t.model for t in types], table.cls),
            "platform": chosen([harmless(os) if os else None for os in systems], table.cls),
            "status": pl.repeat(PLANNED, count, dtype=pl.String, eager=True),
            "site": pl.repeat(built.site, count, dtype=pl.String, eager=True),
            "location": built.hall_of_device,
            "rack": rack,
            "position": chosen(list(heights), np.where(stands, places.position, -1)),
            "face": chosen(["front"], np.where(stands, 0, -1)),
            "description": pl.Series(numbers, dtype=pl.String),
        }
    )


def _named(names: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"name": names, "slug": _slugs(names)}, schema={"name": pl.String, "slug": pl.String})


def _coloured(names: list[str]) -> pl.DataFrame:
    colours = [COLOURS[n % len(COLOURS)] if len(names) > 1 else GREY for n in range(len(names))]
    return _named(names).with_columns(pl.Series("color", colours, dtype=pl.String))


def _slugs(names: list[str]) -> list[str]:
    taken: set[str] = set()
    return [slug(name, taken) for name in names]


def _millimetres(micrometres: int) -> str | None:
    return None if micrometres <= 0 else str(-(-micrometres // 1000))


def _kilograms(grams_of: int) -> str | None:
    return None if grams_of <= 0 else str(-(-grams_of // 1000))
