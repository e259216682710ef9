"""What a requirement can ask of the cooling. Of several elements and instances the one with most answers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ...dsl.units import Quantity
from ..cooling.survival import Failure, survives, survives_any
from ..design import Element, Measure
from ..instances import classes_inside, instance_column, sum_by_instance
from ..plant import Ints
from ..schema import COOLERS
from ..views.power_tree import NoCase, TooManyCases
from .cooling_wording import strain
from .facts import Facts
from .measured import Measured, Unavailable, largest, lost_with, power


def heat(facts: Facts, asked: Measure) -> Measured:
    """Peak heat of the devices inside; of a cooler what it takes from its loop or the air."""
    cooling = facts.cooling
    own = cooling.heat_mw
    taken = cooling.loops.taken[0] + cooling.air_taken[0]
    columns = [(i, taken if _separates(facts, i) else own) for i in _whole(facts, asked)]
    return _most(facts, columns, power)


def air_heat(facts: Facts, asked: Measure) -> Measured:
    """Peak heat that goes into the air inside, with what an aalc inside gives to it."""
    entering = facts.cooling.air_mw + facts.cooling.loops.to_air[0]
    return _most(facts, [(i, entering) for i in _whole(facts, asked)], power)


def coolant_flow(facts: Facts, asked: Measure) -> Measured:
    """Coolant of the loads inside at peak; of a cooler or manifold what it delivers."""
    cooling = facts.cooling
    cooler = cooling.column([t.cooler for t in cooling.traits]) > 0
    columns = []
    for index in _whole(facts, asked):
        delivers = facts.design.elements[index].kind in COOLERS
        column = cooling.loops.delivered if delivers else np.where(cooler, 0, cooling.flow_ml_min)
        known = cooling.loops.delivered_known if delivers else cooling.loops.flow_known | cooler
        _known(facts, index, known, "coolant flow")
        columns.append((index, column))
    return _most(facts, columns, lambda value: _flow(Fraction(value, 1000), "L/min"))


def airflow(facts: Facts, asked: Measure) -> Measured:
    """Air that the devices inside move at peak; of a crah or fan what it brings."""
    cooling = facts.cooling
    taking = cooling.column([t.takes != "air" for t in cooling.traits]) > 0
    columns = []
    for index in _whole(facts, asked):
        own = facts.design.elements[index].role == "part"
        _known(facts, index, cooling.airflow_known | (~taking & (not own)), "airflow")
        columns.append((index, cooling.airflow if own else np.where(taking, cooling.airflow, 0)))
    return _most(facts, columns, lambda value: _flow(Fraction(value, 1000), "CFM"))


def survives_cooling(facts: Facts, asked: Measure) -> Measured:
    """Whether everything in the targets keeps its coolant, and nothing is overloaded, without some coolers, or without
    any one pipe, loop or module."""
    lose = tuple(facts.design.elements[i] for i in asked.lose)
    if not lose and asked.count > 1:
        raise Unavailable(f"of the cooling only one {asked.losing} at a time can be lost; name the parts for more")
    for index in asked.targets:
        try:
            failure = _failure(facts, asked, index, lose)
        except (NoCase, TooManyCases) as error:
            raise Unavailable(str(error)) from error
        if failure is not None:
            gone = " and ".join(failure.lost[:3]) + (" …" if len(failure.lost) > 3 else "")
            name = facts.plant.devices.names[failure.device]
            note = f"{name} has no coolant" if failure.strain is None else strain(failure.strain)
            return Measured(False, f"without {gone}, {note}")
    return Measured(True)


def _failure(facts: Facts, asked: Measure, target: int, lose: tuple[Element, ...]) -> Failure | None:
    if asked.losing in ("pipe", "loop", "module"):
        return survives_any(facts.cooling, target, asked.losing)
    return survives(facts.cooling, target, lost_with(facts, target, lose), asked.count)


def loses_cooling(facts: Facts, asked: Measure) -> bool:
    """Whether a requirement asks for the loss of what cools."""
    if asked.losing == "module":
        modules = (getattr(cls_element.attributes, "modules", None) for cls_element in _coolers(facts))
        return any(modules)
    elements = [facts.design.elements[i] for i in asked.lose]
    return asked.losing in ("pipe", "loop") or (bool(elements) and all(e.kind in COOLERS for e in elements))


def _coolers(facts: Facts) -> list[Element]:
    return [facts.plant.element_of(cls) for cls in facts.plant.classes_of_kind(*COOLERS) if cls.count]


def _separates(facts: Facts, index: int) -> bool:
    kind = facts.design.elements[index].kind
    return kind in COOLERS and kind != "manifold"


def _whole(facts: Facts, asked: Measure) -> tuple[int, ...]:
    """The targets, which must be devices or assemblies."""
    for index in asked.targets:
        element = facts.design.elements[index]
        if element.role != "assembly" and facts.design.device_of(index) != index:
            raise Unavailable(f"{facts.design.path(index)} is a part inside a device; ask for the device")
    return asked.targets


def _known(facts: Facts, index: int, known: np.ndarray[tuple[int], np.dtype[np.bool_]], what: str) -> None:
    dark = np.flatnonzero((instance_column(facts.plant, index) >= 0) & ~known)
    if len(dark):
        raise Unavailable(f"the {what} of {facts.plant.devices.names[int(dark[0])]} is not known")


def _most(facts: Facts, columns: list[tuple[int, Ints]], write: object) -> Measured:
    assert callable(write)
    answers = []
    for index, column in columns:
        if not classes_inside(facts.plant, index):
            raise Unavailable(f"nothing in {facts.design.path(index)} is a device")
        answers.append(largest(facts, index, sum_by_instance(facts.plant, index, column)))
    value, note = max(answers, key=lambda answer: answer[0])
    return Measured(write(value), note)


def _flow(value: Fraction, unit: str) -> Quantity:
    of = Quantity.of(value, unit)
    return Quantity(of.value, of.dim, unit)
