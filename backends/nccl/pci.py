"""The PCI tree of a server as NCCL's topology file.

The tree is that of the parts: what has `pci` is a device, and hangs under the nearest part around it that has `pci`, or
else under the processor whose NUMA node the nearest `numa` tells. NCCL looks devices up by their addresses and asks the
machine for all that a file leaves out: speeds, widths, NVLinks, affinities. Where the file has a device under another,
it does not ask. So the file says nothing but addresses and what is behind what. Source: version 1 of the format, and
ncclTopoGetXmlFromSys, ncclTopoGetXmlFromGpu and ncclTopoGetXmlFromCpu, in src/graph/xml.h and xml.cc of NVIDIA/nccl at
5067397c.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from xml.sax.saxutils import quoteattr

from ...compiler.clusters import NodeClass
from ...compiler.design import Design, Element
from ...compiler.schema import AcceleratorAttributes, NicAttributes
from ...compiler.schema.parts import PciAttributes
from ...dsl.diagnostics import Diagnostic, diagnose

BRIDGE, GPU, ETHERNET, INFINIBAND = "0x060400", "0x030200", "0x020000", "0x020700"
"""PCI classes: a bridge between PCI buses, a 3D controller, network controllers (PCI Code and ID Assignment)."""


@dataclass(frozen=True)
class Device:
    """A PCI device and what is behind it."""

    address: str
    kind: str
    behind: tuple[Device, ...]


@dataclass(frozen=True)
class Topology:
    """The PCI devices of a server by NUMA node."""

    nodes: dict[int, tuple[Device, ...]]


def inside(design: Design, node: NodeClass) -> list[Element]:
    """The parts inside of a node that may have an address, those that hold others first."""
    return [
        e
        for e in design.elements
        if isinstance(e.attributes, PciAttributes)
        and e.index != node.element.index
        and any(c.index == node.element.index for c in design.chain(e.index))
    ]


def count_of(design: Design, node: NodeClass, element: Element) -> int:
    """How many of an element are in one node."""
    return prod(dim.size for dim in design.dims(element.index)[len(design.dims(node.element.index)) :])


def addressed(element: Element) -> list[str]:
    assert isinstance(element.attributes, PciAttributes)
    return element.attributes.pci


def faults(design: Design, node: NodeClass) -> Iterator[Diagnostic]:
    """An error for each list that does not fit its array, and for an address that is there twice."""
    told: Counter[str] = Counter()
    for element in inside(design, node):
        assert isinstance(element.attributes, PciAttributes)
        count = count_of(design, node, element)
        for name, values in (("pci", element.attributes.pci), ("numa", element.attributes.numa)):
            if values and len(values) != count:
                yield diagnose(
                    "RW8244",
                    element.stated.get(name, element.origin),
                    detail=f"`{name}` has {len(values)} entries, and `{node.element.definition}` has {count} of "
                    f"`{element.name}`",
                    help="give one for each, in the order of the array",
                    also=[(node.element.origin, "the server")],
                )
        told.update(element.attributes.pci)
        twice = [address for address in element.attributes.pci if told[address] > 1]
        if twice:
            yield diagnose(
                "RW8244",
                element.stated.get("pci", element.origin),
                detail=f"{twice[0]} is the address of two devices of `{node.element.definition}`",
                help="`lspci -D` on such a server tells them",
                also=[(node.element.origin, "the server")],
            )


def unknown(design: Design, node: NodeClass) -> str:
    """Which address or NUMA node a topology would lack; empty if none."""
    for element in inside(design, node):
        wanted = isinstance(element.attributes, AcceleratorAttributes | NicAttributes)
        if not count_of(design, node, element) or not (wanted or addressed(element)):
            continue
        if not addressed(element):
            return f"`{element.name}` has no `pci`"
        if not _numas(design, node, element):
            return f"nothing tells the NUMA node of `{element.name}`"
    return ""


def _numas(design: Design, node: NodeClass, element: Element) -> list[int]:
    """The NUMA node of each of an element; none where nothing tells it."""
    count = count_of(design, node, element)
    for around in reversed(design.chain(element.index)):
        if around.index == node.element.index:
            break
        if isinstance(around.attributes, PciAttributes) and around.attributes.numa:
            each = count // len(around.attributes.numa)
            return [around.attributes.numa[i // each] for i in range(count)]
    return []


def find_topology(design: Design, node: NodeClass, infiniband: bool) -> Topology | None:
    """The topology of a node of which everything is told, and told without faults; else None."""
    if unknown(design, node) or any(faults(design, node)):
        return None
    network = INFINIBAND if infiniband else ETHERNET
    chosen = [e for e in inside(design, node) if addressed(e) and count_of(design, node, e)]
    behind: dict[str, list[Device]] = {}
    roots: dict[int, list[Device]] = {}
    # What holds others stands before them, so from behind every device is complete when it is made.
    for element in reversed(chosen):
        parent = _parent(design, node, element)
        numas = _numas(design, node, element)
        for number, address in enumerate(addressed(element)):
            kind = _kind(element, network)
            device = Device(address, kind, tuple(sorted(behind.get(address, []), key=lambda d: d.address)))
            if parent is None:
                roots.setdefault(numas[number], []).append(device)
            else:
                each = len(numas) // len(addressed(parent))
                behind.setdefault(addressed(parent)[number // each], []).append(device)
    return Topology({numa: tuple(sorted(roots[numa], key=lambda d: d.address)) for numa in sorted(roots)})


def _parent(design: Design, node: NodeClass, element: Element) -> Element | None:
    """The nearest part around an element, inside of its node, that has an address."""
    for around in reversed(design.chain(element.index)[:-1]):
        if around.index == node.element.index:
            return None
        if isinstance(around.attributes, PciAttributes) and around.attributes.pci:
            return around
    return None


def _kind(element: Element, network: str) -> str:
    if isinstance(element.attributes, AcceleratorAttributes):
        return GPU
    return network if isinstance(element.attributes, NicAttributes) else BRIDGE


def topology_xml(topology: Topology) -> str:
    """The file for NCCL_TOPO_FILE."""
    lines = ['<system version="1">']
    for numa, devices in topology.nodes.items():
        lines.append(f'  <cpu numaid="{numa}">')
        lines += [line for device in devices for line in _lines(device, "    ")]
        lines.append("  </cpu>")
    return "\n".join([*lines, "</system>", ""])


def _lines(device: Device, indent: str) -> Iterator[str]:
    head = f"{indent}<pci busid={quoteattr(device.address)} class={quoteattr(device.kind)}"
    if not device.behind:
        yield f"{head}/>"
        return
    yield f"{head}>"
    for behind in device.behind:
        yield from _lines(behind, f"{indent}  ")
    yield f"{indent}</pci>"
