"""Real FRR judges what the FRR backend writes: its parser, then its daemons.

The daemons' test boots a fabric in network namespaces and compares what they do with what the links alone ask for.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from real import frr_lab
from unit.fabrics import CLOS, SPECS, built, rendered, routed, with_network

from rackwright.backends.frr import Frr
from rackwright.backends.sonic import Sonic
from rackwright.compiler.backend import Backend, Request
from rackwright.compiler.design import Design
from rackwright.compiler.plant import Plant
from rackwright.compiler.schema.routing import Ebgp

pytestmark = pytest.mark.real
needs_parser = pytest.mark.skipif(shutil.which("vtysh") is None, reason="needs vtysh, of Debian's frr")
MISSING = frr_lab.missing()
needs_lab = pytest.mark.skipif(bool(MISSING), reason=MISSING or "no reason")

MTU = 9100


# --- the parser ---


def parsed(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["vtysh", "-C", "-f", str(path)], capture_output=True, text=True)


def configs(backend: Backend, design: Design, plant: Plant, request: Request | None = None) -> dict[str, str]:
    """Every frr.conf of a backend, by device."""
    files = rendered(backend, design, plant, request)
    return {path.split("/")[2]: text for path, text in files.items() if path.endswith("/frr.conf")}


@needs_parser
@pytest.mark.parametrize("backend", [Frr(), Sonic()], ids=lambda b: b.name)
@pytest.mark.parametrize("spec", ["lab_4x2", "llama3_24k", "clos"])
def test_the_parser_takes_every_line(backend: Backend, spec: str, tmp_path: Path) -> None:
    named = backend.name == "frr" or spec != "llama3_24k"
    design, plant = built(CLOS if spec == "clos" else SPECS / f"{spec}.rack")
    texts = configs(backend, design, plant, Request(named=named))
    # Of a large design a sample: the first and last of each class are in it, and every 97th.
    sample = sorted(texts)[:: 97 if len(texts) > 100 else 1]
    assert sample
    for name in sample:
        path = tmp_path / name
        path.write_text(texts[name])
        done = parsed(path)
        assert done.returncode == 0, (name, done.stdout, done.stderr)


@needs_parser
@pytest.mark.parametrize("line", ["neighbour swp1 interface", "maximum-paths none", "bgp router-id 10.0.0.256"])
def test_the_parser_refuses_a_planted_line(line: str, tmp_path: Path) -> None:
    text = next(iter(configs(Frr(), *built(SPECS / "lab_4x2.rack")).values()))
    path = tmp_path / "frr.conf"
    path.write_text(frr_lab.with_fault(text, r"^ bgp log-neighbor-changes$", f" {line}"))
    assert parsed(path).returncode != 0


# --- the daemons ---


@pytest.fixture(scope="module")
def design() -> tuple[Design, Plant]:
    return built(SPECS / "lab_4x2.rack")


@pytest.fixture(scope="module")
def top(design: tuple[Design, Plant]) -> frr_lab.Topology:
    return frr_lab.topology(design[1], routed(*design), MTU)


@pytest.fixture(scope="module")
def lab(design: tuple[Design, Plant], top: frr_lab.Topology) -> Iterator[frr_lab.Lab]:
    with frr_lab.boot(top, configs(Frr(), *design)) as running:
        yield running


@needs_lab
def test_every_session_path_and_host(lab: frr_lab.Lab, top: frr_lab.Topology) -> None:
    expected = frr_lab.expectations(top)
    # Eight links of two ends; six switches that each see five others.
    assert (len(expected.sessions), len(expected.paths)) == (16, 30)
    assert expected.paths["compute0-leaf0", "compute1-leaf1"] == 2
    assert expected.paths["net-spine0", "net-spine1"] == 4
    assert lab.settle(expected, frr_lab.BOOT_SECONDS) == []
    assert lab.ping_faults() == []


@needs_lab
def test_nothing_but_loopbacks_and_blocks_crosses_the_fabric(lab: frr_lab.Lab, top: frr_lab.Topology) -> None:
    assert lab.settle(frr_lab.expectations(top), frr_lab.BOOT_SECONDS) == []
    learnt = [prefix for prefix, routes in lab.show("net-spine0", "show ip route bgp json").items() if routes]
    assert sorted(p for p in learnt if not p.endswith("/32")) == [f"10.0.0.{32 * n}/27" for n in range(4)]
    assert len([p for p in learnt if p.endswith("/32")]) == 5


@needs_lab
def test_a_link_that_goes_down_costs_one_path(lab: frr_lab.Lab, top: frr_lab.Topology) -> None:
    cable = top.fabric[0]
    before, after = frr_lab.expectations(top), frr_lab.expectations(top, frozenset([cable]))
    assert lab.settle(before, frr_lab.BOOT_SECONDS) == []
    lab.cut(cable)
    try:
        assert lab.faults(before) != []
        assert lab.settle(after, 30) == []
        assert lab.ping_faults() == []
    finally:
        lab.mend(cable)
    assert lab.settle(before, frr_lab.BOOT_SECONDS) == []


@needs_lab
def test_planted_faults_are_seen(design: tuple[Design, Plant], top: frr_lab.Topology) -> None:
    """One fault a switch, each of which the checker must find where it is."""
    texts = configs(Frr(), *design)
    planted = {
        # A wrong AS number, a neighbour left out, a single path, a loopback that is not announced, a wrong /31.
        "net-spine1": (r"^router bgp \d+$", "router bgp 4200009999"),
        "compute0-leaf0": (r"^ neighbor swp10 interface peer-group FABRIC\n", ""),
        "compute0-leaf1": (r"^  maximum-paths 2$", "  maximum-paths 1"),
        "compute1-leaf0": (r"^ip prefix-list OWN seq 10 .*\n", ""),
        "compute1-leaf1": (r"^ ip address 10\.0\.0\.96/31$", " ip address 10.0.0.92/31"),
    }
    for name, (pattern, replacement) in planted.items():
        texts[name] = frr_lab.with_fault(texts[name], pattern, replacement)
    with frr_lab.boot(top, texts) as lab:
        found = lab.steady(frr_lab.expectations(top))
        assert "compute1-leaf0: swp10 leads to AS 4200009999, not 4200000005" in found
        assert "compute0-leaf0: no session on swp10" in found
        assert "net-spine1: swp1 is not established" in found
        assert "compute0-leaf1: 1 paths to compute1-leaf1, not 2" in found
        assert "net-spine0: 0 paths to compute1-leaf0, not 1" in found
        assert any("compute1-host2" in line for line in lab.ping_faults())


@needs_lab
def test_unequal_numbers_need_the_relaxed_comparison(design: tuple[Design, Plant], top: frr_lab.Topology) -> None:
    texts = configs(Frr(), *design)
    name = "compute0-leaf0"
    texts[name] = frr_lab.with_fault(texts[name], r"^ bgp bestpath as-path multipath-relax\n", "")
    # The datacenter profile has it by default, so the profile has to go as well.
    texts[name] = frr_lab.with_fault(texts[name], r"^frr defaults datacenter\n", "frr defaults traditional\n")
    with frr_lab.boot(top, texts) as lab:
        assert f"{name}: 1 paths to compute1-leaf0, not 2" in lab.steady(frr_lab.expectations(top))


@needs_lab
@pytest.mark.parametrize("unnumbered", [True, False])
def test_three_tiers(unnumbered: bool) -> None:
    design, plant = built(CLOS)
    pools = design.networks[0].attributes.pools.model_copy(update={"fabric": "10.64.0.0/20"})
    design, plant = with_network(design, routing=Ebgp(unnumbered=unnumbered, bfd=True), pools=pools)
    top = frr_lab.topology(plant, routed(design, plant), MTU)
    expected = frr_lab.expectations(top)
    assert expected.paths["pod0-leaf0", "pod1-leaf0"] == 2
    with frr_lab.boot(top, configs(Frr(), design, plant)) as lab:
        assert lab.settle(expected, frr_lab.BOOT_SECONDS) == []
        assert lab.ping_faults() == []
        # Two pods are reserved: a core knows their sessions already, and they wait.
        peers = lab.show("core0", "show bgp ipv4 unicast summary json")["peers"]
        assert sorted(p["state"] == "Established" for p in peers.values()) == [False, False, True, True]


@needs_lab
def test_the_two_files_of_sonic_make_one_fabric() -> None:
    """Addresses from config_db.json, as SONiC sets them, and routing from the frr.conf beside it."""
    design, plant = built(CLOS)
    own = {}
    for path, text in rendered(Sonic(), design, plant).items():
        if path.endswith("config_db.json"):
            tables = json.loads(text)
            rows = [
                key.split("|") for name in ("LOOPBACK_INTERFACE", "INTERFACE") for key in tables[name] if "|" in key
            ]
            own[path.split("/")[2]] = [(port, address) for port, address in rows]
    top = frr_lab.topology(plant, routed(design, plant), MTU, "sonic")
    with frr_lab.boot(top, configs(Sonic(), design, plant), own) as lab:
        assert lab.settle(frr_lab.expectations(top), frr_lab.BOOT_SECONDS) == []
        assert lab.ping_faults() == []
