"""Files that say which interface of a container is which port, one set for each class of devices.

- Servers: the map that their `network.sh` reads, a line a port.
- cEOS: the interface mapping of containerlab's manual, "Arista cEOS".
- sonic-vs: which electrical lanes each interface stands for (`lanemap.ini`), and the ports of the platform with their
  lanes (`port_config.ini`). The container keeps of both what it has an interface for. Only where the catalog has the
  port map of the platform; else the configuration lacks lanes too (RW8006).
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from ...compiler.names import terminal_names
from ...compiler.plant import DeviceClass
from .._kit.ports import Port, eos_management_port
from .._kit.safe import folder, one_line
from .kinds import SONIC_HOME
from .lab import Lab, interface_names, places

_TARGETS = {
    "eos": (("EosIntfMapping.json", "/mnt/flash/EosIntfMapping.json"),),
    "sonic": (
        ("lanemap.ini", f"{SONIC_HOME}/lanemap.ini.orig"),
        ("port_config.ini", f"{SONIC_HOME}/port_config.ini.orig"),
    ),
    "server": (("interfaces", "/etc/rackwright/interfaces"),),
}


def port_maps(lab: Lab, cls: DeviceClass) -> list[tuple[str, str]]:
    """Pairs of a file, seen from the topology, and its place in each container of a class."""
    os = lab.os.get(cls.index, "server")
    if os == "sonic" and not all(port.lanes for port in places(lab.plant, cls, os)):
        return []
    return [(f"maps/{_name(lab, cls)}/{file}", inside) for file, inside in _TARGETS.get(os, ())]


def map_files(lab: Lab) -> Iterator[tuple[str, bytes]]:
    """All these files, by their path seen from the topology."""
    for cls, _ in lab.classes():
        for path, _ in port_maps(lab, cls):
            match path.rpartition("/")[2]:
                case "interfaces":
                    yield path, _server(lab, cls)
                case "EosIntfMapping.json":
                    yield path, _eos(lab, cls)
                case "lanemap.ini":
                    rows = enumerate(places(lab.plant, cls, "sonic"), 1)
                    yield path, "".join(f"eth{n}:{_lanes(port)}\n" for n, port in rows).encode()
                case _:
                    yield path, _ports(places(lab.plant, cls, "sonic"))


def _name(lab: Lab, cls: DeviceClass) -> str:
    return folder(lab.design.path(cls.element))


def _server(lab: Lab, cls: DeviceClass) -> bytes:
    ports = zip(terminal_names(lab.plant, cls, "port"), interface_names(lab.plant, cls, None), strict=True)
    return "".join(f"{one_line(port)} {interface}\n" for port, interface in ports).encode()


def _eos(lab: Lab, cls: DeviceClass) -> bytes:
    ports = [port.name for port in places(lab.plant, cls, "eos")]
    document = {
        "ManagementIntf": {"eth0": eos_management_port(ports)},
        "EthernetIntf": {f"eth{n}": port for n, port in enumerate(ports, 1)},
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _lanes(port: Port) -> str:
    return ",".join(map(str, port.lanes))


def _ports(ports: tuple[Port, ...]) -> bytes:
    lines = ["# name lanes alias index speed"]
    for port in ports:
        name = _word(port.name)
        lines.append(f"{name} {_lanes(port)} {_word(port.front) or name} {port.cage} {port.speed // 10**6}")
    return ("\n".join(lines) + "\n").encode()


def _word(text: str) -> str:
    """Free text of the catalog as one word of a line."""
    return "_".join(one_line(text).split())
