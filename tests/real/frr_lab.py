"""A lab of real FRR daemons: one network namespace a device, one veth pair a link.

`boot` starts what a backend wrote, exactly as it wrote it; `lab_faults` compares what it does with what `lab_topology`
says must come of the links. Needs root, iproute2 and FRR.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from real.lab_files import Box, Host
from real.lab_topology import Cable, Topology

DAEMONS = Path("/usr/lib/frr")

HEADERS = {4: 28, 6: 48}
"""Bytes of IP and ICMP headers."""


def missing() -> str:
    """Why no lab can be run here; empty if one can."""
    if os.geteuid() != 0:
        return "needs root for network namespaces"
    for program in ("ip", "ping", "sysctl", "vtysh"):
        if shutil.which(program) is None:
            return f"needs {program}"
    if not (DAEMONS / "bgpd").exists():
        return "needs FRR's daemons"
    probe = f"rw{os.getpid():x}probe"
    if subprocess.run(["ip", "netns", "add", probe], capture_output=True).returncode:
        return "network namespaces are not allowed here"
    subprocess.run(["ip", "netns", "del", probe], capture_output=True)
    return ""


class Lab:
    """A running lab. Use `boot`, which takes it down again whatever happens."""

    def __init__(self, top: Topology, boxes: Mapping[str, Box], hosts: Mapping[str, Host], folder: Path) -> None:
        self.top = top
        self._boxes = boxes
        self._hosts = hosts
        self._folder = folder
        self._spaces: dict[str, str] = {}
        self._daemons: list[subprocess.Popen[bytes]] = []

    # --- building ---

    def up(self) -> None:
        """Namespaces, links, addresses of hosts, daemons, configuration."""
        for number, name in enumerate((*self.top.switches, *self.top.hosts)):
            # The folder's name is unique, so labs can run beside each other.
            self._spaces[name] = f"{self._folder.name}-{number}"
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self._space, self._spaces))
            list(pool.map(self._connect, (*self.top.fabric, *self.top.access)))
            list(pool.map(self._start, self.top.switches))
            list(pool.map(self._set_up, self._hosts))

    def _space(self, name: str) -> None:
        space = self._spaces[name]
        _run("ip", "netns", "add", space)
        settings = {
            "net.ipv6.conf.all.disable_ipv6": "0",
            "net.ipv6.conf.default.disable_ipv6": "0",
            "net.ipv6.conf.default.dad_transmits": "0",
            "net.ipv6.conf.default.accept_dad": "0",
            "net.ipv4.conf.all.rp_filter": "0",
            "net.ipv4.conf.default.rp_filter": "0",
        }
        if name in self._boxes:
            settings |= self._boxes[name].sysctl
        _run("ip", "netns", "exec", space, "sysctl", "-qw", *(f"{key}={value}" for key, value in settings.items()))
        _run("ip", "-n", space, "link", "set", "lo", "up")

    def _connect(self, cable: Cable) -> None:
        (a, a_port), (z, z_port) = cable.a, cable.z
        ends = ("netns", self._spaces[a], "type", "veth", "peer", "name", z_port, "netns", self._spaces[z])
        _run("ip", "link", "add", a_port, *ends)
        for (name, port), _, own, others in cable.ends():
            mtu = self._boxes[name].mtu[port] if name in self._boxes else self.top.mtu
            # Hosts with a script of their own set the MTU by it.
            lines = [f"link set {port} up" if name in self._hosts else f"link set {port} mtu {mtu} up"]
            if name in self.top.hosts and name not in self._hosts:
                # A host answers from the address that was asked, through the port that has it.
                table = int(port.removeprefix("eth")) + 100
                for family, address in own.items():
                    gateway = others[family].partition("/")[0]
                    lines += [
                        f"-{family} address add {address} dev {port}",
                        f"-{family} route add default via {gateway} dev {port} table {table}",
                        f"-{family} rule add from {address.partition('/')[0]} table {table}",
                    ]
            for line in lines:
                _run("ip", "-n", self._spaces[name], *line.split())

    def _set_up(self, name: str) -> None:
        folder = self._folder / f"host-{name}"
        folder.mkdir()
        (folder / "network.sh").write_text(self._hosts[name].script)
        (folder / "interfaces").write_text(self._hosts[name].interfaces)
        # Twice: such scripts may be run again at any time.
        for _ in range(2):
            done = self.inside(name, "env", f"INTERFACES={folder / 'interfaces'}", "sh", str(folder / "network.sh"))
            assert done.returncode == 0, (name, done.stderr)

    def _start(self, name: str) -> None:
        box, space = self._boxes[name], self._spaces[name]
        for port, address in box.addresses:
            if port.startswith("Loopback"):
                # A pair of which nobody uses the other end: not every kernel has dummy interfaces.
                subprocess.run(
                    ["ip", "-n", space, "link", "add", port, "up", "type", "veth", "peer", "name", "unused"],
                    capture_output=True,
                )
                _run("ip", "-n", space, "link", "set", "unused", "up")
            _run("ip", "-n", space, "address", "add", address, "dev", port)
        home = self._folder / space
        home.mkdir()
        # The daemons give up root's rights and must still reach their folder.
        shutil.chown(home, "frr", "frr")
        (home / "frr.conf").write_text(box.frr)
        (home / "vtysh.conf").write_text("")
        for daemon in ("zebra", "bgpd", "bfdd"):
            own = {
                "zebra": ["-M", "dplane_fpm_nl"],
                "bgpd": ["-p", "179"],
                "bfdd": ["--bfdctl", str(home / "bfdd.sock")],
            }[daemon]
            command = ["ip", "netns", "exec", space, str(DAEMONS / daemon), *own]
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

    def show(self, switch: str, *commands: str) -> list[Any]:
        """What `show … json` commands of a switch say, in one go."""
        home = self._folder / self._spaces[switch]
        asked = [word for command in commands for word in ("-c", command)]
        text = _run("vtysh", "--vty_socket", str(home), "--config_dir", str(home), *asked)
        found, reader = [], json.JSONDecoder()
        while text := text.lstrip():
            value, end = reader.raw_decode(text)
            found.append(value)
            text = text[end:]
        assert len(found) == len(commands), (switch, commands, found)
        return found

    def inside(self, device: str, *command: str) -> subprocess.CompletedProcess[str]:
        """A command in the namespace of a device."""
        return subprocess.run(["ip", "netns", "exec", self._spaces[device], *command], capture_output=True, text=True)

    def ping(self, host: str, own: str, others: Sequence[str]) -> set[str]:
        """Which addresses answer a host that asks from one of its own, with packets of the whole MTU."""
        size = self.top.mtu - HEADERS[6 if ":" in own else 4]
        # One shell for all of them: most of the time goes into starting processes. Those that fail get a second go.
        once = f"ping -q -c1 -W1 -M do -s {size} -I {own}"
        script = f"for a in {' '.join(others)}; do {once} $a >/dev/null || {once} $a >/dev/null && echo $a; done"
        return set(self.inside(host, "sh", "-c", script).stdout.split())

    def cut(self, cable: Cable) -> None:
        """Take a link down at both ends."""
        for name, port in (cable.a, cable.z):
            _run("ip", "-n", self._spaces[name], "link", "set", port, "down")

    def mend(self, cable: Cable) -> None:
        """Take a link up again."""
        for name, port in (cable.a, cable.z):
            _run("ip", "-n", self._spaces[name], "link", "set", port, "up")


@contextmanager
def boot(top: Topology, boxes: Mapping[str, Box], hosts: Mapping[str, Host] | None = None) -> Iterator[Lab]:
    """A lab of these switches, by name; gone afterwards, also after a failure. Other hosts are set up by the lab."""
    with tempfile.TemporaryDirectory(prefix="rwlab") as folder, _room_for_neighbours():
        Path(folder).chmod(0o755)
        lab = Lab(top, boxes, hosts or {}, Path(folder))
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
