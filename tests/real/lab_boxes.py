"""Boxes of a lab by device, from the files of one backend or several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from real.lab_files import Box, Files, Host
from unit.fabrics import rendered

from rackwright.compiler.backend import Backend, Request
from rackwright.compiler.design import Design
from rackwright.compiler.names import terminal_names
from rackwright.compiler.plant import Plant


def boxes(
    backend: Backend, design: Design, plant: Plant, read: Callable[[Files], Box], request: Request | None = None
) -> dict[str, Box]:
    """A box for each switch that the backend renders."""
    files: dict[str, dict[str, str]] = defaultdict(dict)
    for path, text in rendered(backend, design, plant, request).items():
        _, _, device, name = path.split("/")
        files[device][name] = text
    return {device: read(own) for device, own in files.items()}


def hosts(backend: Backend, design: Design, plant: Plant) -> dict[str, Host]:
    """Each server with the script of its network; its ports are `eth<n>` by their numbers, as the lab has them."""
    maps: dict[str, str] = {}
    for cls in plant.classes_of_kind("server"):
        lines = [f"{label} eth{n + 1}\n" for n, label in enumerate(terminal_names(plant, cls, "port"))]
        maps |= dict.fromkeys(plant.devices.names[cls.first : cls.first + cls.count], "".join(lines))
    files = rendered(backend, design, plant)
    scripts = {path.split("/")[2]: text for path, text in files.items() if path.endswith("/network.sh")}
    return {name: Host(script, maps[name]) for name, script in scripts.items()}
