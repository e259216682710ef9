"""FRR files, line by line, of the Clos in `clos.rack`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from unit.fabrics import CLOS, block, built, edited, rendered, with_network

from rackwright.backends._kit.device_model import PrefixMatch
from rackwright.backends._kit.frr_text import match
from rackwright.backends._kit.safe import checked, folder, is_host_name, one_line
from rackwright.backends.frr import Frr
from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.plant import Plant
from rackwright.compiler.schema.routing import Ebgp


@pytest.fixture(scope="module")
def clos() -> tuple[Design, Plant]:
    return built(CLOS)


@pytest.fixture(scope="module")
def files(clos: tuple[Design, Plant]) -> dict[str, str]:
    return rendered(Frr(), *clos)


def leaf(files: dict[str, str]) -> str:
    return files["configs/frr/pod0-leaf1/frr.conf"]


def test_four_files_a_switch(files: dict[str, str]) -> None:
    assert len(files) == 4 * 10
    assert {path.rpartition("/")[2] for path in files} == {"daemons", "frr.conf", "interfaces", "sysctl.conf"}
    assert files["configs/frr/core0/daemons"].startswith("bgpd=yes\nbfdd=yes\n")


def test_the_machine_is_a_router_that_spreads_by_ports(files: dict[str, str]) -> None:
    lines = files["configs/frr/core0/sysctl.conf"].splitlines()
    assert "net.ipv4.ip_forward = 1" in lines and "net.ipv6.conf.all.forwarding = 1" in lines
    assert "net.ipv4.fib_multipath_hash_policy = 1" in lines
    assert "ip forwarding\nipv6 forwarding\n" in leaf(files)


def test_a_fabric_port_has_router_advertisements_and_no_address(files: dict[str, str]) -> None:
    lines = block(leaf(files), "interface swp1")
    assert lines[0].startswith("description to pod0-spine0 eth1 cable ")
    assert lines[1:] == ["no ipv6 nd suppress-ra", "ipv6 nd ra-interval 10"]


def test_a_host_port_has_its_address(files: dict[str, str]) -> None:
    lines = block(leaf(files), "interface swp7s0")
    assert lines[0].startswith("description to pod0-host2 nic0 cable ")
    assert lines[1:] == ["ip address 10.128.0.56/31"]


def test_unused_ports_are_left_alone(files: dict[str, str]) -> None:
    assert "interface swp5\n" not in leaf(files)


def test_bgp(files: dict[str, str]) -> None:
    assert block(leaf(files), "router bgp 4200000003") == [
        "bgp router-id 10.0.0.4",
        "bgp log-neighbor-changes",
        "no bgp default ipv4-unicast",
        "bgp bestpath as-path multipath-relax",
        "timers bgp 3 9",
        "neighbor UPLINKS peer-group",
        "neighbor UPLINKS remote-as external",
        "neighbor UPLINKS bfd profile FABRIC",
        "neighbor swp1 interface peer-group UPLINKS",
        "neighbor swp2 interface peer-group UPLINKS",
        "!",
        "address-family ipv4 unicast",
        "redistribute connected route-map CONNECTED",
        "aggregate-address 10.128.0.32/27 summary-only",
        "neighbor UPLINKS activate",
        "neighbor UPLINKS route-map UPLINKS-IN in",
        "neighbor UPLINKS route-map UPLINKS-OUT out",
        "maximum-paths 2",
        "exit-address-family",
    ]


def test_policies_let_nothing_out_but_loopbacks_and_blocks(files: dict[str, str]) -> None:
    lines = leaf(files).splitlines()
    assert "ip prefix-list LOOPBACKS seq 10 permit 10.0.0.0/24 ge 32" in lines
    assert "ip prefix-list HOSTS seq 10 permit 10.128.0.0/16 ge 27 le 27" in lines
    assert "ip prefix-list OWN seq 10 permit 10.0.0.4/32" in lines
    assert "ip prefix-list LINKS seq 10 permit 10.128.0.32/27 ge 31 le 31" in lines
    used = {line.split()[-1] for line in lines if line.startswith(" match ip address prefix-list")}
    assert used == {line.split()[2] for line in lines if line.startswith("ip prefix-list")}
    assert "no bgp ebgp-requires-policy" not in leaf(files)


def test_a_spine_has_no_block(files: dict[str, str]) -> None:
    spine = files["configs/frr/pod1-spine0/frr.conf"]
    assert "aggregate-address" not in spine and "LINKS" not in spine.replace("DOWNLINKS", "").replace("UPLINKS", "")
    assert "  maximum-paths 3\n" in spine


def test_numbered_sessions(clos: tuple[Design, Plant]) -> None:
    pools = clos[0].networks[0].attributes.pools.model_copy(update={"fabric": "10.64.0.0/20"})
    files = rendered(Frr(), *with_network(clos[0], routing=Ebgp(unnumbered=False), pools=pools))
    text = leaf(files)
    own = next(line for line in block(text, "interface swp1") if line.startswith("ip address")).split()[2]
    assert own.startswith("10.64.0.") and own.endswith("/31")
    last = int(own.removeprefix("10.64.0.").removesuffix("/31"))
    assert f" neighbor 10.64.0.{last ^ 1} peer-group UPLINKS\n" in text
    assert "interface peer-group" not in text and "ipv6 nd" not in text and "bfd" not in text
    assert files["configs/frr/pod0-leaf1/daemons"].startswith("bgpd=yes\nbfdd=no\n")
    # The addresses of links stay inside.
    assert "10.64.0.0" not in "".join(line for line in text.splitlines() if "prefix-list" in line)


def test_a_port_for_a_reserved_pod_is_configured(files: dict[str, str]) -> None:
    core = files["configs/frr/core1/frr.conf"]
    assert block(core, "interface swp4")[0].startswith("description to pod3-spine1 eth4 cable ")
    assert " neighbor swp4 interface peer-group DOWNLINKS\n" in core and "  maximum-paths 4\n" in core
    assert "configs/frr/pod3-spine1/frr.conf" not in files


def test_only_its_own_switches_unless_named(clos: tuple[Design, Plant]) -> None:
    assert list(Frr().render(*clos, Request())) == []


def test_shards_are_a_partition(clos: tuple[Design, Plant], files: dict[str, str]) -> None:
    parts = [rendered(Frr(), *clos, Request(named=True, shard=i, shards=3)) for i in range(3)]
    assert sum(map(len, parts)) == len(files)
    assert {path: text for part in parts for path, text in part.items()} == files


def test_default_names_without_a_catalog_entry(tmp_path: Path) -> None:
    design, plant = edited(tmp_path, ('frr = "swp{eth + 1}", ', ""), ('frr = "swp{eth + 1}s{lane}", ', ""))
    files = rendered(Frr(), design, plant)
    # Two numbers a cage, so the first lane of cage 6 is number 12.
    assert "interface swp13\n" in leaf(files) and "interface swp3\n" in leaf(files)


def permitted(text: str, map: str) -> list[str]:
    """What a route map lets through: what it matches and sets, entry by entry."""
    return re.findall(rf"^route-map {map} permit \d+\n((?: .*\n)*)exit$", text, re.MULTILINE)


def variant(clos: tuple[Design, Plant], **policy: object) -> dict[str, str]:
    pools = {
        "fabric": "10.64.0.0/20",
        "loopback6": "fd00:0:0:1::/64",
        "host6": "fd00:0:0:2::/64",
        "fabric6": "fd00:0:0:3::/64",
    }
    given = clos[0].networks[0].attributes.pools.model_copy(update=pools)
    return rendered(Frr(), *with_network(clos[0], routing=Ebgp.model_validate(policy), pools=given))


def test_ipv6_beside_ipv4(clos: tuple[Design, Plant]) -> None:
    text = leaf(variant(clos))
    assert block(text, "interface lo") == ["ip address 10.0.0.4/32", "ipv6 address fd00:0:0:1::4/128"]
    assert block(text, "interface swp7s0")[1:] == ["ip address 10.128.0.56/31", "ipv6 address fd00:0:0:2::38/127"]
    assert block(text, "router bgp 4200000003")[-9:] == [
        "!",
        "address-family ipv6 unicast",
        "redistribute connected route-map CONNECTED6",
        "aggregate-address fd00:0:0:2::20/123 summary-only",
        "neighbor UPLINKS activate",
        "neighbor UPLINKS route-map UPLINKS-IN6 in",
        "neighbor UPLINKS route-map UPLINKS-OUT6 out",
        "maximum-paths 2",
        "exit-address-family",
    ]
    lines = text.splitlines()
    assert "ipv6 prefix-list LOOPBACKS6 seq 10 permit fd00:0:0:1::/64 ge 128" in lines
    assert "ipv6 prefix-list HOSTS6 seq 10 permit fd00:0:0:2::/64 ge 123 le 123" in lines
    assert permitted(text, "UPLINKS-IN6") == [
        " match ipv6 address prefix-list LOOPBACKS6\n",
        " match ipv6 address prefix-list HOSTS6\n",
    ]


def test_numbered_sessions_are_one_for_each_family(clos: tuple[Design, Plant]) -> None:
    text = variant(clos, unnumbered=False)["configs/frr/pod0-spine0/frr.conf"]
    bgp = block(text, "router bgp 4200000010")
    assert [line for line in bgp if line.endswith(" peer-group")] == [
        f"neighbor {name} peer-group" for name in ("DOWNLINKS", "DOWNLINKS6", "UPLINKS", "UPLINKS6")
    ]
    assert [line for line in bgp if " peer-group UPLINKS" in line] == [
        "neighbor 10.64.0.1 peer-group UPLINKS",
        "neighbor fd00:0:0:3::1 peer-group UPLINKS6",
    ]
    four, six = (bgp[bgp.index(f"address-family {name} unicast") :] for name in ("ipv4", "ipv6"))
    assert "neighbor UPLINKS6 activate" not in four[: four.index("exit-address-family")]
    assert "neighbor UPLINKS6 activate" in six and "neighbor UPLINKS activate" not in six


def test_a_number_a_tier_needs_the_own_number_from_above(clos: tuple[Design, Plant]) -> None:
    text = variant(clos, asn_plan="per_tier")["configs/frr/pod0-spine0/frr.conf"]
    bgp = block(text, "router bgp 4200000001")
    assert bgp.count("neighbor UPLINKS allowas-in 1") == 2
    assert not [line for line in bgp if "DOWNLINKS allowas-in" in line or "multipath-relax" in line]


def test_a_default_route_downwards(clos: tuple[Design, Plant]) -> None:
    files = variant(clos, downward="default")
    spine = files["configs/frr/pod0-spine0/frr.conf"]
    assert spine.count("  neighbor DOWNLINKS default-originate\n") == 2
    assert "neighbor UPLINKS default-originate" not in spine
    assert permitted(spine, "DOWNLINKS-OUT") == [" match ip address prefix-list LOOPBACKS\n"]
    assert permitted(spine, "UPLINKS-OUT")[1:] == [" match ip address prefix-list HOSTS\n"]
    assert permitted(leaf(files), "UPLINKS-IN")[1:] == [" match ip address prefix-list DEFAULT\n"]
    # Without it nobody takes a default route from above.
    assert "DEFAULT" not in leaf(variant(clos))


def test_communities_where_prefixes_come_from(clos: tuple[Design, Plant]) -> None:
    communities = {"loopback": "65000:1", "host": "65000:2"}
    text = leaf(variant(clos, communities=communities))
    assert permitted(text, "CONNECTED") == [
        " match ip address prefix-list OWN\n set community 65000:1\n",
        " match ip address prefix-list LINKS\n set community 65000:2\n",
    ]
    assert "  aggregate-address 10.128.0.32/27 summary-only route-map AGGREGATE\n" in text
    assert permitted(text, "AGGREGATE6") == [" set community 65000:2\n"]
    assert "set community" not in leaf(variant(clos))


def test_host_links_one_by_one(clos: tuple[Design, Plant]) -> None:
    text = leaf(variant(clos, aggregate=False))
    assert "aggregate-address" not in text
    assert "ip prefix-list HOSTS seq 10 permit 10.128.0.0/16 ge 31 le 31" in text.splitlines()


def test_timers_and_paths(clos: tuple[Design, Plant]) -> None:
    text = leaf(
        variant(clos, bfd=True, bfd_interval="100 ms", bfd_multiplier=5, keepalive="10 s", hold="30 s", max_paths=1)
    )
    assert block(text, "bfd") == [
        "profile FABRIC",
        "detect-multiplier 5",
        "receive-interval 100",
        "transmit-interval 100",
        "exit",
    ]
    assert " timers bgp 10 30\n" in text and text.count("  maximum-paths 1\n") == 2


def test_interfaces_have_the_addresses_of_frr_conf_and_the_mtu(clos: tuple[Design, Plant]) -> None:
    files = variant(clos, unnumbered=False)
    for place in ("pod0-leaf1", "pod1-spine0", "core1"):
        frr, interfaces = files[f"configs/frr/{place}/frr.conf"], files[f"configs/frr/{place}/interfaces"]
        stanzas = {part.split()[3]: part for part in interfaces.split("\n\n") if part.startswith("auto ")}
        told = set(re.findall(r"^interface (\S+)$", frr, re.MULTILINE))
        assert stanzas.keys() == told | {"eth0", "mgmt"}
        for name in told:
            own = [line.split()[-1] for line in block(frr, f"interface {name}") if " address " in line]
            assert re.findall(r"^    address (\S+)$", stanzas[name], re.MULTILINE) == own
            assert ("    mtu 9100\n" in stanzas[name] + "\n") == (name != "lo")
        assert "iface eth0 inet dhcp\n    vrf mgmt" in interfaces


def test_management_has_a_table_of_its_own(tmp_path: Path) -> None:
    pools = 'pools   { management = "172.16.0.0/24", '
    design, plant = edited(
        tmp_path,
        ("pools   { ", pools),
        ("mtu     = 9100 B", 'mtu = 9100 B\n management { domain = "lab.example.net" }'),
    )
    files = rendered(Frr(), design, plant)
    text = files["configs/frr/core0/interfaces"]
    assert "iface eth0\n    address 172.16.0.2/24\n    gateway 172.16.0.1\n    vrf mgmt\n" in text
    assert "domainname lab.example.net\n" in files["configs/frr/core0/frr.conf"]


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (('frr = "swp{eth + 1}"', 'frr = "averyverylongname{eth + 1}"'), "RW8002"),
        (('frr = "swp{eth + 1}"', 'frr = "swp 1{eth}"'), "RW8002"),
        (('frr = "swp{eth + 1}"', 'frr = "swp"'), "RW8002"),
        (('frr = "swp{eth + 1}"', 'frr = "eth1/{eth + 1}"'), "RW8002"),
        (('frr = "swp{eth + 1}"', 'frr = "!{eth + 1}"'), "RW8002"),
        (('frr = "swp{eth + 1}"', 'frr = "eth{eth}"'), "RW8086"),
        (("mtu     = 9100 B", "mtu     = 1000 B"), "RW8004"),
    ],
)
def test_refused(tmp_path: Path, edit: tuple[str, str], code: str) -> None:
    found = [d.code for d in Frr().accepts(*edited(tmp_path, edit), Request(named=True))]
    assert set(found) == {code, "RW8005"}


def test_what_frr_cannot_say_is_said(tmp_path: Path) -> None:
    services = 'management { ntp = ["192.0.2.1"], syslog = ["192.0.2.2"] }'
    design, plant = edited(tmp_path, ("mtu     = 9100 B", services))
    (note,) = Frr().accepts(design, plant, Request(named=True))
    assert note.code == "RW8005"
    assert "traffic classes, time servers and receivers of the system log; frr" in note.detail


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (PrefixMatch("10.0.0.0/8", 32, 32), "10.0.0.0/8 ge 32"),
        (PrefixMatch("10.0.0.0/8", 24, 26), "10.0.0.0/8 ge 24 le 26"),
        (PrefixMatch("10.0.0.0/24", 24, 24), "10.0.0.0/24"),
        (PrefixMatch("10.0.0.0/24", 24, 25), "10.0.0.0/24 le 25"),
        (PrefixMatch("10.0.0.1/32", 32, 32), "10.0.0.1/32"),
        (PrefixMatch("10.0.0.0/31", 32, 32), "10.0.0.0/31 ge 32"),
        (PrefixMatch("fd00::/64", 127, 127), "fd00::/64 ge 127 le 127"),
        (PrefixMatch("fd00::/64", 128, 128), "fd00::/64 ge 128"),
    ],
)
def test_prefix_matches(rule: PrefixMatch, text: str) -> None:
    assert match(rule) == text


def test_no_value_begins_a_line_or_leaves_its_folder() -> None:
    assert one_line("a\nb\r\x00") == "a b  "
    assert folder("../../etc") == "_._.._etc"
    assert not is_host_name("a\n") and not is_host_name("-a") and not is_host_name("") and is_host_name("rsw007.p03")
    with pytest.raises(ValueError, match="new line"):
        checked("swp1\n router bgp 1")
