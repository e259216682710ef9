"""SONiC files of `sonic.rack`: three makers' boxes, every table, and what SONiC's YANG does not see."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from unit.fabrics import built, rendered, with_network
from unit.sonic_faults import Config, faults

from rackwright.backends.sonic import Sonic
from rackwright.backends.sonic.platform import fits
from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.plant import Plant
from rackwright.compiler.schema.routing import Ebgp
from rackwright.dsl.units import Quantity

SONIC = Path(__file__).with_name("sonic.rack")

DSCPS, PRIORITY = (26, 27), 3
"""The RoCE class of that spec."""


@pytest.fixture(scope="module")
def boxes() -> tuple[Design, Plant]:
    return built(SONIC)


@pytest.fixture(scope="module")
def files(boxes: tuple[Design, Plant]) -> dict[str, str]:
    return rendered(Sonic(), *boxes)


def config_of(files: dict[str, str], name: str) -> Config:
    found: Config = json.loads(files[f"configs/sonic/{name}/config_db.json"])
    return found


def frr_of(files: dict[str, str], name: str) -> str | None:
    return files.get(f"configs/sonic/{name}/frr.conf")


NAMES = ["core0", "core1", "edge0", "edge1"] + [
    f"pod{p}-{kind}{n}" for p in range(2) for kind in ("leaf", "spine") for n in range(2)
]


def test_only_what_is_built_has_files(files: dict[str, str]) -> None:
    assert sorted({path.split("/")[2] for path in files}) == sorted(NAMES)


# --- buffers ---


def test_a_static_profile_is_the_makers_row_under_the_name_that_the_switch_itself_would_give_it(
    files: dict[str, str],
) -> None:
    spine = config_of(files, "pod0-spine0")
    # Arista-7060X6-64PE-O128S2, buffers_defaults_t1.j2; the row of 300 m is Dell-Z9864f-O64's.
    assert spine["BUFFER_POOL"] == {
        "ingress_lossless_pool": {"type": "ingress", "mode": "dynamic", "size": "166115492", "xoff": "29423360"},
        "egress_lossless_pool": {"type": "egress", "mode": "dynamic", "size": "166115492"},
    }
    assert spine["BUFFER_PROFILE"]["pg_lossless_400000_300m_profile"] == {
        "pool": "ingress_lossless_pool",
        "size": "18796",
        "xon": "0",
        "xoff": "839216",
        "xon_offset": "3556",
        "dynamic_th": "0",
    }
    assert spine["BUFFER_PROFILE"]["egress_lossless_profile"]["static_th"] == "167546528"
    assert spine["BUFFER_PG"]["Ethernet0|3"] == {"profile": "pg_lossless_400000_300m_profile"}
    assert spine["CABLE_LENGTH"]["AZURE"]["Ethernet0"] == "300m"
    assert spine["DEVICE_METADATA"]["localhost"]["buffer_model"] == "traditional"
    # Broadcom's SAI knows neither of these.
    assert "PFC_PRIORITY_TO_PRIORITY_GROUP_MAP" not in spine and "BUFFER_PORT_INGRESS_PROFILE_LIST" not in spine


def test_a_computed_profile_is_the_published_formulas(files: dict[str, str]) -> None:
    edge = config_of(files, "edge0")
    # Spectrum-3, 400 Gbps over 8 lanes, 300 m: the formula of buffer_headroom_mellanox.lua, computed independently.
    assert edge["BUFFER_PROFILE"]["headroom_400000_8lanes_300m"] == {
        "pool": "ingress_lossless_pool",
        "size": "399360",
        "xon": "37888",
        "xoff": "352256",
        "dynamic_th": "0",
    }
    assert edge["BUFFER_PG"]["Ethernet0|4"] == {"profile": "headroom_400000_8lanes_300m"}
    assert edge["BUFFER_POOL"]["egress_lossless_pool"]["size"] == "60817392"
    # The switch computes the sizes of the other pools itself.
    assert [name for name, row in edge["BUFFER_POOL"].items() if "size" in row] == ["egress_lossless_pool"]
    assert edge["DEVICE_METADATA"]["localhost"]["buffer_model"] == "dynamic"
    lists = edge["BUFFER_PORT_INGRESS_PROFILE_LIST"]
    assert lists.keys() == edge["PORT"].keys()
    assert lists["Ethernet8"] == {"profile_list": "ingress_lossless_profile,ingress_lossy_profile"}


def test_every_queue_has_a_buffer(files: dict[str, str]) -> None:
    queues = {k: row for k, row in config_of(files, "core0")["BUFFER_QUEUE"].items() if k.startswith("Ethernet0|")}
    lossy, lossless = "egress_lossy_profile", "egress_lossless_profile"
    assert {k.partition("|")[2]: row["profile"] for k, row in queues.items()} == {
        "0-2": lossy,
        "3": lossless,
        "4": lossy,
        "5": lossless,
        "6-7": lossy,
    }


# --- classes ---


def test_classes_go_from_dscp_to_queue(files: dict[str, str]) -> None:
    leaf = config_of(files, "pod0-leaf0")
    classes = leaf["DSCP_TO_TC_MAP"]["AZURE"]
    assert {d: tc for d, tc in classes.items() if tc != "0"} == {"10": "4", "26": "3", "27": "3", "48": "6"}
    assert leaf["TC_TO_QUEUE_MAP"]["AZURE"] | {"4": "5"} == leaf["TC_TO_QUEUE_MAP"]["AZURE"]
    assert leaf["TC_TO_PRIORITY_GROUP_MAP"]["AZURE"]["4"] == "4" and leaf["QUEUE"]["Ethernet0|5"] == {
        "scheduler": "scheduler.storage"
    }
    weights = {name: row.get("weight", row["type"]) for name, row in leaf["SCHEDULER"].items()}
    # 60, 30 and the default's 50 of 140 parts, in whole percent.
    assert weights == {
        "scheduler.roce": "43",
        "scheduler.storage": "21",
        "scheduler.default": "36",
        "scheduler.control": "STRICT",
    }
    assert leaf["PORT_QOS_MAP"]["Ethernet0"]["pfc_enable"] == "3,4"
    assert leaf["PFC_PRIORITY_TO_PRIORITY_GROUP_MAP"]["AZURE"] == {"3": "3", "4": "4"}
    assert leaf["PFC_WD"]["GLOBAL"] == {"POLL_INTERVAL": "100"}
    assert leaf["PFC_WD"]["Ethernet0"] == {
        "action": "forward",
        "detection_time": "100",
        "restoration_time": "400",
    }


# --- ports ---


@pytest.mark.parametrize(
    ("mode", "parts", "speed", "fit"),
    [
        ("2x400G", 2, 400, True),
        ("2x400G(8)", 2, 400, True),
        ("1x800G[400G]", 1, 400, True),
        ("2x200G[100G,50G,40G]", 2, 100, True),
        ("2x200G[100G,50G,40G]", 2, 400, False),
        ("2x400G", 4, 400, False),
        ("", 2, 400, False),
    ],
)
def test_a_mode_is_of_so_many_ports_of_a_speed(mode: str, parts: int, speed: int, fit: bool) -> None:
    assert fits(mode, parts, speed * 10**9) is fit


def test_cages_and_their_parts(files: dict[str, str]) -> None:
    core, edge = config_of(files, "core0"), config_of(files, "edge0")
    # As platform.json of these platforms has them.
    assert core["BREAKOUT_CFG"]["Ethernet8"] == {"brkout_mode": "2x400G(8)"} and len(core["BREAKOUT_CFG"]) == 64
    port = core["PORT"]["Ethernet12"]
    assert (port["lanes"], port["alias"], port["index"], port["subport"]) == ("21,22,23,24", "etp2b", "2", "2")
    assert edge["BREAKOUT_CFG"]["Ethernet0"] == {"brkout_mode": "1x400G[200G,100G,50G,40G,25G,10G,1G]"}
    assert edge["PORT"]["Ethernet248"]["lanes"] == "248,249,250,251,252,253,254,255"


def test_neighbours_are_called_as_they_call_themselves(files: dict[str, str]) -> None:
    spine = config_of(files, "pod0-spine1")
    assert spine["DEVICE_NEIGHBOR"]["Ethernet4"] == {
        "name": "pod0-leaf1",
        "port": "Ethernet260",
        "local_port": "Ethernet4",
    }
    assert spine["DEVICE_NEIGHBOR_METADATA"]["core1"] == {
        "lo_addr": "10.0.0.2/32",
        "type": "SpineRouter",
        "hwsku": "Dell-Z9864f-O64",
    }


# --- services ---


def test_services(files: dict[str, str]) -> None:
    leaf = config_of(files, "pod0-leaf0")
    assert leaf["MGMT_INTERFACE"] == {"eth0|172.16.0.6/24": {"gwaddr": "172.16.0.1"}}
    assert list(leaf["NTP_SERVER"]) == ["192.0.2.123", "ntp.example.net"]
    assert list(leaf["DNS_NAMESERVER"]) == ["192.0.2.53", "2001:db8::53"] and "192.0.2.14" in leaf["SYSLOG_SERVER"]
    assert leaf["SFLOW_SESSION"].keys() == leaf["LLDP_PORT"].keys() == leaf["DEVICE_NEIGHBOR"].keys()
    assert leaf["SFLOW_COLLECTOR"]["collector"]["collector_ip"] == "192.0.2.6"
    assert leaf["GNMI"]["gnmi"]["port"] == "50051" and leaf["FEATURE"]["gnmi"]["state"] == "enabled"
    assert leaf["VERSIONS"]["DATABASE"]["VERSION"].startswith("version_")


def test_without_services_there_are_no_tables_of_them(boxes: tuple[Design, Plant]) -> None:
    design, _ = boxes
    given = design.networks[0].attributes
    bare = type(given.management)()
    pools = given.pools.model_copy(update={"management": None})
    leaf = config_of(rendered(Sonic(), *with_network(design, management=bare, pools=pools)), "pod0-leaf0")
    gone = {"MGMT_INTERFACE", "NTP", "NTP_SERVER", "DNS_NAMESERVER", "DNS_OPTIONS", "SYSLOG_SERVER", "SFLOW", "GNMI"}
    assert not gone & leaf.keys()
    assert leaf["FEATURE"]["gnmi"]["state"] == leaf["FEATURE"]["sflow"]["state"] == "disabled"


def test_there_is_no_secret(files: dict[str, str]) -> None:
    text = "".join(files.values()).lower()
    assert not [word for word in ("password", "passwd", "secret", "netops", "community_string") if word in text]


# --- addresses and routing ---


def test_both_families(files: dict[str, str]) -> None:
    leaf = config_of(files, "pod0-leaf1")
    assert leaf["INTERFACE"]["Ethernet0|10.128.1.0/31"] == leaf["INTERFACE"]["Ethernet0|fd00:0:0:2::100/127"] == {}
    assert set(leaf["LOOPBACK_INTERFACE"]) == {"Loopback0", "Loopback0|10.0.0.6/32", "Loopback0|fd00:0:0:1::6/128"}


def test_one_place_for_bgp(files: dict[str, str]) -> None:
    leaf, spine = config_of(files, "pod0-leaf0"), config_of(files, "pod0-spine0")
    assert frr_of(files, "pod0-leaf0") and not [table for table in leaf if table.startswith("BGP")]
    assert frr_of(files, "pod0-spine0") is None
    assert spine["DEVICE_METADATA"]["localhost"]["docker_routing_config_mode"] == "unified"
    assert spine["BGP_NEIGHBOR"]["default|Ethernet256"] == {
        "peer_group_name": "UPLINKS",
        "name": "core0",
        "admin_status": "up",
    }
    assert spine["BGP_PEER_GROUP"]["default|UPLINKS"] == {
        "peer_type": "external",
        "keepalive": "3",
        "holdtime": "9",
        "bfd": "true",
    }
    assert spine["BGP_GLOBALS_AF"]["default|ipv6_unicast"] == {"max_ebgp_paths": "3"}
    assert spine["ROUTE_REDISTRIBUTE"]["default|connected|bgp|ipv6"] == {"route_map": ["CONNECTED6"]}


def test_route_maps_by_table_let_through_what_those_of_frr_do(files: dict[str, str]) -> None:
    maps = config_of(files, "pod0-spine0")["ROUTE_MAP"]
    assert maps["CONNECTED|10"] == {
        "route_operation": "permit",
        "match_prefix_set": "OWN",
        "set_community_inline": ["65000:1"],
    }
    known = ["LOOPBACKS", "HOSTS"]
    for name in ("UPLINKS-IN", "UPLINKS-OUT", "DOWNLINKS-IN", "DOWNLINKS-OUT"):
        assert [row["match_prefix_set"] for key, row in maps.items() if key.startswith(f"{name}|")] == known
    assert config_of(files, "pod0-spine0")["PREFIX"]["LOOPBACKS|10|10.0.0.0/24|32..32"] == {"action": "permit"}


def tables_everywhere(folder: Path) -> tuple[Design, Plant]:
    """The same design with every switch routing by tables."""
    text = SONIC.read_text().replace("os = sonic\n", "os = sonic\n    routing_mode = tables\n")
    text = text.replace(" { routing_mode = tables }", "").replace("    routing_mode = tables\n", "")
    for part in ("spectrum.sn5600_400g", "fixed.dcs_7060x6_64pe_400g", "dell.z9864f_400g", "spectrum.sn4700"):
        text = text.replace(f": {part}\n", f": {part} {{ routing_mode = tables }}\n")
    path = folder / "tables.rack"
    path.write_text(text)
    return built(path)


def test_a_leaf_by_tables(tmp_path: Path) -> None:
    leaf = config_of(rendered(Sonic(), *tables_everywhere(tmp_path)), "pod0-leaf0")
    assert leaf["BGP_GLOBALS_AF_AGGREGATE_ADDR"]["default|ipv4_unicast|10.128.0.0/24"] == {"summary_only": "true"}
    maps = leaf["ROUTE_MAP"]
    # The templates of SONiC put no route map on an aggregate, so its community is set on the way out.
    assert maps["UPLINKS-OUT|10"]["match_prefix_set"] == "BLOCK"
    assert maps["UPLINKS-OUT|10"]["set_community_inline"] == ["65000:2"]
    assert maps["CONNECTED|20"]["match_prefix_set"] == "LINKS"


def test_numbered_sessions_have_a_group_for_each_family(tmp_path: Path) -> None:
    design, _ = tables_everywhere(tmp_path)
    given = design.networks[0].attributes
    pools = given.pools.model_copy(update={"fabric": "10.64.0.0/20", "fabric6": "fd00:0:0:3::/64"})
    spine = config_of(
        rendered(Sonic(), *with_network(design, routing=Ebgp(unnumbered=False), pools=pools)), "pod0-spine0"
    )
    groups = {key.split("|")[1]: row["peer_group_name"] for key, row in spine["BGP_NEIGHBOR"].items()}
    assert set(groups.values()) == {"UPLINKS", "UPLINKS6", "DOWNLINKS", "DOWNLINKS6"}
    assert all((":" in neighbour) == group.endswith("6") for neighbour, group in groups.items())
    families = {tuple(key.split("|")[1:]) for key in spine["BGP_PEER_GROUP_AF"]}
    assert ("UPLINKS6", "ipv6_unicast") in families and ("UPLINKS", "ipv6_unicast") not in families


def test_default_downwards_and_numbers_by_tier(tmp_path: Path) -> None:
    design, _ = tables_everywhere(tmp_path)
    routing = Ebgp(downward="default", asn_plan="per_tier")
    spine = config_of(rendered(Sonic(), *with_network(design, routing=routing)), "pod0-spine0")
    down, up = (spine["BGP_PEER_GROUP_AF"][f"default|{name}|ipv4_unicast"] for name in ("DOWNLINKS", "UPLINKS"))
    assert down["send_default_route"] == "true" and "send_default_route" not in up
    assert up["allow_as_in"] == "true" and up["allow_as_count"] == "1" and "allow_as_in" not in down
    assert "DOWNLINKS-OUT|20" not in spine["ROUTE_MAP"]
    assert spine["ROUTE_MAP"]["UPLINKS-IN|20"]["match_prefix_set"] == "DEFAULT"
    assert spine["BGP_GLOBALS"]["default"]["load_balance_mp_relax"] == "false"


def test_timers_that_tables_do_not_have(boxes: tuple[Design, Plant]) -> None:
    fast = Ebgp(bfd=True, bfd_interval=Quantity.of(100, "ms"))
    found = list(Sonic().accepts(*with_network(boxes[0], routing=fast), Request(named=True)))
    # The two parts that route by tables, each once; the others have frr.conf.
    assert [d.code for d in found].count("RW8044") == 2


# --- what no YANG sees ---


def test_no_fault_that_yang_cannot_see(files: dict[str, str]) -> None:
    for name in NAMES:
        assert faults(config_of(files, name), frr_of(files, name), DSCPS, PRIORITY) == [], name


def _set(table: str, row: str, field: str, value: str) -> Callable[[Any], object]:
    return lambda config: config[table][row].update({field: value})


def _drop(table: str, row: str) -> Callable[[Any], object]:
    return lambda config: config[table].pop(row)


@pytest.mark.parametrize(
    ("switch", "plant_fault", "words"),
    [
        ("core0", _set("PORT", "Ethernet8", "lanes", "1,2,3,4"), "two ports share a lane"),
        ("core0", _set("PORT", "Ethernet8", "alias", "etp1a"), "two ports share an alias"),
        ("core0", _set("PORT", "Ethernet0", "mtu", "1500"), "Ethernet0: an MTU of 1500"),
        ("core0", _set("BREAKOUT_CFG", "Ethernet0", "brkout_mode", "4x200G"), "Ethernet0: not as many ports"),
        ("core0", _set("DEVICE_METADATA", "localhost", "bgp_asn", "1"), "two AS numbers"),
        ("edge0", _set("DEVICE_METADATA", "localhost", "bgp_asn", "1"), "two AS numbers"),
        ("edge0", _set("DEVICE_METADATA", "localhost", "docker_routing_config_mode", "separated"), "discards"),
        ("edge0", _set("DEVICE_METADATA", "localhost", "docker_routing_config_mode", "unified"), "discards"),
        ("core0", _drop("BGP_NEIGHBOR", "default|Ethernet0"), "not a session on every unnumbered interface"),
        ("edge0", _set("DSCP_TO_TC_MAP", "AZURE", "27", "0"), "the DSCP of RoCE is lossy"),
        ("edge0", lambda config: config["DSCP_TO_TC_MAP"]["AZURE"].pop("63"), "a DSCP without a class"),
        ("edge0", _set("PORT_QOS_MAP", "Ethernet0", "pfc_enable", "4"), "Ethernet0: no PFC for RoCE"),
        ("edge0", _set("TC_TO_PRIORITY_GROUP_MAP", "AZURE", "3", "0"), "no priority group for priority 3"),
        ("edge0", _drop("BUFFER_PG", "Ethernet0|4"), "Ethernet0: no headroom for priority 4"),
        ("core0", _set("BUFFER_PG", "Ethernet0|3", "profile", "ingress_lossy_profile"), "no headroom for priority 3"),
        ("core0", _set("BUFFER_QUEUE", "Ethernet0|5", "profile", "egress_lossy_profile"), "queue 5 drops"),
        ("core0", _drop("BUFFER_QUEUE", "Ethernet0|3"), "queue 3 drops"),
        ("edge0", lambda config: config["QUEUE"]["Ethernet0|3"].pop("wred_profile"), "Ethernet0: no ECN"),
        ("edge0", _drop("PFC_WD", "Ethernet0"), "Ethernet0: no watchdog"),
        ("edge0", _set("CABLE_LENGTH", "AZURE", "Ethernet0", "0m"), "Ethernet0: no length"),
        ("edge0", lambda config: config["QUEUE"]["Ethernet0|6"].pop("scheduler"), "Ethernet0|6: no scheduler"),
    ],
)
def test_planted_faults_are_seen(
    files: dict[str, str], switch: str, plant_fault: Callable[[Any], object], words: str
) -> None:
    config = config_of(files, switch)
    plant_fault(config)
    found = faults(config, frr_of(files, switch), DSCPS, PRIORITY)
    assert any(words in fault for fault in found), found
