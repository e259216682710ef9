"""What FRR on Linux refuses, and what it is not told."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from ...compiler.design import Network
from ...compiler.network.routing import Routing
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.fleet import Fleet
from .._kit.frr_text import MOST_PATHS
from .._kit.ports import NameGiver, front

_TAKEN = {"lo": "the loopback interface", "eth0": "the management port", "mgmt": "the management VRF"}

_LINUX_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]*")
"""Names that Linux, FRR and ifupdown2 all take as one word. Linux itself refuses no more than `/`, `:` and blanks."""


def bad_linux_names(fleet: Fleet, give: NameGiver) -> Iterator[Diagnostic]:
    """An error for every port of a part whose name Linux does not take, or has given away; one a port array."""
    told = set()
    for cls in fleet.classes:
        for port in front(fleet.plant, cls, give):
            if port.name in _TAKEN:
                code, why = "RW8086", f"`{port.name}` is {_TAKEN[port.name]}"
                help = "begin the `frr` pattern in `names` at another number, such as `eth{eth + 1}`"
            elif port.name and not _LINUX_NAME.fullmatch(port.name) and not any(map(str.isspace, port.name)):
                code, why = "RW8002", f"`{port.name}` has a character that names of Linux interfaces have not"
                help = "use letters, digits, `-`, `_`, `.` and `@` in the `frr` pattern in `names` or `lane_names`"
            else:
                continue
            array = next(a for a in cls.terminals["port"] if a.first <= port.number < a.first + a.count)
            origin = fleet.design.elements[array.element].origin
            if origin not in told:
                told.add(origin)
                yield diagnose(code, origin, detail=f"on {fleet.name(cls)} {why}", help=help)


def too_many_paths(fleet: Fleet) -> Iterator[Diagnostic]:
    """A warning for every network with a switch that has more equal paths than FRR takes."""
    for routing, classes in fleet.networks:
        rows = fleet.rows(routing, classes)
        wanted, device = _most_paths(fleet.plant, routing, rows)
        if wanted > MOST_PATHS:
            name = fleet.plant.devices.names[device]
            yield diagnose(
                "RW8087",
                fleet.design.networks[routing.network].origin,
                detail=f"{name} has {wanted} sessions in one direction; usual builds of FRR take {MOST_PATHS} paths",
                help=f"set `max_paths = {MOST_PATHS}` if so many are enough, or build FRR with --enable-multipath",
            )


def _most_paths(plant: Plant, routing: Routing, rows: np.ndarray) -> tuple[int, int]:
    """Most sessions of a switch in one direction, as far as `max_paths` lets them be paths; and that switch."""
    tier = np.zeros(len(plant.devices), dtype=np.int64)
    tier[routing.devices] = routing.tier
    mine = np.zeros(len(plant.devices), dtype=np.bool_)
    mine[routing.devices[rows]] = True
    ends = plant.ends
    kept = routing.fabric[ends.link] & mine[ends.device]
    device, way = ends.device[kept], np.sign(tier[ends.peer_device[kept]] - tier[ends.device[kept]]) + 1
    if not len(device):
        return 0, 0
    count = np.bincount(3 * device + way)
    top = int(count.argmax())
    most = routing.policy.max_paths
    return min(int(count[top]), most or int(count[top])), top // 3


def unsaid(fleet: Fleet) -> Iterator[Diagnostic]:
    """A note for every network that asks for what neither FRR nor the files beside it say."""
    for routing, _ in fleet.networks:
        network = fleet.design.networks[routing.network]
        asked = list(_asked(network))
        if asked:
            all_of_it = " and ".join([", ".join(asked[:-1]), asked[-1]] if len(asked) > 1 else asked)
            yield diagnose(
                "RW8005",
                network.origin,
                detail=f"the network asks for {all_of_it}; {fleet.os} configures interfaces and routing alone",
                help="set it with the Linux programs that do this",
            )


def _asked(network: Network) -> Iterator[str]:
    management = network.attributes.management
    if network.attributes.roce is not None:
        yield "traffic classes"
    for name, given in (
        ("name servers", management.dns),
        ("time servers", management.ntp),
        ("receivers of the system log", management.syslog),
        ("sFlow", management.sflow),
        ("gNMI", management.gnmi),
        ("users", management.users),
    ):
        if given:
            yield name
