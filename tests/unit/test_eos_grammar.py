"""The reader of EOS configurations sees what it is there to see: one fault planted at a time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from unit.eos_cases import CASES, made
from unit.eos_grammar import faults, faults_between
from unit.fabrics import rendered

from rackwright.backends.eos import Eos

LEAF, SPINE = "pod0-leaf1", "pod0-spine0"

AWAY = ""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, str]]:
    known: dict[str, dict[str, str]] = {}

    def get(name: str) -> dict[str, str]:
        if name not in known:
            rendered_files = rendered(Eos(), *made(tmp_path_factory.mktemp(name), CASES[name]))
            known[name] = {path.split("/")[2]: text for path, text in rendered_files.items()}
        return known[name]

    return get


SHAPES = [
    ("   no switchport\n", "    no switchport\n"),
    ("   no switchport\n", "no switchport\n"),
    ("priority-flow-control on", "priority-flow-controll on"),
    ("priority-flow-control priority 3 no-drop", "priority-flow-control priority 3 nodrop"),
    ("\nend\n", "\n"),
    ("end\n", "end\n!\n"),
    ("!\nspanning-tree mode none\n!\n", "!\nspanning-tree mode none\n"),
    ("   router-id 10.0.0.4\n", AWAY),
    ("router bgp 4200000000\n", "router bgp four\n"),
    ("speed 800g-8", "speed 800g"),
    ("speed 400g-4", "speed 400g-3"),
    ("interface Ethernet1/1\n", "interface Ethernet1/0\n"),
    ("   description to pod0-spine0", "   descriptio to pod0-spine0"),
    ("hostname pod0-leaf1\n", "hostname pod0-leaf1\nenable secret x\n"),
    ("secret sha512 %secret:netops%", "secret sha512 $6$abc"),
    ("   uc-tx-queue 3\n", "   uc-tx-queue three\n"),
    ("      no priority\n      bandwidth percent 42\n", "      bandwidth percent 42\n      no priority\n"),
    ("   address-family ipv4\n", "   address-family ipv4 unicast\n"),
    ("      neighbor UPLINKS activate\n", "   neighbor UPLINKS activate\n"),
    ("ip routing ipv6 interfaces\n", "ip routing ipv6 interface\n"),
    ("maximum-threshold 2000000 bytes", "maximum-threshold 2000000"),
    ("   mtu 9100\n", "   mtu 0x238c\n"),
    ("   neighbor UPLINKS bfd\n", "   neighbor UPLINKS bdf\n"),
    ("      port 50051\n", "   port 50051\n"),
]
"""Lines that are not EOS, or not there; all in the file of a leaf."""

MEANINGS = [
    ("   no switchport\n", AWAY, "Ethernet1/1 is a switched port"),
    ("   mtu 9100\n", "   mtu 9216\n", "MTU of 9216"),
    (
        "      neighbor UPLINKS activate\n      neighbor UPLINKS next",
        "      neighbor UPLINKS next",
        "not activated in ipv4",
    ),
    ("      neighbor UPLINKS next-hop address-family ipv6 originate\n", AWAY, "no next hop over IPv6"),
    ("route-map UPLINKS-OUT out", "route-map UPLINK-OUT out", "route-map UPLINK-OUT is not defined"),
    ("route-map UPLINKS-OUT out", "route-map UPLINKS-IN out", "route-map UPLINKS-OUT is not used"),
    ("   neighbor UPLINKS route-map UPLINKS-OUT out\n", AWAY, "g_map out is missing"),
    ("   neighbor UPLINKS peer group\n", AWAY, "g_new is missing"),
    ("   neighbor UPLINKS bfd\n", "   neighbor UPLINKS bfd\n   neighbor UPLINKS bfd\n", "g_bfd is there 2 times"),
    ("peer-group UPLINKS remote-as", "peer-group UPLINK remote-as", "peer group UPLINK is not defined"),
    ("match ip address prefix-list LOOPBACKS", "match ip address prefix-list LOOPBACK", "prefix_list LOOPBACK is not"),
    ("match ip address prefix-list HOSTS", "match ip address prefix-list HOSTS6", "prefix_list HOSTS6 is not defined"),
    ("match ipv6 address prefix-list HOSTS6", "match ipv6 address prefix-list HOSTS", "prefix_list6 HOSTS is not"),
    ("aggregate-address 10.128.0.32/27", "aggregate-address 10.128.0.33/27", "10.128.0.33/27 is no prefix"),
    ("attribute-map AGGREGATE", "attribute-map AGGREGAT", "route-map AGGREGAT is not defined"),
    ("service-profile LOSSLESS", "service-profile LOSSY", "profile LOSSY is not defined"),
    ("ip address 10.128.0.56/31", "ip address 10.128.0.256/31", "10.128.0.256/31 is no address"),
    ("ip address 10.128.0.56/31", "ip address 10.128.0.60/31", "address 10.128.0.60 is there 2 times"),
    ("ip address 172.16.0.5/24", "ip address 172.16.0.255/24", "172.16.0.255/24 is not the address of a host"),
    ("ipv6 address fd00:0:0:2::38/127", "ipv6 address fd00::0:2::38/127", "is no address"),
    ("seq 10 permit 10.0.0.0/24 eq 32", "seq 10 permit 10.0.0.0/24 eq 23", "has the lengths"),
    ("seq 10 permit 10.0.0.0/24 eq 32", "seq 10 permit 10.0.0.4/24 eq 32", "10.0.0.4/24 is no prefix"),
    ("permit fd00:0:0:2::/64 eq 123", "permit fd00:0:0:2::/64 eq 129", "has the lengths"),
    ("remote-as 4200000001", "remote-as 4294967296", "AS 4294967296 is not from 1"),
    ("remote-as 4200000001", "remote-as 4200000000", "has our own AS"),
    ("router-id 10.0.0.4", "router-id 10.0.0.5", "is not the loopback"),
    ("   ip address 10.0.0.4/32", "   ip address 10.0.0.4/31", "is not the loopback"),
    ("timers 1 9", "timers 9 9", "has timers"),
    ("maximum-paths 2 ecmp 2", "maximum-paths 1 ecmp 2", "maximum-paths 1 ecmp 2"),
    ("ipv6 unicast-routing\n!\n", AWAY, "IPv6 is not routed"),
    ("ip routing ipv6 interfaces\n", "ip routing\n", "IPv6 is not routed"),
    ("   ipv6 enable\n", AWAY, "is no interface with IPv6"),
    ("vrf instance MGMT\n!\n", AWAY, "VRF MGMT is not defined"),
    ("logging vrf MGMT host", "logging vrf MGNT host", "VRF MGNT is not defined"),
    ("!\ninterface Management1\n", "!\ninterface Management0\n", "Management1 is not configured"),
    ("0.0.0.0/0 172.16.0.1", "0.0.0.0/0 172.16.1.1", "is not in the management network"),
    ("ip name-server vrf MGMT 192.0.2.53", "ip name-server vrf MGMT 192.0.2.530", "192.0.2.530 is no address"),
    ("host 192.0.2.14\n", "host 192.0.2.14\nlogging vrf MGMT host 192.0.2.14\n", "log_host 192.0.2.14 is there 2"),
    ("sflow sample dangerous 4096", "sflow sample 4096", "sflow sample 4096"),
    ("192.0.2.6 6343", "192.0.2.6 163430", "port of sflow_collector 163430"),
    ("username backup", "username netops", "user netops is there 2 times"),
    ("hostname pod0-leaf1", "hostname pod0-leaf2", "the title names pod0-leaf1"),
    ("qos map dscp 26 27 to", "qos map dscp 26 28 to", "DSCPs are mapped"),
    ("qos map dscp 26 27 to traffic-class 3", "qos map dscp 26 27 to traffic-class 2", "have the queues"),
    ("traffic-class 3 to uc-tx-queue 3", "traffic-class 3 to uc-tx-queue 2", "priority 3 is without drops"),
    ("priority 3 no-drop", "priority 2 no-drop", "priority 2 is without drops, and its class is in no queue"),
    ("priority 4 no-drop", "priority 3 no-drop", "no-drop priority 3 is there 2 times"),
    ("bandwidth percent 42", "bandwidth percent 43", "the shares of queues"),
    (
        "   uc-tx-queue 0\n      no priority\n      bandwidth percent 42\n",
        "   uc-tx-queue 0\n      priority strict\n",
        "queue 0 is strict below",
    ),
    ("minimum-threshold 1000000 bytes", "minimum-threshold 3000000 bytes", "marking from 3000000"),
    ("max-mark-probability 5 ", "max-mark-probability 500 ", "at 500 %"),
    ("watchdog default timeout 0.26", "watchdog default timeout 0.00", "pause_timeout of 0.00 s"),
    ("polling-interval 0.127", "polling-interval 0.500", "the watchdog looks every 0.5 s"),
    ("interval 150 min-rx 150", "interval 15 min-rx 15", "BFD every 15 ms"),
    ("set community 65000:100", "set community 65000:65536", "half of a community 65536"),
    ("!\nrouter bfd\n", "!\nspanning-tree mode none\n!\nrouter bfd\n", "section spanning is there 2 times"),
    ("!\nspanning-tree mode none\n!\n", "!\n", "section spanning is missing"),
    ("interface Ethernet2/1\n", "interface Ethernet1/1\n", "interface Ethernet1/1 is there 2 times"),
    ("route-map UPLINKS-IN permit 20", "route-map UPLINKS-IN permit 10", "route-map UPLINKS-IN 10 is there 2 times"),
    ("ip prefix-list OWN\n", "ip prefix-list LINKS\n", "prefix_list LINKS is there 2 times"),
    ("neighbor interface Ethernet2/1", "neighbor interface Ethernet1/1", "neighbour Ethernet1/1 is there twice"),
    ("neighbor interface Ethernet2/1", "neighbor interface Ethernet3/1", "neighbour Ethernet3/1 is no interface"),
]
"""Configurations that EOS would load, and that do not do what they are for; all of the leaf with everything."""

NUMBERED = [
    (
        "neighbor 10.64.0.16 peer group DOWNLINKS\n",
        "neighbor 10.64.0.16 peer group DOWNLINKS6\n",
        "not activated in ipv4",
    ),
    ("   neighbor 10.64.0.16 remote-as 4200000002\n", AWAY, "10.64.0.16: AS 0 is not"),
    ("   neighbor 10.64.0.16 peer group DOWNLINKS\n", AWAY, "peer group (none) is not defined"),
    ("   neighbor 10.64.0.16 description pod0-leaf0\n", AWAY, "has no description"),
    ("neighbor 10.64.0.16", "neighbor 10.64.0.18", "neighbour 10.64.0.18 is on no link"),
    ("      neighbor DOWNLINKS6 activate\n", AWAY, "DOWNLINKS6 is not activated in ipv6"),
    ("ip routing\n", "ip routing ipv6\n", "line "),
]
"""The same of a spine whose links have addresses."""

BETWEEN = [
    ("plain", LEAF, "remote-as 4200000010", "remote-as 4200000012", "expects AS 4200000012"),
    ("plain", LEAF, "   mtu 9100\n", "   mtu 9000\n", "differ"),
    (
        "plain",
        LEAF,
        "interface Ethernet1/1\n   description to pod0-spine0 eth1 cable KP03-0002",
        "interface Ethernet1/1\n   description to pod0-spine0 eth1 cable KP03-0009",
        "has no such cable",
    ),
    ("plain", LEAF, "10.0.0.4", "10.0.0.3", "router_id 10.0.0.3 is there 2 times"),
    ("plain", LEAF, "ip address 10.128.0.56/31", "ip address 10.128.0.24/31", "address 10.128.0.24 is there 2 times"),
    (
        "plain",
        SPINE,
        "   neighbor interface Ethernet2/1 peer-group DOWNLINKS remote-as 4200000003\n",
        AWAY,
        "pod0-spine0 has no session back",
    ),
    ("numbered", SPINE, "ip address 10.64.0.17/31", "ip address 10.64.0.16/31", "is not the address of"),
    ("numbered", SPINE, "remote-as 4200000002", "remote-as 4200000003", "expects AS 4200000003"),
]
"""Files that are right one by one."""


@pytest.mark.parametrize(("old", "new"), SHAPES)
def test_lines_that_are_not_eos(files: Callable[[str], dict[str, str]], old: str, new: str) -> None:
    leaf = files("everything")[LEAF]
    assert old in leaf
    (found,) = faults(leaf.replace(old, new, 1))
    assert found.startswith("line ")


@pytest.mark.parametrize(("old", "new", "told"), MEANINGS)
def test_lines_that_do_not_do_it(files: Callable[[str], dict[str, str]], old: str, new: str, told: str) -> None:
    leaf = files("everything")[LEAF]
    assert old in leaf
    found = faults(leaf.replace(old, new, 1))
    assert any(told in one for one in found), found


@pytest.mark.parametrize(("old", "new", "told"), NUMBERED)
def test_sessions_by_address(files: Callable[[str], dict[str, str]], old: str, new: str, told: str) -> None:
    spine = files("numbered")[SPINE]
    assert old in spine
    found = faults(spine.replace(old, new, 1))
    assert any(told in one for one in found), found


def test_a_hidden_port(files: Callable[[str], dict[str, str]]) -> None:
    """A port on later lanes needs the first one's speed: here the first host's cage is left whole."""
    leaf = files("plain")[LEAF]
    used = leaf.index("interface Ethernet7/1\n")
    moved = leaf[:used] + leaf[used:].replace("Ethernet7/1\n", "Ethernet7/x\n", 1).replace(
        "Ethernet7/5\n", "Ethernet7/1\n", 1
    ).replace("Ethernet7/x\n", "Ethernet7/5\n", 1)
    assert faults(moved) == []
    (found,) = faults(moved.replace("   shutdown\n   speed 400g-4\n", "   shutdown\n", 1))
    assert found == "Ethernet7/5 is hidden by Ethernet7/1, whose speed is its default"


@pytest.mark.parametrize(("case", "host", "old", "new", "told"), BETWEEN)
def test_ends_that_differ(
    files: Callable[[str], dict[str, str]], case: str, host: str, old: str, new: str, told: str
) -> None:
    there = files(case)
    assert old in there[host]
    found = faults_between(there | {host: there[host].replace(old, new)})
    assert any(told in one for one in found), found
