"""SONiC files of the Clos in `clos.rack`, and what SONiC's YANG does not see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rackwright.backends.sonic import Sonic
from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.plant import Plant
from rackwright.compiler.schema.policies import Ebgp
from unit.fabrics import CLOS, SPECS, block, built, edited, rendered, with_network

Config = dict[str, dict[str, dict[str, str]]]


@pytest.fixture(scope="module")
def clos() -> tuple[Design, Plant]:
    return built(CLOS)


@pytest.fixture(scope="module")
def files(clos: tuple[Design, Plant]) -> dict[str, str]:
    return rendered(Sonic(), *clos)


@pytest.fixture(scope="module")
def leaf(files: dict[str, str]) -> Config:
    found: Config = json.loads(files["configs/sonic/pod0-leaf1/config_db.json"])
    return found


def every(files: dict[str, str]) -> list[Config]:
    return [json.loads(text) for path, text in files.items() if path.endswith("config_db.json")]


def test_metadata(leaf: Config) -> None:
    assert leaf["DEVICE_METADATA"]["localhost"] == {
        "hostname": "pod0-leaf1",
        "hwsku": "Test-8",
        "platform": "x86_64-test",
        "type": "ToRRouter",
        "bgp_asn": "4200000003",
        "docker_routing_config_mode": "split-unified",
        "frr_mgmt_framework_config": "true",
        "default_pfcwd_status": "enable",
    }


def test_a_whole_cage(leaf: Config) -> None:
    row = leaf["PORT"]["Ethernet8"]
    assert row.pop("description").startswith("to pod0-spine1 eth1 cable ")
    assert row == {
        "alias": "etp2",
        "index": "2",
        "lanes": "9,10,11,12,13,14,15,16",
        "speed": "800000",
        "mtu": "9100",
        "subport": "0",
        "fec": "rs",
        "admin_status": "up",
    }


def test_a_part_of_a_split_cage(leaf: Config) -> None:
    row = leaf["PORT"]["Ethernet52"]
    assert (row["alias"], row["index"], row["lanes"], row["speed"], row["subport"]) == (
        "etp7b",
        "7",
        "53,54,55,56",
        "400000",
        "2",
    )
    assert row["admin_status"] == "down" and "description" not in row


def test_interfaces(leaf: Config) -> None:
    rows = leaf["INTERFACE"]
    assert rows["Ethernet0"] == {"ipv6_use_link_local_only": "enable"}
    assert rows["Ethernet48"] == rows["Ethernet48|10.128.0.56/31"] == {}
    assert "Ethernet16" not in rows
    assert leaf["LOOPBACK_INTERFACE"] == {"Loopback0": {}, "Loopback0|10.0.0.3/32": {}}


def test_neighbours(leaf: Config) -> None:
    assert leaf["DEVICE_NEIGHBOR"]["Ethernet0"] == {"name": "pod0-spine0", "port": "eth1", "local_port": "Ethernet0"}


def test_frr_is_configured_by_the_file_beside_it(files: dict[str, str], leaf: Config) -> None:
    text = files["configs/sonic/pod0-leaf1/frr.conf"]
    bgp = block(text, "router bgp 4200000003")
    assert "neighbor Ethernet0 interface peer-group FABRIC" in bgp
    assert "aggregate-address 10.128.0.32/27 summary-only" in bgp
    # Addresses belong to CONFIG_DB, and so do no BGP tables.
    assert "ip address 1" not in text and not [table for table in leaf if table.startswith("BGP")]


def test_without_bfd_the_usual_daemon_stays(clos: tuple[Design, Plant]) -> None:
    files = rendered(Sonic(), *with_network(clos[0], routing=Ebgp()))
    (row,) = json.loads(files["configs/sonic/core0/config_db.json"])["DEVICE_METADATA"].values()
    assert "frr_mgmt_framework_config" not in row


# --- what no YANG sees ---


def faults(config: Config, frr: str) -> list[str]:
    """Faults of a switch that SONiC's own models let pass."""
    found = []
    ports = config["PORT"]
    lanes = [lane for row in ports.values() for lane in row["lanes"].split(",")]
    if len(set(lanes)) < len(lanes):
        found.append("two ports share a lane")
    if len({row["alias"] for row in ports.values()}) < len(ports):
        found.append("two ports share an alias")
    meta = config["DEVICE_METADATA"]["localhost"]
    if meta["docker_routing_config_mode"] != "split-unified":
        found.append("the mode discards frr.conf")
    if f"router bgp {meta['bgp_asn']}\n" not in frr:
        found.append("two AS numbers")
    if any(row["mtu"] == "1500" for row in ports.values()):
        found.append("the MTU was forgotten")
    for port in [p for p in config["INTERFACE"] if "|" not in p]:
        row: Any = config["PORT_QOS_MAP"].get(port, {})
        lossless = row.get("pfc_enable", "")
        if not lossless or config["TC_TO_PRIORITY_GROUP_MAP"]["AZURE"][lossless] == "0":
            found.append(f"{port}: no lossless priority group")
        elif "wred_profile" not in config["QUEUE"].get(f"{port}|{lossless}", {}):
            found.append(f"{port}: no ECN")
        if config["DSCP_TO_TC_MAP"]["AZURE"]["26"] != lossless:
            found.append(f"{port}: the DSCP of RoCE is lossy")
        if port not in config["PFC_WD"]:
            found.append(f"{port}: no watchdog")
        if config["CABLE_LENGTH"]["AZURE"][port] == "0m":
            found.append(f"{port}: no headroom")
    return found


def test_no_fault_that_yang_cannot_see(files: dict[str, str]) -> None:
    for path, text in files.items():
        if path.endswith("config_db.json"):
            assert faults(json.loads(text), files[path.replace("config_db.json", "frr.conf")]) == []


def test_planted_faults_are_seen(files: dict[str, str]) -> None:
    text = files["configs/sonic/pod0-leaf1/config_db.json"]
    frr = files["configs/sonic/pod0-leaf1/frr.conf"]

    def planted(table: str, row: str, field: str, value: str | None) -> list[str]:
        config: Config = json.loads(text)
        if value is None:
            del config[table][row][field]
        else:
            config[table][row][field] = value
        return faults(config, frr)

    assert planted("PORT", "Ethernet8", "lanes", "1") == ["two ports share a lane"]
    assert planted("DEVICE_METADATA", "localhost", "bgp_asn", "1") == ["two AS numbers"]
    assert planted("QUEUE", "Ethernet0|3", "wred_profile", None) == ["Ethernet0: no ECN"]
    assert "Ethernet0: no lossless priority group" in planted("PORT_QOS_MAP", "Ethernet0", "pfc_enable", "4")


def test_marking(leaf: Config) -> None:
    profile = leaf["WRED_PROFILE"]["AZURE_LOSSLESS"]
    assert profile["ecn"] == "ecn_all"
    assert profile["green_min_threshold"] == "1000000" and profile["green_max_threshold"] == "2000000"
    assert profile["green_drop_probability"] == "5"


def test_cable_lengths_come_from_the_floor_plan() -> None:
    design, _ = built(SPECS / "lab_4x2.rack")
    roce = built(CLOS)[0].networks[0].attributes.roce
    files = rendered(Sonic(), *with_network(design, roce=roce))
    lengths = json.loads(files["configs/sonic/compute0-leaf0/config_db.json"])["CABLE_LENGTH"]["AZURE"]
    assert lengths["Ethernet0"] == "5m" and lengths["Ethernet32"] == "40m" and lengths["Ethernet60"] == "0m"


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (('sonic = "Ethernet{8*eth}", ', ""), "RW8001"),
        (('sonic = "Ethernet{8*eth + 4*lane}", ', ""), "RW8001"),
        (('sonic = "Ethernet{8*eth}"', 'sonic = "EthernetEthernet{eth}"'), "RW8002"),
        (("mtu     = 9100 B", "mtu     = 9300 B"), "RW8004"),
        (("core[2]     : test_switch", 'core[2]     : test_switch { name = "core{core}-" }'), "RW8003"),
    ],
)
def test_refused(tmp_path: Path, edit: tuple[str, str], code: str) -> None:
    found = list(Sonic().accepts(*edited(tmp_path, edit), Request(named=True)))
    assert [d.code for d in found] == [code]
    assert found[0].at is not None and found[0].help


def test_one_part_without_names_is_told_of_once(tmp_path: Path) -> None:
    (told,) = Sonic().accepts(*edited(tmp_path, ('sonic = "Ethernet{8*eth}", ', "")), Request(named=True))
    assert "names { sonic" in told.help
