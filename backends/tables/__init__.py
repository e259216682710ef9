"""The whole plant as Parquet, for notebooks, data bases and engines that work across machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic


class Tables:
    """`tables/*.parquet`, one table a kind of row; see docs/reference/tables.md."""

    name = "tables"
    summary = "devices, links, feeds, pipes and racks as Parquet"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        return ()

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        # Polars takes a fifth of a second to import, which a list of backends need not wait for.
        from .frames import FRAMES
        from .parquet import write

        if request.shard:
            return
        for table, frame in FRAMES.items():
            yield Artifact(f"tables/{table}.parquet", write(table, frame(plant), design))
