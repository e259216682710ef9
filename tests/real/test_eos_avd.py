"""Arista's own renderer (pyavd, of PyPI) writes the same switch: every line, in the same order.

No parser of EOS can be had, so this is the nearest thing to one. The facts come from the plant and the routing,
not from our text; only names of policies are ours.
"""

from __future__ import annotations

from typing import Any

import pytest
from unit.fabrics import CLOS, SPECS, built, rendered, routed

from rackwright.backends._kit.device_model import SwitchModel
from rackwright.backends._kit.fleet import fleet, models
from rackwright.backends._kit.ports import names_for
from rackwright.backends.eos import Eos
from rackwright.compiler.backend import Request
from rackwright.compiler.network.addresses import dotted

pyavd = pytest.importorskip("pyavd", reason="needs pyavd of PyPI")
pytestmark = pytest.mark.real


def interfaces(switch: SwitchModel) -> list[dict[str, Any]]:
    found = []
    for i in switch.interfaces:
        one: dict[str, Any] = {"name": i.port.name}
        if i.kind == "unused":
            one["shutdown"] = True
        else:
            one |= {"description": i.description, "mtu": 9100, "switchport": {"enabled": False}}
            one |= {"speed": f"{i.port.speed // 10**9}g-{i.port.width}", "service_profile": "LOSSLESS"}
            one |= {"ip_address": i.address} if i.address else {"ipv6_enable": True}
        found.append(one)
    return found


def prefix_list(name: str, *actions: str) -> dict[str, Any]:
    steps = [{"sequence": 10 * (n + 1), "action": f"permit {action}"} for n, action in enumerate(actions)]
    return {"name": name, "sequence_numbers": steps}


def route_map(name: str, *lists: str) -> dict[str, Any]:
    steps = [
        {"sequence": 10 * (n + 1), "type": "permit", "match": [f"ip address prefix-list {one}"]}
        for n, one in enumerate(lists)
    ]
    return {"name": name, "sequence_numbers": steps}


def structured(switch: SwitchModel, loopbacks: str, hosts: str, queues: str) -> dict[str, Any]:
    """The switch in AVD's terms."""
    own = [f"{switch.loopback}/32", *([f"{switch.block} eq 31"] if switch.block else [])]
    marking = {"threshold": {"units": "bytes", "min": 10**6, "max": 2 * 10**6, "max_probability": 5, "weight": 0}}
    return {
        "hostname": switch.name,
        "service_routing_protocols_model": "multi-agent",
        "spanning_tree": {"mode": "none"},
        "ethernet_interfaces": interfaces(switch),
        "loopback_interfaces": [
            {"name": "Loopback0", "description": "router id", "ip_address": f"{switch.loopback}/32"}
        ],
        "ip_routing": True,
        "ip_routing_ipv6_interfaces": True,
        "ipv6_unicast_routing": True,
        "prefix_lists": [prefix_list("HOSTS", hosts), prefix_list("LOOPBACKS", loopbacks), prefix_list("OWN", *own)],
        "route_maps": [
            route_map("CONNECTED", "OWN"),
            route_map("FABRIC-IN", "LOOPBACKS", "HOSTS"),
            route_map("FABRIC-OUT", "LOOPBACKS", "HOSTS"),
        ],
        "qos": {"map": {"dscp": ["24 25 27 28 29 30 31 to traffic-class 1", "26 to traffic-class 3"]}},
        "qos_profiles": [
            {
                "name": "LOSSLESS",
                "trust": "dscp",
                "priority_flow_control": {"enabled": True, "priorities": [{"priority": 3, "no_drop": True}]},
                queues: [{"id": 3, "random_detect": {"ecn": marking}}],
            }
        ],
        "priority_flow_control": {"watchdog": {"action": "drop", "timeout": "0.20", "recovery_time": "0.20"}},
        "router_bgp": {
            "as": str(switch.asn),
            "router_id": switch.loopback,
            "bgp": {"default": {"ipv4_unicast": False}},
            "maximum_paths": {"paths": min(switch.paths, 128), "ecmp": min(switch.paths, 128)},
            "peer_groups": [
                {"name": "FABRIC", "bfd": True, "route_map_in": "FABRIC-IN", "route_map_out": "FABRIC-OUT"}
            ],
            "neighbor_interfaces": [
                {"name": i.port.name, "peer_group": "FABRIC", "remote_as": str(i.peer_asn)} for i in switch.fabric
            ],
            "aggregate_addresses": [{"prefix": switch.block, "summary_only": True}] if switch.block else [],
            "redistribute": {"connected": {"enabled": True, "route_map": "CONNECTED"}},
            "address_family_ipv4": {
                "peer_groups": [
                    {
                        "name": "FABRIC",
                        "activate": True,
                        "next_hop": {"address_family_ipv6": {"enabled": True, "originate": True}},
                    }
                ]
            },
        },
    }


def lines(text: str) -> list[str]:
    """Lines without the header comment and the closing `end`, which AVD leaves to the switch."""
    found = [line.rstrip() for line in text.splitlines()]
    found = found[1:] if found[0].startswith("! ") else found
    return found[:-2] if found[-2:] == ["!", "end"] else found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("spec", "loopbacks", "hosts", "queues"),
    [
        ("clos", "10.0.0.0/24 eq 32", "10.128.0.0/16 eq 27", "uc_tx_queues"),
        ("llama3_24k", "10.0.0.0/12 eq 32", "10.128.0.0/9 eq {}", "tx_queues"),
    ],
)
def test_avd_writes_the_same(spec: str, loopbacks: str, hosts: str, queues: str) -> None:
    design, plant = built(CLOS if spec == "clos" else SPECS / f"{spec}.rack")
    routing = routed(design, plant)
    request = Request(named=spec == "clos")
    files = rendered(Eos(), design, plant, request)
    switches = list(models(fleet(design, plant, request, "eos"), names_for("eos")))
    assert len(files) == len(switches)
    hosts = hosts.format(int(routing.host_length.max()))
    names = [plant.devices.names[d] for d in routing.devices]
    for switch in switches[::29] if len(switches) > 100 else switches:
        row = names.index(switch.name)
        assert (switch.asn, switch.loopback) == (int(routing.asn[row]), dotted(int(routing.loopback[row])))
        text = files[f"configs/eos/{switch.name}/startup-config"]
        theirs = pyavd.get_device_config(structured(switch, loopbacks, hosts, queues))
        assert lines(text) == lines(theirs), switch.name
