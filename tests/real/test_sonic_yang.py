"""SONiC's own YANG models judge every kind of config_db.json that the designs give."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from real import sonic_yang
from unit.fabrics import CLOS, SPECS, built, rendered, with_network
from unit.test_sonic_boxes import SONIC, tables_everywhere

from rackwright.backends.sonic import Sonic
from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.plant import Plant
from rackwright.compiler.schema.routing import Ebgp

MISSING = sonic_yang.missing()
pytestmark = [pytest.mark.real, pytest.mark.skipif(bool(MISSING), reason=MISSING or "no reason")]

EXPECTED = (
    "BGP_GLOBALS BGP_GLOBALS_AF BGP_GLOBALS_AF_AGGREGATE_ADDR BGP_NEIGHBOR BGP_PEER_GROUP BGP_PEER_GROUP_AF "
    "BREAKOUT_CFG BUFFER_PG BUFFER_POOL BUFFER_PORT_EGRESS_PROFILE_LIST BUFFER_PORT_INGRESS_PROFILE_LIST "
    "BUFFER_PROFILE BUFFER_QUEUE CABLE_LENGTH DEFAULT_LOSSLESS_BUFFER_PARAMETER DEVICE_METADATA DEVICE_NEIGHBOR "
    "DEVICE_NEIGHBOR_METADATA DNS_NAMESERVER DNS_OPTIONS DSCP_TO_TC_MAP FEATURE FLEX_COUNTER_TABLE GNMI INTERFACE LLDP "
    "LLDP_PORT LOOPBACK_INTERFACE LOSSLESS_TRAFFIC_PATTERN MAP_PFC_PRIORITY_TO_QUEUE MGMT_INTERFACE MGMT_PORT NTP "
    "NTP_SERVER PFC_PRIORITY_TO_PRIORITY_GROUP_MAP PFC_WD PORT PORT_QOS_MAP PREFIX PREFIX_SET QUEUE ROUTE_MAP "
    "ROUTE_MAP_SET ROUTE_REDISTRIBUTE SCHEDULER SFLOW SFLOW_COLLECTOR SFLOW_SESSION SWITCH_HASH SYSLOG_SERVER "
    "TC_TO_PRIORITY_GROUP_MAP TC_TO_QUEUE_MAP VERSIONS WRED_PROFILE"
).split()
"""Every table that the backend can write."""


def databases(design: Design, plant: Plant, named: bool = True) -> dict[str, bytes]:
    files = rendered(Sonic(), design, plant, Request(named=named))
    return {path: text.encode() for path, text in files.items() if path.endswith("config_db.json")}


@pytest.fixture(scope="module")
def by_tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[Design, Plant]:
    return tables_everywhere(tmp_path_factory.mktemp("tables"))


@pytest.fixture(scope="module")
def leaf(by_tables: tuple[Design, Plant]) -> bytes:
    return databases(*by_tables)["configs/sonic/pod0-leaf0/config_db.json"]


@pytest.mark.parametrize("spec", [SPECS / "lab_4x2.rack", SPECS / "lab_3tier.rack", CLOS, SONIC], ids=lambda p: p.stem)
def test_the_models_take_it(spec: Path) -> None:
    found = databases(*built(spec))
    assert found
    for path in sorted(found):
        assert sonic_yang.complaints(found[path]) == "", path


def test_the_models_take_every_table(by_tables: tuple[Design, Plant]) -> None:
    found = databases(*by_tables)
    tables: set[str] = set()
    for path in sorted(found):
        assert sonic_yang.complaints(found[path]) == "", path
        tables |= json.loads(found[path]).keys()
    assert sorted(tables) == EXPECTED


def test_the_models_take_a_core_of_the_large_design(tmp_path: Path) -> None:
    """A box of 64 cages, each split in two, whose catalog part has its platform's port map."""
    text = (SPECS / "scale_350k.rack").read_text()
    assert "dcs_7060x6_64pe_400g { os = eos }" in text
    (tmp_path / "large.rack").write_text(text.replace("_64pe_400g { os = eos }", "_64pe_400g { os = sonic }"))
    design, plant = built(tmp_path / "large.rack")
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


@pytest.mark.parametrize("routing", [Ebgp(unnumbered=False), Ebgp(downward="default", asn_plan="per_tier")])
def test_the_models_take_every_way_to_route(by_tables: tuple[Design, Plant], routing: Ebgp) -> None:
    design, _ = by_tables
    given = design.networks[0].attributes
    pools = given.pools.model_copy(update={"fabric": "10.64.0.0/20", "fabric6": "fd00:0:0:3::/64"})
    for path, data in databases(*with_network(design, routing=routing, pools=pools)).items():
        assert sonic_yang.complaints(data) == "", path


def _set(table: str, row: str, field: str, value: str) -> Callable[[Any], object]:
    return lambda config: config[table][row].update({field: value})


def _add(table: str, row: str) -> Callable[[Any], object]:
    return lambda config: config[table].update({row: {}})


def _drop(table: str, row: str) -> Callable[[Any], object]:
    return lambda config: config[table].pop(row)


@pytest.mark.parametrize(
    ("plant_fault", "words"),
    [
        (_set("PORT", "Ethernet0", "mtu", "9300"), "Unsatisfied range"),
        (_set("PORT", "Ethernet0", "fec", "rsx"), "Unsatisfied pattern"),
        (_set("PORT", "Ethernet0", "fecc", "rs"), '"fecc" not found'),
        (lambda config: config["PORT"]["Ethernet0"].pop("lanes"), 'Mandatory node "lanes"'),
        (_drop("INTERFACE", "Ethernet0"), "Must condition not satisfied"),
        (_add("INTERFACE", "Ethernet999"), "Invalid leafref value"),
        (_set("DEVICE_METADATA", "localhost", "docker_routing_config_mode", "own"), "Unsatisfied pattern"),
        (_set("DEVICE_METADATA", "localhost", "buffer_model", "guessed"), "Unsatisfied pattern"),
        (_set("WRED_PROFILE", "AZURE_roce", "green_min_threshold", "9000000"), "max threshold must be"),
        (_set("QUEUE", "Ethernet0|3", "scheduler", "none"), "Invalid leafref value"),
        (_set("SCHEDULER", "scheduler.roce", "weight", "101"), "Unsatisfied range"),
        (_set("PORT_QOS_MAP", "Ethernet0", "pfc_enable", "8"), "Unsatisfied pattern"),
        (_set("PFC_WD", "Ethernet0", "restoration_time", "60"), "Unsatisfied range"),
        (_set("PFC_WD", "GLOBAL", "POLL_INTERVAL", "200"), "detection_time must be"),
        (_set("DSCP_TO_TC_MAP", "AZURE", "64", "1"), "Invalid DSCP"),
        (_set("CABLE_LENGTH", "AZURE", "Ethernet0", "5"), "Invalid cable length"),
        (_set("BUFFER_PG", "Ethernet0|3", "profile", "none"), "Invalid"),
        (_set("BUFFER_POOL", "egress_lossless_pool", "mode", "shared"), "Invalid enumeration value"),
        (lambda config: config["BUFFER_PROFILE"]["q_lossy_profile"].pop("size"), 'Mandatory node "size"'),
        (_set("BUFFER_PORT_INGRESS_PROFILE_LIST", "Ethernet0", "profile_list", "none"), "Invalid leafref value"),
        (_add("BUFFER_QUEUE", "Ethernet0|16"), "Invalid Q-index"),
        (_set("BGP_NEIGHBOR", "default|Ethernet256", "peer_group_name", "NONE"), "Invalid leafref value"),
        (_add("BGP_NEIGHBOR", "default|Ethernet999"), "Invalid"),
        (_set("BGP_GLOBALS", "default", "local_asn", "0"), "Unsatisfied range"),
        (_set("BGP_PEER_GROUP", "default|UPLINKS", "peer_type", "extern"), "Invalid enumeration value"),
        (_set("ROUTE_MAP", "UPLINKS-IN|10", "match_prefix_set", "NONE"), "Invalid leafref value"),
        (_add("PREFIX", "LOOPBACKS|10|10.0.0.0/33|exact"), "Invalid union value"),
        (_drop("ROUTE_MAP_SET", "CONNECTED"), "Invalid leafref value"),
        (_set("MGMT_INTERFACE", "eth0|172.16.0.6/24", "gwaddr", "fd00::1"), "Must condition"),
        (_add("NTP_SERVER", "no host"), "Invalid union value"),
        (lambda config: [config["DNS_NAMESERVER"].update({f"192.0.2.{n}": {}}) for n in range(9)], "Too many"),
        (_set("SFLOW_SESSION", "Ethernet0", "sample_rate", "100"), "sFlow sample rate"),
        (_set("GNMI", "certs", "server_key", "/etc/key.pem"), "Unsatisfied pattern"),
        (lambda config: config["SWITCH_HASH"]["GLOBAL"]["ecmp_hash"].append("QP"), "Invalid enumeration value"),
        (_set("VERSIONS", "DATABASE", "VERSION", "latest"), "Unsatisfied pattern"),
        (lambda config: config.update(NO_SUCH_TABLE={}), "no model has the table"),
    ],
)
def test_the_models_refuse_planted_faults(leaf: bytes, plant_fault: Callable[[Any], object], words: str) -> None:
    config = json.loads(leaf)
    plant_fault(config)
    assert words in sonic_yang.complaints(json.dumps(config).encode())
