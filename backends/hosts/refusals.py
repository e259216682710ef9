"""What cannot be set on a server, and what is not known of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from ...compiler.network.reach import planned_metres
from ...compiler.network.routing import Routing
from ...compiler.plant import DeviceClass, Ints
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.safe import is_host_name
from .adapters import MAKER, Front, front
from .hosts import Servers, settings
from .roce import LONGEST

NAME_LENGTH = 15
"""Longest interface name of Linux (IFNAMSIZ in linux/if.h, less the closing zero)."""

_LINUX_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]*")


def refusals(mine: Servers) -> Iterator[Diagnostic]:
    """All of them, once for each part."""
    told: set[tuple[str, str]] = set()
    plant = mine.plant
    for number, routing in enumerate(mine.ends.planned):
        rows = mine.ends.row[mine.ends.routing == number]
        devices = plant.ends.device[rows]
        rows, devices = rows[np.isin(devices, mine.built)], devices[np.isin(devices, mine.built)]
        for index in np.unique(plant.devices.cls[devices]).tolist():
            cls = plant.classes[index]
            here = rows[plant.devices.cls[devices] == index]
            yield from _host_names(mine, cls)
            ports = np.unique(plant.ends.port[here]).tolist()
            for found in _of_class(mine, routing, cls, ports, here):
                key = (found.code, plant.element_of(cls).definition)
                if key not in told:
                    told.add(key)
                    yield found


def _host_names(mine: Servers, cls: DeviceClass) -> Iterator[Diagnostic]:
    names = mine.plant.devices.names[cls.first : cls.first + cls.count]
    bad = [name for name in names if not is_host_name(name)]
    if bad:
        more = f", and {len(bad) - 1:,} more like it" if len(bad) > 1 else ""
        yield diagnose(
            "RW8003",
            mine.plant.element_of(cls).origin,
            detail=f"`{bad[0]}`{more}",
            help="use letters, digits, `-`, `_` and `.`, at most 63, and a letter or digit at both ends",
        )


def _of_class(mine: Servers, routing: Routing, cls: DeviceClass, ports: list[int], rows: Ints) -> Iterator[Diagnostic]:
    plant, faces = mine.plant, front(mine.plant, cls)
    element, name = plant.element_of(cls), plant.devices.names[int(plant.ends.device[rows[0]])]
    network = plant.design.networks[routing.network]
    fault = _bad_name(faces, ports)
    if fault:
        yield diagnose(
            "RW8002",
            element.origin,
            detail=f"on {name} {fault}",
            help="change the `linux` pattern in `names` of this port, or leave it out and name the interface on the "
            "server",
        )
    unnamed = [p for p in ports if not faces.linux[p]]
    if unnamed:
        first = unnamed[0]
        yield diagnose(
            "RW8062",
            element.origin,
            detail=f"{name}: `{element.definition}` does not say what Linux calls {faces.ports[first]}"
            + (f", nor its other {len(unnamed) - 1}" if len(unnamed) > 1 else ""),
            help=f"set {faces.variables[first]} when the scripts run, or list ports and interfaces in "
            '/etc/rackwright/interfaces; or add `names { linux = "…" }` to the port',
        )
    if not settings(plant, routing).lossless:
        return
    foreign = [p for p in ports if faces.makers[p] != MAKER]
    if foreign:
        first = foreign[0]
        whose = f"{faces.makers[first]}'s" if faces.makers[first] else "nobody's that is known"
        yield diagnose(
            "RW8060",
            element.origin,
            detail=f"{name}: the adapter of {faces.ports[first]} is {whose}, so trust of DSCP, PFC, its priorities and "
            "weights, and marking are left out of roce.sh",
            help="set them with its maker's tools from `classes` of network.json; "
            f'or say `vendor = "{MAKER}"` if it is',
            also=[(network.origin, "the lossless network")],
        )
    metres = planned_metres(plant)[plant.ends.link[rows]]
    if int(metres.max()) > LONGEST:
        row = int(rows[int(metres.argmax())])
        yield diagnose(
            "RW8061",
            element.origin,
            detail=f"{plant.devices.names[int(plant.ends.device[row])]} {faces.ports[int(plant.ends.port[row])]} has a "
            f"cable of {int(metres.max()):,} m, and its driver computes buffers for {LONGEST} m at most",
            help="bring the server nearer to its switch, or take the network's `roce` block out",
            also=[(network.origin, "the lossless network")],
        )


def _bad_name(faces: Front, ports: list[int]) -> str:
    """What is wrong with the first bad Linux name of some ports; empty if nothing."""
    count = Counter(faces.linux[p] for p in ports)
    for p in ports:
        text = faces.linux[p]
        if not text:
            continue
        if len(text) > NAME_LENGTH or not _LINUX_NAME.fullmatch(text):
            return f"{text!r} is no interface name of Linux"
        if count[text] > 1:
            return f"`{text}` stands for {count[text]} ports"
    return ""
