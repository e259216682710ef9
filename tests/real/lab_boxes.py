"""Boxes of a lab by device, from the files of one backend or several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from real.lab_files import Box, Files
from unit.fabrics import rendered

from rackwright.compiler.backend import Backend, Request
from rackwright.compiler.design import Design
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
