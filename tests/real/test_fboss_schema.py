"""FBOSS's configurations against its thrift definitions and platform mappings, as `fboss_schema` writes them down.

Every configuration of Meta's fabric in its published sizes, and of a routed fabric of Minipack3, is judged; then one
fault after the other is planted, to show that the judge sees it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from real.fboss_rules import bgp_broken, broken
from real.fboss_schema import bgp_faults, faults
from support import rendered

from rackwright.backends.fboss import Fboss
from rackwright.compiler.backend import Artifact, Request
from rackwright.compiler.pipeline import Compilation, compile_spec

Compiled = Callable[..., Compilation]
Config = dict[str, Any]

R128 = {"stages": "1", "zones": "1", "edge_nodes": "16"}
R192 = {"stages": "1", "zones": "1", "rack_nodes": "192", "edge_nodes": "32"}
SMALL_1 = {"stages": "1", "zones": "1", "rack_nodes": "4", "edge_nodes": "2"}
SMALL_2 = {"zones": "2", "rack_nodes": "4", "edge_nodes": "2"}
MINIPACK = Path(__file__).parents[1] / "unit" / "minipack3.rack"


def judged(path: str, config: Config) -> list[str]:
    """What is wrong with a configuration; rules look only at what has the right types."""
    if path.endswith("bgp.conf"):
        return bgp_faults(config) or list(bgp_broken(config))
    return faults(config) or broken(config)


def render(result: Compilation, every: int = 1) -> Iterator[Artifact]:
    """The configurations, or of every so many devices one."""
    assert result.design is not None and result.plant is not None, result.diagnostics
    yield from Fboss().render(result.design, result.plant, Request(shards=every))


@pytest.mark.real
@pytest.mark.parametrize(
    ("settings", "every", "files"),
    [(R128, 1, 184), (R192, 1, 264), (SMALL_2, 1, 258), ({}, 11, 89)],
    ids=["R128F40E16", "R192F40E32", "two stages, small", "two stages, every eleventh switch"],
)
def test_scheduled_fabric(compiled: Compiled, settings: dict[str, str], every: int, files: int) -> None:
    wrong, count = [], 0
    for artifact in render(compiled("dsf_18k", **settings), every):
        count += 1
        wrong += [f"{artifact.path}: {fault}" for fault in judged(artifact.path, json.loads(artifact.data))]
    assert not wrong[:10]
    assert count == files


@pytest.mark.real
def test_scheduled_fabric_with_classes(spec: Callable[..., Compilation], root: Path) -> None:
    text = (root / "specs" / "dsf_18k.rack").read_text()
    asked = text.replace("mtu     = 9000 B", "mtu = 9000 B\n roce { ecn = 1 MB .. 2 MB at 5 % }")
    assert asked != text
    files = {a.path: json.loads(a.data) for a in render(spec(asked, SMALL_1))}
    assert not [f"{path}: {fault}" for path, config in files.items() for fault in judged(path, config)]


@pytest.mark.real
def test_routed_fabric() -> None:
    files = {a.path: json.loads(a.data) for a in render(compile_spec(str(MINIPACK), {}))}
    assert len(files) == 12
    assert not [f"{path}: {fault}" for path, config in files.items() for fault in judged(path, config)]


Plant = Callable[[Config], object]


def _port(sw: Config, kind: int = 0, state: int = 2) -> Config:
    return next(p for p in sw["ports"] if p["portType"] == kind and p["state"] == state)


def _node(sw: Config, kind: int) -> Config:
    return next(n for n in sw["dsfNodes"].values() if n["type"] == kind)


def _move(items: list[Config]) -> None:
    items[1]["logicalID"] = items[0]["logicalID"]


ROUTED: dict[str, Plant] = {
    "unknown field": lambda c: _port(c["sw"]).update(colour="blue"),
    "field that is lacking": lambda c: _port(c["sw"]).pop("parserType"),
    "number as a string": lambda c: _port(c["sw"]).update(speed="400000"),
    "bool as a number": lambda c: _port(c["sw"]).update(routable=1),
    "port speed of no enum": lambda c: _port(c["sw"]).update(speed=300000),
    "profile of no enum": lambda c: _port(c["sw"]).update(profileID=66),
    "profile that the platform has not": lambda c: _port(c["sw"]).update(profileID=26),
    "profile of another speed": lambda c: _port(c["sw"]).update(profileID=39),
    "port of another number": lambda c: _port(c["sw"]).update(logicalID=500),
    "port of another name": lambda c: _port(c["sw"]).update(name="eth1/66/1"),
    "port that is there twice": lambda c: _move(c["sw"]["ports"]),
    "whole cage over its halves": lambda c: _port(c["sw"]).update(profileID=39, speed=800000),
    "fabric port on a routed switch": lambda c: _port(c["sw"]).update(portType=1),
    "does not fit 16 bits": lambda c: c["sw"]["sFlowCollectors"][0].update(port=40000),
    "negative port": lambda c: c["sw"]["sFlowCollectors"][0].update(port=-1),
    "union of two members": lambda c: c["platform"]["chip"].update(bcm=True, asic=True),
    "map key that is no number": lambda c: _port(c["sw"])["expectedLLDPValues"].update(name="x"),
    "LLDP tag of no enum": lambda c: _port(c["sw"])["expectedLLDPValues"].update({"9": "x"}),
    "interface of a vlan that is not there": lambda c: c["sw"]["interfaces"][0].update(vlanID=3000),
    "vlan without an interface": lambda c: c["sw"]["interfaces"].pop(0),
    "two interfaces in a vlan": lambda c: c["sw"]["interfaces"].append(
        c["sw"]["interfaces"][0] | {"intfID": 9, "ipAddresses": []}
    ),
    "no default vlan": lambda c: c["sw"].update(defaultVlan=4000),
    "vlan that is there twice": lambda c: c["sw"]["vlans"].append(c["sw"]["vlans"][0]),
    "vlan of a port that is not there": lambda c: c["sw"]["vlanPorts"][0].update(logicalPort=8),
    "address that is there twice": lambda c: c["sw"]["interfaces"][0].update(
        ipAddresses=c["sw"]["interfaces"][1]["ipAddresses"]
    ),
    "address without a length": lambda c: c["sw"]["interfaces"][0].update(ipAddresses=["10.9.9.9"]),
    "no address": lambda c: c["sw"]["interfaces"][0].update(ipAddresses=["10.9.9.999/31"]),
    "queues that are not defined": lambda c: _port(c["sw"]).update(portQueueConfigName="others"),
    "groups that are not defined": lambda c: _port(c["sw"])["pfc"].update(portPgConfigName="others"),
    "pool that is not defined": lambda c: c["sw"]["bufferPoolConfigs"].clear(),
    "pause beside pfc": lambda c: _port(c["sw"]).update(pause={"rx": True, "tx": True}),
    "paused class without headroom": lambda c: [
        g.update(headroomLimitBytes=0) for groups in c["sw"]["portPgConfigs"].values() for g in groups
    ],
    "resumes twice over": lambda c: next(iter(c["sw"]["portPgConfigs"].values()))[1].update(resumeBytes=1),
    "dscp in two classes": lambda c: c["sw"]["qosPolicies"][0]["qosMap"]["dscpMaps"][0][
        "fromDscpToTrafficClass"
    ].append(26),
    "dscp in no class": lambda c: c["sw"]["qosPolicies"][0]["qosMap"]["dscpMaps"][0]["fromDscpToTrafficClass"].pop(),
    "policy that is not defined": lambda c: c["sw"]["dataPlaneTrafficPolicy"].update(defaultQosPolicy="others"),
    "marks from more to less": lambda c: next(q for q in c["sw"]["portQueueConfigs"]["classes"] if "aqms" in q)["aqms"][
        0
    ]["detection"]["linear"].update(minimumLength=9_000_000),
    "weighted queue without a weight": lambda c: next(
        q for q in c["sw"]["portQueueConfigs"]["classes"] if q["scheduling"] == 0
    ).pop("weight"),
    "hash of a field that is not defined": lambda c: c["sw"].update(
        udfConfig={"udfGroups": {}, "udfPacketMatcher": {}}
    ),
    "packets that are not defined": lambda c: c["sw"]["udfConfig"]["udfPacketMatcher"].clear(),
    "CPU queue that is not there": lambda c: c["sw"]["cpuQueues"].pop(),
    "action on packets that are not defined": lambda c: c["sw"]["dataPlaneTrafficPolicy"]["matchToAction"].append(
        {"matcher": "others", "action": {}}
    ),
}


RACK: dict[str, Plant] = {
    "port map of another place": lambda c: c["defaultCommandLineArgs"].clear(),
    "port of no chip": lambda c: c["sw"]["switchSettings"]["switchIdToSwitchInfo"]["0"]["portIdRange"].update(
        maximum=9
    ),
    "interface on no system port": lambda c: c["sw"]["interfaces"][-1].update(intfID=40000),
    "interface of another scope": lambda c: c["sw"]["interfaces"][-1].update(scope=0),
    "another offset than the others are told": lambda c: c["sw"]["switchSettings"]["switchIdToSwitchInfo"]["0"].update(
        globalSystemPortOffset=500
    ),
    "another MAC address than the others are told": lambda c: c["sw"]["switchSettings"]["switchIdToSwitchInfo"][
        "0"
    ].update(switchMac="02:00:00:00:00:99"),
    "group address as MAC": lambda c: _node(c["sw"], 2).update(nodeMac="03:00:00:00:00:01"),
    "ranges that overlap": lambda c: _node(c["sw"], 2)["systemPortRanges"]["systemPortRanges"][0].update(maximum=400),
    "range over local ports": lambda c: _node(c["sw"], 2)["systemPortRanges"]["systemPortRanges"][0].update(
        minimum=100
    ),
    "range without an end": lambda c: _node(c["sw"], 2)["systemPortRanges"]["systemPortRanges"][0].pop("maximum"),
    "inband port outside its range": lambda c: _node(c["sw"], 2).update(inbandPortId=9000),
    "interface node without offset": lambda c: _node(c["sw"], 2).pop("localSystemPortOffset"),
    "two nodes of one identifier": lambda c: c["sw"]["dsfNodes"].update({"2": {**_node(c["sw"], 1), "switchId": 2}}),
    "key that is not the identifier": lambda c: c["sw"]["dsfNodes"].update({"7000": _node(c["sw"], 1)}),
    "identifiers that run out": lambda c: c["sw"]["dsfNodes"].update({"3999": {**_node(c["sw"], 1), "switchId": 3999}}),
    "two nodes of one loopback": lambda c: c["sw"]["dsfNodes"]["4"].update(
        loopbackIps=c["sw"]["dsfNodes"]["0"]["loopbackIps"]
    ),
    "fabric node of no level": lambda c: _node(c["sw"], 1).pop("fabricLevel"),
    "platform of no enum": lambda c: _node(c["sw"], 1).update(platformType=99),
    "itself not among the nodes": lambda c: c["sw"]["dsfNodes"].pop("0"),
    "another name than the others are told": lambda c: c["sw"].update(hostname="somebody"),
    "loopback on no interface": lambda c: [i.update(ipAddresses=[]) for i in c["sw"]["interfaces"]],
    "neighbour that is no node": lambda c: _port(c["sw"], 1)["expectedNeighborReachability"][0].update(
        remoteSystem="nobody"
    ),
    "neighbour without such a port": lambda c: _port(c["sw"], 1)["expectedNeighborReachability"][0].update(
        remotePort="fab1/129/1"
    ),
    "two neighbours of a port": lambda c: _port(c["sw"], 1)["expectedNeighborReachability"].append(
        {"remoteSystem": "fdsw001.z1", "remotePort": "fab1/128/1"}
    ),
    "two ports with one neighbour": lambda c: [
        p.update(expectedNeighborReachability=_port(c["sw"], 1)["expectedNeighborReachability"])
        for p in c["sw"]["ports"]
        if p["portType"] == 1
    ],
    "enabled without a neighbour": lambda c: _port(c["sw"], 1).update(expectedNeighborReachability=[]),
    "neighbour of a port for packets": lambda c: _port(c["sw"], 0).update(
        expectedNeighborReachability=[{"remoteSystem": "fdsw001.z1", "remotePort": "fab1/1/1"}]
    ),
    "recycle port of local scope": lambda c: _port(c["sw"], 3).update(scope=1 - _port(c["sw"], 3)["scope"]),
}

PEERS: dict[str, Plant] = {
    "peer without an address": lambda c: c["peers"][0].pop("peer_addr"),
    "two ends of no link": lambda c: c["peers"][0].update(peer_addr="10.3.0.0"),
    "peer that is there twice": lambda c: c["peers"].append(c["peers"][0]),
    "own AS number": lambda c: c["peers"][0].update(remote_as_4_byte=c["local_as_4_byte"]),
    "AS number as a string": lambda c: c.update(local_as_4_byte="4200000000"),
    "group that is not defined": lambda c: c["peer_groups"].clear(),
    "prefix of the other family": lambda c: c["networks6"].append({"prefix": "10.9.0.0/24"}),
    "unknown field": lambda c: c["peers"][0].update(bfd=True),
    "does not fit 32 bits": lambda c: c.update(hold_time=2**31),
}


@pytest.fixture(scope="module")
def routed() -> dict[str, Config]:
    return {a.path: json.loads(a.data) for a in rendered(compile_spec(str(MINIPACK), {}), "fboss")}


@pytest.fixture(scope="module")
def rack(compiled: Compiled) -> Config:
    files = rendered(compiled("dsf_18k", **SMALL_1), "fboss")
    return dict(json.loads(next(a.data for a in files if "/rdsw001.z1/" in a.path)))


def seen(path: str, config: Config, plant: Plant) -> list[str]:
    """What the judge says after a fault was planted in a sound configuration."""
    assert not judged(path, config)
    mine = copy.deepcopy(config)
    plant(mine)
    return judged(path, mine)


@pytest.mark.parametrize("fault", ROUTED)
def test_fault_in_a_routed_switch_is_seen(routed: dict[str, Config], fault: str) -> None:
    assert seen("agent.conf", routed["configs/fboss/leaf0/agent.conf"], ROUTED[fault])


@pytest.mark.parametrize("fault", RACK)
def test_fault_in_a_node_is_seen(rack: Config, fault: str) -> None:
    assert seen("agent.conf", rack, RACK[fault])


@pytest.mark.parametrize("fault", PEERS)
def test_fault_in_bgp_is_seen(routed: dict[str, Config], fault: str) -> None:
    assert seen("bgp.conf", routed["configs/fboss/leaf0/bgp.conf"], PEERS[fault])
