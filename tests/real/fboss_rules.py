"""What one field of FBOSS's configuration says of another.

Ports and profiles are those of the platform mappings in `fboss_ports.json`, which were taken from FBOSS's own
(fboss/lib/platform_mapping_v2 at 14ec47ec), not from this compiler's catalog. The rest are the agent's own conditions
(ApplyThriftConfig.cpp, HwAsic.cpp, SaiPlatform.cpp, FabricConnectivityManager.cpp), and some that it takes on trust.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from ipaddress import ip_address, ip_interface, ip_network
from itertools import pairwise
from pathlib import Path
from typing import Any

INTERFACE, FABRIC, RECYCLE, MANAGEMENT, EVENTOR = 0, 1, 3, 4, 5
NPU, VOQ, CELLS = 0, 2, 3
ENABLED = 2
SYSTEM_PORT = 2

LAST_SWITCH_ID = {1: 2048, 2: 3903}
LAST_SYSTEM_PORT = {1: 8120, 2: 32694}
CORES = {14: 4, 16: 2}
"""Cores of Jericho 3 and Ramon 3: as many switch identifiers does each chip take."""

Config = dict[str, Any]


@cache
def mappings() -> dict[str, Any]:
    """Port maps by name."""
    return dict(json.loads((Path(__file__).parent / "fboss_ports.json").read_text()))


def mapping_of(config: Config) -> str:
    """The name of the port map that the options and the silicon of a configuration choose."""
    flags, sw = config["defaultCommandLineArgs"], config["sw"]
    kind = sw["switchSettings"]["switchType"]
    if kind == NPU:
        return "montblanc"
    if kind == CELLS:
        return "meru800bfa" if flags.get("multi_npu_platform_mapping") == "true" else "none"
    if flags.get("dual_stage_rdsw_3q_2q") == "true":
        return "rdsw_2"
    if flags.get("dual_stage_edsw_3q_2q") == "true":
        return "edsw_2"
    if flags.get("dsf_single_stage_r192_f40_e32") != "true":
        return "none"
    return "edsw" if flags.get("dsf_edsw_platform_mapping") == "true" else "rdsw"


def broken(config: Config) -> list[str]:
    """All that is wrong between the fields of an agent's configuration whose types are right."""
    sw = config["sw"]
    return [
        *ports(config),
        *names(sw),
        *addresses(sw),
        *(vlans(sw) if sw["switchSettings"]["switchType"] == NPU else ()),
        *queues(sw),
        *chips(sw),
        *(nodes(config) if sw.get("dsfNodes") else ()),
    ]


def twice(values: Iterable[Any], what: str) -> Iterator[str]:
    yield from (f"{what} {value} is there {n} times" for value, n in Counter(values).items() if n > 1)


def ports(config: Config) -> Iterator[str]:
    sw = config["sw"]
    yield from twice((p["logicalID"] for p in sw["ports"]), "logicalID")
    yield from twice((p.get("name") for p in sw["ports"]), "port name")
    known = mappings().get(mapping_of(config))
    if known is None:
        yield "no platform mapping goes with these options"
        return
    configured = {p["logicalID"] for p in sw["ports"]}
    for port in sw["ports"]:
        name = port.get("name", "")
        if name not in known["ports"]:
            yield f"the platform has no port {name!r}"
            continue
        number, group = known["ports"][name]
        kind, scope, _, profiles = known["groups"][group]
        profile = port.get("profileID", 0)
        if port["logicalID"] != number:
            yield f"{name} has number {port['logicalID']}, the platform says {number}"
        if (port.get("portType", 0), port.get("scope", 0)) != (kind, scope):
            yield f"{name} is of another type or scope on this platform"
        if profile not in profiles:
            yield f"{name} has no profile {profile} on this platform"
        elif port.get("speed") != known["speeds"][str(profile)]:
            yield f"{name} has speed {port.get('speed')}, its profile {known['speeds'][str(profile)]}"
        inside = set(known["subsumed"].get(name, {}).get(str(profile), ())) & configured
        if inside:
            yield f"{name} takes the lanes of {sorted(inside)}, which are there too"


def names(sw: Config) -> Iterator[str]:
    """Every name that is used is defined."""
    defined: dict[str, set[str]] = {
        "portQueueConfigName": set(sw.get("portQueueConfigs", ())),
        "flowletConfigName": set(sw.get("portFlowletConfigs", ())),
    }
    for port in sw["ports"]:
        for field, known in defined.items():
            if field in port and port[field] not in known:
                yield f"{port.get('name')}: {field} {port[field]} is nowhere defined"
    policies, acls = {p["name"] for p in sw.get("qosPolicies", ())}, {a["name"] for a in sw.get("acls", ())}
    data, cpu = sw.get("dataPlaneTrafficPolicy", {}), sw.get("cpuTrafficPolicy", {}).get("trafficPolicy", {})
    for policy in (data, cpu):
        if policy.get("defaultQosPolicy", next(iter(policies), None)) not in {*policies, None}:
            yield f"qos policy {policy['defaultQosPolicy']} is nowhere defined"
        for port, name in policy.get("portIdToQosPolicy", {}).items():
            if name not in policies or int(port) not in {p["logicalID"] for p in sw["ports"]}:
                yield f"qos policy {name} of port {port} is nowhere defined, or the port"
        for match in policy.get("matchToAction", ()):
            if match["matcher"] not in acls:
                yield f"acl {match['matcher']} is nowhere defined"
    groups = sw.get("udfConfig", {}).get("udfGroups", {})
    for balancer in sw.get("loadBalancers", ()):
        for group in balancer["fieldSelection"].get("udfGroups", ()):
            if group not in groups:
                yield f"udf group {group} is nowhere defined"
    for group in groups.values():
        for matcher in group["udfPacketMatcherIds"]:
            if matcher not in sw["udfConfig"]["udfPacketMatcher"]:
                yield f"udf packet matcher {matcher} is nowhere defined"
    queues_of_cpu = {q["id"] for q in sw.get("cpuQueues", ())}
    for reason in sw.get("cpuTrafficPolicy", {}).get("rxReasonToQueueOrderedList", ()):
        if reason["queueId"] not in queues_of_cpu:
            yield f"the CPU has no queue {reason['queueId']}"


def addresses(sw: Config) -> Iterator[str]:
    found = []
    for interface in sw.get("interfaces", ()):
        for address in interface["ipAddresses"]:
            try:
                found.append(str(ip_interface(address).ip))
            except ValueError:
                yield f"interface {interface['intfID']}: {address!r} is no address"
            if "/" not in address:
                yield f"interface {interface['intfID']}: {address!r} has no length"
    yield from twice(found, "address")
    yield from twice((i["intfID"] for i in sw.get("interfaces", ())), "intfID")
    for collector in sw.get("sFlowCollectors", ()):
        if not 0 < collector["port"]:
            yield f"sFlow port {collector['port']}"


def vlans(sw: Config) -> Iterator[str]:
    """A routed switch: every port in a VLAN that exists, every enabled one in a VLAN with an interface."""
    known = {v["id"] for v in sw.get("vlans", ())}
    yield from twice((v["id"] for v in sw.get("vlans", ())), "vlan")
    yield from twice((i["vlanID"] for i in sw.get("interfaces", ())), "interface of vlan")
    yield from twice(((v["vlanID"], v["logicalPort"]) for v in sw.get("vlanPorts", ())), "vlan and port")
    with_interface = {i["vlanID"] for i in sw.get("interfaces", ())}
    numbers = {p["logicalID"] for p in sw["ports"]}
    if sw["defaultVlan"] not in known:
        yield f"the default vlan {sw['defaultVlan']} is not there"
    for vlan in with_interface - known:
        yield f"an interface is in vlan {vlan}, which is not there"
    of_port: dict[int, set[int]] = {}
    for member in sw.get("vlanPorts", ()):
        of_port.setdefault(member["logicalPort"], set()).add(member["vlanID"])
        if member["vlanID"] not in known:
            yield f"port {member['logicalPort']} is in vlan {member['vlanID']}, which is not there"
        if member["logicalPort"] not in numbers:
            yield f"vlan {member['vlanID']} has port {member['logicalPort']}, which is not there"
    for port in sw["ports"]:
        if port["ingressVlan"] not in of_port.get(port["logicalID"], ()):
            yield f"{port.get('name')}: its ingress vlan {port['ingressVlan']} is none of its own"
        if port.get("state") == ENABLED and not of_port.get(port["logicalID"], set()) & with_interface:
            yield f"{port.get('name')} is enabled, and its vlan has no interface"


def queues(sw: Config) -> Iterator[str]:
    """Queues, marking, priority groups and pools."""
    voqs = sw.get("defaultVoqConfig", [])
    if len(voqs) > 8 or any(q["scheduling"] != 1000 for q in voqs):
        yield "virtual output queues are scheduled by the silicon, and there are eight"
    for name, found in {**sw.get("portQueueConfigs", {}), "cpu": sw.get("cpuQueues", []), "voq": voqs}.items():
        yield from twice((q["id"] for q in found), f"queue of {name}")
        for queue in found:
            if queue["scheduling"] == 0 and not queue.get("weight"):
                yield f"{name}: queue {queue['id']} is weighted and has no weight"
            for aqm in queue.get("aqms", ()):
                line = aqm["detection"].get("linear")
                if line is None:
                    yield f"{name}: queue {queue['id']} marks and does not say when"
                elif not 0 < line["minimumLength"] <= line["maximumLength"] or not 0 < line["probability"] <= 100:
                    yield f"{name}: queue {queue['id']} marks at {line}"
    pools, used = sw.get("bufferPoolConfigs", {}), set()
    for name, groups in sw.get("portPgConfigs", {}).items():
        yield from twice((g["id"] for g in groups), f"priority group of {name}")
        for group in groups:
            used.add(group["bufferPoolName"])
            if group["bufferPoolName"] not in pools:
                yield f"{name}: pool {group['bufferPoolName']} is nowhere defined"
            if not 0 <= group["id"] <= 7:
                yield f"{name}: priority group {group['id']}"
            if "resumeBytes" in group and "resumeOffsetBytes" in group:
                yield f"{name}: resumes both at and below"
    if len(used) > 1:
        yield f"priority groups of {len(used)} pools; only one is supported"
    for pool, sizes in pools.items():
        if any(size < 0 for size in sizes.values()):
            yield f"pool {pool} is negative"
    qos = [p["qosMap"] for p in sw.get("qosPolicies", ())]
    for each in qos:
        dscps = [d for m in each["dscpMaps"] for d in m["fromDscpToTrafficClass"]]
        yield from twice(dscps, "dscp")
        if sorted(set(dscps)) != list(range(64)):
            yield "not every dscp has a traffic class"
    for port in sw["ports"]:
        pfc = port.get("pfc")
        if pfc is None:
            continue
        groups = sw.get("portPgConfigs", {}).get(pfc["portPgConfigName"])
        if groups is None:
            yield f"{port.get('name')}: priority groups {pfc['portPgConfigName']!r} are nowhere defined"
            continue
        if (pfc.get("tx") or pfc.get("rx")) and any(port.get("pause", {}).values()):
            yield f"{port.get('name')}: both pause and pfc"
        lossless = {g["id"] for g in groups if g.get("headroomLimitBytes")}
        paused = {v for each in qos for v in each.get("pfcPriorityToPgId", {}).values()}
        if lossless != paused:
            yield f"{port.get('name')}: groups {sorted(lossless)} have headroom, {sorted(paused)} are paused"


def chips(sw: Config) -> Iterator[str]:
    """Each port belongs to one piece of silicon, and an interface to a port."""
    infos = sw["switchSettings"]["switchIdToSwitchInfo"]
    ranges = [(i["portIdRange"]["minimum"], i["portIdRange"]["maximum"]) for i in infos.values()]
    for port in sw["ports"]:
        if sum(low <= port["logicalID"] <= high for low, high in ranges) != 1:
            yield f"{port.get('name')}: number {port['logicalID']} is that of no chip, or of two"
    if sw["switchSettings"]["switchType"] != VOQ:
        return
    (info,) = infos.values()
    offsets = (info["localSystemPortOffset"], info["globalSystemPortOffset"])
    own = {p["logicalID"] + offsets[p.get("scope", 0)]: p for p in sw["ports"] if p.get("portType", 0) != FABRIC}
    for interface in sw.get("interfaces", ()):
        port = own.get(interface["intfID"])
        if interface.get("type") != SYSTEM_PORT or port is None or port.get("scope") != interface.get("scope"):
            yield f"interface {interface['intfID']} is on no system port of its scope"
    allowed = [(r["minimum"], r["maximum"]) for r in info["systemPortRanges"]["systemPortRanges"]]
    for number, port in own.items():
        spans = allowed if port.get("scope") else [(0, 184)]
        if not any(low <= number <= high for low, high in spans):
            yield f"{port.get('name')}: system port {number} is outside its ranges"


def nodes(config: Config) -> Iterator[str]:
    """The scheduled fabric: who is in it, with which identifiers and system ports, and who is linked to whom."""
    sw, settings = config["sw"], config["sw"]["switchSettings"]
    members = sw["dsfNodes"]
    stages = 2 if any(n.get("fabricLevel") == 2 for n in members.values()) else 1
    taken = sorted((n["switchId"], n["switchId"] + CORES.get(n["asicType"], 1)) for n in members.values())
    for (_, end), (start, _) in pairwise(taken):
        if start < end:
            yield f"switch identifier {start} is that of two nodes"
    if taken[-1][1] > LAST_SWITCH_ID[stages] + 1:
        yield f"switch identifier {taken[-1][1] - 1} is above {LAST_SWITCH_ID[stages]}"
    blocks, loopbacks, macs = [], [], []
    for key, node in members.items():
        name = node["name"]
        if key != str(node["switchId"]):
            yield f"{name}: key {key}, identifier {node['switchId']}"
        if node["type"] == 1:
            if node.get("fabricLevel") not in (1, 2):
                yield f"{name}: a fabric node of level {node.get('fabricLevel')}"
            continue
        lacking = {"nodeMac", "localSystemPortOffset", "globalSystemPortOffset", "inbandPortId", "clusterId"} - {*node}
        spans = node.get("systemPortRanges", {}).get("systemPortRanges", [])
        if lacking or not spans:
            yield f"{name}: an interface node without {sorted(lacking) or 'system ports'}"
            continue
        blocks += [(r["minimum"], r["maximum"], name) for r in spans]
        inband = node["inbandPortId"] + node["globalSystemPortOffset"]
        if not any(r["minimum"] <= inband <= r["maximum"] for r in spans):
            yield f"{name}: its inband system port {inband} is outside its ranges"
        loopbacks += [str(ip_interface(a).ip) for a in node["loopbackIps"]]
        macs.append(node["nodeMac"])
        if not re.fullmatch(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", node["nodeMac"]) or int(node["nodeMac"][:2], 16) & 1:
            yield f"{name}: {node['nodeMac']} is no address of one machine"
        if not node["loopbackIps"]:
            yield f"{name} has no loopback"
    blocks.sort()
    for (_, end, one), (start, _, other) in pairwise(blocks):
        if start <= end:
            yield f"system port {start} is that of {one} and {other}"
    if blocks and blocks[0][0] < 185:
        yield f"system port {blocks[0][0]} is one of the local ones"
    if blocks and blocks[-1][1] > LAST_SYSTEM_PORT[stages] + (2 if stages == 2 else 0):
        yield f"system port {blocks[-1][1]} is above {LAST_SYSTEM_PORT[stages]}"
    yield from twice(loopbacks, "loopback")
    yield from twice(macs, "MAC address")
    yield from _local(sw, settings, members)
    yield from _neighbours(sw, members)


def _local(sw: Config, settings: Config, members: Config) -> Iterator[str]:
    """What a switch says of itself is what the others are told."""
    infos = settings["switchIdToSwitchInfo"]
    if str(settings.get("switchId")) != min(infos, key=int):
        yield f"switchId {settings.get('switchId')} is not its first chip's"
    for key, info in infos.items():
        node = members.get(key)
        if node is None:
            yield f"its own identifier {key} is not among the nodes"
            continue
        if node["name"] != sw.get("hostname"):
            yield f"it is {sw.get('hostname')}, and node {key} is {node['name']}"
        pairs = {"switchMac": "nodeMac"} if node["type"] == 2 else {}
        same = ("localSystemPortOffset", "globalSystemPortOffset", "systemPortRanges", "inbandPortId", "asicType")
        for mine, theirs in {**dict.fromkeys(same), **pairs}.items():
            if info.get(mine) != node.get(theirs or mine):
                yield f"{mine} of chip {key} is not what the nodes are told"
    if node := members.get(str(settings.get("switchId"))):
        lengths = {a for a in node["loopbackIps"]}
        here = {a for i in sw.get("interfaces", ()) for a in i["ipAddresses"]}
        if not lengths <= here:
            yield f"its loopbacks {sorted(lengths - here)} are on no interface"


def _neighbours(sw: Config, members: Config) -> Iterator[str]:
    platforms = {n["name"]: n["platformType"] for n in members.values()}
    lanes = {28: set(mappings()["rdsw"]["ports"]), 30: set(mappings()["meru800bfa"]["ports"])}
    expected = []
    for port in sw["ports"]:
        ends = port.get("expectedNeighborReachability", [])
        if ends and port.get("portType") != FABRIC:
            yield f"{port.get('name')}: only fabric ports have such neighbours"
        if len(ends) > 1:
            yield f"{port.get('name')} has {len(ends)} neighbours"
        if port.get("portType") == FABRIC and (port.get("state") == ENABLED) != bool(ends):
            yield f"{port.get('name')}: enabled without a neighbour, or the other way round"
        for end in ends:
            if end["remoteSystem"] not in platforms:
                yield f"{port.get('name')}: neighbour {end['remoteSystem']} is no node"
            elif end["remotePort"] not in lanes.get(platforms[end["remoteSystem"]], ()):
                yield f"{port.get('name')}: {end['remoteSystem']} has no port {end['remotePort']}"
            expected.append((end["remoteSystem"], end["remotePort"]))
    yield from twice(expected, "neighbour")


def bgp_broken(config: Config) -> Iterator[str]:
    """The same of a configuration of BGP."""
    groups = {g["name"]: g for g in config.get("peer_groups", ())}
    ip_address(config["router_id"])
    if not 0 < config.get("local_as_4_byte", 0) < 2**32:
        yield f"AS {config.get('local_as_4_byte')}"
    yield from twice((p["peer_addr"] for p in config["peers"]), "peer")
    for peer in config["peers"]:
        own, other = ip_address(peer["local_addr"]), ip_address(peer["peer_addr"])
        if own.version != other.version or abs(int(own) - int(other)) != 1:
            yield f"{own} and {other} are not the two ends of a link"
        carried = {
            v
            for v in (4, 6)
            if not any(x.get(f"disable_ipv{v}_afi") for x in (peer, groups.get(peer.get("peer_group_name"), {})))
        }
        if carried != {own.version}:
            yield f"peer {other} carries families {sorted(carried)}"
        if not 0 < peer.get("remote_as_4_byte", 0) < 2**32 or peer["remote_as_4_byte"] == config["local_as_4_byte"]:
            yield f"peer {other} has AS {peer.get('remote_as_4_byte')}"
        if peer.get("peer_group_name") not in groups:
            yield f"peer {other} is in group {peer.get('peer_group_name')}, which is nowhere defined"
    for family in ("networks4", "networks6"):
        yield from twice((n["prefix"] for n in config[family]), "network")
        for network in config[family]:
            if ip_network(network["prefix"]).version != int(family[-1]):
                yield f"{network['prefix']} is of the other family"
