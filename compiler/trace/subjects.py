"""What a figure is asked of, and how people name it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from math import prod

from ..design import Design, Element, Media, Whip
from ..instances import instance_count
from ..names import host_names, segment_ids
from ..plant import Plant

_NEAR = 20_000  # names among which a near one is looked for; more would take seconds

_STEP = re.compile(r"(\w+)(?:\[\s*(\d{1,9}(?:\s*,\s*\d{1,9})*)\s*\])?\Z")


@dataclass(frozen=True, slots=True)
class Instances:
    """An element of the tree: one instance of it (row-major over the built sizes), or all of them (None)."""

    element: int
    instance: int | None = None


@dataclass(frozen=True, slots=True)
class Cable:
    """One cable, by its row in `Plant.segments`."""

    segment: int


@dataclass(frozen=True, slots=True)
class Definition:
    """A part, rack, optic or cable as something that is bought: `optics.ethernet.fr4_400g`."""

    name: str


Subject = Instances | Cable | Definition


def subject_of(plant: Plant, query: str) -> Subject | None:
    """A device by host name, a rack or another assembly by name, an element by path (`pod.gpu`, `pod[3].gpu[7].tor`), a
    cable by identifier, or a definition by name; the first of these that there is."""
    design = plant.design
    if query in plant.devices.names:
        device = plant.devices.names.index(query)
        cls = plant.class_of(device)
        return Instances(cls.element, device - cls.first)
    for element in design.elements:
        if element.role == "assembly":
            names = host_names(design, element.index)
            if query in names:
                return Instances(element.index, names.index(query))
    return _by_path(design, query) or _by_cable(plant, query) or _by_definition(design, query)


def _by_path(design: Design, query: str) -> Instances | None:
    at, number, numbered = 0, 0, True
    pieces = query.split(".")
    if pieces[0] == design.elements[0].name:
        pieces = pieces[1:]
    for piece in pieces:
        step = _STEP.match(piece)
        child = next((e for e in design.children(at) if step and e.name == step[1]), None)
        if child is None or step is None:
            return None
        if step[2]:
            indices = [int(i) for i in step[2].split(",")]
            sizes = [dim.size for dim in child.dims]
            if len(indices) != len(sizes) or any(i >= size for i, size in zip(indices, sizes, strict=True)):
                return None
            for i, size in zip(indices, sizes, strict=True):
                number = number * size + i
        elif child.dims:
            numbered = False
        at = child.index
    return Instances(at, number if numbered else None)


def _by_cable(plant: Plant, query: str) -> Cable | None:
    tag, dash, _ = query.rpartition("-")
    if not dash or tag not in {rule.tag for rule in plant.design.rules}:
        return None
    ids = segment_ids(plant)
    found = (ids == query).arg_max()
    return Cable(int(found)) if found is not None and ids[found] == query else None


def _by_definition(design: Design, query: str) -> Definition | None:
    return Definition(query) if query in set(definitions(design)) else None


def definitions(design: Design) -> Iterator[str]:
    """Names of everything that the design is made of and that is no bare kind."""
    for element in design.elements:
        if element.definition != element.kind and element.role != "connector":
            yield element.definition
    yield from design.media
    yield from design.whips


def owners_of(design: Design, name: str) -> list[Element | Media | Whip]:
    """Everything in the design that is of a definition."""
    found: list[Element | Media | Whip] = [e for e in design.elements if e.definition == name]
    return found + [m[name] for m in (design.media, design.whips) if name in m]


def subject_name(plant: Plant, subject: Subject) -> str:
    """What people call it."""
    design = plant.design
    match subject:
        case Cable(segment):
            return str(segment_ids(plant)[segment])
        case Definition(name):
            return name
        case Instances(element, instance):
            return design.path(element) if instance is None else instance_path(design, element, instance)


def instance_path(design: Design, element: int, instance: int) -> str:
    """The one path of an instance: `pod[3].gpu[117].tor`."""
    chain = design.chain(element)
    below = instance_count(design, element)
    pieces = []
    for e in chain[1:]:
        indices = []
        for dim in e.dims:
            below //= dim.size
            indices.append(str(instance // below % dim.size))
        pieces.append(e.name + (f"[{', '.join(indices)}]" if indices else ""))
    return ".".join(pieces) or chain[0].name


def nearest(plant: Plant, query: str) -> str | None:
    """Something in the design with a name much like the query."""
    design = plant.design
    known = [design.path(e.index) for e in design.elements if e.role != "connector"]
    known += plant.racks.names[:_NEAR] + plant.devices.names[:_NEAR] + sorted(set(definitions(design)))
    near = get_close_matches(query, known, n=1)
    return near[0] if near else None


def built(design: Design, element: int) -> int:
    """Instances of an element in each instance of what encloses it."""
    return prod(dim.size for dim in design.elements[element].dims)
