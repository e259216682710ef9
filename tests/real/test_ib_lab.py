"""Real OpenSM, told what our files say, runs the fabric that our cable list describes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from real import ib_lab
from real.ib_lab import Cable, Fabric, Found, Lab, boot, filled, look, of_plant, of_table

from rackwright.backends.cabling import Cabling
from rackwright.backends.opensm import OpenSm
from rackwright.compiler.backend import Backend, Request
from rackwright.compiler.pipeline import Compilation, compile_spec

MISSING = ib_lab.missing()
pytestmark = [pytest.mark.real, pytest.mark.skipif(bool(MISSING), reason=MISSING or "no reason")]

SPEC = Path(__file__).parents[2] / "specs" / "superpod_h100.rack"
MANAGER = "ufm0:nic0"
HOPS = 3
"""Switches between two hosts of two tiers: up and down again."""

FULL, IPOIB_MTU = 0xFFFF, 5

Files = dict[str, str]


def files_of(backend: Backend, result: Compilation) -> dict[str, bytes]:
    assert result.design is not None and result.plant is not None, result.diagnostics
    made = backend.render(result.design, result.plant, Request())
    return {artifact.path.rpartition("/")[2]: artifact.data for artifact in made}


@pytest.fixture(scope="module")
def unit() -> Compilation:
    """One scalable unit: 31 hosts of 8 adapters, 8 leaves, 4 spines."""
    return compile_spec(str(SPEC), {"su": "1"})


@pytest.fixture(scope="module")
def fabric(unit: Compilation) -> Fabric:
    assert unit.plant is not None
    return of_plant(unit.plant)


@pytest.fixture(scope="module")
def files(unit: Compilation) -> Files:
    return {name: data.decode() for name, data in files_of(OpenSm(), unit).items()}


@pytest.fixture(scope="module")
def table(unit: Compilation) -> frozenset[Cable]:
    return of_table(files_of(Cabling(), unit)["cables.csv"])


@pytest.fixture(scope="module")
def lab(fabric: Fabric, files: Files) -> Iterator[Lab]:
    with boot(fabric, filled(files, fabric), MANAGER) as running:
        yield running


# --- what must hold ---


def cabling_faults(found: Found, table: frozenset[Cable]) -> list[str]:
    """Where the fabric is not what the cable list says."""
    return [f"missing {c}" for c in sorted(table - found.cables)] + [
        f"not in the list {c}" for c in sorted(found.cables - table)
    ]


def service_faults(lab: Lab, found: Found) -> list[str]:
    """Identifiers, routes between all hosts, partition, and IPoIB's group."""
    nodes = {*lab.fabric.switches, *lab.fabric.adapters}
    bad = [f"no route {pair}" for pair in ib_lab.unreachable(lab.fabric, found, HOPS)]
    if set(found.lids) != nodes or 0 in found.lids.values() or len(set(found.lids.values())) != len(nodes):
        bad.append("local identifiers are missing, unknown or there twice")
    for node in one_a_leaf(lab.fabric):
        if (keys := ib_lab.partition_keys(lab, found, node)) != [FULL]:
            bad.append(f"partition keys of {node}: {keys}")
    mtu = re.search(r"mtu\.+0x(\w+)", lab.run("saquery", "MCMR"))
    if mtu is None or int(mtu[1], 16) & 0x3F != IPOIB_MTU:
        bad.append(f"MTU of IPoIB {mtu and mtu[1]}")
    return bad


def one_a_leaf(fabric: Fabric) -> list[str]:
    """An adapter on each leaf."""
    hosts = {switch: adapter for (adapter, _), (switch, _) in fabric.cables if adapter not in fabric.switches}
    return list(hosts.values())


def engine_faults(lab: Lab) -> list[str]:
    """The routing engine that was asked for is the one at work, and nothing went wrong on the way."""
    used = re.findall(r"osm_ucast_mgr_process: (\S+) tables configured on all switches", lab.log)
    bad = re.findall(r" ERR .*", lab.log)
    return bad if used and used[-1] == "ftree" else [f"routed by {used[-1:]}", *bad]


def balance_faults(fabric: Fabric, found: Found) -> list[str]:
    """Routes are spread over parallel ports.

    Down from a spine, the ports to one leaf differ by one host at most. Up from a leaf, the engine's shift pattern
    gives the k-th port the k-th host of every other leaf that has so many, wherever that port leads.
    """
    hosts: dict[str, list[str]] = {switch: [] for switch in fabric.switches}
    links: dict[str, dict[str, list[int]]] = {switch: {} for switch in fabric.switches}
    for cable in fabric.cables:
        for (node, port), (peer, _) in (cable, cable[::-1]):
            if node in links and peer in links:
                links[node].setdefault(peer, []).append(port)
            elif node in links:
                hosts[node].append(peer)
    bad = []
    for leaf, own in hosts.items():
        others = [peers for switch, peers in hosts.items() if switch != leaf]
        if not own:
            for below, ports in links[leaf].items():
                shares = ib_lab.loads(found, leaf, ports, hosts[below])
                if max(shares) - min(shares) > 1:
                    bad.append(f"{leaf} to {below}: {shares}")
            continue
        ports = [port for found_ports in links[leaf].values() for port in found_ports]
        shares = ib_lab.loads(found, leaf, ports, (peer for peers in others for peer in peers))
        wanted = [sum(len(peers) > k for peers in others) for k in range(len(ports))]
        if sorted(shares) != sorted(wanted):
            bad.append(f"{leaf} up: {shares}")
    return bad


def faults(lab: Lab, fabric: Fabric, table: frozenset[Cable]) -> list[str]:
    found = look(lab)
    bad = cabling_faults(found, table) + engine_faults(lab)
    # Without a node the rest has no meaning.
    return bad or service_faults(lab, found) + balance_faults(fabric, found)


# --- the fabric as designed ---


def test_the_cable_list_is_the_fabric(fabric: Fabric, table: frozenset[Cable]) -> None:
    # Table 4 of the reference architecture: 31 nodes of 8, 4 to UFM, 256 between leaves and spines.
    assert len(table) == 31 * 8 + 4 + 256 == len(fabric.cables)
    assert len(fabric.switches) == 8 + 4


def test_it_comes_up_as_designed(lab: Lab, fabric: Fabric, table: frozenset[Cable]) -> None:
    assert faults(lab, fabric, table) == []


def test_a_link_that_fails_is_routed_around(lab: Lab, fabric: Fabric, table: frozenset[Cable]) -> None:
    cable = next(c for c in fabric.cables if c[0][0] in fabric.switches and c[1][0] in fabric.switches)
    ups = lab.log.count("SUBNET UP")
    lab.simulate(f'Unlink "{cable[0][0]}"[{cable[0][1]}]')
    lab.wait(ups + 1)
    found, left = look(lab), fabric.without(cable)
    assert cabling_faults(found, table - {ib_lab.in_order(*cable)}) == []
    assert ib_lab.unreachable(left, found, HOPS) == [] and engine_faults(lab) == []
    lab.simulate(f'Relink "{cable[0][0]}"[{cable[0][1]}]')
    lab.wait(ups + 2)
    lab.sweep()
    assert faults(lab, fabric, table) == []


def test_four_units() -> None:
    """The whole of the published design: 1,020 adapters, 48 switches, 2,044 cables."""
    result = compile_spec(str(SPEC), {})
    assert result.plant is not None
    whole, told = of_plant(result.plant), {n: data.decode() for n, data in files_of(OpenSm(), result).items()}
    with boot(whole, filled(told, whole), MANAGER) as running:
        assert faults(running, whole, of_table(files_of(Cabling(), result)["cables.csv"])) == []


def test_before_guids_are_known(fabric: Fabric, files: Files, table: frozenset[Cable]) -> None:
    """OpenSM says that it cannot read the roots, and finds them by itself. Nodes are called as they call themselves."""
    with boot(fabric, files, MANAGER) as running:
        found = look(running)
        assert cabling_faults(found, table) == [] and balance_faults(fabric, found) == []
        (told,) = engine_faults(running)
        assert "cannot parse root guids file" in told


# --- faults that this must see ---


def between(fabric: Fabric, one: str, other: str) -> Cable:
    return next(c for c in fabric.cables if {one, other} == {c[0][0], c[1][0]})


def swapped(fabric: Fabric) -> Fabric:
    one, other = (
        c for c in fabric.cables if c[1][0] == "unit0-leaf0" and c[0][0] in ("node3:osfp0/0", "node4:osfp0/0")
    )
    return fabric.swapped(one, other)


PLUGGED: dict[str, tuple[Callable[[Fabric], Fabric], str]] = {
    "two hosts' cables swapped": (swapped, r"missing \(\('node3:osfp0/0', 1\), \('unit0-leaf0', 4\)\)"),
    "a link left out": (lambda f: f.without(between(f, "spine1", "unit0-leaf2")), r"missing \(\('spine1', \d+\), "),
}


@pytest.mark.parametrize("name", PLUGGED)
def test_what_is_plugged_wrongly_is_seen(name: str, fabric: Fabric, files: Files, table: frozenset[Cable]) -> None:
    change, complaint = PLUGGED[name]
    wrong = change(fabric)
    with boot(wrong, filled(files, fabric), MANAGER) as running:
        assert re.search(complaint, "\n".join(faults(running, wrong, table)))


WRITTEN: dict[str, tuple[str, str, str, str]] = {
    "an engine misspelt": ("opensm.conf", "ftree,updn", "fattree", "routed by"),
    "roots not filled in": ("root_guids.conf", r"0x\w+", "%guid:spine%", "cannot parse root guids"),
    "a leaf among the roots": ("root_guids.conf", r"0x\w+", f"{ib_lab.FIRST_SWITCH + 0x50:#018x}", "routed by"),
    "limited members": ("partitions.conf", "ALL=full", "ALL=limited, SELF=full", "partition keys"),
    "another partition": ("partitions.conf", "Default=0x7fff", "Default=0x7fff:ALL=full; Other=0x1", "partition keys"),
    "IPoIB of 2 kB": ("partitions.conf", "mtu=5", "mtu=4", "MTU of IPoIB"),
    "two switches' names swapped": ("ib-node-name-map", r'"spine0"([^"]*)"spine1"', r'"spine1"\1"spine0"', "missing"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_wrongly_is_seen(name: str, fabric: Fabric, files: Files, table: frozenset[Cable]) -> None:
    file, pattern, replacement, complaint = WRITTEN[name]
    wrong = filled(files, fabric)
    changed = re.sub(pattern, replacement, wrong[file])
    assert changed != wrong[file]
    with boot(fabric, {**wrong, file: changed}, MANAGER) as running:
        assert re.search(complaint, "\n".join(faults(running, fabric, table)))


def test_every_guid_is_asked_for_once(files: Files, fabric: Fabric) -> None:
    named = re.findall(r"%guid:[^%]*%", files["guids.csv"])
    assert sorted(named) == sorted(f"%guid:{switch}%" for switch in fabric.switches)
    assert "%" not in "".join(text for name, text in filled(files, fabric).items() if name != "opensm.conf")
