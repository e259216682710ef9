"""How a device runs as a container, by its operating system.

Source: containerlab's manual (containerlab.dev), "Kinds", and its examples, which the images are those of. The files
that sonic-vs reads at its start are those of sonic-net/sonic-buildimage, platform/vs/docker-sonic-vs/start.sh.
"""

from __future__ import annotations

from dataclasses import dataclass

CONFIGS = "../../configs"
"""The folder of all configurations, seen from that of the lab."""

BOOT = "sh -c 'for n in 1 2 3 4 5 6 7 8 9 10 11 12; do vtysh -b && break; sleep 5; done'"
"""Loads frr.conf as soon as the daemons of sonic-vs listen. No `$`: containerlab puts its environment in its place."""


NO_DEFAULT = "sh -c 'ip -4 route del default; ip -6 route del default; true'"
"""Takes away Docker's default route. On a real switch that of the management port is in a VRF of its own; here it would
hide one that BGP brings."""


@dataclass(frozen=True, slots=True)
class Container:
    """An image, containerlab's kind for it, and what is mounted where.

    `binds` are pairs of a file of the device's folder below `configs/<backend>` and its place inside; `startup` is the
    file that containerlab itself hands over. `commands` run when the links are there.
    """

    backend: str
    kind: str
    image: str
    binds: tuple[tuple[str, str], ...]
    startup: str = ""
    commands: tuple[str, ...] = ()


FRR = Container(
    "frr",
    "linux",
    "quay.io/frrouting/frr:10.5.1",
    (
        ("daemons", "/etc/frr/daemons"),
        ("frr.conf", "/etc/frr/frr.conf"),
        ("sysctl.conf", "/etc/sysctl.d/90-fabric.conf"),
    ),
    commands=("sysctl -p /etc/sysctl.d/90-fabric.conf", NO_DEFAULT),
)

SONIC = Container(
    "sonic",
    "sonic-vs",
    "docker-sonic-vs:latest",
    (("config_db.json", "/var/sonic/config_db.json"),),
)

EOS = Container("eos", "arista_ceos", "ceos:4.32.0F", (), startup="startup-config")

SERVER = Container(
    "hosts",
    "linux",
    "wbitt/network-multitool:3.22.2",
    (("network.sh", "/etc/rackwright/network.sh"),),
    commands=("sh /etc/rackwright/network.sh",),
)

SWITCHES = {"frr": FRR, "sonic": SONIC, "eos": EOS}
"""By operating system, which is also the name of the backend that writes the configuration."""

SONIC_HOME = "/usr/share/sonic/device/x86_64-kvm_x86_64-r0/Force10-S6000"
"""The platform folder of docker-sonic-vs (PLATFORM and HWSKU of its Dockerfile)."""

RESERVED = frozenset({"host", "mgmt-net", "macvlan", "dummy", "vxlan", "vxlan-stitch"})
"""Words that stand for something else than a node at the end of a link."""

MOST_NODES = 1000
"""Most nodes of a lab: each is a port of the management bridge, and a Linux bridge has at most 1,024 (BR_MAX_PORTS in
net/bridge/br_private.h)."""
