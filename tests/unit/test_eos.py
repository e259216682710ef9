"""EOS startup-configs of the Clos in `clos.rack`, and a checker that sees what EOS would refuse or ignore."""

from __future__ import annotations

import re
from ipaddress import IPv4Interface
from pathlib import Path

import pytest
from unit.fabrics import CLOS, SPECS, block, built, edited, rendered, with_network

from rackwright.backends._kit.device_model import PrefixMatch
from rackwright.backends.eos import Eos
from rackwright.backends.eos.backend import match
from rackwright.backends.eos.qos import traffic_classes
from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.plant import Plant
from rackwright.compiler.schema.routing import Ebgp


@pytest.fixture(scope="module")
def clos() -> tuple[Design, Plant]:
    return built(CLOS)


@pytest.fixture(scope="module")
def files(clos: tuple[Design, Plant]) -> dict[str, str]:
    return rendered(Eos(), *clos)


@pytest.fixture(scope="module")
def leaf(files: dict[str, str]) -> str:
    return files["configs/eos/pod0-leaf1/startup-config"]


def test_a_fabric_port(leaf: str) -> None:
    lines = block(leaf, "interface Ethernet1/1")
    assert lines[0].startswith("description to pod0-spine0 eth1 cable ")
    assert lines[1:] == ["mtu 9100", "speed 800g-8", "no switchport", "ipv6 enable", "service-profile LOSSLESS"]


def test_a_host_port_on_half_a_cage(leaf: str) -> None:
    assert block(leaf, "interface Ethernet7/1")[1:] == [
        "mtu 9100",
        "speed 400g-4",
        "no switchport",
        "ip address 10.128.0.56/31",
        "service-profile LOSSLESS",
    ]


def test_an_unused_port_is_shut(leaf: str) -> None:
    assert block(leaf, "interface Ethernet7/5") == ["shutdown"]


def test_bgp(leaf: str) -> None:
    assert block(leaf, "router bgp 4200000003") == [
        "router-id 10.0.0.4",
        "no bgp default ipv4-unicast",
        "maximum-paths 2 ecmp 2",
        "neighbor FABRIC peer group",
        "neighbor FABRIC bfd",
        "neighbor FABRIC route-map FABRIC-IN in",
        "neighbor FABRIC route-map FABRIC-OUT out",
        "aggregate-address 10.128.0.32/27 summary-only",
        "redistribute connected route-map CONNECTED",
        "neighbor interface Ethernet1/1 peer-group FABRIC remote-as 4200000010",
        "neighbor interface Ethernet2/1 peer-group FABRIC remote-as 4200000011",
        "!",
        "address-family ipv4",
        "neighbor FABRIC activate",
        "neighbor FABRIC next-hop address-family ipv6 originate",
    ]


def test_unnumbered_needs_ipv6_routing(leaf: str) -> None:
    lines = leaf.splitlines()
    assert {"service routing protocols model multi-agent", "ip routing ipv6 interfaces", "ipv6 unicast-routing"} <= set(
        lines
    )


def test_the_lossless_class(leaf: str) -> None:
    assert block(leaf, "qos profile LOSSLESS") == [
        "qos trust dscp",
        "priority-flow-control on",
        "priority-flow-control priority 3 no-drop",
        "!",
        "uc-tx-queue 3",
        "random-detect ecn minimum-threshold 1000000 bytes maximum-threshold 2000000 bytes "
        "max-mark-probability 5 weight 0",
    ]
    # EOS has DSCP 24 to 31 in class 3 by default; only the one that the network names may be without drops.
    assert "qos map dscp 24 25 27 28 29 30 31 to traffic-class 1\nqos map dscp 26 to traffic-class 3\n" in leaf


def test_only_one_dscp_is_lossless() -> None:
    for priority in range(7):
        for dscp in (0, 8, 26, 48, 63):
            # The default of every EOS platform.
            classes = {n: {0: 1, 1: 0}.get(n // 8, n // 8) for n in range(64)}
            for dscps, one in traffic_classes(priority, dscp):
                classes |= dict.fromkeys(map(int, dscps.split()), one)
            assert [n for n, one in classes.items() if one == priority] == [dscp], (priority, dscp)
            if dscp != 48:
                assert classes[48] == (7 if priority == 6 else 6)


def test_jericho_has_one_kind_of_queue() -> None:
    design, plant = built(SPECS / "llama3_24k.rack")
    text = rendered(Eos(), design, plant, Request())["configs/eos/agg0-chassis0/startup-config"]
    assert "   tx-queue 3\n" in text and "uc-tx-queue" not in text


def test_numbered_sessions(clos: tuple[Design, Plant]) -> None:
    pools = clos[0].networks[0].attributes.pools.model_copy(update={"fabric": "10.64.0.0/20"})
    numbered = with_network(clos[0], routing=Ebgp(unnumbered=False), pools=pools)
    files = rendered(Eos(), *numbered)
    text = files["configs/eos/pod0-leaf1/startup-config"]
    peer = re.search(r"   neighbor (10\.64\.0\.\d+) peer group FABRIC\n", text)
    assert peer and f"   neighbor {peer[1]} remote-as 4200000010\n" in text
    assert "ipv6" not in text and "ip routing\n" in text
    assert [fault for text in files.values() for fault in faults(text)] == []


# --- a checker of its own ---

SHAPES = [
    re.compile(pattern)
    for pattern in (
        r"!( .*)?",
        r"service routing protocols model multi-agent",
        r"hostname [A-Za-z0-9._-]+",
        r"spanning-tree mode none",
        r"qos profile [A-Z]+",
        r"   (qos trust dscp|priority-flow-control on|!|shutdown|no switchport|ipv6 enable)",
        r"   priority-flow-control priority [0-7] no-drop",
        r"   (uc-)?tx-queue [0-7]",
        r"      random-detect ecn minimum-threshold \d+ bytes maximum-threshold \d+ bytes "
        r"max-mark-probability \d+ weight 0",
        r"interface (Ethernet[\d/]+|Loopback0)",
        r"   description [ -~]+",
        r"   mtu \d+",
        r"   speed \d+g-[1248]",
        r"   ip address [\d.]+/\d+",
        r"   service-profile [A-Z]+",
        r"ip routing( ipv6 interfaces)?",
        r"ipv6 unicast-routing",
        r"ip prefix-list [A-Z]+",
        r"   seq \d+ permit [\d.]+/\d+( eq \d+| ge \d+| le \d+)*",
        r"qos map dscp \d+( \d+)* to traffic-class [0-7]",
        r"priority-flow-control pause watchdog (default (timeout|recovery-time) \d\.\d\d|action drop)",
        r"route-map [A-Z-]+ permit \d+",
        r"   match ip address prefix-list [A-Z]+",
        r"router bgp \d+",
        r"   router-id [\d.]+",
        r"   no bgp default ipv4-unicast",
        r"   maximum-paths \d+ ecmp \d+",
        r"   neighbor FABRIC (peer group|bfd)",
        r"   neighbor FABRIC route-map [A-Z-]+ (in|out)",
        r"   neighbor [\d.]+ (peer group FABRIC|remote-as \d+|description [\w.-]+)",
        r"   neighbor interface Ethernet[\d/]+ peer-group FABRIC remote-as \d+",
        r"   aggregate-address [\d.]+/\d+ summary-only",
        r"   redistribute connected route-map [A-Z-]+",
        r"   address-family ipv4",
        r"      neighbor FABRIC (activate|next-hop address-family ipv6 originate)",
        r"end",
    )
]


def faults(text: str) -> list[str]:
    """What EOS would refuse, or take and not do."""
    found = [f"unknown line: {line}" for line in text.splitlines() if not any(s.fullmatch(line) for s in SHAPES)]
    for kind in ("route-map", "prefix-list", "profile"):
        defined = set(re.findall(rf"^(?:ip |qos )?{kind} (\S+)", text, re.M))
        used = set(re.findall(rf"^ +.*(?:\b|-){kind} (\S+)", text, re.M))
        found += [f"{kind} {name} is not defined" for name in sorted(used - defined)]
    for name in re.findall(r"^interface (Ethernet\S+)", text, re.M):
        lines = block(text, f"interface {name}")
        routed = any(line.startswith(("ip address", "ipv6 enable")) for line in lines)
        if routed and "no switchport" not in lines:
            found.append(f"{name} is a switched port")
    for address in re.findall(r"^   ip address (\S+)", text, re.M):
        try:
            IPv4Interface(address)
        except ValueError:
            found.append(f"{address} is no address")
    bgp = block(text, "router bgp " + re.search(r"router bgp (\d+)", text)[1])  # type: ignore[index]
    if bgp.count("neighbor FABRIC activate") != 1:
        found.append("the neighbours are not activated")
    return found


def remote_faults(files: dict[str, str]) -> list[str]:
    """Sessions whose two ends do not agree about the AS number."""
    own = {path.split("/")[2]: re.search(r"^router bgp (\d+)", text, re.M)[1] for path, text in files.items()}  # type: ignore[index]
    found = []
    for path, text in files.items():
        for port, asn in re.findall(r"neighbor interface (\S+) peer-group FABRIC remote-as (\d+)", text):
            peer = block(text, f"interface {port}")[0].split()[2]
            # A reserved peer has no file yet; its number is that of the plan.
            if own.get(peer, asn) != asn:
                found.append(f"{path}: {port} expects AS {asn}, {peer} is {own[peer]}")
    return found


def test_no_faults(files: dict[str, str]) -> None:
    assert len(files) == 10
    assert [fault for text in files.values() for fault in faults(text)] == []
    assert remote_faults(files) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("   no switchport\n", ""),
        ("      neighbor FABRIC activate\n", ""),
        ("route-map FABRIC-OUT out", "route-map FABRIK-OUT out"),
        ("priority-flow-control on", "priority-flow-controll on"),
        ("ip address 10.128.0.56/31", "ip address 10.128.0.256/31"),
        ("service-profile LOSSLESS", "service-profile LOSSY"),
    ],
)
def test_planted_faults_are_seen(leaf: str, old: str, new: str) -> None:
    assert old in leaf and faults(leaf.replace(old, new)) != []


def test_a_wrong_remote_as_is_seen(files: dict[str, str]) -> None:
    path = "configs/eos/pod0-leaf1/startup-config"
    assert len(remote_faults({**files, path: files[path].replace("remote-as 4200000010", "remote-as 4200000012")})) == 1


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ((', eos = "Ethernet{eth + 1}/1"', ""), "RW8001"),
        (("mtu     = 9100 B", "mtu     = 9216 B"), "RW8004"),
    ],
)
def test_refused(tmp_path: Path, edit: tuple[str, str], code: str) -> None:
    assert [d.code for d in Eos().accepts(*edited(tmp_path, edit), Request(named=True))] == [code]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (PrefixMatch("10.0.0.0/8", 32, 32), "10.0.0.0/8 eq 32"),
        (PrefixMatch("10.0.0.0/8", 24, 26), "10.0.0.0/8 ge 24 le 26"),
        (PrefixMatch("10.0.0.0/24", 24, 24), "10.0.0.0/24"),
        (PrefixMatch("10.0.0.0/24", 24, 25), "10.0.0.0/24 le 25"),
    ],
)
def test_prefix_matches(rule: PrefixMatch, text: str) -> None:
    assert match(rule) == text
