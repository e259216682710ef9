"""What EOS cannot do, or only by itself, told before anything is written."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...compiler.design import Network
from ...compiler.schema import SwitchAttributes
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.device_model import Qos
from .._kit.fleet import Fleet
from .._kit.network_model import network_model
from .._kit.ports import front, names_for
from .balancing import known
from .ports import SPEEDS, speed
from .qos import weighted_above_strict
from .routing import MOST_PATHS


def unknown_speeds(fleet: Fleet) -> Iterator[Diagnostic]:
    """RW8070 for every port of a part whose speed and lanes `speed` has no word for."""
    told = set()
    for cls in fleet.classes:
        for port in front(fleet.plant, cls, names_for(fleet.os)):
            if speed(port):
                continue
            arrays = cls.terminals["port"]
            element = next(a.element for a in arrays if a.first <= port.number < a.first + a.count)
            origin = fleet.design.elements[element].origin
            if origin not in told:
                told.add(origin)
                yield diagnose(
                    "RW8070",
                    origin,
                    detail=f"on {fleet.name(cls)}, {port.name} has {port.speed / 10**9:g} Gbps on {port.width} lanes",
                    help=f"EOS has {', '.join(SPEEDS.values())}; change `speed`, `lanes` or the split",
                )


def unknown_balancing(fleet: Fleet) -> Iterator[Diagnostic]:
    """RW8071 for each network that asks for a way to spread flows whose command is not known for a switch of it."""
    for routing, classes in fleet.networks:
        network = fleet.design.networks[routing.network]
        asked = "ecmp" if network.attributes.roce is None else network.attributes.roce.load_balance
        for cls in classes:
            element = fleet.design.elements[cls.element]
            assert isinstance(element.attributes, SwitchAttributes)
            asic = element.attributes.asic or ""
            if not known(asked, asic):
                yield diagnose(
                    "RW8071",
                    network.origin,
                    detail=f"`load_balance = {asked}`; {fleet.name(cls)} has {asic or 'silicon that is not stated'}",
                    help="`qp` is known for Jericho, `dynamic` for Tomahawk, `ecmp` everywhere; choose one of them, or "
                    "set `ecmp` and add the platform's command yourself",
                    also=[(element.origin, "the switch")],
                )
                break


def unknown_classes(fleet: Fleet) -> Iterator[Diagnostic]:
    """RW8072 for each network whose queues EOS would serve otherwise than the classes say."""
    for network, qos in _classes(fleet):
        moved = next((c for c in qos.lossless if c.queue != c.priority), None)
        pair = weighted_above_strict(qos)
        if moved is not None:
            yield diagnose(
                "RW8072",
                network.origin,
                detail=f"class `{moved.name}` is lossless with priority {moved.priority} and queue {moved.queue}; EOS "
                "pauses the queue that has the number of the PFC priority",
                help=f"leave `queue` out, or set it to {moved.priority}",
            )
        elif pair is not None:
            yield diagnose(
                "RW8072",
                network.origin,
                detail=f"class `{pair[0]}` is strict, and the queue of `{pair[1]}`, which is weighted, is higher; EOS "
                "serves every queue below a weighted one by weight too",
                help=f"give `{pair[0]}` a higher priority than `{pair[1]}`",
            )


def unknown_watchdog(fleet: Fleet) -> Iterator[Diagnostic]:
    """RW8073 for each network whose watchdog is to forward, which EOS cannot."""
    for network, qos in _classes(fleet):
        if qos.lossless and qos.watchdog.action != "drop":
            yield diagnose(
                "RW8073",
                network.origin,
                detail=f"`watchdog {{ action = {qos.watchdog.action} }}`; EOS drops, shuts the port or only tells",
                help="set `action = drop`",
            )


def headroom_is_its_own(fleet: Fleet) -> Iterator[Diagnostic]:
    """RW8074 for each network with headroom that EOS is not told."""
    for network, qos in _classes(fleet):
        if qos.lossless:
            yield diagnose(
                "RW8074",
                network.origin,
                detail="EOS reserves headroom by itself where PFC is on; the figures of the design are not written",
                help="compare them with `show priority-flow-control` and the buffer counters of the switch",
            )


def too_many_paths(fleet: Fleet) -> Iterator[Diagnostic]:
    """RW8075 for each network with a switch that has more uplinks than EOS is told to use at once.

    Uplinks are what certainly are equal paths; how many of the links down lead to one destination, they do not say.
    """
    for routing, classes in fleet.networks:
        plant = fleet.plant
        tier = np.zeros(len(plant.devices), dtype=np.int64)
        tier[routing.devices] = routing.tier
        ends = plant.ends
        up = routing.fabric[ends.link] & (tier[ends.peer_device] > tier[ends.device])
        count = np.bincount(ends.device[up], minlength=len(plant.devices))
        mine = routing.devices[fleet.rows(routing, classes)]
        most = int(count[mine].max(initial=0))
        if min(most, routing.policy.max_paths or most) > MOST_PATHS:
            network = fleet.design.networks[routing.network]
            name = plant.devices.names[int(mine[count[mine].argmax()])]
            yield diagnose(
                "RW8075",
                network.origin,
                detail=f"{name} has {most} uplinks; EOS is told to use {MOST_PATHS}",
                help=f"set `max_paths = {MOST_PATHS}` if so many are enough, or use fewer and faster links",
            )


def _classes(fleet: Fleet) -> Iterator[tuple[Network, Qos]]:
    """The networks of a fleet that have traffic classes, with them."""
    for routing, _ in fleet.networks:
        qos = network_model(fleet.design, routing).qos
        if qos is not None:
            yield fleet.design.networks[routing.network], qos
