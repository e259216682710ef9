"""The model of a switch as JSON: it follows its own schema, and holds what strangers' templates need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from unit.fabrics import CLOS, SPECS, built, edited, rendered

from rackwright.backends.device_model import DeviceModel
from rackwright.compiler.backend import Request

Files = dict[str, Any]


def documents(*args: Any) -> Files:
    return {path: json.loads(text) for path, text in rendered(DeviceModel(), *args).items()}


@pytest.fixture(scope="module")
def clos() -> Files:
    return documents(*built(CLOS))


def switch(files: Files, name: str) -> Any:
    return files[f"device-model/switches/{name}.json"]["switch"]


@pytest.mark.parametrize("spec", [CLOS, SPECS / "lab_4x2.rack"])
def test_every_file_follows_the_schema(spec: Path) -> None:
    files = documents(*built(spec))
    validator = jsonschema.Draft202012Validator(files.pop("device-model/schema.json"))
    jsonschema.Draft202012Validator.check_schema(validator.schema)
    assert files
    for path, document in files.items():
        assert not list(validator.iter_errors(document)), path


def test_the_schema_refuses_what_is_not_there(clos: Files) -> None:
    validator = jsonschema.Draft202012Validator(clos["device-model/schema.json"])
    document = json.loads(json.dumps(clos["device-model/switches/core0.json"]))
    document["switch"]["interfaces"][0]["speed"] = 1
    assert [e.validator for e in validator.iter_errors(document)] == ["additionalProperties"]
    del document["switch"]["interfaces"][0]["speed"], document["switch"]["asn"]
    assert [e.validator for e in validator.iter_errors(document)] == ["required"]


def test_every_field_is_told_of(clos: Files) -> None:
    for name, definition in clos["device-model/schema.json"]["$defs"].items():
        assert definition["description"], name


def test_only_when_named() -> None:
    """No switch runs an operating system of this name, so it is written for whoever asks."""
    assert rendered(DeviceModel(), *built(CLOS), Request()) == {}


def test_a_leaf(clos: Files) -> None:
    leaf = switch(clos, "pod0-leaf1")
    assert (leaf["role"], leaf["tier"], leaf["os"], leaf["paths"], leaf["relax"]) == ("leaf", 1, "eos", 2, True)
    assert leaf["groups"] == [{"name": "UPLINKS", "allowas_in": 0, "default_route": False}]
    up = leaf["interfaces"][0]
    # Names of ports are those of the switch's own system, at both ends.
    assert (up["kind"], up["group"], up["peer"]) == ("fabric", "UPLINKS", "pod0-spine0")
    assert (up["port"]["name"], up["peer_interface"], up["peer_port"]) == ("Ethernet1/1", "Ethernet2/1", "eth1")
    assert up["port"]["fec"] == "rs544" and up["cable_m"] == 300 and up["room"]["xoff"] == 1621536
    (host, *_) = [i for i in leaf["interfaces"] if i["kind"] == "host"]
    assert host["address"].endswith("/31") and host["peer_asn"] == -1 and host["group"] == ""


def test_classes(clos: Files) -> None:
    qos = switch(clos, "core0")["network"]["qos"]
    found = {c["name"]: (c["priority"], c["queue"], c["strict"], c["lossless"]) for c in qos["classes"]}
    assert found == {
        "default": (0, 0, False, False),
        "roce": (3, 3, False, True),
        "control": (6, 6, True, False),
    }
    assert sorted(d for c in qos["classes"] for d in c["dscps"]) == list(range(64))
    assert sum(c["share"] for c in qos["classes"]) == 100


def test_ipv6_follows_ipv4(tmp_path: Path) -> None:
    edits = ('host = "10.128.0.0/16" }', 'host = "10.128.0.0/16", loopback6 = "fd00:1::/64", host6 = "fd00:2::/64" }')
    files = documents(*edited(tmp_path, edits))
    leaf = switch(files, "pod1-leaf0")
    four, six = leaf["loopback"].rpartition(".")[2], leaf["loopback6"]
    assert six == f"fd00:1::{int(four):x}"
    (host, *_) = [i for i in leaf["interfaces"] if i["kind"] == "host"]
    last = int(host["peer_address"].rpartition(".")[2]) + 256 * int(host["peer_address"].split(".")[2])
    assert host["peer_address6"] == f"fd00:2::{last:x}" and host["address6"] == f"fd00:2::{last - 1:x}/127"
    assert leaf["block6"].endswith("/123") and leaf["network"]["hosts6"]["low"] == 123


def test_numbers_of_tiers(tmp_path: Path) -> None:
    files = documents(*edited(tmp_path, ("base_asn = 4200000000", "asn_plan = per_tier, downward = default")))
    numbers = {name: switch(files, name)["asn"] for name in ("pod0-leaf0", "pod1-leaf1", "pod1-spine0", "core1")}
    assert list(numbers.values()) == [4200000000, 4200000000, 4200000001, 4200000002]
    spine = switch(files, "pod0-spine0")
    assert [(g["name"], g["allowas_in"], g["default_route"]) for g in spine["groups"]] == [
        ("DOWNLINKS", 0, True),
        ("UPLINKS", 1, False),
    ]
    assert spine["relax"] is False


def test_services(tmp_path: Path) -> None:
    block = (
        'management { ntp = ["192.0.2.1"], users = ["netops"], gnmi = 50051\n'
        '        sflow { collector = "192.0.2.9" } }\n    mtu     ='
    )
    pool = ('pools   { loopback = "10.0.0.0/24",', 'pools   { management = "172.16.0.0/24", loopback = "10.0.0.0/24",')
    files = documents(*edited(tmp_path, ("mtu     =", block), pool))
    core = switch(files, "core0")
    assert core["network"]["services"] == {
        "domain": "",
        "dns": [],
        "ntp": ["192.0.2.1"],
        "syslog": [],
        "sflow": {"collector": "192.0.2.9", "port": 6343, "rate": 32768, "polling_s": 20},
        "gnmi": 50051,
        "users": ["netops"],
    }
    # The core is the first in the order of paths, and the gateway comes before it.
    assert (core["management"], core["network"]["gateway"]) == ("172.16.0.2/24", "172.16.0.1")
