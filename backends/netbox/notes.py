"""What NetBox cannot be told of a design, or only in another way, said aloud."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.design import Element
from ...compiler.plant import DeviceClass, Plant
from ...dsl.diagnostics import Diagnostic, diagnose
from .choices import OTHER
from .places import places
from .ports import Ports, ports, raw_names
from .text import INTERFACE, MODEL, fits


def notes(plant: Plant) -> Iterator[Diagnostic]:
    """All of them, one message a cause."""
    found = ports(plant)
    yield from _changed(plant)
    yield from _crowded(plant)
    yield from _racks(plant)
    built = [cls for cls in plant.classes if cls.count]
    yield from _types(plant, built, found)


def _changed(plant: Plant) -> Iterator[Diagnostic]:
    """RW8250: texts that do not stand in NetBox as they are."""
    told: set[str] = set()
    for cls in plant.classes:
        element = plant.element_of(cls)
        if not cls.count or element.definition in told:
            continue
        for word, text in (("maker", "vendor"), ("model", "model")):
            given = getattr(element.attributes, text, None)
            if given and not fits(given, MODEL):
                told.add(element.definition)
                yield _change(element, text, f"the {word} of {element.definition}", MODEL)
        if element.role == "part" and cls.terminals["port"]:
            names = raw_names(plant, cls)
            unfit = [name for name in names if not fits(name, INTERFACE)]
            if unfit:
                told.add(element.definition)
                yield _change(element, "", f"{len(unfit)} of {len(names)} ports of {element.definition}", INTERFACE)


def _change(element: Element, attribute: str, what: str, length: int) -> Diagnostic:
    return diagnose(
        "RW8250",
        element.stated.get(attribute, element.origin),
        detail=what,
        help=f"NetBox takes {length} characters on one line; nothing may begin as a formula of a spreadsheet does",
    )


def _crowded(plant: Plant) -> Iterator[Diagnostic]:
    """RW8251: devices whose place NetBox cannot hold, one message a member."""
    crowded = places(plant).crowded
    of_class = plant.devices.cls[crowded]
    for index in dict.fromkeys(of_class.tolist()):
        mine = crowded[of_class == index]
        element = plant.element_of(plant.classes[index])
        yield diagnose(
            "RW8251",
            element.origin,
            f"{len(mine)} devices",
            detail=f"here {plant.devices.names[int(mine[0])]}: what stands below or beside it takes its units there",
            help="they are in their racks, without a position; NetBox counts half units and one device at each",
        )


def _racks(plant: Plant) -> Iterator[Diagnostic]:
    """RW8252: racks whose height in units NetBox is not told, or that are higher than it takes."""
    for index in places(plant).unsaid:
        element = plant.design.elements[index]
        yield diagnose(
            "RW8252",
            element.stated.get("height", element.origin),
            help="give it a `height` of 1 to 100 units; in NetBox it is as high as what stands in it",
        )


def _types(plant: Plant, built: list[DeviceClass], found: list[Ports]) -> Iterator[Diagnostic]:
    """RW8253: ports for which NetBox has no type, one message a definition."""
    told: set[str] = set()
    for cls in built:
        element = plant.element_of(cls)
        untyped = [i for i in found[cls.index].interfaces if i.type == OTHER]
        if untyped and element.definition not in told:
            told.add(element.definition)
            first = untyped[0]
            yield diagnose(
                "RW8253",
                element.origin,
                detail=f"{len(untyped)} ports of {element.definition}, such as {first.name} "
                f"of {first.speed // 10**9} Gbps",
                help="their type is `other`, and their description tells the speed",
            )
