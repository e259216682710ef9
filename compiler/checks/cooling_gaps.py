"""What the checks of cooling cannot see: parts without a pipe, flows, airs and temperatures that nobody states."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...dsl.diagnostics import Diagnostic, diagnose
from ..cooling import UNKNOWN
from ..cooling.air import air_supply
from ..instances import instance_column
from .cooling_wording import degrees
from .facts import Facts


def unpiped(facts: Facts) -> Iterator[Diagnostic]:
    """RW6032: liquid heat without a pipe where there are pipes, or a cooler where others of its class have one."""
    plant, cooling = facts.plant, facts.cooling
    piped = np.bincount(plant.pipes.z_device, minlength=len(plant.devices)) > 0
    for cls, trait in zip(plant.classes, cooling.traits, strict=True):
        rows = slice(cls.first, cls.first + cls.count)
        bare = np.flatnonzero(~piped[rows])
        wants = cooling.liquid_mw[rows].any() and len(plant.pipes) > 0 if not trait.cooler else piped[rows].any()
        if len(bare) and wants:
            yield diagnose(
                "RW6032",
                trait.element.origin,
                "no pipe leads to it",
                detail=f"{len(bare)} of {cls.count}, such as {plant.devices.names[cls.first + int(bare[0])]}",
                help="pipe it as others are"
                + ("" if cls.terminal_count("coolant_in") else "; its part has no coolant_in to pipe to"),
            )


def unknown_flow(facts: Facts) -> Iterator[Diagnostic]:
    """RW6033: a load on a pipe whose flow follows from nothing; once a class."""
    plant, cooling = facts.plant, facts.cooling
    piped = np.bincount(plant.pipes.z_device, minlength=len(plant.devices)) > 0
    for cls, trait in zip(plant.classes, cooling.traits, strict=True):
        rows = slice(cls.first, cls.first + cls.count)
        if trait.flow is not None or (trait.cooler and not trait.separates):
            continue
        heat = cooling.liquid_mw[rows] + (cooling.loops.taken[0][rows] + cooling.air_taken[0][rows]) * trait.separates
        dark = piped[rows] & (heat > 0) & ((cooling.coolant[rows] < 0) | (trait.rise is None))
        if dark.any():
            reason = "no coolant_flow and no rise" if trait.rise is None else "no coolant_flow, and its loop no coolant"
            yield diagnose(
                "RW6033",
                trait.element.origin,
                detail=f"{trait.element.definition} states {reason}, so the flow to "
                f"{plant.devices.names[cls.first + int(dark.argmax())]} is not known; {int(dark.sum())} built",
                help="state the coolant_flow that its maker asks for, or the rise of the coolant through it"
                if trait.rise is None
                else "state the `coolant` that the loop's source delivers",
            )


def unknown_airflow(facts: Facts) -> Iterator[Diagnostic]:
    """RW6034: a device that heats air and moves an unknown amount, where the air that there is is known."""
    plant, cooling = facts.plant, facts.cooling
    limited = np.zeros(len(plant.devices), dtype=np.bool_)
    for element in facts.design.elements:
        if air_supply(plant, cooling.traits, element) is not None:
            limited |= instance_column(plant, element.index) >= 0
    for cls, trait in zip(plant.classes, cooling.traits, strict=True):
        rows = slice(cls.first, cls.first + cls.count)
        dark = limited[rows] & ~cooling.airflow_known[rows]
        if trait.takes != "air" and dark.any():
            yield diagnose(
                "RW6034",
                trait.element.origin,
                detail=f"{trait.element.definition} states no airflow and no air_rise; {int(dark.sum())} built",
                help="state the airflow of its fans at peak, or the rise of the air through it",
            )


def unknown_temperature(facts: Facts) -> Iterator[Diagnostic]:
    """RW6036: a part on a pipe states a limit, and nothing tells how warm its coolant is; once a class."""
    plant, cooling = facts.plant, facts.cooling
    piped = np.bincount(plant.pipes.z_device, minlength=len(plant.devices)) > 0
    for cls, trait in zip(plant.classes, cooling.traits, strict=True):
        rows = slice(cls.first, cls.first + cls.count)
        dark = piped[rows] & (cooling.temperatures.inlet[rows] == UNKNOWN)
        if trait.coolant_limit is not None and dark.any():
            yield diagnose(
                "RW6036",
                trait.element.origin,
                f"coolant_limit {degrees(trait.coolant_limit)}",
                detail=f"nothing tells how warm the coolant of {plant.devices.names[cls.first + int(dark.argmax())]} "
                f"is; {int(dark.sum())} built",
                help="state the supply_temperature of the loop's source, or its approach and the water_temperature of "
                "the hall",
            )
