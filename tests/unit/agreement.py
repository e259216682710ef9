"""The shipped designs counted once more with plain loops, written from the text of the specs, and what was compiled.

Nothing of the compiler is used but its command.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl
from click.testing import CliRunner
from unit.configs import eos, frr, sonic
from unit.configs.model import Files, Switch

from rackwright.compiler.cli import main

Row = tuple[str, str, str, str]
End = tuple[str, str]

SPECS = Path(__file__).parents[2] / "specs"


@dataclass(frozen=True)
class Wanted:
    """What the spec says."""

    statements: list[list[tuple[Row, int, bool]]]
    """Of each `link`, in the order of `cables.csv`: its rows over the capacity, their number, whether it is built."""
    interface: Callable[[str, str], str] = lambda device, port: ""
    """The name of a switch's port in its operating system; empty for ports of hosts."""
    configured: int = 0
    loopbacks: str = ""
    hosts: str = ""
    ranks: int = 0
    count: int = 0


def lab_4x2() -> Wanted:
    hosts, up = [], []
    for k in range(2):
        for h in range(4):
            number = 4 * k + h
            hosts.append(((f"compute{k}-host{h}", "nic0", f"compute{k}-leaf{h // 2}", f"eth{h % 2}"), number, True))
    for leaf in range(4):
        for s in range(2):
            near = f"compute{leaf // 2}-leaf{leaf % 2}"
            up.append(((near, f"eth{8 + s}", f"net-spine{s}", f"eth{leaf}"), 2 * leaf + s, True))

    def interface(device: str, port: str) -> str:
        return "" if "host" in device else f"swp{int(port[3:]) + 1}"

    return Wanted([hosts, up], interface, 6, "10.255.0.0/24", "10.0.0.0/16", 8, 16)


def superpod_h100(units: int) -> Wanted:
    def port(number: int) -> str:
        return f"osfp{number // 2}/{number % 2}"

    spines = {1: 4, 2: 8, 3: 16, 4: 16}[units]
    wide = 32 // spines
    down, manager, up = [], [], []
    for n in range(32 * units - 1):
        for r in range(8):
            down.append(((f"node{n}", port(r), f"unit{n // 32}-leaf{r}", port(n % 32)), 8 * n + r, True))
    for i in range(2):
        for j in range(2):
            manager.append(((f"ufm{i}", f"nic{j}", f"unit{units - 1}-leaf{2 * i + j}", port(31)), 2 * i + j, True))
    for u in range(units):
        for leaf in range(8):
            for s in range(spines):
                for t in range(wide):
                    near, far = port(32 + wide * s + t), port(wide * (8 * u + leaf) + t)
                    up.append(
                        ((f"unit{u}-leaf{leaf}", near, f"spine{s}", far), 32 * (8 * u + leaf) + wide * s + t, True)
                    )
    # Table 4 of the reference architecture: cables to nodes and UFM, and between leaves and spines.
    published = {1: 252 + 256, 2: 508 + 512, 3: 764 + 768, 4: 1020 + 1024}[units]

    def interface(device: str, port: str) -> str:
        # A cage has two ports, which MLNX-OS counts from 1.
        cage, half = re.findall(r"\d+", port) if "osfp" in port else ("0", "0")
        return f"IB1/{int(cage) + 1}/{int(half) + 1}" if re.match(r"unit|spine", device) else ""

    return Wanted([down, manager, up], interface, ranks=8 * (32 * units - 1), count=published)


def llama3_24k(pods: int) -> Wanted:
    def interface(device: str, port: str) -> str:
        if "-node" in device:
            return ""
        number = int(port[3:])
        if device.endswith("-tor"):
            return f"Ethernet{8 * number}"
        # Line cards of a DCS-7808 have the numbers 3 to 10, each with ports 1 to 36.
        return f"Ethernet{3 + number // 36}/{1 + number % 36}/1"

    down, middle, up = [], [], []
    for p in range(16):
        built = p < pods
        for k in range(192):
            tor = f"pod{p}-gpu{k}-tor"
            for n in range(2):
                for r in range(8):
                    row = (f"pod{p}-gpu{k}-node{n}", f"nic{r}", tor, f"eth{8 * n + r}")
                    down.append((row, ((192 * p + k) * 2 + n) * 8 + r, built))
            for s in range(18):
                row = (tor, f"eth{16 + s}", f"pod{p}-net{s // 2}-chassis{s % 2}", f"eth{k}")
                middle.append((row, (192 * p + k) * 18 + s, built))
        for s in range(18):
            for c in range(28):
                near, far = f"pod{p}-net{s // 2}-chassis{s % 2}", f"agg{c // 2}-chassis{c % 2}"
                up.append(((near, f"eth{192 + c}", far, f"eth{18 * p + s}"), (18 * p + s) * 28 + c, built))
    return Wanted(
        [down, middle, up],
        interface,
        pods * (192 + 18) + 28,
        "10.0.0.0/12",
        "10.128.0.0/9",
        3072 * pods,
        pods * (3072 + 192 * 18 + 18 * 28),
    )


READERS: dict[str, Callable[[Files], Switch]] = {"frr": frr.read, "sonic": sonic.read, "eos": eos.read}


@dataclass(frozen=True)
class Built:
    """A directory that the compiler has made."""

    at: Path
    wanted: Wanted

    @cached_property
    def switches(self) -> dict[str, Switch]:
        """What the files of each switch say; those of systems without sessions are not looked at."""
        files: dict[Path, dict[str, str]] = defaultdict(dict)
        for path in self.at.glob("configs/*/*/*"):
            files[path.parent][path.name] = path.read_text()
        return {at.name: READERS[at.parent.name](own) for at, own in files.items() if at.parent.name in READERS}

    def text(self, path: str) -> str:
        return (self.at / path).read_text()

    def rows(self, path: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.text(path))))

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(io.BytesIO((self.at / f"tables/{name}.parquet").read_bytes()))


def made(at: Path, name: str, settings: dict[str, int], wanted: Wanted) -> Built:
    arguments = ["compile", str(SPECS / f"{name}.rack"), "-o", str(at), "--jobs", "1", "--quiet"]
    for key, value in settings.items():
        arguments += ["--set", f"{key}={value}"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return Built(at, wanted)


def tags(built: Built) -> list[tuple[str, int]]:
    """Tag and width of the number of each statement, by the order in the file."""
    found: list[tuple[str, int]] = []
    for row in built.rows("cabling/cables.csv"):
        tag, number = row["cable_id"].split("-")
        if (tag, len(number)) not in found:
            found.append((tag, len(number)))
    return found


def ends(built: Built) -> dict[End, tuple[str, str, str, bool]]:
    """What is at the other end of every port, over the capacity: device, port, cable, whether it is built."""
    found: dict[End, tuple[str, str, str, bool]] = {}
    order = tags(built)
    assert len(order) == len(built.wanted.statements)
    for (tag, width), rows in zip(order, built.wanted.statements, strict=True):
        for (a, a_port, z, z_port), number, there in rows:
            cable = f"{tag}-{number:0{width}}"
            assert (a, a_port) not in found and (z, z_port) not in found, (a, a_port, z, z_port)
            found[a, a_port] = (z, z_port, cable, there)
            found[z, z_port] = (a, a_port, cable, there)
    return found
