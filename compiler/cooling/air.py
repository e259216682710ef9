"""Air: the heat that it carries in every assembly, what doors, crahs and the like take out, and how much must move.

Heat in the air of an assembly is that of the devices that stand directly in it, with what an aalc there takes from
coolant, and what is left of the assemblies inside. A door in a rack takes heat from that rack, a crah in a hall from
all that the rows and racks have left. Several takers in one assembly share the heat in proportion to their `heat`;
where one states none, equally and without a limit. What is left in the outermost assembly the room carries.

Air of a device is its `airflow`, else its air heat over density, heat capacity and its `air_rise`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from ...dsl.units import Quantity
from ..design import Design, Element
from ..instances import instance_count
from ..plant import Bools, DeviceClass, Ints, Plant
from ..power.loads import milliwatts
from ..shares import part, scaled, small
from .model import Heat, Rooms
from .properties import air_density, air_factor
from .traits import Trait, thousandths_of_cfm

AIR_MOVERS = ("crah", "fan")
"""Kinds that bring air to the cold side; all others take it from there."""


def rooms(
    plant: Plant, heat: Heat, to_air: Ints, found: Sequence[Trait], broken: Bools | None = None
) -> tuple[Rooms, Ints]:
    """Heat in the air of each assembly, and what each device takes out of the air (2, devices).

    `to_air` (2, devices) is what devices give to the air besides their own heat; `broken` ones take nothing.
    """
    works = np.ones(len(plant.devices), dtype=np.bool_) if broken is None else ~broken
    design = plant.design
    inside: dict[int, list[DeviceClass]] = {}
    for cls in plant.classes:
        parent = plant.element_of(cls).parent
        assert parent is not None
        inside.setdefault(parent, []).append(cls)
    entering = heat.air + to_air
    taken = np.zeros_like(entering)
    given: dict[int, Ints] = {}
    left: dict[int, Ints] = {}
    for element in sorted(_assemblies(design), key=lambda e: -e.index):  # members come after what holds them
        count = instance_count(design, element.index)
        total = np.zeros((2, count), dtype=np.int64)
        rest = np.zeros((2, count), dtype=np.int64)
        for cls in inside.get(element.index, ()):
            if cls.count:
                own = entering[:, cls.first : cls.first + cls.count].reshape(2, count, -1).sum(axis=2)
                total, rest = total + own, rest + own
        for child in design.children(element.index):
            if child.index in left and count:
                total += given[child.index].reshape(2, count, -1).sum(axis=2)
                rest += left[child.index].reshape(2, count, -1).sum(axis=2)
        takers = [c for c in inside.get(element.index, ()) if c.count and takes_air(found[c.index])]
        if takers:
            _take(takers, found, works, rest, taken)
        given[element.index], left[element.index] = total, rest
    return Rooms(given, left), taken


def _assemblies(design: Design) -> list[Element]:
    return [e for e in design.elements if e.role == "assembly"]


def takes_air(trait: Trait) -> bool:
    """True for what takes heat out of the air for good; a fan gives it back."""
    return trait.takes == "air" and trait.gives != "air"


def _take(takers: list[DeviceClass], found: Sequence[Trait], works: Bools, rest: Ints, taken: Ints) -> None:
    """Let the takers of an assembly that work take what they can of `rest` (2, instances), in place."""
    count = rest.shape[1]
    alive = [works[cls.first : cls.first + cls.count].reshape(count, -1) for cls in takers]
    each = [on.sum(axis=1) for on in alive]
    stated = [found[cls.index].heat for cls in takers]
    limits = [n * s for n, s in zip(each, stated, strict=True) if s is not None]
    limited = len(limits) == len(takers)
    weights = limits if limited else each
    shift = max(0, max(int(sum(w.max(initial=0) for w in weights)), 1).bit_length() - 30)
    weights = [np.where(w > 0, np.maximum(w >> shift, 1), 0) for w in weights]
    whole = np.maximum(sum(weights), 1)
    amount = np.minimum(rest, sum(limits)) if limited else np.where(sum(each) > 0, rest, 0)
    shares = [amount // whole * weight + amount % whole * weight // whole for weight in weights]
    if limited:
        shares = [np.minimum(share, limit) for share, limit in zip(shares, limits, strict=True)]
    open_ = amount - sum(shares)
    for number, cls in enumerate(takers):
        # What rounding left goes to the first that has room for it.
        room = limits[number] - shares[number] if limited else np.where(each[number] > 0, open_, 0)
        more = np.minimum(open_, room)
        open_ = open_ - more
        turn = np.cumsum(alive[number], axis=1) - 1
        ways = np.maximum(each[number], 1)[:, None]
        own = part((shares[number] + more)[:, :, None], ways, turn) * alive[number]
        taken[:, cls.first : cls.first + cls.count] = own.reshape(2, -1)
    rest -= amount


def room_limit(plant: Plant, found: Sequence[Trait], element: Element) -> int | None:
    """Heat in mW that may be left in the air of an assembly: its `air_cooling`. Without one: none, if the last that
    take heat out of the air stand directly in it; else it is not known (None)."""
    stated = getattr(element.attributes, "air_cooling", None)
    if isinstance(stated, Quantity):
        return milliwatts(stated)
    direct = {plant.element_of(c).parent for c in plant.classes if c.count and takes_air(found[c.index])}
    around = [e for e in plant.design.chain(element.index) if e.index != element.index]
    goes_on = any(e.index in direct or getattr(e.attributes, "air_cooling", None) is not None for e in around)
    return 0 if element.index in direct and not goes_on else None


def altitude(design: Design, element: int) -> Element | None:
    """The nearest enclosing assembly that states its altitude."""
    return nearest(design, element, "altitude")


def nearest(design: Design, element: int, name: str) -> Element | None:
    """The nearest enclosing element that states an attribute."""
    for found in reversed(design.chain(element)):
        if found.role == "assembly" and getattr(found.attributes, name, None) is not None:
            return found
    return None


def airflow(plant: Plant, air: Ints, found: Sequence[Trait]) -> tuple[Ints, Bools]:
    """Air that each device moves at peak in thousandths of a CFM, and whether it is known; `air` is its air heat.

    A device without heat for the air and without `airflow` moves none.
    """
    flow = np.zeros(len(plant.devices), dtype=np.int64)
    known = np.ones(len(plant.devices), dtype=np.bool_)
    for cls, trait in zip(plant.classes, found, strict=True):
        rows = slice(cls.first, cls.first + cls.count)
        if trait.airflow is not None:
            flow[rows] = trait.airflow
        elif trait.air_rise is not None:
            flow[rows] = scaled(air[rows], *small(air_factor(density_at(plant.design, cls.element), trait.air_rise)))
        else:
            known[rows] = air[rows] == 0
    return flow, known


def density_at(design: Design, element: int) -> int:
    """Density of the air where an element stands, in g/m3; at the sea where nothing states an altitude."""
    holder = altitude(design, element)
    stated = None if holder is None else getattr(holder.attributes, "altitude", None)
    return air_density(stated.value if isinstance(stated, Quantity) else Fraction(0))


def takes_cold_air(plant: Plant, found: Sequence[Trait]) -> Bools:
    """Devices that take air from the cold side: all but air handlers, and doors behind others."""
    return np.array([t.takes != "air" for t in found] + [False])[plant.devices.cls]


def air_supply(plant: Plant, found: Sequence[Trait], element: Element, broken: Bools | None = None) -> Ints | None:
    """Air that reaches the cold side of each instance of an assembly, in thousandths of a CFM.

    Its `airflow`, else the sum over the air handlers that stand directly in it and are not `broken`; None where
    nothing tells.
    """
    count = instance_count(plant.design, element.index)
    stated = thousandths_of_cfm(getattr(element.attributes, "airflow", None)) if element.role == "assembly" else None
    if stated is not None:
        return np.full(count, stated, dtype=np.int64)
    movers = [
        cls
        for cls in plant.classes
        if cls.count and plant.element_of(cls).parent == element.index and plant.element_of(cls).kind in AIR_MOVERS
    ]
    total = np.zeros(count, dtype=np.int64)
    for cls in movers:
        each = found[cls.index].airflow
        if each is None:
            return None
        works = np.ones(cls.count, dtype=np.bool_) if broken is None else ~broken[cls.first : cls.first + cls.count]
        total += each * works.reshape(count, -1).sum(axis=1)
    return total if movers else None
