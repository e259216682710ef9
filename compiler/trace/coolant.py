"""Coolant and air that devices and assemblies take, by the rules of `cooling.loops` and `cooling.air`."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from ...dsl.units import Quantity
from ..cooling.air import altitude, density_at, takes_cold_air
from ..cooling.properties import AIR_HEAT_CAPACITY, COOLANTS, DENSITY, HEAT_CAPACITY
from ..design import Element
from ..instances import instance_column
from ..plant import Ints
from ..schema import CoolingAttributes
from .books import Books
from .heat import air_column, liquid_column
from .model import Figure, readable
from .places import place_of, stated
from .subjects import Instances
from .sums import Column, sum_of, summed

FLOW, AIR = "coolant_flow", "airflow"


def coolant_flow(books: Books, subject: Instances, figure: str) -> Figure | None:
    """Coolant that a device takes; of an assembly, what enters it through pipes from outside."""
    plant, loops = books.plant, books.cooling.loops
    element = plant.design.elements[subject.element]
    if element.role == "assembly":
        return _entering(books, subject, figure)
    if plant.design.device_of(element.index) != element.index or subject.instance is None:
        return None
    device = next(c.first for c in plant.classes if c.element == element.index) + subject.instance
    if not loops.flow_known[device] or not loops.flow[device]:
        return None
    return _taken(books, element, device, figure)


def _entering(books: Books, subject: Instances, figure: str) -> Figure | None:
    """What comes through pipes whose sources are outside."""
    plant = books.plant
    inside = instance_column(plant, subject.element)
    a, z = inside[plant.pipes.a_device], inside[plant.pipes.z_device]
    rows = np.flatnonzero((z >= 0) & (a != z) if subject.instance is None else (z == subject.instance) & (a != z))
    known = books.cooling.loops.flow_known[plant.pipes.z_device[rows]]
    if not len(rows) or not known.all():
        return None
    parts = _through(books, rows, plant.pipes.z_device)
    return Figure(figure, sum_of(parts, "L/min"), how="what pipes bring from outside", parts=parts)


def _through(books: Books, rows: Ints, far: Ints) -> tuple[Figure, ...]:
    """The flows through some pipes, by the element at one of their ends; equal ones together."""
    plant, flows = books.plant, books.cooling.loops.pipe_flow
    found = []
    of = plant.devices.cls[far[rows]]
    for cls in np.unique(of).tolist():
        element = plant.element_of(plant.classes[cls])
        own = rows[of == cls]
        distinct, first, counts = np.unique(flows[own], return_index=True, return_counts=True)
        for flow, one, count in zip(distinct.tolist(), first.tolist(), counts.tolist(), strict=True):
            device = int(far[own[one]])
            whole = int(books.cooling.loops.flow[device])
            ways = int((plant.pipes.z_device == device).sum())
            if flow == whole:
                taken = _taken(books, element, device, element.name)
                parts, how = taken.parts, taken.how
            else:
                how = f"one of {ways} pipes that share {readable(_litres(whole))}"
                parts = (_taken(books, element, device, element.name),)
            place = place_of(plant.design, element.origin)
            found.append(Figure(f"pipe to {element.name}", _litres(flow), count, how, None, place, parts))
    return tuple(found)


def _taken(books: Books, element: Element, device: int, name: str) -> Figure:
    """What one device takes."""
    plant, cooling = books.plant, books.cooling
    flow = int(cooling.loops.flow[device])
    said = stated(plant.design, element, FLOW)
    if said is not None:
        return Figure(name, _litres(flow), stated=said)
    onward = np.flatnonzero(plant.pipes.a_device == device)
    if len(onward) and flow == int(cooling.loops.delivered[device]):
        parts = _through(books, onward, plant.pipes.z_device)
        return Figure(name, _litres(flow), how="what it passes on", parts=parts)
    rise, told = getattr(element.attributes, "rise", None), stated(plant.design, element, "rise")
    coolant = int(cooling.coolant[device])
    if not isinstance(rise, Quantity) or told is None or coolant < 0:
        return Figure(name, _litres(flow), how="what its members take")
    own = int(cooling.liquid_mw[device])
    # What coolant passes through in series takes no heat of others over.
    separate = isinstance(element.attributes, CoolingAttributes) and element.kind != "manifold"
    carried = int(cooling.loops.taken[0, device] + cooling.air_taken[0, device]) if separate else 0
    through = own + carried
    kind = COOLANTS[coolant]
    inputs = [Figure("rise", rise, stated=told)]
    if carried:
        inputs.append(Figure("heat taken over", Quantity.of(carried, "mW"), how="from its loop and from the air"))
    if own:
        inputs += liquid_column(books).parts(element, np.array([device]))
    how = (
        f"{readable(Quantity.of(through, 'mW'))} / ({DENSITY[kind]} kg/m3 x {HEAT_CAPACITY[kind]} J/(kg K) x {rise}) "
        f"of {kind}, rounded up to the mL/min"
    )
    return Figure(name, _litres(flow), how=how, parts=tuple(inputs))


def airflow(books: Books, subject: Instances, figure: str) -> Figure | None:
    """Air that a device moves; of an assembly, all devices in it that take air from its cold side.

    Air handlers, and doors behind others, move that same air: they would count it twice. None where a device that
    counts tells nothing.
    """
    plant, cooling = books.plant, books.cooling
    inside = instance_column(plant, subject.element)
    chosen = inside >= 0 if subject.instance is None else inside == subject.instance
    counts = np.full(len(chosen), True)
    if plant.design.elements[subject.element].role == "assembly":
        counts = takes_cold_air(plant, cooling.traits)
    if not cooling.airflow_known[chosen & counts].all():
        return None
    return summed(plant, subject, _air_column(books, np.where(counts, cooling.airflow, 0)), figure)


def _air_column(books: Books, moved: Ints) -> Column:
    """`moved`: thousandths of a CFM by device."""
    plant, cooling = books.plant, books.cooling
    heat = air_column(books)

    def parts(element: Element, devices: Ints) -> tuple[Figure, ...]:
        total = int(moved[devices].sum())
        if not total:
            return ()
        amount = Quantity.of(Fraction(total, 1000), "CFM")
        said = stated(plant.design, element, AIR)
        if said is not None:
            return (Figure(AIR, Quantity.of(Fraction(total, 1000 * len(devices)), "CFM"), len(devices), stated=said),)
        rise, told = getattr(element.attributes, "air_rise", None), stated(plant.design, element, "air_rise")
        if len(devices) > 1 or not isinstance(rise, Quantity):
            return (Figure(AIR, amount, how=f"of {len(devices)} together"),)
        (device,) = devices.tolist()
        density = density_at(plant.design, element.index)
        holder = altitude(plant.design, element.index)
        high = stated(plant.design, holder, "altitude") if holder is not None else None
        watts = int(heat.values[device] + cooling.loops.to_air[0, device])
        how = (
            f"{readable(Quantity.of(watts, 'mW'))} / ({density} g/m3 x {AIR_HEAT_CAPACITY} J/(kg K) x {rise}), "
            "rounded up to a thousandth of a CFM"
        )
        inputs: Iterable[Figure | None] = (
            Figure("air_rise", rise, stated=told),
            None if high is None or holder is None else Figure("altitude", holder.attributes.altitude, stated=high),  # type: ignore[union-attr]
            *heat.parts(element, devices),
        )
        return (Figure(AIR, amount, how=how, parts=tuple(f for f in inputs if f is not None)),)

    return Column(moved, "CFM", parts, scale=1000)


def _litres(millilitres: int) -> Quantity:
    return Quantity.of(Fraction(millilitres, 1000), "L/min")
