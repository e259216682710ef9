"""Numbers of FBOSS's enums, as far as they are written here.

Source: github.com/facebook/fboss at 14ec47ec, fboss/agent/switch_config.thrift and fboss/lib/if/fboss_common.thrift.
In thrift's SimpleJSON an enum is its number and the key of a map is a string.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

Struct = dict[str, Any]
"""A thrift struct: fields by name, in the order of their numbers."""


class PortState(IntEnum):
    DISABLED = 1
    ENABLED = 2


class PortType(IntEnum):
    INTERFACE = 0
    FABRIC = 1
    RECYCLE = 3
    MANAGEMENT = 4
    EVENTOR = 5


class Scope(IntEnum):
    LOCAL = 0
    GLOBAL = 1


class Parser(IntEnum):
    L3 = 1


class Profile(IntEnum):
    """Speed, lanes, modulation, FEC and medium of a port."""

    P100G_4_NRZ_RS528_COPPER = 22
    P100G_4_NRZ_RS528_OPTICAL = 23
    P200G_4_PAM4_RS544X2N_COPPER = 24
    P200G_4_PAM4_RS544X2N_OPTICAL = 25
    P400G_4_PAM4_RS544X2N_OPTICAL = 38
    P800G_8_PAM4_RS544X2N_OPTICAL = 39
    P106G_1_PAM4_RS544_COPPER = 41
    P106G_1_PAM4_RS544_OPTICAL = 42
    P400G_4_PAM4_RS544X2N_COPPER = 45
    P100G_1_PAM4_NOFEC_COPPER = 49
    P800G_8_PAM4_RS544X2N_COPPER = 50


class Asic(IntEnum):
    TOMAHAWK5 = 13
    JERICHO3 = 14
    RAMON3 = 16


class Platform(IntEnum):
    MONTBLANC = 25
    MERU800BIA = 28
    MERU800BFA = 30


class SwitchType(IntEnum):
    NPU = 0
    VOQ = 2
    FABRIC = 3


class NodeType(IntEnum):
    FABRIC = 1
    INTERFACE = 2


class InterfaceType(IntEnum):
    VLAN = 1
    SYSTEM_PORT = 2


class SpanningTree(IntEnum):
    FORWARDING = 2


class Stream(IntEnum):
    UNICAST = 0
    MULTICAST = 1
    FABRIC_TX = 3


class Scheduling(IntEnum):
    WEIGHTED = 0
    STRICT = 1
    INTERNAL = 1000


class Congestion(IntEnum):
    ECN = 1


class Recovery(IntEnum):
    NO_DROP = 0
    DROP = 1


class Scaling(IntEnum):
    ONE = 0


class Lldp(IntEnum):
    PORT = 2
    SYSTEM_NAME = 5


class RxReason(IntEnum):
    UNMATCHED = 0
    ARP = 1
    DHCP = 2
    TTL_1 = 6
    CPU_IS_NHOP = 7
    NDP = 8
    LLDP = 9
    ARP_RESPONSE = 10
    BGP = 11
    BGPV6 = 12
    LACP = 13
    L3_MTU_ERROR = 14
    DHCPV6 = 17
    PORT_MTU_ERROR = 21


class Balancer(IntEnum):
    ECMP = 1


class Hash(IntEnum):
    CRC16_CCITT = 1


class Switching(IntEnum):
    """How a group of paths is chosen from: by flowlets, or packet by packet."""

    FLOWLET_QUALITY = 0
    PER_PACKET_QUALITY = 1
    FIXED_ASSIGNMENT = 2


class AclAction(IntEnum):
    PERMIT = 1


class Flowlet(IntEnum):
    FORWARD = 1


class Udf(IntEnum):
    L4_HEADER = 3
    HASH = 0
    UDP = 1


class Sample(IntEnum):
    CPU = 0
