"""FRR files, line by line, of the Clos in `clos.rack`."""

from __future__ import annotations

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


def test_two_files_a_switch(files: dict[str, str]) -> None:
    assert len(files) == 2 * 10
    assert files["configs/frr/core0/daemons"].startswith("bgpd=yes\nbfdd=yes\n")


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
        "neighbor FABRIC peer-group",
        "neighbor FABRIC remote-as external",
        "neighbor FABRIC bfd",
        "neighbor swp1 interface peer-group FABRIC",
        "neighbor swp2 interface peer-group FABRIC",
        "!",
        "address-family ipv4 unicast",
        "redistribute connected route-map CONNECTED",
        "aggregate-address 10.128.0.32/27 summary-only",
        "neighbor FABRIC activate",
        "neighbor FABRIC route-map FABRIC-IN in",
        "neighbor FABRIC route-map FABRIC-OUT out",
        "maximum-paths 2",
        "exit-address-family",
    ]


def test_policies_let_nothing_out_but_loopbacks_and_blocks(files: dict[str, str]) -> None:
    lines = leaf(files).splitlines()
    assert "ip prefix-list LOOPBACKS seq 10 permit 10.0.0.0/24 ge 32" in lines
    assert "ip prefix-list HOSTS seq 10 permit 10.128.0.0/16 ge 27 le 27" in lines
    assert "ip prefix-list OWN seq 10 permit 10.0.0.4/32" in lines
    assert "ip prefix-list OWN seq 20 permit 10.128.0.32/27 ge 31 le 31" in lines
    used = {line.split()[-1] for line in lines if line.startswith(" match ip address prefix-list")}
    assert used == {line.split()[2] for line in lines if line.startswith("ip prefix-list")}
    assert "no bgp ebgp-requires-policy" not in leaf(files)


def test_a_spine_has_no_block(files: dict[str, str]) -> None:
    spine = files["configs/frr/pod1-spine0/frr.conf"]
    assert "aggregate-address" not in spine and "OWN seq 20" not in spine
    assert "  maximum-paths 3\n" in spine


def test_numbered_sessions(clos: tuple[Design, Plant]) -> None:
    pools = clos[0].networks[0].attributes.pools.model_copy(update={"fabric": "10.64.0.0/20"})
    files = rendered(Frr(), *with_network(clos[0], routing=Ebgp(unnumbered=False), pools=pools))
    text = leaf(files)
    own = next(line for line in block(text, "interface swp1") if line.startswith("ip address")).split()[2]
    assert own.startswith("10.64.0.") and own.endswith("/31")
    last = int(own.removeprefix("10.64.0.").removesuffix("/31"))
    assert f" neighbor 10.64.0.{last ^ 1} peer-group FABRIC\n" in text
    assert "interface peer-group" not in text and "ipv6 nd" not in text and "bfd" not in text
    # The addresses of links stay inside.
    assert "10.64.0.0" not in "".join(line for line in text.splitlines() if "prefix-list" in line)


def test_a_port_for_a_reserved_pod_is_configured(files: dict[str, str]) -> None:
    core = files["configs/frr/core1/frr.conf"]
    assert block(core, "interface swp4")[0].startswith("description to pod3-spine1 eth4 cable ")
    assert " neighbor swp4 interface peer-group FABRIC\n" in core and "  maximum-paths 4\n" in core
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


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (('frr = "swp{eth + 1}"', 'frr = "averyverylongname{eth + 1}"'), "RW8002"),
        (('frr = "swp{eth + 1}"', 'frr = "swp 1{eth}"'), "RW8002"),
        (('frr = "swp{eth + 1}"', 'frr = "swp"'), "RW8002"),
    ],
)
def test_refused(tmp_path: Path, edit: tuple[str, str], code: str) -> None:
    found = [d.code for d in Frr().accepts(*edited(tmp_path, edit), Request(named=True))]
    assert set(found) == {code, "RW8005"}


def test_what_frr_cannot_say_is_said(clos: tuple[Design, Plant]) -> None:
    (note,) = Frr().accepts(*clos, Request(named=True))
    assert note.code == "RW8005" and "an MTU of 9100 B and a lossless class" in note.detail


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (PrefixMatch("10.0.0.0/8", 32, 32), "10.0.0.0/8 ge 32"),
        (PrefixMatch("10.0.0.0/8", 24, 26), "10.0.0.0/8 ge 24 le 26"),
        (PrefixMatch("10.0.0.0/24", 24, 24), "10.0.0.0/24"),
        (PrefixMatch("10.0.0.0/24", 24, 25), "10.0.0.0/24 le 25"),
        (PrefixMatch("10.0.0.1/32", 32, 32), "10.0.0.1/32"),
        (PrefixMatch("10.0.0.0/31", 32, 32), "10.0.0.0/31 ge 32"),
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
