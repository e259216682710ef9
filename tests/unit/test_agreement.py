"""All files of a design say the same.

The plant is counted once more with plain loops, written from the text of the spec; then every file that names a
cable, a port, an address or a count is held against that. Nothing of the compiler is used but its command.
"""

from __future__ import annotations

import csv
import hashlib
import io
import ipaddress
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

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
    """The name of a switch's port in its operating system."""
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
    return Wanted([hosts, up], lambda device, port: f"swp{int(port[3:]) + 1}", 6, "10.255.0.0/24", "10.0.0.0/16", 8, 16)


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
    return Wanted([down, manager, up], ranks=8 * (32 * units - 1), count=published)


def llama3_24k(pods: int) -> Wanted:
    def interface(device: str, port: str) -> str:
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


@dataclass(frozen=True)
class Built:
    """A directory that the compiler has made."""

    at: Path
    wanted: Wanted

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


@pytest.fixture(scope="module", params=["lab_4x2", "superpod_h100", "llama3_24k"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    at = tmp_path_factory.mktemp("agreement") / "build"
    if request.param == "lab_4x2":
        yield made(at, "lab_4x2", {}, lab_4x2())
    elif request.param == "superpod_h100":
        yield made(at, "superpod_h100", {"su": 1}, superpod_h100(1))
    else:
        yield made(at, "llama3_24k", {"pods": 1}, llama3_24k(1))


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


def test_every_cable_and_no_other(built: Built) -> None:
    order = tags(built)
    wanted = []
    for (tag, width), rows in zip(order, built.wanted.statements, strict=True):
        wanted += [(f"{tag}-{number:0{width}}", *row) for row, number, there in rows if there]
    keys = ("cable_id", "a_device", "a_port", "z_device", "z_port")
    found = [tuple(row[key] for key in keys) for row in built.rows("cabling/cables.csv")]
    assert sorted(found) == sorted(wanted)
    assert len(found) == built.wanted.count
    assert len({row[0] for row in found}) == len(found)
    used = Counter([row[1:3] for row in found] + [row[3:5] for row in found])
    assert set(used.values()) == {1}


def test_interfaces_in_the_cable_list(built: Built) -> None:
    configured = set(switches(built))
    for row in built.rows("cabling/cables.csv"):
        for end in "az":
            device, port = row[f"{end}_device"], row[f"{end}_port"]
            wanted = built.wanted.interface(device, port) if device in configured else ""
            assert row[f"{end}_interface"] == wanted, (device, port)


def test_labels(built: Built) -> None:
    wanted = []
    for row in built.rows("cabling/cables.csv"):
        a, z = (f"{row[f'{end}_device']} {row[f'{end}_port']}" for end in "az")
        assert (row["a_label"], row["z_label"]) == (f"{a} -> {z}", f"{z} -> {a}")
        wanted.append([row["cable_id"], "a", a, row["a_location"], z, row["z_location"]])
        wanted.append([row["cable_id"], "z", z, row["z_location"], a, row["a_location"]])
    assert [list(row.values()) for row in built.rows("cabling/labels.csv")] == wanted


@dataclass
class Switch:
    """What the files of one switch say."""

    asn: int = 0
    router_id: str = ""
    loopback: str = ""
    described: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, int | None] = field(default_factory=dict)
    """Interface and AS number of the neighbor, None if any other than its own."""
    addresses: dict[str, str] = field(default_factory=dict)
    aggregate: str = ""
    unnumbered: set[str] = field(default_factory=set)


def read_frr(text: str, switch: Switch) -> None:
    interface = ""
    for line in text.splitlines():
        words = line.split()
        if line.startswith("interface "):
            interface = words[1]
        elif line == "exit":
            interface = ""
        elif interface == "lo" and line.startswith(" ip address "):
            switch.loopback = words[2]
        elif interface and line.startswith(" description "):
            switch.described[interface] = line.removeprefix(" description ")
        elif interface and line.startswith(" ip address "):
            switch.addresses[interface] = words[2]
        elif interface and line == " no ipv6 nd suppress-ra":
            switch.unnumbered.add(interface)
        elif line.startswith("router bgp "):
            switch.asn = int(words[2])
        elif line.startswith(" bgp router-id "):
            switch.router_id = words[2]
        elif match := re.fullmatch(r" neighbor (\S+) interface peer-group FABRIC", line):
            switch.sessions[match[1]] = None
        elif line.startswith("  aggregate-address "):
            switch.aggregate = words[1]
    assert " neighbor FABRIC remote-as external" in text.splitlines()


def read_eos(text: str, switch: Switch) -> None:
    interface = ""
    for line in text.splitlines():
        words = line.split()
        if line.startswith("interface "):
            interface = words[1]
        elif line == "!":
            interface = ""
        elif interface == "Loopback0" and line.startswith("   ip address "):
            switch.loopback = words[2]
        elif interface.startswith("Ethernet") and line.startswith("   description "):
            switch.described[interface] = line.removeprefix("   description ")
        elif interface and line == "   ipv6 enable":
            switch.unnumbered.add(interface)
        elif line.startswith("router bgp "):
            switch.asn = int(words[2])
        elif line.startswith("   router-id "):
            switch.router_id = words[1]
        elif match := re.fullmatch(r"   neighbor interface (\S+) peer-group [A-Z]+ remote-as (\d+)", line):
            switch.sessions[match[1]] = int(match[2])


def read_sonic(folder: Path, switch: Switch, ends_of: dict[str, End]) -> None:
    config = json.loads((folder / "config_db.json").read_text())
    read_frr((folder / "frr.conf").read_text(), switch)
    assert not switch.described and not switch.addresses
    meta = config["DEVICE_METADATA"]["localhost"]
    assert (meta["hostname"], meta["bgp_asn"]) == (folder.name, str(switch.asn))
    switch.described = {name: row["description"] for name, row in config["PORT"].items() if "description" in row}
    assert {n for n, row in config["PORT"].items() if row["admin_status"] == "up"} == set(switch.described)
    for name, row in config["DEVICE_NEIGHBOR"].items():
        assert (row["name"], row["port"], row["local_port"]) == (*ends_of[name], name)
    assert set(config["DEVICE_NEIGHBOR"]) == set(switch.described)
    switch.addresses = dict(key.split("|") for key in config["INTERFACE"] if "|" in key)
    local = {n for n, row in config["INTERFACE"].items() if row.get("ipv6_use_link_local_only") == "enable"}
    assert local == switch.unnumbered
    [switch.loopback] = [key.split("|")[1] for key in config["LOOPBACK_INTERFACE"] if "|" in key]


def switches(built: Built) -> dict[str, Switch]:
    found: dict[str, Switch] = {}
    ports: dict[str, dict[str, End]] = defaultdict(dict)
    for (device, port), (far, far_port, _, _) in ends(built).items():
        if built.wanted.configured and re.fullmatch(r"eth\d+", port):
            ports[device][built.wanted.interface(device, port)] = (far, far_port)
    for folder in sorted((built.at / "configs").glob("*/*")):
        switch = found[folder.name] = Switch()
        match folder.parent.name:
            case "frr":
                read_frr((folder / "frr.conf").read_text(), switch)
            case "eos":
                read_eos((folder / "startup-config").read_text(), switch)
            case "sonic":
                read_sonic(folder, switch, ports[folder.name])
    return found


def test_every_interface_names_its_far_end(built: Built) -> None:
    configured = switches(built)
    assert len(configured) == built.wanted.configured
    wanted: dict[str, dict[str, str]] = defaultdict(dict)
    for (device, port), (far, far_port, cable, _) in ends(built).items():
        if device in configured:
            wanted[device][built.wanted.interface(device, port)] = f"to {far} {far_port} cable {cable}"
    for name, switch in configured.items():
        assert switch.described == wanted[name], name


def test_every_session_has_its_counterpart(built: Built) -> None:
    configured = switches(built)
    for (device, port), (far, far_port, _, there) in ends(built).items():
        if device not in configured:
            continue
        near = configured[device]
        name = built.wanted.interface(device, port)
        if name in near.addresses:
            assert name not in near.sessions and far not in configured
            continue
        assert name in near.sessions and name in near.unnumbered, (device, port)
        asn = near.sessions[name]
        assert asn != near.asn
        if there:
            other = configured[far]
            assert built.wanted.interface(far, far_port) in other.sessions
            assert near.asn != other.asn
            assert asn in (None, other.asn), (device, port)
        else:
            assert far not in configured
            assert asn is None or asn not in {s.asn for s in configured.values()}
    for switch in configured.values():
        assert set(switch.sessions) | set(switch.addresses) == set(switch.described)


def test_numbers_are_unique_and_in_their_pools(built: Built) -> None:
    configured = switches(built)
    if not configured:
        assert not (built.at / "configs").exists()
        return
    assert len({s.asn for s in configured.values()}) == len(configured)
    assert len({s.loopback for s in configured.values()}) == len(configured)
    loopbacks, hosts = (ipaddress.ip_network(p) for p in (built.wanted.loopbacks, built.wanted.hosts))
    seen: set[object] = set()
    aggregates: list[ipaddress.IPv4Network] = []
    for switch in configured.values():
        assert switch.loopback == f"{switch.router_id}/32"
        assert ipaddress.ip_address(switch.router_id) in loopbacks
        assert bool(switch.addresses) == bool(switch.aggregate)
        if not switch.aggregate:
            continue
        aggregate = ipaddress.IPv4Network(switch.aggregate)
        assert aggregate.subnet_of(hosts)  # type: ignore[arg-type]
        aggregates.append(aggregate)
        for text in switch.addresses.values():
            address = ipaddress.IPv4Interface(text)
            assert address.network.prefixlen == 31 and address.network.subnet_of(aggregate)
            assert address.network not in seen
            seen.add(address.network)
    ordered = sorted(aggregates)
    assert not any(a.overlaps(b) for a, b in pairwise(ordered))
    servers = {row["a_device"] for row in built.rows("cabling/cables.csv")} - set(configured)
    assert len(seen) == sum(row["a_device"] in servers for row in built.rows("cabling/cables.csv"))


def test_one_dscp_is_lossless_on_every_switch(built: Built) -> None:
    """SONiC is given the whole map; EOS what differs from its default, DSCP div 8 with 0 and 1 exchanged."""
    for folder in (built.at / "configs").glob("sonic/*"):
        config = json.loads((folder / "config_db.json").read_text())
        [classes] = config["DSCP_TO_TC_MAP"].values()
        assert [dscp for dscp, one in classes.items() if one == "3"] == ["26"]
        assert classes["48"] == "6"
    for folder in (built.at / "configs").glob("eos/*"):
        text = (folder / "startup-config").read_text()
        found = {dscp: {0: 1, 1: 0}.get(dscp // 8, dscp // 8) for dscp in range(64)}
        for line, one in re.findall(r"^qos map dscp ([\d ]+) to traffic-class (\d)$", text, re.MULTILINE):
            found |= dict.fromkeys(map(int, line.split()), int(one))
        assert "   priority-flow-control priority 3 no-drop" in text.splitlines()
        assert [dscp for dscp, one in found.items() if one == 3] == [26]
        assert found[48] == 6


def test_bill_of_materials(built: Built) -> None:
    cages: dict[str, set[End]] = defaultdict(set)
    cables: Counter[tuple[str, str]] = Counter()
    for row in built.rows("cabling/cables.csv"):
        for end in "az":
            if row[f"{end}_optic"]:
                cages[row[f"{end}_optic"]].add((row[f"{end}_device"], row[f"{end}_port"].split("/")[0]))
        if not row["shared_with"]:
            cables[row["cable"], row["length_m"]] += 1
    devices = built.table("devices")
    bom = built.rows("cabling/bom.csv")

    def bought(category: str) -> dict[str, int]:
        return {row["definition"]: int(row["quantity"]) for row in bom if row["category"] == category}

    assert bought("optic") == {name: len(those) for name, those in cages.items()}
    laid = {
        (row["definition"] or row["sku"], row["length_m"]): int(row["quantity"])
        for row in bom
        if row["category"] in ("cable", "fibre")
    }
    assert laid == dict(cables)
    assert bought("device") == dict(Counter(devices["definition"]))
    assert bought("rack") == dict(Counter(built.table("racks")["definition"]))


def milliwatts(text: str) -> int:
    whole, part = text.split(".")
    assert len(part) == 3
    return int(whole) * 1000 + int(part)


def test_power_adds_up(built: Built) -> None:
    rows = built.rows("power/budget.csv")
    devices = built.table("devices")
    rack_of = dict(zip(devices["device"], devices["rack"], strict=True))
    loads = [row for row in rows if row["level"] == "device"]
    assert {row["name"] for row in loads} <= set(rack_of)
    assert len({row["name"] for row in loads}) == len(loads)
    feeders = {row["name"] for row in rows if row["level"] == "feeder"}
    assert {row["name"] for row in loads} | feeders == set(rack_of)
    for column in ("typical_w", "peak_w"):
        racks: Counter[str] = Counter()
        groups: Counter[str] = Counter()
        total = 0
        for row in loads:
            load = milliwatts(row[column])
            total += load
            racks[rack_of[row["name"]] or ""] += load
            groups[row["name"].split("-")[0]] += load
        for row in rows:
            if row["level"] == "rack":
                assert milliwatts(row[column]) == racks[row["name"].replace(".", "-")], row["name"]
            elif row["level"] == "group":
                assert milliwatts(row[column]) == groups[row["name"]], row["name"]
        assert milliwatts(rows[-1][column]) == total
    budget = json.loads(built.text("power/budget.json"))
    assert round(budget["totals"]["peak"] * 1000) == milliwatts(rows[-1]["peak_w"])
    for row in rows:
        if row["supply_w"] and row["taken_w"]:
            left = milliwatts(row["supply_w"]) - milliwatts(row["taken_w"])
            assert milliwatts(row["headroom_w"]) == left


def test_tables(built: Built) -> None:
    cables = built.rows("cabling/cables.csv")
    links = built.table("links")
    for column in ("cable_id", "a_device", "a_port", "z_device", "z_port", "network"):
        assert links[column].to_list() == [row[column] for row in cables], column
    assert links["speed_bps"].to_list() == [int(row["speed_gbps"]) * 10**9 for row in cables]
    for end in "az":
        wanted = [row[f"{end}_optic"] or row["cable"] for row in cables]
        assert links[f"{end}_using"].to_list() == wanted
    for tag, rank, cable in links.select("tag", "rank", "cable_id").iter_rows():
        assert cable.split("-")[0] == tag and int(cable.split("-")[1]) == rank
    for way, row in zip(links["length_um"], cables, strict=True):
        assert (way is None) == (row["length_m"] == "")
        assert way is None or way <= float(row["length_m"]) * 1e6
    names = set(built.table("devices")["device"])
    assert set(links["a_device"]) | set(links["z_device"]) <= names
    feeds = built.table("feeds")
    assert set(feeds["a_device"]) | set(feeds["z_device"]) <= names
    assert set(built.table("devices")["rack"].drop_nulls()) <= set(built.table("racks")["rack"])


def dimensions(text: str) -> int:
    found = re.search(r"^npus_count: \[ (.*) \]$", text, re.MULTILINE)
    assert found
    return math.prod(int(n) for n in found[1].split(","))


def test_simulators(built: Built) -> None:
    astra = built.at / "sim/astra_sim"
    traces = len(list((astra / "workload").glob("*.et")))
    assert dimensions((astra / "network.yml").read_text()) == traces
    full = astra / "network_full.yml"
    assert dimensions(full.read_text()) == built.wanted.ranks if full.exists() else traces == built.wanted.ranks

    hosts = built.rows("sim/htsim/hosts.csv")
    cables = {(row["a_device"], row["z_device"]) for row in built.rows("cabling/cables.csv")}
    assert all((host["server"], host["leaf"]) in cables for host in hosts)
    assert len({host["rank"] for host in hosts}) == len({host["host"] for host in hosts}) == len(hosts)
    topology = built.text("sim/htsim/topology.topo")
    nodes, down, up, spine_down = (
        int(found) for found in re.findall(r"^(?:Nodes|Radix_Down|Radix_Up) (\d+)$", topology, re.MULTILINE)
    )
    assert max(int(host["host"]) for host in hosts) < nodes
    spines = {far for near, far in cables if near in {host["leaf"] for host in hosts}}
    assert nodes == down * len({host["leaf"] for host in hosts})
    assert up * len({host["leaf"] for host in hosts}) == spine_down * len(spines)
    [matrix] = (built.at / "sim/htsim").glob("*.cm")
    assert matrix.read_text().startswith(f"Nodes {nodes}\n")


def test_digests(built: Built) -> None:
    manifest = json.loads(built.text("manifest.json"))
    listed = {entry["path"]: (entry["sha256"], entry["bytes"]) for entry in manifest["artifacts"]}
    found = {}
    for path in built.at.rglob("*"):
        if path.is_file() and path.name != "manifest.json":
            data = path.read_bytes()
            found[path.relative_to(built.at).as_posix()] = (hashlib.sha256(data).hexdigest(), len(data))
    assert {p: v for p, v in found.items() if not p.startswith(".")} == listed
