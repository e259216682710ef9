"""An inventory of every device for Ansible, grouped by what it is and where it stands.

`inventory/hosts.yml` has all hosts, groups and variables; `inventory/group_vars/os_<system>.yml` how Ansible reaches
the switches of an operating system. No secret is in any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic, diagnose
from .._kit.jinja import template
from .._kit.yaml_text import document, quoted
from .names import KEPT, host_names

ROOT = "ops/ansible"

CONNECTIONS = {
    "eos": ("ansible.netcommon.network_cli", "arista.eos.eos"),
    "mlnx_os": ("ansible.netcommon.network_cli", "mellanox.onyx.onyx"),
}
"""How a system without a shell of its own is reached: connection and platform (Ansible's "Platform options", and the
documentation of the collections arista.eos and mellanox.onyx). The others are Linux, which needs neither: their files
are copied, and their commands run, as on any machine."""


class Ansible:
    """The backend `ansible`."""

    name = "ansible"
    summary = "Ansible inventory of every device, grouped by kind, role, system, network and place"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        names = plant.devices.names
        for device in [row for row, name in enumerate(names) if name.lower() in KEPT]:
            yield diagnose(
                "RW8260",
                design.elements[plant.class_of(device).element].origin,
                detail=f"{names[device]} is called {host_names([names[device]])[0]} in the inventory",
                help="give it another name",
            )

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        # Polars takes a fifth of a second to import, which a list of backends need not wait for.
        from .._kit.planned import members
        from .groups import groups
        from .hosts import host_lines

        if request.shard:
            return
        known = members(plant)
        names = host_names(plant.devices.names)
        found = groups(plant, known, names)
        lines = ["---", "all:", "  vars:", '    rw_root: "{{ inventory_dir }}/../../.."', "  hosts:"]
        lines += host_lines(plant, known, names)
        lines.append("  children:")
        written = [quoted(name) for name in names]
        for group in found:
            lines += group.lines(written)
        yield Artifact(f"{ROOT}/inventory/hosts.yml", ("\n".join(lines) + "\n").encode())
        systems = sorted({plant.element_of(cls).os or "" for cls in plant.classes if cls.count} & set(CONNECTIONS))
        for os in systems:
            connection, platform = CONNECTIONS[os]
            content = {"ansible_connection": connection, "ansible_network_os": platform}
            yield Artifact(f"{ROOT}/inventory/group_vars/os_{os}.yml", document(content))
        text = template(__package__, "README.md.j2").render(
            design=design.name, hosts=len(names), groups=len(found), systems=systems
        )
        yield Artifact(f"{ROOT}/README.md", text.encode())
