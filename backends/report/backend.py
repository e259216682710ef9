"""The page: summary, floor plan, elevations, power, coolant, fabric and search in one file that needs no server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ...compiler.backend import Artifact, Request
from ...dsl.diagnostics import Diagnostic, diagnose

if TYPE_CHECKING:
    from ...compiler.design import Design
    from ...compiler.plant import Plant


class Report:
    """`report/index.html`; see docs/reference/report.md."""

    name = "report"
    summary = "one page to look at: floor plan, racks, power, coolant, fabric, search"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        from .assembly import missing

        lacking = missing()
        if lacking is not None:
            name, folder = lacking
            yield diagnose(
                "RW8220",
                None,
                detail=f"{name} is not in {folder}",
                help="install Rackwright again, or name other outputs with `--only`",
            )

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        # Polars and what lies behind the figures take a fifth of a second to import.
        from .assembly import page
        from .content import content

        if request.shard:
            return
        yield Artifact("report/index.html", page(design, content(plant)))
