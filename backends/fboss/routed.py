"""The agent's configuration of a routed switch: a VLAN and an interface for each port with a cable.

So FBOSS's own configuration of Minipack3 has it (fboss/oss/scripts/run_configs/default_configs/minipack3).
"""

from __future__ import annotations

from dataclasses import dataclass

from ...compiler.schema import SwitchAttributes
from ...compiler.schema.parts import Buffers
from .._kit.device_model import Interface, Sflow, SwitchModel
from . import qos as classes
from .agent import document, lines, port, switch_settings
from .platforms import Box
from .slots import Slot, profile
from .thrift import (
    InterfaceType,
    Lldp,
    PortState,
    PortType,
    RxReason,
    Sample,
    Scheduling,
    SpanningTree,
    Stream,
    Struct,
)

DEFAULT_VLAN, LOOPBACK_VLAN, FIRST_VLAN = 4094, 10, 2001
"""VLAN of what belongs to none, of the loopback, and of the first port."""

LEAST_WIDTH = 64
"""Widest group of equal paths that the agent takes by itself (`ecmp_width`)."""

LONGEST_I16 = 32767
"""`SflowCollector.port` is a signed number of 16 bits."""

_CPU_QUEUES = (
    {"id": 9, "streamType": Stream.MULTICAST, "scheduling": Scheduling.STRICT, "name": "cpuQueue-high"},
    {"id": 2, "streamType": Stream.MULTICAST, "scheduling": Scheduling.STRICT, "name": "cpuQueue-mid"},
    {"id": 1, "streamType": Stream.MULTICAST, "scheduling": Scheduling.STRICT, "name": "cpuQueue-default"}
    | {"portQueueRate": {"pktsPerSec": {"minimum": 0, "maximum": 1000}}},
    {"id": 0, "streamType": Stream.MULTICAST, "scheduling": Scheduling.STRICT, "name": "cpuQueue-low"}
    | {"portQueueRate": {"pktsPerSec": {"minimum": 0, "maximum": 500}}},
)
_CPU_REASONS = (
    (RxReason.NDP, 9),
    (RxReason.ARP, 9),
    (RxReason.ARP_RESPONSE, 9),
    (RxReason.BGP, 9),
    (RxReason.BGPV6, 9),
    (RxReason.LACP, 9),
    (RxReason.LLDP, 2),
    (RxReason.CPU_IS_NHOP, 2),
    (RxReason.DHCP, 2),
    (RxReason.DHCPV6, 2),
    (RxReason.TTL_1, 0),
    (RxReason.L3_MTU_ERROR, 0),
    (RxReason.UNMATCHED, 1),
)
"""Which packets reach the CPU through which queue, as in FBOSS's own configuration of the platform."""


@dataclass(frozen=True)
class Front:
    """What is known of a switch besides its model: its platform, its ports by number, how its buffer is divided, and
    which of its ports are copper."""

    box: Box
    slots: dict[int, Slot]
    attributes: SwitchAttributes
    copper: frozenset[int]


def config(switch: SwitchModel, front: Front) -> bytes:
    """`agent.conf` of one switch."""
    flags: dict[str, str] = {}
    sw: Struct = {"version": 0, "ports": [], "vlans": [], "vlanPorts": []}
    sw["defaultVlan"] = DEFAULT_VLAN
    sw["interfaces"] = []
    sw["vlans"] += [_vlan("fbossLoopback0", LOOPBACK_VLAN), _vlan("default", DEFAULT_VLAN, routable=False)]
    for place, interface in enumerate(switch.interfaces):
        _add(sw, switch, front, interface, FIRST_VLAN + place)
    sw["interfaces"].append(_interface(LOOPBACK_VLAN, "fbossLoopback0", _loopbacks(switch), switch, virtual=True))
    sw |= _cpu()
    sw |= _services(switch)
    sw["switchSettings"] = _settings(switch, front)
    qos = switch.network.qos
    if qos is not None:
        sw |= classes.maps(qos)
        sw["dataPlaneTrafficPolicy"] = {"matchToAction": [], "defaultQosPolicy": classes.POLICY}
        sw["cpuTrafficPolicy"]["trafficPolicy"] = {"matchToAction": [], "defaultQosPolicy": classes.POLICY}
        if any(i.room is not None for i in switch.interfaces):
            sw["portPgConfigs"] = classes.groups(qos, list(switch.interfaces))
            sw["bufferPoolConfigs"] = {classes.POOL: _pool(switch, front.attributes)}
    balance, flags = classes.balancing(qos.load_balance if qos else "ecmp")
    sw |= balance
    if qos is not None and "flowletSwitchingConfig" in balance:
        sw["dataPlaneTrafficPolicy"]["matchToAction"] = [classes.flowlet_action()]
    sw["hostname"] = switch.name
    for table in ("ports", "vlans", "vlanPorts", "interfaces"):
        sw[table] = lines(sw[table])
    return document(flags, sw)


def _add(sw: Struct, switch: SwitchModel, front: Front, interface: Interface, vlan: int) -> None:
    """A port, its VLAN, and its interface if it has a cable."""
    slot, used = front.slots[interface.port.number], interface.kind != "unused"
    if not slot.numbers:
        return
    kind = profile(interface.port, interface.port.number in front.copper)
    assert kind is not None, "`accepts` refuses other speeds"
    state = PortState.ENABLED if used else PortState.DISABLED
    name, mbps = interface.port.name, interface.port.speed // 10**6
    made = port(slot.first, name, mbps, kind, PortType.INTERFACE, state, vlan=vlan)
    network = switch.network
    if used:
        made["description"] = interface.description
        made["expectedLLDPValues"] = _neighbour(interface)
        if network.services.sflow is not None:
            made["sFlowIngressRate"] = network.services.sflow.rate
            made["sampleDest"] = Sample.CPU
    if network.qos is not None:
        made["portQueueConfigName"] = classes.QUEUES
        if network.qos.lossless and interface.room is not None:
            made["pfc"] = classes.pfc(network.qos, interface)
        if used and network.qos.load_balance in ("dynamic", "spray"):
            made["flowletConfigName"] = classes.FLOWLETS
    sw["ports"].append(made)
    sw["vlans"].append(_vlan(f"vlan{vlan}", vlan))
    sw["vlanPorts"].append(
        {
            "vlanID": vlan,
            "logicalPort": slot.first,
            "spanningTreeState": SpanningTree.FORWARDING,
            "emitTags": False,
            "emitPriorityTags": False,
        }
    )
    if used:
        addresses = [a for a in (interface.address6, interface.address) if a]
        sw["interfaces"].append(_interface(vlan, name, addresses, switch, virtual=False))


def _neighbour(interface: Interface) -> dict[str, str]:
    """What LLDP should hear: the far port where a switch says it, and the far system."""
    found = {str(int(Lldp.PORT)): interface.peer_interface} if interface.kind == "fabric" else {}
    return found | {str(int(Lldp.SYSTEM_NAME)): interface.peer}


def _vlan(name: str, number: int, routable: bool = True) -> Struct:
    return {"name": name, "id": number, "recordStats": True, "routable": routable, "ipAddresses": []}


def _interface(number: int, name: str, addresses: list[str], switch: SwitchModel, *, virtual: bool) -> Struct:
    return {
        "intfID": number,
        "routerID": 0,
        "vlanID": number,
        "name": name,
        "ipAddresses": addresses,
        "mtu": switch.network.mtu,
        "isVirtual": virtual,
        "isStateSyncDisabled": True,
        "type": InterfaceType.VLAN,
        "scope": 0,
    }


def _loopbacks(switch: SwitchModel) -> list[str]:
    return ([f"{switch.loopback6}/128"] if switch.loopback6 else []) + [f"{switch.loopback}/32"]


def _cpu() -> Struct:
    reasons = [{"rxReason": reason, "queueId": queue} for reason, queue in _CPU_REASONS]
    return {"cpuQueues": list(_CPU_QUEUES), "cpuTrafficPolicy": {"rxReasonToQueueOrderedList": reasons}}


def _services(switch: SwitchModel) -> Struct:
    sflow: Sflow | None = switch.network.services.sflow
    return {} if sflow is None else {"sFlowCollectors": [{"ip": sflow.collector, "port": sflow.port}]}


def _settings(switch: SwitchModel, front: Front) -> Struct:
    info = {
        "switchType": front.box.kind,
        "asicType": front.box.asic,
        "switchIndex": 0,
        "portIdRange": {"minimum": 0, "maximum": 2047},
    }
    return switch_settings(front.box, {"0": info}, None) | {"ecmpWidth": max(switch.paths, LEAST_WIDTH)}


def _pool(switch: SwitchModel, attributes: SwitchAttributes) -> Struct:
    """The pool that all priority groups share: as the part divides its buffer, else what headroom leaves of it."""
    buffers: Buffers | None = attributes.buffers
    if buffers is not None:
        shared = {"sharedBytes": int(buffers.pool.to("B"))}
        return shared | ({"headroomBytes": int(buffers.headroom.to("B"))} if buffers.headroom is not None else {})
    qos = switch.network.qos
    assert qos is not None and attributes.buffer is not None
    headroom = len(qos.lossless) * sum(i.room.xoff for i in switch.interfaces if i.room is not None)
    return {"sharedBytes": int(attributes.buffer.to("B")) - headroom, "headroomBytes": headroom}
