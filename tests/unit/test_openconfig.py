"""OpenConfig files: RFC 7951's rules by a written schema, and what the models do not see."""

from __future__ import annotations

import ipaddress
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from unit.fabrics import CLOS, SPECS, built, edited, rendered
from unit.openconfig_cases import CASES, OWN, made
from unit.openconfig_schema import faults

from rackwright.backends._kit.device_model import SwitchModel
from rackwright.backends._kit.fleet import fleet, models
from rackwright.backends._kit.ports import Port
from rackwright.backends.openconfig import OpenConfig
from rackwright.backends.openconfig.interfaces import fec
from rackwright.backends.openconfig.names import names
from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.plant import Plant

Config = dict[str, Any]

INTERFACES = "openconfig-interfaces:interfaces"
INSTANCES = "openconfig-network-instance:network-instances"
POLICY = "openconfig-routing-policy:routing-policy"
QOS = "openconfig-qos:qos"
SYSTEM = "openconfig-system:system"


def configs(design: Design, plant: Plant) -> dict[str, Config]:
    """Every file by its device."""
    files = rendered(OpenConfig(), design, plant)
    assert all(path.endswith("/config.json") for path in files)
    return {path.split("/")[2]: json.loads(text) for path, text in files.items()}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Design, Plant]:
    return made(tmp_path_factory.mktemp("full"), "full")


@pytest.fixture(scope="module")
def fabric(full: tuple[Design, Plant]) -> dict[str, Config]:
    return configs(*full)


@pytest.fixture(scope="module")
def leaf(fabric: dict[str, Config]) -> Config:
    return fabric["pod0-leaf0"]


def port(config: Config, name: str) -> Any:
    return next(i for i in config[INTERFACES]["interface"] if i["name"] == name)


def addresses(interface: Any) -> list[str]:
    """The addresses of an interface with their lengths."""
    (sub,) = interface.get("subinterfaces", {}).get("subinterface", [{}])
    return [
        f"{one['ip']}/{one['config']['prefix-length']}"
        for family in ("openconfig-if-ip:ipv4", "openconfig-if-ip:ipv6")
        for one in sub.get(family, {}).get("addresses", {}).get("address", [])
    ]


def bgp(config: Config) -> Any:
    protocols = config[INSTANCES]["network-instance"][0]["protocols"]["protocol"]
    return next(p["bgp"] for p in protocols if "bgp" in p)


def accepted(config: Config, policy: str) -> list[str]:
    """The prefix sets that a policy lets through."""
    found = next(p for p in config[POLICY]["policy-definitions"]["policy-definition"] if p["name"] == policy)
    statements = found["statements"]["statement"]
    assert all(s["actions"]["config"]["policy-result"] == "ACCEPT_ROUTE" for s in statements)
    return [s["conditions"]["match-prefix-set"]["config"]["prefix-set"] for s in statements]


# --- RFC 7951 ---


@pytest.mark.parametrize("case", CASES)
def test_types_and_references(tmp_path: Path, case: str) -> None:
    found = configs(*made(tmp_path, case))
    assert len(found) == 10
    for name, config in found.items():
        assert faults(config) == [], name


@pytest.mark.parametrize("spec", ["lab_4x2", "lab_3tier", "dual_plane_rail"])
def test_types_and_references_in_shipped_designs(spec: str) -> None:
    for name, config in configs(*built(SPECS / f"{spec}.rack")).items():
        assert faults(config) == [], name


def _profile(config: Config) -> Any:
    return config[QOS]["queue-management-profiles"]["queue-management-profile"][0]["wred"]["uniform"]["config"]


def _ethernet(config: Config) -> Any:
    return port(config, "Ethernet1/1")["openconfig-if-ethernet:ethernet"]["config"]


@pytest.mark.parametrize(
    ("plant_fault", "words"),
    [
        # 64 bits as a number, fewer bits as a string, a boolean as a word, and the other way round.
        (lambda c: _profile(c).update({"min-threshold": 500000}), "is no uint64"),
        (lambda c: _profile(c).update({"enable-ecn": "true"}), "is no boolean"),
        (lambda c: port(c, "Ethernet1/1")["config"].update(mtu="9114"), "is no uint16"),
        (lambda c: port(c, "Ethernet1/1")["config"].update(mtu=True), "is no uint16"),
        (lambda c: port(c, "Ethernet1/1")["config"].update(mtu=65536), "is no uint16"),
        (lambda c: port(c, "Ethernet1/1")["config"].update(description=7), "is no string"),
        (lambda c: bgp(c)["global"]["config"].update({"as": "65000"}), "is no uint32"),
        # Identities without a module, or with another's.
        (lambda c: _ethernet(c).update({"port-speed": "SPEED_800GB"}), "is no id"),
        (lambda c: _ethernet(c).update({"fec-mode": "openconfig-interfaces:FEC_RS544"}), "is no id"),
        # Keys.
        (lambda c: port(c, "Ethernet1/1").update(name="Ethernet9/9"), "key name"),
        (lambda c: port(c, "Ethernet1/1").pop("name"), "key name"),
        (lambda c: c[INTERFACES]["interface"].append(port(c, "Ethernet1/1")), "twice"),
        (lambda c: port(c, "Ethernet1/1")["subinterfaces"]["subinterface"][0].update(index="0"), "key index"),
        # Names of nodes and their modules.
        (lambda c: c.update(interfaces=c.pop(INTERFACES)), "not in the schema"),
        (lambda c: port(c, "Ethernet1/1").update(ethernet={}), "not in the schema"),
        # Leaf-lists and lists.
        (lambda c: c[SYSTEM]["dns"]["config"].update(search="lab.example.net"), "no array"),
        (lambda c: c[SYSTEM]["ntp"]["servers"].update(server={}), "no array"),
        # References.
        (lambda c: bgp(c)["neighbors"]["neighbor"][0]["config"].update({"peer-group": "NONE"}), "nothing is called"),
        (lambda c: c[POLICY]["policy-definitions"]["policy-definition"].pop(), "nothing is called"),
        (lambda c: c[QOS]["queues"]["queue"].pop(), "nothing is called"),
        # Values.
        (lambda c: c[SYSTEM]["config"].update(hostname="a b"), "is no host"),
        (lambda c: bgp(c)["global"]["config"].update({"router-id": "fd00::1"}), "is no ipv4"),
    ],
)
def test_planted_faults_are_seen(leaf: Config, plant_fault: Callable[[Config], object], words: str) -> None:
    config: Config = json.loads(json.dumps(leaf))
    plant_fault(config)
    found = faults(config)
    assert found and any(words in one for one in found), found


# --- interfaces ---


def test_a_whole_cage(leaf: Config) -> None:
    found = port(leaf, "Ethernet2/1")
    config = dict(found["config"])
    assert config.pop("description").startswith("to pod0-spine1 eth0 cable ")
    assert config == {
        "name": "Ethernet2/1",
        "type": "iana-if-type:ethernetCsmacd",
        # 9,100 bytes and the Ethernet header.
        "mtu": 9114,
        "enabled": True,
    }
    assert found["openconfig-if-ethernet:ethernet"]["config"] == {
        "port-speed": "openconfig-if-ethernet:SPEED_800GB",
        "fec-mode": "openconfig-if-ethernet:FEC_RS544_2X_INTERLEAVE_CL172",
    }


def test_a_split_cage(leaf: Config) -> None:
    first, second = port(leaf, "Ethernet7/1"), port(leaf, "Ethernet7/5")
    assert first["config"]["enabled"] is True and second["config"]["enabled"] is False
    assert "subinterfaces" not in second
    assert first["openconfig-if-ethernet:ethernet"]["config"] == {
        "port-speed": "openconfig-if-ethernet:SPEED_400GB",
        "fec-mode": "openconfig-if-ethernet:FEC_RS544_2X_INTERLEAVE",
    }
    cages = {c["name"]: c for c in leaf["openconfig-platform:components"]["component"]}
    assert sorted(cages) == ["Ethernet7-Port", "Ethernet8-Port"]
    (group,) = cages["Ethernet7-Port"]["port"]["openconfig-platform-port:breakout-mode"]["groups"]["group"]
    assert group["config"] == {
        "index": 1,
        "num-breakouts": 2,
        "breakout-speed": "openconfig-if-ethernet:SPEED_400GB",
        "num-physical-channels": 4,
    }


@pytest.mark.parametrize(
    ("gigabits", "code", "word"),
    [
        (10, "none", "FEC_DISABLED"),
        (100, "rs528", "FEC_RS528"),
        (100, "rs544", "FEC_RS544"),
        (200, "rs544", "FEC_RS544_2X_INTERLEAVE"),
        (400, "rs544", "FEC_RS544_2X_INTERLEAVE"),
        (800, "rs544", "FEC_RS544_2X_INTERLEAVE_CL172"),
        (1600, "rs544", ""),
    ],
)
def test_error_correction(gigabits: int, code: Any, word: str) -> None:
    assert fec(Port(0, "", "", "", gigabits * 10**9, 1, (), 1, 0, code)) == word


def test_both_ends_of_every_link_agree(full: tuple[Design, Plant], fabric: dict[str, Config]) -> None:
    """Addresses, speeds, MTU and sessions, from the files alone but for who is cabled to whom."""
    sessions = 0
    for switch in every(full):
        for i in switch.fabric:
            here = port(fabric[switch.name], i.port.name)
            if i.peer not in fabric:
                continue
            there = port(fabric[i.peer], i.peer_interface)
            assert here["openconfig-if-ethernet:ethernet"] == there["openconfig-if-ethernet:ethernet"]
            assert here["config"]["mtu"] == there["config"]["mtu"]
            assert i.peer in here["config"]["description"] and switch.name in there["config"]["description"]
            mine, other = addresses(here), addresses(there)
            assert len(mine) == len(other) == 2
            for one, two in zip(mine, other, strict=True):
                assert one != two and ipaddress.ip_interface(one).network == ipaddress.ip_interface(two).network
            listed = {n["neighbor-address"]: n["config"] for n in bgp(fabric[switch.name])["neighbors"]["neighbor"]}
            for two in other:
                session = listed[two.partition("/")[0]]
                assert session["peer-as"] == bgp(fabric[i.peer])["global"]["config"]["as"]
                assert session["description"] == i.peer
                sessions += 1
    assert sessions == 2 * 2 * (8 + 4)


def every(made: tuple[Design, Plant]) -> list[SwitchModel]:
    return list(models(fleet(*made, Request(named=True), "openconfig"), names))


def test_no_address_is_there_twice(fabric: dict[str, Config]) -> None:
    found = Counter(a for c in fabric.values() for i in c[INTERFACES]["interface"] for a in addresses(i))
    assert max(found.values()) == 1 and sum(a.endswith("/32") for a in found) == 10


def test_an_unnumbered_port_speaks_ipv6(tmp_path: Path) -> None:
    config = configs(*made(tmp_path, "own"))["pod0-leaf0"]
    (sub,) = port(config, "Ethernet1/1")["subinterfaces"]["subinterface"]
    assert sub["openconfig-if-ip:ipv6"]["router-advertisement"]["config"] == {"enable": True, "interval": 10}
    assert "neighbors" not in bgp(config) and "addresses" not in sub["openconfig-if-ip:ipv6"]


# --- routing ---


def test_global(leaf: Config, fabric: dict[str, Config]) -> None:
    found = bgp(leaf)["global"]
    assert found["config"] == {"as": 4200000000, "router-id": "10.0.0.3"}
    assert [f["afi-safi-name"] for f in found["afi-safis"]["afi-safi"]] == [
        "openconfig-bgp-types:IPV4_UNICAST",
        "openconfig-bgp-types:IPV6_UNICAST",
    ]
    # One AS number a tier: equal paths have equal AS paths, and a switch hears its own number once from above.
    multiple = found["afi-safis"]["afi-safi"][0]["use-multiple-paths"]
    assert multiple["ebgp"]["config"] == {"allow-multiple-as": False, "maximum-paths": 2}
    groups = {g["peer-group-name"]: g for g in bgp(fabric["pod0-spine0"])["peer-groups"]["peer-group"]}
    assert sorted(groups) == ["DOWNLINKS", "DOWNLINKS6", "UPLINKS", "UPLINKS6"]
    assert groups["UPLINKS"]["as-path-options"] == {"config": {"allow-own-as": 1}}
    assert groups["DOWNLINKS"]["as-path-options"] == {"config": {"disable-peer-as-filter": True}}
    assert groups["UPLINKS"]["timers"]["config"] == {"hold-time": 9, "keepalive-interval": 3}
    assert groups["UPLINKS"]["enable-bfd"]["config"] == {
        "enabled": True,
        "desired-minimum-tx-interval": 150000,
        "required-minimum-receive": 150000,
        "detection-multiplier": 3,
    }


def test_policies(leaf: Config) -> None:
    assert accepted(leaf, "UPLINKS-IN") == accepted(leaf, "UPLINKS-OUT") == ["LOOPBACKS", "HOSTS"]
    assert accepted(leaf, "UPLINKS-IN6") == ["LOOPBACKS6", "HOSTS6"]
    sets = {s["name"]: s for s in leaf[POLICY]["defined-sets"]["prefix-sets"]["prefix-set"]}
    ranges = {name: s["prefixes"]["prefix"][0]["masklength-range"] for name, s in sets.items()}
    assert ranges["LOOPBACKS"] == "32..32" and ranges["OWN"] == "exact" and ranges["LOOPBACKS6"] == "128..128"
    assert sets["OWN"]["prefixes"]["prefix"][0]["ip-prefix"] == "10.0.0.3/32"


def test_a_leaf_tells_a_summary_and_no_link(leaf: Config) -> None:
    instance = leaf[INSTANCES]["network-instance"][0]
    made = {p["identifier"].partition(":")[2]: p for p in instance["protocols"]["protocol"]}
    blocks = [a["config"] for a in made["LOCAL_AGGREGATE"]["local-aggregates"]["aggregate"]]
    assert [b["discard"] for b in blocks] == [True, True]
    links = [
        ipaddress.ip_interface(a).network
        for i in leaf[INTERFACES]["interface"]
        if "pod0-host" in i["config"].get("description", "")
        for a in addresses(i)
    ]
    nets = [ipaddress.ip_network(b["prefix"]) for b in blocks]
    assert len(links) == 4 and all(any(n.version == link.version and link.subnet_of(n) for n in nets) for link in links)  # type: ignore[arg-type]
    assert accepted(leaf, "CONNECTED") == ["OWN"] and accepted(leaf, "AGGREGATE") == ["HOSTS"]
    fed = [
        (t["src-protocol"].partition(":")[2], t["config"]["import-policy"])
        for t in instance["table-connections"]["table-connection"]
    ]
    assert fed == [
        ("DIRECTLY_CONNECTED", ["CONNECTED"]),
        ("DIRECTLY_CONNECTED", ["CONNECTED6"]),
        ("LOCAL_AGGREGATE", ["AGGREGATE"]),
        ("LOCAL_AGGREGATE", ["AGGREGATE6"]),
    ]


def test_without_summaries_links_are_told(tmp_path: Path) -> None:
    config = configs(*made(tmp_path, "eos numbered"))["pod0-leaf0"]
    assert accepted(config, "CONNECTED") == ["OWN", "LINKS"]
    # A number a switch: equal paths differ, and nobody hears a number of its own.
    first, second = bgp(config)["global"]["afi-safis"]["afi-safi"]
    assert first["use-multiple-paths"] == second["use-multiple-paths"]
    assert first["use-multiple-paths"]["ebgp"]["config"]["allow-multiple-as"] is True
    assert all("as-path-options" not in g for g in bgp(config)["peer-groups"]["peer-group"])
    protocols = config[INSTANCES]["network-instance"][0]["protocols"]["protocol"]
    assert [p["identifier"].partition(":")[2] for p in protocols] == ["BGP", "DIRECTLY_CONNECTED"]


def test_a_default_route_comes_from_above(tmp_path: Path) -> None:
    config = configs(*made(tmp_path, "eos default"))["pod0-spine0"]
    groups = {g["peer-group-name"]: g["afi-safis"]["afi-safi"][0] for g in bgp(config)["peer-groups"]["peer-group"]}
    assert groups["DOWNLINKS"]["ipv4-unicast"]["config"]["send-default-route"] is True
    assert "send-default-route" not in groups["UPLINKS"]["ipv4-unicast"]["config"]
    assert accepted(config, "UPLINKS-IN") == ["LOOPBACKS", "DEFAULT"]
    assert accepted(config, "DOWNLINKS-OUT") == ["LOOPBACKS", "DEFAULT"]
    assert accepted(config, "DOWNLINKS-IN") == ["LOOPBACKS", "HOSTS"]


def test_management_has_a_table_of_its_own(leaf: Config) -> None:
    fabric, management = leaf[INSTANCES]["network-instance"]
    assert management["config"] == {"name": "MGMT", "type": "openconfig-network-instance-types:L3VRF"}
    assert [i["id"] for i in management["interfaces"]["interface"]] == ["Management1"]
    assert "Management1" not in [i["id"] for i in fabric["interfaces"]["interface"]]
    (static,) = management["protocols"]["protocol"]
    (route,) = static["static-routes"]["static"]
    assert route["next-hops"]["next-hop"][0]["config"]["next-hop"] == "172.16.0.1"
    assert addresses(port(leaf, "Management1"))[0].startswith("172.16.0.")
    assert leaf[SYSTEM]["ntp"]["servers"]["server"][0]["config"]["network-instance"] == "MGMT"


# --- classes ---


def test_each_dscp_leads_to_the_queue_of_its_class(full: tuple[Design, Plant], leaf: Config) -> None:
    (model,) = (m for m in every(full) if m.name == "pod0-leaf0")
    assert model.network.qos is not None
    found = leaf[QOS]
    groups = {g["name"]: g["config"]["output-queue"] for g in found["forwarding-groups"]["forwarding-group"]}
    queues = {q["name"]: q["config"]["queue-id"] for q in found["queues"]["queue"]}
    for family, classifier in zip(("ipv4", "ipv6"), found["classifiers"]["classifier"], strict=True):
        to_queue = {
            dscp: queues[groups[term["actions"]["config"]["target-group"]]]
            for term in classifier["terms"]["term"]
            for dscp in term["conditions"][family]["config"]["dscp-set"]
        }
        assert to_queue == {dscp: c.queue for c in model.network.qos.classes for dscp in c.dscps}
        assert len(to_queue) == 64


def test_strict_queues_and_shares(leaf: Config) -> None:
    (policy,) = leaf[QOS]["scheduler-policies"]["scheduler-policy"]
    strict, shared = policy["schedulers"]["scheduler"]
    assert strict["config"] == {"sequence": 0, "priority": "STRICT"}
    assert {i["id"]: i["config"]["weight"] for i in strict["inputs"]["input"]} == {"cnp": "5", "control": "6"}
    weights = {i["id"]: int(i["config"]["weight"]) for i in shared["inputs"]["input"]}
    assert sorted(weights) == ["default", "roce", "storage"] and sum(weights.values()) == 100
    linked = [i["interface-id"] for i in leaf[QOS]["interfaces"]["interface"]]
    assert linked == ["Ethernet1/1", "Ethernet2/1", "Ethernet7/1", "Ethernet8/1"]


def test_marking(leaf: Config) -> None:
    profiles = {
        p["name"]: p["wred"]["uniform"]["config"]
        for p in leaf[QOS]["queue-management-profiles"]["queue-management-profile"]
    }
    assert profiles["roce"] == {
        "min-threshold": "1000000",
        "max-threshold": "2000000",
        "enable-ecn": True,
        "drop": False,
        "max-drop-probability-percent": 5,
    }
    assert sorted(profiles) == ["roce", "storage"]


# --- services ---


def test_no_secret_is_written(leaf: Config) -> None:
    users = [u["config"] for u in leaf[SYSTEM]["aaa"]["authentication"]["users"]["user"]]
    assert [u["username"] for u in users] == ["backup", "netops"]
    assert all(u["password-hashed"] == f"%secret:{u['username']}%" for u in users)


def test_services(leaf: Config) -> None:
    (server,) = leaf[SYSTEM]["openconfig-system-grpc:grpc-servers"]["grpc-server"]
    assert server["config"]["port"] == 50051 and server["config"]["transport-security"] is True
    sflow = leaf["openconfig-sampling:sampling"]["openconfig-sampling-sflow:sflow"]
    assert sflow["config"] == {"enabled": True, "agent-id-ipv4": "10.0.0.3", "polling-interval": 20}
    assert [c["address"] for c in sflow["collectors"]["collector"]] == ["192.0.2.6"]
    assert {i["config"]["ingress-sampling-rate"] for i in sflow["interfaces"]["interface"]} == {4096}
    assert [i["name"] for i in leaf["openconfig-lldp:lldp"]["interfaces"]["interface"]] == [
        "Ethernet1/1",
        "Ethernet2/1",
        "Ethernet7/1",
        "Ethernet8/1",
    ]


# --- what is refused and told ---


def said(folder: Path, *edits: tuple[str, str]) -> list[str]:
    return [d.code for d in OpenConfig().accepts(*edited(folder, *edits), Request(named=True))]


def test_told(tmp_path: Path) -> None:
    assert said(tmp_path, *OWN) == ["RW8050", "RW8052"]


def test_everything_told(full: tuple[Design, Plant]) -> None:
    found = list(OpenConfig().accepts(*full, Request()))
    assert [d.code for d in found] == ["RW8052", "RW8053"]
    assert "dynamic" in found[1].detail


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (('openconfig = "Ethernet{eth + 1}/1"', 'linux = "p{eth}"'), "RW8001"),
        (('openconfig = "Ethernet{eth + 1}/{4*lane + 1}", ', ""), "RW8001"),
        (('openconfig = "Ethernet{eth + 1}/1"', 'openconfig = "Ethernet"'), "RW8002"),
        (("mtu     = 9100 B", "mtu     = 65522 B"), "RW8004"),
        (("core[2]     : test_switch", 'core[2]     : test_switch { name = "core{core}-" }'), "RW8003"),
        (('component = "Ethernet{eth + 1}-Port" }\n        lane', "}\n        lane"), "RW8054"),
        (('names { openconfig = "Management1" }', ""), "RW8054"),
    ],
)
def test_refused(tmp_path: Path, edit: tuple[str, str], code: str) -> None:
    found = list(OpenConfig().accepts(*edited(tmp_path, *OWN, edit), Request(named=True)))
    (one,) = (d for d in found if d.code not in ("RW8050", "RW8052"))
    assert one.code == code and one.at is not None and one.help


def test_names_of_the_switch_s_own_system(tmp_path: Path) -> None:
    """A stand-in takes the names that each switch's own gNMI has."""
    files = configs(*built(CLOS))
    assert [i["name"] for i in files["core0"][INTERFACES]["interface"]][-2:] == ["Loopback0", "Management1"]
    lab = configs(*built(SPECS / "lab_4x2.rack"))
    assert [i["name"] for i in lab["net-spine0"][INTERFACES]["interface"]][:2] == ["swp1", "swp2"]
