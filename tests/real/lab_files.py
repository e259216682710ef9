"""What a device of the lab is set up with, read from the files that a backend wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

Files = Mapping[str, str]
"""The files of one device by name."""


@dataclass(frozen=True)
class Box:
    """A switch of the lab: the configuration of its daemons, and what its system sets.

    `addresses` are interfaces with an address and its length.
    """

    frr: str
    mtu: Mapping[str, int]
    addresses: tuple[tuple[str, str], ...] = ()
    sysctl: Mapping[str, str] = field(default_factory=dict)

    def but(self, pattern: str, replacement: str) -> Box:
        """The same with a planted fault in the configuration of its daemons; the pattern must be there."""
        changed = re.sub(pattern, replacement, self.frr, count=1, flags=re.MULTILINE)
        assert changed != self.frr, pattern
        return replace(self, frr=changed)


@dataclass(frozen=True)
class Host:
    """A host that sets itself up by a script of a backend, which finds its interfaces in a map."""

    script: str
    interfaces: str


def stanzas(interfaces: str) -> dict[str, list[tuple[str, str]]]:
    """The `iface` stanzas of an ifupdown2 file: attributes and values by interface."""
    found: dict[str, list[tuple[str, str]]] = {}
    current: list[tuple[str, str]] = []
    for line in interfaces.splitlines():
        words = line.split(maxsplit=1)
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "auto":
            assert re.fullmatch(r"\S+", words[1]), line
        elif words[0] == "iface":
            current = found.setdefault(words[1].split()[0], [])
        else:
            assert line.startswith("    ") and len(words) == 2, line
            current.append((words[0], words[1]))
    return found


def bare(files: Files) -> Box:
    """FRR alone sets addresses, as in a container: of the system only the MTU and what makes it a router."""
    read = stanzas(files["interfaces"])
    mtu = {name: int(value) for name, lines in read.items() for key, value in lines if key == "mtu"}
    return Box(files["frr.conf"], mtu, (), _settings(files["sysctl.conf"]))


def whole(files: Files) -> Box:
    """The system sets addresses before FRR starts, as ifupdown2 does."""
    read = stanzas(files["interfaces"])
    own = {name: lines for name, lines in read.items() if name not in ("eth0", "mgmt")}
    addresses = tuple((name, value) for name, lines in own.items() for key, value in lines if key == "address")
    return replace(bare(files), addresses=addresses)


def _settings(text: str) -> dict[str, str]:
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return dict(re.split(r"\s*=\s*", line, maxsplit=1) for line in lines)


def sonic(files: Files) -> Box:
    """Addresses and MTU from config_db.json, as SONiC sets them, and routing from the frr.conf beside it."""
    tables = json.loads(files["config_db.json"])
    rows = [key.split("|") for name in ("LOOPBACK_INTERFACE", "INTERFACE") for key in tables[name] if "|" in key]
    mtu = {name: int(row["mtu"]) for name, row in tables["PORT"].items()}
    # What SONiC's image sets by itself.
    routes = {
        "net.ipv4.ip_forward": "1",
        "net.ipv6.conf.all.forwarding": "1",
        "net.ipv6.conf.all.keep_addr_on_down": "1",
    }
    return Box(files["frr.conf"], mtu, tuple((port, address) for port, address in rows), routes)
