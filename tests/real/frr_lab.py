"""A lab of real FRR daemons: one network namespace a device, one veth pair a link.

`Lab` boots what the backend wrote, exactly as it wrote it; `expectations` says from the links alone what must
come of it; `faults` compares the two. Needs root, iproute2 and FRR.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rackwright.compiler.names import interface_names
from rackwright.compiler.network.addresses import dotted
from rackwright.compiler.network.routing import Routing
from rackwright.compiler.plant import Plant

DAEMONS = Path("/usr/lib/frr")
BOOT_SECONDS = 90

Addresses = Mapping[str, Sequence[tuple[str, str]]]


def missing() -> str:
    """Why no lab can be run here; empty if one can."""
    if os.geteuid() != 0:
        return "needs root for network namespaces"
    for program in ("ip", "ping", "vtysh"):
        if shutil.which(program) is None:
            return f"needs {program}"
    if not (DAEMONS / "bgpd").exists():
        return "needs FRR's daemons"
    probe = f"rw{os.getpid():x}probe"
    if subprocess.run(["ip", "netns", "add", probe], capture_output=True).returncode:
        return "network namespaces are not allowed here"
    subprocess.run(["ip", "netns", "del", probe], capture_output=True)
    return ""


@dataclass(frozen=True)
class Cable:
    """A link: device and interface at both ends. `addresses` are those of the plan, empty if unnumbered."""

    a: tuple[str, str]
    z: tuple[str, str]
    addresses: tuple[str, str]


@dataclass(frozen=True)
class Topology:
    """What the plant says: switches with AS number and loopback, hosts, and the cables between them."""

    switches: Mapping[str, tuple[int, str]]
    hosts: tuple[str, ...]
    fabric: tuple[Cable, ...]
    access: tuple[Cable, ...]
    mtu: int
    bfd: bool


def topology(plant: Plant, routing: Routing, mtu: int, os: str = "frr") -> Topology:
    """The lab's view of one network. Interfaces of hosts are `eth<n>`, those of switches as the catalog has them."""
    names, links = plant.devices.names, plant.links
    numbers = zip(routing.devices.tolist(), routing.asn.tolist(), routing.loopback.tolist(), strict=True)
    switches = {names[device]: (asn, dotted(loopback)) for device, asn, loopback in numbers}
    ports = [interface_names(plant, cls, os) for cls in plant.classes]
    fabric: list[Cable] = []
    access: list[Cable] = []
    hosts: set[str] = set()
    for n in range(len(links)):
        ends, addresses = [], []
        for device, port, address in (
            (int(links.a_device[n]), int(links.a_terminal[n]), int(routing.a_address[n])),
            (int(links.z_device[n]), int(links.z_terminal[n]), int(routing.z_address[n])),
        ):
            given = ports[int(plant.devices.cls[device])] if names[device] in switches else None
            ends.append((names[device], given[port] if given is not None else f"eth{port + 1}"))
            addresses.append("" if address < 0 else f"{dotted(address)}/31")
        cable = Cable(ends[0], ends[1], (addresses[0], addresses[1]))
        inside = [end[0] in switches for end in ends]
        if all(inside):
            fabric.append(cable)
        elif any(inside):
            access.append(cable)
            hosts.update(end[0] for end, switch in zip(ends, inside, strict=True) if not switch)
    return Topology(switches, tuple(sorted(hosts)), tuple(fabric), tuple(access), mtu, routing.policy.bfd)


@dataclass(frozen=True)
class Expectations:
    """Sessions as (switch, interface) to peer's AS number; paths as (switch, destination switch) to their number."""

    sessions: Mapping[tuple[str, str], int]
    paths: Mapping[tuple[str, str], int]


def expectations(top: Topology, down: frozenset[Cable] = frozenset()) -> Expectations:
    """What must be seen, from the links alone, with some of them down."""
    sessions: dict[tuple[str, str], int] = {}
    neighbours: dict[str, list[str]] = {name: [] for name in top.switches}
    for cable in top.fabric:
        if cable not in down:
            for end, other in ((cable.a, cable.z), (cable.z, cable.a)):
                sessions[end] = top.switches[other[0]][0]
                neighbours[end[0]].append(other[0])
    paths: dict[tuple[str, str], int] = {}
    for target in top.switches:
        distance = _distances(neighbours, target)
        for name in top.switches:
            if name != target and name in distance:
                # Parallel links to one neighbour are as many paths.
                paths[name, target] = sum(distance[n] == distance[name] - 1 for n in neighbours[name])
    return Expectations(sessions, paths)


def _distances(neighbours: Mapping[str, list[str]], target: str) -> dict[str, int]:
    distance, frontier = {target: 0}, {target}
    while frontier:
        level = distance[min(frontier)] + 1
        frontier = {n for f in frontier for n in neighbours[f]} - distance.keys()
        distance.update(dict.fromkeys(frontier, level))
    return distance


class Lab:
    """A running lab. Use `boot`, which takes it down again whatever happens."""

    def __init__(self, top: Topology, configs: Mapping[str, str], own: Addresses, folder: Path) -> None:
        self.top = top
        self._configs = configs
        self._own = own
        self._folder = folder
        self._spaces: dict[str, str] = {}
        self._daemons: list[subprocess.Popen[bytes]] = []

    # --- building ---

    def up(self) -> None:
        """Namespaces, links, addresses of hosts, daemons, configuration."""
        for number, name in enumerate((*self.top.switches, *self.top.hosts)):
            # The folder's name is unique, so labs can run beside each other.
            self._spaces[name] = f"{self._folder.name}-{number}"
            _run("ip", "netns", "add", self._spaces[name])
        for name, space in self._spaces.items():
            router = name in self.top.switches
            settings = {
                "net.ipv6.conf.all.disable_ipv6": 0,
                "net.ipv6.conf.default.disable_ipv6": 0,
                "net.ipv6.conf.default.dad_transmits": 0,
                "net.ipv4.conf.all.rp_filter": 0,
                "net.ipv4.conf.default.rp_filter": 0,
                "net.ipv4.ip_forward": int(router),
                "net.ipv6.conf.all.forwarding": int(router),
            }
            _run("ip", "netns", "exec", space, "sysctl", "-qw", *(f"{k}={v}" for k, v in settings.items()))
            _run("ip", "-n", space, "link", "set", "lo", "up")
        for cable in (*self.top.fabric, *self.top.access):
            self._connect(cable)
        for name in self.top.switches:
            self._start(name)

    def _connect(self, cable: Cable) -> None:
        (a, a_port), (z, z_port) = cable.a, cable.z
        ends = ("netns", self._spaces[a], "type", "veth", "peer", "name", z_port, "netns", self._spaces[z])
        _run("ip", "link", "add", a_port, *ends)
        for (name, port), address, other in zip(
            (cable.a, cable.z), cable.addresses, cable.addresses[::-1], strict=True
        ):
            space = self._spaces[name]
            _run("ip", "-n", space, "link", "set", port, "mtu", str(self.top.mtu), "up")
            if name in self.top.hosts and address:
                _run("ip", "-n", space, "address", "add", address, "dev", port)
                gateway = other.partition("/")[0]
                _run("ip", "-n", space, "route", "append", "default", "via", gateway, "dev", port)

    def _start(self, name: str) -> None:
        for port, address in self._own.get(name, ()):
            if port.startswith("Loopback"):
                # A pair of which nobody uses the other end: not every kernel has dummy interfaces.
                _run(
                    "ip", "-n", self._spaces[name], "link", "add", port, "up", "type", "veth", "peer", "name", "unused"
                )
                _run("ip", "-n", self._spaces[name], "link", "set", "unused", "up")
            _run("ip", "-n", self._spaces[name], "address", "add", address, "dev", port)
        home = self._folder / self._spaces[name]
        home.mkdir()
        # The daemons give up root's rights and must still reach their folder.
        shutil.chown(home, "frr", "frr")
        (home / "frr.conf").write_text(self._configs[name])
        (home / "vtysh.conf").write_text("")
        for daemon in ("zebra", "bgpd", "bfdd"):
            own = {
                "zebra": ["-M", "dplane_fpm_nl"],
                "bgpd": ["-p", "179"],
                "bfdd": ["--bfdctl", str(home / "bfdd.sock")],
            }[daemon]
            command = ["ip", "netns", "exec", self._spaces[name], str(DAEMONS / daemon), *own]
            command += ["-u", "frr", "-g", "frr", "-P", "0", "-z", str(home / "zserv.api")]
            command += ["-i", str(home / f"{daemon}.pid"), "--vty_socket", str(home)]
            command += ["-f", "/dev/null", "--log", f"file:{home / 'log'}"]
            # The daemons keep stderr open for good, so it must not be a pipe that anybody reads.
            null = subprocess.DEVNULL
            self._daemons.append(subprocess.Popen(command, stdin=null, stdout=null, stderr=null))
            _wait_for(home / f"{daemon}.vty")
        _run("vtysh", "--vty_socket", str(home), "--config_dir", str(home), "-b")

    def down(self) -> None:
        """Stop every daemon and remove every namespace, also half-built ones."""
        for daemon in self._daemons:
            daemon.terminate()
        for daemon in self._daemons:
            try:
                daemon.wait(5)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        for space in self._spaces.values():
            subprocess.run(["ip", "netns", "del", space], capture_output=True)

    # --- looking ---

    def show(self, switch: str, command: str) -> Any:
        """What a `show … json` of a switch says."""
        home = self._folder / self._spaces[switch]
        text = _run("vtysh", "--vty_socket", str(home), "--config_dir", str(home), "-c", command)
        return json.loads(text or "{}")

    def ping(self, host: str, address: str) -> bool:
        """Whether an address answers a host."""
        command = ["ip", "netns", "exec", self._spaces[host], "ping", "-c1", "-W1", "-q", address]
        return subprocess.run(command, capture_output=True).returncode == 0

    def cut(self, cable: Cable) -> None:
        """Take a link down at both ends."""
        for name, port in (cable.a, cable.z):
            _run("ip", "-n", self._spaces[name], "link", "set", port, "down")

    def mend(self, cable: Cable) -> None:
        """Take a link up again."""
        for name, port in (cable.a, cable.z):
            _run("ip", "-n", self._spaces[name], "link", "set", port, "up")

    def faults(self, expected: Expectations) -> list[str]:
        """Everything that is not as expected, one line each."""
        found = []
        for switch in self.top.switches:
            found += self._session_faults(switch, expected)
            found += self._path_faults(switch, expected)
            found += self._detection_faults(switch, expected)
        return found

    def _session_faults(self, switch: str, expected: Expectations) -> list[str]:
        seen: dict[tuple[str, str], tuple[str, int]] = {}
        for peer, facts in self.show(switch, "show bgp ipv4 unicast summary json").get("peers", {}).items():
            seen[switch, self._port_of(switch, peer)] = (facts["state"], facts["remoteAs"])
        wanted = {key: asn for key, asn in expected.sessions.items() if key[0] == switch}
        found = [f"{switch}: no session on {port}" for _, port in wanted.keys() - seen.keys()]
        for (_, port), (state, asn) in seen.items():
            if (switch, port) not in wanted:
                if state == "Established":
                    found.append(f"{switch}: a session on {port} that no link explains")
            elif state != "Established":
                found.append(f"{switch}: {port} is not established")
            elif asn != wanted[switch, port]:
                found.append(f"{switch}: {port} leads to AS {asn}, not {wanted[switch, port]}")
        return found

    def _port_of(self, switch: str, peer: str) -> str:
        """The interface behind a peer, which FRR calls by its address if the session is numbered."""
        for cable in self.top.fabric:
            for end, other in ((cable.a, cable.addresses[1]), (cable.z, cable.addresses[0])):
                if end[0] == switch and peer == other.partition("/")[0]:
                    return end[1]
        return peer

    def _detection_faults(self, switch: str, expected: Expectations) -> list[str]:
        """With BFD every session must have one that is up."""
        if not self.top.bfd:
            return []
        peers = self.show(switch, "show bfd peers json") or []
        up = {peer.get("interface") for peer in peers if peer["status"] == "up"}
        return [f"{switch}: no BFD on {port}" for name, port in expected.sessions if name == switch and port not in up]

    def _path_faults(self, switch: str, expected: Expectations) -> list[str]:
        routes = self.show(switch, "show ip route json")
        found = []
        for target, (_, loopback) in self.top.switches.items():
            if target == switch:
                continue
            width = 0
            for route in routes.get(f"{loopback}/32", []):
                if route.get("selected"):
                    width = sum(bool(hop.get("fib")) for hop in route["nexthops"])
            wanted = expected.paths.get((switch, target), 0)
            if width != wanted:
                found.append(f"{switch}: {width} paths to {target}, not {wanted}")
        return found

    def ping_faults(self) -> list[str]:
        """Pairs of hosts that do not reach each other."""
        address: dict[str, str] = {}
        for cable in self.top.access:
            for (name, _), own in zip((cable.a, cable.z), cable.addresses, strict=True):
                if name in self.top.hosts:
                    address.setdefault(name, own.partition("/")[0])
        pairs = [(one, other) for one in address for other in address if one != other]
        return [
            f"{a} does not reach {z}" for a, z in pairs if not self.ping(a, address[z]) and not self.ping(a, address[z])
        ]

    def settle(self, expected: Expectations, seconds: float) -> list[str]:
        """The faults that are left when there are none, or when the time is over."""
        end = time.monotonic() + seconds
        while (found := self.faults(expected)) and time.monotonic() < end:
            time.sleep(0.5)
        return found

    def steady(self, expected: Expectations, quiet: float = 8) -> list[str]:
        """The faults that stay: when no other has come or gone for a while."""
        found, since = self.faults(expected), time.monotonic()
        end = since + BOOT_SECONDS
        while time.monotonic() < min(end, since + quiet):
            time.sleep(0.5)
            now = self.faults(expected)
            if now != found:
                found, since = now, time.monotonic()
        return found


@contextmanager
def boot(top: Topology, configs: Mapping[str, str], own: Addresses | None = None) -> Iterator[Lab]:
    """A lab of these configurations, by device name; gone afterwards, also after a failure.

    `own` are addresses that the system sets and not FRR, by device: interface and address with length.
    """
    with tempfile.TemporaryDirectory(prefix="rwlab") as folder, _room_for_neighbours():
        Path(folder).chmod(0o755)
        lab = Lab(top, configs, own or {}, Path(folder))
        try:
            lab.up()
            yield lab
        finally:
            lab.down()


@contextmanager
def _room_for_neighbours() -> Iterator[None]:
    """Neighbour tables are shared by all namespaces; the usual 1,024 entries overflow near 500 links."""
    places = [Path(f"/proc/sys/net/ipv{v}/neigh/default/gc_thresh{n}") for v in (4, 6) for n in (3, 2, 1)]
    before = [place.read_text() for place in places]
    try:
        for place in places:
            place.write_text("16384")
        yield
    finally:
        for place, text in zip(reversed(places), reversed(before), strict=True):
            place.write_text(text)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _wait_for(path: Path) -> None:
    end = time.monotonic() + 20
    while not path.exists():
        if time.monotonic() > end:
            raise RuntimeError(f"{path.name} did not start")
        time.sleep(0.02)


def with_fault(config: str, pattern: str, replacement: str) -> str:
    """A configuration with a planted fault; the pattern must be there."""
    changed = re.sub(pattern, replacement, config, count=1, flags=re.MULTILINE)
    assert changed != config, pattern
    return changed
