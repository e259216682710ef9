"""Do the files of a fabric agree, with each other and with the list of cables? One line for each that does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_interface, ip_network
from itertools import pairwise

from unit.configs.model import Port, Session, Switch

Row = Mapping[str, str]
"""A row of cables.csv."""

End = tuple[str, str]


def faults(switches: Mapping[str, Switch], cables: Sequence[Row]) -> list[str]:
    """All that does not agree. Ports and sessions for neighbours that are reserved, not built, may have no far end."""
    far = dict(_ends(switches, cables))
    found = [*_listed(switches, cables, far), *_unlisted(switches, far)]
    for row in cables:
        if row["a_device"] in switches and row["z_device"] in switches:
            found += _link(row, switches)
    for name, switch in switches.items():
        found += _sessions(name, switch, switches, far)
    return found + list(_numbers(switches))


def _ends(switches: Mapping[str, Switch], cables: Sequence[Row]) -> Iterator[tuple[End, tuple[Row, str, str]]]:
    """Every configured end: its row of the list, and which letter it and the other end have there."""
    for row in cables:
        for near, other in (("a", "z"), ("z", "a")):
            if row[f"{near}_device"] in switches:
                yield (row[f"{near}_device"], row[f"{near}_interface"]), (row, near, other)


def _listed(
    switches: Mapping[str, Switch], cables: Sequence[Row], far: Mapping[End, tuple[Row, str, str]]
) -> Iterator[str]:
    """Each end of a listed cable is configured, names what is at the other end, and is as fast as the cable."""
    for (name, interface), (row, _, other) in far.items():
        port = switches[name].ports.get(interface)
        if port is None:
            yield f"{name} {interface}: not configured, and {row['cable_id']} is there"
            continue
        wanted = f"to {row[f'{other}_device']} {row[f'{other}_port']} cable {row['cable_id']}"
        if port.description != wanted:
            yield f"{name} {interface}: `{port.description}`, not `{wanted}`"
        # The list does not say what hosts call their ports.
        there = (row[f"{other}_device"], row[f"{other}_interface"] or port.far[1])
        if any(port.far) and port.far not in (there, (there[0], "")):
            yield f"{name} {interface}: believes to face {' '.join(port.far)}, not {' '.join(there)}"
        if port.speed and port.speed != int(row["speed_gbps"]) * 10**9:
            yield f"{name} {interface}: {port.speed} bit/s on a cable of {row['speed_gbps']} Gbps"
        inside = row[f"{other}_device"] in switches
        if not inside and row["network"] and port.addresses.keys() != switches[name].loopbacks.keys():
            yield f"{name} {interface}: not an address of each family for the host {row[f'{other}_device']}"
    if not cables:
        yield "no cables"


def _unlisted(switches: Mapping[str, Switch], far: Mapping[End, object]) -> Iterator[str]:
    """A port that is configured without a cable is for a device that is not built."""
    built = {name for name, _ in far} | switches.keys()
    for name, switch in switches.items():
        for interface, port in switch.ports.items():
            words = port.description.split()
            if (name, interface) not in far and (len(words) != 5 or words[1] in built):
                yield f"{name} {interface}: configured, and no cable is there"


def _link(row: Row, switches: Mapping[str, Switch]) -> Iterator[str]:
    """Both ends of a cable between switches."""
    one, other = (switches[row[f"{end}_device"]].ports.get(row[f"{end}_interface"]) for end in "az")
    if one is None or other is None:
        return
    for what in ("speed", "fec", "mtu"):
        a, z = getattr(one, what), getattr(other, what)
        if a and z and a != z:
            yield f"{row['cable_id']}: {what} {a} and {z}"
    yield from _addresses(row["cable_id"], one, other)


def _addresses(cable: str, one: Port, other: Port) -> Iterator[str]:
    if one.addresses.keys() != other.addresses.keys():
        yield f"{cable}: an address at one end alone"
    for family in one.addresses.keys() & other.addresses.keys():
        a, z = ip_interface(one.addresses[family]), ip_interface(other.addresses[family])
        if a.network != z.network or a.ip == z.ip:
            yield f"{cable}: {a} and {z} are not the two addresses of one link"


def _sessions(
    name: str, switch: Switch, switches: Mapping[str, Switch], far: Mapping[End, tuple[Row, str, str]]
) -> Iterator[str]:
    """Every session has another end that says the same, and every link between switches has one for each family."""
    carried: dict[str, set[int]] = defaultdict(set)
    for session in switch.sessions:
        carried[session.port] |= session.families
        if session.asn == switch.asn:
            yield f"{name} {session.port}: a session within AS {switch.asn}"
        if (name, session.port) not in far:
            if session.port not in switch.ports:
                yield f"{name} {session.port}: a session on a port that is not configured"
            continue
        row, near, other = far[name, session.port]
        if row[f"{other}_device"] not in switches:
            yield f"{name} {session.port}: a session with {row[f'{other}_device']}, which is no switch"
            continue
        there, port = switches[row[f"{other}_device"]], row[f"{other}_interface"]
        yield from _session(f"{row['cable_id']} {near}", session, switch, there, port)
    for (device, port), (row, _, other) in far.items():
        if device == name and row[f"{other}_device"] in switches:
            wanted = {4, 6} if 6 in switch.loopbacks else {4}
            if carried[port] != wanted:
                yield f"{name} {port}: sessions carry {sorted(carried[port])}, not {sorted(wanted)}"


def _session(where: str, session: Session, near: Switch, there: Switch, port: str) -> Iterator[str]:
    """One session, against the one at the other end."""
    if session.asn not in (0, there.asn):
        yield f"{where}: to AS {session.asn}, and {there.name} is AS {there.asn}"
    if session.peer:
        own = {a.partition("/")[0] for a in (there.ports[port].addresses if port in there.ports else {}).values()}
        if session.peer not in own:
            yield f"{where}: to {session.peer}, and {there.name} has {', '.join(sorted(own)) or 'no address'}"
    version = 6 if ":" in session.peer else 4 if session.peer else 0
    backs = [s for s in there.sessions if s.port == port and (6 if ":" in s.peer else 4 if s.peer else 0) == version]
    if len(backs) != 1:
        yield f"{where}: {len(backs)} sessions of {there.name} lead back"
        return
    [back] = backs
    for what in ("families", "keepalive", "hold", "bfd"):
        if getattr(session, what) != getattr(back, what):
            yield f"{where}: {what} {getattr(session, what)}, and {getattr(back, what)} on {there.name}"
    if back.asn not in (0, near.asn):
        yield f"{where}: {there.name} expects AS {back.asn}, not {near.asn}"


def _numbers(switches: Mapping[str, Switch]) -> Iterator[str]:
    """Nothing is there twice, and everything is where it belongs."""
    seen: dict[str, str] = {}
    asns: dict[int, str] = {}
    for name, switch in switches.items():
        if switch.name != name:
            yield f"{name}: calls itself {switch.name}"
        if switch.loopbacks.get(4) != f"{switch.router_id}/32":
            yield f"{name}: router id {switch.router_id}, loopback {switch.loopbacks.get(4)}"
        if switch.asn in asns:
            yield f"{name}: AS {switch.asn} is {asns[switch.asn]}'s too"
        asns[switch.asn] = name
        own = [*switch.loopbacks.values(), *(a for port in switch.ports.values() for a in port.addresses.values())]
        for text in own:
            address = str(ip_interface(text).ip)
            if address in seen:
                yield f"{name}: {address} is {seen[address]}'s too"
            seen[address] = name
        yield from _aggregates(name, switch)
    blocks = sorted((ip_network(a) for s in switches.values() for a in s.aggregates), key=lambda n: (n.version, n))
    for one, other in pairwise(blocks):
        if one.version == other.version and one.overlaps(other):
            yield f"the blocks {one} and {other} overlap"


def _aggregates(name: str, switch: Switch) -> Iterator[str]:
    """Addresses of host links are in the block that is advertised for them."""
    if not switch.aggregates:
        return
    sessions = {session.port for session in switch.sessions}
    blocks = [ip_network(text) for text in switch.aggregates]
    for interface, port in switch.ports.items():
        for text in port.addresses.values() if interface not in sessions else ():
            own = ip_interface(text)
            if not any(own.version == block.version and own.ip in block for block in blocks):
                yield f"{name} {interface}: {text} is in no block that is advertised"
