"""The judge of the labs sees planted faults, each where it is. What it cannot see, a lab that passes does not show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from real import frr_lab
from real.frr_lab import boot
from real.lab_boxes import boxes
from real.lab_faults import ping_faults, steady
from real.lab_files import Box, bare
from real.lab_topology import Cable, Topology, expectations, topology
from unit.fabrics import SPECS, built, routed

from rackwright.backends.frr import Frr

MISSING = frr_lab.missing()
pytestmark = [pytest.mark.real, pytest.mark.skipif(bool(MISSING), reason=MISSING or "no reason")]


@pytest.fixture(scope="module")
def good() -> tuple[Topology, dict[str, Box]]:
    design, plant = built(SPECS / "lab_4x2.rack")
    return topology(plant, routed(design, plant), 9100), boxes(Frr(), design, plant, bare)


def planted(found: Mapping[str, Box], faults: Mapping[str, tuple[str, str]]) -> dict[str, Box]:
    return dict(found) | {name: found[name].but(*fault) for name, fault in faults.items()}


def test_numbers_neighbours_paths_and_addresses(good: tuple[Topology, dict[str, Box]]) -> None:
    top, found = good
    faults = {
        # A wrong AS number, a neighbour left out, a single path, a loopback that is not announced, a wrong /31.
        "net-spine1": (r"^router bgp \d+$", "router bgp 4200009999"),
        "compute0-leaf0": (r"^ neighbor swp10 interface peer-group UPLINKS\n", ""),
        "compute0-leaf1": (r"^  maximum-paths 2$", "  maximum-paths 1"),
        "compute1-leaf0": (r"^ip prefix-list OWN seq 10 .*\n", ""),
        "compute1-leaf1": (r"^ ip address 10\.0\.0\.96/31$", " ip address 10.0.0.92/31"),
    }
    with boot(top, planted(found, faults)) as lab:
        seen = steady(lab, expectations(top))
        assert "compute1-leaf0: swp10 leads to AS 4200009999, not 4200000005" in seen
        assert "compute0-leaf0: no IPv4 session on swp10" in seen
        assert "net-spine1: the IPv4 session on swp1 is not established" in seen
        assert "compute0-leaf1: 1 paths to compute1-leaf1, not 2" in seen
        assert "net-spine0: 0 paths to compute1-leaf0, not 1" in seen
        assert ping_faults(lab, ["compute1-host2"]) != []


def test_cables_policies_and_comparisons(good: tuple[Topology, dict[str, Box]]) -> None:
    top, found = good
    faults = {
        # Paths compared by their numbers, a policy that lets host links out, a loopback that is another's, a small MTU.
        "compute0-leaf0": (
            r"^frr defaults datacenter\n((?:.*\n)*) bgp bestpath as-path multipath-relax\n",
            r"frr defaults traditional\n\1",
        ),
        "compute0-leaf1": (r"^ip prefix-list HOSTS seq 10 .*$", "ip prefix-list HOSTS seq 10 permit 10.0.0.0/16 le 32"),
        "compute1-leaf1": (r"^ ip address 10\.255\.0\.\d+/32$", " ip address 10.255.0.3/32"),
    }
    wrong = planted(found, faults)
    # The whole block's host links get out once the policy lets them and nothing sums them up.
    wrong["compute0-leaf1"] = wrong["compute0-leaf1"].but(r"^  aggregate-address .*\n", "")
    wrong["net-spine0"] = wrong["net-spine0"].but(
        r"^ip prefix-list HOSTS seq 10 .*$", "ip prefix-list HOSTS permit any"
    )
    small = wrong["compute1-leaf0"]
    wrong["compute1-leaf0"] = replace(small, mtu=dict(small.mtu) | {"swp1": 1500})
    with boot(swapped(top, "compute1-leaf0", "swp9", "compute1-leaf1", "swp10"), wrong) as lab:
        seen = steady(lab, expectations(top))
        assert "compute0-leaf0: 1 paths to compute1-leaf0, not 2" in seen
        assert "net-spine0: 1 paths to 10.0.0.34/31, not 0" in seen
        assert "compute1-leaf0: swp9 leads to AS 4200000005, not 4200000004" in seen
        assert "net-spine0: 0 paths to compute1-leaf1, not 1" in seen
        assert ping_faults(lab, ["compute1-host0"]) != []


def swapped(top: Topology, one: str, one_port: str, other: str, other_port: str) -> Topology:
    """The same with the plugs of two cables exchanged at the ends that are named."""
    ends = {(one, one_port): (other, other_port), (other, other_port): (one, one_port)}
    cables = tuple(Cable(ends.get(c.a, c.a), ends.get(c.z, c.z), c.addresses) for c in top.fabric)
    assert sum(c not in top.fabric for c in cables) == 2
    return replace(top, fabric=cables)
