"""Kea reads our DHCP file once boxes are bound, refuses it before, and sees planted faults."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from unit.eos_cases import EVERYTHING, made
from unit.fabrics import SPECS, built

from rackwright.backends.ztp import Ztp
from rackwright.compiler.backend import Request

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("kea-dhcp4") is None, reason="needs kea-dhcp4 (Debian: kea-dhcp4-server)"),
]


@pytest.fixture(scope="module")
def unbound(tmp_path_factory: pytest.TempPathFactory) -> str:
    design, plant = made(tmp_path_factory.mktemp("kea"), EVERYTHING)
    (text,) = [a.data.decode() for a in Ztp().render(design, plant, Request()) if a.path == "ztp/kea-dhcp4.json"]
    return text


@pytest.fixture(scope="module")
def bound(unbound: str) -> str:
    number = iter(range(256))
    filled = re.sub(r"%mac:[^%]+%", lambda _: f"28:99:3a:00:00:{next(number):02x}", unbound)
    return filled.replace("%interface:dhcp%", "lo").replace("%server:ztp%", "192.0.2.1")


def judged(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    path = folder / "kea-dhcp4.json"
    path.write_text(text)
    # Kea wants to write its lease file and its lock somewhere even if it only tests.
    env = {"KEA_LOCKFILE_DIR": str(folder), "KEA_PIDFILE_DIR": str(folder), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    return subprocess.run(["kea-dhcp4", "-t", str(path)], capture_output=True, text=True, env=env)


def test_kea_takes_it(tmp_path: Path, bound: str) -> None:
    done = judged(tmp_path, bound)
    assert done.returncode == 0, done.stdout + done.stderr


def test_kea_refuses_it_before(tmp_path: Path, unbound: str) -> None:
    assert judged(tmp_path, unbound).returncode != 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"ip-address": "172.16.0.3"', '"ip-address": "172.16.1.3"'),
        ('"ip-address": "172.16.0.3"', '"ip-address": "172.16.0.2"'),
        ("28:99:3a:00:00:01", "28:99:3a:00:00:00"),
        ('"subnet": "172.16.0.0/24"', '"subnet": "172.16.0.0/33"'),
        ("boot-file-name", "boot-file-nam"),
        ('"data": "172.16.0.1"', '"data": "gateway"'),
    ],
)
def test_kea_sees_planted_faults(tmp_path: Path, bound: str, old: str, new: str) -> None:
    assert old in bound
    assert judged(tmp_path, bound.replace(old, new)).returncode != 0


def test_every_switch_with_an_address_has_a_reservation(tmp_path: Path) -> None:
    """Also one without an operating system: Kea takes reservations that lead to no file."""
    text = (SPECS / "lab_3tier.rack").read_text().replace("    os    = frr\n", "")
    spec = tmp_path / "bare.rack"
    spec.write_text(text)
    design, plant = built(spec)
    (found,) = [a.data.decode() for a in Ztp().render(design, plant, Request()) if a.path.endswith("kea-dhcp4.json")]
    number = iter(range(256))
    filled = re.sub(r"%mac:[^%]+%", lambda _: f"28:99:3a:00:00:{next(number):02x}", found)
    assert next(number) == 20
    done = judged(tmp_path, filled.replace("%interface:dhcp%", "lo"))
    assert done.returncode == 0, done.stdout + done.stderr
