"""SONiC's own YANG models judge every kind of config_db.json that the designs give."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from real import sonic_yang
from unit.fabrics import CLOS, SPECS, built, rendered, with_network

from rackwright.backends.sonic import Sonic
from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.plant import Plant
from rackwright.compiler.schema.routing import Ebgp

MISSING = sonic_yang.missing()
pytestmark = [pytest.mark.real, pytest.mark.skipif(bool(MISSING), reason=MISSING or "no reason")]


def databases(design: Design, plant: Plant, named: bool = True) -> dict[str, bytes]:
    files = rendered(Sonic(), design, plant, Request(named=named))
    return {path: text.encode() for path, text in files.items() if path.endswith("config_db.json")}


@pytest.mark.parametrize("spec", ["lab_4x2", "clos"])
def test_the_models_take_it(spec: str) -> None:
    found = databases(*built(CLOS if spec == "clos" else SPECS / f"{spec}.rack"))
    for path in sorted(found):
        assert sonic_yang.complaints(found[path]) == "", path


def test_the_models_take_the_lanes_of_a_real_box() -> None:
    """A core of the large design, whose catalog part has its platform's port map."""
    design, plant = built(SPECS / "scale_350k.rack")
    files = rendered(Sonic(), design, plant, Request(named=True, shards=5003))
    mine = [text for path, text in files.items() if "-core" in path and path.endswith("config_db.json")]
    assert mine and sonic_yang.complaints(mine[0].encode()) == ""


def test_without_a_port_map_only_the_lanes_are_missing() -> None:
    """RW8006: refused as it is, and taken once the platform's own port map lies below, as sonic-cfggen does it."""
    found = databases(*built(SPECS / "llama3_24k.rack"), named=False)
    for path in sorted(found)[::97]:
        config = json.loads(found[path])
        ports = config["PORT"]
        refused = sonic_yang.complaints(found[path]).splitlines()
        assert refused and all('Mandatory node "lanes"' in line for line in refused), path
        platform = {
            name: {"alias": f"etp{n + 1}", "index": str(n + 1), "lanes": ",".join(str(8 * n + k) for k in range(1, 9))}
            for n, name in enumerate(ports)
        }
        config["PORT"] = {name: platform[name] | row for name, row in ports.items()}
        assert sonic_yang.complaints(json.dumps(config).encode()) == "", path


def test_the_models_take_numbered_sessions() -> None:
    design, _ = built(CLOS)
    pools = design.networks[0].attributes.pools.model_copy(update={"fabric": "10.64.0.0/20"})
    for path, data in databases(*with_network(design, routing=Ebgp(unnumbered=False), pools=pools)).items():
        assert sonic_yang.complaints(data) == "", path


def _set(table: str, row: str, field: str, value: str) -> Callable[[Any], object]:
    return lambda config: config[table][row].update({field: value})


@pytest.mark.parametrize(
    ("plant_fault", "words"),
    [
        (_set("PORT", "Ethernet0", "mtu", "9300"), "Unsatisfied range"),
        (_set("PORT", "Ethernet0", "fec", "rsx"), "Unsatisfied pattern"),
        (_set("PORT", "Ethernet0", "fecc", "rs"), '"fecc" not found'),
        (lambda config: config["PORT"]["Ethernet0"].pop("lanes"), 'Mandatory node "lanes"'),
        (lambda config: config["INTERFACE"].pop("Ethernet48"), "Must condition not satisfied"),
        (lambda config: config["INTERFACE"].update({"Ethernet999": {}}), "Invalid leafref value"),
        (_set("DEVICE_METADATA", "localhost", "docker_routing_config_mode", "own"), "Unsatisfied pattern"),
        (_set("WRED_PROFILE", "AZURE_LOSSLESS", "green_min_threshold", "9000000"), "max threshold must be"),
        (_set("QUEUE", "Ethernet0|3", "scheduler", "none"), "Invalid leafref value"),
        (_set("PORT_QOS_MAP", "Ethernet0", "pfc_enable", "8"), "Unsatisfied pattern"),
        (_set("PFC_WD", "Ethernet0", "detection_time", "100"), "detection_time must be"),
        (_set("DSCP_TO_TC_MAP", "AZURE", "64", "1"), "Invalid DSCP"),
        (_set("CABLE_LENGTH", "AZURE", "Ethernet0", "5"), "Invalid cable length"),
    ],
)
def test_the_models_refuse_planted_faults(plant_fault: Callable[[Any], object], words: str) -> None:
    data = databases(*built(CLOS))["configs/sonic/pod0-leaf1/config_db.json"]
    config = json.loads(data)
    plant_fault(config)
    assert words in sonic_yang.complaints(json.dumps(config).encode())
