"""OpenConfig: each switch as RFC 7951 JSON, which a gNMI Set takes at the root (encoding JSON_IETF).

`configs/openconfig/<device>/config.json` holds what the design decides, in the published models alone. Written for
switches with `os = openconfig`, and, when named, for switches of any system where none has that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import orjson

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic
from .._kit.device_model import SwitchModel
from .._kit.fleet import fleet, models
from .._kit.refusals import bad_host_names, bad_interface_names, bad_mtu
from .._kit.safe import folder
from .bgp import network_instances
from .interfaces import components, interfaces
from .names import OS, Box, boxes, names
from .nodes import Node
from .policy import routing_policy
from .qos import qos
from .system import lldp, sampling, system
from .unsaid import nameless_ports, unknown_speeds, unsaid

NAME_LENGTH = 255
"""The models take names of any length; this is longer than that of any port."""

MTU = (1280, 65521)
"""From the least of IPv6 (RFC 8200 section 5) to the most that 16 bits hold with an Ethernet header of 14 bytes."""


class OpenConfig:
    """The backend `openconfig`."""

    name = OS
    summary = "OpenConfig: RFC 7951 JSON for gNMI for each switch"
    per_device = True

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        mine = fleet(design, plant, request, OS)
        return list(
            chain(
                nameless_ports(mine),
                bad_host_names(mine),
                bad_interface_names(mine, names, NAME_LENGTH),
                bad_mtu(mine, *MTU),
                unknown_speeds(mine),
                unsaid(mine),
            )
        )

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        mine = fleet(design, plant, request, OS)
        called = boxes(mine)
        for switch in models(mine, names):
            yield Artifact(f"configs/{OS}/{folder(switch.name)}/config.json", write(tree(switch, called[switch.name])))


def tree(switch: SwitchModel, box: Box) -> Node:
    """All of a switch, module by module."""
    found: Node = {
        "openconfig-interfaces:interfaces": interfaces(switch, box),
        "openconfig-lldp:lldp": lldp(switch),
        "openconfig-network-instance:network-instances": network_instances(switch, box),
        "openconfig-platform:components": components(switch, box),
        "openconfig-routing-policy:routing-policy": routing_policy(switch),
        "openconfig-sampling:sampling": sampling(switch, box),
        "openconfig-system:system": system(switch, box),
    }
    if switch.network.qos is not None:
        found["openconfig-qos:qos"] = qos(switch, switch.network.qos)
    return {name: node for name, node in sorted(found.items()) if node}


def write(found: Node) -> bytes:
    """RFC 7951 JSON, in the order of the models' names and of the ports."""
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
