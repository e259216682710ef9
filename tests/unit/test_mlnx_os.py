"""InfiniBand's files: every line of MLNX-OS is a command of its manual, and says what the cable list says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping

import pytest
from support import accepted, rendered

from rackwright.compiler.backend import Request
from rackwright.compiler.pipeline import Compilation

Spec = Callable[..., Compilation]

WORD = r"[A-Za-z0-9._/:-]+"
ADDRESS = r"\d+\.\d+\.\d+\.\d+"
COMMANDS = (
    r"##.*",
    r"hostname [A-Za-z0-9-]{1,63}",
    r"no interface mgmt0 dhcp",
    r"interface mgmt0 dhcp",
    rf"interface mgmt0 ip address {ADDRESS} {ADDRESS}",
    rf"ip default-gateway {ADDRESS} mgmt0",
    rf"ip name-server {WORD}",
    rf"ip domain-list {WORD}",
    rf"ntp server {WORD}",
    r"ntp enable",
    rf"logging {WORD}( trap info)?",
    rf"username {WORD} capability admin",
    rf"username {WORD} password 7 %secret:{WORD}%",
    r"no ib sm",
    r"interface ib 1/\d+/[12]",
)
"""The manual's commands that are used; see the pages that backends/mlnx_os names."""

FABRIC = """
use nvidia.quantum
use nvidia.nics

server host {{
    peak_power = 1 kW
    nic[2]     : nics.connectx7_400g_osfp
}}

hall h {{
    {arrays}
    link host[h].nic[n]  -> leaf[h div 4].eth[2*(h mod 4) + n]
    link leaf[l].eth[63] -> spine[0].eth[l]
    link leaf[l].eth[62] -> spine[1].eth[l]
}}

network ib {{
    routing = infiniband
    {network}
}}
"""
ARRAYS = """
    leaf[2 of 4] : quantum.qm9700 { os = mlnx_os }
    spine[2]     : quantum.qm9700 { os = mlnx_os }
    host[8 of 16] : host
"""


def fabric(arrays: str = ARRAYS, network: str = 'pools { management = "10.9.0.0/28" }') -> str:
    return FABRIC.format(arrays=arrays, network=network)


def configs(result: Compilation) -> dict[str, str]:
    return {a.path.split("/")[2]: a.data.decode() for a in rendered(result, "mlnx_os")}


def ports(config: str) -> dict[str, str]:
    """Descriptions by interface; every line has to be known, and every interface to be left again."""
    found: dict[str, str] = {}
    lines = config.splitlines()
    while lines:
        line = lines.pop(0)
        assert any(re.fullmatch(command, line) for command in COMMANDS), line
        if line.startswith("interface ib "):
            described = re.fullmatch(rf"   description ({WORD})", lines.pop(0))
            assert described and len(described[1]) <= 40 and lines.pop(0) == "   exit"
            assert line not in found
            found[line.removeprefix("interface ib ")] = described[1]
    return found


@pytest.mark.parametrize("units", ["1", "4"])
def test_every_line_and_every_cable(compiled: Spec, units: str) -> None:
    result = compiled("superpod_h100", su=units)
    files = configs(result)
    told = {(name, port): text for name, config in files.items() for port, text in ports(config).items()}
    table = next(a.data for a in rendered(result, "cabling") if a.path.endswith("/cables.csv"))
    wanted = {}
    for row in csv.DictReader(io.StringIO(table.decode())):
        ends = [(row[f"{s}_device"], row[f"{s}_interface"] or row[f"{s}_port"]) for s in "az"]
        for (device, port), far in (ends, ends[::-1]):
            if device in files:
                wanted[device, port.removeprefix("IB")] = f"{far[0]}:{far[1]}:{row['cable_id']}"
    assert told == wanted
    # A leaf has 32 hosts (one less on some of the last unit) and 32 links up; a spine none to spare.
    assert {len(ports(config)) for config in files.values()} <= {63, 64}


def test_a_leaf_and_a_spine(spec: Spec) -> None:
    files = configs(spec(fabric()))
    assert set(files) == {"leaf0", "leaf1", "spine0", "spine1"}
    head, _, rest = files["leaf1"].partition("no ib sm\n")
    assert head.splitlines() == [
        "##",
        "## leaf1: MQM9700-NS2F, network ib",
        "##",
        "hostname leaf1",
        "no interface mgmt0 dhcp",
        "interface mgmt0 ip address 10.9.0.3 255.255.255.240",
        "ip default-gateway 10.9.0.1 mgmt0",
    ]
    assert rest.startswith("interface ib 1/1/1\n   description host4:nic0:")
    # Two ports a cage: the last is the second port of the 32nd.
    assert re.search(r"^interface ib 1/32/2\n   description spine0:IB1/1/2:", rest, re.M)
    # Of the two leaves that are only reserved, the cables are described already.
    assert "description leaf3:IB1/32/2:" in files["spine0"]
    assert "10.9.0.6 255" in files["spine0"] and "10.9.0.7 255" in files["spine1"]


def test_growth_changes_no_file(spec: Spec) -> None:
    before = configs(spec(fabric()))
    grown = fabric(ARRAYS.replace("leaf[2 of 4]", "leaf[4 of 4]").replace("host[8 of 16]", "host[16 of 16]"))
    after = configs(spec(grown))
    assert before.items() < after.items() and after.keys() - before.keys() == {"leaf2", "leaf3"}


def test_shards_are_the_whole(spec: Spec) -> None:
    result = spec(fabric())
    parts = [rendered(result, "mlnx_os", Request(shard=n, shards=3)) for n in range(3)]
    assert sorted(a.path for part in parts for a in part) == [a.path for a in rendered(result, "mlnx_os")]


SERVICES = """management {
        domain = "dc1.example.net"
        dns    = ["192.0.2.53", "192.0.2.54"]
        ntp    = ["ntp.example.net"]
        syslog = ["192.0.2.14"]
        users  = ["netops", "audit"]
    }"""


def test_services_and_dhcp(spec: Spec) -> None:
    config = configs(spec(fabric(network=SERVICES)))["leaf0"]
    ports(config)
    assert config[config.index("interface mgmt0") : config.index("no ib sm")].splitlines() == [
        "interface mgmt0 dhcp",
        "ip name-server 192.0.2.53",
        "ip name-server 192.0.2.54",
        "ip domain-list dc1.example.net",
        "ntp server ntp.example.net",
        "ntp enable",
        "logging 192.0.2.14",
        "logging 192.0.2.14 trap info",
        "username audit capability admin",
        "username audit password 7 %secret:audit%",
        "username netops capability admin",
        "username netops password 7 %secret:netops%",
    ]


def codes(result: Compilation, *backends: str) -> list[str]:
    return [d.code for d in accepted(result, backends)]


@pytest.mark.parametrize("name", ["leaf_{leaf}", "leaf.{leaf}", "leaf{leaf}-"])
def test_host_names(spec: Spec, name: str) -> None:
    arrays = ARRAYS.replace("os = mlnx_os }", f'os = mlnx_os, name = "{name}" }}', 1)
    assert codes(spec(fabric(arrays)), "mlnx_os") == ["RW8003"]


def test_a_long_name_is_told_of_and_the_cable_remains(spec: Spec) -> None:
    arrays = ARRAYS.replace("os = mlnx_os }", 'os = mlnx_os, name = "the-first-leaf-of-the-hall-{leaf}" }', 1)
    result = spec(fabric(arrays))
    assert codes(result, "mlnx_os") == ["RW8092"]
    assert all(re.fullmatch(r"cable:\w{4}-\d{4}", text) for text in ports(configs(result)["spine0"]).values())


def test_what_it_is_not_told(spec: Spec) -> None:
    network = 'management {\n gnmi = 50051\n sflow { collector = "192.0.2.6" }\n }'
    said = accepted(spec(fabric(network=network)), ["mlnx_os"])
    assert [d.code for d in said] == ["RW8005"] and "gNMI and sFlow" in said[0].detail
    said = accepted(spec(fabric(network='pools { loopback = "10.0.0.0/24" }')), ["mlnx_os"])
    assert [d.code for d in said] == ["RW8005"] and "pools of other addresses" in said[0].detail


def test_a_hostile_model_adds_no_line(spec: Spec) -> None:
    arrays = ARRAYS.replace("os = mlnx_os }", 'os = mlnx_os, model = "x\\nusername me nopassword\\n" }', 1)
    config = configs(spec(fabric(arrays)))["leaf0"]
    ports(config)
    assert "## leaf0: x username me nopassword , network ib" in config.splitlines()


def test_it_stands_in_where_no_switch_has_a_system(spec: Spec) -> None:
    result = spec(fabric(ARRAYS.replace("os = mlnx_os", "")))
    assert len(rendered(result, "mlnx_os", Request(named=True))) == 4
    assert rendered(result, "mlnx_os") == []
    assert codes(result, "mlnx_os") == []


def test_interfaces_of_another_kind(spec: Spec) -> None:
    part = """
    leaf[2] : odd { os = mlnx_os }
    spine[2] : quantum.qm9700 { os = mlnx_os }
    host[8] : host
    """
    odd = """
    switch odd {
        peak_power = 1 kW
        eth[64] : port { NAMES
            speed = 400 Gbps, cage = osfp, lanes = 4
        }
    }
    """
    named = odd.replace("NAMES", 'names { mlnx_os = "Eth1/{eth + 1}" }')
    assert codes(spec(named + fabric(part)), "mlnx_os") == ["RW8002"]
    assert "RW8001" in codes(spec(odd.replace("NAMES", "") + fabric(part)), "mlnx_os")


# --- the subnet ---


def diagnosed(result: Compilation) -> list[str]:
    return [d.code for d in result.diagnostics if d.severity != "note"]


def test_a_pool_too_small(spec: Spec) -> None:
    assert diagnosed(spec(fabric(network='pools { management = "10.9.0.0/29" }'))) == ["RW7001"]


@pytest.mark.parametrize(("pool", "code"), [("10.9.0.1/24", "RW7003"), ("fd00::/64", "RW7003")])
def test_a_pool_that_is_none(spec: Spec, pool: str, code: str) -> None:
    assert diagnosed(spec(fabric(network=f'pools {{ management = "{pool}" }}'))) == [code]


def test_a_gateway_among_the_switches(spec: Spec) -> None:
    network = 'pools { management = "10.9.0.0/28" }\n management { gateway = "10.9.0.4" }'
    assert diagnosed(spec(fabric(network=network))) == ["RW7017"]


def test_a_gateway_of_ones_own(spec: Spec) -> None:
    network = 'pools { management = "10.9.0.0/28" }\n management { gateway = "10.9.0.14" }'
    assert "ip default-gateway 10.9.0.14 mgmt0" in configs(spec(fabric(network=network)))["leaf0"]


BESIDE = """
network other {{
    pools {{ loopback = "10.{second}.0.0/24", host = "10.20.0.0/24" }}
}}
"""


def test_two_networks(spec: Spec) -> None:
    """One is routed: its pools and the management pool of the other must be apart."""
    pair = "pair[2] : lab.lab_switch\n link pair[0].eth[0] -> pair[1].eth[0]  on other\n"
    joined = "use generic.lab\n" + fabric(ARRAYS + pair)
    joined = joined.replace("].eth[l]", "].eth[l]  on ib").replace("+ n]", "+ n]  on ib")
    assert joined.count("on ib") == 3
    assert diagnosed(spec(joined + BESIDE.format(second=10))) == []
    assert diagnosed(spec(joined + BESIDE.format(second=9))) == ["RW7004"]


# --- the subnet manager ---


def manager(result: Compilation) -> Mapping[str, str]:
    return {a.path.removeprefix("configs/opensm/ib/"): a.data.decode() for a in rendered(result, "opensm")}


def test_a_tree(spec: Spec) -> None:
    files = manager(spec(fabric()))
    assert set(files) == {"opensm.conf", "partitions.conf", "root_guids.conf", "ib-node-name-map", "guids.csv"}
    assert "routing_engine ftree,updn\nroot_guid_file /etc/opensm/root_guids.conf\n" in files["opensm.conf"]
    assert files["root_guids.conf"] == "%guid:spine0%\n%guid:spine1%\n"
    assert files["ib-node-name-map"].splitlines()[1:] == [
        f'%guid:{name}% "{name}"' for name in ("leaf0", "leaf1", "spine0", "spine1")
    ]
    assert files["guids.csv"].splitlines()[:2] == ["host,tier,management,guid", "leaf0,1,10.9.0.2,%guid:leaf0%"]


def test_one_switch_has_nothing_to_choose(spec: Spec) -> None:
    text = fabric("leaf[1] : quantum.qm9700 { os = mlnx_os }\n host[4] : host")
    alone = "\n".join(line for line in text.splitlines() if "spine" not in line)
    files = manager(spec(alone))
    assert "routing_engine" not in files["opensm.conf"] and "root_guids.conf" not in files


@pytest.mark.parametrize(("size", "number"), [("2048 B", 4), ("4096 B", 5), ("256 B", 1)])
def test_the_mtu_of_ipoib(spec: Spec, size: str, number: int) -> None:
    files = manager(spec(fabric(network=f"mtu = {size}")))
    assert f"Default=0x7fff, ipoib, mtu={number} : ALL=full ;" in files["partitions.conf"].splitlines()
    assert size.removesuffix(" B") in files["partitions.conf"]


def test_a_bad_host_name_gets_no_subnet_manager(spec: Spec) -> None:
    arrays = ARRAYS.replace("os = mlnx_os }", 'os = mlnx_os, name = "leaf{leaf}-" }', 1)
    assert codes(spec(fabric(arrays)), "opensm") == ["RW8003"]
