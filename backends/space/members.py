"""What devices are called within their rack. All racks of an element are filled alike, so no rack's name is in it."""

from __future__ import annotations

from math import prod

from ...compiler.plant import DeviceClass, Plant


def member_name(plant: Plant, cls: DeviceClass, rack: int, device: int) -> str:
    """A device by the path from its rack: `node[1]`, or `sled[0].switch`."""
    chain = plant.design.chain(cls.element)
    inner = chain[len(plant.design.chain(rack)) :]
    sizes = [dim.size for element in inner for dim in element.dims]
    number = (device - cls.first) % prod(sizes)
    indices: list[int] = []
    for size in reversed(sizes):
        number, index = divmod(number, size)
        indices.append(index)
    pieces = []
    for element in inner:
        own = [str(indices.pop()) for _ in element.dims]
        pieces.append(element.name + (f"[{', '.join(own)}]" if own else ""))
    return ".".join(pieces)
