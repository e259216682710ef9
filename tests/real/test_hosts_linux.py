"""A server's network.sh on the Linux of a network namespace, with virtual cables for adapters."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from unit.fabrics import built, rendered

from rackwright.backends.hosts import Hosts

WHY = "needs root and the program ip (Debian: iproute2)"
pytestmark = [pytest.mark.real, pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("ip"), reason=WHY)]

SPEC = Path(__file__).parents[1] / "unit" / "hosts.rack"

SPACE = f"rwhost{os.getpid()}"


def ip(*words: str) -> str:
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def space() -> Iterator[str]:
    """A namespace, taken away afterwards."""
    ip("netns", "add", SPACE)
    try:
        yield SPACE
    finally:
        ip("netns", "del", SPACE)


Ports = list[dict[str, Any]]


def set_up(space: str, place: Path, script: str, ports: Ports) -> dict[str, str]:
    """Interfaces for ports, and the script run twice; names by port."""
    names = {one["port"]: one["linux"] or f"rail{n}" for n, one in enumerate(ports)}
    for name in names.values():
        ip("-n", space, "link", "add", name, "type", "veth", "peer", "name", f"{name}-far")
        ip("-n", space, "link", "set", f"{name}-far", "mtu", "9100", "up")
    (place / "interfaces").write_text("".join(f"{port} {name}\n" for port, name in names.items()))
    (place / "network.sh").write_text(script)
    run = ["ip", "netns", "exec", space, "env", f"INTERFACES={place / 'interfaces'}", "sh", str(place / "network.sh")]
    seen = []
    for _ in range(2):
        subprocess.run(run, check=True)
        rules = ip("-n", space, "rule", "list") + ip("-n", space, "-6", "rule", "list")
        seen.append(rules + ip("-n", space, "route", "show", "table", "all", "proto", "boot"))
    assert seen[0] == seen[1]
    return names


def wrong_ways(space: str, names: dict[str, str], ports: Ports, far: Ports) -> list[str]:
    """Addresses from which the kernel does not leave by their own port, to any port of another server."""
    found = []
    for one in ports:
        for family, rule, route in zip(("-4", "-6"), one["rules"], one["routes"], strict=True):
            for other in far:
                goal = other["rules"][0 if family == "-4" else 1]["from"]
                words = ["-n", space, "-j", family, "route", "get", goal, "from", rule["from"]]
                done = subprocess.run(["ip", *words], capture_output=True, text=True)
                way = json.loads(done.stdout)[0] if done.returncode == 0 else {}
                if (way.get("dev"), way.get("gateway")) != (names[one["port"]], route["via"]):
                    found.append(rule["from"])
    return found


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return rendered(Hosts(), *built(SPEC))


def ports_of(files: dict[str, str], server: str) -> Ports:
    found: Ports = json.loads(files[f"configs/hosts/{server}/network.json"])["interfaces"]
    return found


def test_each_address_leaves_by_its_own_port(space: str, tmp_path: Path, files: dict[str, str]) -> None:
    ports, far = ports_of(files, "server0"), ports_of(files, "server2")
    names = set_up(space, tmp_path, files["configs/hosts/server0/network.sh"], ports)
    for one in ports:
        shown = json.loads(ip("-n", space, "-j", "address", "show", "dev", names[one["port"]]))[0]
        given = {f"{a['local']}/{a['prefixlen']}" for a in shown["addr_info"] if a["scope"] == "global"}
        assert shown["mtu"] == 9100 and given == set(one["addresses"])
    assert wrong_ways(space, names, ports, far) == []
    # No address, no port: the main table has nothing but the links.
    lost = subprocess.run(["ip", "-n", space, "route", "get", far[0]["rules"][0]["from"]], capture_output=True)
    assert lost.returncode != 0


def test_a_rule_that_is_missing_is_seen(space: str, tmp_path: Path, files: dict[str, str]) -> None:
    ports, far = ports_of(files, "server0"), ports_of(files, "server2")
    mine = ports[1]["rules"][0]["from"]
    script = files["configs/hosts/server0/network.sh"]
    assert f"rule -4 {mine} " in script
    names = set_up(space, tmp_path, script.replace(f"rule -4 {mine} ", f": {mine} "), ports)
    assert set(wrong_ways(space, names, ports, far)) == {mine}
