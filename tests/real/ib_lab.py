"""Real OpenSM on a simulated InfiniBand fabric (ibsim), told what our files say.

The fabric's hardware is made from the plant's links: a switch has its ports in the order of its cages, and every port
of a host is an adapter of its own. GUIDs are filled into the files as a technician does it, from `guids.csv`.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from rackwright.compiler.names import terminal_names
from rackwright.compiler.plant import Plant

TOOLS = ("opensm", "ibsim", "ibnetdiscover", "dump_lfts", "saquery", "smpquery")
FIRST_SWITCH, FIRST_HOST = 0x100000, 0x200000
APART = 0x10
"""ibsim gives the ports of an adapter the numbers that follow its own."""

FOLDER = "/etc/opensm"

LAB = {"opensm.conf": "force_log_flush TRUE\ndump_files_dir .\n"}
"""What the lab adds: the log is read while it is written, and nothing is written elsewhere."""

End = tuple[str, int]
"""A node by name and one of its ports by InfiniBand's number, from 1."""

Cable = tuple[End, End]


def simulator() -> Path | None:
    """The library that stands in for the driver of an adapter."""
    return next(iter(sorted(Path("/usr/lib").glob("*/umad2sim/libumad2sim.so"))), None)


def missing() -> str:
    """Why the lab cannot run here; empty if it can."""
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    if lacking or simulator() is None:
        return (
            f"needs Debian's opensm, ibsim-utils and infiniband-diags; missing: {', '.join(lacking) or 'libumad2sim'}"
        )
    return ""


@dataclass(frozen=True)
class Fabric:
    """Nodes with their number of ports, and cables between their ports. Hosts' adapters have one port each."""

    switches: Mapping[str, int]
    adapters: tuple[str, ...]
    cables: tuple[Cable, ...]

    def guid(self, node: str) -> int:
        return next(guid for name, _, guid, _ in self._nodes() if name == node)

    def without(self, cable: Cable) -> Fabric:
        return replace(self, cables=tuple(c for c in self.cables if c != cable))

    def swapped(self, one: Cable, other: Cable) -> Fabric:
        """The far ends of two cables are plugged the other way round."""
        rest = tuple(c for c in self.cables if c not in (one, other))
        return replace(self, cables=(*rest, (one[0], other[1]), (other[0], one[1])))

    def net(self) -> str:
        """The file that ibsim reads."""
        far: dict[str, dict[int, End]] = {}
        for one, other in self.cables:
            far.setdefault(one[0], {})[one[1]] = other
            far.setdefault(other[0], {})[other[1]] = one
        blocks = []
        for node, kind, guid, ports in self._nodes():
            is_switch = kind == "switch"
            lines = [f"{'switch' if is_switch else 'ca'}guid={guid:#x}", f'{kind.title()} {ports} "{node}"']
            for number, (peer, port) in sorted(far.get(node, {}).items()):
                lines.append(f'[{number}] "{peer}"[{port}]')
            blocks.append("\n".join(lines) + "\n")
        return "\n".join(blocks)

    def _nodes(self) -> Iterator[tuple[str, str, int, int]]:
        for number, (node, ports) in enumerate(self.switches.items()):
            yield node, "switch", FIRST_SWITCH + APART * number, ports
        for number, node in enumerate(self.adapters):
            yield node, "hca", FIRST_HOST + APART * number, 1


def of_plant(plant: Plant) -> Fabric:
    """The fabric that is built, with the names that our outputs give."""
    labels = [terminal_names(plant, cls, "port") for cls in plant.classes]
    switches = {c.index for c in plant.classes_of_kind("switch")}
    names, cls = plant.devices.names, plant.devices.cls.tolist()
    adapters: dict[str, None] = {}

    def end(device: int, port: int) -> End:
        if cls[device] in switches:
            return names[device], port + 1
        adapters[f"{names[device]}:{labels[cls[device]][port]}"] = None
        return f"{names[device]}:{labels[cls[device]][port]}", 1

    links = plant.links
    columns = (links.a_device, links.a_terminal, links.z_device, links.z_terminal)
    cables = tuple((end(a, ap), end(z, zp)) for a, ap, z, zp in zip(*(c.tolist() for c in columns), strict=True))
    boxes = {name: len(labels[cls[n]]) for n, name in enumerate(names) if cls[n] in switches}
    return Fabric(boxes, tuple(adapters), cables)


def of_table(cables_csv: bytes) -> frozenset[Cable]:
    """Cables as `cables.csv` tells them: `IB1/16/2` is the second port of the sixteenth cage, so number 32."""

    def end(row: Mapping[str, str], side: str) -> End:
        if match := re.fullmatch(r"IB1/(\d+)/([12])", row[f"{side}_interface"]):
            return row[f"{side}_device"], 2 * (int(match[1]) - 1) + int(match[2])
        return f"{row[f'{side}_device']}:{row[f'{side}_port']}", 1

    rows = csv.DictReader(io.StringIO(cables_csv.decode()))
    return frozenset(in_order(end(row, "a"), end(row, "z")) for row in rows)


def in_order(one: End, other: End) -> Cable:
    return (one, other) if one < other else (other, one)


def filled(files: Mapping[str, str], fabric: Fabric) -> dict[str, str]:
    """The files with GUIDs in place of their placeholders, as `guids.csv` names them."""
    found = dict(files)
    for row in csv.DictReader(io.StringIO(files["guids.csv"])):
        for name in found:
            found[name] = found[name].replace(row["guid"], f"{fabric.guid(row['host']):#018x}")
    return found


@dataclass
class Lab:
    """A running fabric with its subnet manager, and the folder of both."""

    fabric: Fabric
    folder: Path
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def log(self) -> str:
        path = self.folder / "opensm.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def run(self, *command: str) -> str:
        done = subprocess.run(command, env=self.environment, cwd=self.folder, capture_output=True, timeout=30)
        assert done.returncode == 0, (command, done.stdout[-500:], done.stderr[-500:])
        return done.stdout.decode()

    def simulate(self, command: str) -> None:
        """A command to the simulator's console."""
        console = self.processes[0].stdin
        assert console is not None
        console.write(f"{command}\n".encode())
        console.flush()

    def sweep(self) -> None:
        """The subnet manager looks at the whole fabric again, and is waited for."""
        before = self.log.count("SUBNET UP")
        self.processes[1].send_signal(signal.SIGHUP)
        self.wait(before + 1)

    def wait(self, times: int, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while self.log.count("SUBNET UP") < times:
            assert self.processes[1].poll() is None, f"OpenSM ended: {self.log[-800:]}"
            assert time.monotonic() < end, f"the subnet does not come up: {self.log[-800:]}"
            time.sleep(0.05)


@contextmanager
def boot(fabric: Fabric, files: Mapping[str, str], manager: str) -> Iterator[Lab]:
    """The fabric, with OpenSM on an adapter. What is started here is ended here."""
    library = simulator()
    assert library is not None
    with tempfile.TemporaryDirectory(prefix="ib-lab-") as name:
        folder = Path(name)
        (folder / "net").write_text(fabric.net())
        for file, text in files.items():
            (folder / file).write_text(text.replace(FOLDER, name) + LAB.get(file, ""))
        environment = {
            **{key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL") if key in os.environ},
            "IBSIM_SOCKNAME": folder.name,
            "SIM_HOST": manager,
            "OSM_CACHE_DIR": name,
            "OSM_TMP_DIR": name,
        }
        lab = Lab(fabric, folder, environment)
        try:
            with (folder / "ibsim.log").open("wb") as out:
                simulated = subprocess.Popen(
                    ("ibsim", "-s", "net"), env=environment, cwd=name, stdin=subprocess.PIPE, stdout=out, stderr=out
                )
                lab.processes.append(simulated)
            _until(lambda: "simulator ready" in (folder / "ibsim.log").read_text("utf-8", "replace"))
            environment["LD_PRELOAD"] = str(library)
            with (folder / "opensm.out").open("wb") as out:
                # -P: where the file is that OpenSM reads by default; 0x43 adds what its routing engines say.
                command = (
                    "opensm",
                    "-F",
                    "opensm.conf",
                    "-P",
                    f"{name}/partitions.conf",
                    "-f",
                    "opensm.log",
                    "-D",
                    "0x43",
                )
                lab.processes.append(subprocess.Popen(command, env=environment, cwd=name, stdout=out, stderr=out))
            lab.wait(1)
            yield lab
        finally:
            for process in reversed(lab.processes):
                process.kill()
                process.wait()
                if process.stdin is not None:
                    process.stdin.close()


def _until(true: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@dataclass(frozen=True)
class Found:
    """What the real tools see: cables, local identifiers of nodes, and routes of each switch (identifier to port)."""

    cables: frozenset[Cable]
    lids: Mapping[str, int]
    routes: Mapping[str, Mapping[int, int]]


_LINK = re.compile(r"(?:CA|SW) +(\d+) +(\d+) +0x\w+ +\S+ +\S+ - (?:CA|SW) +(\d+) +(\d+) +0x\w+ \( '(.*)' - '(.*)' \)")


def look(lab: Lab) -> Found:
    """Ask the fabric itself; switches are called as `ib-node-name-map` says."""
    cables: set[Cable] = set()
    lids: dict[str, int] = {}
    for line in lab.run("ibnetdiscover", "-p", "--node-name-map", "ib-node-name-map").splitlines():
        if match := _LINK.match(line):
            lid, port, far_lid, far_port = map(int, match.groups()[:4])
            cables.add(in_order((match[5], port), (match[6], far_port)))
            lids.update({match[5]: lid, match[6]: far_lid})
    routes: dict[str, dict[int, int]] = {}
    current: dict[int, int] = {}
    for line in lab.run("dump_lfts", "--node-name-map", "ib-node-name-map").splitlines():
        if line.startswith("Unicast lids"):
            name = re.search(r"\((.*)\)", line)
            assert name is not None, line
            current = routes.setdefault(name[1], {})
        elif match := re.match(r"(0x\w+) (\d+) :", line):
            current[int(match[1], 16)] = int(match[2])
    return Found(frozenset(cables), lids, routes)


def unreachable(fabric: Fabric, found: Found, hops: int) -> list[str]:
    """Pairs of adapters between which no route of so many switches leads; every step follows the real tables."""
    far = {one: other for cable in fabric.cables for one, other in (cable, cable[::-1])}
    bad: list[str] = []
    for target in fabric.adapters:
        lid = found.lids.get(target, 0)
        arrives: dict[str, bool] = {}
        for source in fabric.adapters:
            first = far.get((source, 1))
            if source != target and not (lid and first and _leads(first[0], lid, target, far, found, hops, arrives)):
                bad.append(f"{source} -> {target}")
    return bad


def _leads(
    switch: str, lid: int, target: str, far: Mapping[End, End], found: Found, hops: int, known: dict[str, bool]
) -> bool:
    """Whether a packet in a switch gets to its target within so many switches."""
    if switch in known:
        return known[switch]
    node, left = switch, hops
    while left and node in found.routes:
        step = far.get((node, found.routes[node].get(lid, -1)))
        if step is None:
            break
        node, left = step[0], left - 1
    known[switch] = node == target
    return known[switch]


def loads(found: Found, switch: str, ports: Iterable[int], targets: Iterable[str]) -> list[int]:
    """How many of some targets are routed through each port of a switch."""
    through = Counter(found.routes[switch].get(found.lids[target], -1) for target in targets)
    return [through[port] for port in ports]


def partition_keys(lab: Lab, found: Found, node: str) -> list[int]:
    """The partition keys in the first port of a node, as the node itself tells."""
    keys = re.findall(r"0x([0-9a-fA-F]{4})", lab.run("smpquery", "pkeys", str(found.lids[node]), "1"))
    return [int(key, 16) for key in keys if int(key, 16)]
