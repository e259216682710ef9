"""A lab of containers: containerlab's topology of a design or a part of it, written when named.

Nodes run the very files that other backends write for the real switches and servers, mounted by relative path, so these
backends run too (`needs`), for the same part of the design. What is added here says which interface of a container is
which port.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic
from .lab import make_lab
from .maps import map_files
from .readme import readme
from .refusals import refusals
from .topology import topology

NAME = "containerlab"

PLACE = "lab/containerlab"


class Containerlab:
    """The backend `containerlab`."""

    name = NAME
    summary = "A lab of containers with the design's own configurations (only when named; takes --subset)"
    per_device = False
    subsets = True

    def needs(self, design: Design, plant: Plant, request: Request) -> Iterable[str]:
        return make_lab(design, plant, request).backends() if request.named else ()

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        return list(refusals(make_lab(design, plant, request))) if request.named else []

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        if not request.named or request.shard:
            return
        lab = make_lab(design, plant, request)
        yield Artifact(f"{PLACE}/topology.clab.yml", topology(lab))
        yield Artifact(f"{PLACE}/README.md", readme(lab))
        for path, data in map_files(lab):
            yield Artifact(f"{PLACE}/{path}", data)
