"""FBOSS's files against the plant: every lane, address, peer and system port is that of the cabling.

Their types and the agent's own conditions are judged in tests/real/test_fboss_schema.py.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import accepted, backends, rendered

from rackwright.backends.fboss.nodes import Nodes
from rackwright.compiler.backend import Request
from rackwright.compiler.names import cable_ids
from rackwright.compiler.network.dsf import plan
from rackwright.compiler.pipeline import Compilation, compile_spec

Compiled = Callable[..., Compilation]
Config = dict[str, Any]

R192 = {"stages": "1", "zones": "1", "rack_nodes": "192", "edge_nodes": "32"}
SMALL_1 = {"stages": "1", "zones": "1", "rack_nodes": "4", "edge_nodes": "2"}
SMALL_2 = {"zones": "2", "rack_nodes": "4", "edge_nodes": "2"}
HERE = Path(__file__).parent


def configs(result: Compilation, file: str = "agent.conf") -> dict[str, Config]:
    """Configurations by device."""
    files = rendered(result, "fboss")
    return {a.path.split("/")[2]: json.loads(a.data) for a in files if a.path.endswith(file)}


@pytest.fixture(scope="module")
def small_1(compiled: Compiled) -> dict[str, Config]:
    """A small fabric of one stage."""
    return configs(compiled("dsf_18k", **SMALL_1))


@pytest.fixture(scope="module")
def small_2(compiled: Compiled) -> dict[str, Config]:
    """A small fabric of two stages."""
    return configs(compiled("dsf_18k", **SMALL_2))


@pytest.fixture(scope="module")
def routed() -> Compilation:
    return compile_spec(str(HERE / "minipack3.rack"), {})


@pytest.mark.parametrize("stages", [SMALL_1, SMALL_2], ids=["one stage", "two stages"])
def test_every_lane_has_two_ends_that_agree(
    compiled: Compiled, stages: dict[str, str], small_1: dict[str, Config], small_2: dict[str, Config]
) -> None:
    result = compiled("dsf_18k", **stages)
    files = small_1 if stages is SMALL_1 else small_2
    ends: dict[tuple[str, str], tuple[str, str]] = {}
    cables: dict[str, set[str]] = {}
    for device, config in files.items():
        for port in config["sw"]["ports"]:
            for end in port.get("expectedNeighborReachability", ()):
                ends[device, port["name"]] = end["remoteSystem"], end["remotePort"]
                cables.setdefault(port["description"].rpartition(" ")[2], set()).add(device)
    assert all(ends[far] == near for near, far in ends.items())
    # Lane n of a half cage to lane n of a half cage.
    assert all((int(n.rpartition("/")[2]) - int(f.rpartition("/")[2])) % 4 == 0 for (_, n), (_, f) in ends.items())
    assert result.design is not None and result.plant is not None
    (fabric,), _ = plan(result.design, result.plant)
    plant = result.plant.at_capacity
    assert len(ends) == 2 * 4 * int(fabric.cells.sum())
    ids = cable_ids(plant).to_list()
    names = plant.devices.names
    true = {
        ids[n]: {names[int(plant.links.a_device[n])], names[int(plant.links.z_device[n])]}
        for n in fabric.cells.nonzero()[0].tolist()
    }
    assert cables == true


def test_system_ports_of_one_stage(compiled: Compiled) -> None:
    """As SaiPlatform.cpp lists them: 185 recycle, 186 management, 187 to 222 hosts; edge nodes from 7481 on."""
    result = compiled("dsf_18k", **R192)
    made = backends()["fboss"].render(result.design, result.plant, Request())  # type: ignore[arg-type]
    wanted = ("rdsw001.z1", "edsw001")
    files = {n: json.loads(a.data) for a in made for n in wanted if a.path == f"configs/fboss/{n}/agent.conf"}
    nodes = files["rdsw001.z1"]["sw"]["dsfNodes"]
    ranges = {n["name"]: n["systemPortRanges"]["systemPortRanges"] for n in nodes.values() if n["type"] == 2}
    assert ranges["rdsw001.z1"] == [{"minimum": 185, "maximum": 222}]
    assert ranges["edsw001"] == [{"minimum": 7481, "maximum": 7500}]
    assert max(r["maximum"] for spans in ranges.values() for r in spans) == 8120
    rack, edge = files["rdsw001.z1"]["sw"], files["edsw001"]["sw"]
    assert nodes["0"]["globalSystemPortOffset"] == 184
    assert nodes["768"]["globalSystemPortOffset"] == 7480
    assert [i["intfID"] for i in rack["interfaces"]] == [8, 185, *range(187, 223)]
    assert {p["name"]: p["logicalID"] for p in edge["ports"] if p["portType"] != 1}["eth1/39/1"] == 2


def test_system_ports_of_two_stages(compiled: Compiled) -> None:
    """Two blocks a node, 28 for a rack node and 14 for an edge node; FBOSS's highest port is 32694."""
    result = compiled("dsf_18k")
    assert result.design is not None and result.plant is not None
    (fabric,), _ = plan(result.design, result.plant)
    nodes = Nodes(result.plant.at_capacity, fabric)
    last = int(fabric.interface[-1])
    assert nodes.overflow == 0
    assert nodes.ranges(int(fabric.interface[0])) == {
        "systemPortRanges": [{"minimum": 185, "maximum": 212}, {"minimum": 16569, "maximum": 16596}]
    }
    # The highest logical number of an edge node is 16396: the twelfth of its second block.
    assert nodes.ranges(last)["systemPortRanges"][1]["minimum"] + 12 - 1 == 32694


def test_numbers_of_two_stages_are_told_to_all(small_2: dict[str, Config]) -> None:
    files = small_2
    told = {json.dumps(config["sw"]["dsfNodes"]) for config in files.values()}
    assert len(told) == 1
    nodes = files["sdsw001"]["sw"]["dsfNodes"]
    kinds = Counter((n["type"], n.get("fabricLevel"), n.get("clusterId")) for n in nodes.values())
    # Two identifiers for each fabric node, which has two chips; the edge is cluster 200 and up.
    assert kinds == {(2, None, 0): 4, (2, None, 1): 4, (2, None, 202): 2} | {
        (1, 1, 0): 80,
        (1, 1, 1): 80,
        (1, 1, 202): 80,
        (1, 2, None): 256,
    }
    assert {n["inbandPortId"] for n in nodes.values() if n["type"] == 2} == {16391, 10}


def test_hosts_of_a_rack_node(small_1: dict[str, Config]) -> None:
    """Each host port has its two addresses, and the neighbour that the plant says."""
    sw = small_1["rdsw001.z1"]["sw"]
    ports = {p["name"]: p for p in sw["ports"] if p["portType"] == 0}
    assert len(ports) == 36 and {p["state"] for p in ports.values()} == {2}
    # Server 0 has its first four adapters on the first rack node of the cell, at the first four halves of cages.
    for number, name in enumerate(("eth1/11/1", "eth1/11/5", "eth1/12/1", "eth1/12/5")):
        assert ports[name]["description"].startswith(f"to zone0-cell0-server0 nic{number} cable ")
        assert ports[name]["expectedLLDPValues"] == {"5": "zone0-cell0-server0"}
    found = {i["name"]: i["ipAddresses"] for i in sw["interfaces"]}
    assert found["eth1/11/1"] == ["fd00:0:0:2::/127", "10.64.0.0/31"]
    assert found["eth1/28/5"] == ["fd00:0:0:2::46/127", "10.64.0.70/31"]
    assert found["rcy1/1/441"] == sw["dsfNodes"]["0"]["loopbackIps"] == ["fd00:0:0:1::1/128", "10.0.0.1/32"]


def test_classes_of_a_rack_node(spec: Callable[..., Compilation], root: Path) -> None:
    """One stage: a virtual output queue for each queue, marking there; two queues toward the CPU. Two stages: none."""
    text = (root / "specs" / "dsf_18k.rack").read_text()
    text = text.replace(
        "mtu     = 9000 B", "mtu = 9000 B\n roce { priority = 3, dscp = 26, ecn = 1 MB .. 2 MB at 5 % }"
    )
    result = spec(text, SMALL_1)
    assert [d.code for d in accepted(result, ["fboss"])] == ["RW8005", "RW8033"]
    sw = configs(result)["rdsw001.z1"]["sw"]
    packets, cpu = (policy["qosMap"] for policy in sw["qosPolicies"])
    assert packets["trafficClassToVoqId"] == packets["trafficClassToQueueId"] == {str(n): n for n in range(8)}
    assert cpu["trafficClassToQueueId"] == {str(n): int(n == 7) for n in range(8)}
    assert {q["id"]: bool(q.get("aqms")) for q in sw["defaultVoqConfig"]} == {0: False, 3: True, 6: False}
    assert set(sw["dataPlaneTrafficPolicy"]["portIdToQosPolicy"]) == {"1", *map(str, range(32772, 32777))}
    assert {p.get("portQueueConfigName") for p in sw["ports"] if p["portType"] == 0} == {"classes"}
    other = configs(spec(text, SMALL_2))["rdsw001.z1"]["sw"]
    assert "qosPolicies" not in other


def test_growth_changes_no_file(spec: Callable[[str], Compilation], root: Path) -> None:
    text = (root / "specs" / "dsf_18k.rack").read_text()
    for name, value in (("zones", 2), ("rack_nodes", 4), ("edge_nodes", 2)):
        start = text.index(f"param {name} ")
        line = text[start : text.index("\n", start)]
        text = text.replace(line, f"param {name} = {value}")
    whole = {a.path: a.data for a in rendered(spec(text), "fboss")}
    small = {a.path: a.data for a in rendered(spec(text.replace("zone[zones]", "zone[zones - 1 of zones]")), "fboss")}
    assert 0 < len(small) < len(whole)
    assert all(whole[path] == data for path, data in small.items())


def test_sessions_have_two_ends(routed: Compilation) -> None:
    agents, bgps = configs(routed), configs(routed, "bgp.conf")
    addresses = {
        a.partition("/")[0]: device
        for device, c in agents.items()
        for i in c["sw"]["interfaces"]
        for a in i["ipAddresses"]
    }
    sessions = {
        (p["local_addr"], p["peer_addr"]): (device, c["local_as_4_byte"], p["remote_as_4_byte"])
        for device, c in bgps.items()
        for p in c["peers"]
    }
    # 64 links, two families, two ends.
    assert len(sessions) == 2 * 2 * 64
    for (local, peer), (device, own, other) in sessions.items():
        far, far_own, far_other = sessions[peer, local]
        assert (addresses[local], addresses[peer]) == (device, far)
        assert (own, other) == (far_other, far_own)


def test_ports_agree_over_a_link(routed: Compilation) -> None:
    agents = configs(routed)
    ports = {(d, p["name"]): p for d, c in agents.items() for p in c["sw"]["ports"]}
    linked = 0
    for (device, name), port in ports.items():
        tags = port.get("expectedLLDPValues", {})
        if "2" in tags:
            far = ports[tags["5"], tags["2"]]
            linked += 1
            assert far["expectedLLDPValues"] == {"2": name, "5": device}
            assert all(far[field] == port[field] for field in ("speed", "profileID", "maxFrameSize", "pfc"))
            assert far["description"].rpartition(" ")[2] == port["description"].rpartition(" ")[2]
    assert linked == 2 * 64


def test_classes_of_a_routed_switch(routed: Compilation) -> None:
    sw = configs(routed)["leaf0"]["sw"]
    (policy,) = sw["qosPolicies"]
    maps = policy["qosMap"]
    assert [26] == next(m["fromDscpToTrafficClass"] for m in maps["dscpMaps"] if m["internalTrafficClass"] == 3)
    assert (maps["pfcPriorityToQueueId"], maps["pfcPriorityToPgId"]) == ({"3": 3}, {"3": 3})
    marked = {q["id"]: q["aqms"] for q in sw["portQueueConfigs"]["classes"] if "aqms" in q}
    line = {"minimumLength": 1_000_000, "maximumLength": 2_000_000, "probability": 5}
    assert marked == {3: [{"detection": {"linear": line}, "behavior": 1}]}
    # No floor plan: the longest that is planned for, 300 m, and what the part says for it.
    group = next(g for g in sw["portPgConfigs"]["400g-300m"] if g["id"] == 3)
    assert (group["headroomLimitBytes"], group["resumeOffsetBytes"]) == (839216, 3556)
    assert {p["pfc"]["portPgConfigName"] for p in sw["ports"] if "pfc" in p} == {"400g-300m"}
    assert sum("pfc" in p for p in sw["ports"]) == 16 + 16
    udf = sw["udfConfig"]["udfGroups"]["dstQueuePair"]
    assert (udf["startOffsetInBytes"], udf["fieldSizeInBytes"]) == (8 + 5, 3)
    assert sw["loadBalancers"][0]["fieldSelection"]["udfGroups"] == ["dstQueuePair"]


@pytest.mark.parametrize(("way", "mode", "table"), [("dynamic", 0, 2048), ("spray", 1, 256)])
def test_load_balancing(spec: Callable[[str], Compilation], way: str, mode: int, table: int) -> None:
    text = (HERE / "minipack3.rack").read_text().replace("load_balance = qp", f"load_balance = {way}")
    (sw,) = {json.dumps(c["sw"]["flowletSwitchingConfig"]) for c in configs(spec(text)).values()}
    found = json.loads(sw)
    assert (found["switchingMode"], found["flowletTableSize"]) == (mode, table)
    config = configs(spec(text))["leaf0"]
    assert config["defaultCommandLineArgs"] == {"flowletSwitchingEnable": "true"}
    assert config["sw"]["dataPlaneTrafficPolicy"]["matchToAction"] == [
        {"matcher": "roce", "action": {"flowletAction": 1}}
    ]


def test_a_leaf_without_aggregation_tells_every_link(spec: Callable[[str], Compilation]) -> None:
    text = (HERE / "minipack3.rack").read_text().replace("unnumbered = false", "unnumbered = false, aggregate = false")
    networks = configs(spec(text), "bgp.conf")["leaf0"]["networks4"]
    assert [n["prefix"] for n in networks[:3]] == ["10.0.0.1/32", "10.1.0.0/31", "10.1.0.2/31"]
    assert len(networks) == 1 + 16


def test_refusals(spec: Callable[[str], Compilation]) -> None:
    text = (HERE / "minipack3.rack").read_text()

    def codes(old: str, new: str) -> list[str]:
        assert old in text
        return sorted(d.code for d in accepted(spec(text.replace(old, new)), ["fboss"]))

    assert codes("unnumbered = false", "unnumbered = false") == ["RW8033"]
    assert codes("unnumbered = false", "unnumbered = false, asn_plan = per_tier") == ["RW8030", "RW8033"]
    assert codes("unnumbered = false", "unnumbered = false, downward = default") == ["RW8030", "RW8033"]
    assert codes("unnumbered = false", "unnumbered = false, bfd = true") == ["RW8005", "RW8033"]
    assert codes("management { sflow", 'management { ntp = ["ntp.example.net"]\n    sflow') == ["RW8005", "RW8033"]
    assert codes("mtu        = 9000 B", "mtu        = 9400 B") == ["RW8004", "RW8033"]


@pytest.mark.parametrize("file", ["agent.conf", "bgp.conf"])
def test_golden_of_a_leaf(routed: Compilation, file: str, update: bool) -> None:
    data = next(a.data for a in rendered(routed, "fboss") if a.path == f"configs/fboss/leaf0/{file}")
    path = HERE / "golden_fboss" / f"leaf0.{file}"
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    assert path.read_bytes() == data


REDUCED = {"rdsw001.z1": "rack node", "edsw001": "edge node", "fdsw001.z1": "first level", "sdsw001": "second level"}


@pytest.mark.parametrize("device", REDUCED)
def test_golden_of_each_role(small_2: dict[str, Config], device: str, update: bool) -> None:
    """One configuration of each role, with three ports of each kind and the nodes that these mention."""
    config = copy.deepcopy(small_2[device])
    seen: Counter[tuple[int, int]] = Counter()
    sw = config["sw"]
    kept = []
    for port in sw["ports"]:
        seen[port["portType"], port["state"]] += 1
        if seen[port["portType"], port["state"]] <= 3:
            kept.append(port)
    sw["ports"] = kept
    shown = {device} | {e["remoteSystem"] for p in kept for e in p.get("expectedNeighborReachability", ())}
    sw["dsfNodes"] = {key: node for key, node in sw["dsfNodes"].items() if node["name"] in shown}
    names = {p["name"] for p in kept}
    if "interfaces" in sw:
        sw["interfaces"] = [i for i in sw["interfaces"] if i["name"] in names]
    text = json.dumps(config, indent=1) + "\n"
    path = HERE / "golden_fboss" / f"{device}.json"
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text


def test_shards_are_the_whole(routed: Compilation) -> None:
    whole = {a.path: a.data for a in rendered(routed, "fboss")}
    parts = [rendered(routed, "fboss", Request(shard=n, shards=3)) for n in range(3)]
    assert sum(map(len, parts)) == len(whole)
    assert {a.path: a.data for part in parts for a in part} == whole
