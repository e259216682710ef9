"""Ports in the words of EOS: speed with lanes, error correction, and what a template prints for each."""

from __future__ import annotations

from typing import NamedTuple

from .._kit.device_model import Interface, SwitchModel
from .._kit.ports import Port, eos_management_port

GIGA = 10**9

SPEEDS = {
    (10, 1): "10g",
    (25, 1): "25g",
    (40, 4): "40g",
    (50, 1): "50g-1",
    (50, 2): "50g-2",
    (100, 1): "100g-1",
    (100, 2): "100g-2",
    (100, 4): "100g-4",
    (200, 1): "200g-1",
    (200, 2): "200g-2",
    (200, 4): "200g-4",
    (400, 2): "400g-2",
    (400, 4): "400g-4",
    (400, 8): "400g-8",
    (800, 4): "800g-4",
    (800, 8): "800g-8",
    (1600, 8): "1.6t-8",
}
"""What `speed` takes, by Gbps and electrical lanes. Source: the schema of arista.avd 6.4, `ethernet_interfaces.speed`,
which lists the words of the command."""


class PortLines(NamedTuple):
    """One interface. `speed` and `encoding` are empty where nothing is to be said; `idle`: no cable is planned."""

    name: str
    idle: bool
    description: str
    speed: str
    encoding: str
    address: str
    address6: str
    unnumbered: bool


def speed(port: Port) -> str:
    """A port's speed with its lanes, such as `400g-8`; empty if EOS has no word for it."""
    gigabits, rest = divmod(port.speed, GIGA)
    return "" if rest else SPEEDS.get((gigabits, port.width), "")


def encoding(port: Port) -> str:
    """The code of `error-correction encoding`: which Reed-Solomon code it is follows from the speed."""
    return "" if port.fec == "none" else "reed-solomon"


def port_lines(switch: SwitchModel) -> tuple[PortLines, ...]:
    """Every data port of a switch, in order."""
    # Ports of a class are the same objects on all its switches, so each is put into words once a class.
    return tuple(_lines(i) for i in switch.interfaces)


def _lines(i: Interface) -> PortLines:
    port = i.port
    if i.kind == "unused":
        # The first port of a split cage decides, by its speed, whether the others are there at all.
        return PortLines(port.name, True, "", speed(port) if port.part else "", "", "", "", False)
    unnumbered = i.kind == "fabric" and not i.address
    return PortLines(port.name, False, i.description, speed(port), encoding(port), i.address, i.address6, unnumbered)


def management_port(switch: SwitchModel) -> str:
    """The port for management."""
    return eos_management_port(i.port.name for i in switch.interfaces)
