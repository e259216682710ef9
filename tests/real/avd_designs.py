"""The same small fabric twice: in our language, and as inputs of arista.avd's own design (`eos_designs`, L3LS eBGP).

What AVD may be told (names, AS numbers, addresses of loopbacks, management and hosts) is taken over from our plan, so
that whatever differs is a decision of one of the two.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

from unit.fabrics import built, rendered

from rackwright.backends._kit.device_model import SwitchModel
from rackwright.backends._kit.fleet import fleet, models
from rackwright.backends._kit.ports import names_for
from rackwright.backends.eos import Eos
from rackwright.compiler.backend import Request

SPINES, LEAVES = 2, 4

SPEC = """
nic adapter {{
    tdp = 20 W
    p : port {{ speed = 800 Gbps, cage = osfp, lanes = 8 }}
}}

server machine {{
    peak_power = 1 kW
    nic[1] : adapter
}}

switch lower {{
    peak_power = 1 kW
    eth[{lower}] : port {{
        speed = 800 Gbps, cage = osfp, lanes = 8
        names {{ eos = "Ethernet{{eth + 1}}/1" }}
    }}
}}

switch upper {{
    peak_power = 1 kW
    eth[{leaves}] : port {{
        speed = 800 Gbps, cage = osfp, lanes = 8
        names {{ eos = "Ethernet{{eth + 1}}/1" }}
    }}
}}

hall dc {{
    os = eos
    leaf[{leaves}]  : lower
    spine[{spines}] : upper
    host[{hosts}]  : machine

    link leaf[l].eth[s] -> spine[s].eth[l]
    link host[h].nic[0] -> leaf[h div 2].eth[{spines} + h mod 2]
}}

network fabric {{
    routing = ebgp {{ unnumbered = {unnumbered} }}
    pools   {{
        loopback = "10.0.0.0/16", host = "10.128.0.0/12", fabric = "10.64.0.0/14", management = "172.16.0.0/20"
    }}
    mtu     = 9100 B
}}
"""

Configs = dict[str, str]
Data = dict[str, Any]


def ours(
    folder: Path, unnumbered: bool, spines: int = SPINES, leaves: int = LEAVES
) -> tuple[Configs, list[SwitchModel]]:
    """Our configurations by host name, and the models that they print."""
    path = folder / "fabric.rack"
    path.write_text(text_of(unnumbered, spines, leaves), "utf-8")
    design, plant = built(path)
    request = Request(named=True)
    files = rendered(Eos(), design, plant, request)
    configs = {path.split("/")[2]: text for path, text in files.items()}
    return configs, list(models(fleet(design, plant, request, "eos"), names_for("eos")))


def text_of(unnumbered: bool, spines: int, leaves: int) -> str:
    """The spec."""
    return SPEC.format(
        lower=spines + 2,
        spines=spines,
        leaves=leaves,
        hosts=2 * leaves,
        unnumbered=str(unnumbered).lower(),
    )


def inputs(switches: list[SwitchModel], unnumbered: bool) -> dict[str, Data]:
    """AVD's inputs of every device."""
    spines = [s for s in switches if s.role != "leaf"]
    leaves = [s for s in switches if s.role == "leaf"]
    group = {"spanning_tree_mode": "none", "loopback_ipv4_pool": "10.0.0.0/16"}
    up = {"uplink_switches": [s.name for s in spines], "uplink_interface_speed": "800g-8"}
    up |= {"uplink_interfaces": [f"Ethernet{n + 1}/1" for n in range(len(spines))], "uplink_ipv4_pool": "10.64.0.0/14"}
    nodes = [
        _node(leaf, n) | {"uplink_switch_interfaces": [f"Ethernet{n + 1}/1"] * len(spines)}
        for n, leaf in enumerate(leaves)
    ]
    common: Data = {
        "fabric_name": "FABRIC",
        "underlay_routing_protocol": "ebgp",
        "overlay_routing_protocol": "none",
        "underlay_rfc5549": unnumbered,
        "p2p_uplinks_mtu": 9100,
        "mgmt_gateway": leaves[0].network.gateway,
        "mgmt_interface": "Management1",
        "mgmt_interface_vrf": "MGMT",
        "spine": {"defaults": group, "nodes": [_node(spine, n) for n, spine in enumerate(spines)]},
        "l3leaf": {
            "defaults": group | up | {"vtep": False, "mlag": False},
            "node_groups": [{"group": node["name"], "nodes": [node]} for node in nodes],
        },
        "tenants": [{"name": "HOSTS", "vrfs": [{"name": "default", "l3_interfaces": _hosts(leaves)}]}],
    }
    return {s.name: common | {"type": "l3leaf" if s.role == "leaf" else "spine"} for s in switches}


def _node(switch: SwitchModel, number: int) -> Data:
    return {
        "name": switch.name,
        "id": number + 1,
        "bgp_as": str(switch.asn),
        "mgmt_ip": switch.management,
        "loopback_ipv4_address": switch.loopback,
    }


def _hosts(leaves: list[SwitchModel]) -> list[Data]:
    return [
        {
            "interfaces": [i.port.name],
            "nodes": [leaf.name],
            "ip_addresses": [i.address],
            "description": i.description,
            "mtu": leaf.network.mtu,
        }
        for leaf in leaves
        for i in leaf.hosts
    ]


def theirs(data: dict[str, Data]) -> Configs:
    """AVD's configurations by host name."""
    pyavd = import_module("pyavd")
    facts = pyavd.get_avd_facts(data)
    return {
        host: pyavd.get_device_config(pyavd.get_device_structured_config(host, mine, avd_facts=facts))
        for host, mine in data.items()
    }


# --- comparing ---

NAMED = (
    (re.compile(r"(?<=^   description ).*"), "TEXT"),
    (re.compile(r"(?<=neighbor )[A-Z][\w-]*"), "GROUP"),
    (re.compile(r"(?<=peer-group )[\w-]+"), "GROUP"),
    (re.compile(r"(?<=peer group )[\w-]+"), "GROUP"),
    (re.compile(r"(?<=neighbor )(\S+) description .*"), r"\1 description TEXT"),
)
"""What each side calls by names of its own."""

VALUES = (
    (re.compile(r"\d+\.\d+\.\d+\.\d+/\d+"), "PREFIX"),
    (re.compile(r"\d+\.\d+\.\d+\.\d+"), "ADDRESS"),
    (re.compile(r"Ethernet[\d/]+"), "PORT"),
    (re.compile(r"(?<=prefix-list )[A-Z]+"), "LIST"),
    (re.compile(r"(?<=route-map )[A-Z][A-Z-]+"), "MAP"),
    (re.compile(r"(?<=hostname )\S+"), "NAME"),
    (re.compile(r"\b\d+\b"), "N"),
)
"""What makes two lines of one shape differ."""


def paths(config: str) -> set[str]:
    """Every command with those that it stands below, such as `interface Ethernet1/1 > mtu 9100`."""
    found: set[str] = set()
    above: list[str] = []
    for line in config.splitlines():
        text = line.strip()
        if not text or text.startswith("!"):
            continue
        for pattern, name in NAMED:
            line = pattern.sub(name, line)
        depth = (len(line) - len(line.lstrip())) // 3
        above = [*above[:depth], line.strip()]
        found.add(" > ".join(above))
    return found


def shape(path: str) -> str:
    """A path without its values."""
    for pattern, name in VALUES:
        path = pattern.sub(name, path)
    return path


def differing(mine: Configs, other: Configs) -> tuple[set[str], set[str]]:
    """Shapes of the lines that only one side has on some device: ours, and the other's."""
    assert sorted(mine) == sorted(other)
    here: set[str] = set()
    there: set[str] = set()
    for host, config in mine.items():
        a, b = paths(config), paths(other[host])
        here |= {shape(path) for path in a - b}
        there |= {shape(path) for path in b - a}
    return here, there
