"""EOS startup-configs of the Clos in `clos.rack`: what stands in them, and what the backend refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from unit.eos_cases import CASES, made
from unit.eos_grammar import faults, faults_between
from unit.fabrics import SPECS, block, built, edited, rendered

from rackwright.backends._kit.device_model import PrefixMatch, Qos, Watchdog
from rackwright.backends._kit.ports import Port, fec_of
from rackwright.backends.eos import Eos
from rackwright.backends.eos.ports import speed
from rackwright.backends.eos.qos import seconds, weighted_above_strict
from rackwright.backends.eos.routing import match
from rackwright.compiler.backend import Request
from rackwright.compiler.network.classes import QosClass

Files = dict[str, str]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Files]:
    """The files of a case, by host name."""
    known: dict[str, Files] = {}

    def get(name: str) -> Files:
        if name not in known:
            files = rendered(Eos(), *made(tmp_path_factory.mktemp(name), CASES[name]))
            known[name] = {path.split("/")[2]: text for path, text in files.items()}
        return known[name]

    return get


@pytest.fixture(scope="module")
def leaf(case: Callable[[str], Files]) -> str:
    return case("plain")["pod0-leaf1"]


@pytest.mark.parametrize("name", sorted(CASES))
def test_no_faults(case: Callable[[str], Files], name: str) -> None:
    files = case(name)
    assert len(files) == 10
    assert {host: faults(text) for host, text in files.items()} == {host: [] for host in files}
    assert faults_between(files) == []


def test_a_fabric_port(leaf: str) -> None:
    lines = block(leaf, "interface Ethernet1/1")
    assert lines[0].startswith("description to pod0-spine0 eth1 cable ")
    assert lines[1:] == [
        "mtu 9100",
        "speed 800g-8",
        "error-correction encoding reed-solomon",
        "no switchport",
        "ipv6 enable",
        "service-profile LOSSLESS",
    ]


def test_a_host_port_on_half_a_cage(leaf: str) -> None:
    assert block(leaf, "interface Ethernet7/1")[1:] == [
        "mtu 9100",
        "speed 400g-4",
        "error-correction encoding reed-solomon",
        "no switchport",
        "ip address 10.128.0.56/31",
        "service-profile LOSSLESS",
    ]


def test_an_unused_port_is_shut_and_keeps_the_split(leaf: str) -> None:
    assert block(leaf, "interface Ethernet3/1") == ["shutdown"]
    # Were the speed left out, the cage's first port would take all lanes, and a used one beside it would be gone.
    assert block(leaf, "interface Ethernet7/5") == ["shutdown", "speed 400g-4"]


def test_bgp(leaf: str) -> None:
    assert block(leaf, "router bgp 4200000003") == [
        "router-id 10.0.0.4",
        "no bgp default ipv4-unicast",
        "maximum-paths 2 ecmp 2",
        "neighbor UPLINKS peer group",
        "neighbor UPLINKS bfd",
        "neighbor UPLINKS timers 3 9",
        "neighbor UPLINKS route-map UPLINKS-IN in",
        "neighbor UPLINKS route-map UPLINKS-OUT out",
        "neighbor UPLINKS maximum-routes 0",
        "aggregate-address 10.128.0.32/27 summary-only",
        "redistribute connected route-map CONNECTED",
        "neighbor interface Ethernet1/1 peer-group UPLINKS remote-as 4200000010",
        "neighbor interface Ethernet2/1 peer-group UPLINKS remote-as 4200000011",
        "!",
        "address-family ipv4",
        "neighbor UPLINKS activate",
        "neighbor UPLINKS next-hop address-family ipv6 originate",
    ]


def test_shared_numbers_communities_and_both_families(case: Callable[[str], Files]) -> None:
    spine = block(case("everything")["pod0-spine0"], "router bgp 4200000001")
    assert "neighbor UPLINKS allowas-in 1" in spine and "neighbor DOWNLINKS allowas-in 1" not in spine
    assert {"neighbor UPLINKS send-community standard", "neighbor UPLINKS timers 1 9"} <= set(spine)
    assert spine[-4:] == ["!", "address-family ipv6", "neighbor DOWNLINKS activate", "neighbor UPLINKS activate"]
    leaf = case("everything")["pod0-leaf1"]
    assert block(leaf, "route-map CONNECTED permit 40") == [
        "match ipv6 address prefix-list LINKS6",
        "set community 65000:100",
    ]
    assert "   aggregate-address fd00:0:0:2::20/123 summary-only attribute-map AGGREGATE\n" in leaf
    assert block(leaf, "router bfd") == ["interval 150 min-rx 150 multiplier 3 default"]


def test_numbered_sessions_have_a_group_a_family(case: Callable[[str], Files]) -> None:
    lines = block(case("numbered")["pod0-spine0"], "router bgp 4200000010")
    for address, group in (("10.64.0.16", "DOWNLINKS"), ("fd00:0:0:3::10", "DOWNLINKS6")):
        at = lines.index(f"neighbor {address} peer group {group}")
        assert lines[at + 1 : at + 3] == [
            f"neighbor {address} remote-as 4200000002",
            f"neighbor {address} description pod0-leaf0",
        ]
    assert lines[-8:] == [
        "!",
        "address-family ipv4",
        "neighbor DOWNLINKS activate",
        "neighbor UPLINKS activate",
        "!",
        "address-family ipv6",
        "neighbor DOWNLINKS6 activate",
        "neighbor UPLINKS6 activate",
    ]
    assert "aggregate-address" not in case("numbered")["pod0-leaf1"]


def test_a_default_route_goes_down_alone(case: Callable[[str], Files]) -> None:
    spine, core = case("default")["pod0-spine0"], case("default")["core0"]
    assert "      neighbor DOWNLINKS default-originate always\n" in spine
    assert "neighbor UPLINKS default-originate" not in spine
    assert block(spine, "route-map DOWNLINKS-OUT permit 20") == ["match ip address prefix-list DEFAULT"]
    assert block(spine, "route-map UPLINKS-IN permit 20") == ["match ip address prefix-list DEFAULT"]
    assert "match ip address prefix-list DEFAULT" not in "\n".join(block(core, "route-map DOWNLINKS-IN permit 20"))
    # Nobody accepts a default route unless it is meant to.
    assert "DEFAULT" not in case("plain")["pod0-spine0"]


def test_the_lossless_class(leaf: str) -> None:
    assert block(leaf, "qos profile LOSSLESS") == [
        "qos trust dscp",
        "priority-flow-control on",
        "priority-flow-control priority 3 no-drop",
        "priority-flow-control pause watchdog",
        "!",
        "uc-tx-queue 0",
        "no priority",
        "bandwidth percent 50",
        "!",
        "uc-tx-queue 3",
        "no priority",
        "bandwidth percent 50",
        "random-detect ecn minimum-threshold 1000000 bytes maximum-threshold 2000000 bytes "
        "max-mark-probability 5 weight 0",
        "!",
        "uc-tx-queue 6",
        "priority strict",
    ]


def test_several_classes(case: Callable[[str], Files]) -> None:
    text = case("everything")["core1"]
    lines = text.splitlines()
    assert {"qos map dscp 10 12 to traffic-class 4", "qos map dscp 26 27 to traffic-class 3"} <= set(lines)
    profile = block(text, "qos profile LOSSLESS")
    assert "priority-flow-control priority 4 no-drop" in profile
    assert [line for line in profile if line.startswith("bandwidth")] == [
        "bandwidth percent 42",
        "bandwidth percent 33",
        "bandwidth percent 25",
    ]
    # 255 ms is no whole hundredth of a second, and a watchdog must not bark early.
    assert "priority-flow-control pause watchdog default timeout 0.26" in lines
    assert "priority-flow-control pause watchdog default polling-interval 0.127" in lines


def test_jericho_has_one_kind_of_queue_and_hashes_payload(case: Callable[[str], Files]) -> None:
    text = case("default")["core0"]
    assert "   tx-queue 3\n" in text and "uc-tx-queue" not in text
    assert "      fields udp dst-port 4791\n         payload bytes 5-7\n" in text


def test_tomahawk_balances_by_load(case: Callable[[str], Files]) -> None:
    assert "\nip hardware fib load-balance distribution dynamic\n" in case("everything")["core0"]
    assert "load-balance" not in case("plain")["core0"]


def test_management(case: Callable[[str], Files]) -> None:
    text = case("everything")["pod0-leaf1"]
    assert block(text, "interface Management1") == ["description out-of-band", "vrf MGMT", "ip address 172.16.0.5/24"]
    lines = set(text.splitlines())
    assert {
        "ip route vrf MGMT 0.0.0.0/0 172.16.0.1",
        "ip name-server vrf MGMT 2001:db8::53",
        "dns domain lab.example.net",
        "logging vrf MGMT host 192.0.2.14",
        "ntp server vrf MGMT time.example.net",
        "sflow sample dangerous 4096",
        "sflow vrf MGMT destination 192.0.2.6 6343",
        "username netops privilege 15 role network-admin secret sha512 %secret:netops%",
    } <= lines
    assert block(text, "management api gnmi")[1:3] == ["port 50051", "vrf MGMT"]
    dynamic = case("plain")["pod0-leaf1"]
    assert block(dynamic, "interface Management1")[2:] == ["ip address dhcp", "dhcp client accept default-route"]
    assert "management api gnmi" not in dynamic and "username" not in dynamic and "ip route" not in dynamic


def test_a_chassis_is_reached_over_either_supervisor() -> None:
    design, plant = built(SPECS / "llama3_24k.rack")
    files = rendered(Eos(), design, plant, Request())
    assert "interface Management0\n" in files["configs/eos/agg0-chassis0/startup-config"]
    assert not any("Management1" in text for text in files.values())
    assert [fault for path in sorted(files)[::43] for fault in faults(files[path])] == []


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ((', eos = "Ethernet{eth + 1}/1"', ""), "RW8001"),
        (("mtu     = 9100 B", "mtu     = 9216 B"), "RW8004"),
        (("cage = osfp, lanes = 8, max_split", "cage = osfp, lanes = 2, max_split"), "RW8070"),
        (("at 5 % }", "at 5 %, load_balance = spray }"), "RW8071"),
        (("priority = 3,", "priority = 3, queue = 4,"), "RW8072"),
        (("at 5 % }", "at 5 %\n        classes { cnp { dscp = 46, priority = 2, strict = true } }\n    }"), "RW8072"),
        (("at 5 % }", "at 5 %\n        watchdog { action = forward }\n    }"), "RW8073"),
    ],
)
def test_refused(tmp_path: Path, edit: tuple[str, str], code: str) -> None:
    told = [d.code for d in Eos().accepts(*edited(tmp_path, edit), Request(named=True)) if d.code != "RW8074"]
    assert told == [code]


def test_headroom_is_told_once(tmp_path: Path) -> None:
    assert [d.code for d in Eos().accepts(*edited(tmp_path), Request(named=True))] == ["RW8074"]
    quiet = edited(tmp_path, ("roce    { priority = 3, dscp = 26, ecn = 1 MB .. 2 MB at 5 % }", ""))
    assert list(Eos().accepts(*quiet, Request(named=True))) == []


def _class(name: str, queue: int, strict: bool) -> QosClass:
    return QosClass(name, (queue,), queue, queue, strict, 0 if strict else 50, 0 if strict else 50, False)


def test_a_strict_queue_below_a_weighted_one_is_found() -> None:
    watchdog = Watchdog(200, 200, "drop")
    low, high = _class("low", 1, True), _class("high", 2, False)
    assert weighted_above_strict(Qos((low, high), watchdog, "ecmp")) == ("low", "high")
    assert weighted_above_strict(Qos((_class("a", 1, False), _class("b", 2, True)), watchdog, "ecmp")) is None


@pytest.mark.parametrize(
    ("gigabits", "lanes", "word"),
    [
        (800, 8, "800g-8"),
        (400, 8, "400g-8"),
        (400, 4, "400g-4"),
        (100, 1, "100g-1"),
        (25, 1, "25g"),
        (1600, 8, "1.6t-8"),
        (600, 8, ""),
    ],
)
def test_speeds(gigabits: int, lanes: int, word: str) -> None:
    bps = gigabits * 10**9
    assert speed(Port(0, "", "", "", bps, lanes, (), 1, 0, fec_of(bps, lanes))) == word


@pytest.mark.parametrize(("milliseconds", "text"), [(200, "0.20"), (101, "0.11"), (5000, "5.00"), (1230, "1.23")])
def test_seconds(milliseconds: int, text: str) -> None:
    assert seconds(milliseconds) == text


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
