"""A cable: both ends, what it is, and how long it must be."""

from __future__ import annotations

from ...names import cable_id
from ...trace import Books, Cable, figures_of, place_of
from .position import position
from .sheet import Sheet, Table
from .words import Terminals, gbps, stated_table


def cable(books: Books, subject: Cable) -> Sheet:
    """The sheet of one cable."""
    plant, link = books.plant, subject.link
    links, design = plant.links, plant.design
    rule = design.rules[int(links.rule[link])]
    names = Terminals(plant, "port")
    facts = {}
    for side, devices, terminals in (("a", links.a_device, links.a_terminal), ("z", links.z_device, links.z_terminal)):
        device = int(devices[link])
        facts[side] = (
            f"{plant.devices.names[device]} {names.name(device, int(terminals[link]))} in {position(plant, device)}"
        )
    facts["speed"] = f"{gbps(int(links.speed[link]))} Gbps"
    for side, using in zip(("a", "z"), rule.using or (), strict=False):
        facts[f"{side} plug"] = f"{using} ({design.media[using].kind})"
    network = int(links.network[link])
    facts["network"] = design.networks[network].name if network >= 0 else "-"
    facts["rule"] = str(place_of(design, rule.origin))
    tables = []
    for name in dict.fromkeys(rule.using or ()):
        table = stated_table(design, design.media[name])
        tables.append(Table(name, (name, *table.head[1:]), table.rows))
    return Sheet(cable_id(plant, link), facts, figures_of(books, subject), tuple(tables))
