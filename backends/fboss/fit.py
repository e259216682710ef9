"""What FBOSS cannot do or is not told, as diagnostics."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...compiler.network.dsf import INTERFACE, Scheduled
from ...compiler.network.lossless import mtu_of
from ...compiler.plant import DeviceClass, Plant
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.fleet import Fleet, Group
from .._kit.ports import data_ports, unnamed
from .agent import MTU
from .nodes import Nodes
from .platforms import BOXES, LAST_SYSTEM_PORT, PLACES
from .routed import LONGEST_I16
from .slots import OS, Slot, box, copper_links, profile, slots
from .thrift import Profile, SwitchType

NAME_LENGTH = 15
"""FBOSS makes a Linux interface of each of its own (IFNAMSIZ less the closing zero)."""


def hard_routing(mine: Fleet) -> Iterator[Diagnostic]:
    """RW8030: what `bgp_config.thrift` has no words for; RW8034: numbers that do not fit."""
    for routing, _ in mine.networks:
        network, policy = mine.design.networks[routing.network], routing.policy
        wants = []
        if policy.unnumbered:
            wants.append(("sessions without addresses", "`unnumbered = false` and a `fabric` pool"))
        if policy.asn_plan == "per_tier":
            wants.append(("one AS number a tier, which takes paths with the own number", "`asn_plan = per_device`"))
        if policy.downward == "default":
            wants.append(("a default route downward, which needs policies", "`downward = specifics`"))
        for what, instead in wants:
            detail = f"the network asks for {what}, and BGP's configuration of FBOSS has no words for it"
            yield diagnose("RW8030", network.origin, detail=detail, help=f"write {instead}")
        sflow = network.attributes.management.sflow
        if sflow is not None and sflow.port > LONGEST_I16:
            yield diagnose(
                "RW8034",
                network.origin,
                detail=f"`sflow` has port {sflow.port}, and FBOSS keeps it as a signed number of 16 bits",
                help=f"let the collector listen on a port up to {LONGEST_I16}, usually 6343",
            )


def misfits(mine: Fleet, cells: Group[Scheduled]) -> Iterator[Diagnostic]:
    """RW8031 and RW8032; an MTU of nodes. A class without names has been told of, and is passed over."""
    for cls in mine.classes:
        if not unnamed(mine.plant, cls, OS):
            found = box(mine.plant, cls)
            yield from _platform(mine.plant, cls, {SwitchType.NPU}, "fboss", found.profiles if found else frozenset())
    told = {cls.index for cls in cells.classes if unnamed(cells.plant, cls, OS)}
    for fabric, _ in cells.networks:
        yield from _nodes(cells.plant, fabric, told)


def _used(plant: Plant, cls: DeviceClass) -> dict[int, bool]:
    """Port numbers that have a cable on any device of a class, and whether any of these is copper."""
    ends = plant.ends
    span = slice(int(ends.start[cls.first]), int(ends.start[cls.first + cls.count]))
    ports, copper = ends.port[span], copper_links(plant)[ends.link[span]]
    found = dict.fromkeys(np.unique(ports).tolist(), False)
    return found | dict.fromkeys(np.unique(ports[copper]).tolist(), True)


def _nodes(plant: Plant, fabric: Scheduled, told: set[int]) -> Iterator[Diagnostic]:
    network = plant.design.networks[fabric.network]
    cls_of = plant.devices.cls[fabric.devices]
    wrong = bool(told & set(np.unique(cls_of).tolist()))
    for cls in plant.classes:
        places = np.flatnonzero(cls_of == cls.index)
        if not len(places) or cls.index in told:
            continue
        row = int(places[0])
        interface = fabric.level[row] == INTERFACE
        place = PLACES[fabric.stages, bool(fabric.edge[row])]
        port_map, profiles = (place.port_map, place.profiles) if interface else ("", frozenset[Profile]())
        kinds = {SwitchType.VOQ} if interface else {SwitchType.FABRIC}
        for misfit in _platform(plant, cls, kinds, port_map, profiles):
            wrong = True
            yield misfit
    mtu = mtu_of(network)
    if not MTU[0] <= mtu <= MTU[1]:
        help = f"set `mtu` to a value from {MTU[0]} B to {MTU[1]} B"
        yield diagnose("RW8004", network.origin, detail=f"{mtu} B; fboss takes {MTU[0]} to {MTU[1]}", help=help)
    over = 0 if wrong else Nodes(plant, fabric).overflow
    if over > 0:
        limit = LAST_SYSTEM_PORT[fabric.stages] + 1
        yield diagnose(
            "RW8032",
            network.origin,
            f"{over:,} too many",
            detail=f"{int((fabric.level == INTERFACE).sum()):,} interface nodes over the capacity have a block of "
            f"system ports each, and FBOSS has room for {limit:,} ports",
            help="reserve fewer interface nodes, or make it two networks",
        )


def _platform(
    plant: Plant, cls: DeviceClass, kinds: set[SwitchType], port_map: str, profiles: frozenset[Profile]
) -> Iterator[Diagnostic]:
    """RW8031 for a class whose platform or ports FBOSS does not have as they are used."""
    element = plant.element_of(cls)
    found, name = box(plant, cls), plant.devices.names[cls.first]
    platform = getattr(element.attributes, "platform", None)
    if found is None or found.kind not in kinds:
        known = ", ".join(f"`{n}`" for n, b in BOXES.items() if b.kind in kinds)
        what = "a routed switch" if SwitchType.NPU in kinds else "this node of a scheduled fabric"
        yield diagnose(
            "RW8031",
            element.origin,
            detail=f"{name} is {what}, and its platform is {f'`{platform}`' if platform else 'not given'}",
            help=f"`platform` of the part must be one that is written here: {known}",
        )
        return
    used = _used(plant, cls)
    wrong = [
        (s, why) for s in slots(plant, cls, port_map) if (why := _fault(s, used.get(s.port.number), port_map, profiles))
    ]
    if wrong:
        slot, why = wrong[0]
        array = next(a for a in data_ports(plant, cls) if a.first <= slot.port.number < a.first + a.count)
        more = f", and {len(wrong) - 1} more ports" if len(wrong) > 1 else ""
        yield diagnose(
            "RW8031",
            element.origin,
            detail=f"{name} {slot.port.label} ({slot.port.name}) {why}{more}",
            help="use the ports and speeds that the platform has; `logical` of the part are its numbers",
            also=[(plant.design.elements[array.element].origin, "the ports")],
        )


def _fault(slot: Slot, copper: bool | None, port_map: str, profiles: frozenset[Profile]) -> str:
    """What keeps a port from being written, if anything. `copper` is None if it has no cable."""
    if copper is not None and not slot.numbers:
        return f"has no logical number in the port map `{'fboss' if slot.cells else port_map}`"
    medium = "copper" if copper else "optics"
    if slot.cells:
        return "carries cells over copper, for which FBOSS has no profile" if copper else ""
    if slot.numbers and profile(slot.port, bool(copper)) not in profiles:
        return f"has {slot.port.speed // 10**9} Gbps over {slot.port.width} lanes and {medium}, and no profile for it"
    return ""


def left_out(mine: Fleet, cells: Group[Scheduled]) -> Iterator[Diagnostic]:
    """RW8005 and RW8033: what the operator must add."""
    for routing, _ in mine.networks:
        network = mine.design.networks[routing.network]
        given = network.attributes.management
        asked = ["BFD"] if routing.policy.bfd else []
        asked += [
            word
            for word, value in (
                ("name servers", given.dns),
                ("time servers", given.ntp),
                ("a system log", given.syslog),
                ("gNMI", given.gnmi),
                ("users", given.users),
                ("management addresses", network.attributes.pools.management),
            )
            if value
        ]
        if asked:
            yield diagnose(
                "RW8005",
                network.origin,
                detail=f"the network asks for {_and(asked)}; FBOSS's agent and BGP configure none of them",
                help="set it where the switch's Linux is set up",
            )
        yield _silicon(mine.plant, routing.network)
    for fabric, _ in cells.networks:
        network = cells.plant.design.networks[fabric.network]
        if network.attributes.roce is not None:
            what = "PFC" if fabric.stages == 1 else "traffic classes"
            yield diagnose(
                "RW8005",
                network.origin,
                detail=f"the network asks for {what} on the host ports of a scheduled fabric, and the figures of "
                "the silicon that this rests on are not published",
                help="add `pfc`, `portPgConfigs` and `bufferPoolConfigs` of your own"
                + ("" if fabric.stages == 1 else ", `qosPolicies` and `defaultVoqConfig`"),
            )
        yield _silicon(cells.plant, fabric.network)


def _silicon(plant: Plant, network: int) -> Diagnostic:
    return diagnose(
        "RW8033",
        plant.design.networks[network].origin,
        detail="`platform.chip` is empty",
        help="put in what FBOSS publishes for the platform (fboss/lib/asic_config_v2); it is no part of a design",
    )


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
