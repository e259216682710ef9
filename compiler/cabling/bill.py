"""Everything to buy: lines counted from the very columns that cable lists and configurations print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, prod

import numpy as np
from numpy.typing import NDArray

from ..cages import Plugged
from ..design import Design, Element, Media, Whip
from ..expand.geometry import METRE, micrometres
from ..plant import Ints, Plant
from ..schema import CableAttributes, OpticAttributes, PartAttributes, RackAttributes, TrunkAttributes
from ..trunks import trunks
from .cables import Cables, cable_words
from .rules import cabling_rules

CATEGORIES = ("rack", "device", "panel", "trunk", "optic", "cable", "fibre", "whip", "included")
"""What a line is, in the order of the bill. `included` comes inside a device and is not bought again."""

NOT_STATED = "not stated"
"""The SKU of links that name no cable or optic: they are counted, so the totals agree with the cable list."""


@dataclass(frozen=True)
class Item:
    """What a line is for. `weight_kg` and `price_usd` are of one, None if unknown; `length_um` is -1 if it has none."""

    category: str
    sku: str
    definition: str = ""
    vendor: str = ""
    description: str = ""
    length_um: int = -1
    included_in: str = ""
    assumed: bool = False
    price_usd: Fraction | None = None
    weight_kg: Fraction | None = None

    @property
    def order(self) -> tuple[int, str, str, int, str]:
        return CATEGORIES.index(self.category), self.sku, self.definition, self.length_um, self.included_in


@dataclass(frozen=True)
class Line:
    """An item, how many are built in, how many more are spares, and what those built in draw (None: unknown)."""

    item: Item
    quantity: int
    spares: int
    power_w: Fraction | None

    @property
    def ordered(self) -> int:
        return self.quantity + self.spares

    @property
    def weight_g(self) -> int | None:
        """Grams of all that are built in, rounded up; None for what its device's weight holds already."""
        each = self.item.weight_kg
        return None if each is None or self.item.category == "included" else ceil(each * self.quantity * 1000)

    @property
    def price_usd(self) -> Fraction | None:
        """Price of all that are built in; only ever from the user."""
        return None if self.item.price_usd is None else self.item.price_usd * self.quantity

    @property
    def ordered_usd(self) -> Fraction | None:
        """Price of all that are ordered."""
        return None if self.item.price_usd is None else self.item.price_usd * self.ordered


@dataclass(frozen=True)
class _Counted:
    """So many of an item in one place, where the rule of spares is `ratio`."""

    item: Item
    quantity: int
    ratio: Fraction = Fraction(0)
    power_w: Fraction | None = None


@dataclass
class _Sum:
    """What has been counted of one item so far."""

    quantity: int = 0
    spares: Fraction = Fraction(0)
    power_w: Fraction | None = Fraction(0)

    def add(self, counted: _Counted) -> None:
        self.quantity += counted.quantity
        self.spares += counted.quantity * counted.ratio
        if self.power_w is not None:
            self.power_w = None if counted.power_w is None else self.power_w + counted.power_w


def bill(plant: Plant, cables: Cables) -> tuple[Line, ...]:
    """All lines, by category, SKU and length. Spares are rounded up once a line, over all places together."""
    sums: dict[Item, _Sum] = {}
    for source in (_parts(plant), _optics(plant, cables.seen), _cables(plant, cables), _trunks(plant), _whips(plant)):
        for counted in source:
            if counted.quantity:
                sums.setdefault(counted.item, _Sum()).add(counted)
    return tuple(
        Line(item, sums[item].quantity, ceil(sums[item].spares), sums[item].power_w)
        for item in sorted(sums, key=lambda item: item.order)
    )


def _parts(plant: Plant) -> Iterator[_Counted]:
    """Racks, devices, and the parts inside devices."""
    design = plant.design
    for element in design.elements:
        attributes = element.attributes
        count = prod(dim.size for dim in design.dims(element.index))
        if isinstance(attributes, RackAttributes):
            yield _Counted(_item("rack", element, attributes), count)
        elif isinstance(attributes, PartAttributes) and element.role == "part" and element.kind != "trunk":
            device = design.device_of(element.index)
            assert device is not None
            if device == element.index:
                yield _Counted(_item("panel" if element.kind == "patch" else "device", element, attributes), count)
            else:
                inside = _sku(design.elements[device])
                yield _Counted(replace(_item("included", element, attributes), included_in=inside), count)


def _item(category: str, element: Element | Media | Whip, attributes: PartAttributes | RackAttributes) -> Item:
    definition = element.definition if isinstance(element, Element) else element.name
    price = attributes.price if isinstance(attributes, PartAttributes) else None
    return Item(
        category=category,
        sku=attributes.model or definition,
        definition=definition,
        vendor=attributes.vendor or "",
        description=element.doc.strip().partition("\n")[0],
        assumed=bool(element.assumed or attributes.assumed),
        price_usd=None if price is None else price.to("USD"),
        weight_kg=None if attributes.weight is None else attributes.weight.to("kg"),
    )


def _sku(element: Element) -> str:
    attributes = element.attributes
    model = attributes.model if isinstance(attributes, PartAttributes) else None
    return model or element.definition


def _optics(plant: Plant, seen: Plugged) -> Iterator[_Counted]:
    """Optics, one a plugged cage however many of its ports are used."""
    if not len(seen.media):
        return
    ratios, of_class = spare_ratios(plant)
    at = np.flatnonzero(seen.leads)
    # Of the ports in a cage some may name no optic; then the others tell.
    plug = np.maximum.reduceat(seen.media, at)
    place = of_class[plant.devices.cls[plant.ends.device[at]]]
    for number, name in enumerate(seen.names):
        media = plant.design.media[name]
        if not isinstance(media.attributes, OpticAttributes):
            continue
        each = None if media.attributes.power is None else media.attributes.power.to("W")
        for ratio, count in zip(ratios, _places(place, plug == number, len(ratios)), strict=True):
            power = None if each is None else each * count
            yield _Counted(_item("optic", media, media.attributes), count, ratio, power)


def _cables(plant: Plant, cables: Cables) -> Iterator[_Counted]:
    """Cables with fixed ends and fibres by length, one a row of the cable list that shares no other's cable."""
    rows = cables.ordered
    ratios, of_class = spare_ratios(plant)
    place = of_class[plant.devices.cls[plant.segments.a_device[rows]]]
    # One number for medium, length and place, so that like cables are found by one sort.
    sizes, size = np.unique(cables.sold_um[rows], return_inverse=True)
    kinds = len(cables.names) + 1
    key = (place * max(1, len(sizes)) + size) * kinds + cables.media[rows] + 1
    distinct, like, counts = np.unique(key, return_inverse=True, return_counts=True)
    plugs = np.zeros(len(distinct), dtype=np.int64)
    np.add.at(plugs, like, _ends(plant, cables)[rows])
    for number, count, ends in zip(distinct.tolist(), counts.tolist(), plugs.tolist(), strict=True):
        rest, media = divmod(number, kinds)
        where, length = divmod(rest, max(1, len(sizes)))
        name = cables.names[media - 1] if media else None
        each = None if name is None else _end_power(plant.design, name)
        power = None if each is None else each * ends
        yield _Counted(_cable(plant.design, name, int(sizes[length])), count, ratios[where], power)


def _cable(design: Design, name: str | None, length_um: int) -> Item:
    """The item of a medium at a length."""
    if name is None:
        return Item("cable", NOT_STATED, description="Links that name no cable or optic.", length_um=length_um)
    media = design.media[name]
    if not isinstance(media.attributes, CableAttributes):
        words = cable_words(design, name)
        return Item("fibre", words, description="Fibre between two optics.", length_um=length_um)
    item = _item("cable", media, media.attributes)
    return replace(item, length_um=length_um, weight_kg=cable_weight(media.attributes, length_um))


def cable_weight(attributes: CableAttributes | TrunkAttributes, length_um: int) -> Fraction | None:
    """Weight of one cable in kg: its metres and its ends (`weight`); the latter alone where a metre's is unknown."""
    ends = None if attributes.weight is None else attributes.weight.to("kg")
    if attributes.linear_weight is None:
        return ends
    if length_um < 0:
        return None
    return attributes.linear_weight.to("kg/m") * Fraction(length_um, METRE) + (ends or 0)


def _end_power(design: Design, name: str) -> Fraction | None:
    """Power that one end of a cable takes from its cage; fibre takes none of its own, its optics have lines."""
    attributes = design.media[name].attributes
    if not isinstance(attributes, CableAttributes) or attributes.power is None:
        return None
    return attributes.power.to("W")


def _ends(plant: Plant, cables: Cables) -> Ints:
    """For each segment the cages that its cable is plugged into, told where the cable is listed."""
    seen, count = cables.seen, len(plant.segments)
    fixed = np.array([isinstance(plant.design.media[n].attributes, CableAttributes) for n in seen.names] + [False])
    plugs = np.flatnonzero(seen.leads & fixed[seen.media])
    link = plant.ends.link[plugs]
    segment = link if plant.circuits is None else plant.circuits.head[link]
    found: Ints = np.bincount(cables.item[segment], minlength=count).astype(np.int64)
    return found


def _trunks(plant: Plant) -> Iterator[_Counted]:
    """Trunk cables by length."""
    found = trunks(plant)
    for cls in plant.classes_of_kind("trunk"):
        element = plant.element_of(cls)
        attributes = element.attributes
        assert isinstance(attributes, TrunkAttributes)
        lengths, counts = np.unique(found.sold_um[plant.devices.cls[found.device] == cls.index], return_counts=True)
        for length, count in zip(lengths.tolist(), counts.tolist(), strict=True):
            item = _item("trunk", element, attributes)
            weight = cable_weight(attributes, length)
            yield _Counted(replace(item, length_um=length, weight_kg=weight), count)


def _whips(plant: Plant) -> Iterator[_Counted]:
    """Power cables that feeds name."""
    feeds = np.bincount(plant.feeds.rule, minlength=len(plant.design.rules)).tolist()
    for statement in plant.design.rules:
        if statement.medium == "feed" and statement.using is not None:
            whip = plant.design.whips[statement.using[0]]
            length = -1 if whip.attributes.length is None else micrometres(whip.attributes.length)
            yield _Counted(replace(_item("whip", whip, whip.attributes), length_um=length), feeds[statement.index])


def spare_ratios(plant: Plant) -> tuple[tuple[Fraction, ...], Ints]:
    """The rules of spares that are in force somewhere, and for each device class which of them is."""
    found: dict[Fraction, int] = {}
    of_class = [found.setdefault(_spares(plant.design, cls.element), len(found)) for cls in plant.classes]
    return tuple(found) or (Fraction(0),), np.array(of_class, dtype=np.int64)


def _spares(design: Design, element: int) -> Fraction:
    """Spares as a share of what is built in; none where nobody states them."""
    rules = cabling_rules(design, element)
    return Fraction(0) if rules is None or rules.spares is None else rules.spares.to("")


def _places(place: Ints, mine: NDArray[np.bool_], size: int) -> list[int]:
    """How many of some rows are in each place."""
    found: list[int] = np.bincount(place[mine], minlength=size).tolist()
    return found
