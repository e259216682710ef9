"""FRR's own parser takes every line of every frr.conf."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from unit.fabrics import CLOS, SPECS, built, rendered, with_network

from rackwright.backends.frr import Frr
from rackwright.backends.sonic import Sonic
from rackwright.compiler.backend import Backend, Request
from rackwright.compiler.design import Design
from rackwright.compiler.plant import Plant
from rackwright.compiler.schema.routing import Ebgp

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("vtysh") is None, reason="needs vtysh, of Debian's frr"),
]

POOLS = {"fabric": "10.64.0.0/20", "loopback6": "fd00:0:0:1::/64", "host6": "fd00:0:0:2::/64"}

POLICIES: dict[str, dict[str, object]] = {
    "unnumbered": {"bfd": True, "communities": {"loopback": "65000:1", "host": "65000:2"}},
    "numbered": {"unnumbered": False, "asn_plan": "per_tier", "downward": "default"},
    "specifics": {"aggregate": False, "max_paths": 1, "keepalive": "60 s", "hold": "180 s"},
    "slow": {"bfd": True, "bfd_interval": "60000 ms", "bfd_multiplier": 50},
}


def parsed(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["vtysh", "-C", "-f", str(path)], capture_output=True, text=True)


def configs(backend: Backend, design: Design, plant: Plant, request: Request | None = None) -> dict[str, str]:
    """Every frr.conf of a backend, by device."""
    files = rendered(backend, design, plant, request)
    return {path.split("/")[2]: text for path, text in files.items() if path.endswith("/frr.conf")}


def taken(texts: dict[str, str], folder: Path) -> None:
    assert texts
    for name, text in texts.items():
        path = folder / name
        path.write_text(text)
        done = parsed(path)
        assert done.returncode == 0, (name, done.stdout, done.stderr)


@pytest.mark.parametrize("backend", [Frr(), Sonic()], ids=lambda b: b.name)
@pytest.mark.parametrize("spec", ["lab_4x2", "lab_3tier", "dual_plane_rail", "llama3_24k"])
def test_every_role_of_every_design(backend: Backend, spec: str, tmp_path: Path) -> None:
    named = backend.name == "frr" or spec != "llama3_24k"
    design, plant = built(SPECS / f"{spec}.rack", {"pods": "1"} if spec == "llama3_24k" else {})
    texts = configs(backend, design, plant, Request(named=named))
    # The first and last switch of every class, in which all shapes of a file are.
    edges = {plant.devices.names[n] for c in plant.classes for n in (c.first, c.first + c.count - 1)}
    taken({name: text for name, text in texts.items() if name in edges}, tmp_path)


@pytest.mark.parametrize("backend", [Frr(), Sonic()], ids=lambda b: b.name)
@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_every_policy(backend: Backend, policy: dict[str, object], tmp_path: Path) -> None:
    design, _ = built(CLOS)
    six = {"fabric6": "fd00:0:0:3::/64"} if policy.get("unnumbered") is False else {}
    pools = design.networks[0].attributes.pools.model_copy(update=POOLS | six)
    changed = with_network(design, routing=Ebgp.model_validate(policy), pools=pools)
    taken(configs(backend, *changed, Request(named=True)), tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        "neighbour swp1 interface",
        "timers bgp 9 none",
        "bgp router-id 10.0.0.256",
        "neighbor UPLINKS bfd proffle FABRIC",
    ],
)
def test_a_planted_line_is_refused(line: str, tmp_path: Path) -> None:
    text = next(iter(configs(Frr(), *built(SPECS / "lab_4x2.rack")).values()))
    changed = text.replace(" bgp log-neighbor-changes\n", f" {line}\n")
    assert changed != text
    (tmp_path / "frr.conf").write_text(changed)
    assert parsed(tmp_path / "frr.conf").returncode != 0
