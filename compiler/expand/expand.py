"""From the design to the plant: unroll the arrays, run every rule as a query, put the columns together."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from ...dsl.diagnostics import Diagnostic, has_errors
from ..design import ENDS, Design
from ..plant import DeviceClass, Devices, Halls, Ints, Links, Plant, Racks, Relations, port_speeds
from ..schema import PASSIVE
from .capacity import at_capacity, reserved, reserves
from .choose import choose
from .circuits import contract, passes
from .geometry import floor_of, link_lengths, rack_positions
from .halls import halls_of, lengths_between_halls
from .queries import Queries
from .unroll import device_classes, devices_of, join, racks_of


def expand(design: Design) -> tuple[Plant | None, tuple[Diagnostic, ...]]:
    """Unroll a design, and once more with all that it reserves.

    The plant is None if a rule cannot hold (an index out of range) or is too large.
    """
    plant, problems = _unroll(design)
    if plant is None or not reserves(design):
        return plant, problems
    grown, more = _unroll(at_capacity(design))
    problems += tuple(reserved(more))
    return (None if grown is None else replace(plant, grown=grown)), problems


def _unroll(design: Design) -> tuple[Plant | None, tuple[Diagnostic, ...]]:
    classes, problems = device_classes(design)
    if problems:
        return None, tuple(problems)
    racks, rack_first, problems = racks_of(design)
    if racks is None:
        return None, tuple(problems)
    devices, more = devices_of(design, classes, rack_first)
    problems += more
    queries = Queries(design, {c.element: c for c in classes}, problems)
    parts: dict[str, list[Relations]] = {medium: [] for medium in (*ENDS, "passage")}
    for rule in design.rules:
        if rule.medium in ENDS:
            rows = queries.rows(rule)
            if rows is not None:
                passage = rule.medium == "link" and passes(design, rule.scope)
                parts["passage" if passage else rule.medium].append(rows)
    if has_errors(problems):
        return None, tuple(problems)
    racks = _place(design, racks, rack_first, queries)
    if has_errors(problems):
        return None, tuple(problems)
    halls = halls_of(design, queries)
    if has_errors(problems):
        return None, tuple(problems)
    way = partial(_way, design, classes, devices, racks, halls)
    joined = _relations(parts["link"])
    segments = Links(
        **vars(joined),
        speed=_speeds(design, classes, devices, joined),
        length_um=way(joined.a_device, joined.z_device),
        network=_networks(design, joined),
        option=np.array([0 if r.using else -1 for r in design.rules] or [-1], dtype=np.int64)[joined.rule],
    )
    links, circuits = segments, None
    if any(design.elements[cls.element].kind in PASSIVE for cls in classes):
        links, circuits = contract(design, classes, devices, segments, _relations(parts["passage"]), way)
        links = replace(links, speed=_speeds(design, classes, devices, links))
        carried = circuits.circuit >= 0
        speed = np.zeros(len(segments), dtype=np.int64)
        speed[carried] = links.speed[circuits.circuit[carried]]
        circuits = replace(circuits, segments=replace(circuits.segments, speed=speed))
    plant = Plant(
        design,
        classes,
        devices,
        racks,
        links,
        _relations(parts["feed"]),
        _relations(parts["pipe"]),
        circuits=circuits,
        halls=halls if len(halls.element) else None,
    )
    return choose(plant), tuple(problems)


def _place(design: Design, racks: Racks, first: dict[int, int], queries: Queries) -> Racks:
    """Put the racks of every `place` rule on the floor."""
    row, bay, x, y = racks.row.copy(), racks.bay.copy(), racks.x_um.copy(), racks.y_um.copy()
    for rule in design.rules:
        if rule.medium != "place" or rule.a.element not in first:
            continue
        placed = queries.positions(rule)
        if placed is None:
            continue
        number, rows, bays = placed
        where = first[rule.a.element] + number
        row[where], bay[where] = rows, bays
        floor = floor_of(design, rule.a.element)
        if floor is not None:
            x[where], y[where] = rack_positions(floor, rows, bays)
    return Racks(racks.names, racks.element, row, bay, x, y)


def _way(
    design: Design,
    classes: tuple[DeviceClass, ...],
    devices: Devices,
    racks: Racks,
    halls: Halls,
    a_device: Ints,
    z_device: Ints,
) -> Ints:
    """Length of the way between columns of devices: in one floor plan, or from hall to hall of a building."""
    length = link_lengths(design, classes, devices, racks, a_device, z_device)
    if not len(halls.element):
        return length
    return np.maximum(length, lengths_between_halls(design, classes, devices, racks, halls, a_device, z_device))


def _relations(parts: list[Relations]) -> Relations:
    names = ("a_device", "a_terminal", "z_device", "z_terminal", "rule", "rank")
    return Relations(**{name: join([getattr(p, name) for p in parts]) for name in names})


def _speeds(design: Design, classes: tuple[DeviceClass, ...], devices: Devices, links: Relations) -> Ints:
    """Speed of each link: that of its a port (the two ends are compared by a check)."""
    tables = [port_speeds(design, cls) for cls in classes]
    first = np.cumsum([0, *(len(table) for table in tables)])
    return join(tables)[first[devices.cls[links.a_device]] + links.a_terminal]


def _networks(design: Design, links: Relations) -> Ints:
    number = {n.name: i for i, n in enumerate(design.networks)}
    by_rule = np.array([number.get(r.network or "", -1) for r in design.rules], dtype=np.int64)
    return by_rule[links.rule] if len(by_rule) else np.zeros(0, dtype=np.int64)
