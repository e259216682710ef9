"""A containerlab topology without containers: a namespace a node, a veth pair a link, mounted files by their paths.

It reads the emitted YAML alone and knows nothing of the compiler. Of containerlab it does what the nodes of such a lab
need: groups, binds (the commands are told the file outside), links with names and MTU, dummies, `exec` when all links
are there. A node with FRR's image starts the daemons that its `daemons` file names, and loads `frr.conf`.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DAEMONS = Path("/usr/lib/frr")


@dataclass(frozen=True)
class Node:
    """A node: its group and itself, laid over each other."""

    name: str
    kind: str
    image: str
    binds: dict[str, Path]  # the place inside, and the file outside
    commands: tuple[tuple[str, ...], ...]

    @property
    def routes(self) -> bool:
        return "frr" in self.image


@dataclass(frozen=True)
class Link:
    ends: tuple[tuple[str, str], ...]  # node and interface; one end is a dummy
    mtu: int


@dataclass(frozen=True)
class Topo:
    nodes: dict[str, Node]
    links: tuple[Link, ...]


def read(path: Path) -> Topo:
    """A topology file; every mounted file must be there."""
    found = yaml.safe_load(path.read_text())["topology"]
    nodes = {}
    for name, own in found["nodes"].items():
        node = {**found["groups"][own["group"]], **own}
        binds = {}
        for bind in node.get("binds", ()):
            outside, inside, mode = bind.split(":")
            binds[inside] = (path.parent / outside).resolve()
            assert mode == "ro" and binds[inside].is_file(), bind
        if "startup-config" in node:
            assert (path.parent / node["startup-config"]).is_file(), node
        commands = tuple(tuple(shlex.split(line)) for line in node.get("exec", ()))
        nodes[name] = Node(name, node["kind"], node["image"], binds, commands)
    links = []
    for link in found["links"]:
        if link.get("type") == "dummy":
            ends: tuple[Any, ...] = ((link["endpoint"]["node"], link["endpoint"]["interface"]),)
        else:
            ends = tuple(tuple(end.rsplit(":", 1)) for end in link["endpoints"])
        assert all(node in nodes for node, _ in ends), link
        links.append(Link(ends, link.get("mtu", 9500)))
    # An interface is the end of one link, and Linux takes at most 15 characters.
    used = [end for link in links for end in link.ends]
    assert len(set(used)) == len(used) and all(len(interface) <= 15 for _, interface in used)
    return Topo(nodes, tuple(links))


class Lab:
    """A running lab. Use `deploy`, which takes it down again."""

    def __init__(self, topo: Topo, folder: Path) -> None:
        self.topo, self._folder = topo, folder
        self._spaces = {name: f"{folder.name}-{n}" for n, name in enumerate(topo.nodes)}
        self._daemons: list[subprocess.Popen[bytes]] = []

    def up(self) -> None:
        for space in self._spaces.values():
            run("ip", "netns", "add", space)
            run("ip", "-n", space, "link", "set", "lo", "up")
            settings = ["net.ipv6.conf.all.disable_ipv6=0", "net.ipv6.conf.default.accept_dad=0"]
            # Docker's default of the reverse path filter is that of its machine; a router needs none.
            settings += ["net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0"]
            run("ip", "netns", "exec", space, "sysctl", "-qw", *settings)
        for node in self.topo.nodes.values():
            if node.routes:
                self._start(node)
        for link in self.topo.links:
            (name, interface), *others = link.ends
            space = self._spaces[name]
            # A veth whose other end nobody uses stands for a dummy: not every kernel has dummies.
            other, far = others[0] if others else (name, f"d-{interface}")
            peer = ("type", "veth", "peer", "name", far, "mtu", str(link.mtu), "netns", self._spaces[other])
            run("ip", "link", "add", interface, "mtu", str(link.mtu), "netns", space, *peer)
            for end, own in link.ends:
                run("ip", "-n", self._spaces[end], "link", "set", own, "up")
        for node in self.topo.nodes.values():
            for command in node.commands:
                done = self.inside(node.name, *(str(node.binds.get(word, word)) for word in command))
                # sysctl goes on after a key that this kernel does not know.
                assert done.returncode == 0 or command[0] == "sysctl", (node, command, done.stderr)

    def _start(self, node: Node) -> None:
        """FRR as its image starts it: the daemons of `daemons`, then the whole configuration."""
        space = self._spaces[node.name]
        home = self._folder / space
        home.mkdir()
        shutil.chown(home, "frr", "frr")
        shutil.copy(node.binds["/etc/frr/frr.conf"], home / "frr.conf")
        (home / "vtysh.conf").write_text("")
        said = dict(
            line.split("=", 1) for line in node.binds["/etc/frr/daemons"].read_text().splitlines() if "=" in line
        )
        wanted = ["zebra", *(name for name in ("bgpd", "bfdd") if said.get(name) == "yes")]
        for daemon in wanted:
            command = ["ip", "netns", "exec", space, str(DAEMONS / daemon), "-u", "frr", "-g", "frr", "-P", "0"]
            command += ["-z", str(home / "zserv.api"), "-i", str(home / f"{daemon}.pid"), "--vty_socket", str(home)]
            command += ["-f", "/dev/null"]
            command += {"bgpd": ["-p", "179"], "bfdd": ["--bfdctl", str(home / "bfdd.sock")]}.get(daemon, [])
            null = subprocess.DEVNULL
            self._daemons.append(subprocess.Popen(command, stdin=null, stdout=null, stderr=null))
            end = time.monotonic() + 20
            while not (home / f"{daemon}.vty").exists():
                assert time.monotonic() < end, f"{daemon} of {node.name} did not start"
                time.sleep(0.02)
        run("vtysh", "--vty_socket", str(home), "--config_dir", str(home), "-b")

    def down(self) -> None:
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

    def inside(self, node: str, *command: str) -> subprocess.CompletedProcess[str]:
        """A command in the namespace of a node, which finds its map of interfaces outside."""
        binds = self.topo.nodes[node].binds
        around = os.environ | {"INTERFACES": str(binds.get("/etc/rackwright/interfaces", ""))}
        run_in = ["ip", "netns", "exec", self._spaces[node], *command]
        return subprocess.run(run_in, capture_output=True, text=True, env=around)

    def neighbours(self, node: str) -> list[str]:
        """The interfaces over which a switch has an established session."""
        home = self._folder / self._spaces[node]
        text = run("vtysh", "--vty_socket", str(home), "--config_dir", str(home), "-c", "show bgp neighbors json")
        return sorted(name for name, facts in json.loads(text).items() if facts.get("bgpState") == "Established")

    def addresses(self, node: str) -> list[str]:
        """The IPv4 addresses of a node."""
        found = json.loads(self.inside(node, "ip", "-j", "-4", "address", "show", "scope", "global").stdout)
        return [info["local"] for interface in found for info in interface["addr_info"]]


@contextmanager
def deploy(path: Path) -> Iterator[Lab]:
    """The lab of a topology file; gone afterwards, also after a failure."""
    with tempfile.TemporaryDirectory(prefix="clab") as folder:
        Path(folder).chmod(0o755)
        lab = Lab(read(path), Path(folder))
        try:
            lab.up()
            yield lab
        finally:
            lab.down()


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (command, done.stderr or done.stdout)
    return done.stdout
