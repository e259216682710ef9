"""NCCL's settings for a kind of server on its fabric, as `nccl.conf`.

Only what follows from the design is set; what it cannot tell stands beside it as a comment. Source: NCCL user guide,
"Environment Variables", of NCCL 2.30 (docs.nvidia.com/deeplearning/nccl/user-guide/docs/env.html).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ...compiler.clusters import Cluster
from ...compiler.design import Network
from ...compiler.names import interface_names, terminal_names
from ...compiler.network.classes import QosClass, classes, tos
from ...compiler.plant import DeviceClass, Ints, Plant
from ...compiler.schema.routing import Unrouted
from ...compiler.simulation import components
from ...compiler.views.fabric import data_links
from .._kit.safe import one_line

Crossing = Literal["rail", "plane", "free", "unknown"]
"""Whether data may leave one adapter of a server and arrive at another one elsewhere. Not if each has leaves of its own
(`rail`), or nothing joins the planes that ports are in (`plane`); at no cost if all adapters of a server are linked to
one leaf (`free`)."""

_INTERFACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,14}")
"""Names of interfaces that Linux takes (IFNAMSIZ), and that are one word of a list."""

CROSS_NIC = {"rail": 0, "plane": 0, "free": 1}
"""Values of NCCL_CROSS_NIC; 2, the default, lets NCCL choose."""

_WHY = {
    "rail": "Each adapter of a server has leaves of its own, so traffic stays on its rail.",
    "plane": "Nothing joins the planes of the fabric but the servers, so traffic stays in its plane.",
    "free": "All adapters of a server are linked to one leaf.",
}


@dataclass(frozen=True)
class Fabric:
    """What the settings of a kind of server say. `ports` are our names of its ports on the fabric; `others` what Linux
    calls its ports on other networks, as far as it is known."""

    network: Network | None
    infiniband: bool
    lossless: tuple[QosClass, ...]
    crossing: Crossing
    ports: tuple[str, ...]
    others: tuple[str, ...]


def find_fabric(plant: Plant, cluster: Cluster, number: int) -> Fabric | None:
    """The fabric of the nodes of a class; None if they have none, or several."""
    node = cluster.classes[number]
    networks = np.unique(cluster.network[cluster.cls == number])
    if len(networks) != 1 or networks[0] == -2:
        return None
    chosen = int(networks[0])
    links, keep = plant.links, data_links(plant)
    near, port, far, link = (
        np.concatenate(pair)
        for pair in zip(
            (links.a_device, links.a_terminal, links.z_device, np.arange(len(links))),
            (links.z_device, links.z_terminal, links.a_device, np.arange(len(links))),
            strict=True,
        )
    )
    mine = keep[link] & (near >= node.cls.first) & (near < node.cls.first + node.cls.count)
    near, port, far, link = near[mine], port[mine], far[mine], link[mine]
    on = links.network[link] == chosen
    names = terminal_names(plant, node.cls, "port")
    linux = _linux_names(plant, node.cls)
    network = plant.design.networks[chosen] if chosen >= 0 else None
    routing = None if network is None else network.attributes.routing
    roce = None if network is None else network.attributes.roce
    return Fabric(
        network,
        isinstance(routing, Unrouted) and routing.kind == "infiniband",
        tuple(c for c in classes(roce) if c.lossless and c.dscps) if roce is not None else (),
        _crossing(plant, near[on], port[on], far[on], chosen),
        tuple(one_line(names[p]) for p in np.unique(port[on]).tolist()),
        tuple(name for p in np.unique(port[~on]).tolist() if (name := linux[p])),
    )


def _linux_names(plant: Plant, cls: DeviceClass) -> list[str]:
    """What Linux calls each port, empty where its part does not say; one part may say it and another not."""
    found: list[str] = []
    for array in cls.terminals["port"]:
        alone = replace(cls, terminals={"port": (array,)})
        given = interface_names(plant, alone, "linux") or [""] * array.count
        found += [name if _INTERFACE.fullmatch(name) else "" for name in given]
    return found


def _crossing(plant: Plant, near: Ints, port: Ints, far: Ints, network: int) -> Crossing:
    devices = np.unique(near)
    if len(devices) < 2 or len(np.unique(port)) < 2:
        return "unknown"
    if len(np.unique(np.stack([near, far]), axis=1).T) == len(devices):
        return "free"
    # Ports of one number lead to leaves that no port of another number leads to.
    if len(np.unique(np.stack([port, far]), axis=1).T) == len(np.unique(far)):
        return "rail"
    # Leaves that two rails share are as good, if planes are apart: nothing else leads from one to the other.
    links = plant.links
    rows = np.flatnonzero(
        (links.network == network) & ~np.isin(links.a_device, devices) & ~np.isin(links.z_device, devices)
    )
    label = components(len(plant.devices), links.a_device[rows], links.z_device[rows])
    pairs = np.unique(np.stack([port, label[far]]), axis=1)
    apart = len(pairs.T) == len(np.unique(port)) and len(np.unique(pairs[1])) > 1
    return "plane" if apart else "unknown"


def nccl_conf(fabric: Fabric) -> str:
    """The file for /etc/nccl.conf or NCCL_CONF_FILE."""
    lines = [f"# NCCL on {'the fabric' if fabric.network is None else one_line(fabric.network.name)}."]
    if fabric.lossless:
        c = next((c for c in fabric.lossless if c.name == "roce"), fabric.lossless[0])
        lines += [
            f"# The lossless class: DSCP {c.dscps[0]}, priority {c.priority}.",
            f"NCCL_IB_TC={tos(c)}",
        ]
    if not fabric.infiniband:
        lines.append("# NCCL 2.21 and later find RoCE v2 by themselves; older ones need NCCL_IB_GID_INDEX.")
    if fabric.crossing in CROSS_NIC:
        lines += [f"# {_WHY[fabric.crossing]}", f"NCCL_CROSS_NIC={CROSS_NIC[fabric.crossing]}"]
    lines.append(
        f"# NCCL_IB_HCA: the RDMA devices of {_span(fabric.ports)} and no other; their names are the machine's to tell."
    )
    if fabric.others:
        lines += ["# Ports on other networks, for setting up.", f"NCCL_SOCKET_IFNAME=={','.join(fabric.others)}"]
    else:
        lines.append("# NCCL_SOCKET_IFNAME: an interface that leads to all servers; the design names none.")
    return "\n".join([*lines, ""])


def _span(ports: tuple[str, ...]) -> str:
    return ports[0] if len(ports) == 1 else f"{ports[0]} to {ports[-1]} ({len(ports)})"
