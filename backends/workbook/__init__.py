"""One workbook for people who live in spreadsheets: the tables of cabling, racks, power and heat as sheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...compiler.backend import Artifact, Request
from ...compiler.design import Design
from ...compiler.plant import Plant
from ...dsl.diagnostics import Diagnostic


class Workbook:
    """`workbook/<design>.xlsx`; see docs/reference/workbook.md."""

    name = "workbook"
    summary = "everything to buy, pull, place and feed as one XLSX workbook (only when named)"
    per_device = False

    def accepts(self, design: Design, plant: Plant, request: Request) -> Iterable[Diagnostic]:
        # What its tables leave empty is told by the backends that write them as CSV.
        return ()

    def render(self, design: Design, plant: Plant, request: Request) -> Iterator[Artifact]:
        # openpyxl takes a quarter of a second to import, and a design of 50,000 cables half a minute to write.
        if request.shard or not request.named:
            return
        from .._kit.safe import folder
        from .sheets import sheets
        from .xlsx import write

        yield Artifact(f"workbook/{folder(design.name)}.xlsx", write(sheets(plant)))
