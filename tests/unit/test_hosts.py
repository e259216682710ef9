"""What servers are told: addresses, routes, and the traffic classes that every switch on the way has too."""

from __future__ import annotations

import ipaddress
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from unit import hosts_path
from unit.fabrics import CLOS, SPECS, built, rendered
from unit.hosts_path import Cable, Files, Hop
from unit.hosts_shell import Machine

from rackwright.backends._kit.ports import own_names
from rackwright.backends.eos import Eos
from rackwright.backends.hosts import Hosts
from rackwright.backends.hosts.adapters import variables
from rackwright.backends.hosts.roce import roce_lines
from rackwright.backends.sonic import Sonic
from rackwright.compiler.backend import Request
from rackwright.compiler.design import Design
from rackwright.compiler.names import terminal_names
from rackwright.compiler.network.classes import QosClass
from rackwright.compiler.network.routing import plan
from rackwright.compiler.plant import Plant
from rackwright.dsl.diagnostics import Diagnostic, has_errors

HERE = Path(__file__).parent
SPEC = HERE / "hosts.rack"

NAMES = {f"PORT_NIC{n}_P{p}": f"eth{2 * n + p}" for n in range(2) for p in range(2)}


@pytest.fixture(scope="module")
def made() -> tuple[Design, Plant]:
    return built(SPEC)


@pytest.fixture(scope="module")
def files(made: tuple[Design, Plant]) -> dict[str, Files]:
    return by_host(*made)


def by_host(design: Design, plant: Plant) -> dict[str, Files]:
    """The files of every server, by its name and theirs."""
    found: dict[str, Files] = {}
    for path, text in rendered(Hosts(), design, plant).items():
        _, _, host, name = path.split("/")
        found.setdefault(host, {})[name] = text
    return found


def edited(folder: Path, *edits: tuple[str, str]) -> tuple[Design, Plant]:
    """The spec with pieces of its text replaced; each must be there."""
    text = SPEC.read_text()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    (folder / "hosts.rack").write_text(text)
    return built(folder / "hosts.rack")


def machine(place: Path) -> Machine:
    """A server with four ports of ConnectX."""
    place.mkdir(exist_ok=True)
    found = Machine(place, NAMES)
    for n, name in enumerate(NAMES.values()):
        found.add(name, f"mlx5_{n}")
    return found


# --- network.json ---


def test_a_port(files: dict[str, Files]) -> None:
    found = json.loads(files["server1"]["network.json"])
    ports = {one["port"]: one for one in found["interfaces"]}
    assert list(ports) == ["disk", "nic0.p0", "nic0.p1", "nic1.p0", "nic1.p1"]
    port = ports["nic0.p1"]
    cable = port.pop("cable")
    assert len(cable) == 9
    four, six = (ipaddress.ip_interface(a) for a in port["addresses"])
    assert (four.network.prefixlen, six.network.prefixlen) == (31, 127)
    gateways = [route["via"] for route in port["routes"]]
    assert [ipaddress.ip_address(g) in i.network for g, i in zip(gateways, (four, six), strict=True)] == [True, True]
    assert port == {
        "port": "nic0.p1",
        "linux": None,
        "variable": "PORT_NIC0_P1",
        "network": "backend",
        "speed_bps": 400 * 10**9,
        "addresses": port["addresses"],
        "routes": [
            {"to": "10.128.0.0/16", "via": gateways[0], "table": 1003},
            {"to": "fd00:0:0:2::/64", "via": gateways[1], "table": 1003},
        ],
        "rules": [{"from": str(four.ip), "table": 1003}, {"from": str(six.ip), "table": 1003}],
        "peer": {"device": "plane1-leaf0", "port": "eth1", "interface": "Ethernet4"},
        "cable_m": 300,
        "adapter": "NVIDIA",
    }
    assert ports["disk"]["linux"] == "storage0" and ports["disk"]["adapter"] is None
    (network,) = found["networks"]
    assert network["mtu"] == 9100
    assert {c["name"]: c["traffic_class"] for c in network["classes"] if c["lossless"]} == {"roce": 106, "storage": 42}


def test_every_address_is_that_of_the_routing(made: tuple[Design, Plant], files: dict[str, Files]) -> None:
    """Each link to a server, by the plan: the server has its end, and the way out is the other end's."""
    grown = made[1].at_capacity
    (routing,), _ = plan(grown.design, grown)
    found = {
        (name, one["port"]): (one["addresses"][0], one["routes"][0]["via"], one["peer"]["device"])
        for name, mine in files.items()
        for one in json.loads(mine["network.json"])["interfaces"]
    }
    seen = 0
    links = grown.links
    for link in range(len(links)):
        a, z = int(links.a_device[link]), int(links.z_device[link])
        if not grown.devices.names[a].startswith("server"):
            continue
        name = grown.devices.names[a]
        if name == "server3":
            assert name not in files, "it is only reserved"
            continue
        label = terminal_names(grown, grown.class_of(a), "port")[int(links.a_terminal[link])]
        own, other = (str(ipaddress.ip_address(int(x))) for x in (routing.a_address[link], routing.z_address[link]))
        assert found[name, label] == (f"{own}/31", other, grown.devices.names[z])
        seen += 1
    assert seen == len(found) == 15


def test_switches_have_the_other_end(made: tuple[Design, Plant], files: dict[str, Files]) -> None:
    switches = rendered(Sonic(), *made)
    for name, mine in files.items():
        for one in json.loads(mine["network.json"])["interfaces"]:
            database = json.loads(switches[f"configs/sonic/{one['peer']['device']}/config_db.json"])
            port = one["peer"]["interface"]
            assert database["PORT"][port]["description"].startswith(f"to {name} {one['port']} ")
            assert one["cable"] in database["PORT"][port]["description"]
            for route in one["routes"]:
                length = 127 if ":" in route["via"] else 31
                assert f"{port}|{route['via']}/{length}" in database["INTERFACE"]
            assert (
                database["PORT"][port]["mtu"] == "9100"
                and str(one["speed_bps"] // 10**6) == database["PORT"][port]["speed"]
            )


# --- the scripts ---


@pytest.mark.parametrize(
    "spec", [SPEC, CLOS, SPECS / "lab_4x2.rack", SPECS / "dual_plane_rail.rack"], ids=lambda p: p.stem
)
def test_shells_read_them(spec: Path, tmp_path: Path) -> None:
    found = by_host(*built(spec))
    for mine in list(found.values())[:3]:
        for name, text in mine.items():
            if name.endswith(".sh"):
                (tmp_path / name).write_text(text)
                for shell in ("bash", "sh"):
                    done = subprocess.run([shell, "-n", str(tmp_path / name)], capture_output=True, text=True)
                    assert done.returncode == 0 and not done.stderr, done.stderr


def test_roce(files: dict[str, Files], tmp_path: Path) -> None:
    box = machine(tmp_path / "box")
    status, errors, told = box.run(files["server0"]["roce.sh"])
    assert status == 0, errors
    mine = [line for line in told if "eth2" in line or "mlx5_2" in line]
    assert mine[:3] == [
        "mlnx_qos -i eth2 --dcbx os",
        "mlnx_qos -i eth2 --trust dscp",
        "mlnx_qos -i eth2 --dscp2prio set,0,0",
    ]
    maps = dict(line.rpartition("set,")[2].split(",") for line in mine if "--dscp2prio" in line)
    assert len(maps) == 64
    assert {d: p for d, p in maps.items() if p != "0"} == {
        "10": "4",
        "12": "4",
        "26": "3",
        "27": "3",
        "46": "5",
        "48": "6",
    }
    assert mine[66:] == [
        "mlnx_qos -i eth2 --prio_tc 0,0,0,3,4,5,6,0 --tsa ets,ets,ets,ets,ets,strict,strict,ets "
        "--tcbw 42,0,0,33,25,0,0,0",
        "ethtool -a eth2",
        "mlnx_qos -i eth2 --pfc 0,0,0,1,1,0,0,0 --cable_len 300",
        "cma_roce_tos -d mlx5_2 -t 106",
    ]
    for side in ("roce_np", "roce_rp"):
        assert [box.value(f"net/eth2/ecn/{side}/enable/{p}") for p in range(8)] == list("00011000")
    assert box.value("net/eth2/ecn/roce_np/cnp_dscp") == "46" and box.value("net/eth2/ecn/roce_np/cnp_802p_prio") == "5"
    # Two lossless classes: which one a connection takes is its program's choice.
    assert not (box.place / "sys/class/infiniband/mlx5_2/tc/1/traffic_class").exists()
    # Nobody's tools for the port of another maker.
    assert not any("storage0" in line for line in told) and "Not NVIDIA's" in files["server0"]["roce.sh"]


def test_one_lossless_class_takes_every_connection(tmp_path: Path) -> None:
    files = by_host(*built(SPECS / "dual_plane_rail.rack"))
    place = tmp_path / "box"
    place.mkdir()
    names = {f"PORT_NIC{n}_P{p}": f"eth{2 * n + p}" for n in range(8) for p in range(2)}
    box = Machine(place, names)
    for n, name in enumerate(names.values()):
        box.add(name, f"mlx5_{n}")
    status, errors, told = box.run(files["compute001"]["roce.sh"])
    assert status == 0, errors
    assert {box.value(f"infiniband/mlx5_{n}/tc/1/traffic_class") for n in range(16)} == {"106"}
    assert "mlnx_qos -i eth0 --pfc 0,0,0,1,0,0,0,0 --cable_len 9" in told
    assert box.value("net/eth0/ecn/roce_np/cnp_dscp") == "48" and box.value("net/eth0/ecn/roce_np/cnp_802p_prio") == "6"


def test_pause_of_all_classes_is_switched_off_once(files: dict[str, Files], tmp_path: Path) -> None:
    box = machine(tmp_path / "box")
    first, second = (box.run(files["server0"]["roce.sh"])[2] for _ in range(2))
    assert "ethtool -A eth0 rx off tx off" in first
    assert not any(line.startswith("ethtool -A") for line in second)
    assert [line for line in first if not line.startswith("ethtool -A")] == second


def test_network(files: dict[str, Files], tmp_path: Path) -> None:
    box = machine(tmp_path / "box")
    status, errors, told = box.run(files["server0"]["network.sh"])
    assert status == 0, errors
    interfaces = {one["port"]: one for one in json.loads(files["server0"]["network.json"])["interfaces"]}
    for port, name in (("nic1.p0", "eth2"), ("disk", "storage0")):
        one = interfaces[port]
        (four, six), table = one["addresses"], one["rules"][0]["table"]
        via4, via6 = (route["via"] for route in one["routes"])
        start = told.index(f"ip link set dev {name} mtu 9100 up")
        assert told[start + 1 : start + 9] == [
            f"ip -4 address replace {four} dev {name}",
            f"ip -4 route replace 10.128.0.0/16 via {via4} dev {name} table {table}",
            f"ip -4 rule list from {four.partition('/')[0]} table {table}",
            f"ip -4 rule add from {four.partition('/')[0]} table {table} priority {table}",
            f"ip -6 address replace {six} dev {name}",
            f"ip -6 route replace fd00:0:0:2::/64 via {via6} dev {name} table {table}",
            f"ip -6 rule list from {six.partition('/')[0]} table {table}",
            f"ip -6 rule add from {six.partition('/')[0]} table {table} priority {table}",
        ]
    again = box.run(files["server0"]["network.sh"])[2]
    assert [line for line in told if " rule add " not in line] == again


def test_a_server_with_one_port_routes_all_by_it(tmp_path: Path) -> None:
    mine = by_host(*built(CLOS))["pod0-host0"]
    (one,) = json.loads(mine["network.json"])["interfaces"]
    assert [route["table"] for route in one["routes"]] == [1001, "main"]
    assert f'ip -4 route replace 10.128.0.0/16 via {one["routes"][0]["via"]} dev "$dev"\n' in mine["network.sh"]


def test_a_port_without_a_name_stops_the_script(files: dict[str, Files], tmp_path: Path) -> None:
    box = machine(tmp_path / "box")
    del box.variables["PORT_NIC0_P1"]
    for script in ("roce.sh", "network.sh"):
        status, errors, told = box.run(files["server0"][script])
        assert status != 0 and "set PORT_NIC0_P1" in errors and "nic0.p1" in errors
        assert not any("eth1" in line for line in told)
    (box.place / "interfaces").write_text("# ports\nnic0.p1 eth1\nnic0.p10 eth9\n")
    assert box.run(files["server0"]["roce.sh"])[0] == 0


def test_without_classes_there_is_nothing_to_set(tmp_path: Path) -> None:
    text = SPEC.read_text()
    start, stop = text.index("    roce {"), text.index("    mtu ")
    (tmp_path / "plain.rack").write_text(text[:start] + text[stop:])
    design, plant = built(tmp_path / "plain.rack")
    assert sorted(by_host(design, plant)["server0"]) == ["network.json", "network.sh"]
    assert [d.code for d in Hosts().accepts(design, plant, Request(named=True))] == ["RW8062"]


def test_only_when_named(made: tuple[Design, Plant]) -> None:
    assert not list(Hosts().render(*made, Request())) and not list(Hosts().accepts(*made, Request()))


def test_growth_changes_no_file(tmp_path: Path, files: dict[str, Files]) -> None:
    grown = by_host(*edited(tmp_path, ("server[3 of 4]", "server[4 of 4]")))
    assert {name: grown[name] for name in files} == files and len(grown) == 4


def _class(name: str, priority: int, strict: bool, share: int, dscps: tuple[int, ...]) -> QosClass:
    return QosClass(name, dscps, priority, priority, strict, share, share, name == "roce")


def test_bandwidths_of_shared_classes_add_up() -> None:
    classes = (
        _class("default", 1, False, 30, (0,)),
        _class("roce", 3, False, 70, (26,)),
        _class("c", 7, True, 0, (48,)),
    )
    lines = roce_lines(classes)
    assert (lines.prio_tc, lines.tcbw) == ("1,1,1,3,1,1,1,7", "0,30,0,70,0,0,0,0")
    assert lines.tsa == "ets,ets,ets,ets,ets,ets,ets,strict"
    strict = roce_lines(tuple(_class(c.name, c.priority, True, 0, c.dscps) for c in classes))
    assert (strict.tsa, strict.tcbw) == (",".join(["strict"] * 8), "0,0,0,0,0,0,0,0")


def test_no_two_ports_share_a_variable() -> None:
    assert variables(["nic0.p0", "nic0.p1", "a_b", "a.b"]) == ["PORT_NIC0_P0", "PORT_NIC0_P1", "PORT_2", "PORT_3"]


# --- what is told ---


def told(design: Design, plant: Plant) -> list[Diagnostic]:
    return list(Hosts().accepts(design, plant, Request(named=True)))


def test_told(made: tuple[Design, Plant]) -> None:
    note, warning = told(*made)
    assert (note.code, warning.code) == ("RW8062", "RW8060")
    assert "nic0.p0, nor its other 3" in note.detail and "PORT_NIC0_P0" in note.help
    assert "disk is Acme's" in warning.detail and not has_errors([note, warning])


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ([('names { linux = "storage0" }', 'names { linux = "a storage port" }')], "RW8002"),
        ([('names { linux = "storage0" }', 'names { linux = "e/0" }')], "RW8002"),
        (
            [
                ("p[2]   : port { speed = 400 Gbps, cage = osfp, lanes = 4 }",
                 'p[2]   : port {\n speed = 400 Gbps, cage = osfp, lanes = 4\n names { linux = "eth{p}" }\n }'),
            ],
            "RW8002",
        ),
        ([("server[3 of 4] : compute", 'server[3 of 4] : compute { name = "server{server}-" }')], "RW8003"),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, edits: list[tuple[str, str]], code: str) -> None:
    found = [d for d in told(*edited(tmp_path, *edits)) if d.code not in ("RW8060", "RW8062")]
    assert [d.code for d in found] == [code] and found[0].severity == "error" and found[0].help


# --- one priority from end to end ---


def cables(plant: Plant) -> list[Cable]:
    """Every cable that is built, by the names that devices have for their ports; without those of the other maker."""
    found = []
    links = plant.links
    for link in range(len(links)):
        ends = []
        for device, port in (
            (int(links.a_device[link]), int(links.a_terminal[link])),
            (int(links.z_device[link]), int(links.z_terminal[link])),
        ):
            cls = plant.class_of(device)
            switch = plant.element_of(cls).kind == "switch"
            names = own_names(plant, cls) if switch else terminal_names(plant, cls, "port")
            assert names is not None
            ends.append((plant.devices.names[device], names[port]))
        if not any(name == "disk" for _, name in ends):
            found.append((ends[0], ends[1]))
    return found


Everything = dict[str, Files]


@pytest.fixture(scope="module")
def everything(made: tuple[Design, Plant], files: dict[str, Files]) -> Everything:
    """The files of every device by its name and theirs."""
    found = {name: dict(mine) for name, mine in files.items()}
    for backend in (Sonic(), Eos()):
        for path, text in rendered(backend, *made).items():
            _, _, device, name = path.split("/")
            found.setdefault(device, {})[name] = text
    return found


def hops(every: Everything, place: Path) -> dict[tuple[str, str], Hop]:
    found: dict[tuple[str, str], Hop] = {}
    for device, mine in every.items():
        if "roce.sh" in mine:
            ports = hosts_path.server(mine, place / device)
        elif "config_db.json" in mine:
            ports = hosts_path.sonic(mine["config_db.json"])
        else:
            ports = hosts_path.eos(mine["startup-config"])
        found |= {(device, port): hop for port, hop in ports.items()}
    return found


@pytest.fixture(scope="module")
def sound(everything: Everything, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Hop]:
    """What all files say as they are."""
    return hops(everything, tmp_path_factory.mktemp("sound"))


def test_one_priority_from_end_to_end(made: tuple[Design, Plant], sound: dict[tuple[str, str], Hop]) -> None:
    found, wires = sound, cables(made[1])
    # 12 cables of servers, 8 inside the planes, 4 of the storage switch.
    assert len(wires) == 24
    assert list(hosts_path.faults(found, wires)) == []
    for hop in found.values():
        assert {dscp: hop.priority[dscp] for dscp in (10, 12, 26, 27)} == {10: 4, 12: 4, 26: 3, 27: 3}
        assert hop.paused == {3, 4}


def _database(device: str, change: Callable[[Any], object]) -> Callable[[Everything], None]:
    def planted(every: Everything) -> None:
        tables = json.loads(every[device]["config_db.json"])
        change(tables)
        every[device]["config_db.json"] = json.dumps(tables)

    return planted


def _text(device: str, file: str, old: str, new: str) -> Callable[[Everything], None]:
    def planted(every: Everything) -> None:
        assert old in every[device][file]
        every[device][file] = every[device][file].replace(old, new)

    return planted


@pytest.mark.parametrize(
    ("plant_fault", "words"),
    [
        (_text("server0", "roce.sh", " 26,3 ", " 26,2 "), "DSCP 26 changes its priority"),
        (_text("server0", "roce.sh", "--pfc 0,0,0,1,1", "--pfc 0,0,0,0,1"), "other priorities are paused"),
        (_text("server1", "roce.sh", "--trust dscp", "--trust pcp"), "other priorities are paused"),
        (_text("server2", "roce.sh", "-t 106", "-t 96"), "which is not lossless"),
        (
            _database("plane0-leaf0", lambda t: t["DSCP_TO_TC_MAP"]["AZURE"].update({"27": "4"})),
            "DSCP 27 changes its priority",
        ),
        (
            _database("plane0-leaf1", lambda t: t["PORT_QOS_MAP"]["Ethernet32"].update(pfc_enable="3")),
            "other priorities are paused",
        ),
        (
            _database("store", lambda t: t["TC_TO_PRIORITY_GROUP_MAP"]["AZURE"].update({"3": "0"})),
            "other priorities are paused",
        ),
        (
            _database("plane1-leaf0", lambda t: t["MAP_PFC_PRIORITY_TO_QUEUE"]["AZURE"].update({"4": "1"})),
            "other priorities are paused",
        ),
        (_database("plane1-leaf1", lambda t: t["PORT_QOS_MAP"].pop("Ethernet0")), "knows of no classes"),
        (
            _text(
                "plane0-spine0",
                "startup-config",
                "qos map dscp 26 27 to traffic-class 3",
                "qos map dscp 26 to traffic-class 3",
            ),
            "DSCP 27 changes its priority",
        ),
        (
            _text("plane0-spine1", "startup-config", "   priority-flow-control priority 4 no-drop\n", ""),
            "other priorities are paused",
        ),
        (_text("plane1-spine0", "startup-config", "   priority-flow-control on\n", ""), "other priorities are paused"),
        (_text("plane1-spine1", "startup-config", "   service-profile LOSSLESS\n", ""), "knows of no classes"),
    ],
)
def test_a_break_on_the_way_is_seen(
    made: tuple[Design, Plant],
    everything: Everything,
    sound: dict[tuple[str, str], Hop],
    tmp_path: Path,
    plant_fault: Callable[[Everything], None],
    words: str,
) -> None:
    every = {name: dict(mine) for name, mine in everything.items()}
    plant_fault(every)
    (changed,) = (name for name in every if every[name] != everything[name])
    others = {end: hop for end, hop in sound.items() if end[0] != changed}
    found = list(hosts_path.faults(others | hops({changed: every[changed]}, tmp_path), cables(made[1])))
    assert any(words in one for one in found) and all(changed in one for one in found), found
