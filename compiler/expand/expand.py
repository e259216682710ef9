"""From the design to the plant: unroll the arrays, run every rule as a query, put the columns together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...dsl.diagnostics import Diagnostic, has_errors
from ..design import ENDS, Design
from ..plant import DeviceClass, Ints, Links, Plant, Racks, Relations, port_speeds
from ..schema import PortAttributes
from .capacity import at_capacity, reserved, reserves
from .geometry import floor_of, link_lengths, rack_positions
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
    parts: dict[str, list[Relations]] = {medium: [] for medium in ENDS}
    for rule in design.rules:
        if rule.medium in parts:
            rows = queries.rows(rule)
            if rows is not None:
                parts[rule.medium].append(rows)
    if has_errors(problems):
        return None, tuple(problems)
    racks = _place(design, racks, rack_first, queries)
    if has_errors(problems):
        return None, tuple(problems)
    links = _relations(parts["link"])
    plant = Plant(
        design,
        classes,
        devices,
        racks,
        Links(
            **vars(links),
            speed=_speeds(design, classes, links),
            length_um=link_lengths(design, classes, devices, racks, links.a_device, links.z_device),
            network=_networks(design, links),
            option=np.array([0 if r.using else -1 for r in design.rules] or [-1], dtype=np.int64)[links.rule],
        ),
        _relations(parts["feed"]),
        _relations(parts["pipe"]),
    )
    return plant, tuple(problems)


def _place(design: Design, racks: Racks, first: dict[int, int], queries: Queries) -> Racks:
    """Put the racks of every `place` rule on the floor."""
    row, bay, x, y = racks.row.copy(), racks.bay.copy(), racks.x_um.copy(), racks.y_um.copy()
    for rule in design.rules:
        if rule.medium != "place":
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


def _relations(parts: list[Relations]) -> Relations:
    names = ("a_device", "a_terminal", "z_device", "z_terminal", "rule", "rank")
    return Relations(**{name: join([getattr(p, name) for p in parts]) for name in names})


def _speeds(design: Design, classes: tuple[DeviceClass, ...], links: Relations) -> Ints:
    """Speed of each link: that of its a port (the two ends are compared by a check)."""
    found = np.zeros(len(links), dtype=np.int64)
    for rule in design.rules:
        if rule.medium != "link":
            continue
        element = design.elements[rule.a.element]
        assert isinstance(element.attributes, PortAttributes)
        rows = links.rule == rule.index
        device = design.device_of(rule.a.element)
        cls = next(c for c in classes if c.element == device)
        found[rows] = port_speeds(design, cls)[links.a_terminal[rows]]
    return found


def _networks(design: Design, links: Relations) -> Ints:
    number = {n.name: i for i, n in enumerate(design.networks)}
    by_rule = np.array([number.get(r.network or "", -1) for r in design.rules], dtype=np.int64)
    return by_rule[links.rule] if len(by_rule) else np.zeros(0, dtype=np.int64)
