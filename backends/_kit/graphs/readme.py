"""What the README of every such folder says of its graph."""

from __future__ import annotations

from collections.abc import Sequence

from ..safe import one_line
from .part import LIMIT, Part
from .probes import WIRE_BYTES


def readme_values(place: str, part: Part, all_folders: Sequence[tuple[str, Part]]) -> dict[str, object]:
    """Values for a template: of the part, and the folders of workloads over other ranks."""
    graph = part.graph
    return {
        "ranks": graph.hosts,
        "total": part.total,
        "whole": part.whole,
        "limit": LIMIT,
        "name": one_line(part.name),
        "switches": len(graph.kind) - graph.hosts,
        "zeros": graph.zeros,
        "parallel": part.parallel,
        "wire": WIRE_BYTES,
        "others": [other for other, _ in all_folders if other != place],
    }
