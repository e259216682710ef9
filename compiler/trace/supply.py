"""What power an element has at its disposal, by the rules of `power.supply`."""

from __future__ import annotations

import numpy as np

from ...dsl.units import Quantity
from ..instances import instance_column
from ..plant import Ints
from ..power.flow import device_supply, pools
from ..power.supply import effective_supply
from ..power.supply import supply as supply_of
from ..schema import FEEDERS
from .books import Books
from .model import Figure
from .places import place_of, stated
from .subjects import Instances

SUPPLY = "supply"


def supply(books: Books, subject: Instances, figure: str) -> Figure | None:
    """What a feeder or an assembly can give: as stated, or the sum over its outermost feeders."""
    plant, design = books.plant, books.plant.design
    element = design.elements[subject.element]
    if element.role == "connector" or (element.role == "part" and element.kind not in FEEDERS):
        return None
    found = pools(plant)
    effective = effective_supply(plant, found)
    column = supply_of(plant, effective, element.index)
    own = column if subject.instance is None else column[subject.instance : subject.instance + 1]
    if not len(own) or (own < 0).any() or not own.any():
        return None
    total = Quantity.of(int(own.sum()), "mW")
    names = (SUPPLY, "installed") if element.kind in FEEDERS else (SUPPLY,)
    said = next((s for name in names if (s := stated(design, element, name))), None)
    if said is not None:
        if len(own) == 1:
            return Figure(figure, total, stated=said)
        one = Figure(element.name, Quantity.of(int(own[0]), "mW"), len(own), stated=said)
        return Figure(figure, total, parts=(one,)) if one.total == total else Figure(figure, total, how="all together")
    inside = instance_column(plant, element.index)
    chosen = (inside >= 0 if subject.instance is None else inside == subject.instance) & (effective > 0)
    between = np.isin(np.arange(len(plant.devices)), plant.feeds.z_device[_within(books, inside)])
    rows = np.flatnonzero(chosen & ~between)
    parts = []
    full = device_supply(plant)
    of = plant.devices.cls[rows]
    for cls in np.unique(of).tolist():
        feeder = plant.element_of(plant.classes[cls])
        own_rows = rows[of == cls]
        name = stated(design, feeder, SUPPLY) or stated(design, feeder, "installed")
        amount = Quantity.of(int(full[own_rows[0]]), "mW")
        parts.append(Figure(feeder.name, amount, len(own_rows), "", name, place_of(design, feeder.origin)))
    how = "its outermost feeders"
    if int(full[rows].sum()) != int(own.sum()):
        how += ", those on one busbar at most what it carries"
        for rack in {design.rack_of(plant.classes[cls].element) for cls in np.unique(of).tolist()} - {None}:
            holder = design.elements[rack]  # type: ignore[index]
            limit, bar = getattr(holder.attributes, "busbar_limit", None), stated(design, holder, "busbar_limit")
            if isinstance(limit, Quantity):
                parts.append(Figure("busbar_limit", limit, stated=bar))
    return Figure(figure, total, how=how, parts=tuple(parts))


def _within(books: Books, inside: Ints) -> Ints:
    """Feeds with both ends in one instance."""
    feeds = books.plant.feeds
    a, z = inside[feeds.a_device], inside[feeds.z_device]
    return np.flatnonzero((a >= 0) & (a == z))
