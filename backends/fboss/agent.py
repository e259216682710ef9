"""The parts of an agent's configuration that every kind of switch has (fboss/agent/agent_config.thrift)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import orjson

from .platforms import FABRIC_MBPS, Box
from .thrift import Parser, PortState, PortType, Profile, Scheduling, Scope, Stream, Struct

FRAME = 9412
"""DEFAULT_PORT_MTU of switch_config.thrift, in bytes with the Ethernet header."""

MTU = (1280, FRAME - 22)
"""What an interface can have: IPv6's least (RFC 8200), and a frame less its header, a tag and its checksum."""

FABRIC_QUEUES = "FabricTxQueueConfig"


def port(
    logical: int,
    name: str,
    mbps: int,
    profile: Profile,
    type: PortType,
    enabled: PortState,
    *,
    vlan: int = 0,
    scope: Scope = Scope.LOCAL,
    frame: int = FRAME,
) -> Struct:
    """A `Port`, without what only some have. Plain numbers are written several times as fast as members of enums."""
    return {
        "logicalID": logical,
        "state": int(enabled),
        "maxFrameSize": frame,
        "parserType": int(Parser.L3),
        "routable": True,
        "ingressVlan": vlan,
        "speed": mbps,
        "name": name,
        "profileID": int(profile),
        "portType": int(type),
        "scope": int(scope),
    }


def fabric_port(logical: int, name: str, copper: bool) -> Struct:
    """A lane of a cell fabric, switched off until something is linked to it."""
    kind = Profile.P106G_1_PAM4_RS544_COPPER if copper else Profile.P106G_1_PAM4_RS544_OPTICAL
    return port(logical, name, FABRIC_MBPS, kind, PortType.FABRIC, PortState.DISABLED, frame=0) | {
        "portQueueConfigName": FABRIC_QUEUES
    }


FABRIC_QUEUE = [{"id": 0, "streamType": Stream.FABRIC_TX, "scheduling": Scheduling.INTERNAL, "name": "fabric_q0"}]
"""The one queue of a fabric port, whose scheduling is the silicon's own."""


def mac(switch_id: int) -> str:
    """A locally administered address (IEEE 802, second bit of the first octet) for each switch identifier."""
    return f"02:d5:f0:00:{switch_id >> 8 & 255:02x}:{switch_id & 255:02x}"


def switch_settings(box: Box, infos: dict[str, Struct], switch_id: int | None) -> Struct:
    """`SwitchSettings` with what is known of each chip."""
    found: Struct = {"switchType": box.kind}
    if switch_id is not None:
        found["switchId"] = switch_id
    found["switchIdToSwitchInfo"] = infos
    return found


def document(flags: dict[str, str], sw: Struct) -> bytes:
    """An `AgentConfig` in SimpleJSON.

    `platform` holds nothing: settings of the silicon are published with FBOSS for each platform, and RW8033 tells.
    """
    found = {"defaultCommandLineArgs": flags, "sw": sw, "platform": {"chip": {}}}
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def lines(items: Iterable[Struct]) -> orjson.Fragment:
    """A list with a line for each item: what a reader scans, what a diff shows, and quick to write."""
    return orjson.Fragment(b"[\n      " + b",\n      ".join(map(orjson.dumps, items)) + b"\n    ]")


def true(names: Sequence[str]) -> dict[str, str]:
    """Options that are switched on."""
    return dict.fromkeys(names, "true")
