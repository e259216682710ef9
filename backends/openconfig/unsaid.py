"""What OpenConfig refuses, and what its published models have no words for."""

from __future__ import annotations

from collections.abc import Iterator

from ...compiler.design import Network
from ...compiler.plant import DeviceClass
from ...compiler.schema.routing import Ebgp
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.fleet import Fleet
from .._kit.network_model import network_model
from .._kit.ports import front, unnamed
from .interfaces import SPEEDS, speed
from .names import COMPONENT, OS, box, chosen, names, split_cages

BALANCE = {
    "qp": "`openconfig-hashing` takes addresses and ports, and no destination queue pair",
    "dynamic": "no published model has dynamic load balancing",
    "spray": "no published model has packet spraying",
}


def nameless_ports(fleet: Fleet) -> Iterator[Diagnostic]:
    """RW8001 for every port of a part without a name in OpenConfig and in the switch's own system."""
    design, told = fleet.design, set()
    for cls in fleet.classes:
        for array in unnamed(fleet.plant, cls, chosen(fleet.plant, cls)):
            port, switch = design.elements[array.element], design.elements[cls.element]
            if port.origin in told:
                continue
            told.add(port.origin)
            more = f", and `lane_names {{ {OS} = … }}` for the parts of a split cage" if port.splits else ""
            yield diagnose(
                "RW8001",
                port.origin,
                f"no `{OS}` name",
                detail=f"{fleet.name(cls)} is rendered for {OS}, and `{switch.definition}` does not say what its "
                f"ports `{port.name}` are called there"
                + (f" or in {switch.os}" if switch.os not in (None, OS) else ""),
                help="add the names by which the switch's own gNMI calls them, such as "
                f'`names {{ {OS} = "Ethernet{{{port.name} + 1}}" }}`{more}',
                also=[(switch.origin, "the switch")],
            )


def unknown_speeds(fleet: Fleet) -> Iterator[Diagnostic]:
    """RW8055 for every port of a part whose speed has no identity."""
    told = set()
    for cls in fleet.classes:
        for port in front(fleet.plant, cls, names):
            if speed(port):
                continue
            element = next(a.element for a in cls.terminals["port"] if a.first <= port.number < a.first + a.count)
            origin = fleet.design.elements[element].origin
            if origin not in told:
                told.add(origin)
                known = ", ".join(map(str, SPEEDS))
                yield diagnose(
                    "RW8055",
                    origin,
                    detail=f"on {fleet.name(cls)}, {port.name} has {port.speed / 10**9:g} Gbps",
                    help=f"`port-speed` knows {known} Gbps; change `speed` or the split",
                )


def unsaid(fleet: Fleet) -> Iterator[Diagnostic]:
    """RW8050 to RW8054."""
    for routing, classes in fleet.networks:
        network = fleet.design.networks[routing.network]
        links = int(routing.fabric.sum())
        yield from _routing(network, links)
        yield from _classes(fleet, network, bool(network_model(fleet.design, routing).qos))
        yield from _parts(fleet, classes)


def _routing(network: Network, links: int) -> Iterator[Diagnostic]:
    policy = network.attributes.routing
    assert isinstance(policy, Ebgp)
    if policy.unnumbered and links:
        yield diagnose(
            "RW8050",
            network.origin,
            detail=f"`{network.name}` is unnumbered: none of the sessions on its {links:,} fabric links "
            "(reserved ones included) is written, "
            "because the list of BGP neighbors is keyed by their address",
            help="say `unnumbered = false` and give a `fabric` pool, or add the sessions in the switch's own words",
        )
    communities = [c for c in (policy.communities.loopback, policy.communities.host) if c]
    if communities:
        yield diagnose(
            "RW8051",
            network.origin,
            detail=f"`{network.name}` marks what it originates with {' and '.join(communities)}, and only "
            "`openconfig-bgp-policy` sets communities",
            help="set them in the switch's own words, or leave `communities` out",
        )


def _classes(fleet: Fleet, network: Network, present: bool) -> Iterator[Diagnostic]:
    roce = network.attributes.roce
    if not present or roce is None:
        return
    yield diagnose(
        "RW8052",
        network.origin,
        detail=f"`{network.name}` is lossless with priority {roce.priority}: its queues, weights and marking are "
        "written; PFC, the PFC watchdog and headroom are not",
        help="turn PFC on in the switch's own words at every hop, or use the backend of its own system",
    )
    if roce.load_balance != "ecmp":
        yield diagnose(
            "RW8053",
            network.origin,
            detail=f"`load_balance = {roce.load_balance}`: {BALANCE[roce.load_balance]}",
            help="set it in the switch's own words, or say `load_balance = ecmp`",
        )


def _parts(fleet: Fleet, classes: tuple[DeviceClass, ...]) -> Iterator[Diagnostic]:
    """RW8054, once for each part."""
    told = set()
    for cls in classes:
        if names(fleet.plant, cls) is None:
            # Ports without a name have an error of their own.
            continue
        element = fleet.design.elements[cls.element]
        here = box(fleet.plant, cls)
        splits = [port for port in split_cages(fleet.plant, cls) if port.cage not in here.components]
        lacks = []
        if not here.management:
            lacks.append("its management port, with its address and table")
        if splits:
            lacks.append(f"the {len(splits)} cages that are split, such as that of {splits[0].name}")
        if not lacks or (element.definition, tuple(lacks)) in told:
            continue
        told.add((element.definition, tuple(lacks)))
        wanted = [f'`names {{ {OS} = "…" }}` of the management port'] if not here.management else []
        if splits:
            wanted.append(f'`names {{ {COMPONENT} = "Ethernet{{eth + 1}}-Port" }}` and the same in `lane_names`')
        yield diagnose(
            "RW8054",
            element.origin,
            detail=f"{fleet.name(cls)}: `{element.definition}` does not say what OpenConfig calls "
            f"{', and '.join(lacks)}; these are left out",
            help=f"add {', and '.join(wanted)}, as the switch's own gNMI has them",
        )
