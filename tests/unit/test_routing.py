"""Numbers and addresses of a fabric, worked out by hand.

The Clos of `clos.rack` has these classes of switches, by path: core (2), pod.leaf (room for 4 x 2), pod.spine
(likewise). A switch has 8 cages in pairs of numbers (6 and 7 are split), so 16 port numbers and blocks of 32.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from unit.fabrics import CLOS, SPECS, built, codes, edited, routed, with_network

from rackwright.compiler.design import Design
from rackwright.compiler.network.addresses import Prefix, dotted, parse_prefix
from rackwright.compiler.network.asn import clash_below, clash_of_leaves, clash_of_peers, first_reserved
from rackwright.compiler.network.fabric import fabrics
from rackwright.compiler.network.routing import Routing, plan
from rackwright.compiler.pipeline import compile_spec
from rackwright.compiler.plant import Plant
from rackwright.compiler.schema.routing import Ebgp, Pools

BASE = 4_200_000_000


@pytest.fixture(scope="module")
def clos() -> tuple[Design, Plant]:
    return built(CLOS)


def by_name(plant: Plant, routing: Routing, column: np.ndarray) -> dict[str, int]:
    return {plant.devices.names[d]: int(v) for d, v in zip(routing.devices, column, strict=True)}


def test_tiers(clos: tuple[Design, Plant]) -> None:
    routing = routed(*clos)
    tiers = by_name(clos[1], routing, routing.tier)
    assert {tiers[n] for n in tiers if "leaf" in n} == {1}
    assert {tiers[n] for n in tiers if "spine" in n} == {2}
    assert {tiers[n] for n in tiers if n.startswith("core")} == {3}
    assert routing.top == 3


def test_numbers_go_over_the_capacity_in_the_order_of_paths(clos: tuple[Design, Plant]) -> None:
    routing = routed(*clos)
    asn = by_name(clos[1], routing, routing.asn)
    assert [asn["core0"], asn["core1"]] == [BASE, BASE + 1]
    assert [asn["pod0-leaf0"], asn["pod0-leaf1"], asn["pod1-leaf0"], asn["pod1-leaf1"]] == [
        BASE + n for n in (2, 3, 4, 5)
    ]
    # Ten, not six: pods 2 and 3 are reserved.
    assert [asn["pod0-spine0"], asn["pod1-spine1"]] == [BASE + 10, BASE + 13]
    loopback = by_name(clos[1], routing, routing.loopback)
    assert dotted(loopback["pod1-spine1"]) == "10.0.0.14"
    # The first address of the pool is free.
    assert dotted(loopback["core0"]) == "10.0.0.1"


def test_every_leaf_has_an_aligned_block(clos: tuple[Design, Plant]) -> None:
    routing = routed(*clos)
    base = by_name(clos[1], routing, routing.host_base)
    assert [dotted(base[n]) for n in ("pod0-leaf0", "pod0-leaf1", "pod1-leaf0")] == [
        "10.128.0.0",
        "10.128.0.32",
        "10.128.0.64",
    ]
    assert base["pod0-spine0"] == base["core0"] == -1
    assert set(routing.host_length[routing.tier == 1].tolist()) == {27}


def test_a_host_link_has_the_pair_of_its_port(clos: tuple[Design, Plant]) -> None:
    _, plant = clos
    routing = routed(*clos)
    names, links = plant.devices.names, plant.links
    row = next(n for n in range(len(links)) if names[int(links.a_device[n])] == "pod1-host3")
    # pod1-leaf1 has the block 10.128.0.96/27; host 3 is on its cage 7, lane 0, which is number 14.
    assert names[int(links.z_device[row])] == "pod1-leaf1" and int(links.z_terminal[row]) == 14
    assert dotted(int(routing.z_address[row])) == "10.128.0.124"
    assert dotted(int(routing.a_address[row])) == "10.128.0.125"


def test_fabric_links_have_no_addresses_unless_numbered(clos: tuple[Design, Plant]) -> None:
    routing = routed(*clos)
    assert int(routing.fabric.sum()) == 12
    assert (routing.a_address[routing.fabric] == -1).all()


def test_numbered_sessions_in_a_spec(clos: tuple[Design, Plant], tmp_path: Path) -> None:
    written = edited(
        tmp_path,
        ("unnumbered = true", "unnumbered = false"),
        ('host = "10.128.0.0/16"', 'host = "10.128.0.0/16", fabric = "10.64.0.0/20"'),
    )
    assert addresses(written[1], routed(*written)) == addresses(clos[1], routed(*numbered(clos[0])))


def numbered(design: Design, pool: str = "10.64.0.0/20") -> tuple[Design, Plant]:
    pools = design.networks[0].attributes.pools.model_copy(update={"fabric": pool})
    return with_network(design, routing=Ebgp(unnumbered=False), pools=pools)


def test_numbered_fabric_links(clos: tuple[Design, Plant]) -> None:
    routing = routed(*numbered(clos[0]))
    a, z = routing.a_address[routing.fabric], routing.z_address[routing.fabric]
    assert (a % 2 == 0).all() and (z == a + 1).all()
    assert len(np.unique(a)) == 12
    assert all(dotted(int(x)).startswith("10.64.0.") for x in a)


@pytest.mark.parametrize("unnumbered", [True, False])
def test_growth_within_the_capacity_changes_no_number(
    clos: tuple[Design, Plant], tmp_path: Path, unnumbered: bool
) -> None:
    grown = edited(tmp_path, ("pod[2 of 4]", "pod[3 of 4]"))
    if not unnumbered:
        before, after = numbered(clos[0]), numbered(grown[0])
    else:
        before, after = clos, grown
    old, new = routed(*before), routed(*after)
    for column in ("asn", "loopback", "host_base", "host_length", "tier"):
        kept = by_name(before[1], old, getattr(old, column))
        assert kept.items() <= by_name(after[1], new, getattr(new, column)).items(), column
    assert addresses(before[1], old).items() <= addresses(after[1], new).items()


def addresses(plant: Plant, routing: Routing) -> dict[tuple[str, int, str, int], tuple[int, int]]:
    names, links = plant.devices.names, plant.links
    return {
        (names[int(a)], int(p), names[int(z)], int(q)): (int(x), int(y))
        for a, p, z, q, x, y in zip(
            links.a_device,
            links.a_terminal,
            links.z_device,
            links.z_terminal,
            routing.a_address,
            routing.z_address,
            strict=True,
        )
    }


def test_the_order_of_declarations_changes_no_number(clos: tuple[Design, Plant], tmp_path: Path) -> None:
    leaf, spine = "    leaf[2]  : test_switch\n", "    spine[2] : test_switch\n"
    up = "    link leaf[l].eth[s] -> spine[s].eth[l]\n"
    down = "    link host[h].nic[0] -> leaf[h div 2].eth[6 + h mod 2, 0]\n"
    turned = edited(tmp_path, (leaf + spine, spine + leaf), (down + up, up + down))
    old, new = routed(*clos), routed(*turned)
    assert by_name(clos[1], old, old.asn) == by_name(turned[1], new, new.asn)
    assert addresses(clos[1], old) == addresses(turned[1], new)


def test_an_asn_pattern_uses_the_indices_of_all_enclosing_arrays(tmp_path: Path) -> None:
    pattern = "leaf[2]  : test_switch { asn = 4210000000 + 100*pod + leaf }"
    design, plant = edited(tmp_path, ("leaf[2]  : test_switch", pattern))
    routing = routed(design, plant)
    asn = by_name(plant, routing, routing.asn)
    assert asn["pod1-leaf1"] == 4_210_000_101
    # The numbers of the others stay where they were.
    assert asn["pod0-spine0"] == BASE + 10


# --- mistakes ---


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ([("10.0.0.0/24", "10.0.0.0/29")], "RW7001"),
        ([("10.128.0.0/16", "10.128.0.0/25")], "RW7001"),
        ([("base_asn = 4200000000", "base_asn = 65520")], "RW7002"),
        ([("10.0.0.0/24", "10.0.0.1/24")], "RW7003"),
        ([("10.0.0.0/24", "ten")], "RW7003"),
        ([("10.0.0.0/24", "224.0.0.0/24")], "RW7003"),
        ([("10.0.0.0/24", "10.128.3.0/24")], "RW7004"),
        ([('loopback = "10.0.0.0/24", ', "")], "RW7007"),
        ([(', host = "10.128.0.0/16"', "")], "RW7007"),
        ([("base_asn = 4200000000", "base_asn = 64500")], "RW7009"),
        ([("leaf[2]  : test_switch", "leaf[2]  : test_switch { asn = 4200000010 + 10*leaf }")], "RW7005"),
        ([("leaf[2]  : test_switch", "leaf[2]  : test_switch { asn = 64512 + leaf }")], "RW7006"),
        ([("spine[2] : test_switch", "spine[2] : test_switch { asn = 64512 + spine }")], "RW7006"),
        ([("core[2]     : test_switch", "core[2]     : test_switch { asn = 23456 + core }")], "RW7009"),
    ],
)
def test_mistakes(tmp_path: Path, edits: list[tuple[str, str]], code: str) -> None:
    found = codes(*edited(tmp_path, *edits))
    assert found == [code]


def test_spines_may_share_a_number_where_no_path_crosses_two(tmp_path: Path) -> None:
    # All spines of a pod, another number in each pod.
    assert codes(*edited(tmp_path, ("spine[2] : test_switch", "spine[2] : test_switch { asn = 64512 + pod }"))) == []


def test_a_pool_that_is_too_small_says_by_how_much(tmp_path: Path) -> None:
    _, (told,) = plan(*edited(tmp_path, ("10.0.0.0/24", "10.0.0.0/28")))
    # 2 cores and room for 4 pods of 2 leaves and 2 spines: 18, and the first address is free.
    assert "has 16 addresses, 19 are needed" in told.detail and "/27" in told.help


def test_loopbacks_begin_after_the_first_address(tmp_path: Path) -> None:
    design, plant = edited(tmp_path, ("10.0.0.0/24", "10.0.0.0/27"))
    assert codes(design, plant) == []
    grown = plan(plant.at_capacity.design, plant.at_capacity)[0][0]
    assert dotted(int(grown.loopback.min())) == "10.0.0.1" and dotted(int(grown.loopback.max())) == "10.0.0.18"


def test_a_mistake_of_what_is_reserved_is_told(tmp_path: Path) -> None:
    # Pods 0 and 1 are 64512 and 64513; pod 3 would be 64515, a core's number.
    pattern = ("spine[2] : test_switch", "spine[2] : test_switch { asn = 64512 + pod }")
    path = tmp_path / "clash.rack"
    text = CLOS.read_text().replace(*pattern)
    path.write_text(text.replace("core[2]     : test_switch", "core[2]     : test_switch { asn = 64515 + core }"))
    found = [d for d in compile_spec(str(path), {}).diagnostics if d.severity == "error"]
    assert [d.code for d in found] == ["RW3017"] and "pod3-spine0" in found[0].detail


def test_a_missing_link_pool(clos: tuple[Design, Plant]) -> None:
    assert codes(*with_network(clos[0], routing=Ebgp(unnumbered=False))) == ["RW7007"]
    assert codes(*numbered(clos[0], "10.64.0.0/28")) == ["RW7001"]


def test_a_mistake_leaves_no_routing(clos: tuple[Design, Plant]) -> None:
    assert plan(*with_network(clos[0], pools=Pools()))[0] == ()


# --- pieces ---


def test_prefixes() -> None:
    assert parse_prefix("10.0.0.0/12") == Prefix(10 << 24, 12)
    assert isinstance(parse_prefix("10.0.0.0"), str)
    assert isinstance(parse_prefix("10.0.0.0/33"), str)
    assert isinstance(parse_prefix("10.0.0.0/255.255.0.0"), str)
    assert isinstance(parse_prefix("::/0"), str)
    assert Prefix(0, 8).overlaps(Prefix(5 << 16, 16)) and not Prefix(0, 8).overlaps(Prefix(1 << 24, 8))


def test_clashes() -> None:
    asn = np.array([1, 2, 2, 3])
    tier = np.array([2, 1, 1, 1])
    a, z = np.array([0, 2, 3]), np.array([1, 0, 0])
    below = clash_below(asn, tier, a, z)
    assert below is not None and (below.one, below.other, below.via) == (1, 2, 0)
    assert clash_of_peers(asn, a, z) is None
    leaves = clash_of_leaves(asn, np.array([1, 2, 3]))
    assert leaves is not None and leaves.asn == 2
    assert first_reserved(np.array([64512, 65535])) == 1
    assert first_reserved(np.array([4294967294])) is None


def test_llama3_is_numbered() -> None:
    design, plant = built(SPECS / "llama3_24k.rack")
    routing = routed(design, plant)
    assert len(routing.devices) == 1536 + 144 + 28
    assert len(np.unique(routing.asn)) == len(routing.devices) == len(np.unique(routing.loopback))
    hosts = routing.a_address[routing.a_address >= 0]
    assert len(np.unique(hosts)) == 24_576
    (fabric,) = fabrics(design, plant)
    assert fabric.host_size == (1 << fabric.classes[1].host_bits) * 16 * 192
