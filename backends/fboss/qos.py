"""Traffic classes of a routed switch: maps, queues, priority groups, pools and load balancing.

A class's priority is its traffic class, its priority group and its PFC priority. Thresholds of dynamic load balancing
are those that FBOSS itself tests with (LoadBalancerTestUtils.cpp), for the silicon's own are not published.
"""

from __future__ import annotations

from ...compiler.network.classes import PRIORITIES, QosClass
from ...compiler.network.headroom import Room
from .._kit.device_model import Interface, Qos
from .thrift import (
    AclAction,
    Balancer,
    Congestion,
    Flowlet,
    Hash,
    Recovery,
    Scaling,
    Scheduling,
    Stream,
    Struct,
    Switching,
    Udf,
)

POLICY = "classes"
QUEUES = "classes"
POOL = "lossless"
FLOWLETS = "paths"
QUEUE_PAIR = "dstQueuePair"
ROCE = "roce"

ROCE_PORT = 4791
"""UDP port of RoCEv2 (IANA)."""

QUEUE_PAIR_AT = (13, 3)
"""Where the destination queue pair is: bytes after the start of the UDP header, 8 of it and 5 of the base transport
header (InfiniBand architecture, volume 1, section 9.2), and how many bytes it has."""


def maps(qos: Qos) -> Struct:
    """`qosPolicies` and where they hold."""
    lossy = next((c.priority for c in qos.classes if c.name == "default"), 0)
    queue = {str(c.priority): c.queue for c in qos.classes}
    group = {str(p): p if any(c.priority == p and c.lossless for c in qos.classes) else lossy for p in PRIORITIES}
    policy: Struct = {
        "dscpMaps": [
            {"internalTrafficClass": c.priority, "fromDscpToTrafficClass": list(c.dscps)}
            for c in qos.classes
            if c.dscps
        ],
        "expMaps": [],
        "trafficClassToQueueId": {str(p): queue.get(str(p), p) for p in PRIORITIES},
    }
    if qos.lossless:
        policy["pfcPriorityToQueueId"] = {str(c.priority): c.queue for c in qos.lossless}
        policy["trafficClassToPgId"] = group
        policy["pfcPriorityToPgId"] = {str(c.priority): c.priority for c in qos.lossless}
    return {
        "qosPolicies": [{"name": POLICY, "rules": [], "qosMap": policy}],
        "portQueueConfigs": {QUEUES: [_queue(c) for c in qos.classes]},
    }


def _queue(c: QosClass) -> Struct:
    found: Struct = {"id": c.queue, "streamType": Stream.UNICAST}
    if not c.strict:
        found["weight"] = c.share
    found["scheduling"] = Scheduling.STRICT if c.strict else Scheduling.WEIGHTED
    found["name"] = c.name
    if c.ecn_percent:
        line = {"minimumLength": c.ecn_low, "maximumLength": c.ecn_high, "probability": c.ecn_percent}
        found["aqms"] = [{"detection": {"linear": line}, "behavior": Congestion.ECN}]
    return found


CPU_POLICY = "classes_cpu"
CPU_TRAFFIC_CLASS = 7
"""The one that goes to the upper of the two queues which the CPU and recycle ports of Jericho 3 have."""


def cells(found: tuple[QosClass, ...], inner: list[int]) -> Struct:
    """Classes on an interface node of a scheduled fabric of one stage.

    Every queue has a virtual output queue of its number at every node that sends to it. Congestion shows there, so that
    is where packets are marked.
    `inner` are the ports that have the CPU's queues. PFC is left out: its thresholds are not published.
    """
    queue = {str(p): next((c.queue for c in found if c.priority == p), p) for p in PRIORITIES}
    dscps = [{"internalTrafficClass": c.priority, "fromDscpToTrafficClass": list(c.dscps)} for c in found if c.dscps]
    upper = {str(p): int(p >= CPU_TRAFFIC_CLASS) for p in PRIORITIES}
    same: Struct = {"dscpMaps": dscps, "expMaps": []}
    policies = [
        {"name": name, "rules": [], "qosMap": same | {"trafficClassToQueueId": own, "trafficClassToVoqId": queue}}
        for name, own in ((POLICY, queue), (CPU_POLICY, upper))
    ]
    queues = [_queue(c) for c in found]
    marked = [{"scheduling": Scheduling.INTERNAL} | {k: q[k] for k in _OF_VOQ if k in q} for q in queues]
    return {
        "qosPolicies": policies,
        "portQueueConfigs": {QUEUES: [{k: v for k, v in q.items() if k != "aqms"} for q in queues]},
        "defaultVoqConfig": marked,
        "dataPlaneTrafficPolicy": {
            "matchToAction": [],
            "defaultQosPolicy": POLICY,
            "portIdToQosPolicy": dict.fromkeys(map(str, inner), CPU_POLICY),
        },
        "cpuTrafficPolicy": {"trafficPolicy": {"matchToAction": [], "defaultQosPolicy": CPU_POLICY}},
    }


_OF_VOQ = ("id", "streamType", "name", "aqms")
"""What a virtual output queue has in common with its queue; its scheduling is the silicon's own."""


def group_name(interface: Interface) -> str:
    """The `portPgConfigs` entry of a port: ports of one speed and length share it. Empty without headroom."""
    room = interface.room
    return f"{interface.port.speed // 10**9}g-{room.metres}m" if room is not None else ""


def groups(qos: Qos, interfaces: list[Interface]) -> Struct:
    """`portPgConfigs` for every kind of port that pauses."""
    rooms = {group_name(i): i.room for i in interfaces if i.room is not None}
    lossy = next((c.priority for c in qos.classes if c.name == "default"), 0)
    found = {}
    for name, room in sorted(rooms.items()):
        found[name] = [_lossless(c, room) for c in qos.lossless]
        found[name].append({"id": lossy, "name": "lossy", "minLimitBytes": 0, "headroomLimitBytes": 0} | _SHARED)
        found[name].sort(key=lambda g: int(g["id"]))
    return found


_SHARED = {"scalingFactor": Scaling.ONE, "bufferPoolName": POOL}


def _lossless(c: QosClass, room: Room) -> Struct:
    least = room.xon if room.inside else room.size
    return {
        "id": c.priority,
        "name": c.name,
        "scalingFactor": Scaling.ONE,
        "minLimitBytes": least,
        "headroomLimitBytes": room.xoff,
        "resumeOffsetBytes": room.xon_offset,
        "bufferPoolName": POOL,
    }


def pfc(qos: Qos, interface: Interface) -> Struct:
    """`pfc` of a port that pauses."""
    watch = qos.watchdog
    return {
        "tx": True,
        "rx": True,
        "portPgConfigName": group_name(interface),
        "watchdog": {
            "detectionTimeMsecs": watch.detect_ms,
            "recoveryTimeMsecs": watch.restore_ms,
            "recoveryAction": Recovery.DROP if watch.action == "drop" else Recovery.NO_DROP,
        },
    }


def balancing(way: str) -> tuple[Struct, dict[str, str]]:
    """What spreads flows, and the agent's options for it."""
    fields: Struct = {"ipv4Fields": [1, 2], "ipv6Fields": [1, 2], "transportFields": [1, 2], "mplsFields": []}
    fields["udfGroups"] = [QUEUE_PAIR] if way == "qp" else []
    found: Struct = {
        "loadBalancers": [{"id": Balancer.ECMP, "fieldSelection": fields, "algorithm": Hash.CRC16_CCITT}],
    }
    if way == "qp":
        found["udfConfig"] = _queue_pair()
    if way in ("dynamic", "spray"):
        return found | _dynamic(spray=way == "spray"), {"flowletSwitchingEnable": "true"}
    return found, {}


def _queue_pair() -> Struct:
    start, size = QUEUE_PAIR_AT
    group = {
        "name": QUEUE_PAIR,
        "header": Udf.L4_HEADER,
        "startOffsetInBytes": start,
        "fieldSizeInBytes": size,
        "udfPacketMatcherIds": [ROCE],
        "type": Udf.HASH,
    }
    matcher = {"name": ROCE, "l2PktType": 0, "l3pktType": 0, "l4PktType": Udf.UDP, "UdfL4DstPort": ROCE_PORT}
    return {"udfGroups": {QUEUE_PAIR: group}, "udfPacketMatcher": {ROCE: matcher}}


def _dynamic(spray: bool) -> Struct:
    """RoCE packets choose among paths by load: bursts of a flow, or each packet."""
    switching: Struct = {
        "inactivityIntervalUsecs": 16,
        "flowletTableSize": 256 if spray else 2048,
        "dynamicEgressLoadExponent": 1,
        "dynamicQueueExponent": 1,
        "dynamicQueueMinThresholdBytes": 1000,
        "dynamicQueueMaxThresholdBytes": 10000,
        "dynamicSampleRate": 1000,
        "dynamicEgressMinThresholdBytes": 1000,
        "dynamicEgressMaxThresholdBytes": 10000,
        "dynamicPhysicalQueueExponent": 5,
        "switchingMode": Switching.PER_PACKET_QUALITY if spray else Switching.FLOWLET_QUALITY,
        "backupSwitchingMode": Switching.FIXED_ASSIGNMENT,
    }
    return {
        "acls": [{"proto": 17, "name": ROCE, "actionType": AclAction.PERMIT, "l4DstPort": ROCE_PORT}],
        "flowletSwitchingConfig": switching,
        "portFlowletConfigs": {FLOWLETS: {"scalingFactor": 10, "loadWeight": 70, "queueWeight": 30}},
    }


def flowlet_action() -> Struct:
    """RoCE packets go to the engine of dynamic load balancing."""
    return {"matcher": ROCE, "action": {"flowletAction": Flowlet.FORWARD}}
