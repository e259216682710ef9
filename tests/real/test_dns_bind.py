"""BIND's own checks (Debian's bind9-utils) take the zones once they are bound, and see planted faults."""

from __future__ import annotations

import re
import shutil
import subprocess
from ipaddress import ip_address
from pathlib import Path

import pytest
from support import rendered
from unit.counts import Compiled

from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("named-checkzone") is None, reason="needs named-checkzone (Debian: bind9-utils)"),
]


def bound(result: Compilation, folder: Path) -> Path:
    """The zones with their placeholders filled in."""
    for artifact in rendered(result, "dns", Request(named=True)):
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        text = artifact.data.decode().replace("%server:dns%", "ns1.example.com")
        path.write_text(re.sub("%domain:([^%]*)%", lambda m: m[1].replace("_", "-") + ".example.net", text))
    return folder / "ops" / "dns"


def zones(place: Path) -> dict[str, Path]:
    """The files by the names that named.conf gives them."""
    found = re.findall('zone "([^"]+)" [{] type primary; file "([^"]+)"; };', (place / "named.conf").read_text())
    assert found and len(dict(found)) == len(found)
    return {name: place / file for name, file in found}


def checked(name: str, path: Path) -> subprocess.CompletedProcess[str]:
    """A zone as BIND reads it, in canonical form. Names of other zones are not looked up."""
    command = ["named-checkzone", "-i", "local", "-k", "fail", "-n", "fail", "-D", "-o", "-", name, str(path)]
    return subprocess.run(command, capture_output=True, text=True)


def records(place: Path) -> list[tuple[str, str, str]]:
    """Name, type and data of every record, as BIND reads them."""
    found = []
    for name, path in zones(place).items():
        done = checked(name, path)
        assert done.returncode == 0, (name, done.stdout, done.stderr)
        for line in done.stdout.splitlines():
            words = line.split()
            if len(words) >= 5 and words[3] in ("A", "AAAA", "PTR"):
                found.append((words[0], words[3], words[4]))
    return found


@pytest.mark.parametrize("spec", ["lab_3tier", "llama3_24k", "ocp_opg", "superpod_h100"])
def test_every_address_leads_to_a_name_and_back(spec: str, compiled: Compiled, tmp_path: Path) -> None:
    found = records(bound(compiled(spec), tmp_path))
    forward = {(data, name) for name, kind, data in found if kind in ("A", "AAAA")}
    back = {(name, data) for name, kind, data in found if kind == "PTR"}
    assert {(ip_address(data).reverse_pointer + ".", name) for data, name in forward} == back
    assert len(forward) == len(back) > 0


def test_the_lab(compiled: Compiled, tmp_path: Path) -> None:
    place = bound(compiled("lab_3tier"), tmp_path)
    found = records(place)
    (own,) = [data for name, _, data in found if name == "pod0-k0-leaf0.lab.example.net."]
    assert own.startswith("172.16.0.")
    # Twenty switches: a management address, a loopback and its IPv6.
    assert len([1 for _, kind, _ in found if kind != "PTR"]) == 60
    conf = place / "named.conf"
    options = tmp_path / "all.conf"
    options.write_text(f'options {{ directory "{place}"; }};\ninclude "{conf}";\n')
    done = subprocess.run(["named-checkconf", "-z", str(options)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("old", "new"), [("\tA\t172", "\tA\t1720"), ("@\tNS", "@\tNSS"), ("pod0-k0-leaf0\t", "pod0_k0\t")]
)
def test_planted_faults_are_seen(old: str, new: str, compiled: Compiled, tmp_path: Path) -> None:
    place = bound(compiled("lab_3tier"), tmp_path)
    path = place / "forward" / "lab.example.net.zone"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert checked("lab.example.net", path).returncode != 0
