"""The servers that run jobs, and what is in one of each class.

A node is a device that holds accelerators, or is one. In a design without any accelerator every server is one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import prod

from ..design import Design, Element
from ..plant import DeviceClass, Plant
from ..schema import AcceleratorAttributes, CpuAttributes


@dataclass(frozen=True)
class NodeClass:
    """All nodes of a class.

    `accelerators` are the elements of the accelerators in one, with how many there are. `processors` is how many host
    processors one has, `cores` how many cores each of them has: None if that is not told, or differs.
    """

    cls: DeviceClass
    element: Element
    accelerators: tuple[tuple[Element, int], ...]
    processors: int
    cores: int | None

    @property
    def accelerator_count(self) -> int:
        return sum(count for _, count in self.accelerators)

    @property
    def slug(self) -> str:
        """What the class is called where a word is wanted, such as `grand_teton`: its definition's own name."""
        return self.element.definition.rpartition(".")[2]


def find_nodes(plant: Plant) -> tuple[NodeClass, ...]:
    """The classes of nodes, those that are built, in the order of devices."""
    design = plant.design
    holding = {design.device_of(e.index) for e in design.elements if isinstance(e.attributes, AcceleratorAttributes)}
    classes = [c for c in plant.classes if c.element in holding and plant.element_of(c).kind != "switch"]
    if not holding:
        classes = list(plant.classes_of_kind("server"))
    return tuple(_node(design, cls) for cls in classes if cls.count)


def _node(design: Design, cls: DeviceClass) -> NodeClass:
    depth = len(design.dims(cls.element))
    inside = [e for e in design.elements if any(c.index == cls.element for c in design.chain(e.index))]

    def many(element: Element) -> int:
        return prod(dim.size for dim in design.dims(element.index)[depth:])

    accelerators = tuple((e, many(e)) for e in inside if isinstance(e.attributes, AcceleratorAttributes) and many(e))
    cores: Counter[int | None] = Counter()
    for e in inside:
        if isinstance(e.attributes, CpuAttributes):
            cores[e.attributes.cores] += many(e)
    known = next(iter(cores)) if len(cores) == 1 else None
    return NodeClass(cls, design.elements[cls.element], accelerators, sum(cores.values()), known)


def accelerator_types(nodes: tuple[NodeClass, ...]) -> dict[int, str]:
    """A short word for the accelerators of each element, such as `h100` of `h100_sxm`.

    It is the definition's name up to the first part with a digit, as drivers and users call such a device; whole where
    two definitions would share a word. Names of definitions are letters, digits and `_`.
    """
    names = {e.index: e.definition.rpartition(".")[2] for n in nodes for e, _ in n.accelerators}
    short = {name: _short(name) for name in names.values()}
    count = Counter(short.values())
    return {index: short[name] if count[short[name]] == 1 else name for index, name in names.items()}


def _short(name: str) -> str:
    pieces = name.split("_")
    for number in range(1, len(pieces) + 1):
        word = "_".join(pieces[:number])
        if any(c.isdigit() for c in word):
            return word
    return name
