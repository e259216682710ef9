"""The topology file: containerlab's YAML, one node and one link a line or few."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...compiler.network.addresses import Prefix, dotted
from ...compiler.network.lossless import mtu_of
from ...compiler.network.pools import FIRST_SWITCH
from ...compiler.plant import DeviceClass
from ...compiler.schema import SwitchAttributes
from .._kit.planned import Members, members
from .._kit.safe import folder
from .._kit.yaml_text import quoted
from .kinds import BOOT, CONFIGS, Container
from .lab import Lab
from .maps import port_maps


def topology(lab: Lab) -> bytes:
    """The whole file."""
    name = folder(lab.design.name)
    lines = [f"# {_comment(lab)}", f"name: {quoted(name)}", *_mgmt(lab, name), "topology:", "  groups:"]
    lines += _groups(lab)
    lines += ["  nodes:", *_nodes(lab), "  links:", *_links(lab)]
    if lines[-1] == "  links:":
        lines[-1] = "  links: []"
    return ("\n".join(lines) + "\n").encode()


def _comment(lab: Lab) -> str:
    return f"{int(lab.nodes.sum()):,} of {len(lab.plant.devices):,} devices, {int(lab.links.sum()):,} links."


# --- the management network ---


def _shared_pool(lab: Lab) -> tuple[Members, Prefix, Prefix] | None:
    """Whose addresses the nodes get, of which pool, and a part of it that is free for all others.

    None if the switches of the lab are not all of one pool, or if nothing of it is free: containerlab has one
    management network.
    """
    known = members(lab.plant)
    chosen = known.network[lab.nodes & (known.management >= 0)]
    if not len(chosen) or len(np.unique(chosen)) > 1:
        return None
    network = known.networks[int(chosen[0])]
    pool = network.pool
    if pool is None or pool.length > 29 or not pool.base <= network.gateway < pool.base + pool.size // 2:
        return None
    # Switches count from the start of the pool, so the upper half is free if the design may hold no more than half.
    if FIRST_SWITCH + len(network.devices) > pool.size // 2:
        return None
    free = Prefix(pool.base + pool.size // 2, pool.length + 1)
    others = int((lab.nodes & ~(known.network == int(chosen[0]))).sum())
    return (known, pool, free) if others < free.size - 2 else None


def _mgmt(lab: Lab, name: str) -> Iterator[str]:
    shared = _shared_pool(lab)
    if shared is None:
        return
    known, pool, free = shared
    yield "mgmt:"
    yield f"  network: {quoted(f'rackwright-{name}')}"
    yield f"  ipv4-subnet: {quoted(str(pool))}"
    gateway = known.networks[int(known.network[lab.nodes & (known.management >= 0)][0])].gateway
    yield f"  ipv4-gw: {quoted(dotted(gateway))}"
    yield f"  ipv4-range: {quoted(str(free))}"


# --- nodes ---


def _groups(lab: Lab) -> Iterator[str]:
    used: dict[str, Container] = {}
    for cls, _ in lab.classes():
        used[lab.os.get(cls.index, "server")] = lab.container(cls)
    for name in sorted(used):
        container = used[name]
        yield f"    {name}:"
        yield f"      kind: {container.kind}"
        yield f"      image: {quoted(container.image)}"
        if container.startup:
            # Else a lab that was deployed once keeps what it had.
            yield "      enforce-startup-config: true"


def _nodes(lab: Lab) -> Iterator[str]:
    shared = _shared_pool(lab)
    management = np.full(len(lab.plant.devices), -1, dtype=np.int64) if shared is None else shared[0].management
    names = lab.plant.devices.names
    for cls, devices in lab.classes():
        os, container = lab.os.get(cls.index), lab.container(cls)
        given, maps = [*container.binds], [f"{file}:{inside}:ro" for file, inside in port_maps(lab, cls)]
        commands = [*container.commands]
        if os == "sonic" and not _own_tables(lab, cls):
            given.append(("frr.conf", "/etc/frr/frr.conf"))
            commands.append(BOOT)
        for device in devices.tolist():
            place = f"{CONFIGS}/{container.backend}/{folder(names[device])}"
            # A server without addresses has no script, so nothing is to be mounted or run.
            bare = os is None and not lab.addressed[device]
            binds = [] if bare else [*(f"{place}/{file}:{inside}:ro" for file, inside in given), *maps]
            yield f"    {quoted(names[device])}:"
            yield f"      group: {os or 'server'}"
            if container.startup:
                yield f"      startup-config: {quoted(f'{place}/{container.startup}')}"
            if management[device] >= 0:
                yield f"      mgmt-ipv4: {dotted(int(management[device]))}"
            yield from _list("binds", binds)
            yield from _list("exec", [] if bare else commands)


def _own_tables(lab: Lab, cls: DeviceClass) -> bool:
    """Whether SONiC writes the configuration of its routing itself, from tables of its own."""
    attributes = lab.plant.element_of(cls).attributes
    return isinstance(attributes, SwitchAttributes) and attributes.routing_mode == "tables"


def _list(name: str, values: list[str]) -> Iterator[str]:
    if values:
        yield f"      {name}:"
        yield from (f"        - {quoted(value)}" for value in values)


# --- links ---


def _links(lab: Lab) -> Iterator[str]:
    plant, links = lab.plant, lab.plant.links
    rows = np.flatnonzero(lab.links)
    names, interfaces = plant.devices.names, lab.interfaces()
    cls = plant.devices.cls
    a, z = links.a_device[rows], links.z_device[rows]
    a_port = interfaces.gather(cls[a], links.a_terminal[rows]).to_list()
    z_port = interfaces.gather(cls[z], links.z_terminal[rows]).to_list()
    # Of a link that is in no network no MTU is known.
    mtus = [mtu_of(network) for network in plant.design.networks] + [0]
    network = links.network[rows].tolist()
    for a_name, a_end, z_name, z_end, number in zip(a.tolist(), a_port, z.tolist(), z_port, network, strict=True):
        yield f"    - endpoints: [{quoted(f'{names[a_name]}:{a_end}')}, {quoted(f'{names[z_name]}:{z_end}')}]"
        if mtus[number]:
            yield f"      mtu: {mtus[number]}"
    yield from _dummies(lab)


def _dummies(lab: Lab) -> Iterator[str]:
    """Ports of servers whose cable leads out of the lab: their script sets all ports, so each must be there."""
    plant, ends = lab.plant, lab.plant.ends
    rows = np.flatnonzero(lab.addressed[ends.device] & lab.cut[ends.link])
    interfaces = lab.interfaces().gather(plant.devices.cls[ends.device[rows]], ends.port[rows]).to_list()
    for device, interface in zip(ends.device[rows].tolist(), interfaces, strict=True):
        node = plant.devices.names[device]
        yield f"    - type: dummy\n      endpoint: {{node: {quoted(node)}, interface: {quoted(str(interface))}}}"
