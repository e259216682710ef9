"""bom.csv: everything to buy, counted from the very columns that cables.csv and the configurations print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod

import numpy as np
import polars as pl

from ...compiler.cages import Plugged
from ...compiler.design import Element, Media
from ...compiler.expand.geometry import METRE
from ...compiler.plant import Ints, Plant
from ...compiler.schema import CableAttributes, OpticAttributes, PartAttributes, RackAttributes
from ...dsl.units import Quantity, format_number
from .._kit.columns import decimals
from .._kit.csv import harmless
from .runs import Material, Runs

CATEGORIES = ("rack", "device", "optic", "cable", "fibre", "included")
"""What a line is, in the order of the file. `included` comes inside a device and is not bought again."""

NOT_STATED = "not stated"
"""The SKU of links that name no cable or optic: they are counted, so the totals agree with cables.csv."""


@dataclass(frozen=True)
class _Item:
    """One line without its quantity; equal items are added up."""

    category: str
    sku: str
    definition: str = ""
    vendor: str = ""
    description: str = ""
    length_um: int = -1
    included_in: str = ""
    assumed: bool = False
    price: Quantity | None = None

    @property
    def order(self) -> tuple[int, str, str, int, str]:
        return CATEGORIES.index(self.category), self.sku, self.definition, self.length_um, self.included_in


def bom(plant: Plant, material: Material, runs: Runs, seen: Plugged) -> pl.DataFrame:
    """All lines, by category, SKU and length."""
    total: dict[_Item, int] = {}
    for count in (_parts(plant), _optics(plant, seen), _cables(plant, material, runs)):
        for item, quantity in count:
            total[item] = total.get(item, 0) + quantity
    items = sorted((item for item, quantity in total.items() if quantity), key=lambda item: item.order)
    lengths = np.array([item.length_um for item in items], dtype=np.int64)
    text = {
        "category": [item.category for item in items],
        "sku": [item.sku for item in items],
        "definition": [item.definition for item in items],
        "vendor": [item.vendor for item in items],
        "description": [item.description for item in items],
        "quantity": [str(total[item]) for item in items],
        "unit": ["each" for _ in items],
        "length_m": decimals(lengths, METRE).to_list(),
        "included_in": [item.included_in for item in items],
        "assumed": ["yes" if item.assumed else "" for item in items],
        "unit_price_usd": [_dollars(item.price, 1) for item in items],
        "price_usd": [_dollars(item.price, total[item]) for item in items],
    }
    return pl.DataFrame(
        {
            name: pl.Series([harmless(cell) if cell else None for cell in cells], dtype=pl.String)
            for name, cells in text.items()
        }
    )


def _parts(plant: Plant) -> Iterator[tuple[_Item, int]]:
    """Racks, devices, and the parts inside devices."""
    design = plant.design
    for element in design.elements:
        attributes = element.attributes
        count = prod(dim.size for dim in design.dims(element.index))
        if isinstance(attributes, RackAttributes):
            yield _part("rack", element, attributes), count
        elif isinstance(attributes, PartAttributes) and element.role == "part":
            device = design.device_of(element.index)
            assert device is not None
            if device == element.index:
                yield _part("device", element, attributes), count
            else:
                yield _part("included", element, attributes, _sku(design.elements[device])), count


def _part(
    category: str, element: Element | Media, attributes: PartAttributes | RackAttributes, included_in: str = ""
) -> _Item:
    definition = element.name if isinstance(element, Media) else element.definition
    return _Item(
        category=category,
        sku=attributes.model or definition,
        definition=definition,
        vendor=attributes.vendor or "",
        description=element.doc.strip().partition("\n")[0],
        included_in=included_in,
        assumed=bool(element.assumed or attributes.assumed),
        price=attributes.price if isinstance(attributes, PartAttributes) else None,
    )


def _sku(element: Element) -> str:
    attributes = element.attributes
    model = attributes.model if isinstance(attributes, PartAttributes) else None
    return model or element.definition


def _optics(plant: Plant, seen: Plugged) -> Iterator[tuple[_Item, int]]:
    """Optics, one a plugged cage however many of its ports are used."""
    if not len(seen.media):
        return
    # Of the ports in a cage some may name no optic; then the others tell.
    plug = np.maximum.reduceat(seen.media, np.flatnonzero(seen.leads))
    plugs = np.bincount(plug[plug >= 0], minlength=len(seen.names)).tolist()
    for name, count in zip(seen.names, plugs, strict=True):
        media = plant.design.media[name]
        if isinstance(media.attributes, OpticAttributes):
            yield _part("optic", media, media.attributes), count


def _cables(plant: Plant, material: Material, runs: Runs) -> Iterator[tuple[_Item, int]]:
    """Cables with fixed ends and fibres by length, one a row of cables.csv that shares no other's cable."""
    ordered = np.flatnonzero(runs.item == np.arange(len(runs.item)))
    for made_with, length, count in _counted(material.media[ordered], runs.sold_um[ordered]):
        cable, fibre = material.cables[made_with], material.fibres[made_with]
        if cable is not None:
            media = plant.design.media[cable]
            assert isinstance(media.attributes, CableAttributes)
            item = _part("cable", media, media.attributes)
        elif fibre is not None:
            item = _Item("fibre", fibre, description="Fibre between two optics.")
        else:
            item = _Item("cable", NOT_STATED, description="Links that name no cable or optic.")
        yield replace(item, length_um=length), count


def _counted(media: Ints, length: Ints) -> Iterator[tuple[int, int, int]]:
    """Distinct pairs of medium and length, with how often each occurs."""
    for number in np.unique(media).tolist():
        lengths, count = np.unique(length[media == number], return_counts=True)
        for um, times in zip(lengths.tolist(), count.tolist(), strict=True):
            yield number, um, times


def _dollars(price: Quantity | None, quantity: int) -> str:
    return "" if price is None else format_number(price.to("USD") * quantity)
