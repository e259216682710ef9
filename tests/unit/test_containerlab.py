"""Containerlab topologies: nodes and links are the plant's, interfaces are those of the configurations."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from property.test_hostile_names import BENIGN, HOSTILE, SPEC, WORST, escaped
from support import backends, rendered
from unit.counts import Compiled
from unit.fabrics import SPECS

from rackwright.compiler.backend import Request
from rackwright.compiler.cli.plan import plan
from rackwright.compiler.names import interface_names
from rackwright.compiler.pipeline import Compilation, compile_spec
from rackwright.dsl.diagnostics import has_errors

ROOT = "lab/containerlab/"

Spec = Callable[..., Compilation]


def files(result: Compilation, *beside: str) -> dict[str, bytes]:
    request = Request(named=True, beside=frozenset(("containerlab", *beside)), subset=result.subset)
    return {a.path.removeprefix(ROOT): a.data for a in rendered(result, "containerlab", request)}


def topology(result: Compilation, *beside: str) -> Any:
    return yaml.safe_load(files(result, *beside)["topology.clab.yml"])


def ends(document: Any) -> list[tuple[str, str]]:
    """Both ends of every link, in order."""
    return sorted(tuple(sorted(link["endpoints"])) for link in document["topology"]["links"] if "endpoints" in link)


def test_only_when_named(compiled: Compiled) -> None:
    assert rendered(compiled("lab_4x2"), "containerlab") == []
    result = compiled("lab_4x2")
    assert result.design is not None and result.plant is not None
    assert list(backends()["containerlab"].accepts(result.design, result.plant, Request())) == []


def test_links_are_the_plants(compiled: Compiled) -> None:
    """By hand: a loop over cables, with FRR's names of switches, and ports of hosts counted."""
    result = compiled("lab_3tier")
    plant = result.plant
    assert plant is not None
    expected = []
    for a, a_port, z, z_port in zip(
        *(c.tolist() for c in (plant.links.a_device, plant.links.a_terminal)),
        *(c.tolist() for c in (plant.links.z_device, plant.links.z_terminal)),
        strict=True,
    ):
        names = []
        for device, port in ((a, a_port), (z, z_port)):
            own = interface_names(plant, plant.class_of(device), "frr")
            host = plant.devices.names[device]
            names.append(f"{host}:{own[port] if own else f'eth{port + 1}'}")
        expected.append(tuple(sorted(names)))
    document = topology(result)
    assert ends(document) == sorted(expected)
    assert set(document["topology"]["nodes"]) == set(plant.devices.names)
    assert all(link["mtu"] == 9100 for link in document["topology"]["links"])


def test_a_subset_keeps_what_is_inside() -> None:
    result = compile_spec(str(SPECS / "lab_3tier.rack"), {}, ["pod[0]"])
    document = topology(result)
    assert len(document["topology"]["nodes"]) == 15
    # Eight links of hosts, and twelve from leaves to spines; the twelve to the cores are left out.
    assert len(ends(document)) == 20
    assert result.design is not None and result.plant is not None
    request = Request(named=True, subset=result.subset)
    (told,) = backends()["containerlab"].accepts(result.design, result.plant, request)
    assert told.code == "RW8266" and told.detail.startswith(
        "12 links, such as that from pod0-net-spine0 to plane0-core"
    )


def test_servers_alone_are_no_lab_and_frr_in_place_of_nothing_is_no_help() -> None:
    result = compile_spec(str(SPECS / "lab_3tier.rack"), {}, ["pod[0].k[*].host[*]"])
    assert result.design is not None and result.plant is not None
    request = Request(named=True, subset=result.subset)
    (told,) = backends()["containerlab"].accepts(result.design, result.plant, request)
    assert told.code == "RW8268" and "in this part of the design" in told.detail
    assert '--subset "pod[0]"' in told.help and "frr" not in told.help


def test_ports_of_servers_that_lead_nowhere_are_dummies() -> None:
    result = compile_spec(str(SPECS / "lab_3tier.rack"), {}, ["pod[0].k[0].host[*]", "pod[0].k[0].leaf[0]"])
    document = topology(result)
    dummies = [link["endpoint"] for link in document["topology"]["links"] if link.get("type") == "dummy"]
    assert dummies == [{"node": f"pod0-k0-host{n}", "interface": "eth1"} for n in (2, 3)]
    assert len(ends(document)) == 2


def test_management_addresses_are_the_plants(compiled: Compiled) -> None:
    document = topology(compiled("lab_3tier"))
    mgmt = document["mgmt"]
    assert (mgmt["ipv4-subnet"], mgmt["ipv4-gw"], mgmt["ipv4-range"]) == (
        *("172.16.0.0/24", "172.16.0.1"),
        "172.16.0.128/25",
    )
    nodes = document["topology"]["nodes"]
    given = {name: node["mgmt-ipv4"] for name, node in nodes.items() if "mgmt-ipv4" in node}
    assert len(given) == len(set(given.values())) == 20
    assert given["plane0-core0"] == "172.16.0.2"
    assert "mgmt" not in topology(compiled("lab_4x2"))


def test_no_room_for_servers_no_management_network(tmp_path: Path) -> None:
    """A pool that switches may fill by more than half leaves none for the rest, so Docker gives all addresses."""
    text = (SPECS / "lab_3tier.rack").read_text()
    path = tmp_path / "tight.rack"
    path.write_text(text.replace('"172.16.0.0/24"', '"172.16.0.0/26"'))
    document = topology(compile_spec(str(path), {}))
    assert "mgmt" not in document
    assert not any("mgmt-ipv4" in node for node in document["topology"]["nodes"].values())


def edited(tmp_path: Path, os: str) -> Compilation:
    text = (SPECS / "lab_4x2.rack").read_text()
    assert "os    = frr" in text
    path = tmp_path / f"{os}.rack"
    path.write_text(text.replace("os    = frr", f"os    = {os}"))
    return compile_spec(str(path), {})


def test_sonic_finds_its_ports_by_lanes(tmp_path: Path) -> None:
    result = edited(tmp_path, "sonic")
    found = files(result)
    node = yaml.safe_load(found["topology.clab.yml"])["topology"]["nodes"]["compute0-leaf0"]
    binds = dict(reversed(bind.rsplit(":", 2)[:2]) for bind in node["binds"])
    assert binds["/var/sonic/config_db.json"] == "../../configs/sonic/compute0-leaf0/config_db.json"
    assert binds["/etc/frr/frr.conf"] == "../../configs/sonic/compute0-leaf0/frr.conf"
    assert not any("$" in command for command in node["exec"])
    (lanemap,) = [path for inside, path in binds.items() if inside.endswith("/lanemap.ini.orig")]
    (ports,) = [path for inside, path in binds.items() if inside.endswith("/port_config.ini.orig")]
    config = json.loads(
        next(a.data for a in rendered(result, "sonic") if a.path == "configs/sonic/compute0-leaf0/config_db.json")
    )
    lanes = dict(line.split(":") for line in found[lanemap].decode().splitlines())
    assert list(lanes) == [f"eth{n}" for n in range(1, 17)]
    assert list(lanes.values()) == [port["lanes"] for port in config["PORT"].values()]
    head, *rows = (line.split() for line in found[ports].decode().splitlines())
    assert head == ["#", "name", "lanes", "alias", "index", "speed"]
    assert [(row[0], row[1], row[3], row[4]) for row in rows] == [
        (name, port["lanes"], port["index"], port["speed"]) for name, port in config["PORT"].items()
    ]
    # A link is at the interface that stands for the lanes of its port: the ninth port is Ethernet32.
    assert ("compute0-leaf0:eth9", "net-spine0:eth1") in ends(yaml.safe_load(found["topology.clab.yml"]))
    assert config["DEVICE_NEIGHBOR"]["Ethernet32"]["name"] == "net-spine0"


def test_ceos_is_told_its_names() -> None:
    result = compile_spec(str(SPECS / "llama3_24k.rack"), {"pods": "1"}, ["pod[0].gpu[0]", "pod[0].spine[0]"])
    found = files(result)
    document = yaml.safe_load(found["topology.clab.yml"])["topology"]
    node = document["nodes"]["pod0-net0-chassis0"]
    assert document["groups"]["eos"]["kind"] == "arista_ceos"
    assert node["startup-config"] == "../../configs/eos/pod0-net0-chassis0/startup-config"
    (bind,) = node["binds"]
    mapping = json.loads(found[bind.split(":")[0]])
    assert mapping["ManagementIntf"] == {"eth0": "Management0"}
    ((a, z),) = [link for link in ends({"topology": document}) if "chassis" in " ".join(link)]
    interface = mapping["EthernetIntf"][z.split(":")[1]]
    config = next(
        a.data.decode()
        for a in rendered(result, "eos", Request(named=True, subset=result.subset))
        if "chassis0" in a.path
    )
    after = config.split(f"interface {interface}\n")[1]
    assert "pod0-gpu0-tor" in after.splitlines()[0]
    assert a == "pod0-gpu0-tor:eth17"


def test_needs(compiled: Compiled) -> None:
    """The backends whose files it mounts run too; FRR stands in if it is named and no switch is FRR's."""
    spec = str(SPECS / "llama3_24k.rack")
    result = compile_spec(spec, {"pods": "1"}, ["pod[0].gpu[0]", "pod[0].spine[0]"])
    work, told, _ = plan(result, ("containerlab",), (), (0, 1))
    assert work is not None, told
    assert [task.backend.name for task in work.tasks] == ["containerlab", "eos", "hosts", "sonic"]
    work, *_ = plan(result, ("containerlab", "frr"), (), (0, 1))
    assert work is not None
    assert [task.backend.name for task in work.tasks] == ["containerlab", "frr", "hosts"]
    groups = topology(result, "frr")["topology"]["groups"]
    assert set(groups) == {"frr", "server"}


def test_every_mounted_file_is_written() -> None:
    result = compile_spec(str(SPECS / "lab_3tier.rack"), {}, ["pod[0]"])
    work, *_ = plan(result, ("containerlab",), (), (0, 1))
    assert work is not None
    written = {a.path for task in work.tasks for a in task.backend.render(work.design, work.plant, task.request)}
    for node in topology(result)["topology"]["nodes"].values():
        for bind in node["binds"]:
            outside = bind.split(":")[0]
            path = outside.removeprefix("../../") if outside.startswith("../../") else ROOT + outside
            assert path in written, bind


@pytest.mark.parametrize("text", (*WORST, *HOSTILE[::7]))
@pytest.mark.parametrize("slot", ["leaf_name", "host_name", "frr", "sonic", "front", "domain"])
def test_hostile_texts(slot: str, text: str, tmp_path: Path) -> None:
    """A text is refused, or the topology has the same nodes, links and keys as with a harmless one."""
    path = tmp_path / "hostile.rack"
    for os in ("frr", "sonic"):
        spec = SPEC.replace("rack r {{", f"rack r {{{{\n    os = {os}")
        path.write_text(spec.format(**{k: escaped(t) for k, t in (BENIGN | {slot: BENIGN[slot] + text}).items()}))
        result = compile_spec(str(path), {})
        if result.plant is None or has_errors(result.diagnostics):
            continue
        work, *_ = plan(result, ("containerlab",), (), (0, 1))
        if work is None:
            continue
        found = files(result)
        assert all(".." not in name and not name.startswith("/") for name in found)
        document = yaml.safe_load(found["topology.clab.yml"])
        assert list(document) == ["name", "mgmt", "topology"]
        assert set(document["topology"]["nodes"]) == set(result.plant.devices.names)
        assert len(document["topology"]["links"]) == 4
        for name, data in found.items():
            if name.endswith("port_config.ini"):
                assert all(len(line.split()) == 5 for line in data.decode().splitlines()[1:])
