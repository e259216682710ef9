"""A cable: both ends, what it is, how long it must be, and what light or current goes through it."""

from __future__ import annotations

from fractions import Fraction

from ....dsl.units import Quantity
from ...cages import segment_media
from ...names import cable_id
from ...plant import Plant
from ...trace import Books, Cable, figures_of, place_of, readable
from ...trace.subjects import subject_name
from .position import position
from .sheet import Sheet, Table
from .words import Terminals, gbps, stated_table


def cable(books: Books, subject: Cable) -> Sheet:
    """The sheet of one cable."""
    plant, row = books.plant, subject.segment
    segments, design = plant.segments, plant.design
    rule = design.rules[int(segments.rule[row])]
    names = Terminals(plant, "port")
    facts = {}
    for side, devices, terminals in (
        ("a", segments.a_device, segments.a_terminal),
        ("z", segments.z_device, segments.z_terminal),
    ):
        device = int(devices[row])
        facts[side] = f"{names.end(device, int(terminals[row]))} in {position(plant, device)}"
    facts["speed"] = f"{gbps(int(segments.speed[row]))} Gbps"
    known, media = segment_media(plant)
    using = [known[number] for number in media[row].tolist() if number >= 0]
    for side, number in zip(("a", "z"), media[row].tolist(), strict=True):
        if number >= 0:
            facts[f"{side} plug"] = f"{known[number]} ({design.media[known[number]].kind})"
    first = int(books.cables.item[row])
    if first != row:
        facts["one cable with"] = subject_name(plant, Cable(first))
    network = int(segments.network[row])
    facts["network"] = design.networks[network].name if network >= 0 else "-"
    facts["rule"] = str(place_of(design, rule.origin))
    tables = []
    for name in dict.fromkeys(using):
        table = stated_table(design, design.media[name])
        tables.append(Table(name, (name, *table.head[1:]), table.rows))
    title = subject_name(plant, subject)
    return Sheet(title, facts | _link(plant, row), figures_of(books, subject), tuple(tables))


def _link(plant: Plant, row: int) -> dict[str, str]:
    """Of a cord to a panel, the link that it is a piece of."""
    if plant.circuits is None:
        return {}
    link = int(plant.circuit[row])
    if link < 0:
        return {"link": "-"}
    names, links = Terminals(plant, "port"), plant.links
    a = names.end(int(links.a_device[link]), int(links.a_terminal[link]))
    z = names.end(int(links.z_device[link]), int(links.z_terminal[link]))
    length = int(links.length_um[link])
    return {
        "link": f"{cable_id(plant, link)}, {a} to {z}",
        "all of it": readable(Quantity.of(Fraction(length, 10**6), "m")) if length >= 0 else "-",
    }
