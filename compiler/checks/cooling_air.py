"""Coolant and air are cold enough, enough air moves, and what heat it carries is taken out of it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.units import Quantity
from ..cooling import UNKNOWN
from ..cooling.air import AIR_MOVERS, air_supply, nearest, room_limit, takes_air, takes_cold_air
from ..cooling.properties import COOLANTS, HIGHEST
from ..cooling.traits import LEAST_RISE
from ..design import Element
from ..instances import classes_inside, sum_by_instance
from ..names import host_names
from ..schema import CoolingAttributes, PartAttributes
from .cooling_wording import cubic_feet, degrees, worst
from .facts import Facts
from .wording import in_all, watts


def warm_coolant(facts: Facts) -> Iterator[Diagnostic]:
    """RW6026: coolant arrives warmer than the part's `coolant_limit`; the worst of each class."""
    cooling = facts.cooling
    inlet = cooling.temperatures.inlet
    limit = cooling.column([UNKNOWN if t.coolant_limit is None else t.coolant_limit for t in cooling.traits])
    over = np.where((inlet != UNKNOWN) & (limit != UNKNOWN), inlet - np.maximum(limit, -(10**9)), 0)
    for cls, device, count in worst(facts, over):
        row = int(np.flatnonzero(facts.plant.pipes.z_device == device)[0])
        yield diagnose(
            "RW6026",
            facts.design.rules[int(facts.plant.pipes.rule[row])].origin,
            f"brings coolant of {degrees(inlet[device])}",
            detail=f"here {facts.plant.devices.names[device]}: coolant_limit {degrees(limit[device])}"
            + in_all(count, "such devices"),
            help="supply it from a colder loop, or let the loop's source deliver colder coolant",
            also=[(facts.plant.element_of(cls).origin, "the part")],
        )


def unreachable(facts: Facts) -> Iterator[Diagnostic]:
    """RW6027: a `supply_temperature` below what is given plus the `approach`; the worst of each class."""
    cooling = facts.cooling
    floor, supply = cooling.temperatures.floor, cooling.temperatures.supply
    for cls, device, count in worst(facts, np.where(floor != UNKNOWN, floor - supply, 0)):
        attributes = facts.plant.element_of(cls).attributes
        assert isinstance(attributes, CoolingAttributes)
        yield diagnose(
            "RW6027",
            facts.plant.element_of(cls).origin,
            f"supply_temperature {attributes.supply_temperature}",
            detail=f"here {facts.plant.devices.names[device]}: with an approach of {attributes.approach} to what it is "
            f"given, it delivers {degrees(floor[device])} at the coldest" + in_all(count, "such parts"),
            help="let it be given colder water or air, or state the supply_temperature that it reaches",
        )
    yield from _warm_room(facts)


def _warm_room(facts: Facts) -> Iterator[Diagnostic]:
    """RW6027 for a hall: its own figure is colder than the air of the crahs and fans that stand in it."""
    for cls, trait in zip(facts.plant.classes, facts.cooling.traits, strict=True):
        holder = nearest(facts.design, cls.element, "supply_temperature")
        if trait.element.kind not in AIR_MOVERS or trait.supply is None or holder is None or not cls.count:
            continue
        stated = getattr(holder.attributes, "supply_temperature", None)
        assert isinstance(stated, Quantity)
        if trait.supply > 1000 * stated.value:
            yield diagnose(
                "RW6027",
                holder.origin,
                f"supply_temperature {stated}",
                detail=f"{facts.plant.devices.names[cls.first]} delivers air of {degrees(trait.supply)}",
                help="state what its air handlers deliver, or leave it to them",
                also=[(trait.element.origin, "delivers warmer air")],
            )


def wrong_coolant(facts: Facts) -> Iterator[Diagnostic]:
    """RW6028: a part made for one coolant on a loop of the other; once a class."""
    cooling, pipes = facts.cooling, facts.plant.pipes
    for cls, trait in zip(facts.plant.classes, cooling.traits, strict=True):
        if trait.coolant is None or (trait.separates and trait.takes == "liquid"):
            continue
        given = cooling.coolant[cls.first : cls.first + cls.count]
        wrong = np.flatnonzero((given >= 0) & (given != trait.coolant))
        if len(wrong):
            device = cls.first + int(wrong[0])
            row = int(np.flatnonzero(pipes.z_device == device)[0])
            yield diagnose(
                "RW6028",
                facts.design.rules[int(pipes.rule[row])].origin,
                f"brings {COOLANTS[int(given[wrong[0]])]}",
                detail=f"here {facts.plant.devices.names[device]}, which is made for {COOLANTS[trait.coolant]}"
                + in_all(len(wrong), "such devices"),
                help="supply it from a loop of its own coolant, behind a cdu",
                also=[(trait.element.origin, f"made for {COOLANTS[trait.coolant]}")],
            )


def warm_air(facts: Facts) -> Iterator[Diagnostic]:
    """RW6029: the air on the cold side is warmer than a device's `air_limit`; once a class."""
    cooling = facts.cooling
    for cls, trait in zip(facts.plant.classes, cooling.traits, strict=True):
        if trait.air_limit is None or not cls.count:
            continue
        air = int(cooling.temperatures.air[cls.first])
        if air != UNKNOWN and air > trait.air_limit:
            holder = nearest(facts.design, cls.element, "supply_temperature")
            yield diagnose(
                "RW6029",
                trait.element.origin,
                f"air_limit {degrees(trait.air_limit)}",
                detail=f"here {facts.plant.devices.names[cls.first]}: the air is {degrees(air)} on its cold side"
                + in_all(cls.count, "such devices"),
                help="cool the air further, or take a part that stands warmer air",
                also=[] if holder is None else [(holder.origin, f"supplies air of {degrees(air)}")],
            )


def short_of_air(facts: Facts) -> Iterator[Diagnostic]:
    """RW6030: the devices of an assembly move more air than reaches its cold side; once an assembly."""
    plant, cooling = facts.plant, facts.cooling
    taking = takes_cold_air(plant, cooling.traits)
    moved = np.where(taking, cooling.airflow, 0)
    for element in facts.design.elements:
        supply = air_supply(plant, cooling.traits, element)
        if supply is None:
            continue
        total = sum_by_instance(plant, element.index, moved)
        over = total - supply
        if (over > 0).any():
            place = int(over.argmax())
            unknown = bool((~cooling.airflow_known & taking).any())
            yield diagnose(
                "RW6030",
                element.origin,
                f"has {cubic_feet(int(supply[place]))}",
                detail=f"here {host_names(facts.design, element.index)[place]}: the devices inside move "
                f"{'at least ' if unknown else ''}{cubic_feet(int(total[place]))}"
                + in_all(int((over > 0).sum()), "of them"),
                help="bring more air, put less into it, or let devices heat their air further (`air_rise`)",
            )


def hot_air(facts: Facts) -> Iterator[Diagnostic]:
    """RW6031: more heat is left in the air of an assembly than its `air_cooling`; or than its takers take, where
    nothing around it takes the rest."""
    for element in facts.design.elements:
        if element.role != "assembly" or element.index not in facts.cooling.rooms.left:
            continue
        left = facts.cooling.rooms.left[element.index][0]
        if not len(left):
            continue
        limit = room_limit(facts.plant, facts.cooling.traits, element)
        if limit is None:
            continue
        stated = getattr(element.attributes, "air_cooling", None)
        takers = _takers(facts, element)
        place = int(left.argmax())
        if left[place] <= limit:
            continue
        given = int(facts.cooling.rooms.given[element.index][0][place])
        taken = given - int(left[place])
        inside = f", of which {watts(taken)} is taken out by {', '.join(takers)}" if takers else ""
        yield diagnose(
            "RW6031",
            element.origin,
            f"air_cooling {stated}" if stated is not None else f"its {', '.join(takers)} take {watts(taken)}",
            detail=f"here {host_names(facts.design, element.index)[place]}: {watts(given)} goes into the air{inside}; "
            f"{watts(int(left[place]))} is left" + in_all(int((left > limit).sum()), "of them"),
            help="take more heat into coolant, add a door or crah, or put less into it",
        )


def _takers(facts: Facts, element: Element) -> list[str]:
    """Names of the members inside that take heat out of the air."""
    found = [
        facts.plant.element_of(cls).name
        for cls in classes_inside(facts.plant, element.index)
        if cls.count and takes_air(facts.cooling.traits[cls.index])
    ]
    return list(dict.fromkeys(found))


def altitudes(facts: Facts) -> Iterator[Diagnostic]:
    """RW6035: an altitude for which there is no density of air."""
    for element in facts.design.elements:
        stated = getattr(element.attributes, "altitude", None)
        if isinstance(stated, Quantity) and stated.value > HIGHEST:
            yield diagnose(
                "RW6035",
                element.origin,
                f"altitude {stated}",
                detail=f"{element.name}: density is known up to {HIGHEST} m",
                help="give the height of the site above the sea",
            )


def contradictions(facts: Facts) -> Iterator[Diagnostic]:
    """RW6037: shares above the whole, no rise, and more spare modules than there are; once a definition."""
    told: set[str] = set()
    for element in facts.design.elements:
        attributes = element.attributes
        if not isinstance(attributes, PartAttributes) or element.definition in told:
            continue
        wrong = []
        if attributes.liquid is not None and attributes.liquid.value > Fraction(1):
            wrong.append(f"liquid = {attributes.liquid} of its heat")
        for name, rise in (("rise", attributes.rise), ("air_rise", attributes.air_rise)):
            if rise is not None and rise.value < LEAST_RISE:
                wrong.append(f"{name} = {rise}")
        if isinstance(attributes, CoolingAttributes) and attributes.spare_modules is not None:
            if attributes.modules is None or attributes.spare_modules >= attributes.modules:
                have = "no modules" if attributes.modules is None else f"{attributes.modules} modules"
                wrong.append(f"{attributes.spare_modules} spare of {have}")
        if wrong:
            told.add(element.definition)
            yield diagnose(
                "RW6037",
                element.origin,
                wrong[0],
                detail=f"{element.definition} states {' and '.join(wrong)}",
                help="a share is at most 100 %, heat needs a rise, and `spare_modules` are some of `modules`",
            )
