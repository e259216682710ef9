"""What a requirement can ask of the plant. Of several elements and instances the worst answers.

Draws and weights answer with the largest, supplies and bandwidths with the smallest; `Measured.note` names
the instance.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from ...dsl.units import NUMBER, Quantity
from ..compute import PRECISIONS
from ..design import Element, Measure
from ..instances import classes_inside, instance_count, sum_by_instance
from ..plant import DeviceClass
from ..power.cases import Overload
from ..power.limits import power_text
from ..power.loads import part_figure
from ..power.supply import supply
from ..schema import FEEDERS, PartAttributes, RackAttributes
from .facts import Facts
from .measured import Measured, Unavailable, largest, lost_with, power, smallest
from .measures_compute import equivalents, operations
from .measures_cooling import air_heat, airflow, coolant_flow, heat, loses_cooling, survives_cooling
from .measures_space import floor_load, free_units


def measure(facts: Facts, asked: Measure) -> Measured:
    """The answer to one measure. Raises `Unavailable`."""
    built = tuple(index for index in asked.targets if instance_count(facts.design, index))
    if asked.function != "count" and not built:
        raise Unavailable(f"there is none: no {facts.design.elements[asked.targets[0]].name} is built")
    return _MEASURES[asked.function](facts, asked.model_copy(update={"targets": built}))


def _peak_power(facts: Facts, asked: Measure) -> Measured:
    return _drawn(facts, asked, 0)


def _typical_power(facts: Facts, asked: Measure) -> Measured:
    return _drawn(facts, asked, 1)


def _drawn(facts: Facts, asked: Measure, row: int) -> Measured:
    """The largest load of an instance; of a feeder what leaves it. Losses of feeders inside do not count."""
    answers = []
    for index in asked.targets:
        element = facts.design.elements[index]
        if element.kind in FEEDERS:
            values = sum_by_instance(facts.plant, index, facts.flow.output[row])
        elif element.role == "part" and facts.design.device_of(index) != index:
            figure = part_figure(facts.design, element)
            answers.append((figure.peak if row == 0 else figure.typical, element.name))
            continue
        else:
            values = sum_by_instance(facts.plant, index, facts.loads.rows[row])
        answers.append(largest(facts, index, values))
    value, note = max(answers, key=lambda answer: answer[0])
    return Measured(power(value), note)


def _supply(facts: Facts, asked: Measure) -> Measured:
    answers = []
    for index in asked.targets:
        values = supply(facts.plant, facts.supply, index)
        if (values < 0).any():
            name = facts.design.path(index)
            raise Unavailable(f"the supply of {name} is not known: neither it nor its feeders state one")
        answers.append(smallest(facts, index, values))
    value, note = min(answers, key=lambda answer: answer[0])
    return Measured(power(value), note)


def _survives(facts: Facts, asked: Measure) -> Measured:
    from ..views.power_tree import Failure, NoCase, TooManyCases, survives, survives_any

    lose = tuple(facts.design.elements[i] for i in asked.lose)
    cooling = loses_cooling(facts, asked)
    # Modules are lost of what feeds and of what cools.
    powering = not cooling or (asked.losing == "module" and len(facts.plant.feeds) > 0)
    if powering and not len(facts.plant.feeds):
        raise Unavailable("the spec has no feeds")
    for element in lose:
        if element.role != "assembly" and facts.design.device_of(element.index) != element.index:
            raise Unavailable(f"{facts.design.path(element.index)} is a part inside a device; only devices can be lost")
    cooled = survives_cooling(facts, asked) if cooling else Measured(True)
    if not powering or not cooled.value:
        return cooled
    failure: Failure | None
    for index in asked.targets:
        try:
            if asked.losing in ("feed", "breaker", "module"):
                failure = survives_any(facts.plant, facts.loads, index, asked.losing, asked.count)
            else:
                near = lost_with(facts, index, lose)
                failure = survives(facts.plant, facts.loads, index, near, asked.count)
        except (NoCase, TooManyCases) as error:
            raise Unavailable(str(error)) from error
        if failure is not None:
            gone = " and ".join(failure.lost[:3]) + (" …" if len(failure.lost) > 3 else "")
            return Measured(False, f"without {gone}, {_goes_wrong(facts, failure.device, failure.overload)}")
    return Measured(True)


def _goes_wrong(facts: Facts, device: int, overload: Overload | None) -> str:
    """What happens to a device after a failure, in a few words."""
    if overload is None:
        return f"{facts.plant.devices.names[device]} has no power"
    load, limit = power_text(overload.load, overload.unit), power_text(overload.limit, overload.unit)
    return f"{overload.where} carries {load} of {limit} ({overload.rule})"


def _weight(facts: Facts, asked: Measure) -> Measured:
    """Devices and frames inside; all instances of an element weigh the same."""
    answers = []
    for index in asked.targets:
        count = instance_count(facts.design, index)
        total = Fraction(0)
        for element, number in _heavy(facts, index):
            attributes = element.attributes
            if not isinstance(attributes, PartAttributes | RackAttributes) or attributes.weight is None:
                raise Unavailable(f"{element.definition} states no weight")
            total += Fraction(number, count) * attributes.weight.value
        answers.append((total, facts.design.path(index)))
    value, note = max(answers, key=lambda answer: answer[0])
    return Measured(Quantity(value, Quantity.of(1, "kg").dim, "kg"), note)


def _heavy(facts: Facts, index: int) -> list[tuple[Element, int]]:
    """The devices and racks inside an element (or itself), with how many are built."""
    chosen = facts.design.elements[index]
    if chosen.role == "part" and facts.design.device_of(index) != index:
        return [(chosen, instance_count(facts.design, index))]
    found = [(facts.plant.element_of(c), c.count) for c in classes_inside(facts.plant, index)]
    for element in facts.design.elements:
        if element.kind == "rack" and any(e.index == index for e in facts.design.chain(element.index)):
            found.append((element, instance_count(facts.design, element.index)))
    return found


def _count(facts: Facts, asked: Measure) -> Measured:
    return Measured(Quantity(Fraction(sum(instance_count(facts.design, i) for i in asked.targets)), NUMBER))


def _switching(facts: Facts, elements: tuple[int, ...]) -> tuple[DeviceClass, ...]:
    """Device classes that a measure of the fabric means: the devices, or the switches of an assembly."""
    found: list[DeviceClass] = []
    for index in elements:
        element = facts.design.elements[index]
        inside = classes_inside(facts.plant, facts.design.device_of(index) or index)
        whole = element.role == "assembly"
        found += [c for c in inside if not whole or facts.plant.element_of(c).kind == "switch"]
    linked = np.diff(facts.plant.ends.start) > 0
    wired = {c.index: c for c in found if linked[c.first : c.first + c.count].any()}
    if not wired:
        raise Unavailable("nothing that it names is a device with links")
    return tuple(wired.values())


def _oversubscription(facts: Facts, asked: Measure) -> Measured:
    from ..views.fabric import oversubscription

    near, far = _switching(facts, asked.targets), _switching(facts, asked.toward)
    found = oversubscription(facts.plant, near, far)
    if found is None:
        raise Unavailable("a device among them has no link toward the others")
    ratio, device = found
    total = sum(c.count for c in near)
    name = facts.plant.devices.names[device]
    return Measured(Quantity(ratio, NUMBER), f"{name}, the worst of {total}" if total > 1 else name)


def _bisection(facts: Facts, asked: Measure) -> Measured:
    from ..views.cuts import TooIrregular, bisection

    answers = []
    for index in asked.targets:
        if facts.design.elements[index].role != "assembly":
            raise Unavailable("only an assembly has a bisection")
        try:
            values = bisection(facts.plant, index)
        except TooIrregular as error:
            raise Unavailable(f"the fabric is too irregular: {error}") from error
        answers.append(smallest(facts, index, values))
    value, note = min(answers, key=lambda answer: answer[0])
    return Measured(Quantity(Fraction(value), Quantity.of(1, "Gbps").dim, "Tbps" if value >= 10**13 else "Gbps"), note)


def _path_diversity(facts: Facts, asked: Measure) -> Measured:
    from ..views.cuts import TooIrregular, path_diversity

    try:
        found = path_diversity(facts.plant, _switching(facts, asked.targets), _switching(facts, asked.toward))
    except TooIrregular as error:
        raise Unavailable(f"the fabric is too irregular: {error}") from error
    if found is None:
        raise Unavailable("there is no pair of different devices")
    paths, a, z = found
    names = facts.plant.devices.names
    return Measured(Quantity(Fraction(paths), NUMBER), f"from {names[a]} to {names[z]}")


_MEASURES: dict[str, Callable[[Facts, Measure], Measured]] = {
    "peak_power": _peak_power,
    "typical_power": _typical_power,
    "supply": _supply,
    "survives": _survives,
    "weight": _weight,
    "count": _count,
    "oversubscription": _oversubscription,
    "bisection": _bisection,
    "path_diversity": _path_diversity,
    "heat": heat,
    "air_heat": air_heat,
    "coolant_flow": coolant_flow,
    "airflow": airflow,
    "free_units": free_units,
    "floor_load": floor_load,
    **dict.fromkeys(PRECISIONS, operations),
    "equivalents": equivalents,
}
