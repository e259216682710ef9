"""SONiC files of the Clos in `clos.rack`, and what SONiC's YANG does not see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from unit.fabrics import CLOS, SPECS, block, built, edited, rendered, with_network
from unit.sonic_faults import faults

from rackwright.backends._kit.columns import interfaces
from rackwright.backends._kit.ports import front, names_for
from rackwright.backends.sonic import Sonic
from rackwright.backends.sonic.qos import planned
from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.names import interface_names
from rackwright.compiler.plant import Plant
from rackwright.compiler.schema.routing import Ebgp

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
        "buffer_model": "traditional",
    }


def test_a_whole_cage(leaf: Config) -> None:
    row = leaf["PORT"]["Ethernet8"]
    assert row.pop("description").startswith("to pod0-spine1 eth1 cable ")
    assert row == {
        "alias": "etp2",
        "index": "2",
        "lanes": "1,2,3,4,5,6,7,8",
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
        "37,38,39,40",
        "400000",
        "2",
    )
    assert row["admin_status"] == "down" and "description" not in row


def test_interfaces(leaf: Config) -> None:
    rows = leaf["INTERFACE"]
    assert rows["Ethernet0"] == {"ipv6_use_link_local_only": "enable"}
    assert rows["Ethernet48"] == rows["Ethernet48|10.128.0.56/31"] == {}
    assert "Ethernet16" not in rows
    assert leaf["LOOPBACK_INTERFACE"] == {"Loopback0": {}, "Loopback0|10.0.0.4/32": {}}


def test_neighbours(leaf: Config) -> None:
    assert leaf["DEVICE_NEIGHBOR"]["Ethernet0"] == {
        "name": "pod0-spine0",
        "port": "Ethernet8",
        "local_port": "Ethernet0",
    }
    assert leaf["DEVICE_NEIGHBOR_METADATA"] == {
        "pod0-spine0": {"lo_addr": "10.0.0.11/32", "type": "LeafRouter", "hwsku": "Test-8"},
        "pod0-spine1": {"lo_addr": "10.0.0.12/32", "type": "LeafRouter", "hwsku": "Test-8"},
        "pod0-host2": {"type": "Server"},
        "pod0-host3": {"type": "Server"},
    }


def test_frr_is_configured_by_the_file_beside_it(files: dict[str, str], leaf: Config) -> None:
    text = files["configs/sonic/pod0-leaf1/frr.conf"]
    bgp = block(text, "router bgp 4200000003")
    assert "neighbor Ethernet0 interface peer-group UPLINKS" in bgp
    assert "aggregate-address 10.128.0.32/27 summary-only" in bgp
    # Addresses belong to CONFIG_DB, and so do no BGP tables.
    assert "ip address 1" not in text and not [table for table in leaf if table.startswith("BGP")]


def test_without_bfd_the_usual_daemon_stays(clos: tuple[Design, Plant]) -> None:
    files = rendered(Sonic(), *with_network(clos[0], routing=Ebgp()))
    (row,) = json.loads(files["configs/sonic/core0/config_db.json"])["DEVICE_METADATA"].values()
    assert "frr_mgmt_framework_config" not in row


# --- what no YANG sees; tests/unit/test_sonic_boxes.py has more ---


def test_no_fault_that_yang_cannot_see(files: dict[str, str]) -> None:
    for path, text in files.items():
        if path.endswith("config_db.json"):
            frr = files[path.replace("config_db.json", "frr.conf")]
            assert faults(json.loads(text), frr, (26,), 3) == []


def test_marking(leaf: Config) -> None:
    profile = leaf["WRED_PROFILE"]["AZURE_roce"]
    assert profile["ecn"] == "ecn_all"
    assert profile["green_min_threshold"] == "1000000" and profile["green_max_threshold"] == "2000000"
    assert profile["green_drop_probability"] == "5"


def test_cable_lengths_come_from_the_floor_plan() -> None:
    design, _ = built(SPECS / "lab_4x2.rack")
    roce = built(CLOS)[0].networks[0].attributes.roce
    files = rendered(Sonic(), *with_network(design, roce=roce))
    lengths = json.loads(files["configs/sonic/compute0-leaf0/config_db.json"])["CABLE_LENGTH"]["AZURE"]
    assert lengths["Ethernet0"] == "5m" and lengths["Ethernet32"] == "40m" and lengths["Ethernet60"] == "0m"


def test_a_length_that_is_not_known_is_the_longest_that_may_be(clos: tuple[Design, Plant], leaf: Config) -> None:
    # The links of the Clos name no medium.
    assert leaf["CABLE_LENGTH"]["AZURE"]["Ethernet0"] == "300m"
    (note,) = Sonic().accepts(*clos, Request(named=True))
    # 8 in the two pods, 8 to their hosts, and 8 between the cores and four pods, of which two are reserved.
    assert note.code == "RW8007" and note.detail.startswith("24 links") and "300 m" in note.detail


@pytest.mark.parametrize(("metres", "asked"), [(2, 5), (5, 5), (6, 40), (299, 300), (301, 2000), (2001, 2001)])
def test_lengths_that_platforms_know(metres: int, asked: int) -> None:
    assert planned(metres) == asked


def test_lanes_of_a_real_box() -> None:
    _, plant = built(SPECS / "scale_350k.rack")
    (core,) = (c for c in plant.classes if plant.element_of(c).name == "core")
    ports = {p.name: p for p in front(plant, core, names_for("sonic"))}
    # As in port_config.ini of Arista-7060X6-64PE-O128S2.
    assert ports["Ethernet0"].lanes == (17, 18, 19, 20) and ports["Ethernet4"].lanes == (21, 22, 23, 24)
    assert ports["Ethernet16"].lanes == (9, 10, 11, 12) and ports["Ethernet508"].lanes == (501, 502, 503, 504)
    assert len({lane for p in ports.values() for lane in p.lanes}) == 512


def test_names_that_the_platform_itself_has(tmp_path: Path) -> None:
    spec = (
        "use arista.fixed\nhall h {\n leaf[2] : fixed.dcs_7060dx5_64s\n link leaf[0].eth[0] -> leaf[1].eth[0]\n}\n"
        'network n {\n routing = ebgp\n pools { loopback = "10.0.0.0/24" }\n}\n'
    )
    (tmp_path / "dx5.rack").write_text(spec)
    files = rendered(Sonic(), *built(tmp_path / "dx5.rack"))
    ports = json.loads(files["configs/sonic/leaf0/config_db.json"])["PORT"]
    # As in port_config.ini of Arista-7060DX5-64S.
    row = ports["Ethernet24"]
    assert (row["lanes"], row["alias"], row["index"]) == ("33,34,35,36,37,38,39,40", "Ethernet4/1", "4")


@pytest.mark.parametrize(
    ("lanes", "why"),
    [
        ("", "does not say which lanes its cages have"),
        ("serdes = [1, 9]", "has 8 cages and names the first lanes of 2"),
        ("serdes = [1, 9, 17, 25, 33, 41, 49, 53]", "gives one lane to two cages, each of which has 8"),
    ],
)
def test_lanes_are_never_invented(tmp_path: Path, lanes: str, why: str) -> None:
    design, plant = edited(tmp_path, ("serdes = [17, 1, 9, 25, 57, 41, 33, 49]", lanes))
    told = [d for d in Sonic().accepts(design, plant, Request(named=True)) if d.code == "RW8006"]
    assert len(told) == 1 and why in told[0].detail and "`test_switch`" in told[0].detail
    files = rendered(Sonic(), design, plant)
    ports = json.loads(files["configs/sonic/pod0-leaf1/config_db.json"])["PORT"]
    assert set(ports["Ethernet0"]) == {"speed", "mtu", "subport", "fec", "description", "admin_status"}


BUFFERS = "buffers { pool = 162539680 B, headroom = 33374584 B, limit = 165867080 B, reserve = 1778 B }"


def test_buffers_of_which_little_is_known(tmp_path: Path) -> None:
    files = rendered(Sonic(), *edited(tmp_path, (BUFFERS, "buffers { pool = 100 MB }")))
    config = json.loads(files["configs/sonic/core0/config_db.json"])
    assert config["BUFFER_POOL"]["ingress_lossless_pool"] == {"type": "ingress", "mode": "dynamic", "size": "100000000"}
    # Of a lossless queue nothing is dropped as long as there is room at all.
    assert config["BUFFER_PROFILE"]["egress_lossless_profile"]["dynamic_th"] == "7"


def test_without_buffers_nothing_stands_on_them(tmp_path: Path) -> None:
    design, plant = edited(tmp_path, (BUFFERS, ""))
    assert "RW8042" in [d.code for d in Sonic().accepts(design, plant, Request(named=True))]
    config = json.loads(rendered(Sonic(), design, plant)["configs/sonic/core0/config_db.json"])
    assert not [table for table in config if table.startswith("BUFFER")] and "PFC_WD" in config


def test_a_length_that_no_row_has_is_left_to_the_switch(tmp_path: Path) -> None:
    """Without a row the buffer manager makes the group, from CABLE_LENGTH."""
    files = rendered(Sonic(), *edited(tmp_path, ("[800 Gbps, 300 m, 1621536 B]", "[800 Gbps, 40 m, 835406 B]")))
    config = json.loads(files["configs/sonic/core0/config_db.json"])
    assert "Ethernet0|3" not in config["BUFFER_PG"] and config["BUFFER_PG"]["Ethernet0|0"]
    assert config["CABLE_LENGTH"]["AZURE"]["Ethernet0"] == "300m"


def test_a_management_port_needs_no_name(tmp_path: Path) -> None:
    port = "    mgmt : port { speed = 1 Gbps, management = true }\n    split eth[6..7]"
    design, plant = edited(tmp_path, ("    split eth[6..7]", port))
    files = rendered(Sonic(), design, plant)
    assert list(json.loads(files["configs/sonic/core0/config_db.json"])["PORT"])[-1] == "Ethernet60"
    cls = plant.classes_of_kind("switch")[0]
    names = interface_names(plant, cls, "sonic")
    assert names is not None and names.count("") == 1
    assert all(port.name for port in front(plant, cls, names_for("sonic")))
    # The tables have no name for it either: one in each of three classes of switches, and none for the hosts' adapter.
    assert interfaces(plant).names.null_count() == 3 + 1


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (('sonic = "Ethernet{8*eth}", ', ""), "RW8001"),
        (('sonic = "Ethernet{8*eth + 4*lane}", ', ""), "RW8001"),
        (('sonic = "Ethernet{8*eth}"', 'sonic = "EthernetEthernet{eth}"'), "RW8002"),
        (('sonic = "Ethernet{8*eth}"', 'sonic = "Ethernet|{8*eth}"'), "RW8002"),
        (("mtu     = 9100 B", "mtu     = 9300 B"), "RW8004"),
        (("core[2]     : test_switch", 'core[2]     : test_switch { name = "core{core}-" }'), "RW8003"),
    ],
)
def test_refused(tmp_path: Path, edit: tuple[str, str], code: str) -> None:
    found = list(Sonic().accepts(*edited(tmp_path, edit), Request(named=True)))
    assert [d.code for d in found if d.code != "RW8007"] == [code]
    assert found[0].at is not None and found[0].help


def test_one_part_without_names_is_told_of_once(tmp_path: Path) -> None:
    found = Sonic().accepts(*edited(tmp_path, ('sonic = "Ethernet{8*eth}", ', "")), Request(named=True))
    (told,) = [d for d in found if d.code != "RW8007"]
    assert told.code == "RW8001" and "names { sonic" in told.help
