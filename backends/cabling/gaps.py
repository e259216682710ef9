"""What the cable list and the bill of materials cannot tell, said aloud."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...compiler.cages import Plugged, plugged
from ...compiler.names import cable_id, terminal_names
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic, diagnose
from ...dsl.source import Span
from .runs import Runs, runs


def gaps(plant: Plant) -> Iterator[Diagnostic]:
    """All of them, one message a cause."""
    seen = plugged(plant)
    ordered = runs(plant, seen)
    yield from _two_plugs(plant, seen)
    yield from _not_stated(plant)
    yield from _no_length(plant)
    yield from _not_sold(plant, ordered)


def _two_plugs(plant: Plant, seen: Plugged) -> Iterator[Diagnostic]:
    """A cage takes one plug, so the ends that share it must name the same one."""
    ends = plant.ends
    other = np.flatnonzero(~seen.leads & (seen.media != np.roll(seen.media, 1)))
    if not len(other):
        return
    second = int(other[0])
    first = second - 1
    spans = [_origin(plant, end) for end in (first, second)]
    device = int(ends.device[second])
    ports = terminal_names(plant, plant.class_of(device), "port")
    name = plant.devices.names[device]
    detail = f"here {name} {ports[int(ends.port[first])]} and {ports[int(ends.port[second])]}, which share a cage"
    yield diagnose(
        "RW8200",
        spans[1],
        _plug(seen, second),
        detail=detail + _more(len(other)),
        help="use one optic for all ports of a cage",
        also=[(spans[0], _plug(seen, first))] if spans[0] != spans[1] else [],
    )


def _origin(plant: Plant, end: int) -> Span:
    """Where the spec names the side of a link that is plugged in there."""
    rule = plant.design.rules[int(plant.links.rule[plant.ends.link[end]])]
    return rule.a.origin if plant.ends.side[end] == 0 or rule.z is None else rule.z.origin


def _plug(seen: Plugged, end: int) -> str:
    number = int(seen.media[end])
    return f"`{seen.names[number]}`" if number >= 0 else "names no optic or cable"


def _not_stated(plant: Plant) -> Iterator[Diagnostic]:
    for rule in plant.design.rules:
        if rule.medium == "link" and rule.using is None:
            count = int((plant.links.rule == rule.index).sum())
            if count:
                yield diagnose(
                    "RW8201",
                    rule.origin,
                    f"{count} links",
                    help="say what they are made with: `using optic.dr4_400g`",
                )


def _no_length(plant: Plant) -> Iterator[Diagnostic]:
    """Only if some lengths are known: a design without a floor plan has said so already."""
    unknown = plant.links.length_um < 0
    if not unknown.any() or unknown.all():
        return
    link = int(np.flatnonzero(unknown)[0])
    yield diagnose(
        "RW8202",
        plant.design.rules[int(plant.links.rule[link])].origin,
        f"{int(unknown.sum())} of {len(unknown)} cables have no length",
        detail=f"here {_cable(plant, link)}",
        help="a length needs the rack, unit and height of both devices, and the place of both racks in one floor plan",
    )


def _not_sold(plant: Plant, ordered: Runs) -> Iterator[Diagnostic]:
    missing = (ordered.sold_um < 0) & (plant.links.length_um >= 0) & _stated(plant)
    for rule in np.unique(plant.links.rule[missing]).tolist():
        links = np.flatnonzero(missing & (plant.links.rule == rule))
        link = int(links[np.argmax(plant.links.length_um[links])])
        metres = plant.links.length_um[link] / 1_000_000
        yield diagnose(
            "RW8203",
            plant.design.rules[rule].origin,
            detail=f"here {_cable(plant, link)} needs {metres:.2f} m" + _more(len(links)),
            help="use another cable, or move the racks closer",
        )


def _stated(plant: Plant) -> NDArray[np.bool_]:
    """True for links that say what they are made with."""
    stated = np.array([rule.using is not None for rule in plant.design.rules], dtype=np.bool_)
    return stated[plant.links.rule]


def _cable(plant: Plant, link: int) -> str:
    names, links = plant.devices.names, plant.links
    return f"{cable_id(plant, link)} from {names[int(links.a_device[link])]} to {names[int(links.z_device[link])]}"


def _more(count: int) -> str:
    return f" ({count} such)" if count > 1 else ""
