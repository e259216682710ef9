"""A device: where it stands, what it draws, what feeds it, what its ports are joined to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ....dsl.units import Quantity
from ...names import cable_id, interface_names
from ...plant import Plant, Relations
from ...schema import PartAttributes
from ...trace import Books, Instances, figures_of, place_of, readable
from ...trace.subjects import instance_path
from .passive import joined_ports, passive_ports
from .position import position
from .sheet import Sheet, Table
from .words import Terminals, gbps, stated_table, words_of


def device(books: Books, subject: Instances) -> Sheet:
    """The sheet of one device."""
    assert subject.instance is not None
    plant = books.plant
    element = plant.design.elements[subject.element]
    cls = next(c for c in plant.classes if c.element == element.index)
    number = cls.first + subject.instance
    name = plant.devices.names[number]
    facts = {
        "path": instance_path(plant.design, element.index, subject.instance),
        "member": str(place_of(plant.design, element.origin)),
        "rack": position(plant, number),
    }
    if element.os:
        facts["os"] = element.os
    if isinstance(element.attributes, PartAttributes) and element.attributes.model:
        facts["model"] = element.attributes.model
    ports = cls.terminal_count("port")
    passive = bool(plant.passive[number])
    if ports:
        linked = int(plant.ends.start[number + 1] - plant.ends.start[number])
        facts["ports"] = f"{joined_ports(plant, number) if passive else linked} of {ports} used"
    return Sheet(
        f"{name}: {element.kind} {element.definition}",
        facts,
        figures_of(books, subject),
        (
            *_power(books, number),
            *_pipes(plant, number),
            *(passive_ports(plant, number) if passive else _ports(plant, number)),
            stated_table(plant.design, element),
        ),
        notes=words_of(element),
    )


def _power(books: Books, device: int) -> Iterator[Table]:
    """What feeds it and what it feeds, with the peak load of each feed."""
    plant, feeds = books.plant, books.plant.feeds
    carried = books.flow.feed[0]
    outlets, inlets = Terminals(plant, "outlet"), Terminals(plant, "inlet")
    whips = [rule.options[0][0] if rule.options else "" for rule in plant.design.rules]

    def rows(found: list[int]) -> list[tuple[str, ...]]:
        return [
            (
                outlets.end(int(feeds.a_device[f]), int(feeds.a_terminal[f])),
                inlets.end(int(feeds.z_device[f]), int(feeds.z_terminal[f])),
                readable(Quantity.of(int(carried[f]), "mW")),
                whips[feeds.rule[f]],
            )
            for f in found
        ]

    into, out = np.flatnonzero(feeds.z_device == device), np.flatnonzero(feeds.a_device == device)
    yield Table("fed_by", ("fed by", "at", "peak", "using"), rows(into.tolist()))
    yield Table("feeds", ("feeds from", "to", "peak", "using"), rows(out.tolist()))


def _pipes(plant: Plant, device: int) -> Iterator[Table]:
    """What cools it and what it cools."""
    pipes: Relations = plant.pipes
    outs, ins = Terminals(plant, "coolant_out"), Terminals(plant, "coolant_in")
    for name, head, column in (("cooled_by", "cooled by", pipes.z_device), ("cools", "cools from", pipes.a_device)):
        rows = [
            (
                outs.end(int(pipes.a_device[p]), int(pipes.a_terminal[p])),
                ins.end(int(pipes.z_device[p]), int(pipes.z_terminal[p])),
            )
            for p in np.flatnonzero(column == device).tolist()
        ]
        yield Table(name, (head, "to"), rows)


def _ports(plant: Plant, device: int) -> Iterator[Table]:
    """Ports in use, in their order."""
    cls = plant.class_of(device)
    element = plant.element_of(cls)
    names = Terminals(plant, "port")
    interfaces = interface_names(plant, cls, element.os) if element.os else None
    ends = plant.ends
    rows: list[tuple[str, ...]] = []
    for row in range(int(ends.start[device]), int(ends.start[device + 1])):
        peer, port, link = int(ends.peer_device[row]), int(ends.port[row]), int(ends.link[row])
        interface = (interfaces[port],) if interfaces else ()
        to = names.end(peer, int(ends.peer_port[row]))
        rows.append(
            (names.name(device, port), *interface, to, gbps(int(plant.links.speed[link])), cable_id(plant, link))
        )
    yield Table("ports", ("port", *(("interface",) if interfaces else ()), "to", "Gbps", "cable"), rows)
