"""OpenConfig's published models judge every kind of config.json that the designs give."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from real import openconfig_yang
from unit.fabrics import SPECS, built, rendered
from unit.openconfig_cases import CASES, made

from rackwright.backends.openconfig import OpenConfig

MISSING = openconfig_yang.missing()
pytestmark = [pytest.mark.real, pytest.mark.skipif(bool(MISSING), reason=MISSING or "no reason")]


@pytest.fixture(scope="module")
def leaf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    files = rendered(OpenConfig(), *made(tmp_path_factory.mktemp("full"), "full"))
    return files["configs/openconfig/pod0-leaf0/config.json"].encode()


@pytest.mark.parametrize("case", CASES)
def test_the_models_take_it(tmp_path: Path, case: str) -> None:
    files = rendered(OpenConfig(), *made(tmp_path, case))
    for role in ("pod0-leaf0", "pod0-spine0", "core0"):
        path = f"configs/openconfig/{role}/config.json"
        assert openconfig_yang.complaints(files[path].encode()) == "", path


@pytest.mark.parametrize("spec", ["lab_4x2", "lab_3tier"])
def test_the_models_take_switches_of_the_labs(spec: str) -> None:
    files = rendered(OpenConfig(), *built(SPECS / f"{spec}.rack"))
    for path in sorted(files)[::3]:
        assert openconfig_yang.complaints(files[path].encode()) == "", path


INTERFACES = "openconfig-interfaces:interfaces"
INSTANCES = "openconfig-network-instance:network-instances"
POLICY = "openconfig-routing-policy:routing-policy"
QOS = "openconfig-qos:qos"
SYSTEM = "openconfig-system:system"


def _port(config: Any) -> Any:
    return config[INTERFACES]["interface"][0]


def _ethernet(config: Any) -> Any:
    return _port(config)["openconfig-if-ethernet:ethernet"]["config"]


def _bgp(config: Any) -> Any:
    protocols = config[INSTANCES]["network-instance"][0]["protocols"]["protocol"]
    return next(p["bgp"] for p in protocols if "bgp" in p)


def _profile(config: Any) -> Any:
    profiles = config[QOS]["queue-management-profiles"]["queue-management-profile"]
    return profiles[0]["wred"]["uniform"]["config"]


def _component(config: Any) -> Any:
    port = config["openconfig-platform:components"]["component"][0]["port"]
    return port["openconfig-platform-port:breakout-mode"]["groups"]["group"][0]["config"]


@pytest.mark.parametrize(
    ("plant_fault", "words"),
    [
        (lambda c: c.update({"openconfig-qos:qoss": {}}), '"qoss" not found'),
        (lambda c: c.update(qos=c.pop(QOS)), "must be namespace-qualified"),
        (lambda c: _port(c)["config"].update(mtu=70000), "out of type uint16"),
        (lambda c: _port(c)["config"].update(mtu="9114"), "number-encoded"),
        (lambda c: _port(c)["config"].update(enabled="true"), "boolean"),
        (lambda c: _port(c)["config"].pop("type"), 'Mandatory node "type"'),
        (lambda c: _port(c).update(name="Ethernet99"), "Invalid leafref value"),
        (lambda c: _ethernet(c).update({"port-speed": "openconfig-if-ethernet:SPEED_123GB"}), "Invalid identityref"),
        (lambda c: _ethernet(c).update({"fec-mode": "FEC_RS999"}), "Invalid identityref"),
        (lambda c: _component(c).update({"num-breakouts": 256}), "out of type uint8"),
        (lambda c: _bgp(c)["global"]["config"].pop("as"), 'Mandatory node "as"'),
        (lambda c: _bgp(c)["global"]["config"].update({"as": "4200000000"}), "number-encoded"),
        (lambda c: _bgp(c)["neighbors"]["neighbor"][0]["config"].update({"peer-group": "NONE"}), "Invalid leafref"),
        (
            lambda c: _bgp(c)["neighbors"]["neighbor"][0]["config"].update({"neighbor-address": "Ethernet1/1"}),
            "Invalid",
        ),
        (lambda c: _bgp(c)["neighbors"]["neighbor"][0].pop("neighbor-address"), "missing its key"),
        (lambda c: c[POLICY]["policy-definitions"]["policy-definition"].pop(), "Invalid leafref value"),
        (lambda c: c[POLICY]["defined-sets"]["prefix-sets"]["prefix-set"].pop(), "Invalid leafref value"),
        (lambda c: c[INSTANCES]["network-instance"][0]["protocols"]["protocol"].pop(), "Invalid leafref value"),
        (lambda c: _profile(c).update({"min-threshold": 1000000}), "non-num64-encoded"),
        (lambda c: _profile(c).update({"max-drop-probability-percent": 101}), "range"),
        (lambda c: c[QOS]["queues"]["queue"].pop(), "Invalid leafref value"),
        (lambda c: c[QOS]["classifiers"]["classifier"].pop(), "Invalid leafref value"),
        (lambda c: c[SYSTEM]["config"].update(hostname="no name"), "pattern"),
        (lambda c: c[SYSTEM]["dns"]["servers"]["server"][0]["config"].update(address="dns"), "Invalid"),
        (lambda c: c[SYSTEM]["aaa"]["authentication"]["users"]["user"][0]["config"].pop("role"), "Mandatory node"),
    ],
)
def test_the_models_refuse_planted_faults(leaf: bytes, plant_fault: Callable[[Any], object], words: str) -> None:
    config = json.loads(leaf)
    plant_fault(config)
    assert words in openconfig_yang.complaints(json.dumps(config).encode())
