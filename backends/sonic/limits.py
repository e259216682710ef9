"""What SONiC has no words for, or takes only so many of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

from ...compiler.design import Network
from ...compiler.network.lossless import lossless
from ...compiler.plant import DeviceClass
from ...compiler.schema import SwitchAttributes
from ...compiler.schema.routing import Ebgp
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.fleet import Fleet
from .._kit.ports import front, names_for
from .platform import NAME_LENGTH, OS, breakouts, platform_of

PORT_NAME = re.compile(r"Ethernet\d+")
"""Front ports (sonic-swss-common, and every tool that looks for the prefix)."""

MOST_DNS = 3
"""Name servers in sonic-dns.yang, as many as resolv.conf takes."""

MOST_NTP = 10
"""Time servers in sonic-ntp.yang."""

BFD_DEFAULT = (300, 3)
"""Interval in milliseconds and multiplier of a BFD session that has no row of its own: FRR's defaults."""

BALANCE = {
    "qp": "the destination queue pair is no field of SWITCH_HASH",
    "dynamic": "no table has dynamic load balancing",
    "spray": "no table has packet spraying",
}


def limits(fleet: Fleet) -> Iterator[Diagnostic]:
    """RW8040 to RW8046, and names that no SONiC port can have."""
    yield from _odd_names(fleet)
    yield from _unknown_breakouts(fleet)
    for routing, every in fleet.networks:
        network = fleet.design.networks[routing.network]
        classes = _parts(fleet, every)
        yield from _too_many(network)
        yield from _without_words(network)
        yield from _untold_timers(fleet, network, classes)
        if network.attributes.roce is not None:
            yield from _unknown_buffers(fleet, network, classes)
    yield from _shared_headroom(fleet)


def _parts(fleet: Fleet, classes: Iterable[DeviceClass]) -> list[DeviceClass]:
    """The first class of each part: what is wrong with a part is told of once."""
    first: dict[str, DeviceClass] = {}
    for cls in classes:
        first.setdefault(fleet.design.elements[cls.element].definition, cls)
    return list(first.values())


def _odd_names(fleet: Fleet) -> Iterator[Diagnostic]:
    """SONiC takes for a front port what is called so, and a `|` would end a key."""
    for cls in _parts(fleet, fleet.classes):
        names = (port.name for port in front(fleet.plant, cls, names_for(OS)))
        # Names that are too long, or none, have been told of.
        odd = next((name for name in names if 0 < len(name) <= NAME_LENGTH and not PORT_NAME.fullmatch(name)), None)
        if odd is not None:
            yield diagnose(
                "RW8002",
                fleet.design.elements[cls.element].origin,
                detail=f"on {fleet.name(cls)} `{odd}` is not `Ethernet` and a number",
                help="change the `sonic` pattern in `names` or `lane_names` of this port, such as `Ethernet{8*eth}`",
            )


def _unknown_breakouts(fleet: Fleet) -> Iterator[Diagnostic]:
    for cls in _parts(fleet, fleet.classes):
        unknown = breakouts(fleet.plant, cls)[1]
        if unknown:
            port = unknown[min(unknown)]
            yield diagnose(
                "RW8040",
                fleet.design.elements[cls.element].origin,
                detail=f"{fleet.name(cls)} splits {len(unknown)} cages, such as that of {port.name}, into ports of "
                f"{port.speed // 10**9} Gbps, and its part has no mode for it; BREAKOUT_CFG leaves them out",
                help='add the modes of the platform\'s platform.json to the port, such as `modes { x2 = "2x400G" }`',
            )


def _too_many(network: Network) -> Iterator[Diagnostic]:
    given = network.attributes.management
    for what, servers, most in (("name", given.dns, MOST_DNS), ("time", given.ntp, MOST_NTP)):
        if len(servers) > most:
            yield diagnose(
                "RW8043",
                network.origin,
                detail=f"{len(servers)} {what} servers, and SONiC takes {most}",
                help=f"name at most {most}",
            )


def _without_words(network: Network) -> Iterator[Diagnostic]:
    roce, users = network.attributes.roce, network.attributes.management.users
    if roce is not None and roce.load_balance != "ecmp":
        yield diagnose(
            "RW8041",
            network.origin,
            detail=f"`load_balance = {roce.load_balance}`: {BALANCE[roce.load_balance]}; flows are spread by addresses "
            "and UDP ports",
            help="set it by the tools of the switch's maker, or say `load_balance = ecmp`",
        )
    if users:
        more = f" and {len(users) - 1} more" if len(users) > 1 else ""
        yield diagnose(
            "RW8046",
            network.origin,
            detail=f"{users[0]}{more}: CONFIG_DB has no table of users",
            help="create them when the switch is set up, such as by ZTP",
        )


def _untold_timers(fleet: Fleet, network: Network, classes: list[DeviceClass]) -> Iterator[Diagnostic]:
    policy = network.attributes.routing
    assert isinstance(policy, Ebgp)
    if not policy.bfd or (policy.bfd_interval.whole("ms"), policy.bfd_multiplier) == BFD_DEFAULT:
        return
    for cls in classes:
        if platform_of(fleet.plant, cls).tables:
            yield diagnose(
                "RW8044",
                fleet.design.elements[cls.element].origin,
                detail=f"{fleet.name(cls)} routes by tables, and BFD asks for {policy.bfd_interval} times "
                f"{policy.bfd_multiplier}",
                help="leave `bfd_interval` and `bfd_multiplier` out (300 ms times 3), or say `routing_mode = frr`",
                also=[(network.origin, "the network")],
            )


def _unknown_buffers(fleet: Fleet, network: Network, classes: list[DeviceClass]) -> Iterator[Diagnostic]:
    for cls in classes:
        if platform_of(fleet.plant, cls).buffers is None:
            element = fleet.design.elements[cls.element]
            yield diagnose(
                "RW8042",
                element.origin,
                detail=f"{fleet.name(cls)}: `{element.definition}` does not say how its buffer is divided, so "
                "BUFFER_POOL and all that stands on it are left out",
                help="add `buffers { pool = … }` from the platform's buffers_defaults, or load the platform's own",
                also=[(network.origin, "the lossless network")],
            )


def _shared_headroom(fleet: Fleet) -> Iterator[Diagnostic]:
    """Platforms may share headroom among groups, on the ground that not all are paused at once."""
    plant = fleet.plant
    for routing, classes in fleet.networks:
        found = lossless(plant, routing)
        if found is None:
            continue
        xoff = np.array([room.xoff for room in found.rooms] + [0], dtype=np.int64)[found.room]
        # Whole numbers below 2^53 are exact in the floats that bincount adds.
        sums = np.bincount(plant.ends.device, weights=xoff, minlength=len(plant.devices)).astype(np.int64)
        for cls in _parts(fleet, classes):
            attributes = plant.element_of(cls).attributes
            assert isinstance(attributes, SwitchAttributes)
            buffers = attributes.buffers
            if buffers is None or buffers.headroom is None:
                continue
            devices = routing.devices[fleet.rows(routing, (cls,))]
            device = int(devices[int(sums[devices].argmax())])
            shared, asked = buffers.headroom.whole("B"), int(sums[device]) * found.groups
            if asked > shared:
                yield diagnose(
                    "RW8045",
                    fleet.design.elements[cls.element].origin,
                    detail=f"{plant.devices.names[device]}: its lossless ports may ask for {asked:,} B after a pause, "
                    f"and its platform shares {shared:,} B among them",
                    help="it is enough unless many ports are paused at once; a larger `headroom` in `buffers` takes "
                    "from its pool",
                    also=[(fleet.design.networks[routing.network].origin, "the lossless network")],
                )
