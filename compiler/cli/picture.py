"""A plant, a device, a rack or a cable in a few lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

import numpy as np

from ...dsl.source import Sources
from ...dsl.units import UNITS, format_number
from ..names import cable_id, cable_ids, terminal_names
from ..plant import Plant
from ..schema import PartAttributes, RackAttributes

_NEAR = 20_000  # names among which a near one is looked for; more would take seconds


def counts(plant: Plant) -> Iterator[str]:
    """Devices by class and cables by rule."""
    design = plant.design
    racks = _count(len(plant.racks), "rack")
    yield f"{design.name}: {len(plant.devices):,} devices in {racks}, {len(plant.links):,} cables"
    yield ""
    rows = []
    for cls in plant.classes:
        element = plant.element_of(cls)
        rows.append((f"{cls.count:,}", element.kind, design.path(element.index), element.definition))
    yield from _table(("devices", "kind", "path", "part"), rows)
    per_rule = np.bincount(plant.links.rule, minlength=len(design.rules))
    links = [rule for rule in design.rules if rule.medium == "link"]
    if links:
        yield ""
        rows = []
        for rule in links:
            ends = f"{design.path(rule.a.element)} -> {design.path(rule.z.element)}" if rule.z else ""
            using = " to ".join(dict.fromkeys(rule.using or ()))
            rows.append((f"{int(per_rule[rule.index]):,}", rule.tag, ends, using))
        yield from _table(("cables", "tag", "ends", "using"), rows)
    for word, relation in (("feeds", plant.feeds), ("pipes", plant.pipes)):
        if len(relation):
            yield ""
            yield f"{len(relation):,} {word}"


def find(plant: Plant, query: str, sources: Sources) -> Iterable[str] | None:
    """A device by host name, a rack by name, or a cable by identifier; None if there is none of them."""
    if query in plant.devices.names:
        return _device(plant, plant.devices.names.index(query))
    if query in plant.racks.names:
        return _rack(plant, plant.racks.names.index(query))
    tag, dash, _ = query.rpartition("-")
    if dash and tag in {rule.tag for rule in plant.design.rules}:
        ids = cable_ids(plant)
        found = (ids == query).arg_max()
        if found is not None and ids[found] == query:
            return _cable(plant, found, sources)
    return None


def nearest(plant: Plant, query: str) -> str | None:
    """A host name much like the query."""
    near = get_close_matches(query, plant.devices.names[:_NEAR], n=1)
    return near[0] if near else None


def _device(plant: Plant, device: int) -> Iterator[str]:
    cls = plant.class_of(device)
    element = plant.element_of(cls)
    rack = int(plant.devices.rack[device])
    yield f"{plant.devices.names[device]}: {element.kind} {element.definition}"
    yield f"rack  {plant.racks.names[rack] if rack >= 0 else '-'}"
    if element.os:
        yield f"os    {element.os}"
    yield ""
    ports = terminal_names(plant, cls, "port")
    ends = plant.ends
    rows = []
    peers: dict[int, list[str]] = {}
    for row in range(int(ends.start[device]), int(ends.start[device + 1])):
        peer = int(ends.peer_device[row])
        other = plant.class_of(peer)
        if other.index not in peers:
            peers[other.index] = terminal_names(plant, other, "port")
        link = int(ends.link[row])
        rows.append(
            (
                ports[int(ends.port[row])],
                f"{plant.devices.names[peer]} {peers[other.index][int(ends.peer_port[row])]}",
                _speed(int(plant.links.speed[link])),
                cable_id(plant, link),
            )
        )
    yield from _table(("port", "to", "Gbps", "cable"), rows)
    yield f"{len(rows)} of {len(ports)} ports used"


def _cable(plant: Plant, link: int, sources: Sources) -> Iterator[str]:
    links = plant.links
    yield cable_id(plant, link)
    for side, devices, terminals in (("a", links.a_device, links.a_terminal), ("z", links.z_device, links.z_terminal)):
        device = int(devices[link])
        port = terminal_names(plant, plant.class_of(device), "port")[int(terminals[link])]
        rack = int(plant.devices.rack[device])
        where = f" in {plant.racks.names[rack]}" if rack >= 0 else ""
        yield f"{side}       {plant.devices.names[device]} {port}{where}"
    rule = plant.design.rules[int(links.rule[link])]
    length = int(links.length_um[link])
    network = int(links.network[link])
    yield f"speed   {_speed(int(links.speed[link]))} Gbps"
    yield f"using   {' to '.join(dict.fromkeys(rule.using or ())) or '-'}"
    yield f"length  {f'{length / 1_000_000:.2f} m' if length >= 0 else '-'}"
    yield f"network {plant.design.networks[network].name if network >= 0 else '-'}"
    line, _ = sources[rule.origin.file].position(rule.origin.start)
    yield f"rule    {rule.origin.file}:{line}"


def _rack(plant: Plant, rack: int) -> Iterator[str]:
    element = plant.design.elements[int(plant.racks.element[rack])]
    attributes = element.attributes
    unit = (attributes.unit if isinstance(attributes, RackAttributes) else None) or "RU"
    size = UNITS[unit][0] * 1_000_000
    yield f"{plant.racks.names[rack]}: rack {element.definition}"
    row, bay = int(plant.racks.row[rack]), int(plant.racks.bay[rack])
    yield f"floor  {f'row {row}, bay {bay}' if row >= 0 else '-'}"
    yield ""
    inside = np.flatnonzero(plant.devices.rack == rack)
    top_down = inside[np.argsort(-plant.devices.bottom_um[inside], kind="stable")]
    rows = []
    for device in top_down.tolist():
        bottom = int(plant.devices.bottom_um[device])
        part = plant.element_of(plant.class_of(device))
        height = part.attributes.height if isinstance(part.attributes, PartAttributes) else None
        rows.append(
            (
                format_number(bottom / size + 1) if bottom >= 0 else "-",
                str(height) if height is not None else "-",
                plant.devices.names[device],
                part.kind,
                part.definition,
            )
        )
    yield from _table((unit, "height", "device", "kind", "part"), rows)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _speed(bits: int) -> str:
    return f"{bits / 1_000_000_000:g}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns, the first to the right if it holds counts."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    counts = all(row[0].replace(",", "").isdigit() for row in rows)
    for row in (head, *rows):
        first = row[0].rjust(widths[0]) if counts else row[0].ljust(widths[0])
        yield "  ".join([first, *(cell.ljust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]).rstrip()
