"""Platforms of FBOSS that are written here, and what no part of the catalog can say of them.

Names of ports, their logical numbers and their cages stand in the catalog. Here is what has no cage (recycle and
eventor ports), and what the agent is told of a platform besides: github.com/facebook/fboss at 14ec47ec,
platform_mapping_v2/generated_platform_mappings, hw_test_configs, SaiPlatform.cpp.
"""

from __future__ import annotations

from dataclasses import dataclass

from .thrift import Asic, Platform, PortType, Profile, Scope, SwitchType

FABRIC_MBPS = 106_250
"""Speed of one lane of a cell fabric: every lane is a port of its own."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One piece of silicon: where it is on the bus, and the logical ports that are its own."""

    handle: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Box:
    """A platform. `port_map` is the name of its logical port numbers in the catalog.

    `profiles` are those of its ports for packets. `chips` are empty where the agent finds its silicon by itself.
    """

    platform: Platform
    asic: Asic
    kind: SwitchType
    profiles: frozenset[Profile] = frozenset()
    chips: tuple[Chip, ...] = ()
    port_map: str = "fboss"


_MONTBLANC = frozenset(
    (
        Profile.P100G_4_NRZ_RS528_COPPER,
        Profile.P100G_4_NRZ_RS528_OPTICAL,
        Profile.P200G_4_PAM4_RS544X2N_COPPER,
        Profile.P200G_4_PAM4_RS544X2N_OPTICAL,
        Profile.P400G_4_PAM4_RS544X2N_COPPER,
        Profile.P400G_4_PAM4_RS544X2N_OPTICAL,
        Profile.P800G_8_PAM4_RS544X2N_COPPER,
        Profile.P800G_8_PAM4_RS544X2N_OPTICAL,
    )
)
_EDGE = frozenset((Profile.P800G_8_PAM4_RS544X2N_OPTICAL,))
_RACK = _EDGE | {Profile.P400G_4_PAM4_RS544X2N_COPPER, Profile.P400G_4_PAM4_RS544X2N_OPTICAL}

BOXES = {
    "MONTBLANC": Box(Platform.MONTBLANC, Asic.TOMAHAWK5, SwitchType.NPU, _MONTBLANC),
    "MERU800BIA": Box(Platform.MERU800BIA, Asic.JERICHO3, SwitchType.VOQ, chips=(Chip("15:00", 0, 65536),)),
    "MERU800BFA": Box(
        Platform.MERU800BFA, Asic.RAMON3, SwitchType.FABRIC, chips=(Chip("15:00", 0, 2047), Chip("16:00", 2048, 4095))
    ),
}
"""By the `platform` of the part."""


@dataclass(frozen=True, slots=True)
class Inner:
    """A port inside an interface node that no cable reaches."""

    name: str
    logical: int
    type: PortType
    scope: Scope


def _inner(first: str, logical: int, local: tuple[tuple[str, int, PortType], ...]) -> tuple[Inner, ...]:
    whole = Inner(first, logical, PortType.RECYCLE, Scope.GLOBAL)
    return (whole, *(Inner(name, number, kind, Scope.LOCAL) for name, number, kind in local))


_LOCAL_1 = (
    ("rcy1/1/442", 32772, PortType.RECYCLE),
    ("rcy1/1/443", 32773, PortType.RECYCLE),
    ("rcy1/1/444", 32774, PortType.RECYCLE),
    ("rcy1/1/445", 32775, PortType.RECYCLE),
    ("evt1/1/506", 32776, PortType.EVENTOR),
)
_LOCAL_2 = (
    ("evt1/1/501", 32772, PortType.EVENTOR),
    ("rcy1/1/442", 32773, PortType.RECYCLE),
    ("rcy1/1/443", 32774, PortType.RECYCLE),
    ("rcy1/1/444", 32775, PortType.RECYCLE),
    ("rcy1/1/445", 32776, PortType.RECYCLE),
)


@dataclass(frozen=True, slots=True)
class Place:
    """What depends on the place of an interface node: rack or edge, in a fabric of one stage or two.

    `port_map` names the logical numbers of its cages, `flags` the agent's options for the same map, `profiles` what its
    ports for packets have in it. `management` is the
    logical number of the management port. System ports come in blocks of `block`, one a node and base in `bases` of
    `SystemPorts`: a port of number `n` is in block `n div 16384`, at place `n mod 16384`.
    """

    port_map: str
    profiles: frozenset[Profile]
    flags: tuple[str, ...]
    inner: tuple[Inner, ...]
    management: int
    block: int


_ONE = "dsf_single_stage_r192_f40_e32"

PLACES = {
    (1, False): Place("rdsw", _RACK, (_ONE,), _inner("rcy1/1/441", 1, _LOCAL_1), 2, 38),
    (1, True): Place("edsw", _EDGE, (_ONE, "dsf_edsw_platform_mapping"), _inner("rcy1/1/441", 1, _LOCAL_1), 2, 20),
    (2, False): Place("rdsw_2", _RACK, ("dual_stage_rdsw_3q_2q",), _inner("rcy1/1/447", 16391, _LOCAL_2), 16411, 28),
    (2, True): Place("edsw_2", _EDGE, ("dual_stage_edsw_3q_2q",), _inner("rcy1/1/447", 10, _LOCAL_2), 11, 14),
}
"""By stages and whether it is an edge node."""

FABRIC_FLAGS = {1: (_ONE,), 2: ()}
"""The agent's options on fabric nodes, by stages; those of a fabric of one stage bound its links."""

MANAGEMENT_NAME = "eth1/39/1"

LOCAL_OFFSET = -32768
"""From the logical number of a local port to its system port: the same on every node."""

FIRST_GLOBAL = 185
"""Local system ports of every node come first: 4 of CPUs, 4 recycle, 1 eventor, 160 of monitored links, 16 spare."""

SECOND_BLOCK = 16384
"""Distance between the two blocks of a node in a fabric of two stages, in logical and in system ports alike."""

LAST_SYSTEM_PORT = {1: 8120, 2: 32694}
"""The highest system port by stages (SaiPlatform.cpp)."""

MONITORING_OFFSET = -1015
"""From the logical number of a fabric port (1024 and up) to its system port (9 and up)."""

EDGE_CLUSTERS = 200
"""Zones from here on are edges (k2StageEdgePodClusterId of VoqConstants.h)."""

OPTICAL = {
    (100, 4): Profile.P100G_4_NRZ_RS528_OPTICAL,
    (200, 4): Profile.P200G_4_PAM4_RS544X2N_OPTICAL,
    (400, 4): Profile.P400G_4_PAM4_RS544X2N_OPTICAL,
    (800, 8): Profile.P800G_8_PAM4_RS544X2N_OPTICAL,
}
COPPER = {
    (100, 4): Profile.P100G_4_NRZ_RS528_COPPER,
    (200, 4): Profile.P200G_4_PAM4_RS544X2N_COPPER,
    (400, 4): Profile.P400G_4_PAM4_RS544X2N_COPPER,
    (800, 8): Profile.P800G_8_PAM4_RS544X2N_COPPER,
}
"""Profiles by Gbps and lanes."""
