"""Provisioning files: whom they serve, that they stop at the wrong box, and that binding fills every placeholder."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from unit.eos_cases import CASES, EVERYTHING, made
from unit.fabrics import SPECS, built, edited

from rackwright.backends.eos import Eos
from rackwright.backends.frr import Frr
from rackwright.backends.sonic import Sonic
from rackwright.backends.ztp import Ztp
from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.plant import Plant

DOCS = Path(__file__).parents[2] / "docs" / "backends" / "ztp.md"
PLACEHOLDER = re.compile(r"%[a-z]+:[^%]*%")


def written(design: Design, plant: Plant) -> dict[str, str]:
    return {a.path: a.data.decode() for a in Ztp().render(design, plant, Request())}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A Clos of EOS switches with every service."""
    return written(*made(tmp_path_factory.mktemp("ztp"), EVERYTHING))


@pytest.fixture(scope="module")
def sonic(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return written(*made(tmp_path_factory.mktemp("sonic"), (*EVERYTHING, ("os = eos", "os = sonic"))))


def rows(files: dict[str, str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files["ztp/index.csv"])))


def test_the_index(files: dict[str, str]) -> None:
    found = rows(files)
    assert len(found) == 10
    (leaf,) = [row for row in found if row["host"] == "pod0-leaf1"]
    assert leaf == {
        "host": "pod0-leaf1",
        "serial": "%serial:pod0-leaf1%",
        "mac": "%mac:pod0-leaf1%",
        "role": "leaf",
        "model": "",
        "location": "",
        "management": "172.16.0.5/24",
        "os": "eos",
        "image": "%image:eos:x86_64-test%",
        "config": "configs/eos/pod0-leaf1/startup-config",
        "provisioning": "ztp/eos/pod0-leaf1.sh",
    }
    assert {row["provisioning"] for row in found} <= set(files)


@pytest.mark.parametrize("spec", ["lab_4x2", "llama3_24k"])
def test_every_switch_boots_with_a_file_that_is_there(spec: str) -> None:
    design, plant = built(SPECS / f"{spec}.rack")
    files = written(design, plant)
    there = {a.path for maker in (Eos(), Frr(), Sonic()) for a in maker.render(design, plant, Request())}
    found = rows(files)
    switches = sum(c.count for c in plant.classes_of_kind("switch"))
    assert len({row["host"] for row in found}) == len(found) == switches
    assert {row["config"] for row in found} <= there
    assert {row["provisioning"] for row in found} <= set(files)
    assert all(row["location"] for row in found)
    fetched = {path for text in files.values() for path in re.findall(r"http://%server:ztp%/(configs/[^\"' ]+)", text)}
    assert len(fetched) >= len(found) and fetched <= there


def test_whoever_has_a_reservation_is_in_the_index(tmp_path: Path) -> None:
    path = tmp_path / "lab.rack"
    path.write_text((SPECS / "lab_3tier.rack").read_text().replace("    os    = frr\n", ""))
    files = written(*built(path))
    kea = json.loads(files["ztp/kea-dhcp4.json"])["Dhcp4"]
    reserved = [box["hostname"] for net in kea["subnet4"] for box in net["reservations"]]
    assert sorted(row["host"] for row in rows(files)) == sorted(reserved) and len(reserved) == 20
    assert {(r["os"], r["image"], r["config"], r["provisioning"]) for r in rows(files)} == {("", "", "", "")}


def test_no_secret_and_no_user(files: dict[str, str], sonic: dict[str, str]) -> None:
    for text in (*files.values(), *sonic.values()):
        assert "netops" not in text and "secret" not in text


def test_only_what_is_built_is_provisioned(tmp_path: Path) -> None:
    small = rows(written(*edited(tmp_path, ("pod[2 of 4]", "pod[1 of 4]"))))
    grown = rows(written(*edited(tmp_path, ("pod[2 of 4]", "pod[3 of 4]"))))
    assert (len(small), len(grown)) == (6, 14)
    assert [row for row in grown if row in small] == small


def test_shards_are_the_whole(files: dict[str, str], tmp_path: Path) -> None:
    design, plant = made(tmp_path, EVERYTHING)
    parts: list[str] = []
    for shard in range(3):
        parts += [a.path for a in Ztp().render(design, plant, Request(shard=shard, shards=3))]
    assert sorted(parts) == sorted(files)


SECTION = {"plugin", "url", "install", "serial", "source", "ping-hosts", "halt-on-failure", "reboot-on-success"}


def test_sonic_does_one_thing_after_the_other(sonic: dict[str, str]) -> None:
    document = json.loads(sonic["ztp/sonic/pod0-leaf1.json"])
    assert list(document) == ["ztp"]
    sections: dict[str, dict[str, Any]] = document["ztp"]
    assert list(sections) == sorted(sections)
    assert [name[3:] for name in sections] == ["serial", "firmware", "routing", "configdb-json", "connectivity-check"]
    assert all(set(section) <= SECTION for section in sections.values())
    assert all(section["halt-on-failure"] for name, section in sections.items() if name < "05")
    assert sections["04-configdb-json"]["url"] == {
        "source": "http://%server:ztp%/configs/sonic/pod0-leaf1/config_db.json",
        "destination": "/etc/sonic/config_db.json",
    }
    assert sections["05-connectivity-check"]["ping-hosts"] == ["172.16.0.1"]
    fetched = re.findall(r"http://%server:ztp%/(ztp/[^\"]+)", sonic["ztp/sonic/pod0-leaf1.json"])
    assert fetched and set(fetched) <= set(sonic)


def test_sonic_by_tables_has_no_daemon_file(tmp_path: Path) -> None:
    tables = ('hwsku      = "Test-8"', 'hwsku      = "Test-8"\n    routing_mode = tables')
    found = written(*edited(tmp_path, ("os = eos", "os = sonic"), tables))
    assert "03-routing" not in json.loads(found["ztp/sonic/core0.json"])["ztp"]


def test_linux(tmp_path: Path) -> None:
    found = written(*edited(tmp_path, ("os = eos", "os = frr")))
    first, _, rest = found["ztp/frr/core0/user-data"].partition("\n")
    assert first == "#cloud-config"
    document = json.loads(rest)
    assert document["hostname"] == "core0" and "%serial:core0%" in document["runcmd"][0][2]
    assert json.loads(found["ztp/frr/core0/meta-data"]) == {"instance-id": "core0", "local-hostname": "core0"}


# --- the scripts, with stand-ins for what a switch has ---


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a script with stand-ins for the commands of a switch; `curl` copies from a folder."""
    bin = tmp_path / "bin"
    bin.mkdir()
    stand_ins = {
        "FastCli": 'echo "Arista DCS-7060X6-64PE-F"; echo "Serial number:      $SERIAL"',
        "decode-syseeprom": 'echo "$SERIAL"',
        "logger": 'echo "$@" >> "$LOG"',
        "curl": 'for last; do :; done\nwhile [ "$1" != -o ]; do shift; done\ncp "$WEB/${last#http://server/}" "$2"',
    }
    for name, body in stand_ins.items():
        (bin / name).write_text(f"#!/bin/bash\n{body}\n")
        (bin / name).chmod(0o755)
    for folder in ("web", "flash", "frr"):
        (tmp_path / folder).mkdir()

    def go(script: str, serial: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "script"
        path.write_text(script.replace("%server:ztp%", "server"))
        return subprocess.run(
            ["bash", str(path), *arguments],
            env={
                "PATH": f"{bin}:{os.environ['PATH']}",
                "SERIAL": serial,
                "LOG": str(tmp_path / "log"),
                "WEB": str(tmp_path / "web"),
                "FLASH": str(tmp_path / "flash"),
                "FRR": str(tmp_path / "frr"),
                "DMI": str(tmp_path / "dmi"),
            },
            capture_output=True,
            text=True,
        )

    return go


def bound(files: dict[str, str]) -> str:
    text = files["ztp/eos/pod0-leaf1.sh"].replace("%serial:pod0-leaf1%", "JPE1")
    return text.replace("%image:eos:x86_64-test%", "EOS.swi")


def serve(tmp_path: Path, config: str) -> None:
    for path, text in (("images/EOS.swi", "image"), ("configs/eos/pod0-leaf1/startup-config", config)):
        (tmp_path / "web" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "web" / path).write_text(text)


def flash(tmp_path: Path) -> dict[str, str]:
    return {p.name: p.read_text() for p in (tmp_path / "flash").iterdir()}


Run = Callable[..., subprocess.CompletedProcess[str]]


def test_eos_takes_image_and_configuration(files: dict[str, str], run: Run, tmp_path: Path) -> None:
    serve(tmp_path, "hostname pod0-leaf1\nend\n")
    done = run(bound(files), "JPE1")
    assert (done.returncode, done.stdout) == (0, "pod0-leaf1: provisioned\n")
    assert flash(tmp_path) == {
        "EOS.swi": "image",
        "boot-config": "SWI=flash:/EOS.swi\n",
        "startup-config": "hostname pod0-leaf1\nend\n",
    }
    (tmp_path / "web/images/EOS.swi").unlink()
    assert run(bound(files), "JPE1").returncode == 0, "an image that is there is not fetched again"


def test_eos_leaves_the_wrong_box_alone(files: dict[str, str], run: Run, tmp_path: Path) -> None:
    serve(tmp_path, "hostname pod0-leaf1\nend\n")
    done = run(bound(files), "JPE2")
    assert done.returncode == 1 and "this box is JPE2, and pod0-leaf1 was bound to JPE1" in done.stdout
    assert flash(tmp_path) == {}


def test_eos_takes_no_configuration_that_is_cut_off(files: dict[str, str], run: Run, tmp_path: Path) -> None:
    serve(tmp_path, "hostname pod0-leaf1\nrouter bg")
    assert run(bound(files), "JPE1").returncode == 1
    assert "startup-config" not in flash(tmp_path)


def test_eos_unbound_does_nothing(files: dict[str, str], run: Run, tmp_path: Path) -> None:
    assert run(files["ztp/eos/pod0-leaf1.sh"], "JPE1").returncode == 1
    assert flash(tmp_path) == {}


def test_sonic_plugins(sonic: dict[str, str], run: Run, tmp_path: Path) -> None:
    section = tmp_path / "section"
    section.write_text(json.dumps({"01-serial": {"serial": "S1", "halt-on-failure": True}}))
    check = sonic["ztp/sonic/check-serial.sh"]
    assert run(check, "S1", str(section)).returncode == 0
    assert run(check, "S2", str(section)).returncode == 1
    (tmp_path / "web/frr.conf").write_text("router bgp 1\n")
    section.write_text(json.dumps({"03-routing": {"source": "http://server/frr.conf"}}))
    assert run(sonic["ztp/sonic/install-frr.sh"], "S1", str(section)).returncode == 0
    assert (tmp_path / "frr/frr.conf").read_text() == "router bgp 1\n"
    (tmp_path / "web/frr.conf").unlink()
    assert run(sonic["ztp/sonic/install-frr.sh"], "S1", str(section)).returncode != 0


def test_linux_checks_its_box(tmp_path: Path, run: Run) -> None:
    check = written(*edited(tmp_path, ("os = eos", "os = frr")))["ztp/frr/check-serial.sh"]
    (tmp_path / "dmi").write_text("S1 \n")
    assert run(check, "", "S1").returncode == 0
    assert run(check, "", "S2").returncode == 1


def test_binding_as_the_page_says(files: dict[str, str], tmp_path: Path) -> None:
    """The commands of docs/backends/ztp.md, as they stand there, fill every placeholder of what is bound."""
    for path, text in files.items():
        (tmp_path / "build" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "build" / path).write_text(text)
    hosts = [row["host"] for row in rows(files)]
    boxes = [f"{host},JPE{n},28:99:3a:00:00:{n:02x}" for n, host in enumerate(hosts)]
    (tmp_path / "boxes.csv").write_text("\n".join(["host,serial,mac", *boxes]) + "\n")
    (commands,) = re.findall(r"^```sh\n(tail .*?)^```", DOCS.read_text("utf-8"), re.M | re.S)
    values = {"SERVER": "192.0.2.1", "INTERFACE": "lo", "EOS_IMAGE": "EOS-4.33.1F.swi"}
    subprocess.run(["bash", "-euc", commands], cwd=tmp_path, env={**os.environ, **values}, check=True)
    filled = {str(p.relative_to(tmp_path / "bound")): p.read_text() for p in (tmp_path / "bound").rglob("*.*")}
    assert set(filled) == set(files)
    assert [found for text in filled.values() for found in PLACEHOLDER.findall(text)] == []
    assert rows(filled)[3]["serial"] == "JPE3"
    assert "serial='JPE3'" in filled[f"ztp/eos/{hosts[3]}.sh"]
    kea = json.loads(filled["ztp/kea-dhcp4.json"])["Dhcp4"]["subnet4"][0]["reservations"]
    assert [one["hw-address"] for one in kea] == [f"28:99:3a:00:00:{n:02x}" for n in range(len(hosts))]


def test_what_it_says(tmp_path: Path) -> None:
    assert list(Ztp().accepts(*made(tmp_path, EVERYTHING), Request())) == []
    assert [d.code for d in Ztp().accepts(*made(tmp_path, CASES["plain"]), Request())] == ["RW8081"]
    told = Ztp().accepts(*edited(tmp_path, ("os = eos", "os = fboss")), Request())
    assert [d.code for d in told] == ["RW8080", "RW8081"]
    assert written(*edited(tmp_path, ("    os = eos\n", ""))) == {}
