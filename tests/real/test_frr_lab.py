"""Fabrics of real FRR daemons in network namespaces do what their links ask for, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from real import frr_lab
from real.frr_lab import Lab, boot
from real.lab_boxes import boxes, hosts
from real.lab_faults import ping_faults, settle
from real.lab_files import bare, sonic, whole
from real.lab_topology import Topology, expectations, topology
from unit.fabrics import CLOS, SPECS, built, edited, routed, with_network

from rackwright.backends.frr import Frr
from rackwright.backends.hosts import Hosts
from rackwright.backends.sonic import Sonic
from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.network.lossless import mtu_of
from rackwright.compiler.plant import Plant
from rackwright.compiler.schema.routing import Ebgp

MISSING = frr_lab.missing()
pytestmark = [pytest.mark.real, pytest.mark.skipif(bool(MISSING), reason=MISSING or "no reason")]


def of(design: Design, plant: Plant) -> Topology:
    return topology(plant, routed(design, plant), mtu_of(design.networks[0]))


def comes_up_and_heals(lab: Lab) -> None:
    """All sessions, routes and pings; then the same without one link, and with it again."""
    top, cable = lab.top, lab.top.fabric[0]
    before, after = expectations(top), expectations(top, frozenset([cable]))
    assert before != after
    assert settle(lab, before) == []
    assert ping_faults(lab) == []
    lab.cut(cable)
    assert settle(lab, after, 30) == []
    assert ping_faults(lab) == []
    lab.mend(cable)
    assert settle(lab, before) == []


# --- the shipped labs ---


@pytest.fixture(scope="module")
def lab_4x2() -> Iterator[Lab]:
    design, plant = built(SPECS / "lab_4x2.rack")
    with boot(of(design, plant), boxes(Frr(), design, plant, bare)) as lab:
        yield lab


def test_leaves_and_spines(lab_4x2: Lab) -> None:
    expected = expectations(lab_4x2.top)
    # Eight links of two ends; six switches that each hear five loopbacks and the blocks of the other leaves.
    assert (len(expected.sessions), len(expected.routes)) == (16, 30 + 4 * 3 + 2 * 4)
    assert expected.routes["compute0-leaf0", "10.255.0.4/32"] == 2
    comes_up_and_heals(lab_4x2)


def test_sessions_have_the_timers_of_the_plan(lab_4x2: Lab) -> None:
    assert settle(lab_4x2, expectations(lab_4x2.top)) == []
    for facts in lab_4x2.show("net-spine0", "show bgp neighbors json")[0].values():
        assert (facts["bgpTimerKeepAliveIntervalMsecs"], facts["bgpTimerHoldTimeMsecs"]) == (3000, 9000)
        assert facts["peerGroup"] == "DOWNLINKS"
        assert (facts["peerBfdInfo"]["txMinInterval"], facts["peerBfdInfo"]["detectMultiplier"]) == (300, 3)
    for peer in lab_4x2.show("net-spine0", "show bfd peers json")[0]:
        assert (peer["remote-transmit-interval"], peer["remote-receive-interval"]) == (300, 300)


def test_three_tiers_in_both_families() -> None:
    """Twenty switches, set up as a machine would be: addresses from `interfaces`, then FRR."""
    design, plant = built(SPECS / "lab_3tier.rack")
    top = of(design, plant)
    expected = expectations(top)
    assert (len(top.switches), len(top.hosts), len(expected.sessions)) == (20, 16, 96)
    loopback = {name: switch.loopback for name, switch in top.switches.items()}
    for family in (4, 6):
        assert expected.routes["pod0-k0-leaf0", loopback["pod1-k1-leaf1"][family]] == 3
        assert expected.routes["pod0-net-spine1", loopback["pod1-net-spine1"][family]] == 4
        assert expected.routes["plane0-core0", loopback["pod1-k1-leaf1"][family]] == 2
    with boot(top, boxes(Frr(), design, plant, whole)) as lab:
        comes_up_and_heals(lab)
        # Two pods are reserved: a core knows their sessions already, and they wait.
        peers = lab.show("plane0-core0", "show bgp ipv4 unicast summary json")[0]["peers"]
        assert sorted(p["state"] == "Established" for p in peers.values()) == [False] * 4 + [True] * 4


def test_two_planes_of_rails() -> None:
    """Every address of a host with four ports is reached from the ports of its plane, and from those of no other.

    Hosts set themselves up by the script that is written for them.
    """
    design, plant = built(SPECS / "dual_plane_rail.rack", {"servers": "4", "rails": "2", "rails_a_leaf": "1"})
    top = of(design, plant)
    assert (len(top.switches), len(top.hosts), len(top.host_addresses())) == (8, 4, 16)
    expected = expectations(top)
    seen = {(name[:6], target[:6]) for name in top.switches for target in top.switches
            if (name, top.switches[target].loopback[4]) in expected.routes}  # fmt: skip
    assert seen == {("plane0", "plane0"), ("plane1", "plane1")}
    own_scripts = hosts(Hosts(), design, plant)
    assert own_scripts.keys() == set(top.hosts)
    with boot(top, boxes(Frr(), design, plant, bare), own_scripts) as lab:
        comes_up_and_heals(lab)
        own = {leaf: addresses[4] for host, leaf, addresses in top.host_addresses() if host == "compute001"}
        far = {leaf: addresses[4] for host, leaf, addresses in top.host_addresses() if host == "compute004"}
        answers = lab.ping("compute001", own["plane0-leaf0"], [far["plane0-leaf1"], far["plane1-leaf0"]])
        assert answers == {far["plane0-leaf1"]}


# --- what a network may say of its routing ---


def test_numbered_sessions_and_a_number_a_tier() -> None:
    design, _ = built(CLOS)
    pools = design.networks[0].attributes.pools.model_copy(
        update={
            "fabric": "10.64.0.0/20",
            "fabric6": "fd00:0:0:3::/64",
            "loopback6": "fd00:0:0:1::/64",
            "host6": "fd00:0:0:2::/64",
        }
    )
    policy = Ebgp(unnumbered=False, bfd=True, asn_plan="per_tier")
    design, plant = with_network(design, routing=policy, pools=pools)
    top = of(design, plant)
    assert {switch.asn for switch in top.switches.values()} == {4200000000, 4200000001, 4200000002}
    routes = expectations(top).routes
    # A leaf that heard of a spine cannot tell the other spine: there its number is in the path.
    assert ("pod0-spine0", top.switches["pod0-spine1"].loopback[4]) not in routes
    assert routes["pod0-leaf0", top.switches["pod1-leaf0"].loopback[6]] == 2
    with boot(top, boxes(Frr(), design, plant, bare)) as lab:
        comes_up_and_heals(lab)


def test_a_default_route_downwards_and_host_links_upwards() -> None:
    design, _ = built(CLOS)
    pools = design.networks[0].attributes.pools.model_copy(
        update={"loopback6": "fd00:0:0:1::/64", "host6": "fd00:0:0:2::/64"}
    )
    policy = {
        "bfd": True,
        "downward": "default",
        "aggregate": False,
        "communities": {"loopback": "65000:1", "host": "65000:2"},
    }
    design, plant = with_network(design, routing=Ebgp.model_validate(policy), pools=pools)
    top = of(design, plant)
    routes = expectations(top).routes
    assert routes["pod0-leaf0", "0.0.0.0/0"] == routes["pod0-leaf0", "::/0"] == 2
    assert routes["core0", "10.128.0.24/31"] == 1 and ("pod1-leaf0", "10.128.0.24/31") not in routes
    with boot(top, boxes(Frr(), design, plant, bare)) as lab:
        assert settle(lab, expectations(top)) == []
        assert ping_faults(lab) == []
        host, loopback = lab.show(
            "core0",
            "show bgp ipv4 unicast 10.128.0.24/31 json",
            f"show bgp ipv6 unicast {top.switches['pod0-leaf0'].loopback[6]} json",
        )
        assert {p["community"]["string"] for p in host["paths"]} == {"65000:2"}
        assert {p["community"]["string"] for p in loopback["paths"]} == {"65000:1"}


def test_the_aggregate_has_the_community_of_hosts_and_sonic_routes_beside_frr(tmp_path: Path) -> None:
    """Leaves and cores run SONiC, spines FRR: each has the files of its own backend, and they make one fabric."""
    mixed = [(f"{name} : test_switch", f"{name} : test_switch {{ os = {os} }}") for name, os in SYSTEMS.items()]
    routing = ("base_asn = 4200000000 }", 'base_asn = 4200000000\n communities { host = "65000:2" }\n }')
    design, plant = edited(tmp_path, *mixed, routing)

    def system(cls: object) -> str:
        return str(plant.element_of(cls).os)  # type: ignore[arg-type]

    top = topology(plant, routed(design, plant), mtu_of(design.networks[0]), system)
    found = boxes(Sonic(), design, plant, sonic, Request()) | boxes(Frr(), design, plant, bare, Request())
    assert found.keys() == top.switches.keys()
    with boot(top, found) as lab:
        assert settle(lab, expectations(top)) == []
        assert ping_faults(lab) == []
        block = lab.show("core0", f"show bgp ipv4 unicast {top.switches['pod0-leaf0'].blocks[4]} json")[0]
        assert {p["community"]["string"] for p in block["paths"]} == {"65000:2"}


SYSTEMS = {"leaf[2] ": "sonic", "spine[2]": "frr", "core[2]    ": "sonic"}
