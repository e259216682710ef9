"""A strict reader of EOS startup-configs, of our own.

`eos.lark` knows every line that may be there, below which other, and what kind each value is. `faults` adds what a
grammar cannot see: values out of range, names that stand for nothing, ports that would stay switched, neighbours that
would stay silent. `faults_between` compares the two ends of every link and session.
"""

from __future__ import annotations

from collections.abc import Iterator

from lark.exceptions import UnexpectedInput
from unit.eos_base import addresses, interfaces, names, sections, services
from unit.eos_bgp import bgp, policies, sessions, used
from unit.eos_qos import classes
from unit.eos_tree import Config, Node, inside, parser, twice


def faults(text: str) -> list[str]:
    """What EOS would refuse, or take and not do."""
    try:
        tree = parser().parse(text)
    except UnexpectedInput as error:
        lines = text.splitlines()
        return [f"line {error.line}: {lines[error.line - 1] if 0 < error.line <= len(lines) else 'the end is missing'}"]
    return read(tree).faults


def read(tree: Node) -> Config:
    """Everything that one file says, and its faults."""
    config = Config(tree)
    for check in (sections, interfaces, addresses, names, services, classes, policies, bgp, sessions, used):
        config.faults += check(config)
    return config


def faults_between(files: dict[str, str], reserved: bool = True) -> list[str]:
    """Links and sessions whose two ends do not agree. With `reserved`, a far end may have no file yet."""
    configs = {c.hostname: c for c in (read(parser().parse(text)) for text in files.values())}
    found: list[str] = []
    for what in ("asn", "router_id", "loopback6"):
        values = [str(getattr(c, what)) for c in configs.values() if getattr(c, what)]
        if what != "asn":
            found += twice(what, values)
    for config in configs.values():
        found += _ends(config, configs, reserved)
    addresses = [
        address.partition("/")[0]
        for c in configs.values()
        for p in c.ports.values()
        for address in (p.address, p.address6)
        if address
    ]
    return found + list(twice("address", addresses))


def _ends(config: Config, configs: dict[str, Config], reserved: bool) -> Iterator[str]:
    """Faults between a switch and its neighbours."""
    by_cable = {(c.hostname, p.cable): p for c in configs.values() for p in c.ports.values() if not p.idle}
    for name, one in config.neighbours.items():
        peer = configs.get(one.peer)
        if peer is None:
            if not reserved:
                yield f"{config.hostname}: {name} is {one.peer}, which has no file"
            continue
        if one.asn != peer.asn:
            yield f"{config.hostname}: {name} expects AS {one.asn}, {one.peer} is {peer.asn}"
        port = config.ports.get(name) or next(
            p for p in config.ports.values() if inside(name, p.address) or inside(name, p.address6)
        )
        far = by_cable.get((one.peer, port.cable))
        if far is None or far.far != config.hostname:
            yield f"{config.hostname}: {port.name} is {port.description!r}, and {one.peer} has no such cable"
            continue
        if (far.mtu, far.speed, far.enable6) != (port.mtu, port.speed, port.enable6):
            yield f"{config.hostname}: {port.name} and {one.peer} {far.name} differ"
        if not name.startswith("Ethernet") and name not in (
            far.address.partition("/")[0],
            far.address6.partition("/")[0],
        ):
            yield f"{config.hostname}: {name} is not the address of {one.peer} {far.name}"
        back = [n for n in peer.neighbours.values() if n.peer == config.hostname]
        if not back:
            yield f"{config.hostname}: {one.peer} has no session back"
